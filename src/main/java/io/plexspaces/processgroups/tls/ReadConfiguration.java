package io.plexspaces.processgroups.tls;

import io.quarkus.tls.TlsConfiguration;
import io.vertx.core.net.KeyCertOptions;
import io.vertx.core.net.SSLOptions;
import io.vertx.core.net.TrustOptions;
import java.security.KeyStore;
import java.util.Optional;
import java.util.function.Supplier;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * A configuration of the registry as it was last found to be usable, for the platform's HTTP server. It does not read
 * files by itself.
 */
final class ReadConfiguration implements TlsConfiguration {
    private final Supplier<SSLOptions> read;
    private final TlsConfiguration from;

    /** @param from which says what does not change */
    ReadConfiguration(Supplier<SSLOptions> read, TlsConfiguration from) {
        this.read = read;
        this.from = from;
    }

    @Override
    public KeyCertOptions getKeyStoreOptions() {
        return read.get().getKeyCertOptions();
    }

    @Override
    public @Nullable TrustOptions getTrustStoreOptions() {
        return read.get().getTrustOptions();
    }

    @Override
    public SSLOptions getSSLOptions() {
        return new SSLOptions(read.get());
    }

    @Override
    public boolean isTrustAll() {
        return from.isTrustAll();
    }

    @Override
    public Optional<String> getHostnameVerificationAlgorithm() {
        return from.getHostnameVerificationAlgorithm();
    }

    @Override
    public boolean usesSni() {
        return from.usesSni();
    }

    @Override
    public boolean reload() {
        return false;
    }

    /** Not kept: it could be of another reading. */
    @Override
    public @Nullable KeyStore getKeyStore() {
        return null;
    }

    @Override
    public @Nullable KeyStore getTrustStore() {
        return null;
    }

    @Override
    public SSLContext createSSLContext() {
        throw new UnsupportedOperationException("for the HTTP server alone");
    }
}
