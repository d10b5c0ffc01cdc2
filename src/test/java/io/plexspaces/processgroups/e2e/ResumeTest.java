package io.plexspaces.processgroups.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.Duration;
import io.plexspaces.processgroups.proto.v1.CreateGroupRequest;
import io.plexspaces.processgroups.proto.v1.Event;
import io.plexspaces.processgroups.proto.v1.Gap;
import io.plexspaces.processgroups.proto.v1.GroupMembership;
import io.plexspaces.processgroups.proto.v1.LeaveGroupRequest;
import io.plexspaces.processgroups.proto.v1.LeaveReason;
import io.plexspaces.processgroups.proto.v1.Position;
import io.plexspaces.processgroups.proto.v1.Retention;
import io.plexspaces.processgroups.proto.v1.SessionOpen;
import io.plexspaces.processgroups.proto.v1.SessionRequest;
import io.plexspaces.processgroups.proto.v1.SubscribeRequest;
import io.plexspaces.processgroups.proto.v1.Subscribed;
import io.quarkus.test.junit.QuarkusTest;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Clients that lose their connection and resume.
 *
 * <p>One file, as all cases are one story told with other losses.
 */
@QuarkusTest
class ResumeTest extends LiveServer {
    private static final String GROUP = "news";
    private static final int MESSAGES = 1000;
    private static final int AWAY_SECONDS = 2;

    private final ScheduledExecutorService clock = Executors.newScheduledThreadPool(2);

    @AfterEach
    void stop() {
        clock.shutdownNow();
    }

    @Test
    void dropped_withEverythingRetained_getsTheMissingOnesInOrder() {
        create(2000);
        var watch = client.watch(GROUP);
        Map<Line.Way, Line> first = openAll();
        CompletableFuture<Void> publisher = publishOver(2800);
        Map<Line.Way, Line> second = dropAndComeBack(first, CompletableFuture.completedFuture(null));
        publisher.join();

        second.forEach((way, line) -> {
            line.awaitText(String.valueOf(MESSAGES));
            assertThat(line.awaitSubscribed().getRecovered())
                    .as("%s recovered", way)
                    .isTrue();
            assertThat(line.gaps()).as("%s gaps", way).isEmpty();
            assertThat(line.token())
                    .as("%s token", way)
                    .isEqualTo(first.get(way).token());
            assertThat(concat(first.get(way), line)).as("%s messages", way).isEqualTo(numbers(1, MESSAGES));
        });
        assertNobodyLeft(watch::events);
    }

    @Test
    void dropped_withTenRetained_getsAGapThatCountsTheOthersAndTheLastTen() {
        create(10);
        var watch = client.watch(GROUP);
        Map<Line.Way, Line> first = openAll();
        Map<Line.Way, Line> second = dropAndComeBack(first, publishOver(1000));

        second.forEach((way, line) -> {
            int seen = first.get(way).texts().size();
            assertThat(line.awaitText(String.valueOf(MESSAGES)))
                    .as("%s messages", way)
                    .isEqualTo(numbers(MESSAGES - 9, MESSAGES));
            assertThat(line.awaitSubscribed().getRecovered())
                    .as("%s recovered", way)
                    .isFalse();
            assertThat(line.gaps()).as("%s gaps", way).singleElement().satisfies(gap -> {
                assertThat(gap.getReason()).isEqualTo(Gap.Reason.TRIMMED);
                assertThat(gap.getMissed()).isEqualTo(MESSAGES - 10 - seen);
                assertThat(gap.getExact()).isTrue();
                assertThat(gap.getFromOffset())
                        .isEqualTo(first.get(way).position().getOffset());
            });
        });
        assertNobodyLeft(watch::events);
    }

    @Test
    void dropped_withTenRetained_whilePublishingGoesOn_countsEveryMessageOnce() {
        create(10);
        Map<Line.Way, Line> first = openAll();
        CompletableFuture<Void> publisher = publishOver(2800);
        Map<Line.Way, Line> second = dropAndComeBack(first, CompletableFuture.completedFuture(null));
        publisher.join();

        second.forEach((way, line) -> {
            line.awaitText(String.valueOf(MESSAGES));
            long missed = line.gaps().stream().mapToLong(Gap::getMissed).sum();
            List<String> after = line.texts();
            assertThat(after).as("%s messages", way).isEqualTo(numbers(MESSAGES - after.size() + 1, MESSAGES));
            assertThat(first.get(way).texts().size() + missed + after.size())
                    .as("%s seen, missed and received", way)
                    .isEqualTo(MESSAGES);
        });
    }

