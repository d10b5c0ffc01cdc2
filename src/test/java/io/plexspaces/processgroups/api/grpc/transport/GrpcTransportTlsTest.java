package io.plexspaces.processgroups.api.grpc.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.grpc.netty.GrpcSslContexts;
import io.netty.handler.codec.http2.Http2FrameTypes;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import io.plexspaces.processgroups.tls.TestCa;
import java.io.IOException;
import java.net.Socket;
import java.security.GeneralSecurityException;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.Test;

/** All bounds hold behind TLS, too, and a handshake has its own. */
class GrpcTransportTlsTest extends GrpcTransportTest {
    private static final TestCa CA = new TestCa("authority");

    @Override
    SslContext tls() {
        try {
            return GrpcSslContexts.configure(
                            SslContextBuilder.forServer(TestCa.keyManagerFactory(CA.issue())), SslProvider.JDK)
                    .build();
        } catch (GeneralSecurityException | SSLException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    @Override
    Socket socket() throws IOException {
        return wrapped(super.socket(), CA, "h2");
    }

    private static Socket wrapped(Socket plain, TestCa trusted, String protocol) throws IOException {
        SSLSocket socket =
                (SSLSocket) trusted.client().getSocketFactory().createSocket(plain, "localhost", plain.getPort(), true);
        SSLParameters parameters = socket.getSSLParameters();
        parameters.setEndpointIdentificationAlgorithm("HTTPS");
        parameters.setApplicationProtocols(new String[] {protocol});
        socket.setSSLParameters(parameters);
        return socket;
    }

    @Test
    void clientWithoutTls_isEnded() throws IOException {
        try (RawPeer plain = new RawPeer(super.socket(), ANSWER_WINDOW)) {
            assertThat(plain.isEnded()).isTrue();
        } catch (IOException ended) {
            // While it was still speaking.
        }
        await().until(() -> open() == 0);
    }

    @Test
    void clientOfAnotherAuthority_doesNotConnect() throws IOException {
        try (Socket stranger = wrapped(super.socket(), new TestCa("another"), "h2")) {
            assertThatThrownBy(() -> stranger.getOutputStream().write(1)).isInstanceOf(SSLException.class);
        }
        await().until(() -> open() == 0);
    }

    @Test
    void clientOfAnotherProtocol_isEnded() throws IOException {
        try (Socket http1 = wrapped(super.socket(), CA, "http/1.1")) {
            http1.setSoTimeout(10_000);
            assertThatThrownBy(() -> {
                        http1.getOutputStream().write(1);
                        assertThat(http1.getInputStream().read()).isNotNegative();
                    })
                    .isInstanceOfAny(IOException.class, AssertionError.class)
                    .isNotInstanceOf(java.net.SocketTimeoutException.class);
        }
        await().until(() -> open() == 0);
    }

    @Test
    void halfHandshakes_haveTheirPlaces_andEndInTime() throws IOException {
        try (Socket half = super.socket();
                Socket silent = super.socket();
                RawPeer whole = connect(ANSWER_WINDOW)) {
            half.getOutputStream().write(new byte[] {22, 3, 1, 2, 0, 1});
            await().until(() -> open() == 3);
            whole.call("Ask", new byte[1]);
            whole.await(Http2FrameTypes.DATA);
            half.setSoTimeout(15_000);
            silent.setSoTimeout(15_000);
            assertThat(half.getInputStream().read()).isNegative();
            assertThat(silent.getInputStream().read()).isNegative();
            await().until(() -> open() == 1);
        }
    }
}
