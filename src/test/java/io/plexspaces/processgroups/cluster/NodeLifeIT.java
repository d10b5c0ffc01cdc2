package io.plexspaces.processgroups.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.Timestamp;
import io.grpc.Status;
import io.plexspaces.processgroups.e2e.EventStream;
import io.plexspaces.processgroups.e2e.GrpcClient;
import io.plexspaces.processgroups.e2e.GrpcSession;
import io.plexspaces.processgroups.e2e.WsClient;
import io.plexspaces.processgroups.proto.v1.Event;
import io.plexspaces.processgroups.proto.v1.GetLocalMembersRequest;
import io.plexspaces.processgroups.proto.v1.GroupMembership;
import io.plexspaces.processgroups.proto.v1.JoinGroupResponse;
import io.plexspaces.processgroups.proto.v1.LeaveReason;
import io.plexspaces.processgroups.proto.v1.Position;
import io.plexspaces.processgroups.proto.v1.PublishToGroupRequest;
import io.plexspaces.processgroups.proto.v1.SessionOpen;
import io.plexspaces.processgroups.proto.v1.SessionRequest;
import io.plexspaces.processgroups.proto.v1.SubscribeRequest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.Test;

/**
 * Nodes start, stop, die, freeze and meet their like; what clients and watchers elsewhere see of it.
 *
 * <p>One file, as all cases share the nodes, which take seconds to start.
 */
class NodeLifeIT extends OnNodes {
    private static final Duration LATEST = Duration.ofSeconds(2);
    private static final String ROOM = "room";

    private static ConditionFactory soon() {
        return await().atMost(Duration.ofSeconds(20)).pollInterval(Duration.ofMillis(10));
    }

    private static List<Event> changes(EventStream<?, ?> watch) {
        return watch.events().stream()
                .filter(event -> event.hasJoined() || event.hasLeft())
                .toList();
    }

    private static List<Event> left(EventStream<?, ?> watch) {
        return watch.events().stream().filter(Event::hasLeft).toList();
    }

    /** Waits until it has seen as many ends, and says when that was: milliseconds since 1970. */
    private static long awaitLeft(EventStream<?, ?> watch, int count) {
        soon().until(() -> left(watch).size() >= count);
        return System.currentTimeMillis();
    }

    private static void passUntil(long millis) {
        soon().until(() -> System.currentTimeMillis() >= millis);
    }

    @Test
    void killedNode_losesItsSessionJoinsAfterItsLease_onceEach() {
        GrpcClient a = on("a");
        a.create(ROOM);
        List<String> actors = List.of("ann", "bob", "cid", "dee", "eve");
        actors.forEach(actor -> a.subscribe(ROOM, actor));
        a.join(ROOM, "dur");
        a.join(ROOM, "ann");
        var onB = on("b").watch(ROOM);
        var onC = on("c").watch(ROOM);

        long end = nodes.kill("a");
        soon().until(() -> !left(onB).isEmpty() || System.currentTimeMillis() > end + 5_000);
        long first = System.currentTimeMillis();
        long last = Math.max(awaitLeft(onB, 4), awaitLeft(onC, 4));

        assertThat(first).isGreaterThanOrEqualTo(end);
        assertThat(last).isLessThanOrEqualTo(end + LATEST.toMillis());
        passUntil(end + LATEST.toMillis());
        for (EventStream<?, ?> watch : List.of(onB, onC)) {
            assertThat(changes(watch))
                    .extracting(event -> event.getLeft().getActorId())
                    .containsExactlyInAnyOrder("bob", "cid", "dee", "eve");
            assertThat(changes(watch))
                    .extracting(event -> event.getLeft().getReason())
                    .containsOnly(LeaveReason.NODE_DOWN);
        }
        assertThat(on("b").members(ROOM)).containsExactly("ann", "dur");
        assertThat(on("c").memberships(ROOM))
                .allSatisfy(member -> assertThat(member.getJoinCount()).isEqualTo(1));
    }

