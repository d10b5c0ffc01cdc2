package io.plexspaces.processgroups.tls;

import io.quarkus.tls.TlsConfiguration;
import io.vertx.core.net.KeyCertOptions;
import io.vertx.core.net.SSLOptions;
import io.vertx.core.net.TrustOptions;
import java.security.KeyStore;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/** The reading with which the HTTP server starts, as a configuration of the registry that never changes. */
final class ReadConfiguration implements TlsConfiguration {
    private final SSLOptions read;

    ReadConfiguration(SSLOptions read) {
        this.read = read;
    }

    @Override
    public KeyCertOptions getKeyStoreOptions() {
        return read.getKeyCertOptions();
    }

    @Override
    public @Nullable TrustOptions getTrustStoreOptions() {
        return read.getTrustOptions();
    }

    @Override
    public SSLOptions getSSLOptions() {
        return new SSLOptions(read);
    }

    @Override
    public boolean isTrustAll() {
        return false;
    }

    @Override
    public Optional<String> getHostnameVerificationAlgorithm() {
        return Optional.empty();
    }

    @Override
    public boolean usesSni() {
        return false;
    }

    @Override
    public boolean reload() {
        return false;
    }

    /** The options have what is in it. */
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
