package io.plexspaces.processgroups.core.session;

import static io.plexspaces.processgroups.core.CoreFixture.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.plexspaces.processgroups.core.CoreFixture;
import io.plexspaces.processgroups.core.CoreFixture.Client;
import io.plexspaces.processgroups.domain.ActorId;
import io.plexspaces.processgroups.domain.ErrorCode;
import io.plexspaces.processgroups.domain.GroupException;
import io.plexspaces.processgroups.log.Evictions;
import io.plexspaces.processgroups.tasks.FakeTime;
import io.plexspaces.processgroups.tasks.PeriodicTasks;
import io.smallrye.mutiny.Uni;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class EvictionFollowerTest {
    private static final Duration SECOND = Duration.ofSeconds(1);

    private final FakeTime time = new FakeTime();
    private final PeriodicTasks tasks = new PeriodicTasks(time::now);
    private final CoreFixture node = new CoreFixture(Duration.ofSeconds(30));
    private int passes;
    private @Nullable RuntimeException failure;

    private final EvictionFollower follower = new EvictionFollower(
            new Evictions() {
                @Override
                public Uni<Void> evict(String tenant, ActorId actor, @Nullable Duration ban) {
                    return node.log.evict(tenant, actor, ban);
                }

                @Override
                public Uni<Notes> notesAfter(long number) {
                    passes++;
                    return failure == null
                            ? node.log.notesAfter(number)
                            : Uni.createFrom().failure(failure);
                }
            },
            node.sessions);

    @AfterEach
    void close() {
        node.close();
    }

    private Client evicted() {
        Client ann = node.connect("ann");
        await(node.log.evict(node.tenant, new ActorId("ann"), null));
        return ann;
    }

    @Test
    void notes_areReadAtOnce_andThenEachSecond() {
        follower.start(tasks, time, SECOND);
        assertThat(passes).isEqualTo(1);
        Client ann = evicted();
        time.pass(SECOND);
        await().until(() -> ann.peer().closeCode() == ErrorCode.EVICTED);
        time.pass(SECOND.multipliedBy(9));
        assertThat(passes).isEqualTo(11);
    }

    @Test
    void failures_endNothing_areSeen_andLaterPassesCatchUp() {
        failure = GroupException.of(ErrorCode.STORE_UNAVAILABLE, "away");
        follower.start(tasks, time, SECOND);
        time.pass(Duration.ofSeconds(20));
        assertThat(tasks.failing()).containsExactly("reading evictions");
        assertThat(tasks.stalled()).isEmpty();
        Client ann = node.connect("ann");
        failure = new IllegalStateException("expected by the test");
        time.pass(SECOND);
        failure = null;
        time.pass(SECOND);
        assertThat(tasks.failing()).isEmpty();
        await(node.log.evict(node.tenant, new ActorId("ann"), null));
        assertThat(ann.peer().isClosed()).isFalse();
        time.pass(SECOND);
        await().until(() -> ann.peer().closeCode() == ErrorCode.EVICTED);
    }
}
