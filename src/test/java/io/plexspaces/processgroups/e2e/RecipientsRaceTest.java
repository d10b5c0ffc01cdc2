package io.plexspaces.processgroups.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.plexspaces.processgroups.e2e.Load.Outcome;
import io.plexspaces.processgroups.proto.v1.Event;
import io.plexspaces.processgroups.proto.v1.JoinGroupRequest;
import io.plexspaces.processgroups.proto.v1.LeaveGroupRequest;
import io.plexspaces.processgroups.proto.v1.PublishToGroupRequest;
import io.plexspaces.processgroups.proto.v1.PublishToGroupResponse;
import io.plexspaces.processgroups.proto.v1.SubscribeRequest;
import io.plexspaces.processgroups.proto.v1.SubscribeResponse;
import io.quarkus.test.junit.QuarkusTest;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** A message is for the members at its own offset, however joins and leaves race it. */
@QuarkusTest
class RecipientsRaceTest extends LiveServer {
    private static final int WRITERS = 8;
    private static final int PUBLISHERS = 4;
    private static final int CHANGES = 1500;
    private static final int MESSAGES = 1000;
    private static final int ACTORS = 40;
    private static final List<List<String>> FILTERS =
            List.of(List.of(), List.of("a.*"), List.of("b.c"), List.of("a.>", "b.c"), List.of("a.x.y", "*.c"));
    private static final List<String> TOPICS = List.of("", "a.x", "b.c", "a.x.y", "b");

    private record Sent(String topic, PublishToGroupResponse answer) {}

    @Test
    void recipients_areTheMembersAtTheOffset() {
        client.create("race");
        var watch = client.watch("race");
        long first = watch.events().get(0).getOffset() + 1;
        Map<String, EventStream<SubscribeRequest, SubscribeResponse>> live = new HashMap<>();
        for (int f = 0; f < FILTERS.size(); f++) {
            String actor = "live-" + f;
            live.put(actor, client.subscribe("race", actor, FILTERS.get(f).toArray(String[]::new)));
        }
        List<Load<Long>> writers = new ArrayList<>();
        for (int w = 0; w < WRITERS; w++) {
            writers.add(writer(newClient(), new Random(w)));
        }
        List<Load<Sent>> publishers = new ArrayList<>();
        for (int p = 0; p < PUBLISHERS; p++) {
            publishers.add(publisher(newClient(), new Random(100 + p)));
        }
        List<Sent> sent = publishers.stream()
                .flatMap(load -> load.awaitAnswers().stream())
                .sorted(Comparator.comparingLong(one -> one.answer().getOffset()))
                .toList();
        List<Long> changed = writers.stream()
                .flatMap(load -> load.await().stream())
                .filter(Outcome::succeeded)
                .map(Outcome::answer)
                .toList();

        long last = client.publish("race", "", "end").getOffset();
        long marker = client.join("race", "marker").getOffset();
        watch.awaitEvent(event -> event.getOffset() == marker);
        assertNoOffsetTwiceOrMissing(first + FILTERS.size(), last, sent, changed);
        assertRecipients(sent, watch.eventsFrom(1));
        live.forEach((actor, stream) -> assertReceived(actor, stream, sent, last));
    }

    private Load<Long> writer(GrpcClient own, Random random) {
        return Load.start(CHANGES, 1, (i, reply) -> {
            String actor = "actor-" + random.nextInt(ACTORS);
            if (random.nextInt(100) < 45) {
                own.streams.joinGroup(
                        JoinGroupRequest.newBuilder()
                                .setTenantId(tenant)
                                .setGroupName("race")
                                .setActorId(actor)
                                .addAllTopics(FILTERS.get(random.nextInt(FILTERS.size())))
                                .build(),
                        reply.as(answer -> answer.getOffset()));
            } else {
                own.streams.leaveGroup(
                        LeaveGroupRequest.newBuilder()
                                .setTenantId(tenant)
                                .setGroupName("race")
                                .setActorId(actor)
                                .setAll(random.nextInt(10) == 0)
                                .build(),
                        reply.as(answer -> answer.getOffset()));
            }
        });
    }

