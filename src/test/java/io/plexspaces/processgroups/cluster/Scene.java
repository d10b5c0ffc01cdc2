package io.plexspaces.processgroups.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.plexspaces.processgroups.e2e.GrpcClient;
import io.plexspaces.processgroups.proto.v1.CreateGroupRequest;
import io.plexspaces.processgroups.proto.v1.Event;
import io.plexspaces.processgroups.proto.v1.PublishToGroupRequest;
import io.plexspaces.processgroups.proto.v1.Retention;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;

/** Groups with followers, watches and publishers on every node, and the check of what they received. */
final class Scene implements AutoCloseable {
    private static final Duration BACK = Duration.ofSeconds(15);

    final List<String> groups;
    final Traffic traffic;
    final List<Follower> followers = new ArrayList<>();
    private final List<Spectator> spectators = new ArrayList<>();
    private final Map<String, GrpcClient> clients = new HashMap<>();
    private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor();
    private int markers;

    /**
     * @param retained messages each group keeps
     * @param each followers of each group on each node
     * @param padding bytes added to each text
     */
    Scene(Nodes nodes, String tenant, List<String> groups, int retained, int each, int padding) {
        this.groups = groups;
        this.traffic = new Traffic(nodes, tenant, groups, padding);
        Nodes.NAMES.forEach(
                node -> clients.put(node, GrpcClient.connect(nodes.get(node).grpcPort(), tenant)));
        for (String group : groups) {
            client().create(CreateGroupRequest.newBuilder()
                    .setGroupName(group)
                    .setRetention(Retention.newBuilder()
                            .setMessages(retained)
                            .setMaxAge(com.google.protobuf.Duration.newBuilder().setSeconds(300))));
            for (String node : Nodes.NAMES) {
                for (int i = 0; i < each; i++) {
                    String actor = "follower-" + node + "-" + i;
                    followers.add(new Follower(node, clients.get(node), tenant, group, actor, thread));
                }
                spectators.add(new Spectator(node, clients.get(node), tenant, group, thread));
            }
        }
        spectators.forEach(Spectator::connect);
        followers.forEach(Follower::connect);
        await().atMost(BACK).until(() -> followers.stream().allMatch(Follower::isSubscribed));
    }

    /** To the first node. */
    GrpcClient client() {
        return client(Nodes.NAMES.get(0));
    }

    GrpcClient client(String node) {
        return clients.get(node);
    }

    /** Traffic ends, and every follower has received everything. */
    void end() throws InterruptedException {
        traffic.end();
        Map<String, Set<String>> last = new HashMap<>();
        Set<Follower> waiting = new HashSet<>(followers);
        await().atMost(BACK).pollInterval(Duration.ofMillis(250)).untilAsserted(() -> {
            waiting.removeIf(follower ->
                    last.getOrDefault(follower.group, Set.of()).stream().anyMatch(follower::hasHeard));
            for (String group : groups) {
                if (waiting.stream().anyMatch(follower -> follower.group.equals(group))) {
                    last.computeIfAbsent(group, none -> new HashSet<>()).add(mark(group));
                }
            }
            assertThat(waiting).isEmpty();
        });
        await().atMost(BACK).untilAsserted(() -> assertThat(spectators).allSatisfy(one -> assertThat(one.members())
                .containsExactlyInAnyOrderElementsOf(client(one.node).members(one.group))));
        assertThat(spectators).allSatisfy(one -> assertThat(one.wrong()).isEmpty());
    }

    private String mark(String group) {
        String text = "marker-" + markers++;
        client().publish(PublishToGroupRequest.newBuilder().setGroupName(group), text);
        return text;
    }

    /**
     * Every follower has each accepted message, or a gap that names it; and no client received another error than to
     * try again later.
     *
     * @param fault when the store began to fail, by the clock of {@link System#nanoTime()}
     */
    void assertNothingLostSilently(long fault) {
        List<Traffic.Sent> sent = traffic.sent();
        assertThat(followers).allSatisfy(follower -> assertThat(Losses.untold(follower, sent, fault))
                .as(follower.toString())
                .isEmpty());
        assertThat(traffic.otherFailures()).isEmpty();
        assertThat(ends()).allSatisfy(end -> assertThat(end.getCode()).isEqualTo(Status.Code.UNAVAILABLE));
    }

