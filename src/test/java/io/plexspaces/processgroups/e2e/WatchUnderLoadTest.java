package io.plexspaces.processgroups.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.plexspaces.processgroups.e2e.Load.Outcome;
import io.plexspaces.processgroups.proto.v1.Event;
import io.plexspaces.processgroups.proto.v1.GroupMembership;
import io.plexspaces.processgroups.proto.v1.JoinGroupRequest;
import io.plexspaces.processgroups.proto.v1.LeaveGroupRequest;
import io.plexspaces.processgroups.proto.v1.WatchRequest;
import io.plexspaces.processgroups.proto.v1.WatchResponse;
import io.quarkus.test.junit.QuarkusTest;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Watches that begin and end at any time each receive the exact members at every offset. */
@QuarkusTest
class WatchUnderLoadTest extends LiveServer {
    private static final int WRITERS = 6;
    private static final int CHANGES = 3000;
    private static final int RESIDENTS = 600;
    private static final int VISITORS = 150;
    private static final int WATCHERS = 50;

    /** A member came or went. */
    private record Step(long offset, boolean joined, String actor) {}

    private record Change(long offset, boolean join, String actor, int count) {}

    /** What happened, by the writers' own answers. */
    private record Truth(Set<String> residents, List<Step> steps) {
        Set<String> membersAt(long offset) {
            Set<String> members = new HashSet<>(residents);
            for (Step step : steps) {
                if (step.offset() > offset) {
                    break;
                }
                if (step.joined()) {
                    members.add(step.actor());
                } else {
                    members.remove(step.actor());
                }
            }
            return members;
        }

        List<Step> between(long after, long upTo) {
            return steps.stream()
                    .filter(step -> step.offset() > after && step.offset() <= upTo)
                    .toList();
        }
    }

    @Test
    void everyWatch_rebuildsTheExactMembers() {
        client.create("busy");
        List<String> residents = IntStream.range(0, RESIDENTS)
                .mapToObj(i -> "resident-%03d".formatted(i))
                .toList();
        client.join(JoinGroupRequest.newBuilder().setGroupName("busy").addAllActorIds(residents));
        List<Load<Change>> writers = new ArrayList<>();
        for (int w = 0; w < WRITERS; w++) {
            writers.add(writer(newClient(), new Random(w)));
        }
        List<EventStream<WatchRequest, WatchResponse>> ended = new ArrayList<>();
        List<EventStream<WatchRequest, WatchResponse>> open = comeAndGo(writers, ended);
        List<Outcome<Change>> outcomes =
                writers.stream().flatMap(load -> load.await().stream()).toList();
        Truth truth = truth(Set.copyOf(residents), outcomes);
        long marker = client.join("busy", "marker").getOffset();

        for (var stream : open) {
            stream.awaitEvent(event -> event.getOffset() == marker);
            assertThat(tells(truth, stream.events(), marker)).isTrue();
        }
        long complete = ended.stream()
                .filter(stream -> tells(truth, stream.events(), marker))
                .count();
        assertThat(complete).isGreaterThan(WATCHERS);
        Set<String> last = truth.membersAt(Long.MAX_VALUE);
        last.add("marker");
        assertThat(client.members("busy")).isEqualTo(last.stream().sorted().toList());
    }

    private Load<Change> writer(GrpcClient own, Random random) {
        return Load.start(CHANGES, 1, (i, reply) -> {
            String actor = "visitor-" + random.nextInt(VISITORS);
            if (random.nextBoolean()) {
                own.streams.joinGroup(
                        JoinGroupRequest.newBuilder()
                                .setTenantId(tenant)
                                .setGroupName("busy")
                                .setActorId(actor)
                                .build(),
                        reply.as(done -> new Change(done.getOffset(), true, actor, done.getJoinCount())));
            } else {
                own.streams.leaveGroup(
                        LeaveGroupRequest.newBuilder()
                                .setTenantId(tenant)
                                .setGroupName("busy")
                                .setActorId(actor)
                                .setAll(random.nextBoolean())
                                .build(),
                        reply.as(done -> new Change(done.getOffset(), false, actor, done.getJoinCount())));
            }
        });
    }

