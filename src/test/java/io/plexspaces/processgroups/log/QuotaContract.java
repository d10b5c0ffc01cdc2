package io.plexspaces.processgroups.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import io.plexspaces.processgroups.domain.ActorId;
import io.plexspaces.processgroups.domain.ErrorCode;
import io.plexspaces.processgroups.domain.Glob;
import io.plexspaces.processgroups.domain.GroupException;
import io.plexspaces.processgroups.domain.GroupId;
import io.plexspaces.processgroups.domain.GroupInfo;
import io.plexspaces.processgroups.domain.NodeId;
import io.plexspaces.processgroups.domain.Owner;
import io.plexspaces.processgroups.domain.TopicFilter;
import io.smallrye.mutiny.Uni;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** A tenant has no more groups, and no more members in all of them, than it is given. */
abstract class QuotaContract extends LogFixture {
    private static final int GROUPS = FewQuotas.GROUPS;
    private static final int MEMBERS = FewQuotas.MEMBERS;

    private final String few = FewQuotas.PREFIX + UUID.randomUUID();
    private final GroupId hall = GroupId.of(few, "", "hall");
    private final GroupId attic = GroupId.of(few, "upstairs", "attic");

    QuotaContract(GroupLogContract contract) {
        super(contract);
    }

    private static FewQuotas quotas() {
        return (FewQuotas) GroupLogContract.LIMITS.quotas();
    }

    private static GroupException refused(Uni<?> change) {
        GroupException refused = catchThrowableOfType(GroupException.class, () -> result(change));
        assertThat(refused).isNotNull();
        return refused;
    }

    private static void isBeyond(String quota, int value, Uni<?> change) {
        GroupException refused = refused(change);
        assertThat(refused.code()).isEqualTo(ErrorCode.QUOTA_EXCEEDED);
        assertThat(refused.field()).isEqualTo(quota);
        assertThat(refused).hasMessage("quota " + quota + " = " + value + " reached");
        assertThat(refused.retryAfter()).isZero();
    }

    private static ActorId actor(int number) {
        return new ActorId("actor-" + number);
    }

    private static Command batch(int from, int to) {
        List<ActorId> actors =
                IntStream.range(from, to).mapToObj(QuotaContract::actor).toList();
        return new Command.Join(actors, TopicFilter.ALL, DURABLE, NODE, null);
    }

    private Appended joined(GroupId group, int number) {
        return result(append(group, join(actor(number))));
    }

    /** In both groups together. */
    private void fill() {
        create(hall);
        create(attic);
        for (int i = 0; i < MEMBERS; i++) {
            joined(i % 2 == 0 ? hall : attic, i);
        }
    }

    private void isFull() {
        isBeyond("members", MEMBERS, append(hall, join(ALICE)));
        isBeyond("members", MEMBERS, append(attic, join(ALICE)));
    }

    /** What was freed without a word to this node is seen soon, not at once. */
    private void becomesFree() {
        await().ignoreExceptions().untilAsserted(() -> result(append(attic, join(ALICE))));
    }

    private int members() {
        GroupQuery all = new GroupQuery(few, null, new Glob(""), null, 100);
        return result(log().groups(all)).groups().stream()
                .mapToInt(GroupInfo::memberCount)
                .sum();
    }

    /** How many of them were done; others were beyond a quota. */
    private static int done(List<Uni<Appended>> changes) {
        List<Boolean> all = result(Uni.join()
                .all(changes.stream()
                        .map(change -> change.replaceWith(true)
                                .onFailure(failure -> GroupException.is(failure, ErrorCode.QUOTA_EXCEEDED))
                                .recoverWithItem(false))
                        .toList())
                .andFailFast());
        return (int) all.stream().filter(done -> done).count();
    }

    @Test
    void groupsBeyondTheQuota_areRefused_whateverTheirNamespace() {
        create(hall);
        create(attic);
        create(GroupId.of(few, "upstairs", "hall"));
        isBeyond("groups", GROUPS, creating(GroupId.of(few, "", "attic")));
        isBeyond("groups", GROUPS, creating(GroupId.of(few, "another", "hall")));
        assertThat(quotas().refusedGroups(few)).isEqualTo(2);
        assertThat(failure(creating(hall))).isEqualTo(ErrorCode.GROUP_EXISTS);
        assertThat(failure(creating(attic))).isEqualTo(ErrorCode.GROUP_EXISTS);
        IntStream.range(0, GROUPS + 1).forEach(i -> create(group("free-" + i)));
        result(deleting(attic));
        create(GroupId.of(few, "another", "hall"));
        isBeyond("groups", GROUPS, creating(attic));
    }

    @Test
    void groupsMadeAtOnce_areNoMoreThanTheQuota() {
        List<Uni<Appended>> all = IntStream.range(0, 20)
                .mapToObj(i -> creating(GroupId.of(few, "n" + i % 3, "g" + i)))
                .toList();
        assertThat(done(all)).isEqualTo(GROUPS);
        isBeyond("groups", GROUPS, creating(hall));
    }

    @Test
    void membersBeyondTheQuota_areRefused_andNothingChanges() {
        fill();
        isFull();
        assertThat(quotas().refusedMembers(few)).isEqualTo(2);
        isBeyond("members", MEMBERS, append(hall, lease(ALICE, "lease", Duration.ofMinutes(1))));
        isBeyond("members", MEMBERS, append(hall, join(ALICE, SESSION, "a")));
        // A member of one group is no member of another.
        isBeyond("members", MEMBERS, append(attic, join(actor(0))));
        assertThat(members()).isEqualTo(MEMBERS);
        assertThat(result(append(hall, publish("to all"))).position().offset()).isEqualTo(1 + 3 + 1);
        create(room);
        IntStream.range(0, MEMBERS + 1).forEach(i -> joined(room, i));
    }

