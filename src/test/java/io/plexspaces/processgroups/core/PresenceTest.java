package io.plexspaces.processgroups.core;

import static io.plexspaces.processgroups.core.CoreFixture.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.plexspaces.processgroups.core.CoreFixture.Client;
import io.plexspaces.processgroups.core.delivery.Event;
import io.plexspaces.processgroups.domain.ActorId;
import io.plexspaces.processgroups.domain.ErrorCode;
import io.plexspaces.processgroups.domain.GroupId;
import io.plexspaces.processgroups.domain.JoinMetadata;
import io.plexspaces.processgroups.domain.Position;
import io.plexspaces.processgroups.domain.TopicFilter;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Subscriptions that see who the members are, or how many. */
class PresenceTest {
    private static final JoinMetadata TYPING = new JoinMetadata(Map.of("state", "typing"));

    private final CoreFixture one = new CoreFixture(Duration.ofMinutes(1));
    private final CoreFixture two = one.another("node-2");
    private final GroupId room = one.create("room");

    @AfterEach
    void close() {
        one.close();
        two.close();
    }

    private static Client sees(CoreFixture node, GroupId group, String actor, Presence presence, String... topics) {
        Client client = node.connect(actor);
        client.seeing(group, presence, null, JoinMetadata.NONE, topics);
        return client;
    }

    private static String shown(Event event) {
        if (event instanceof Event.Subscribed subscribed) {
            return "subscribed" + (subscribed.snapshot() == null ? "" : names(subscribed.snapshot()));
        } else if (event instanceof Event.Members members) {
            return "members" + names(members);
        } else if (event instanceof Event.Joined joined) {
            return "+" + joined.membership().actor().value();
        } else if (event instanceof Event.Left left) {
            return "-" + left.actor().value();
        } else if (event instanceof Event.Updated updated) {
            return "~" + updated.membership().actor().value();
        } else if (event instanceof Event.FilterChanged changed) {
            return "#" + changed.membership().actor().value();
        } else if (event instanceof Event.Gap gap) {
            return gap.reason() + " " + gap.from() + "-" + gap.to();
        } else if (event instanceof Event.MemberCount count) {
            return "count " + count.count();
        }
        return FakePeer.text((Event.Delivered) event);
    }

    private static String names(Event.Members members) {
        return members.members().stream()
                .map(member -> member.actor().value())
                .toList()
                .toString();
    }

    private static List<String> seen(Client client) {
        return client.peer().seen().stream().map(PresenceTest::shown).toList();
    }

    /** Everything sent so far has come. */
    private static void settle(Client client) {
        CompletableFuture.runAsync(() -> {}, client.peer().loop()).join();
        CompletableFuture.runAsync(() -> {}, client.peer().loop()).join();
    }

    private void tick() {
        one.replicas.tick();
    }

    // ---- members

    @Test
    void changes_comeAmongTheMessages_inTheOrderOfTheLog() {
        Client ann = sees(one, room, "ann", Presence.MEMBERS);
        Client plain = one.connect("bob");
        one.publish(room, null, "m1");
        plain.join(room, "a");
        one.publish(room, "x", "m2");
        await(plain.opened().session().update(room, TYPING));
        one.publish(room, "a", "m3");
        plain.join(room, "b");
        two.join(room, "dan");
        one.publish(room, null, "m4");
        await(plain.opened().session().leave(room, true));
        one.publish(room, null, "m5");
        await().untilAsserted(() -> assertThat(seen(ann))
                .containsExactly(
                        "subscribed[ann]", "m1", "+bob", "m2", "~bob", "m3", "#bob", "+dan", "m4", "-bob", "m5"));
        settle(plain);
        assertThat(seen(plain)).containsExactly("subscribed", "m3", "m4", "-bob");
    }

    @Test
    void subscribersOfDifferentTopics_seeTheSameChanges_eachAmongItsOwnMessages() {
        Client ann = sees(one, room, "ann", Presence.MEMBERS, "a");
        Client bob = sees(two, room, "bob", Presence.MEMBERS, "b");
        one.publish(room, "a", "a1");
        one.publish(room, "b", "b1");
        one.join(room, "dan");
        one.publish(room, "b", "b2");
        one.publish(room, "a", "a2");
        await().untilAsserted(() -> {
            assertThat(seen(ann)).containsExactly("subscribed[ann]", "+bob", "a1", "+dan", "a2");
            assertThat(seen(bob)).containsExactly("subscribed[ann, bob]", "b1", "+dan", "b2");
        });
    }