    /** No client has lost anything, with or without a gap. */
    void assertComplete() {
        assertNothingLostSilently(Long.MAX_VALUE);
        assertThat(followers).allSatisfy(follower -> assertThat(gaps(follower)).isEmpty());
    }

    static List<Event> gaps(Follower follower) {
        return follower.heard().stream()
                .map(Follower.Heard::event)
                .filter(Event::hasGap)
                .toList();
    }

    /** Gaps that followers and watches of one node received. */
    long gapsOn(String node) {
        long heard = followers.stream()
                .filter(one -> one.node.equals(node))
                .mapToLong(one -> gaps(one).size())
                .sum();
        return heard
                + spectators.stream()
                        .filter(one -> one.node.equals(node))
                        .mapToLong(Spectator::gaps)
                        .sum();
    }

    /** How the streams of followers ended until now. */
    List<Status> ends() {
        return followers.stream().flatMap(follower -> follower.ends().stream()).toList();
    }

    /** The longest time from the answer to a publish until a follower had it, or the gap that names it. */
    Duration slowest() {
        List<Traffic.Sent> sent = traffic.sent();
        long nanos = 0;
        for (Follower follower : followers) {
            nanos = Math.max(nanos, Losses.slowest(follower, sent));
        }
        return Duration.ofNanos(nanos);
    }

    /**
     * The longest time until a client on some node could publish to some group again, and until a follower received
     * something new.
     *
     * @param fault when the store began to fail; {@code over}: when it served again; by the clock of
     *     {@link System#nanoTime()}
     */
    Duration backAfter(long fault, long over) {
        Map<String, Long> published = new HashMap<>();
        Map<String, Long> starts = new HashMap<>();
        for (Traffic.Sent one : traffic.sent()) {
            starts.put(one.text(), one.start());
            if (one.isAccepted() && one.start() > fault) {
                published.merge(one.node() + " " + one.group(), one.end(), Math::min);
            }
        }
        assertThat(published).hasSize(groups.size() * Nodes.NAMES.size());
        long back = published.values().stream().max(Long::compare).orElseThrow();
        for (Follower follower : followers) {
            back = Math.max(
                    back,
                    follower.heard().stream()
                            .filter(heard -> starts.getOrDefault(heard.text(), Long.MIN_VALUE) > fault)
                            .mapToLong(Follower.Heard::at)
                            .findFirst()
                            .orElseThrow(() -> new AssertionError(follower + " heard nothing")));
        }
        return Duration.ofNanos(Math.max(0, back - over));
    }

    /** What was measured, for readers of the build's log. */
    String summary() {
        List<Traffic.Sent> sent = traffic.sent();
        Map<String, Integer> failures = new HashMap<>();
        for (StatusRuntimeException failure : traffic.failures()) {
            failures.merge(failure.getStatus().getCode().name(), 1, Integer::sum);
        }
        Map<String, Integer> ended = new HashMap<>();
        ends().forEach(end -> ended.merge(end.getCode() + " " + end.getDescription(), 1, Integer::sum));
        long accepted = sent.stream().filter(Traffic.Sent::isAccepted).count();
        long gaps = followers.stream().mapToLong(one -> gaps(one).size()).sum();
        return followers.size() + " followers, " + accepted + " publishes accepted, failures " + failures + ", gaps "
                + gaps + ", streams ended " + ended + ", slowest "
                + slowest().toMillis() + " ms";
    }

    @Override
    public void close() throws InterruptedException {
        traffic.close();
        followers.forEach(Follower::close);
        spectators.forEach(Spectator::close);
        clients.values().forEach(GrpcClient::close);
        thread.shutdownNow();
    }
}
