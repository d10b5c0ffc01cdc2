package io.plexspaces.processgroups.log.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.plexspaces.processgroups.domain.ActorId;
import io.plexspaces.processgroups.domain.Bytes;
import io.plexspaces.processgroups.domain.Dispatch;
import io.plexspaces.processgroups.domain.ErrorCode;
import io.plexspaces.processgroups.domain.GroupException;
import io.plexspaces.processgroups.domain.GroupId;
import io.plexspaces.processgroups.domain.GroupSpec;
import io.plexspaces.processgroups.domain.LeaveReason;
import io.plexspaces.processgroups.domain.Message;
import io.plexspaces.processgroups.domain.NodeId;
import io.plexspaces.processgroups.domain.OperationId;
import io.plexspaces.processgroups.domain.Owner;
import io.plexspaces.processgroups.domain.Retention;
import io.plexspaces.processgroups.domain.TopicFilter;
import io.plexspaces.processgroups.log.Appended;
import io.plexspaces.processgroups.log.Command;
import io.plexspaces.processgroups.log.LogLimits;
import io.plexspaces.processgroups.log.NodeLease;
import io.smallrye.mutiny.Uni;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** Everything a store in memory holds is bounded together. */
class RoomTest {
    private static final int MOST = 200_000;
    private static final NodeId NODE = new NodeId("node");

    private final MemoryGroupLog log = new MemoryGroupLog(
            Clock.systemUTC(),
            new LogLimits(10_000, 10_000, 8, 8, 1_000, 8 << 20, 100),
            () -> UUID.randomUUID().toString(),
            Runnable::run,
            MOST);
    private final NodeLease lease = log.acquire(NODE).await().indefinitely();
    private long operations;

    private Appended append(GroupId group, Command command) {
        OperationId operation = new OperationId(NODE, lease.incarnation(), ++operations);
        Uni<Appended> made = log.append(group, null, command, operation);
        return made.await().indefinitely();
    }

    private GroupId create(String name) {
        GroupId group = GroupId.of("t", "", name);
        append(
                group,
                new Command.Create(
                        new GroupSpec(GroupSpec.Metadata.NONE, new Retention(1_000, Duration.ofMinutes(5)), null)));
        return group;
    }

    private Appended publish(GroupId group, int bytes) {
        return publish(group, bytes, "");
    }

    private Appended publish(GroupId group, int bytes, String key) {
        Message message = new Message("", null, "", Bytes.wrap(new byte[bytes]), null, 0, null, Map.of(), key, "", "");
        return append(group, new Command.Publish(message, null, Dispatch.ALL, false));
    }

    private Appended join(GroupId group, String actor) {
        return append(
                group,
                new Command.Join(List.of(new ActorId(actor)), TopicFilter.ALL, new Owner.Durable(NODE), NODE, null));
    }

    private void delete(GroupId group) {
        append(group, new Command.Delete());
    }

    private int retained(GroupId group) {
        return log.read(group, null, 10_000).await().indefinitely().messages().size();
    }

    private static ErrorCode codeOf(Runnable refused) {
        return catchThrowableOfType(GroupException.class, refused::run).code();
    }

    @Test
    void fullStore_refusesGroupsAndJoins_andDeliversMessagesWithoutKeepingThem() {
        GroupId large = create("large");
        GroupId small = create("small");
        GroupId quiet = create("quiet");
        for (int i = 0; i < 50; i++) {
            publish(large, 10_000);
        }
        assertThat(retained(large)).isBetween(10, 20);

        int members = 0;
        while (members < 10_000 && tryJoin(small, "member-" + members)) {
            members++;
        }
        assertThat(members).isBetween(1, 1_000);
        assertThat(codeOf(() -> join(small, "one-more"))).isEqualTo(ErrorCode.OVERLOADED);
        assertThat(codeOf(() -> create("another"))).isEqualTo(ErrorCode.OVERLOADED);
        assertThat(codeOf(() -> publish(quiet, 100, "key"))).isEqualTo(ErrorCode.OVERLOADED);

        long before = publish(quiet, 100).position().offset();
        assertThat(publish(quiet, 100).position().offset()).isEqualTo(before + 1);
        assertThat(retained(quiet)).as("it has none to give up but these").isZero();

        publish(large, 100);
        assertThat(retained(large)).as("it gives up its own").isBetween(1, 19);
        join(small, "one-more");
    }

    private boolean tryJoin(GroupId group, String actor) {
        try {
            join(group, actor);
            return true;
        } catch (GroupException full) {
            assertThat(full.code()).isEqualTo(ErrorCode.OVERLOADED);
            return false;
        }
    }

    @Test
    void groupsThatAreDeleted_leaveNothingBehind() {
        for (int round = 0; round < 50; round++) {
            GroupId group = create("group");
            for (int i = 0; i < 10; i++) {
                publish(group, 10_000, "key-" + i);
                join(group, "member-" + i);
            }
            delete(group);
        }
        assertThat(retained(create("group"))).isZero();
        assertThat(log.heldBytes()).isLessThan(2_000);
    }

    @Test
    void bans_areRefusedWhenItIsFull_evictionsAndLiftedOnesAreNot() {
        GroupId group = create("g");
        join(group, "ann");
        append(group, new Command.Evict(new ActorId("eve"), Duration.ofDays(1)));
        int banned = 0;
        ErrorCode refusal = null;
        while (refusal == null && banned < 2_000) {
            Command ban = new Command.Evict(new ActorId("a".repeat(200) + banned++), Duration.ofDays(1));
            try {
                append(group, ban);
            } catch (GroupException full) {
                refusal = full.code();
            }
        }
        assertThat(refusal).isEqualTo(ErrorCode.OVERLOADED);
        assertThat(log.heldBytes()).isLessThan(MOST + 1_000);
        append(group, new Command.Evict(new ActorId("eve"), Duration.ZERO));
        assertThat(append(group, new Command.Leave(new ActorId("ann"), null, true, LeaveReason.EVICTED))
                        .ended())
                .isEqualTo(1);
    }
}
