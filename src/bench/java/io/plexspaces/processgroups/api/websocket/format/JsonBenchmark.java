package io.plexspaces.processgroups.api.websocket.format;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.util.JsonFormat;
import io.plexspaces.processgroups.api.BenchmarkEvents;
import io.plexspaces.processgroups.api.Events;
import io.plexspaces.processgroups.core.delivery.Event;
import io.plexspaces.processgroups.proto.v1.SessionRequest;
import io.plexspaces.processgroups.proto.v1.SessionResponse;
import java.util.Base64;
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

/**
 * The JSON of a delivered message and of a publish, by this package and by protobuf's own printer and parser (ADR 25).
 * Those carry the payload as base64, since they know no {@code data}.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class JsonBenchmark {
    private static final JsonFormat.Printer PRINTER = JsonFormat.printer().omittingInsignificantWhitespace();

    /** 128 bytes. */
    private static final String DATA = "{\"order\":\"4711-0815-2342\",\"customer\":\"ada.lovelace\",\"total\":1999.90,"
            + "\"items\":[{\"sku\":\"A-17\",\"count\":2},{\"sku\":\"B-4\",\"count\":12}]}";

    private final Event message = BenchmarkEvents.delivered(DATA.getBytes(UTF_8));
    private final byte[] request = request("\"data\":" + DATA);
    private final byte[] base64 =
            request("\"payload\":\"" + Base64.getEncoder().encodeToString(DATA.getBytes(UTF_8)) + "\"");

    private static byte[] request(String payload) {
        return ("{\"requestId\":\"7\",\"publish\":{\"groupName\":\"events\",\"topic\":\"user.login\","
                        + "\"message\":{\"senderId\":\"publisher-0\"," + payload + "}}}")
                .getBytes(UTF_8);
    }

    @Benchmark
    public byte[] write() {
        return FrameFormat.JSON.encode(message);
    }

    @Benchmark
    public byte[] writeByProtobuf() throws InvalidProtocolBufferException {
        SessionResponse response =
                SessionResponse.newBuilder().addEvents(Events.toProto(message)).build();
        return PRINTER.print(response).getBytes(UTF_8);
    }

    @Benchmark
    public SessionRequest read() throws UnreadableRequest {
        return JsonRequests.read(request);
    }

    @Benchmark
    public SessionRequest readByProtobuf() throws InvalidProtocolBufferException {
        SessionRequest.Builder into = SessionRequest.newBuilder();
        JsonFormat.parser().merge(new String(base64, UTF_8), into);
        return into.build();
    }
}
