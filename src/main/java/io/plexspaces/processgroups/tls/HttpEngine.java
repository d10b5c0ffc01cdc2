package io.plexspaces.processgroups.tls;

import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslProvider;
import io.vertx.core.net.JdkSSLEngineOptions;
import io.vertx.core.spi.tls.DefaultSslContextFactory;
import io.vertx.core.spi.tls.SslContextFactory;
import java.util.List;
import java.util.Set;
import javax.net.ssl.SSLException;

/** How the HTTP server makes its contexts: as it always does, but of what {@link ListenerTls} has read. */
final class HttpEngine extends JdkSSLEngineOptions {
    private final ListenerTls tls;

    HttpEngine(ListenerTls tls) {
        this.tls = tls;
    }

    private HttpEngine(HttpEngine other) {
        super(other);
        this.tls = other.tls;
    }

    @Override
    public HttpEngine copy() {
        return new HttpEngine(this);
    }

    @Override
    public SslContextFactory sslContextFactory() {
        return new Factory();
    }

    /** What the server asks for, and gets again with each change; the keys and the trust that it gives are old then. */
    private final class Factory implements SslContextFactory {
        private boolean useAlpn;
        private ClientAuth clientAuth = ClientAuth.NONE;
        private Set<String> ciphers = Set.of();
        private List<String> protocols = List.of();

        @Override
        public SslContextFactory useAlpn(boolean value) {
            useAlpn = value;
            return this;
        }

        @Override
        public SslContextFactory clientAuth(ClientAuth value) {
            clientAuth = value;
            return this;
        }

        @Override
        public SslContextFactory enabledCipherSuites(Set<String> value) {
            ciphers = value;
            return this;
        }

        @Override
        public SslContextFactory applicationProtocols(List<String> value) {
            protocols = value;
            return this;
        }

        @Override
        public SslContext create() throws SSLException {
            return tls.use(this::context);
        }

        private SslContext context(Material of) throws SSLException {
            SslContextFactory factory = new DefaultSslContextFactory(SslProvider.JDK, false)
                    .useAlpn(useAlpn)
                    .clientAuth(clientAuth)
                    .enabledCipherSuites(ciphers)
                    .applicationProtocols(protocols)
                    .keyMananagerFactory(of.keys());
            return (of.trust() == null ? factory : factory.trustManagerFactory(of.trust())).create();
        }
    }
}