    private Load<Sent> publisher(GrpcClient own, Random random) {
        return Load.start(MESSAGES, 2, (i, reply) -> {
            String topic = TOPICS.get(random.nextInt(TOPICS.size()));
            own.streams.publishToGroup(
                    PublishToGroupRequest.newBuilder()
                            .setTenantId(tenant)
                            .setGroupName("race")
                            .setTopic(topic)
                            .setMessage(GrpcClient.text("m" + i))
                            .build(),
                    reply.as(answer -> new Sent(topic, answer)));
        });
    }

    private static void assertNoOffsetTwiceOrMissing(long first, long last, List<Sent> sent, List<Long> changed) {
        LongStream offsets = LongStream.concat(
                sent.stream().mapToLong(one -> one.answer().getOffset()),
                changed.stream().mapToLong(Long::longValue));
        assertThat(offsets.sorted().toArray())
                .isEqualTo(LongStream.range(first, last).toArray());
    }

    /** Replays what the watch received; at each message's offset the picture must be its recipients. */
    private static void assertRecipients(List<Sent> sent, List<Event> told) {
        Map<String, List<String>> filters = new HashMap<>();
        int next = 0;
        int withRecipients = 0;
        for (Sent message : sent) {
            long offset = message.answer().getOffset();
            while (next < told.size() && told.get(next).getOffset() < offset) {
                apply(told.get(next++), filters);
            }
            Set<String> expected = new HashSet<>();
            filters.forEach((actor, filter) -> {
                if (accepts(filter, message.topic())) {
                    expected.add(actor);
                }
            });
            assertThat(message.answer().getRecipientIdsList())
                    .as("recipients of %s at %d", message.topic(), offset)
                    .containsExactlyInAnyOrderElementsOf(expected);
            assertThat(message.answer().getRecipientsCount()).isEqualTo(expected.size());
            withRecipients += expected.size() > FILTERS.size() ? 1 : 0;
        }
        assertThat(withRecipients).isGreaterThan(MESSAGES);
    }

    private static void apply(Event event, Map<String, List<String>> filters) {
        switch (event.getKindCase()) {
            case JOINED ->
                assertThat(filters.put(
                                event.getJoined().getActorId(),
                                event.getJoined().getTopicsList()))
                        .isNull();
            case FILTER_CHANGED ->
                assertThat(filters.put(
                                event.getFilterChanged().getActorId(),
                                event.getFilterChanged().getTopicsList()))
                        .isNotNull();
            case LEFT ->
                assertThat(filters.remove(event.getLeft().getActorId())).isNotNull();
            default -> throw new AssertionError("unexpected " + event);
        }
    }

    private static boolean accepts(List<String> filter, String topic) {
        return topic.isEmpty()
                || filter.isEmpty()
                || filter.stream().anyMatch(pattern -> matches(pattern.split("\\."), topic.split("\\."), 0));
    }

    private static boolean matches(String[] pattern, String[] topic, int at) {
        if (at == pattern.length || at == topic.length) {
            return pattern.length == topic.length;
        }
        return pattern[at].equals(">")
                || (pattern[at].equals("*") || pattern[at].equals(topic[at])) && matches(pattern, topic, at + 1);
    }

    /** A live member got exactly the messages whose answers name it, in the order of the log. */
    private static void assertReceived(
            String actor, EventStream<SubscribeRequest, SubscribeResponse> stream, List<Sent> sent, long last) {
        await().atMost(EventStream.PATIENCE).until(() -> lastOffset(stream) == last);
        List<Long> received = stream.events().stream()
                .filter(Event::hasMessage)
                .map(Event::getOffset)
                .filter(offset -> offset != last)
                .toList();
        List<Long> named = sent.stream()
                .filter(one -> one.answer().getRecipientIdsList().contains(actor))
                .map(one -> one.answer().getOffset())
                .toList();
        assertThat(received).as("received by %s", actor).isEqualTo(named);
    }

    private static long lastOffset(EventStream<?, ?> stream) {
        List<Event> events = stream.events();
        return events.get(events.size() - 1).getOffset();
    }
}