    @ParameterizedTest
    @EnumSource
    void groupDeletedAndRecreatedMeanwhile_isAnotherLife(Line.Way way) {
        create(100);
        Line first = open(way, "ann", "", null);
        client.publish(GROUP, "", "old");
        first.awaitText("old");
        first.drop().run();
        client.delete(GROUP);
        create(100);
        client.publish(GROUP, "", "new");

        Line second = first.resume(this, GROUP, "ann");

        assertThat(second.awaitText("new")).containsExactly("new");
        assertThat(second.awaitSubscribed().getRecovered()).isFalse();
        assertThat(second.awaitSubscribed().getEpoch())
                .isNotEqualTo(first.position().getEpoch());
        assertThat(second.gaps()).singleElement().satisfies(gap -> {
            assertThat(gap.getReason()).isEqualTo(Gap.Reason.EPOCH_CHANGED);
            assertThat(gap.getMissed()).isZero();
            assertThat(gap.getExact()).isFalse();
        });
        assertThat(client.memberships(GROUP))
                .extracting(GroupMembership::getJoinCount)
                .containsExactly(1);
    }

    @Test
    void resume_afterTheGrace_startsAnew() {
        create(100);
        Map<Line.Way, Line> first = openAll();
        var watch = client.watch(GROUP);
        first.values().forEach(line -> line.drop().run());
        await().atMost(EventStream.PATIENCE).until(() -> client.members(GROUP).isEmpty());
        client.publish(GROUP, "", "meanwhile");

        first.forEach((way, before) -> {
            Line after = before.resume(this, GROUP, actor(way));
            assertThat(after.token()).as("%s token", way).isNotEmpty().isNotEqualTo(before.token());
            assertThat(after.awaitText("meanwhile")).as("%s messages", way).containsExactly("meanwhile");
            assertThat(after.awaitSubscribed().getRecovered())
                    .as("%s recovered", way)
                    .isTrue();
        });
        assertThat(watch.awaitEvents(7).subList(1, 7))
                .extracting(event -> event.hasLeft() ? event.getLeft().getReason() : event.getKindCase())
                .containsExactly(
                        LeaveReason.DISCONNECTED,
                        LeaveReason.DISCONNECTED,
                        LeaveReason.DISCONNECTED,
                        Event.KindCase.JOINED,
                        Event.KindCase.JOINED,
                        Event.KindCase.JOINED);
    }

    @Test
    void secondConnection_withTheToken_replacesTheFirst_overAnyTransport() {
        create(100);
        var watch = client.watch(GROUP);
        Line line = open(Line.Way.SUBSCRIBE, "ann", "", null);
        String token = line.token();
        List<Line.Way> ways =
                List.of(Line.Way.WEBSOCKET, Line.Way.SESSION, Line.Way.SESSION, Line.Way.WEBSOCKET, Line.Way.SUBSCRIBE);
        for (int i = 0; i < ways.size(); i++) {
            Line before = line;
            line = before.resume(this, ways.get(i), GROUP, "ann");

            assertThat(line.token()).isEqualTo(token);
            assertThat(line.awaitSubscribed().getRecovered()).isTrue();
            assertThat(before.awaitEnd())
                    .isEqualTo(
                            before.way() == Line.Way.WEBSOCKET
                                    ? "4409 SESSION_REPLACED: another connection took this session over"
                                    : "ABORTED SESSION_REPLACED");
            client.publish(GROUP, "", "m" + i);
            assertThat(line.awaitText("m" + i)).containsExactly("m" + i);
            assertThat(before.texts()).doesNotContain("m" + i);
        }
        assertThat(client.memberships(GROUP))
                .extracting(GroupMembership::getJoinCount)
                .containsExactly(1);
        client.join(GROUP, "marker");
        assertThat(watch.awaitEvents(3))
                .extracting(Event::getKindCase)
                .containsExactly(Event.KindCase.SNAPSHOT, Event.KindCase.JOINED, Event.KindCase.JOINED);
    }

