package io.plexspaces.processgroups.api.grpc.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.grpc.Context;
import io.grpc.MethodDescriptor;
import io.grpc.Server;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2FrameTypes;
import io.netty.handler.ssl.SslContext;
import io.plexspaces.processgroups.api.FrameRate;
import io.plexspaces.processgroups.api.OpenConnections;
import io.plexspaces.processgroups.core.delivery.ServerBudget;
import io.plexspaces.processgroups.domain.GroupException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * What one TCP connection can make the server hold, whatever it sends and however little it reads.
 *
 * <p>One file, as all cases attack the same small server.
 */
class GrpcTransportTest {
    private static final String SERVICE = "plexspaces.processgroups.v1.ProcessGroupService";
    private static final int CONNECTIONS = 4;
    private static final int STREAMS = 50;
    private static final int HELD = 100_000;
    private static final int REQUEST = 50_000;
    private static final int ANSWER = 30_000;

    /** Enough for an answer. */
    static final int ANSWER_WINDOW = 100_000;

    private static final Duration LAST_DATA = Duration.ofMillis(300);
    private static final Duration PATIENCE = Duration.ofMillis(1200);

    private final ServerBudget budget = new ServerBudget(8 << 20);
    private final OpenConnections open =
            new OpenConnections(new OpenConnections.Limits(CONNECTIONS, 0), System::nanoTime);
    private final AtomicInteger sent = new AtomicInteger();
    private final AtomicInteger executed = new AtomicInteger();
    private final AtomicInteger refused = new AtomicInteger();
    private final Queue<StreamObserver<byte[]>> streams = new ConcurrentLinkedQueue<>();
    private Server server;

    /** How large answers are believed to be before they are there. */
    private volatile int expected = ANSWER;

    private enum Bytes implements MethodDescriptor.Marshaller<byte[]> {
        INSTANCE;

        @Override
        public InputStream stream(byte[] value) {
            return new ByteArrayInputStream(value);
        }

        @Override
        public byte[] parse(InputStream stream) {
            try {
                return stream.readAllBytes();
            } catch (IOException impossible) {
                throw new UncheckedIOException(impossible);
            }
        }
    }

    private static MethodDescriptor<byte[], byte[]> method(String name, MethodDescriptor.MethodType type) {
        return MethodDescriptor.<byte[], byte[]>newBuilder()
                .setType(type)
                .setFullMethodName(MethodDescriptor.generateFullMethodName(SERVICE, name))
                .setRequestMarshaller(Bytes.INSTANCE)
                .setResponseMarshaller(Bytes.INSTANCE)
                .build();
    }