    @Test
    void frozenNode_findsItsTimeOverAndBeginsAnew() {
        GrpcClient a = on("a");
        a.create(ROOM);
        GrpcSession ann = a.session("ann");
        join(ann, ROOM);
        var bob = a.subscribe(ROOM, "bob");
        WsClient cid = closing(WsClient.connect(
                nodes.get("a").webSocket("/ws/" + tenant + "/default/" + ROOM + "?actor=cid"), WsClient.JSON));
        cid.awaitEvents(1);
        var reader = on("b").subscribe(ROOM, "reader");
        var watch = on("b").watch(ROOM);

        nodes.get("a").signal("STOP");
        long stopped = System.currentTimeMillis();
        awaitLeft(watch, 3);
        for (int i = 0; i < 20; i++) {
            ann.send(publish(ROOM, "old " + i));
        }
        passUntil(stopped + 2 * Nodes.TTL.toMillis());
        nodes.get("a").signal("CONT");

        assertThat(ann.stream().awaitEnd().getCode()).isEqualTo(Status.Code.UNAVAILABLE);
        assertThat(GrpcClient.reasonOf(ann.stream().failure())).isEqualTo("FENCED");
        assertThat(bob.awaitEnd().getCode()).isEqualTo(Status.Code.UNAVAILABLE);
        assertThat(cid.awaitClosed().code()).isEqualTo(4503);
        soon().until(() -> nodes.get("a").isReady());

        assertThat(on("a").members(ROOM)).containsExactly("reader");
        assertThat(changes(watch))
                .extracting(event -> event.getLeft().getActorId())
                .containsExactlyInAnyOrder("ann", "bob", "cid");
        var again = on("a").subscribe(ROOM, "ann");
        on("a").publish(ROOM, "", "new");
        assertThat(again.awaitTexts(1)).containsExactly("new");
        assertThat(reader.awaitTexts(1)).containsExactly("new");
        assertThat(on("c").members(ROOM)).containsExactly("ann", "reader");
    }

    @Test
    void storeThatWasAwayForLongerThanTheLeases_isServedByNewIncarnations() {
        on("a").create(ROOM);
        on("a").join(ROOM, "dur");
        var ann = on("a").subscribe(ROOM, "ann");
        var bob = on("b").subscribe(ROOM, "bob");
        long end = Nodes.NAMES.stream().mapToLong(nodes::leaseEnd).max().orElseThrow();

        nodes.redis().signal("STOP");
        passUntil(end + 2_000);
        nodes.redis().signal("CONT");

        for (EventStream<?, ?> stream : List.of(ann, bob)) {
            assertThat(stream.awaitEnd().getCode()).isEqualTo(Status.Code.UNAVAILABLE);
            assertThat(GrpcClient.reasonOf(stream.failure())).isEqualTo("FENCED");
        }
        nodes.complete();
        soon().untilAsserted(() -> assertThat(on("c").members(ROOM)).containsExactly("dur"));
        var again = on("b").subscribe(ROOM, "ann");
        on("a").publish(ROOM, "", "x");
        assertThat(again.awaitTexts(1)).containsExactly("x");
    }

    @Test
    void twoNodesOfOneName_theNewerWins() {
        GrpcClient a = on("a");
        a.create(ROOM);
        var ann = a.subscribe(ROOM, "ann");
        NodeProcess older = nodes.get("a");
        NodeProcess newer = nodes.begin("a").awaitReady();

        assertThat(ann.awaitEnd().getCode()).isEqualTo(Status.Code.UNAVAILABLE);
        assertThat(GrpcClient.reasonOf(ann.failure())).isEqualTo("FENCED");
        assertThat(older.awaitExit()).isEqualTo(3);
        assertThat(older.output()).contains("Another server has taken the name of node a");
        var again = on(newer).subscribe(ROOM, "ann");
        on("b").publish(ROOM, "", "x");
        assertThat(again.awaitTexts(1)).containsExactly("x");
        assertThat(newer.isReady()).isTrue();
    }

