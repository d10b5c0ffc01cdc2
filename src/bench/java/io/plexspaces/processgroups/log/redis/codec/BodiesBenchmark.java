package io.plexspaces.processgroups.log.redis.codec;

import io.plexspaces.processgroups.domain.ActorId;
import io.plexspaces.processgroups.domain.Bytes;
import io.plexspaces.processgroups.domain.Dispatch;
import io.plexspaces.processgroups.domain.Message;
import io.plexspaces.processgroups.domain.Topic;
import io.plexspaces.processgroups.log.Command;
import java.time.Instant;
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
import org.openjdk.jmh.infra.Blackhole;

/** What a message costs to write and to read, in each format. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class BodiesBenchmark {
    @Param({"1", "2"})
    int format;

    /** 128 bytes and no headers; the same with all that a request of a trace has. */
    @Param({"plain", "full"})
    String kind = "plain";

    private Command.Publish publish;
    private byte[] body;

    @Setup
    public void make() {
        boolean full = kind.equals("full");
        Message message = new Message(
                full ? "0b3c6f0e-3e0f-4d5c-8a52-7f7d0e6b1c11" : "",
                full ? new ActorId("worker-17@node-3") : null,
                full ? "order.created" : "",
                Bytes.wrap(new byte[128]),
                full ? Instant.ofEpochSecond(1_795_867_831L, 569_077_000) : null,
                0,
                null,
                full ? Map.of("traceparent", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01") : Map.of(),
                full ? "key-4711" : "",
                "",
                "");
        publish = new Command.Publish(message, full ? new Topic("order.created") : null, Dispatch.ALL, false);
        body = Bodies.encode(publish, format);
    }

    @Benchmark
    public void write(Blackhole hole) {
        hole.consume(Bodies.encode(publish, format));
    }

    @Benchmark
    public void read(Blackhole hole) {
        hole.consume(Bodies.decode(new ByteReader(body, 0, body.length)));
    }
}
