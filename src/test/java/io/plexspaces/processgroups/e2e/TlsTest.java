package io.plexspaces.processgroups.e2e;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.GrpcSslContexts;
import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.nio.NioEventLoopGroup;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import io.plexspaces.processgroups.api.OpenConnections;
import io.plexspaces.processgroups.proto.v1.SubscribeRequest;
import io.plexspaces.processgroups.proto.v1.SubscribeResponse;
import io.plexspaces.processgroups.tls.TestCa;
import io.plexspaces.processgroups.token.CapturedLog;
import io.quarkus.arc.Arc;
import io.quarkus.grpc.runtime.GrpcServer;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import io.quarkus.value.registry.ValueRegistry;
import jakarta.inject.Inject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Both listeners over TLS, with clients that show certificates; files that change while connections are open. */
@QuarkusTest
@TestProfile(TlsTest.Encrypted.class)
class TlsTest {
    private static final TestCa CA = new TestCa("authority");
    private static final Path FOLDER = folder();
    private static final int MESSAGES = 2_000;
    private static final int MANAGEMENT = ManagementTest.freePort();

    private final String tenant = "t-" + UUID.randomUUID();
    private final List<AutoCloseable> opened = new ArrayList<>();
    private TestCa.Pair present;

    @TestHTTPResource(value = "/ws", tls = true)
    URI webSocket;

    @Inject
    OpenConnections open;

    public static final class Encrypted implements QuarkusTestProfile {
        @Override
        public Map<String, String> getConfigOverrides() {
            CA.issue().write(FOLDER.resolve("cert.pem"), FOLDER.resolve("key.pem"));
            CA.write(FOLDER.resolve("ca.pem"));
            return Map.ofEntries(
                    Map.entry("processgroups.tls", "web"),
                    Map.entry("processgroups.tls.client-auth", "required"),
                    Map.entry("processgroups.http.request-timeout", "1S"),
                    Map.entry("processgroups.management.enabled", "true"),
                    Map.entry("processgroups.management.tls", "true"),
                    Map.entry("processgroups.management.port", String.valueOf(MANAGEMENT)),
                    Map.entry("quarkus.tls.web.reload-period", "1S"),
                    Map.entry("quarkus.tls.web.key-store.pem.0.cert", file("cert.pem")),
                    Map.entry("quarkus.tls.web.key-store.pem.0.key", file("key.pem")),
                    Map.entry("quarkus.tls.web.trust-store.pem.certs", file("ca.pem")));
        }
    }

    private static String file(String name) {
        return FOLDER.resolve(name).toString();
    }

