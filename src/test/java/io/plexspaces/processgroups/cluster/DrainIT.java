package io.plexspaces.processgroups.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.plexspaces.processgroups.e2e.EventStream;
import io.plexspaces.processgroups.e2e.GrpcClient;
import io.plexspaces.processgroups.e2e.WsClient;
import io.plexspaces.processgroups.proto.v1.CreateGroupRequest;
import io.plexspaces.processgroups.proto.v1.Event;
import io.plexspaces.processgroups.proto.v1.Position;
import io.plexspaces.processgroups.proto.v1.PublishToGroupRequest;
import io.plexspaces.processgroups.proto.v1.Retention;
import io.plexspaces.processgroups.proto.v1.SubscribeRequest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/** A server is stopped while many are connected and messages flow, with the times it has by default. */
class DrainIT extends OnNodes {
    private static final String ROOM = "room";
    private static final int SUBSCRIBERS = 200;
    private static final Duration ALL_GONE = Duration.ofSeconds(30);

    /** More than are published. */
    private static final int RETAINED = 100_000;

    /** In 5 s and more, however slow the machine is. */
    private static final int LEAST_MEANWHILE = 50;

    /** Begins what is published at the server that stops. */
    private static final String AT_STOPPING = "a";

    private final ScheduledExecutorService timer = Executors.newScheduledThreadPool(2);
    private final AtomicInteger published = new AtomicInteger();

    /** At the server that stops: those that were answered. */
    private final AtomicInteger answered = new AtomicInteger();

    @Override
    Map<String, String> environment() {
        return Map.of(
                "PROCESSGROUPS_DRAIN_PERIOD", "5S",
                "PROCESSGROUPS_DRAIN_NOTICE", "1S",
                "PROCESSGROUPS_SESSION_GRACE", "30S",
                "QUARKUS_SHUTDOWN_DELAY", "1S");
    }

    @AfterAll
    void endTimer() {
        timer.shutdownNow();
    }

    /** A subscriber on the node that stops. */
    private record Connected(String actor, Supplier<List<Event>> events, BooleanSupplier ended, Supplier<String> end) {
        boolean has(Predicate<Event> wanted) {
            return events.get().stream().anyMatch(wanted);
        }

        /** The last place it knows. */
        Position position() {
            List<Event> all = events.get();
            String epoch = all.get(0).getSubscribed().getEpoch();
            long offset = all.stream()
                    .filter(event -> event.hasMessage() || event.hasSubscribed())
                    .mapToLong(Event::getOffset)
                    .max()
                    .orElseThrow();
            return Position.newBuilder().setEpoch(epoch).setOffset(offset).build();
        }
    }

    @Test
    void stopUnderTraffic_tellsAllAndLosesNothing() {
        on("b").create(CreateGroupRequest.newBuilder()
                .setGroupName(ROOM)
                .setRetention(Retention.newBuilder()
                        .setMessages(RETAINED)
                        .setMaxAge(com.google.protobuf.Duration.newBuilder().setSeconds(300))));
        List<Connected> subscribers = connect();
        ScheduledFuture<?> traffic = publishing();
        publishingAtTheStopping();
        await().atMost(Duration.ofSeconds(30))
                .until(() -> answered.get() > 0 && subscribers.stream().allMatch(one -> one.has(Event::hasMessage)));

        NodeProcess stopped = nodes.get("a");
        int before = published.get();
        long begun = System.nanoTime();
        stopped.signal("TERM");
        await().atMost(ALL_GONE)
                .until(() -> subscribers.stream().allMatch(one -> one.ended().getAsBoolean()));
        Duration took = Duration.ofNanos(System.nanoTime() - begun);
        assertThat(stopped.awaitExit()).isZero();
        assertThat(traffic.isDone()).as("publishing failed").isFalse();
        assertThat(published.get() - before).as("published meanwhile").isGreaterThan(LEAST_MEANWHILE);
        traffic.cancel(false);
        say("drain of " + SUBSCRIBERS + " subscribers: all gone after " + took.toMillis() + " ms, exit after "
                + Duration.ofNanos(System.nanoTime() - begun).toMillis() + " ms, " + published + " messages, and "
                + answered + " at the one that stopped");

        assertThat(took).isLessThan(ALL_GONE);
        assertThat(subscribers).allSatisfy(one -> {
            assertThat(one.has(Event::hasDraining))
                    .as("%s was told", one.actor())
                    .isTrue();
            assertThat(one.end().get()).as("end of %s", one.actor()).isEqualTo("SHUTTING_DOWN");
        });
        int last = published.getAndIncrement();
        on("b").publish(ROOM, "", Integer.toString(last));
        GrpcClient other = on("b");
        for (Connected one : subscribers) {
            assertNothingLost(one, resume(other, one), last);
        }
    }