    @ParameterizedTest
    @EnumSource
    void token_thatIsUnknownOrAnotherActors_startsAnew_andTakesNothing(Line.Way way) {
        create(100);
        Line ann = open(way, "ann", "", null);

        Line bob = open(way, "bob", ann.token(), null);
        Line eve = open(way, "eve", "no-such-token", null);

        assertThat(Stream.of(ann, bob, eve).map(Line::token))
                .doesNotHaveDuplicates()
                .doesNotContain("no-such-token");
        client.publish(GROUP, "", "to all");
        for (Line line : List.of(ann, bob, eve)) {
            assertThat(line.awaitText("to all")).containsExactly("to all");
            assertThat(line.ended().get()).isNull();
        }
        assertThat(client.members(GROUP)).containsExactly("ann", "bob", "eve");
    }

    @ParameterizedTest
    @EnumSource
    void position_beyondTheEnd_orOfAnUnknownEpoch_isNeverCalledRecovered(Line.Way way) {
        create(100);
        client.publish(GROUP, "", "first");
        Position real = open(way, "ann", "", null).position();
        List<Position> forged = List.of(
                real.toBuilder().setOffset(real.getOffset() + 1000).build(),
                real.toBuilder().setOffset(Long.MAX_VALUE).build(),
                real.toBuilder().setEpoch("forged").build());
        for (int i = 0; i < forged.size(); i++) {
            Line line = open(way, "bob" + i, "", forged.get(i));

            client.publish(GROUP, "", "after " + i);
            List<String> texts = line.awaitText("after " + i);
            Subscribed subscribed = line.awaitSubscribed();
            assertThat(subscribed.getRecovered()).as("%s", forged.get(i)).isFalse();
            assertThat(subscribed.getEpoch()).isEqualTo(real.getEpoch());
            assertThat(line.gaps()).extracting(Gap::getReason).containsExactly(Gap.Reason.EPOCH_CHANGED);
            assertThat(texts).as("%s", forged.get(i)).doesNotHaveDuplicates();
        }
    }

    @Test
    void session_withSeveralGroups_goesOnInEachOfThem() {
        List<String> groups = List.of("a", "b", "c", "left");
        groups.forEach(group -> create(group, 100));
        GrpcSession first = client.session("ann");
        groups.forEach(group -> first.ask(join(group, null)));
        groups.forEach(group -> client.publish(group, "", group + 1));
        first.stream().awaitTexts(4);
        assertThat(first.ask(SessionRequest.newBuilder()
                                .setLeave(LeaveGroupRequest.newBuilder().setGroupName("left")))
                        .hasLeft())
                .isTrue();
        Map<String, Position> seen = new TreeMap<>();
        first.events().stream()
                .filter(Event::hasSubscribed)
                .forEach(event -> seen.put(
                        event.getGroupName(),
                        Position.newBuilder()
                                .setEpoch(event.getSubscribed().getEpoch())
                                .build()));
        first.events().stream()
                .filter(Event::hasMessage)
                .forEach(event -> seen.computeIfPresent(event.getGroupName(), (group, at) -> at.toBuilder()
                        .setOffset(event.getOffset())
                        .build()));
        first.close();
        groups.forEach(group -> client.publish(group, "", group + 2));

        GrpcSession second = client.session(SessionOpen.newBuilder()
                .setActorId("ann")
                .setResumeToken(first.opened().getResumeToken()));

        assertThat(second.opened().getResumed()).isTrue();
        assertThat(second.opened().getGroupsList()).containsExactly("a", "b", "c");
        for (String group : second.opened().getGroupsList()) {
            assertThat(second.ask(join(group, seen.get(group))).getJoined().getJoinCount())
                    .isEqualTo(1);
            client.publish(group, "", group + 3);
        }
        List<String> texts = new ArrayList<>(second.stream().awaitTexts(6));
        assertThat(texts).containsExactlyInAnyOrder("a2", "a3", "b2", "b3", "c2", "c3");
        assertThat(texts.stream().filter(text -> text.startsWith("b"))).containsExactly("b2", "b3");
        assertThat(second.events().stream().filter(Event::hasSubscribed))
                .hasSize(3)
                .allSatisfy(event ->
                        assertThat(event.getSubscribed().getRecovered()).isTrue());
        assertThat(client.members("left")).isEmpty();
    }

