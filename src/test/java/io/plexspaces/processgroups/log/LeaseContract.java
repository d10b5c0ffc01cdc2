package io.plexspaces.processgroups.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.plexspaces.processgroups.domain.Entry;
import io.plexspaces.processgroups.domain.ErrorCode;
import io.plexspaces.processgroups.domain.LeaveReason;
import io.plexspaces.processgroups.domain.Membership;
import io.plexspaces.processgroups.domain.NodeId;
import io.plexspaces.processgroups.domain.OperationId;
import io.plexspaces.processgroups.domain.Owner;
import java.time.Duration;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What ends by itself, and who may write. */
abstract class LeaseContract extends LogFixture {
    private static final Duration TTL = Duration.ofMillis(500);
    private static final Duration LONG = Duration.ofMinutes(10);

    LeaseContract(GroupLogContract contract) {
        super(contract);
    }

    @BeforeEach
    void makeRoom() {
        create(room);
    }

    private int expire() {
        return result(log().expire(operation())).joins();
    }

    @Test
    void lease_endsAfterItsTtlOnce() {
        Recorder reader = open(room);
        Appended joined = done(lease(ALICE, "l", TTL));
        assertThat(joined.membership().holdings().get(0).lease())
                .isEqualTo(new Membership.Lease(TTL, joined.at().plus(TTL)));
        expire();
        assertThat(snapshot().members()).hasSize(1);
        advance(TTL);
        expire();
        expire();
        reader.upTo(3);
        assertThat(snapshot().members()).isEmpty();
        assertThat(reader.only(Entry.Left.class)).hasSize(1);
        Entry.Left left = (Entry.Left) reader.last();
        assertThat(left.reason()).isEqualTo(LeaveReason.LEASE_EXPIRED);
        assertThat(left.membership()).isNull();
        assertThat(left.actor()).isEqualTo(ALICE);
    }

    @Test
    void expire_countsJoins() {
        done(lease(ALICE, "l", TTL));
        done(lease(ALICE, "l", TTL));
        done(lease(BOB, "l", TTL));
        advance(TTL);
        assertThat(expire()).isEqualTo(3);
        assertThat(expire()).isZero();
    }

    @Test
    void severalLeasesOfAnActor_endInOneEntryAndLeaveTheRest() {
        done(join(ALICE));
        done(lease(ALICE, "one", TTL));
        done(lease(ALICE, "two", TTL));
        done(lease(ALICE, "other", LONG));
        Recorder reader = open(room);
        advance(TTL);
        expire();
        reader.upTo(6);
        assertThat(reader.entries).hasSize(1);
        assertThat(snapshot().members().get(0).holdings())
                .extracting(Membership.Holding::owner)
                .containsExactly(DURABLE, new Owner.Lease("other"));
    }

    @Test
    void renewed_livesOnWithoutAnEntry() {
        done(lease(ALICE, "l", TTL));
        advance(TTL.dividedBy(2));
        Appended renewed = done(new Command.Renew(ALICE, "l", null));
        assertThat(renewed.position().offset()).isEqualTo(2);
        assertThat(renewed.membership().lastHeartbeat()).isEqualTo(renewed.at());
        assertThat(renewed.membership().holdings().get(0).lease().expiresAt())
                .isEqualTo(renewed.at().plus(TTL));
        advance(TTL.dividedBy(2));
        expire();
        assertThat(snapshot().members()).hasSize(1);
        advance(TTL.dividedBy(2));
        expire();
        assertThat(snapshot().members()).isEmpty();
    }

    @Test
    void renew_canShortenALease() {
        done(lease(ALICE, "l", LONG));
        done(new Command.Renew(ALICE, null, TTL));
        advance(TTL);
        expire();
        assertThat(snapshot().members()).isEmpty();
    }

    @Test
    void renew_withoutLeaseId_renewsAll() {
        done(lease(ALICE, "one", TTL));
        done(lease(ALICE, "two", LONG));
        Membership renewed =
                done(new Command.Renew(ALICE, null, Duration.ofMinutes(20))).membership();
        assertThat(renewed.holdings()).extracting(held -> held.lease().ttl()).containsOnly(Duration.ofMinutes(20));
    }