    @Test
    void sessionThatComesBackElsewhere_keepsItsJoins() {
        on("c").create(ROOM);
        on("c").create("hall");
        var watch = on("c").watch(ROOM);
        GrpcSession onA = on("a").session("ann");
        join(onA, ROOM);
        join(onA, ROOM);
        Position seen = position(join(onA, "hall"));
        Position inRoom = position(onA.stream()
                .awaitEvent(
                        event -> event.hasSubscribed() && event.getGroupName().equals(ROOM)));
        String token = onA.opened().getResumeToken();
        onA.close();
        List.of("1", "2", "3").forEach(text -> on("c").publish(ROOM, "", text));

        // From a live node.
        GrpcSession onB = resume("b", token);
        assertThat(onB.opened().getGroupsList()).containsExactly("hall", ROOM);
        assertRecovered(onB, inRoom, List.of("1", "2", "3"));
        assertThat(onB.ask(joining("hall", seen)).hasJoined()).isTrue();
        assertThat(local("b")).containsExactly("ann");
        soon().until(() -> local("a").isEmpty());
        assertThat(on("a").memberships(ROOM)).singleElement().satisfies(member -> {
            assertThat(member.getJoinCount()).isEqualTo(2);
            assertThat(member.getNodeId()).isEqualTo("b");
        });

        // From a dead node, before another one has noticed.
        long end = nodes.kill("b");
        on("c").publish(ROOM, "", "4");
        GrpcSession onC = resume("c", token);
        assertRecovered(onC, inRoom, List.of("1", "2", "3", "4"));

        // While the old connection is live.
        GrpcSession back = resume("a", token);
        assertThat(onC.stream().awaitEnd().getCode()).isEqualTo(Status.Code.ABORTED);
        assertThat(GrpcClient.reasonOf(onC.stream().failure())).isEqualTo("SESSION_REPLACED");
        assertRecovered(back, inRoom, List.of("1", "2", "3", "4"));

        passUntil(Math.max(end, System.currentTimeMillis() + Nodes.GRACE.toMillis()) + 1_000);
        assertThat(changes(watch)).extracting(Event::getKindCase).containsExactly(Event.KindCase.JOINED);
        assertThat(on("c").memberships(ROOM).get(0).getJoinCount()).isEqualTo(2);
        back.ask(SessionRequest.newBuilder().setLeave(back(ROOM)));
        soon().until(() -> left(watch).size() == 1);
    }

    @Test
    void stoppedNode_saysSoAndLeavesItsJoinsForTheGrace() {
        GrpcClient a = on("a");
        a.create(ROOM);
        GrpcSession ann = a.session("ann");
        join(ann, ROOM);
        var bob = a.subscribe(ROOM, "bob");
        WsClient cid = closing(WsClient.connect(
                nodes.get("a").webSocket("/ws/" + tenant + "/default/" + ROOM + "?actor=cid"), WsClient.JSON));
        cid.awaitEvents(1);
        var watch = on("b").watch(ROOM);

        NodeProcess stopped = nodes.get("a");
        stopped.signal("TERM");
        ann.stream().awaitEvent(Event::hasDraining);
        assertThat(ann.ask(publish(ROOM, "last")).hasPublished()).isTrue();
        assertThat(stopped.isReady()).isFalse();

        assertThat(ann.stream().awaitEnd().getCode()).isEqualTo(Status.Code.UNAVAILABLE);
        assertThat(GrpcClient.reasonOf(ann.stream().failure())).isEqualTo("SHUTTING_DOWN");
        assertThat(bob.awaitEnd().getCode()).isEqualTo(Status.Code.UNAVAILABLE);
        assertThat(bob.events()).anyMatch(Event::hasDraining);
        assertThat(bob.texts()).containsExactly("last");
        assertThat(cid.awaitClosed().code()).isEqualTo(1012);
        assertThat(cid.json()).anyMatch(event -> event.has("draining"));
        long ended = System.currentTimeMillis();
        assertThat(stopped.awaitExit()).isZero();

        assertThat(changes(watch)).isEmpty();
        long last = awaitLeft(watch, 3);
        assertThat(last).isGreaterThanOrEqualTo(ended + Nodes.GRACE.toMillis());
        assertThat(left(watch)).extracting(event -> event.getLeft().getReason()).containsOnly(LeaveReason.NODE_DOWN);
    }

