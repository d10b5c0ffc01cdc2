package io.plexspaces.processgroups.cli.client;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/** Which certificates are trusted. */
final class Trust {
    private Trust() {}

    /**
     * @param authority file of certificates in PEM; null: those of the platform
     * @throws Failure the file cannot be used
     */
    static SSLContext context(@Nullable Path authority) {
        try {
            if (authority == null) {
                return SSLContext.getDefault();
            }
            KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
            store.load(null, null);
            int number = 0;
            for (Certificate certificate : certificates(authority)) {
                store.setCertificateEntry("authority-" + number++, certificate);
            }
            TrustManagerFactory managers = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            managers.init(store);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, managers.getTrustManagers(), null);
            return context;
        } catch (GeneralSecurityException | IOException unusable) {
            throw Failure.usage(
                    "the certificates in --tls-ca " + authority + " cannot be used: " + unusable.getMessage());
        }
    }

    /** For connections without TLS: to read what the platform trusts takes longer than such a connection. */
    static SSLContext nobody() {
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, new TrustManager[0], null);
            return context;
        } catch (GeneralSecurityException never) {
            throw new IllegalStateException(never);
        }
    }

    private static Iterable<? extends Certificate> certificates(Path authority) throws GeneralSecurityException {
        try (InputStream file = Files.newInputStream(authority)) {
            var found = CertificateFactory.getInstance("X.509").generateCertificates(file);
            if (found.isEmpty()) {
                throw Failure.usage("--tls-ca " + authority + " holds no certificate: give a file in PEM");
            }
            return found;
        } catch (IOException unreadable) {
            throw Failure.usage("--tls-ca " + authority + " cannot be read: give a file in PEM");
        }
    }
}
