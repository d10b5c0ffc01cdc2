package io.plexspaces.processgroups.core.group;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.plexspaces.processgroups.domain.ErrorCode;
import io.plexspaces.processgroups.domain.GroupException;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.subscription.Cancellable;
import io.smallrye.mutiny.subscription.UniEmitter;
import java.util.ArrayDeque;
import java.util.Deque;
import org.junit.jupiter.api.Test;

class EvictionGateTest {
    private final EvictionGate gate = new EvictionGate();
    private final Deque<UniEmitter<? super Integer>> works = new ArrayDeque<>();

    private Uni<Integer> begin(String tenant) {
        return gate.pass(tenant, () -> Uni.createFrom().<Integer>emitter(works::add));
    }

    private Cancellable begun(String tenant) {
        int before = works.size();
        Cancellable made = begin(tenant).subscribe().with(done -> {}, failed -> {});
        assertThat(works).hasSize(before + 1);
        return made;
    }

    private void isRefused(String tenant) {
        int before = works.size();
        GroupException refused = catchThrowableOfType(
                GroupException.class, () -> begin(tenant).await().indefinitely());
        assertThat(refused.code()).isEqualTo(ErrorCode.OVERLOADED);
        assertThat(refused.field()).isEqualTo("everywhere");
        assertThat(works).hasSize(before);
    }

    @Test
    void ofOneTenant_fewGoOnAtOnce_andOthersAreNotStopped() {
        for (int i = 0; i < EvictionGate.OF_A_TENANT; i++) {
            begun("acme");
        }
        isRefused("acme");
        begun("other");
        works.remove().complete(1);
        begun("acme");
        isRefused("acme");
    }

    @Test
    void ofAllTenants_fewGoOnAtOnce() {
        for (int i = 0; i < EvictionGate.MOST; i++) {
            begun("t" + i);
        }
        isRefused("more");
        isRefused("more");
        works.remove().fail(new IllegalStateException("expected by the test"));
        begun("more");
    }

    @Test
    void whatFailsAtOnce_orIsCancelled_leavesItsPlace() {
        for (int i = 0; i < 3 * EvictionGate.MOST; i++) {
            Uni<Integer> failing = gate.pass("acme", () -> {
                throw new IllegalStateException("expected by the test");
            });
            assertThatThrownBy(() -> failing.await().indefinitely()).isInstanceOf(IllegalStateException.class);
            begun("acme").cancel();
        }
        begun("acme");
    }
}