    @Test
    void rollingRestart_isNoticedByNoWatcher() {
        on("a").create(ROOM);
        List<Roamer> roamers = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            String first = Nodes.NAMES.get(i % 3);
            roamers.add(closing(new Roamer(nodes, tenant, ROOM, "actor-" + i, first)));
        }
        roamers.forEach(Roamer::awaitSubscribed);
        on("a").join(ROOM, "dur");
        Map<String, Timestamp> joinedAt = joinedAt("a");
        List<String> expected = new ArrayList<>();
        List<Event> seen = new ArrayList<>();
        for (int step = 0; step < 3; step++) {
            String restarted = Nodes.NAMES.get(step);
            String other = Nodes.NAMES.get((step + 1) % 3);
            var watch = on(other).watch(ROOM);
            nodes.get(restarted).signal("TERM");
            for (int i = 0; i < 10; i++) {
                String text = restarted + i;
                expected.add(text);
                on(other).publish(ROOM, "", text);
            }
            assertThat(nodes.get(restarted).awaitExit()).isZero();
            nodes.complete();
            seen.addAll(changes(watch));
            watch.close();
        }

        roamers.forEach(
                roamer -> soon().untilAsserted(() -> assertThat(roamer.texts()).isEqualTo(expected)));
        var last = on("c").watch(ROOM);
        passUntil(System.currentTimeMillis() + Nodes.GRACE.toMillis());
        assertThat(seen).isEmpty();
        assertThat(changes(last)).isEmpty();
        assertThat(joinedAt).hasSize(13);
        assertThat(joinedAt("b")).isEqualTo(joinedAt);
        assertThat(on("b").memberships(ROOM)).hasSize(13).allSatisfy(member -> assertThat(member.getJoinCount())
                .isEqualTo(1));
        assertThat(roamers).allSatisfy(roamer -> assertThat(roamer.takeovers()).isPositive());
    }

    /** When each became the member it is: another time, where it was none in between. */
    private Map<String, Timestamp> joinedAt(String node) {
        return on(node).memberships(ROOM).stream()
                .collect(Collectors.toMap(GroupMembership::getActorId, GroupMembership::getJoinedAt));
    }

    private static JoinGroupResponse join(GrpcSession session, String group) {
        return session.ask(SessionRequest.newBuilder()
                        .setJoin(SubscribeRequest.newBuilder().setGroupName(group)))
                .getJoined();
    }

    private static SessionRequest.Builder joining(String group, Position after) {
        return SessionRequest.newBuilder()
                .setJoin(SubscribeRequest.newBuilder().setGroupName(group).setAfter(after));
    }

    private static io.plexspaces.processgroups.proto.v1.LeaveGroupRequest back(String group) {
        return io.plexspaces.processgroups.proto.v1.LeaveGroupRequest.newBuilder()
                .setGroupName(group)
                .setAll(true)
                .build();
    }

    private static SessionRequest.Builder publish(String group, String text) {
        return SessionRequest.newBuilder()
                .setPublish(
                        PublishToGroupRequest.newBuilder().setGroupName(group).setMessage(GrpcClient.text(text)));
    }

    private static Position position(JoinGroupResponse joined) {
        return Position.newBuilder()
                .setEpoch(joined.getEpoch())
                .setOffset(joined.getOffset())
                .build();
    }

    private static Position position(Event subscribed) {
        return Position.newBuilder()
                .setEpoch(subscribed.getSubscribed().getEpoch())
                .setOffset(subscribed.getOffset())
                .build();
    }

    private GrpcSession resume(String node, String token) {
        GrpcSession session =
                on(node).session(SessionOpen.newBuilder().setActorId("ann").setResumeToken(token));
        assertThat(session.opened().getResumed()).isTrue();
        assertThat(session.opened().getResumeToken()).isEqualTo(token);
        return session;
    }

    private static void assertRecovered(GrpcSession session, Position after, List<String> texts) {
        session.ask(joining(ROOM, after));
        Event subscribed = session.stream()
                .awaitEvent(
                        event -> event.hasSubscribed() && event.getGroupName().equals(ROOM));
        assertThat(subscribed.getSubscribed().getRecovered()).isTrue();
        assertThat(session.stream().awaitTexts(texts.size())).isEqualTo(texts);
    }

    private List<String> local(String node) {
        return on(node).calls
                .getLocalMembers(GetLocalMembersRequest.newBuilder()
                        .setTenantId(tenant)
                        .setGroupName(ROOM)
                        .build())
                .getMemberIdsList();
    }
}
