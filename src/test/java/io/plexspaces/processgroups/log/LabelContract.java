package io.plexspaces.processgroups.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.plexspaces.processgroups.domain.ActorId;
import io.plexspaces.processgroups.domain.ErrorCode;
import io.plexspaces.processgroups.domain.GroupException;
import io.plexspaces.processgroups.domain.Membership;
import io.plexspaces.processgroups.domain.NodeId;
import io.plexspaces.processgroups.domain.Owner;
import io.plexspaces.processgroups.domain.TopicFilter;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Joins say where their actors live, in so many different words. */
abstract class LabelContract extends LogFixture {
    private static final Duration TTL = Duration.ofMillis(300);

    LabelContract(GroupLogContract contract) {
        super(contract);
    }

    @BeforeEach
    void makeRoom() {
        create(room);
    }

    private Command labelled(ActorId actor, String label) {
        NodeId node = new NodeId(label);
        return new Command.Join(List.of(actor), TopicFilter.ALL, new Owner.Durable(node), node, null);
    }

    private Command leased(ActorId actor, Duration ttl, String label) {
        return new Command.Join(List.of(actor), TopicFilter.ALL, new Owner.Lease("lease"), new NodeId(label), ttl);
    }

    private void fillLabels() {
        for (int i = 0; i < GroupLogContract.LIMITS.nodeLabelsPerGroup(); i++) {
            done(labelled(new ActorId("labelled-" + i), "label-" + i));
        }
    }

    private void assertTooManyLabels(Command join) {
        assertThatThrownBy(() -> done(join)).isInstanceOfSatisfying(GroupException.class, refused -> {
            assertThat(refused.code()).isEqualTo(ErrorCode.LIMIT_EXCEEDED);
            assertThat(refused.field()).isEqualTo("node_id");
            assertThat(refused).hasMessageContaining("node-labels-per-group = 16");
        });
    }

    @Test
    void oneMoreNodeLabel_isRefused_andKnownOnesAreNot() {
        fillLabels();
        List<Membership> before = snapshot().members();
        assertTooManyLabels(labelled(ALICE, "label-x"));
        assertTooManyLabels(leased(ALICE, Duration.ofMinutes(1), "label-x"));
        assertThat(snapshot().members()).containsExactlyInAnyOrderElementsOf(before);
        done(labelled(ALICE, "label-3"));
        done(leased(BOB, Duration.ofMinutes(1), "label-4"));
    }

    /** Where servers are is no client's choice. */
    @Test
    void labels_neverKeepServersOut() {
        fillLabels();
        done(labelled(ALICE, operation().node().value()));
        done(join(BOB, SESSION));
        NodeId elsewhere = new NodeId("elsewhere");
        done(new Command.TakeOver(BOB, new Owner.Session("s1", elsewhere, 3, 1), elsewhere));
    }

    @Test
    void labelThatNobodyHasAnyMore_makesRoom() {
        fillLabels();
        done(labelled(new ActorId("labelled-0"), "label-0"));
        done(labelled(ALICE, "label-0"));
        done(leave(new ActorId("labelled-0"), null));
        assertTooManyLabels(labelled(BOB, "label-x"));
        done(leaveAll(new ActorId("labelled-0"), null));
        assertTooManyLabels(labelled(BOB, "label-x"));
        done(leave(ALICE, null));
        done(labelled(BOB, "label-x"));
        assertTooManyLabels(labelled(BOB, "label-y"));
        result(deleting(room));
        create(room);
        fillLabels();
    }

    @Test
    void labelOfALease_endsWithIt() {
        fillLabels();
        done(leave(new ActorId("labelled-0"), null));
        done(leased(ALICE, TTL, "label-0"));
        assertTooManyLabels(labelled(BOB, "label-x"));
        advance(TTL.plusMillis(10));
        result(log().expire(operation()));
        done(labelled(BOB, "label-x"));
    }
}