    /** Answers with {@link #ANSWER} bytes, or streams them. */
    @BeforeEach
    void start() throws IOException {
        NettyServerBuilder builder = NettyServerBuilder.forAddress(
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                .directExecutor()
                .maxConcurrentCallsPerConnection(STREAMS)
                .addService(ServerServiceDefinition.builder(SERVICE)
                        .addMethod(
                                method("Ask", MethodDescriptor.MethodType.UNARY),
                                ServerCalls.asyncUnaryCall(this::answer))
                        .addMethod(
                                method("Follow", MethodDescriptor.MethodType.SERVER_STREAMING),
                                ServerCalls.asyncServerStreamingCall(this::follow))
                        .build());
        GrpcTransport.bound(builder, new Bounds(STREAMS, HELD, REQUEST, LAST_DATA, PATIENCE, budget), open, tls());
        server = builder.build().start();
    }

    @AfterEach
    void stop() {
        server.shutdownNow();
    }

    private void answer(byte[] request, StreamObserver<byte[]> answer) {
        PeerCall call = PeerCall.current();
        assertThat(call).isNotNull();
        call.begin(request.length, expected, new UnaryCall() {
            @Override
            public void run() {
                executed.incrementAndGet();
                call.answers(ANSWER, () -> {
                    sent.incrementAndGet();
                    answer.onNext(new byte[ANSWER]);
                    answer.onCompleted();
                });
            }

            @Override
            public void refuse(GroupException cause) {
                refused.incrementAndGet();
                answer.onError(Status.UNAVAILABLE.asRuntimeException());
            }
        });
    }

    private void follow(byte[] request, StreamObserver<byte[]> events) {
        PeerCall call = PeerCall.current();
        events.onNext(new byte[ANSWER]);
        events.onError(Status.RESOURCE_EXHAUSTED.asRuntimeException());
        streams.add(events);
        call.ending();
        assertThat(Context.current().isCancelled()).isFalse();
    }

    /** Null: plain text. */
    SslContext tls() {
        return null;
    }

    /** A connection of a client that has said nothing yet. */
    Socket socket() throws IOException {
        return new Socket(InetAddress.getLoopbackAddress(), server.getPort());
    }

    final int open() {
        return open.open();
    }

    final RawPeer connect(int window) throws IOException {
        return new RawPeer(socket(), window);
    }

    @Test
    void connectionsBeyondTheBound_areClosed_andAPlaceThatIsLeftIsFree() throws IOException {
        List<RawPeer> peers = new ArrayList<>();
        for (int i = 0; i < CONNECTIONS; i++) {
            peers.add(connect(ANSWER));
        }
        await().until(() -> open.open() == CONNECTIONS);
        try (RawPeer tooMany = connect(ANSWER)) {
            assertThat(tooMany.isEnded()).isTrue();
        } catch (SocketException | SSLException closed) {
            // Before it could say anything.
        }
        for (RawPeer peer : peers) {
            peer.call("Ask", new byte[1]);
            peer.await(Http2FrameTypes.DATA);
            peer.close();
        }
        await().until(() -> open.open() == 0);
        try (RawPeer next = connect(ANSWER)) {
            next.call("Ask", new byte[1]);
            next.await(Http2FrameTypes.DATA);
        }
        assertThat(open.refusals(OpenConnections.Limit.CONNECTIONS)).isEqualTo(1);
    }

    @Test
    void answersThatNobodyTakes_areBounded_andTheConnectionIsClosed() throws IOException {
        try (RawPeer deaf = connect(0)) {
            for (int i = 0; i < STREAMS; i++) {
                deaf.call("Ask", new byte[10]);
            }
            await().untilAsserted(() -> assertThat(executed).hasValue(HELD / (ANSWER + 10)));
            assertThat(budget.held()).isBetween(1L, 2L * HELD);
            assertThat(deaf.isEnded()).isTrue();
        }
        await().until(() -> budget.held() == 0);
        assertThat(executed).as("none was begun when the others ended").hasValue(HELD / (ANSWER + 10));
    }

    @Test
    void answersThatAreTaken_letTheNextBegin() throws IOException {
        try (RawPeer peer = connect(HELD)) {
            // The window of the connection is as large as the standard has it: two answers.
            for (int i = 0; i < STREAMS; i++) {
                peer.call("Ask", new byte[10]);
            }
            peer.frame(
                    Http2FrameTypes.WINDOW_UPDATE,
                    0,
                    0,
                    java.nio.ByteBuffer.allocate(4).putInt(STREAMS * ANSWER).array());
            for (int headersAndTrailers = 0; headersAndTrailers < 2 * STREAMS; headersAndTrailers++) {
                peer.await(Http2FrameTypes.HEADERS);
            }
            assertThat(executed).hasValue(STREAMS);
            await().until(() -> budget.held() == 0);
            assertThat(refused).hasValue(0);
        }
    }

    @Test
    void answersLargerThanExpected_areSentAsThePeerTakesThem() throws IOException {
        expected = 100;
        try (RawPeer deaf = connect(0)) {
            for (int i = 0; i < STREAMS; i++) {
                deaf.call("Ask", new byte[10]);
            }
            await().untilAsserted(() -> assertThat(executed.get()).isGreaterThan(10));
            assertThat(sent).hasValue(HELD / ANSWER);
            assertThat(deaf.isEnded()).isTrue();
        }
        await().untilAsserted(() -> assertThat(budget.held()).isZero());
    }

    @Test
    void peerThatIsSentOtherFrames_andTakesNoAnswers_isDisconnected() throws IOException {
        try (RawPeer deaf = connect(0)) {
            deaf.call("Ask", new byte[10]);
            await().atMost(PATIENCE.multipliedBy(4))
                    .pollInterval(PATIENCE.dividedBy(10))
                    .until(() -> !asks(deaf));
        }
        await().until(() -> budget.held() == 0);
    }

    /** The server answers each. False: it has closed the connection. */
    private static boolean asks(RawPeer peer) {
        try {
            peer.frame(Http2FrameTypes.SETTINGS, 0, 0, new byte[0]);
            return true;
        } catch (IOException closed) {
            return false;
        }
    }

    @Test
    void callsThatAreResetWhileTheyWait_leaveNothingBehind() throws IOException {
        try (RawPeer deaf = connect(0)) {
            deaf.call("Ask", new byte[10]);
            deaf.call("Ask", new byte[10]);
            deaf.call("Ask", new byte[10]);
            await().untilAsserted(() -> assertThat(sent).hasValue(3));
            long before = budget.held();
            for (int i = 0; i < 20; i++) {
                int waits = deaf.call("Ask", new byte[100]);
                deaf.frame(Http2FrameTypes.RST_STREAM, 0, waits, new byte[4]);
            }
            deaf.frame(Http2FrameTypes.PING, 0, 0, new byte[8]);
            deaf.await(Http2FrameTypes.PING);
            await().untilAsserted(() -> assertThat(budget.held()).isEqualTo(before));
        }
        assertThat(refused).hasValue(0);
    }

    @Test
    void requestsThatWait_areBoundedInBytes() throws IOException {
        try (RawPeer deaf = connect(0)) {
            for (int i = 0; i < 10; i++) {
                deaf.call("Ask", new byte[REQUEST / 4]);
                deaf.call("Ask", new byte[REQUEST / 4]);
            }
            await().untilAsserted(() -> assertThat(refused.get()).isPositive());
            assertThat(budget.held()).isLessThan(3L * HELD);
        }
    }

    @Test
    void withoutBudget_callsAreRefused() throws IOException {
        budget.add(8 << 20);
        try (RawPeer peer = connect(HELD)) {
            peer.call("Ask", new byte[10]);
            await().untilAsserted(() -> assertThat(refused).hasValue(1));
        }
        assertThat(executed).hasValue(0);
    }

    @Test
    void requestsInPart_areBounded_andOthersOfTheConnectionGoOn() throws IOException {
        try (RawPeer peer = connect(HELD)) {
            byte[] part = new byte[16_000];
            java.nio.ByteBuffer.wrap(part).put((byte) 0).putInt(REQUEST);
            for (int i = 0; i < (HELD + REQUEST) / part.length + 2; i++) {
                peer.data(peer.begin("Ask"), false, part);
            }
            RawPeer.Frame reset = peer.await(Http2FrameTypes.RST_STREAM);
            assertThat(reset.code()).isEqualTo((int) Http2Error.ENHANCE_YOUR_CALM.code());
            assertThat(budget.held()).isLessThan(2L * (HELD + REQUEST));
            peer.call("Ask", new byte[10]);
            peer.await(Http2FrameTypes.DATA);
        }
        await().until(() -> budget.held() == 0);
    }

    @Test
    void emptyFrames_endTheConnection() throws IOException {
        frames_endTheConnection(new byte[0]);
    }

    @Test
    void dataByteByByte_endsTheConnection() throws IOException {
        frames_endTheConnection(new byte[1]);
    }

    private void frames_endTheConnection(byte[] content) throws IOException {
        try (RawPeer peer = connect(HELD)) {
            int stream = peer.begin("Ask");
            try {
                for (int i = 0; i < 3 * FrameRate.EACH_SECOND; i++) {
                    peer.data(stream, false, content);
                }
            } catch (IOException closed) {
                // As it should be.
            }
            assertThat(peer.isEnded()).isTrue();
        }
        await().until(() -> budget.held() == 0);
    }

    @Test
    void tinyFrames_countWithWhatTheyCost() throws IOException {
        try (RawPeer peer = connect(HELD)) {
            int stream = peer.begin("Ask");
            byte[] begin = new byte[5];
            java.nio.ByteBuffer.wrap(begin).put((byte) 0).putInt(REQUEST);
            peer.data(stream, false, begin);
            for (int i = 0; i < 8 * HELD / 140 + 10; i++) {
                // Not one after the other as small as a header, which would end the connection sooner.
                peer.data(stream, false, new byte[i % 2 == 0 ? 1 : 14]);
            }
            assertThat(peer.await(Http2FrameTypes.RST_STREAM).stream()).isEqualTo(stream);
        }
    }

    @Test
    void streamsBeyondTheBound_areRefused_alsoBeforeTheClientKnowsOfIt() throws IOException {
        try (RawPeer peer = connect(HELD)) {
            for (int i = 0; i < STREAMS; i++) {
                peer.begin("Ask");
            }
            int one = peer.begin("Ask");
            RawPeer.Frame reset = peer.await(Http2FrameTypes.RST_STREAM);
            assertThat(reset.stream()).isEqualTo(one);
            assertThat(reset.code()).isEqualTo((int) Http2Error.REFUSED_STREAM.code());
        }
    }

    /** grpc-java would keep it, and read on, for as long as a stream is open. */
    @Test
    void connectionThatBreaksTheProtocol_ends_thoughStreamsAreOpen() throws IOException {
        try (RawPeer peer = connect(HELD)) {
            for (int i = 0; i < STREAMS; i++) {
                peer.begin("Ask");
            }
            peer.data(0, false, new byte[1]);
            assertThat(peer.await(Http2FrameTypes.GO_AWAY).stream()).isZero();
            assertThat(peer.isEnded()).isTrue();
        }
        await().until(() -> budget.held() == 0);
    }

    @Test
    void streamThatIsEnded_isReset_whenItsPeerTakesNothing() throws IOException {
        try (RawPeer deaf = connect(0)) {
            int stream = deaf.call("Follow", new byte[0]);
            RawPeer.Frame reset = deaf.await(Http2FrameTypes.RST_STREAM);
            assertThat(reset.stream()).isEqualTo(stream);
            assertThat(reset.code()).isEqualTo((int) Http2Error.ENHANCE_YOUR_CALM.code());
        }
    }

    @Test
    void streamThatIsEnded_isNotReset_whenItsPeerTakesAll() throws IOException {
        try (RawPeer peer = connect(HELD)) {
            peer.call("Follow", new byte[0]);
            peer.await(Http2FrameTypes.DATA);
            peer.call("Ask", new byte[10]);
            peer.await(Http2FrameTypes.DATA);
            await().pollDelay(LAST_DATA.multipliedBy(2)).untilAsserted(() -> {});
            peer.frame(Http2FrameTypes.PING, 0, 0, new byte[8]);
            assertThat(peer.await(Http2FrameTypes.PING).stream()).isZero();
        }
    }
}