    private static Path folder() {
        try {
            return Files.createTempDirectory("tls");
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    @BeforeEach
    void start() {
        present = CA.issue();
        write(present);
        awaitSerial(present.serial());
    }

    @AfterEach
    void stop() throws Exception {
        for (AutoCloseable each : opened) {
            each.close();
        }
    }

    private void write(TestCa.Pair pair) {
        pair.write(FOLDER.resolve("cert.pem"), FOLDER.resolve("key.pem"));
    }

    private static int grpcPort() {
        return Arc.container()
                .instance(ValueRegistry.class)
                .get()
                .get(GrpcServer.GRPC_SERVER)
                .getPort();
    }

    private static SslContext context(TestCa trusted, TestCa.Pair own) {
        try {
            SslContextBuilder builder = GrpcSslContexts.configure(SslContextBuilder.forClient(), SslProvider.JDK)
                    .trustManager(trusted.certificate());
            return (own == null ? builder : builder.keyManager(own.key(), own.certificate())).build();
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
    }

    private GrpcClient grpc(TestCa trusted, TestCa.Pair own) {
        GrpcClient client = GrpcClient.connect(grpcPort(), tenant, context(trusted, own));
        opened.add(client);
        return client;
    }

    private GrpcClient grpc() {
        return grpc(CA, CA.issue());
    }

    private WsClient browse(TestCa trusted, TestCa.Pair own, String actor) {
        HttpClient http = HttpClient.newBuilder()
                .sslContext(trusted.client(own))
                .connectTimeout(Duration.ofSeconds(10))
                .build();
        URI address =
                URI.create("wss://localhost:" + webSocket.getPort() + "/ws/" + tenant + "/default/room?actor=" + actor);
        WsClient client = WsClient.connecting(address, WsClient.JSON, http).join();
        opened.add(client);
        client.awaitEvents(1);
        return client;
    }

    /** That of the certificate which a new handshake sees. */
    private static BigInteger serial(int port, String protocol) {
        try (SSLSocket socket =
                (SSLSocket) CA.client(CA.issue()).getSocketFactory().createSocket("localhost", port)) {
            SSLParameters parameters = socket.getSSLParameters();
            parameters.setApplicationProtocols(new String[] {protocol});
            socket.setSSLParameters(parameters);
            socket.setSoTimeout(10_000);
            socket.startHandshake();
            return ((X509Certificate) socket.getSession().getPeerCertificates()[0]).getSerialNumber();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    private void awaitSerial(BigInteger wanted) {
        await().atMost(Duration.ofSeconds(20)).untilAsserted(() -> assertThat(List.of(
                        serial(grpcPort(), "h2"),
                        serial(webSocket.getPort(), "http/1.1"),
                        serial(MANAGEMENT, "http/1.1")))
                .containsOnly(wanted));
    }

    private static List<String> texts(int from, int count) {
        return IntStream.range(from, from + count)
                .mapToObj(i -> "message " + i + " " + "x".repeat(i % 300))
                .toList();
    }

    /** Frames of a turn are joined, and shared between connections: none may get another's bytes. */
    @Test
    void callsAndEvents_comeWhole_onAllConnections() {
        GrpcClient client = grpc();
        client.create("room");
        List<WsClient> sockets = IntStream.range(0, 5)
                .mapToObj(i -> browse(CA, CA.issue(), "w" + i))
                .toList();
        EventStream<SubscribeRequest, SubscribeResponse> stream = grpc().subscribe("room", "g");
        stream.awaitEvents(1);
        List<String> all = texts(0, MESSAGES);

        all.forEach(text -> client.publish("room", "", text));

        assertThat(stream.awaitTexts(MESSAGES)).isEqualTo(all);
        sockets.forEach(socket -> assertThat(socket.awaitTexts(MESSAGES)).isEqualTo(all));
    }

    @Test
    void clientsThatAreNotTrusted_orDoNotTrust_areRefused() {
        TestCa another = new TestCa("another");
        for (TestCa.Pair own : new TestCa.Pair[] {null, another.issue()}) {
            assertUnavailable(grpc(CA, own));
            assertThatThrownBy(() -> browse(CA, own, "a")).isInstanceOf(CompletionException.class);
        }
        assertUnavailable(grpc(another, CA.issue()));
        assertThatThrownBy(() -> browse(another, CA.issue(), "a")).isInstanceOf(CompletionException.class);
    }

    @Test
    void managementListener_asksForNoCertificate() throws Exception {
        HttpClient probe = HttpClient.newBuilder().sslContext(CA.client(null)).build();
        HttpResponse<String> health = probe.send(
                HttpRequest.newBuilder(URI.create("https://localhost:" + MANAGEMENT + "/q/health/ready"))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
        assertThat(health.statusCode()).isEqualTo(200);
        assertThat(health.body()).contains("\"UP\"");
    }

    /** Clients send their first request with the last bytes of the handshake. */
    @Test
    void firstRequest_mayComeTogetherWithTheEndOfTheHandshake() throws Exception {
        SslContext tls =
                SslContextBuilder.forClient().trustManager(CA.certificate()).build();
        EventLoopGroup loops = new NioEventLoopGroup(1);
        StringBuffer answer = new StringBuffer();
        try {
            Channel connection = new Bootstrap()
                    .group(loops)
                    .channel(NioSocketChannel.class)
                    .handler(new ChannelInitializer<Channel>() {
                        @Override
                        protected void initChannel(Channel made) {
                            made.pipeline().addLast(tls.newHandler(made.alloc(), "localhost", MANAGEMENT));
                            made.pipeline().addLast(new SimpleChannelInboundHandler<ByteBuf>() {
                                @Override
                                protected void channelRead0(ChannelHandlerContext ctx, ByteBuf read) {
                                    answer.append(read.toString(US_ASCII));
                                }
                            });
                        }
                    })
                    .connect("localhost", MANAGEMENT)
                    .sync()
                    .channel();
            String request = "GET /q/health/ready?x=a>b HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
            // Kept until the handshake has ended, and sent with its last bytes.
            connection.writeAndFlush(Unpooled.copiedBuffer(request, US_ASCII));
            assertThat(connection.closeFuture().await(10_000)).isTrue();
        } finally {
            loops.shutdownGracefully(0, 0, TimeUnit.SECONDS);
        }
        assertThat(answer.toString()).startsWith("HTTP/1.1 200");
    }

    private static void assertUnavailable(GrpcClient client) {
        StatusRuntimeException refusal =
                catchThrowableOfType(StatusRuntimeException.class, () -> client.list("*", 1, ""));
        assertThat(refusal.getStatus().getCode()).isEqualTo(Status.Code.UNAVAILABLE);
    }

    @Test
    @Timeout(30)
    void plainTextAndHalfHandshakes_end() throws IOException {
        for (int port : new int[] {grpcPort(), webSocket.getPort(), MANAGEMENT}) {
            for (byte[] begin : List.of(
                    "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n".getBytes(US_ASCII),
                    new byte[] {22, 3, 1, 2, 0, 1},
                    new byte[0])) {
                try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
                    socket.setSoTimeout(15_000);
                    socket.getOutputStream().write(begin);
                    socket.getInputStream().readAllBytes();
                } catch (SocketException reset) {
                    // An end, too.
                }
            }
        }
        await().until(() -> open.open() == 0);
    }

    @Test
    void filesThatChange_areUsedByNewConnections_andNoneIsLost() {
        GrpcClient client = grpc();
        client.create("room");
        WsClient socket = browse(CA, CA.issue(), "w");
        EventStream<SubscribeRequest, SubscribeResponse> stream = client.subscribe("room", "g");
        stream.awaitEvents(1);
        List<String> sent = new ArrayList<>();
        Runnable publish = () -> texts(sent.size(), 10).forEach(text -> {
            client.publish("room", "", text);
            sent.add(text);
        });

        for (int i = 0; i < 4; i++) {
            TestCa.Pair next = CA.issue();
            publish.run();
            write(next);
            await().atMost(Duration.ofSeconds(20)).until(() -> {
                publish.run();
                // Each handshake succeeds, with one or the other.
                return serial(grpcPort(), "h2").equals(next.serial())
                        && serial(webSocket.getPort(), "http/1.1").equals(next.serial());
            });
            awaitSerial(next.serial());
            publish.run();
            present = next;
        }
        try (CapturedLog log = new CapturedLog("io.plexspaces.processgroups.tls.ListenerTls")) {
            CA.issue().write(FOLDER.resolve("ignored"), FOLDER.resolve("key.pem"));
            await().atMost(Duration.ofSeconds(20)).until(() -> !log.lines.isEmpty());
            assertThat(log.lines.get(0)).contains("quarkus.tls.web.key-store has a key that does not fit");
            awaitSerial(present.serial());
            publish.run();
        }

        assertThat(stream.awaitTexts(sent.size())).isEqualTo(sent);
        assertThat(socket.awaitTexts(sent.size())).isEqualTo(sent);
        assertThat(socket.closed()).isNull();
        assertThat(stream.end()).isNull();
    }
}
