package io.plexspaces.processgroups.api.websocket.format;

import io.plexspaces.processgroups.api.BenchmarkEvents;
import io.plexspaces.processgroups.core.delivery.Event;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** The WebSocket frame of a message, made once for all its subscribers. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class FrameEncodingBenchmark {
    private final Event message = BenchmarkEvents.delivered();

    @Benchmark
    public byte[] json() {
        return FrameFormat.JSON.encode(message);
    }

    @Benchmark
    public byte[] proto() {
        return FrameFormat.PROTO.encode(message);
    }
}