    @Test
    void memberThatJoinsAgain_isNeverRefused() {
        fill();
        assertThat(joined(hall, 0).membership().joinCount()).isEqualTo(2);
        result(append(hall, lease(actor(0), "lease", Duration.ofMinutes(1))));
        Owner.Session session = new Owner.Session("s1", NODE, 1, 1);
        result(append(attic, join(actor(1), session, "a")));
        NodeId elsewhere = new NodeId("elsewhere");
        result(append(attic, new Command.TakeOver(actor(1), new Owner.Session("s1", elsewhere, 1, 2), elsewhere)));
        isFull();
        assertThat(members()).isEqualTo(MEMBERS);
    }

    @Test
    void severalActors_joinAllOrNone() {
        create(hall);
        result(append(hall, batch(0, MEMBERS - 1)));
        long end = result(log().end(hall)).offset();
        isBeyond("members", MEMBERS, append(hall, batch(MEMBERS - 2, MEMBERS + 1)));
        assertThat(result(log().end(hall)).offset()).isEqualTo(end);
        result(append(hall, batch(0, MEMBERS)));
        assertThat(members()).isEqualTo(MEMBERS);
        result(append(hall, batch(0, MEMBERS)));
        ActorId twice = actor(1);
        result(append(hall, new Command.Join(List.of(twice, twice), TopicFilter.ALL, DURABLE, NODE, null)));
        isBeyond("members", MEMBERS, append(hall, batch(0, MEMBERS + 1)));
    }

    @Test
    void lastJoinThatEnds_makesRoom() {
        fill();
        joined(hall, 0);
        result(append(hall, leave(actor(0), DURABLE)));
        isFull();
        result(append(hall, leave(actor(0), DURABLE)));
        joined(attic, MEMBERS);
        isFull();
        joined(hall, 2);
        result(append(hall, leaveAll(actor(2), null)));
        joined(hall, MEMBERS);
        isFull();
        result(append(attic, new Command.Evict(actor(1), Duration.ofMinutes(1))));
        joined(hall, MEMBERS + 1);
        isFull();
        assertThat(failure(append(hall, leave(ALICE, null)))).isEqualTo(ErrorCode.NOT_A_MEMBER);
        result(append(hall, new Command.Evict(ALICE, Duration.ZERO)));
        isFull();
    }

    @Test
    void leaseThatEnds_makesRoom() {
        create(attic);
        IntStream.range(1, MEMBERS).forEach(i -> joined(attic, i));
        Duration ttl = Duration.ofMillis(300);
        result(append(attic, lease(actor(0), "lease", ttl)));
        isBeyond("members", MEMBERS, append(attic, join(ALICE)));
        advance(ttl);
        await().until(() -> result(log().expire(operation())).joins() > 0 || members() < MEMBERS);
        becomesFree();
        isBeyond("members", MEMBERS, append(attic, join(BOB)));
    }

    @Test
    void groupThatIsDeleted_takesItsMembersWithIt() {
        fill();
        result(deleting(hall));
        becomesFree();
        create(hall);
        joined(hall, 0);
        joined(hall, 1);
        isBeyond("members", MEMBERS, append(hall, join(BOB)));
        assertThat(members()).isEqualTo(MEMBERS);
    }

    @Test
    void joinsMadeAtOnce_areNoMoreThanTheQuota_andAllOfItCanBeUsed() {
        create(hall);
        create(attic);
        List<Uni<Appended>> all = new ArrayList<>();
        IntStream.range(0, 40).forEach(i -> all.add(append(i % 2 == 0 ? hall : attic, join(actor(i)))));
        assertThat(done(all)).isBetween(1, MEMBERS);
        assertThat(members()).isLessThanOrEqualTo(MEMBERS);
        await().untilAsserted(() -> {
            done(IntStream.range(40, 44)
                    .mapToObj(i -> append(hall, join(actor(i))))
                    .toList());
            assertThat(members()).isEqualTo(MEMBERS);
        });
        isFull();
    }

    @Test
    void joinThatFails_takesNothing() {
        create(hall);
        for (int i = 0; i < 3 * MEMBERS; i++) {
            assertThat(failure(log().append(hall, "another epoch", join(actor(i)), operation())))
                    .isEqualTo(ErrorCode.EPOCH_CHANGED);
            assertThat(failure(append(attic, join(actor(i))))).isEqualTo(ErrorCode.GROUP_NOT_FOUND);
            String[] topics = IntStream.range(0, GroupLogContract.LIMITS.topicsPerMember() + 1)
                    .mapToObj(t -> "t" + t)
                    .toArray(String[]::new);
            assertThat(failure(append(hall, join(actor(i), DURABLE, topics)))).isEqualTo(ErrorCode.LIMIT_EXCEEDED);
        }
        result(append(hall, batch(0, MEMBERS)));
        isBeyond("members", MEMBERS, append(hall, join(ALICE)));
    }

    @Test
    void joinsThatTheStoreHasLost_areMadeAgain_whateverTheQuota() {
        fill();
        result(append(hall, new Command.Join(List.of(ALICE), TopicFilter.ALL, SESSION, NODE, null, true)));
        assertThat(members()).isEqualTo(MEMBERS + 1);
        result(append(hall, leave(ALICE, SESSION)));
        isFull();
    }
}
