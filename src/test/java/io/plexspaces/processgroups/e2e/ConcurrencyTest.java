package io.plexspaces.processgroups.e2e;

import static io.plexspaces.processgroups.e2e.GrpcClient.reasonOf;
import static org.assertj.core.api.Assertions.assertThat;

import io.plexspaces.processgroups.e2e.Load.Outcome;
import io.plexspaces.processgroups.proto.v1.CreateGroupRequest;
import io.plexspaces.processgroups.proto.v1.CreateGroupResponse;
import io.plexspaces.processgroups.proto.v1.GroupMembership;
import io.plexspaces.processgroups.proto.v1.JoinGroupRequest;
import io.plexspaces.processgroups.proto.v1.LeaveGroupRequest;
import io.plexspaces.processgroups.proto.v1.ProcessGroup;
import io.quarkus.test.junit.QuarkusTest;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Racing callers get answers that some one order of their calls explains. */
@QuarkusTest
class ConcurrencyTest extends LiveServer {
    private static final int CLIENTS = 16;
    private static final int CALLS = 5000;

    @Test
    void hundredCreates_oneWins() {
        List<Load<CreateGroupResponse>> loads = new ArrayList<>();
        for (int c = 0; c < 10; c++) {
            GrpcClient own = newClient();
            int base = c * 10;
            loads.add(Load.start(
                    10,
                    10,
                    (i, reply) -> own.streams.createGroup(claim("by-" + (base + i)), reply.as(answer -> answer))));
        }
        List<Outcome<CreateGroupResponse>> all =
                loads.stream().flatMap(load -> load.await().stream()).toList();

        List<CreateGroupResponse> won =
                all.stream().filter(Outcome::succeeded).map(Outcome::answer).toList();
        assertThat(won).hasSize(1);
        assertThat(all).filteredOn(outcome -> !outcome.succeeded()).hasSize(99).allSatisfy(outcome -> assertThat(
                        reasonOf(outcome.failure()))
                .isEqualTo("GROUP_EXISTS"));
        ProcessGroup winner = won.get(0).getGroup();
        ProcessGroup stored = client.list("prize", 0, "").getGroups(0);
        assertThat(stored.getMetadata()).isEqualTo(winner.getMetadata());
        assertThat(stored.getEpoch()).isEqualTo(winner.getEpoch());
    }

    private CreateGroupRequest claim(String owner) {
        CreateGroupRequest.Builder claim =
                CreateGroupRequest.newBuilder().setTenantId(tenant).setGroupName("prize");
        claim.getMetadataBuilder().putLabels("owner", owner);
        return claim.build();
    }

    /** One successful change of the count. */
    private record Change(boolean join, long offset, int count) {}

    @Test
    void randomJoinsAndLeaves_ofOneActor_countExactly() {
        long start = startOffset();
        List<Load<Change>> loads = new ArrayList<>();
        for (int c = 0; c < CLIENTS; c++) {
            GrpcClient own = newClient();
            // Some lean to leaving, so that the count meets 0 again and again.
            double joining = c % 2 == 0 ? 0.5 : 0.47;
            Random random = new Random(c);
            loads.add(Load.start(CALLS, 1, (i, reply) -> {
                if (random.nextDouble() < joining) {
                    own.streams.joinGroup(
                            joining("contested"),
                            reply.as(done -> new Change(true, done.getOffset(), done.getJoinCount())));
                } else {
                    own.streams.leaveGroup(
                            leaving("contested"),
                            reply.as(done -> new Change(false, done.getOffset(), done.getJoinCount())));
                }
            }));
        }
        List<Outcome<Change>> all =
                loads.stream().flatMap(load -> load.await().stream()).toList();
        assertThat(all).hasSize(CLIENTS * CALLS);

        List<Outcome<Change>> changes = all.stream()
                .filter(Outcome::succeeded)
                .sorted(Comparator.comparingLong(outcome -> outcome.answer().offset()))
                .toList();
        long offset = start;
        int count = 0;
        for (Outcome<Change> outcome : changes) {
            Change change = outcome.answer();
            offset++;
            count += change.join() ? 1 : -1;
            assertThat(change.offset()).isEqualTo(offset);
            assertThat(change.count()).as("joins at offset %d", offset).isEqualTo(count);
            assertThat(count).isNotNegative();
        }
        int last = count;
        List<GroupMembership> members = client.memberships("contested");
        if (last == 0) {
            assertThat(members).isEmpty();
        } else {
            assertThat(members).singleElement().matches(member -> member.getJoinCount() == last);
        }
        assertThat(changes.size()).isBetween(CLIENTS * CALLS / 2, CLIENTS * CALLS);
        assertRefusalsExplained(all, changes);
    }

    /** Creates the group. Returns the last offset before the race. */
    private long startOffset() {
        client.create("contested");
        long joined = client.join("contested", "somebody").getOffset();
        assertThat(client.leave("contested", "somebody").getOffset()).isEqualTo(joined + 1);
        return joined + 1;
    }

    private JoinGroupRequest joining(String group) {
        return JoinGroupRequest.newBuilder()
                .setTenantId(tenant)
                .setGroupName(group)
                .setActorId("actor")
                .build();
    }

    private LeaveGroupRequest leaving(String group) {
        return LeaveGroupRequest.newBuilder()
                .setTenantId(tenant)
                .setGroupName(group)
                .setActorId("actor")
                .build();
    }

    /** A time in which the actor may have been no member. */
    private record Absence(long from, long to) {}

    /** NOT_A_MEMBER needs an absence that the call can have met. */
    private static void assertRefusalsExplained(List<Outcome<Change>> all, List<Outcome<Change>> changes) {
        List<Absence> absences = absences(changes);
        List<Outcome<Change>> refused =
                all.stream().filter(outcome -> !outcome.succeeded()).toList();
        assertThat(refused).isNotEmpty();
        for (Outcome<Change> call : refused) {
            assertThat(reasonOf(call.failure())).isEqualTo("NOT_A_MEMBER");
            assertThat(absences).anyMatch(absence -> absence.from() <= call.ended() && call.started() <= absence.to());
        }
    }

    /** A change takes effect after its call and all earlier ones began, before its call and any later one ended. */
    private static List<Absence> absences(List<Outcome<Change>> changes) {
        int n = changes.size();
        long[] soonestEnd = new long[n + 1];
        soonestEnd[n] = Long.MAX_VALUE;
        for (int i = n - 1; i >= 0; i--) {
            soonestEnd[i] = Math.min(soonestEnd[i + 1], changes.get(i).ended());
        }
        List<Absence> absences = new ArrayList<>();
        absences.add(new Absence(Long.MIN_VALUE, soonestEnd[0]));
        long latestStart = Long.MIN_VALUE;
        for (int i = 0; i < n; i++) {
            latestStart = Math.max(latestStart, changes.get(i).started());
            if (changes.get(i).answer().count() == 0) {
                absences.add(new Absence(latestStart, soonestEnd[i + 1]));
            }
        }
        return absences;
    }
}
