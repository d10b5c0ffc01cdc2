package io.plexspaces.processgroups.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import io.netty.util.internal.PlatformDependent;
import io.plexspaces.processgroups.proto.v1.CreateGroupRequest;
import io.plexspaces.processgroups.proto.v1.Event;
import io.plexspaces.processgroups.proto.v1.Gap;
import io.plexspaces.processgroups.proto.v1.LeaveReason;
import io.plexspaces.processgroups.proto.v1.Message;
import io.plexspaces.processgroups.proto.v1.OverflowPolicy;
import io.plexspaces.processgroups.proto.v1.PublishAnswer;
import io.plexspaces.processgroups.proto.v1.PublishToGroupRequest;
import io.plexspaces.processgroups.proto.v1.Retention;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.websockets.next.OpenConnections;
import jakarta.inject.Inject;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Clients that stop reading, while others go on. */
@QuarkusTest
class StalledClientTest extends LiveServer {
    private static final String GROUP = "feed";
    private static final int CROWD = 50;
    private static final int MESSAGES = 400;
    private static final int KIB = 1024;
    private static final int MIB = KIB * KIB;
    private static final int TOPICS = 10;

    /** Far more than any of it takes; a connection that waited for a stalled one would wait for seconds. */
    private static final Duration SLOWEST = Duration.ofSeconds(3);

    @Inject
    OpenConnections webSockets;

    private int published;

    @Test
    void disconnect_cutsTheStalled_andNobodyElse() {
        create(OverflowPolicy.DISCONNECT);
        var watch = client.watch(GROUP);
        long cutsBefore = (long) metric("connections_cut_total{cause=\"SLOW_CONSUMER\"}");
        try (Crowd crowd = Crowd.of(CROWD, this, GROUP)) {
            long openBefore = webSockets.stream().count();
            Stalled grpc = Stalled.grpc(this, GROUP, "stalled-grpc");
            Stalled webSocket = Stalled.webSocket(this, GROUP, "stalled-ws");
            Stalled deaf = Stalled.webSocket(this, GROUP, "stalled-deaf");

            publish(crowd, MESSAGES, 16 * KIB, "");

            await().atMost(EventStream.PATIENCE)
                    .until(() -> metric("connections_cut_total{cause=\"SLOW_CONSUMER\"}") == cutsBefore + 3);
            assertThat(grpc.readToEnd()).isEqualTo("RESOURCE_EXHAUSTED SLOW_CONSUMER");
            assertThat(webSocket.readToEnd()).isIn("4430 SLOW_CONSUMER", "end of the connection");
            // The third never reads its close frame: its connection ends without its help.
            await().atMost(EventStream.PATIENCE).until(() -> webSockets.stream().count() == openBefore);
            await().atMost(EventStream.PATIENCE)
                    .until(() -> watch.events().stream().filter(Event::hasLeft).count() == 3);
            assertThat(watch.events().stream().filter(Event::hasLeft))
                    .allSatisfy(event -> assertThat(event.getLeft().getReason()).isEqualTo(LeaveReason.EVICTED))
                    .extracting(event -> event.getLeft().getActorId())
                    .containsExactlyInAnyOrder("stalled-grpc", "stalled-ws", "stalled-deaf");
            assertUndisturbed(crowd);
            assertThat(deaf.readToEnd()).isIn("4430 SLOW_CONSUMER", "end of the connection");
            Stream.of(grpc, webSocket, deaf).forEach(Stalled::close);
        }
        watch.cancel();
        assertNothingQueued();
    }

    @Test
    void dropOldest_tellsTheStalledHowManyAreMissing_andKeepsTheNewest() {
        create(OverflowPolicy.DROP_OLDEST);
        try (Crowd crowd = Crowd.of(CROWD, this, GROUP)) {
            for (Stalled stalled : stalledInBothWays(crowd, "")) {
                List<Event> events = stalled.readUntil(numbered(published - 1));

                List<Integer> numbers = numbers(events);
                assertThat(numbers).isSorted().doesNotHaveDuplicates().hasSizeLessThan(published);
                assertThat(missed(events) + numbers.size()).isEqualTo(published);
                assertThat(events).filteredOn(Event::hasGap).allSatisfy(event -> {
                    assertThat(event.getGap().getReason()).isEqualTo(Gap.Reason.OVERFLOW);
                    assertThat(event.getGap().getExact()).isTrue();
                });
                assertGapsAreWhereMessagesAreMissing(events);
                int newest = MIB / (17 * KIB) - 1;
                assertThat(numbers)
                        .as("the newest that fit")
                        .containsAll(IntStream.range(published - newest, published)
                                .boxed()
                                .toList());
                stalled.close();
            }
            assertUndisturbed(crowd);
        }
        assertNothingQueued();
    }

