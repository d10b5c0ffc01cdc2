package io.plexspaces.processgroups.bench.system;

import io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.NettyChannelBuilder;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import io.plexspaces.processgroups.bench.load.Certificate;
import io.plexspaces.processgroups.bench.load.TlsClient;
import java.net.http.HttpClient;
import java.util.List;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * How clients get into a server.
 *
 * @param authorization the header that they bring; empty: none
 * @param certificate what the server shows, on all its ports; null: it speaks plain text
 */
public record Access(String authorization, @Nullable Certificate certificate) {
    /** Nobody is asked for anything. */
    public static final Access OPEN = new Access("", null);

    String httpScheme() {
        return certificate == null ? "http" : "https";
    }

    /** What a server is started with. */
    List<String> options(int httpPort) {
        if (certificate == null) {
            return List.of("-Dquarkus.http.port=" + httpPort);
        }
        return List.of(
                "-Dquarkus.http.ssl-port=" + httpPort,
                "-Dprocessgroups.tls=bench",
                "-Dquarkus.tls.bench.key-store.pem.0.cert=" + certificate.file(),
                "-Dquarkus.tls.bench.key-store.pem.0.key=" + certificate.key());
    }

    /** For calls outside of what is measured. */
    HttpClient http() {
        HttpClient.Builder builder = HttpClient.newBuilder();
        return (certificate == null ? builder : builder.sslContext(certificate.context())).build();
    }

    NettyChannelBuilder secured(NettyChannelBuilder channel) {
        if (certificate == null) {
            return channel.usePlaintext();
        }
        try {
            return channel.sslContext(GrpcSslContexts.configure(SslContextBuilder.forClient(), SslProvider.JDK)
                    .trustManager(certificate.file().toFile())
                    .build());
        } catch (SSLException unreadable) {
            throw new IllegalStateException(certificate.file() + " cannot be trusted", unreadable);
        }
    }

    /**
     * For what is measured; null: it speaks plain text.
     *
     * @param applicationProtocols names of what is spoken inside
     */
    @Nullable
    TlsClient tls(String... applicationProtocols) {
        return certificate == null ? null : new TlsClient(certificate, applicationProtocols);
    }
}
