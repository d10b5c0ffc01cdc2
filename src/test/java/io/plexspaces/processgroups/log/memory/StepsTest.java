package io.plexspaces.processgroups.log.memory;

import static org.assertj.core.api.Assertions.assertThat;

import io.plexspaces.processgroups.domain.ActorId;
import io.plexspaces.processgroups.domain.Bytes;
import io.plexspaces.processgroups.domain.Dispatch;
import io.plexspaces.processgroups.domain.GroupId;
import io.plexspaces.processgroups.domain.GroupSpec;
import io.plexspaces.processgroups.domain.Message;
import io.plexspaces.processgroups.domain.NodeId;
import io.plexspaces.processgroups.domain.OperationId;
import io.plexspaces.processgroups.domain.Owner;
import io.plexspaces.processgroups.domain.Retention;
import io.plexspaces.processgroups.domain.TopicFilter;
import io.plexspaces.processgroups.log.Command;
import io.plexspaces.processgroups.log.Expired;
import io.plexspaces.processgroups.log.LogLimits;
import io.plexspaces.processgroups.log.Slice;
import io.smallrye.mutiny.Uni;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** What takes long is done by steps, of which the thread that asks takes the first alone. */
class StepsTest {
    private static final NodeId NODE = new NodeId("n");
    private static final GroupId ROOM = GroupId.of("t", "", "room");
    private static final int MANY = 2_500;

    private final Queue<Runnable> later = new ArrayDeque<>();
    private final AtomicReference<Instant> now = new AtomicReference<>(Instant.parse("2030-01-01T00:00:00Z"));
    private final AtomicInteger numbers = new AtomicInteger();
    private final MemoryGroupLog log = new MemoryGroupLog(
            now::get,
            new LogLimits(10_000, 10_000, 8, 8, 1_000, 1 << 20, 100),
            () -> "e" + numbers.incrementAndGet(),
            later::add,
            Long.MAX_VALUE);

    private OperationId operation() {
        return new OperationId(NODE, 1, numbers.incrementAndGet());
    }

    private static <T> T done(Uni<T> uni) {
        return uni.await().atMost(Duration.ofSeconds(10));
    }

    private void append(GroupId group, Command command) {
        done(log.append(group, null, command, operation()));
    }

    private void create(GroupId group) {
        append(
                group,
                new Command.Create(
                        new GroupSpec(GroupSpec.Metadata.NONE, new Retention(1, Duration.ofMinutes(1)), null)));
    }

    private void join(int member, Owner owner, Duration ttl) {
        append(ROOM, new Command.Join(List.of(new ActorId("a" + member)), TopicFilter.ALL, owner, NODE, ttl));
    }

    /** How many there were. */
    private int stepsLeft() {
        int steps = 0;
        for (Runnable next = later.poll(); next != null; next = later.poll()) {
            next.run();
            steps++;
        }
        return steps;
    }

    /** So that one reader has no more than that in its hands, whatever limit it names. */
    @Test
    void page_holdsAboutHalfAMegabyte() {
        append(
                ROOM,
                new Command.Create(
                        new GroupSpec(GroupSpec.Metadata.NONE, new Retention(100, Duration.ofMinutes(1)), null)));
        Message large = new Message("", null, "", Bytes.wrap(new byte[100_000]), null, 0, null, Map.of(), "", "", "");
        for (int i = 0; i < 9; i++) {
            append(ROOM, new Command.Publish(large, null, Dispatch.ALL, false));
        }
        Slice page = done(log.read(ROOM, null, 1_000));
        assertThat(page.messages()).hasSize(6);
        assertThat(page.more()).isTrue();
        Slice rest = done(log.read(ROOM, page.end(), 1_000));
        assertThat(rest.messages()).hasSize(3);
        assertThat(rest.more()).isFalse();
        assertThat(done(log.read(ROOM, null, Integer.MAX_VALUE)).messages()).hasSize(9);
    }

    @Test
    void deletion_ofManyMembers_leavesTheNextLifeAlone() {
        create(ROOM);
        for (int i = 0; i < MANY; i++) {
            join(i, new Owner.Session("s" + i, NODE, 1), null);
        }
        append(ROOM, new Command.Delete());
        create(ROOM);
        join(0, new Owner.Session("s0", NODE, 1), null);
        assertThat(stepsLeft()).isEqualTo(MANY / HeldGroups.MEMBERS_AT_ONCE);
        for (int i = 1; i < MANY; i++) {
            assertThat(done(log.heldBy("s" + i))).isEmpty();
        }
        assertThat(done(log.heldBy("s0"))).containsExactly(ROOM);
    }

    @Test
    void expiry_ofManyLeases() {
        create(ROOM);
        for (int i = 0; i < MANY; i++) {
            join(i, new Owner.Lease("l" + i), Duration.ofSeconds(1));
        }
        now.updateAndGet(before -> before.plusSeconds(2));
        CompletableFuture<Expired> ended = log.expire(operation()).subscribe().asCompletionStage();
        assertThat(ended).isNotDone();
        assertThat(stepsLeft()).isEqualTo(2);
        assertThat(ended.join()).isEqualTo(new Expired(MANY, 0));
        assertThat(done(log.expire(operation()))).isEqualTo(Expired.NOTHING);
    }
}