    @Test
    void conflate_keepsTheNewestOfEachTopic() {
        create(OverflowPolicy.CONFLATE);
        try (Crowd crowd = Crowd.of(CROWD, this, GROUP)) {
            for (Stalled stalled : stalledInBothWays(crowd, "sensor.")) {
                List<Event> events = stalled.readUntil(numbered(published - 1));

                List<Integer> numbers = numbers(events);
                assertThat(numbers).isSorted().doesNotHaveDuplicates().hasSizeLessThan(published);
                assertThat(missed(events) + numbers.size()).isEqualTo(published);
                Map<String, Integer> newest = new TreeMap<>();
                events.stream().filter(Event::hasMessage).forEach(event -> newest.put(event.getTopic(), number(event)));
                assertThat(newest).hasSize(TOPICS);
                assertThat(newest.values())
                        .containsExactlyInAnyOrderElementsOf(IntStream.range(published - TOPICS, published)
                                .boxed()
                                .toList());
                stalled.close();
            }
            assertUndisturbed(crowd);
        }
        assertNothingQueued();
    }

    @Test
    void memory_staysWhereItIs_howeverMuchIsPublished() {
        int rounds = 5;
        int messages = 640;
        int size = 64 * KIB;
        create(OverflowPolicy.DROP_OLDEST);
        try (Crowd crowd = Crowd.of(2, this, GROUP)) {
            List<Stalled> stalled = List.of(
                    Stalled.grpc(this, GROUP, "grpc-1"),
                    Stalled.grpc(this, GROUP, "grpc-2"),
                    Stalled.webSocket(this, GROUP, "ws-1"),
                    Stalled.webSocket(this, GROUP, "ws-2"));
            publish(crowd, messages, size, "");
            long heap = heapAfterGc();
            long direct = directMemory();
            for (int i = 1; i < rounds; i++) {
                publish(crowd, messages, size, "");
                assertThat(metric("queue_bytes")).as("queued for 4 connections").isBetween(1.0 * MIB, 4.5 * MIB);
            }
            assertThat(heapAfterGc() - heap).as("growth of the heap").isLessThan(12L * MIB);
            assertThat(directMemory() - direct).as("growth of direct memory").isLessThan(24L * MIB);
            assertUndisturbed(crowd);
            stalled.forEach(Stalled::close);
        }
        assertNothingQueued();
    }

    private double metric(String series) {
        return new Management(webSocket).metric(series);
    }

    private List<Stalled> stalledInBothWays(Crowd crowd, String topicPrefix) {
        List<Stalled> stalled =
                List.of(Stalled.grpc(this, GROUP, "stalled-grpc"), Stalled.webSocket(this, GROUP, "stalled-ws"));
        publish(crowd, MESSAGES, 16 * KIB, topicPrefix);
        return stalled;
    }

    /** Publishes as fast as the crowd takes it. */
    private void publish(Crowd crowd, int count, int size, String topicPrefix) {
        ByteString payload = ByteString.copyFrom(new byte[size]);
        int ahead = MIB / 4 / size;
        for (int end = published + count; published < end; published++) {
            client.publish(PublishToGroupRequest.newBuilder()
                    .setGroupName(GROUP)
                    .setTopic(topicPrefix.isEmpty() ? "" : topicPrefix + published % TOPICS)
                    .setAnswer(PublishAnswer.NONE)
                    .setMessage(Message.newBuilder()
                            .setId(String.valueOf(published))
                            .putHeaders(Crowd.SENT, String.valueOf(System.nanoTime()))
                            .setPayload(payload)));
            if (published % ahead == 0) {
                crowd.awaitReceived(published + 1);
            }
        }
        crowd.awaitReceived(published);
    }

    private void assertUndisturbed(Crowd crowd) {
        assertThat(crowd.troubles()).isEmpty();
        assertThat(crowd.slowest()).isLessThan(SLOWEST);
    }

    /** Between two messages that do not follow each other stands a gap that counts those between them. */
    private static void assertGapsAreWhereMessagesAreMissing(List<Event> events) {
        int expected = 0;
        for (Event event : events) {
            if (event.hasGap()) {
                expected += (int) event.getGap().getMissed();
            } else if (event.hasMessage()) {
                assertThat(number(event)).isEqualTo(expected++);
            }
        }
    }

    private void assertNothingQueued() {
        await().atMost(EventStream.PATIENCE).until(() -> metric("queue_bytes") == 0);
    }

    private void create(OverflowPolicy policy) {
        client.create(CreateGroupRequest.newBuilder()
                .setGroupName(GROUP)
                .setRetention(Retention.getDefaultInstance())
                .setOverflowPolicy(policy));
    }

    private static Predicate<Event> numbered(int number) {
        return event -> event.hasMessage() && number(event) == number;
    }

    private static int number(Event event) {
        return Integer.parseInt(event.getMessage().getId());
    }

    private static List<Integer> numbers(List<Event> events) {
        return events.stream()
                .filter(Event::hasMessage)
                .map(StalledClientTest::number)
                .toList();
    }

    private static int missed(List<Event> events) {
        return events.stream()
                .mapToInt(event -> (int) event.getGap().getMissed())
                .sum();
    }

    private static long heapAfterGc() {
        long least = Long.MAX_VALUE;
        for (int i = 0; i < 3; i++) {
            System.gc();
            least = Math.min(
                    least,
                    ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed());
        }
        return least;
    }

    private static long directMemory() {
        long pools = ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
                .filter(pool -> pool.getName().equals("direct"))
                .mapToLong(BufferPoolMXBean::getMemoryUsed)
                .sum();
        return pools + Math.max(0, PlatformDependent.usedDirectMemory());
    }
}
