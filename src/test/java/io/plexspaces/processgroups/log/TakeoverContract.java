package io.plexspaces.processgroups.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.plexspaces.processgroups.domain.Entry;
import io.plexspaces.processgroups.domain.ErrorCode;
import io.plexspaces.processgroups.domain.GroupId;
import io.plexspaces.processgroups.domain.Membership.Holding;
import io.plexspaces.processgroups.domain.NodeId;
import io.plexspaces.processgroups.domain.OperationId;
import io.plexspaces.processgroups.domain.Owner;
import io.plexspaces.processgroups.log.Command.TakeOver;
import io.smallrye.mutiny.Uni;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The joins of a session go from one node to another. */
abstract class TakeoverContract extends LogFixture {
    private static final NodeId NEXT_NODE = new NodeId("node-b");

    private final String session = "s-" + UUID.randomUUID();
    private final Owner.Session before = new Owner.Session(session, NODE, 1);
    private final Owner.Session after = new Owner.Session(session, NEXT_NODE, 7);

    TakeoverContract(GroupLogContract contract) {
        super(contract);
    }

    @BeforeEach
    void makeRoom() {
        create(room);
    }

    private static TakeOver takeOver(Owner.Session owner) {
        return new TakeOver(ALICE, owner, NEXT_NODE);
    }

    @Test
    void takeOver_movesJoinsWithoutMemberOrFilterChange() {
        Recorder reader = open(room);
        done(join(ALICE, before, "a.*"));
        done(join(ALICE, DURABLE));
        Appended twice = done(join(ALICE, before));
        Appended moved = done(takeOver(after));

        assertThat(moved.membership().holdings())
                .usingRecursiveFieldByFieldElementComparatorIgnoringFields("since")
                .containsExactly(new Holding(after, NEXT_NODE, 2, null), new Holding(DURABLE, NODE, 1, null));
        assertThat(moved.membership().filter()).isEqualTo(twice.membership().filter());
        assertThat(moved.membership().joinedOffset()).isEqualTo(2);
        Entry.Joined entry = (Entry.Joined) reader.upTo(moved).last();
        assertThat(entry.membership()).isEqualTo(moved.membership());
        assertThat(entry.by()).isEqualTo(after);
        assertThat(entry.first()).isFalse();
        assertThat(entry.filterChanged()).isFalse();
        assertThat(snapshot().members()).containsExactly(moved.membership());
    }

    @Test
    void oldOwner_hasNothingAnyMore() {
        done(join(ALICE, before));
        done(takeOver(after));
        assertThat(failure(append(room, leaveAll(ALICE, before)))).isEqualTo(ErrorCode.NOT_A_MEMBER);
        assertThat(done(leaveAll(ALICE, after)).membership()).isNull();
    }

    @Test
    void takeOver_ofNothing_isRefused() {
        assertThat(failure(append(room, takeOver(after)))).isEqualTo(ErrorCode.NOT_A_MEMBER);
        done(join(ALICE, new Owner.Session(session + "-other", NODE, 1)));
        done(join(BOB, before));
        assertThat(failure(append(room, takeOver(after)))).isEqualTo(ErrorCode.NOT_A_MEMBER);
        assertThat(failure(append(group("nowhere"), takeOver(after)))).isEqualTo(ErrorCode.GROUP_NOT_FOUND);
    }

    @Test
    void takeOverAgain_changesNothingMore() {
        done(join(ALICE, before));
        done(takeOver(after));
        assertThat(done(takeOver(after)).membership().holdings())
                .containsExactly(new Holding(after, NEXT_NODE, 1, null));
    }

    @Test
    void joinsOnTwoNodes_becomeOneHolding() {
        done(join(ALICE, before));
        done(join(ALICE, new Owner.Session(session, NODE, 2)));
        assertThat(done(takeOver(after)).membership().holdings())
                .containsExactly(new Holding(after, NEXT_NODE, 2, null));
    }