    private List<Connected> connect() {
        List<Connected> all = new ArrayList<>();
        GrpcClient client = on("a");
        for (int i = 0; i < SUBSCRIBERS; i++) {
            String actor = "actor-" + i;
            if (i % 2 == 0) {
                var stream = client.subscribe(ROOM, actor);
                all.add(new Connected(
                        actor,
                        stream::events,
                        () -> stream.failure() != null,
                        () -> GrpcClient.reasonOf(stream.failure())));
            } else {
                WsClient socket = closing(WsClient.connect(
                        nodes.get("a").webSocket("/ws/" + tenant + "/default/" + ROOM + "?actor=" + actor),
                        WsClient.PROTO));
                socket.awaitEvents(1);
                all.add(new Connected(
                        actor,
                        socket::proto,
                        () -> socket.closed() != null,
                        () -> socket.awaitClosed().code() == 1012
                                ? "SHUTTING_DOWN"
                                : socket.closed().toString()));
            }
        }
        return all;
    }

    /** Numbers, one after the other, on a node that stays. */
    private ScheduledFuture<?> publishing() {
        GrpcClient client = on("b");
        return timer.scheduleWithFixedDelay(
                () -> client.publish(
                        PublishToGroupRequest.newBuilder().setGroupName(ROOM),
                        Integer.toString(published.getAndIncrement())),
                0,
                5,
                TimeUnit.MILLISECONDS);
    }

    /** At the node that stops, until it is refused. */
    private void publishingAtTheStopping() {
        GrpcClient client = on("a");
        timer.scheduleWithFixedDelay(
                () -> {
                    client.publish(ROOM, "", AT_STOPPING + answered.get());
                    answered.incrementAndGet();
                },
                0,
                5,
                TimeUnit.MILLISECONDS);
    }

    private EventStream<?, ?> resume(GrpcClient other, Connected one) {
        return closing(other.subscribe(SubscribeRequest.newBuilder()
                .setGroupName(ROOM)
                .setActorId(one.actor())
                .setResumeToken(one.events().get().get(0).getSubscribed().getResumeToken())
                .setAfter(one.position())));
    }

    private void assertNothingLost(Connected before, EventStream<?, ?> after, int last) {
        after.awaitEvent(event -> event.hasMessage() && text(event).equals(Integer.toString(last)));
        List<String> texts = new ArrayList<>();
        List<String> atStopping = new ArrayList<>();
        long missed = 0;
        for (List<Event> events : List.of(before.events().get(), after.events())) {
            for (Event event : events) {
                missed += event.hasGap() ? event.getGap().getMissed() : 0;
                if (event.hasMessage()) {
                    (text(event).startsWith(AT_STOPPING) ? atStopping : texts).add(text(event));
                }
            }
        }
        assertThat(missed).as("missed by %s", before.actor()).isZero();
        assertThat(texts).as(before.actor()).isEqualTo(numbered("", last + 1));
        // Of the last one, the answer may have been lost.
        assertThat(atStopping)
                .as("%s, published at the stopping node", before.actor())
                .isIn(numbered(AT_STOPPING, answered.get()), numbered(AT_STOPPING, answered.get() + 1));
    }

    private static List<String> numbered(String start, int count) {
        return IntStream.range(0, count).mapToObj(number -> start + number).toList();
    }

    private static String text(Event event) {
        return event.getMessage().getPayload().toStringUtf8();
    }
}
