package io.plexspaces.processgroups.core;

import static io.plexspaces.processgroups.core.CoreFixture.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.plexspaces.processgroups.core.CoreFixture.Client;
import io.plexspaces.processgroups.core.delivery.Event;
import io.plexspaces.processgroups.domain.ActorId;
import io.plexspaces.processgroups.domain.Entry;
import io.plexspaces.processgroups.domain.ErrorCode;
import io.plexspaces.processgroups.domain.GroupException;
import io.plexspaces.processgroups.domain.GroupId;
import io.plexspaces.processgroups.domain.GroupInfo;
import io.plexspaces.processgroups.domain.JoinMetadata;
import io.plexspaces.processgroups.domain.Membership;
import io.plexspaces.processgroups.domain.Membership.Holding;
import io.plexspaces.processgroups.domain.NodeId;
import io.plexspaces.processgroups.domain.Position;
import io.plexspaces.processgroups.domain.TopicFilter;
import io.plexspaces.processgroups.log.GroupReader;
import io.plexspaces.processgroups.log.LogLimits;
import io.plexspaces.processgroups.log.Snapshot;
import io.plexspaces.processgroups.log.redis.RedisGroupLog;
import io.plexspaces.processgroups.log.redis.RedisStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentSkipListMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Members join, say something, publish, leave, lose their connections and come back, at random and on three nodes. Each
 * of them rebuilds from its stream alone who is there and what they say: that is what the log says, at every offset.
 */
class PresenceModelTest {
    private static final int STEPS = 250;
    private static final int ACTORS = 6;

    /** What a client can see of a member. */
    private record View(TopicFilter filter, List<JoinMetadata> said) {
        static View of(Membership membership) {
            return new View(
                    membership.filter(),
                    membership.holdings().stream()
                            .map(Holding::metadata)
                            .filter(metadata -> !metadata.isEmpty())
                            .toList());
        }
    }

    /** The log itself: members after each entry, and messages. */
    private static final class Truth implements GroupReader {
        final ConcurrentSkipListMap<Long, Map<ActorId, View>> members = new ConcurrentSkipListMap<>();
        final ConcurrentSkipListMap<Long, String> messages = new ConcurrentSkipListMap<>();
        private final Map<ActorId, View> now = new HashMap<>();

        @Override
        public synchronized void snapshot(Snapshot snapshot) {
            members.put(snapshot.position().offset(), Map.of());
        }

        @Override
        public synchronized void entry(Entry entry) {
            if (entry instanceof Entry.Joined joined) {
                now.put(joined.membership().actor(), View.of(joined.membership()));
            } else if (entry instanceof Entry.Left left && left.membership() != null) {
                now.put(left.actor(), View.of(left.membership()));
            } else if (entry instanceof Entry.Left left) {
                now.remove(left.actor());
            } else if (entry instanceof Entry.Published published) {
                messages.put(
                        entry.offset(),
                        new String(published.message().payload().array(), java.nio.charset.StandardCharsets.UTF_8));
            }
            members.put(entry.offset(), Map.copyOf(now));
        }

        @Override
        public void goesOn(GroupInfo renamed) {}

        @Override
        public void failed(GroupException cause) {}

        Map<ActorId, View> at(long offset) {
            return members.floorEntry(offset).getValue();
        }
    }

    /** One subscription, from its first event to its end. */
    private record Stream(
            String actor, FakePeer peer, @Nullable Position after) {
        /** Whether its own joins have ended. */
        boolean isOver() {
            return peer.seen(Event.Left.class).stream()
                    .anyMatch(left -> left.actor().value().equals(actor));
        }

        /** The last position it saw. */
        Position position() {
            Position last = null;
            for (Event event : peer.seen()) {
                if (event instanceof Event.Subscribed subscribed) {
                    last = subscribed.position();
                } else if (last != null && event instanceof Event.Delivered delivered) {
                    last = new Position(last.epoch(), delivered.entry().offset());
                }
            }
            return last;
        }
    }

