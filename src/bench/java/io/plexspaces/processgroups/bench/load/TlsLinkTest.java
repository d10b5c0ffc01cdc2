package io.plexspaces.processgroups.bench.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Deque;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A link with TLS, with a server of the JDK at the other end. */
class TlsLinkTest {
    private static final int SECONDS = 30;
    private static final int MANY = 20_000;

    private static Certificate certificate;

    private final Deque<AutoCloseable> opened = new ConcurrentLinkedDeque<>();
    private final Received received = new Received();
    private TlsClient client;

    @BeforeAll
    static void makeCertificate(@TempDir Path folder) {
        certificate = Certificate.made(folder);
    }

    @BeforeEach
    void makeClient() {
        client = new TlsClient(certificate);
    }

    @AfterEach
    void close() throws Exception {
        while (!opened.isEmpty()) {
            opened.pop().close();
        }
    }

    @Test
    void recordsThatComeTogether_areAllHandedOver() throws Exception {
        Peer peer = new Peer();
        Link link = connect(peer.address());

        peer.writeNumbers(MANY);

        received.awaitNumbers(MANY);
        assertThat(link.hasTls()).isTrue();
        assertThat(client.agreed()).containsExactly("TLSv1.3 TLS_AES_128_GCM_SHA256");
    }

    @Test
    void recordsSplitOverReads_areHandedOverWhole() throws Exception {
        Peer peer = new Peer();
        Way way = new Way(peer, 1);
        connect(way.address());

        peer.writeNumbers(200);

        received.awaitNumbers(200);
    }

    @Test
    void longestRecords_splitAnywhere_areHandedOver() throws Exception {
        Peer peer = new Peer();
        Way way = new Way(peer, 7_001);
        connect(way.address());
        byte[] bytes = new byte[1_000_000];
        for (int at = 0; at < bytes.length; at += Integer.BYTES) {
            ByteBuffer.wrap(bytes).putInt(at, at / Integer.BYTES);
        }

        peer.socket().getOutputStream().write(bytes);

        received.awaitNumbers(bytes.length / Integer.BYTES);
    }

    @Test
    void end_comesAfterWhatWasSaidBefore() throws Exception {
        Peer peer = new Peer();
        connect(peer.address());

        peer.writeNumbers(MANY);
        peer.socket().close();

        received.awaitNumbers(MANY);
        assertThat(received.awaitEnd()).isEqualTo("closed by the server");
    }

    @Test
    void endWithinARecord_isNoProperEnd() throws Exception {
        Peer peer = new Peer();
        Way way = new Way(peer, 1000);
        connect(way.address());
        peer.writeNumbers(10);
        received.awaitNumbers(10);

        way.cut();
        peer.socket().getOutputStream().write(new byte[500]);

        assertThat(received.awaitEnd()).isEqualTo("closed by the server within a record");
        received.awaitNumbers(10);
    }

    @Test
    void writesOfAnyLength_arrive_alsoWhenThePeerReadsLater() throws Exception {
        Peer peer = new Peer();
        Link link = connect(peer.address());
        byte[] bytes = new byte[8_000_000];
        new Random(1).nextBytes(bytes);
        ByteBuffer direct = ByteBuffer.allocateDirect(bytes.length).put(bytes).flip();

        CompletableFuture<Void> writing = CompletableFuture.runAsync(() -> {
            link.write(ByteBuffer.wrap(new byte[] {7}));
            link.write(direct);
        });

        InputStream in = peer.socket().getInputStream();
        assertThat(in.read()).isEqualTo(7);
        assertThat(in.readNBytes(bytes.length)).isEqualTo(bytes);
        writing.get(SECONDS, TimeUnit.SECONDS);
        assertThat(direct.hasRemaining()).isFalse();
    }

    @Test
    void anotherCertificate_isNotTrusted(@TempDir Path folder) throws Exception {
        Peer peer = new Peer();
        TlsClient stranger = new TlsClient(Certificate.made(folder));

        assertThatThrownBy(() -> loop().connect(peer.address(), received, stranger))
                .isInstanceOf(UncheckedIOException.class)
                .hasCauseInstanceOf(SSLException.class);
        assertThat(stranger.agreed()).isEmpty();
    }