    @Test
    void ownChanges_areSeen_too_alsoWhileTheFilterGrows() {
        Client ann = sees(one, room, "ann", Presence.MEMBERS, "a");
        await(ann.opened().session().update(room, TYPING));
        ann.join(room, "b");
        one.publish(room, "b", "b1");
        await().untilAsserted(() -> assertThat(seen(ann)).containsExactly("subscribed[ann]", "~ann", "#ann", "b1"));
    }

    @Test
    void comingBack_isAGapOfChanges_theMembersAsTheyAre_andTheMessages() {
        Client ann = sees(one, room, "ann", Presence.MEMBERS);
        await().until(() -> !ann.peer().seen(Event.Subscribed.class).isEmpty());
        Position after = new Position(
                ann.peer().seen(Event.Subscribed.class).get(0).position().epoch(), 2);
        ann.drop();
        one.publish(room, null, "m1");
        one.join(room, "bob");
        one.publish(room, null, "m2");
        Client back = two.connect("ann", ann.opened().resumeToken());
        back.seeing(room, Presence.MEMBERS, after, JoinMetadata.NONE);
        one.leave(room, "bob");
        await().untilAsserted(() -> assertThat(seen(back)).hasSize(5));
        List<String> seen = seen(back);
        assertThat(seen.get(0)).isEqualTo("subscribed[ann, bob]");
        assertThat(seen.get(1)).startsWith("MEMBERS 2-");
        assertThat(seen.subList(2, 5)).containsExactly("m1", "m2", "-bob");
        assertThat(back.peer().seen(Event.Subscribed.class).get(0).recovered()).isTrue();
    }

    @Test
    void changesThatWait_endASubscriberThatTakesNothing_butOfUpdatesTheLastIsEnough() {
        Client ann = sees(one, room, "ann", Presence.MEMBERS);
        Client bob = one.connect("bob");
        bob.join(room);
        await().untilAsserted(() -> assertThat(seen(ann)).hasSize(2));
        ann.peer().stopReading();
        one.join(room, "dan");
        for (int i = 0; i < 2_000; i++) {
            String state = Integer.toString(i);
            await(one.groups.update(new Groups.UpdateRequest(
                    room, new ActorId("dan"), null, null, new JoinMetadata(Map.of("state", state)))));
        }
        assertThat(ann.peer().isClosed()).isFalse();
        ann.peer().readAgain();
        await().untilAsserted(() -> assertThat(seen(ann)).endsWith("+dan", "~dan"));
        assertThat(ann.peer()
                        .seen(Event.Updated.class)
                        .get(0)
                        .membership()
                        .holdings()
                        .get(0)
                        .metadata()
                        .values())
                .containsEntry("state", "1999");

        ann.peer().stopReading();
        for (int i = 0; i < 3_000 && !ann.peer().isClosed(); i++) {
            one.join(room, "many" + i);
            settle(ann);
        }
        await().untilAsserted(() -> assertThat(ann.peer().closeCode()).isEqualTo(ErrorCode.SLOW_CONSUMER));
    }

    @Test
    void rightsThatDoNotCoverMembersAnyMore_endTheSubscriptionsThatSeeThem() {
        GroupId hall = one.create("hall");
        Client ann = sees(one, room, "ann", Presence.MEMBERS);
        ann.join(hall);
        ann.opened().session().keepOnly((group, topics) -> true, group -> false);
        await().untilAsserted(() -> assertThat(ann.opened().session().groups()).containsExactly(hall));
    }

    // ---- their number

    private void members(int from, int to) {
        List<ActorId> actors =
                IntStream.range(from, to).mapToObj(i -> new ActorId("m" + i)).toList();
        await(one.groups.join(new Groups.JoinRequest(room, actors, TopicFilter.of(List.of("none")), null, null, null)));
    }

    @Test
    void count_comesFirst_andThenOnceATickWhenItHasChanged() {
        Client ann = sees(one, room, "ann", Presence.COUNT);
        members(0, 10);
        one.publish(room, null, "m1");
        await().untilAsserted(() -> assertThat(seen(ann)).containsExactly("subscribed", "count 1", "m1"));
        tick();
        settle(ann);
        assertThat(seen(ann)).as("the first is not a second old").hasSize(3);
        tick();
        tick();
        members(10, 20);
        members(20, 30);
        one.leave(room, "m0");
        tick();
        tick();
        members(30, 31);
        one.leave(room, "m1");
        tick();
        await().untilAsserted(() ->
                assertThat(seen(ann)).containsExactly("subscribed", "count 1", "m1", "count 11", "count 30"));
    }