    private Line open(Line.Way way, String actor, String token, @Nullable Position after) {
        return Line.open(this, way, GROUP, actor, token, after);
    }

    private Map<Line.Way, Line> openAll() {
        Map<Line.Way, Line> lines = new TreeMap<>();
        for (Line.Way way : Line.Way.values()) {
            lines.put(way, open(way, actor(way), "", null));
        }
        return lines;
    }

    private static String actor(Line.Way way) {
        return "actor-" + way;
    }

    /** Drops every line once it has some messages, and reconnects after a while, at the earliest when {@code ready}. */
    private Map<Line.Way, Line> dropAndComeBack(Map<Line.Way, Line> lines, CompletableFuture<Void> ready) {
        lines.values().forEach(line -> {
            line.awaitText("50");
            line.drop().run();
        });
        Map<Line.Way, Line> next = new TreeMap<>();
        CompletableFuture.runAsync(
                        () -> {
                            ready.join();
                            lines.forEach((way, line) -> next.put(way, line.resume(this, GROUP, actor(way))));
                        },
                        CompletableFuture.delayedExecutor(AWAY_SECONDS, TimeUnit.SECONDS))
                .join();
        return next;
    }

    /** Publishes the numbers from 1 on, spread over about this time. */
    private CompletableFuture<Void> publishOver(int millis) {
        int perTurn = 5;
        AtomicInteger published = new AtomicInteger();
        CompletableFuture<Void> done = new CompletableFuture<>();
        ScheduledFuture<?> turns = clock.scheduleAtFixedRate(
                () -> {
                    for (int i = 0; i < perTurn && published.get() < MESSAGES; i++) {
                        client.publish(GROUP, "", String.valueOf(published.incrementAndGet()));
                    }
                    if (published.get() == MESSAGES) {
                        done.complete(null);
                    }
                },
                0,
                millis * perTurn / MESSAGES,
                TimeUnit.MILLISECONDS);
        return done.whenComplete((nothing, failure) -> turns.cancel(false));
    }

    /** What a watch saw since before they joined: three joins, and nothing else. */
    private void assertNobodyLeft(Supplier<List<Event>> watched) {
        client.join(GROUP, "marker");
        await().atMost(EventStream.PATIENCE).until(() -> watched.get().stream()
                .anyMatch(event -> event.getJoined().getActorId().equals("marker")));
        assertThat(watched.get())
                .extracting(Event::getKindCase)
                .containsExactly(
                        Event.KindCase.SNAPSHOT,
                        Event.KindCase.JOINED,
                        Event.KindCase.JOINED,
                        Event.KindCase.JOINED,
                        Event.KindCase.JOINED);
        assertThat(client.memberships(GROUP)).hasSize(4).allSatisfy(member -> assertThat(member.getJoinCount())
                .isEqualTo(1));
    }

    private void create(int retained) {
        create(GROUP, retained);
    }

    private void create(String group, int retained) {
        client.create(CreateGroupRequest.newBuilder()
                .setGroupName(group)
                .setRetention(Retention.newBuilder()
                        .setMessages(retained)
                        .setMaxAge(Duration.newBuilder().setSeconds(300))));
    }

    private static SessionRequest.Builder join(String group, @Nullable Position after) {
        SubscribeRequest.Builder request = SubscribeRequest.newBuilder().setGroupName(group);
        return SessionRequest.newBuilder().setJoin(after == null ? request : request.setAfter(after));
    }

    private static List<String> concat(Line first, Line second) {
        return Stream.concat(first.texts().stream(), second.texts().stream()).toList();
    }

    private static List<String> numbers(int from, int to) {
        return IntStream.rangeClosed(from, to).mapToObj(String::valueOf).toList();
    }
}
