package io.plexspaces.processgroups.log.memory;

import io.plexspaces.processgroups.domain.ActorId;
import io.plexspaces.processgroups.domain.Bytes;
import io.plexspaces.processgroups.domain.Dispatch;
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
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** Appends to the log in memory, of a group that has members already, with the default retention and no reader. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class MemoryAppendBenchmark {
    private static final NodeId NODE = new NodeId("node-1");
    private static final GroupId GROUP = GroupId.of("bench", "", "events");
    private static final ActorId GUEST = new ActorId("guest");
    private static final int PAYLOAD_BYTES = 128;
    private static final int RETAINED = 128;
    private static final int LIMIT = 1_000_000;

    @Param({"0", "100000"})
    public int members;

    private final MemoryGroupLog log = new MemoryGroupLog(
            Clock.systemUTC(), new LogLimits(LIMIT, LIMIT, 256, 1000, 1_000, 8 << 20, 1000), () -> "epoch");
    private final Command publish = new Command.Publish(
            new Message("", null, "", Bytes.wrap(new byte[PAYLOAD_BYTES]), null, 0, null, Map.of(), "", "", ""),
            null,
            new Dispatch.All(),
            false);
    private final Command join = new Command.Join(List.of(GUEST), TopicFilter.ALL, new Owner.Durable(NODE), NODE, null);
    private final Command leave = new Command.Leave(GUEST, null, false, LeaveReason.LEFT);
    private long sequence;

    @Setup
    public void fill() {
        append(new Command.Create(
                new GroupSpec(GroupSpec.Metadata.NONE, new Retention(RETAINED, Duration.ofMinutes(5)), null)));
        List<ActorId> actors = new ArrayList<>();
        for (int i = 0; i < members; i++) {
            actors.add(new ActorId("member-" + i));
        }
        if (!actors.isEmpty()) {
            append(new Command.Join(actors, TopicFilter.ALL, new Owner.Durable(NODE), NODE, null));
        }
    }

    @Benchmark
    public Appended publish() {
        return append(publish);
    }

    @Benchmark
    public Appended joinAndLeave() {
        append(join);
        return append(leave);
    }

    private Appended append(Command command) {
        return log.append(GROUP, null, command, new OperationId(NODE, 1, ++sequence))
                .await()
                .indefinitely();
    }
}