    @Test
    void takeOver_byAnEarlierClaim_isRefused_andMovesNothing() {
        done(join(ALICE, before));
        long first = claim().number();
        long second = claim().number();
        assertThat(second).isGreaterThan(first);
        Owner.Session late = new Owner.Session(session, NODE, 1, first);
        Owner.Session latest = new Owner.Session(session, NEXT_NODE, 7, second);
        Appended moved = done(takeOver(latest));
        assertThat(failure(append(room, takeOver(late)))).isEqualTo(ErrorCode.SESSION_REPLACED);
        assertThat(failure(append(room, takeOver(before)))).isEqualTo(ErrorCode.SESSION_REPLACED);
        assertThat(failure(append(room, leaveAll(ALICE, late)))).isEqualTo(ErrorCode.NOT_A_MEMBER);
        assertThat(snapshot().members()).containsExactly(moved.membership());
        assertThat(snapshot().position()).isEqualTo(moved.position());
    }

    @Test
    void takeOver_byALaterClaimOfTheSameNode_leavesNothingToTheEarlierOne() {
        done(join(ALICE, before));
        Owner.Session first = new Owner.Session(session, NEXT_NODE, 7, claim().number());
        Owner.Session second = new Owner.Session(session, NEXT_NODE, 7, claim().number());
        done(takeOver(first));
        done(takeOver(second));
        assertThat(failure(append(room, leaveAll(ALICE, first)))).isEqualTo(ErrorCode.NOT_A_MEMBER);
        assertThat(done(leaveAll(ALICE, second)).membership()).isNull();
        assertThat(result(log().heldBy(session))).isEmpty();
    }

    @Test
    void ended_cannotBeClaimedAnyMore() {
        assertThat(claim().ended()).isFalse();
        Owner.Session last = new Owner.Session(session, NODE, 1, claim().number());
        assertThat(result(log().end(last, operation()))).isTrue();
        assertThat(claim().ended()).isTrue();
        assertThat(result(log().end(last, operation()))).isTrue();
        assertThat(result(log().claim(session + "-other", operation())).ended()).isFalse();
    }

    @Test
    void claimed_cannotBeEndedByWhoeverHadItBefore() {
        Owner.Session claimed = new Owner.Session(session, NEXT_NODE, 7, claim().number());
        assertThat(result(log().end(before, operation()))).isFalse();
        assertThat(claim().ended()).isFalse();
        assertThat(result(log().end(claimed, operation()))).isFalse();
    }

    @Test
    void claimAgain_isOne_onlyAfterSomebodyElses() {
        assertThat(again(before)).isEqualTo(new SessionOwners.Claim(0, false));
        long first = claim().number();
        Owner.Session claimed = new Owner.Session(session, NEXT_NODE, 7, first);
        assertThat(again(claimed)).isEqualTo(new SessionOwners.Claim(first, false));
        long second = again(before).number();
        assertThat(second).isGreaterThan(first);
        assertThat(again(claimed).number()).isGreaterThan(second);
        assertThat(result(log().end(claimed, operation()))).isFalse();
    }

    @Test
    void claimAgain_ofWhatHasEnded_saysSo() {
        assertThat(result(log().end(before, operation()))).isTrue();
        assertThat(again(before).ended()).isTrue();
    }

    private SessionOwners.Claim again(Owner.Session owner) {
        return result(log().claimAgain(owner, operation()));
    }