    private Link connect(InetSocketAddress address) {
        Link link = loop().connect(address, received, client);
        opened.push(link);
        return link;
    }

    private ReadLoop loop() {
        ReadLoop loop = new ReadLoop("read-test");
        opened.push(loop);
        return loop;
    }

    /** Takes numbers of four bytes, which must be 0, 1, 2 and so on. */
    private static final class Received implements Wire {
        private final CompletableFuture<String> end = new CompletableFuture<>();
        private volatile int next;
        private volatile boolean isWrong;

        @Override
        public void read(ByteBuffer in, Link link) {
            int count = next;
            while (in.remaining() >= Integer.BYTES) {
                isWrong |= in.getInt() != count++;
            }
            next = count;
        }

        @Override
        public void ended(String why) {
            isWrong |= !end.complete(why);
        }

        void awaitNumbers(int count) {
            await().atMost(Duration.ofSeconds(SECONDS)).until(() -> next >= count || isWrong);
            assertThat(isWrong).isFalse();
            assertThat(next).isEqualTo(count);
        }

        String awaitEnd() throws Exception {
            return end.get(SECONDS, TimeUnit.SECONDS);
        }
    }

    /** A server for one connection. */
    private final class Peer {
        private final ServerSocket server;
        private final CompletableFuture<SSLSocket> accepted = new CompletableFuture<>();

        Peer() throws IOException {
            server = certificate
                    .context()
                    .getServerSocketFactory()
                    .createServerSocket(0, 1, InetAddress.getLoopbackAddress());
            opened.push(server);
            inBackground(() -> {
                try {
                    SSLSocket socket = (SSLSocket) server.accept();
                    opened.push(socket);
                    socket.startHandshake();
                    accepted.complete(socket);
                } catch (IOException refused) {
                    accepted.completeExceptionally(refused);
                }
            });
        }

        InetSocketAddress address() {
            return (InetSocketAddress) server.getLocalSocketAddress();
        }

        SSLSocket socket() throws Exception {
            return accepted.get(SECONDS, TimeUnit.SECONDS);
        }

        /** Each in a record of its own. */
        void writeNumbers(int count) throws Exception {
            OutputStream out = socket().getOutputStream();
            for (int number = 0; number < count; number++) {
                out.write(ByteBuffer.allocate(Integer.BYTES).putInt(number).array());
            }
        }
    }

    /** To a server, with what that says cut into pieces. */
    private final class Way {
        private final ServerSocket entry = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        private final int piece;
        private volatile boolean isCut;

        Way(Peer to, int piece) throws IOException {
            this.piece = piece;
            opened.push(entry);
            inBackground(() -> {
                try (Socket client = entry.accept();
                        Socket server = new Socket(
                                to.address().getAddress(), to.address().getPort())) {
                    client.setTcpNoDelay(true);
                    inBackground(() -> transfer(client, server));
                    forward(server.getInputStream(), client.getOutputStream());
                } catch (IOException over) {
                    // the link sees the end, too
                }
            });
        }

        InetSocketAddress address() {
            return (InetSocketAddress) entry.getLocalSocketAddress();
        }

        /** Of what the server says next, the last byte does not arrive, and nothing after it. */
        void cut() {
            isCut = true;
        }

        private void forward(InputStream in, OutputStream out) throws IOException {
            byte[] bytes = new byte[64 * 1024];
            boolean goesOn = true;
            while (goesOn) {
                int count = in.read(bytes);
                boolean isLast = isCut;
                int whole = isLast ? count - 1 : count;
                for (int at = 0; at < whole; at += piece) {
                    out.write(bytes, at, Math.min(piece, whole - at));
                }
                goesOn = count >= 0 && !isLast;
            }
        }

        private static void transfer(Socket from, Socket to) {
            try {
                from.getInputStream().transferTo(to.getOutputStream());
            } catch (IOException over) {
                // as both ends know
            }
        }
    }

    private static void inBackground(Runnable task) {
        Thread thread = new Thread(task, "test-peer");
        thread.setDaemon(true);
        thread.start();
    }
}