    @Test
    void count_ofOneThatComesLater_isRightToo_andNothingIsKeptOfThoseThatHaveGone() {
        Client ann = sees(one, room, "ann", Presence.COUNT);
        tick();
        tick();
        Client bob = sees(one, room, "bob", Presence.COUNT);
        tick();
        members(0, 5);
        tick();
        Client dan = sees(one, room, "dan", Presence.COUNT);
        members(5, 6);
        dan.drop();
        await(dan.opened().session().leave(room, true));
        tick();
        tick();
        tick();
        await().untilAsserted(() -> {
            assertThat(seen(ann)).containsExactly("subscribed", "count 1", "count 2", "count 7", "count 8");
            assertThat(seen(bob)).containsExactly("subscribed", "count 2", "count 7", "count 8");
        });
        bob.drop();
        ann.drop();
        settle(ann);
        members(6, 7);
        tick();
        tick();
        settle(ann);
        assertThat(seen(ann)).hasSize(5);
    }

    // ---- many

    @Test
    void tenThousandMembers_underChurn_areExactAtEachSnapshot_andCountedOnceASecond() {
        CoreFixture node = new CoreFixture(Duration.ofMinutes(1), one.log, one.operations.lease(), one.tenant, 1 << 20);
        GroupId hall = node.create("hall");
        for (int i = 0; i < 10_000; i += 1_000) {
            List<ActorId> actors = IntStream.range(i, i + 1_000)
                    .mapToObj(n -> new ActorId("m" + n))
                    .toList();
            await(node.groups.join(new Groups.JoinRequest(hall, actors, TopicFilter.ALL, null, null, null)));
        }
        Client count = sees(node, hall, "count", Presence.COUNT);
        Client stalled = sees(node, hall, "stalled", Presence.MEMBERS);
        Client ann = sees(node, hall, "ann", Presence.MEMBERS);
        int ticks = 4;
        for (int i = 0; i < 2_000; i++) {
            if (i == 500) {
                stalled.peer().stopReading();
            }
            if (i == 1_200) {
                stalled.peer().readAgain();
            }
            node.leave(hall, "m" + i);
            node.join(hall, "n" + i);
            if (i % 500 == 499) {
                node.replicas.tick();
            }
        }
        node.publish(hall, null, "the last");
        Client late = sees(node, hall, "late", Presence.MEMBERS);
        Set<String> expected = new TreeSet<>();
        IntStream.range(2_000, 10_000).forEach(i -> expected.add("m" + i));
        IntStream.range(0, 2_000).forEach(i -> expected.add("n" + i));
        expected.addAll(List.of("count", "stalled", "ann"));
        await().untilAsserted(() -> {
            assertThat(ann.peer().texts()).contains("the last");
            assertThat(stalled.peer().texts()).contains("the last");
        });
        assertThat(rebuilt(ann, "the last")).isEqualTo(expected);
        assertThat(rebuilt(stalled, "the last")).isEqualTo(expected);
        expected.add("late");
        await().untilAsserted(() -> assertThat(rebuilt(late, null)).isEqualTo(expected));
        assertThat(count.peer().seen(Event.MemberCount.class)).hasSizeLessThanOrEqualTo(ticks + 1);
        assertThat(count.peer().seen(Event.Joined.class)).isEmpty();
        node.close();
    }

    /** Who is there by this stream: at a message, or at its end. */
    private static Set<String> rebuilt(Client client, @Nullable String until) {
        Set<String> known = new TreeSet<>();
        for (Event event : client.peer().seen()) {
            if (event instanceof Event.Subscribed subscribed && subscribed.snapshot() != null) {
                subscribed
                        .snapshot()
                        .members()
                        .forEach(member -> known.add(member.actor().value()));
            } else if (event instanceof Event.Members members) {
                members.members().forEach(member -> known.add(member.actor().value()));
            } else if (event instanceof Event.Joined joined) {
                known.add(joined.membership().actor().value());
            } else if (event instanceof Event.Left left) {
                known.remove(left.actor().value());
            } else if (event instanceof Event.Delivered delivered
                    && FakePeer.text(delivered).equals(until)) {
                return known;
            }
        }
        return known;
    }
}