    @Test
    void claimsAtOnce_haveNumbersOfTheirOwn() {
        List<Uni<SessionOwners.Claim>> all = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            all.add(log().claim(i % 2 == 0 ? session : session + "-" + i, operation()));
        }
        List<Long> numbers = new ArrayList<>();
        List<SessionOwners.Claim> claims = result(Uni.join().all(all).andFailFast());
        for (int i = 0; i < 300; i += 2) {
            numbers.add(claims.get(i).number());
        }
        assertThat(numbers).doesNotHaveDuplicates();
    }

    @Test
    void claimAndEnd_ofAnOldIncarnation_areRefused() {
        NodeId node = new NodeId("n-" + UUID.randomUUID());
        NodeLease lapsed = result(leases().acquire(node));
        NodeLease next = result(leases().acquire(node));
        OperationId late = new OperationId(node, lapsed.incarnation(), 1);
        assertThat(failure(log().claim(session, late))).isEqualTo(ErrorCode.FENCED);
        assertThat(failure(log().end(before, late))).isEqualTo(ErrorCode.FENCED);
        assertThat(result(log().claim(session, new OperationId(node, next.incarnation(), 1)))
                        .ended())
                .isFalse();
    }

    @Test
    void takeOver_thatComesAfterItsNodesTimeIsOver_isRefused() {
        done(join(ALICE, before));
        NodeId node = new NodeId("n-" + UUID.randomUUID());
        NodeLease lapsed = result(leases().acquire(node));
        Owner.Session late = new Owner.Session(session, node, lapsed.incarnation(), claim().number());
        result(leases().acquire(node));
        OperationId operation = new OperationId(node, lapsed.incarnation(), 1);
        assertThat(failure(log().append(room, null, new TakeOver(ALICE, late, node), operation)))
                .isEqualTo(ErrorCode.FENCED);
        assertThat(snapshot().members().get(0).heldBy(before)).isTrue();
    }

    private SessionOwners.Claim claim() {
        return result(log().claim(session, operation()));
    }

    @Test
    void heldBy_neverMissesAJoinThatChangesHands() {
        done(join(ALICE, before));
        AtomicBoolean over = new AtomicBoolean();
        CompletableFuture<Integer> missed = CompletableFuture.supplyAsync(() -> {
            int count = 0;
            while (!over.get()) {
                count += result(log().heldBy(session)).isEmpty() ? 1 : 0;
            }
            return count;
        });
        for (int i = 1; i <= 500; i++) {
            done(takeOver(new Owner.Session(session, NEXT_NODE, 7, i)));
        }
        over.set(true);
        assertThat(missed.join()).isZero();
    }

    @Test
    void heldBy_followsJoinsOverNodesUntilTheirEnd() {
        GroupId hall = group("hall");
        create(hall);
        assertThat(result(log().heldBy(session))).isEmpty();
        done(join(ALICE, before));
        done(join(ALICE, before));
        result(append(hall, join(ALICE, before)));
        done(join(BOB, new Owner.Session(session + "-other", NODE, 1)));
        assertThat(result(log().heldBy(session))).containsExactlyInAnyOrder(room, hall);
        done(takeOver(after));
        assertThat(result(log().heldBy(session))).containsExactlyInAnyOrder(room, hall);
        done(leave(ALICE, after));
        assertThat(result(log().heldBy(session))).containsExactlyInAnyOrder(room, hall);
        done(leave(ALICE, after));
        assertThat(result(log().heldBy(session))).containsExactly(hall);
        result(deleting(hall));
        assertThat(result(log().heldBy(session))).isEmpty();
        assertThat(result(log().heldBy(session + "-other"))).containsExactly(room);
    }

    @Test
    void reacquire_isForWhoeverHadTheNodeLast() {
        NodeId node = new NodeId("n-" + UUID.randomUUID());
        NodeLease first = result(leases().acquire(node));
        NodeLease again = result(leases().reacquire(first));
        assertThat(again.incarnation()).isGreaterThan(first.incarnation());
        assertThat(failure(leases().reacquire(first))).isEqualTo(ErrorCode.FENCED);
        result(leases().renew(again));
    }

    @Test
    void release_refusesFurtherWrites() {
        NodeId node = new NodeId("n-" + UUID.randomUUID());
        NodeLease lease = result(leases().acquire(node));
        result(leases().release(lease, Duration.ofMinutes(1)));
        OperationId late = new OperationId(node, lease.incarnation(), 1);
        assertThat(failure(log().append(room, null, join(ALICE), late))).isEqualTo(ErrorCode.FENCED);
        assertThat(failure(leases().renew(lease))).isEqualTo(ErrorCode.FENCED);
        assertThat(result(leases().acquire(node)).incarnation()).isGreaterThan(lease.incarnation());
    }
}
