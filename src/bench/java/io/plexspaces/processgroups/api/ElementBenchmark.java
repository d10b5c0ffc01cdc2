package io.plexspaces.processgroups.api;

import io.plexspaces.processgroups.core.Groups;
import io.plexspaces.processgroups.core.delivery.Event.Delivered;
import io.plexspaces.processgroups.domain.NodeId;
import io.plexspaces.processgroups.domain.Position;
import io.plexspaces.processgroups.proto.v1.Answer;
import io.plexspaces.processgroups.proto.v1.Event;
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

/** What is made for every message, written field by field, and by the generated classes (ADR 27). */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class ElementBenchmark {
    /** Bytes of the payload. */
    @Param({"128", "10240"})
    int payload;

    private final Groups.PublishResult result = new Groups.PublishResult(
            new Position("k3b1c9", 123_456), 2, 0, Map.of(new NodeId("node-1"), 2), List.of(), false, false, false);

    private Delivered delivered = BenchmarkEvents.delivered(new byte[0]);

    @Setup
    public void make() {
        delivered = BenchmarkEvents.delivered(new byte[payload]);
    }

    @Benchmark
    public byte[] message() {
        return EventElement.of(delivered).encode(0);
    }

    @Benchmark
    public byte[] messageGenerated() {
        return EventElement.of(Events.toProto(delivered)).encode(0);
    }

    @Benchmark
    public byte[] answer() {
        return EventElement.published(7, result).encode(0);
    }

    @Benchmark
    public byte[] answerGenerated() {
        Answer answer = Answer.newBuilder()
                .setRequestId(7)
                .setPublished(Answers.published(result))
                .build();
        return EventElement.of(Event.newBuilder().setAnswer(answer).build()).encode(0);
    }
}