    private final List<CoreFixture> nodes = new ArrayList<>();
    private final List<Stream> streams = new ArrayList<>();
    private final Map<String, Client> live = new TreeMap<>();
    private final Map<String, Stream> current = new HashMap<>();
    private final Map<String, Client> dropped = new TreeMap<>();
    private final Truth truth = new Truth();
    private GroupId room;
    private Random random;

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6})
    void everyStream_tellsWhoIsThere_asTheLogDoes_atEveryOffset(long seed) {
        CoreFixture one = new CoreFixture(Duration.ofMinutes(1));
        nodes.addAll(List.of(one, one.another("node-2"), one.another("node-3")));
        run(seed);
    }

    @Test
    void everyStream_tellsWhoIsThere_asTheLogDoes_onRedis() throws Exception {
        RedisStore store = RedisStore.any();
        try {
            RedisGroupLog log = store.log(new LogLimits(20_000, 200_000, 256, 1000, 1_000, 8 << 20, 1000));
            String id = UUID.randomUUID().toString();
            CoreFixture one = CoreFixture.on(log, Duration.ofMinutes(1), new NodeId("n1-" + id));
            nodes.addAll(
                    List.of(one, one.another(log, new NodeId("n2-" + id)), one.another(log, new NodeId("n3-" + id))));
            run(7);
        } finally {
            store.close();
        }
    }

    private void run(long seed) {
        random = new Random(seed);
        try {
            room = nodes.get(0).create("room", 100_000);
            await(nodes.get(0).log.open(room, truth));
            for (int i = 0; i < STEPS; i++) {
                step(i);
            }
            nodes.get(0).publish(room, null, "the last");
            await().until(() -> truth.messages.containsValue("the last"));
            List<Stream> open = live.keySet().stream().map(current::get).toList();
            open.forEach(stream ->
                    await().until(() -> stream.isOver() || stream.peer().texts().contains("the last")));
            long end = truth.messages.lastKey();
            streams.forEach(stream -> check(stream, open.contains(stream) && !stream.isOver() ? end : 0));
        } finally {
            nodes.forEach(CoreFixture::close);
        }
    }

    private CoreFixture node() {
        return nodes.get(random.nextInt(nodes.size()));
    }

    private JoinMetadata metadata() {
        return random.nextInt(3) == 0
                ? JoinMetadata.NONE
                : new JoinMetadata(Map.of("state", Integer.toString(random.nextInt(4))));
    }

    private void step(int i) {
        String actor = "a" + random.nextInt(ACTORS);
        Client client = live.get(actor);
        switch (random.nextInt(10)) {
            case 0, 1 -> node().publish(room, random.nextBoolean() ? null : "t", "message " + i);
            case 2 -> durably(actor);
            case 3 -> ignoring(() -> node().leave(room, actor), ErrorCode.NOT_A_MEMBER);
            case 4 ->
                ignoring(
                        () -> await(node().groups
                                .update(new Groups.UpdateRequest(room, new ActorId(actor), null, null, metadata()))),
                        ErrorCode.NOT_A_MEMBER);
            case 5 -> {
                if (client != null) {
                    drop(actor, client);
                }
            }
            case 6 -> {
                if (client != null) {
                    live.remove(actor);
                    ignoring(() -> await(client.opened().session().leave(room, true)), ErrorCode.NOT_A_MEMBER);
                    client.drop();
                }
            }
            default -> {
                if (client == null) {
                    receive(actor);
                } else {
                    ignoring(
                            () -> await(client.opened().session().update(room, metadata())),
                            ErrorCode.QUOTA_EXCEEDED,
                            ErrorCode.NOT_A_MEMBER);
                }
            }
        }
    }

    /** Joins without a session: now and then for topics, too. */
    private void durably(String actor) {
        await(node().groups
                .join(new Groups.JoinRequest(
                        room,
                        List.of(new ActorId(actor)),
                        TopicFilter.of(List.of("t" + random.nextInt(3))),
                        null,
                        null,
                        null,
                        metadata(),
                        null)));
    }

    private void drop(String actor, Client client) {
        live.remove(actor);
        client.drop();
        dropped.put(actor, client);
    }

    private void receive(String actor) {
        Client before = dropped.remove(actor);
        boolean resumes = before != null && random.nextInt(4) > 0;
        Client client = node().connect(actor, resumes ? before.opened().resumeToken() : null);
        Stream earlier = current.get(actor);
        Position after = resumes && earlier != null ? earlier.position() : null;
        client.seeing(room, Presence.MEMBERS, after, metadata());
        // What waits behind the beginning of a stream may be conflated: then it would not be told at every offset.
        await().until(() -> !client.peer().seen(Event.Subscribed.class).isEmpty());
        CompletableFuture.runAsync(() -> {}, client.peer().loop()).join();
        Stream stream = new Stream(actor, client.peer(), after);
        streams.add(stream);
        current.put(actor, stream);
        live.put(actor, client);
    }

    private static void ignoring(Runnable step, ErrorCode... codes) {
        try {
            step.run();
        } catch (GroupException refused) {
            assertThat(codes).contains(refused.code());
        }
    }

    /** @param end up to which it must have come; 0: it has ended before */
    private void check(Stream stream, long end) {
        Map<ActorId, View> known = new HashMap<>();
        long at = -1;
        long begun = -1;
        List<Long> offsets = new ArrayList<>();
        for (Event event : stream.peer().seen()) {
            if (event instanceof Event.Subscribed subscribed) {
                assertThat(begun).as("one beginning").isEqualTo(-1);
                at = subscribed.snapshot().position().offset();
                begun = stream.after() == null ? at : stream.after().offset();
                subscribed.snapshot().members().forEach(member -> known.put(member.actor(), View.of(member)));
                assertThat(subscribed.snapshot().last()).isTrue();
                assertThat(known).as("members at %d", at).isEqualTo(truth.at(at));
            } else if (event instanceof Event.Gap gap) {
                assertThat(gap.reason()).isEqualTo(Event.Gap.Reason.MEMBERS);
                assertThat(stream.after()).isNotNull();
                assertThat(gap.to()).isEqualTo(at + 1);
            } else if (event instanceof Event.Delivered delivered) {
                offsets.add(delivered.entry().offset());
                if (delivered.entry().offset() > at) {
                    at = delivered.entry().offset();
                    assertThat(known).as("members at %d", at).isEqualTo(truth.at(at));
                }
            } else {
                long offset = offset(event);
                if (event instanceof Event.Left left && left.actor().value().equals(stream.actor())) {
                    break;
                }
                assertThat(offset).isGreaterThanOrEqualTo(at);
                if (offset > at) {
                    assertThat(known).as("members before %d", offset).isEqualTo(truth.at(offset - 1));
                }
                apply(event, known);
                at = offset;
            }
        }
        assertThat(begun).as("it began").isPositive();
        long last = end > 0 ? end : offsets.isEmpty() ? begun : Math.max(begun, offsets.get(offsets.size() - 1));
        assertThat(offsets)
                .as("messages after %d", begun)
                .containsExactlyElementsOf(
                        last <= begun
                                ? List.of()
                                : truth.messages
                                        .subMap(begun, false, last, true)
                                        .keySet());
        if (end > 0) {
            assertThat(known).as("members at the end").isEqualTo(truth.at(end));
        }
    }

    private static long offset(Event event) {
        if (event instanceof Event.Joined joined) {
            return joined.offset();
        } else if (event instanceof Event.Left left) {
            return left.offset();
        } else if (event instanceof Event.Updated updated) {
            return updated.offset();
        } else if (event instanceof Event.FilterChanged changed) {
            return changed.offset();
        }
        throw new AssertionError(event);
    }

    private static void apply(Event event, Map<ActorId, View> known) {
        if (event instanceof Event.Left left) {
            assertThat(known.remove(left.actor())).isNotNull();
            return;
        }
        Membership membership = event instanceof Event.Joined joined
                ? joined.membership()
                : event instanceof Event.Updated updated
                        ? updated.membership()
                        : ((Event.FilterChanged) event).membership();
        View before = known.put(membership.actor(), View.of(membership));
        assertThat(before == null).isEqualTo(event instanceof Event.Joined);
    }
}
