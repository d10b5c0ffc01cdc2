package io.plexspaces.processgroups.api.grpc;

import io.plexspaces.processgroups.api.BenchmarkEvents;
import io.plexspaces.processgroups.core.delivery.Event;
import java.util.Arrays;
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

/** The gRPC encoding of a message, made once for all its subscribers, and a batch of 64 of them. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class BatchEncodingBenchmark {
    private static final int BATCH = 64;

    private final Event message = BenchmarkEvents.delivered();
    private final byte[][] parts = new byte[BATCH][];
    private final int bytes;

    public BatchEncodingBenchmark() {
        byte[] encoded = GrpcFormat.INSTANCE.encode(message);
        Arrays.fill(parts, encoded);
        bytes = encoded.length * BATCH;
    }

    @Benchmark
    public byte[] encode() {
        return GrpcFormat.INSTANCE.encode(message);
    }

    @Benchmark
    public byte[] join64() {
        return GrpcFormat.INSTANCE.join(parts, BATCH, bytes);
    }
}