    @Test
    void renew_ofNothing_isRefusedWithItsReason() {
        done(join(ALICE));
        assertThat(failure(append(room, new Command.Renew(ALICE, null, null)))).isEqualTo(ErrorCode.LEASE_NOT_FOUND);
        done(lease(ALICE, "l", LONG));
        assertThat(failure(append(room, new Command.Renew(ALICE, "m", null)))).isEqualTo(ErrorCode.LEASE_NOT_FOUND);
        assertThat(failure(append(room, new Command.Renew(BOB, "l", null)))).isEqualTo(ErrorCode.NOT_A_MEMBER);
    }

    @Test
    void nodes_areKnownWhileTheyHaveALease() {
        NodeId node = new NodeId("known-" + UUID.randomUUID());
        NodeLease lease = result(leases().acquire(node));
        assertThat(result(leases().known(1_000)))
                .extracting(NodeLeases.Known::lease)
                .contains(lease);
        assertThat(result(leases().known(1))).hasSize(1);

        result(leases().release(lease, Duration.ZERO));

        assertThat(result(leases().known(1_000)))
                .extracting(NodeLeases.Known::lease)
                .doesNotContain(lease);
    }

    @Test
    void joinAgainOnALease_restartsIt() {
        done(lease(ALICE, "l", TTL));
        advance(TTL.dividedBy(2));
        done(lease(ALICE, "l", LONG));
        advance(TTL);
        expire();
        assertThat(snapshot().members().get(0).joinCount()).isEqualTo(2);
    }

    @Test
    void leaseThatWasLeft_orWhoseGroupIsGone_endsNothing() {
        done(lease(ALICE, "l", TTL));
        done(leave(ALICE, new Owner.Lease("l")));
        done(join(ALICE));
        create(group("gone"));
        result(append(group("gone"), lease(ALICE, "l", TTL)));
        result(deleting(group("gone")));
        create(group("gone"));
        result(append(group("gone"), join(ALICE)));
        advance(TTL);
        expire();
        assertThat(snapshot().members()).hasSize(1);
        assertThat(open(group("gone")).members()).containsOnlyKeys(ALICE);
    }

    @Test
    void acquire_growsAndFencesEarlierWrites() {
        NodeId node = new NodeId("n-" + UUID.randomUUID());
        long first = result(leases().acquire(node)).incarnation();
        result(log().append(room, null, join(ALICE), new OperationId(node, first, 1)));
        long second = result(leases().acquire(node)).incarnation();
        assertThat(second).isGreaterThan(first);

        Snapshot before = snapshot();
        OperationId old = new OperationId(node, first, 2);
        assertThat(failure(log().append(room, null, join(BOB), old))).isEqualTo(ErrorCode.FENCED);
        assertThat(failure(log().append(room, null, publish("x"), old))).isEqualTo(ErrorCode.FENCED);
        assertThat(failure(log().append(room, null, new Command.Delete(), old))).isEqualTo(ErrorCode.FENCED);
        assertThat(failure(log().append(group("new"), null, new Command.Create(spec(KEEP_ALL)), old)))
                .isEqualTo(ErrorCode.FENCED);
        assertThat(failure(log().expire(old))).isEqualTo(ErrorCode.FENCED);
        assertThat(snapshot()).isEqualTo(before);

        result(log().append(room, null, join(BOB), new OperationId(node, second, 1)));
    }

    @Test
    void newerWrite_fencesOlderOnesOfThatNodeAlone() {
        NodeId node = new NodeId("n-" + UUID.randomUUID());
        result(log().append(room, null, join(ALICE), new OperationId(node, 7, 1)));
        assertThat(failure(log().append(room, null, join(ALICE), new OperationId(node, 6, 1))))
                .isEqualTo(ErrorCode.FENCED);
        done(join(ALICE));
        assertThat(result(leases().acquire(node)).incarnation()).isGreaterThan(7);
    }
}