    /**
     * As long as there are changes, ends one of the watches after the other and begins a new one. Returns the last
     * ones.
     */
    private List<EventStream<WatchRequest, WatchResponse>> comeAndGo(
            List<Load<Change>> writers, List<EventStream<WatchRequest, WatchResponse>> ended) {
        Random random = new Random(7);
        List<GrpcClient> connections =
                IntStream.range(0, 5).mapToObj(i -> newClient()).toList();
        List<EventStream<WatchRequest, WatchResponse>> open = new ArrayList<>();
        for (int i = 0; i < WATCHERS; i++) {
            open.add(connections.get(i % connections.size()).beginWatch(busy()));
        }
        while (!allDone(writers)) {
            var leaving = open.remove(random.nextInt(open.size()));
            int enough = leaving.count() + random.nextInt(60);
            EventStream.patiently().until(() -> leaving.count() >= enough || allDone(writers));
            leaving.cancel();
            ended.add(leaving);
            open.add(connections.get(random.nextInt(connections.size())).beginWatch(busy()));
        }
        return open;
    }

    private static boolean allDone(List<Load<Change>> writers) {
        return writers.stream().allMatch(Load::isDone);
    }

    private static WatchRequest.Builder busy() {
        return WatchRequest.newBuilder().setGroupName("busy");
    }

    private static Truth truth(Set<String> residents, List<Outcome<Change>> outcomes) {
        List<Step> steps = new ArrayList<>();
        Map<String, Integer> counts = new HashMap<>();
        outcomes.stream()
                .filter(Outcome::succeeded)
                .map(Outcome::answer)
                .sorted(Comparator.comparingLong(Change::offset))
                .forEach(change -> {
                    Integer before = counts.put(change.actor(), change.count());
                    boolean wasMember = before != null && before > 0;
                    if (wasMember != change.count() > 0) {
                        steps.add(new Step(change.offset(), change.join(), change.actor()));
                    }
                });
        assertThat(steps).hasSizeGreaterThan(CHANGES);
        return new Truth(residents, steps);
    }

    /** False when it ended before its snapshot was whole; fails when anything it received is wrong. */
    private static boolean tells(Truth truth, List<Event> events, long marker) {
        Set<String> members = new HashSet<>();
        int next = 0;
        boolean last = false;
        while (!last && next < events.size()) {
            Event part = events.get(next++);
            assertThat(part.hasSnapshot()).isTrue();
            assertThat(part.getOffset()).isEqualTo(events.get(0).getOffset());
            int before = members.size();
            part.getSnapshot().getMembersList().stream()
                    .map(GroupMembership::getActorId)
                    .forEach(members::add);
            assertThat(members).hasSize(before + part.getSnapshot().getMembersCount());
            last = part.getSnapshot().getLast();
        }
        if (!last) {
            return false;
        }
        long start = events.get(0).getOffset();
        assertThat(members).isEqualTo(truth.membersAt(start));
        long upTo = start;
        List<Step> told = new ArrayList<>();
        for (Event event : events.subList(next, events.size())) {
            assertThat(event.getOffset()).isGreaterThan(upTo);
            upTo = event.getOffset();
            if (upTo < marker) {
                told.add(applied(event, members));
            }
        }
        assertThat(told).isEqualTo(truth.between(start, upTo));
        long end = Math.min(upTo, marker - 1);
        assertThat(members).isEqualTo(truth.membersAt(end));
        return true;
    }

    /** A member that is in the picture cannot join it, one that is not cannot leave it. */
    private static Step applied(Event event, Set<String> members) {
        assertThat(event.hasJoined() || event.hasLeft()).isTrue();
        String actor = event.hasJoined()
                ? event.getJoined().getActorId()
                : event.getLeft().getActorId();
        boolean changed = event.hasJoined() ? members.add(actor) : members.remove(actor);
        assertThat(changed).as("%s", event).isTrue();
        return new Step(event.getOffset(), event.hasJoined(), actor);
    }
}
