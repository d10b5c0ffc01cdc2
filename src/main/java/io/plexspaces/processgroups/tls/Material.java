package io.plexspaces.processgroups.tls;

import io.grpc.netty.GrpcSslContexts;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import io.quarkus.tls.TlsConfiguration;
import io.vertx.core.Vertx;
import io.vertx.core.net.SSLOptions;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Comparator;
import java.util.Date;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLException;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509KeyManager;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;

/**
 * One reading of a TLS configuration, which has been checked: every key fits its certificate.
 *
 * @param options with keys and trust as they were read
 * @param keys what the listeners present
 * @param trust whose certificates clients may have; null: none were given
 * @param chains certificates of the keys, each before its issuers
 * @param issuers whom it trusts
 */
record Material(
        SSLOptions options,
        KeyManagerFactory keys,
        @Nullable TrustManagerFactory trust,
        Set<List<X509Certificate>> chains,
        Set<X509Certificate> issuers) {
    private static final Set<String> PROTOCOLS = Set.of("TLSv1.2", "TLSv1.3");
    private static final List<String> KEY_TYPES = List.of("RSA", "EC", "EdDSA", "Ed25519", "Ed448");

    /**
     * Blocks.
     *
     * @param stores what the keys of its stores begin with, for the complaint
     * @throws IllegalArgumentException naming the configuration key of what cannot be used, and nothing of its content
     */
    static Material read(TlsConfiguration from, Vertx vertx, String stores) {
        SSLOptions options = from.getSSLOptions();
        require(options.getKeyCertOptions() != null, stores + "key-store must be set");
        require(
                PROTOCOLS.containsAll(options.getEnabledSecureTransportProtocols()),
                stores + "protocols must be of TLSv1.3 and TLSv1.2");
        require(
                options.getCrlValues().isEmpty() && options.getCrlPaths().isEmpty(),
                stores + "certificate-revocation-list has no effect here, and must not be set");
        require(!from.usesSni(), stores + "key-store.sni has no effect here, and must not be set");
        KeyManagerFactory keys =
                usable(stores + "key-store", () -> options.getKeyCertOptions().getKeyManagerFactory(vertx));
        Set<List<X509Certificate>> chains = chains(keys, stores + "key-store");
        TrustManagerFactory trust = options.getTrustOptions() == null
                ? null
                : usable(stores + "trust-store", () -> options.getTrustOptions().getTrustManagerFactory(vertx));
        return new Material(options, keys, trust, chains, trust == null ? Set.of() : issuers(trust));
    }

    private interface Reading<T> {
        // Vert.x's factories say no more of what they throw.
        @Nullable
        T read() throws Exception;
    }

    private static <T> T usable(String key, Reading<T> reading) {
        try {
            T read = reading.read();
            if (read != null) {
                return read;
            }
        } catch (Exception unreadable) {
            // What a parser says may quote what it has read.
            throw new IllegalArgumentException(
                    key + " cannot be read (" + unreadable.getClass().getSimpleName() + ")");
        }
        throw new IllegalArgumentException(key + " cannot be used");
    }

    private static Set<List<X509Certificate>> chains(KeyManagerFactory factory, String key) {
        Set<List<X509Certificate>> chains = new LinkedHashSet<>();
        for (KeyManager manager : factory.getKeyManagers()) {
            if (manager instanceof X509KeyManager keys) {
                for (String alias : aliases(keys)) {
                    X509Certificate[] chain = keys.getCertificateChain(alias);
                    PrivateKey secret = keys.getPrivateKey(alias);
                    require(
                            chain != null && chain.length > 0 && secret != null,
                            key + " has a key without a certificate");
                    require(
                            fits(secret, chain[0].getPublicKey()),
                            key + " has a key that does not fit its certificate");
                    chains.add(List.of(chain));
                }
            }
        }
        require(!chains.isEmpty(), key + " has no key that servers can use");
        return chains;
    }

    private static Set<String> aliases(X509KeyManager keys) {
        Set<String> all = new TreeSet<>();
        for (String type : KEY_TYPES) {
            String[] some = keys.getServerAliases(type, null);
            all.addAll(some == null ? List.of() : List.of(some));
        }
        return all;
    }

    private static boolean fits(PrivateKey secret, PublicKey open) {
        String algorithm =
                switch (secret.getAlgorithm()) {
                    case "RSA" -> "SHA256withRSA";
                    case "EC" -> "SHA256withECDSA";
                    default -> secret.getAlgorithm();
                };
        byte[] text = {1, 2, 3};
        try {
            Signature signature = Signature.getInstance(algorithm);
            signature.initSign(secret);
            signature.update(text);
            byte[] signed = signature.sign();
            signature.initVerify(open);
            signature.update(text);
            return signature.verify(signed);
        } catch (GeneralSecurityException different) {
            return false;
        }
    }

    private static Set<X509Certificate> issuers(TrustManagerFactory factory) {
        Set<X509Certificate> issuers = new LinkedHashSet<>();
        for (TrustManager manager : factory.getTrustManagers()) {
            if (manager instanceof X509TrustManager trust) {
                issuers.addAll(List.of(trust.getAcceptedIssuers()));
            }
        }
        return issuers;
    }

    /** Whether clients see nothing of a change from one to the other. */
    boolean isSame(Material other) {
        return chains.equals(other.chains) && issuers.equals(other.issuers);
    }

    /**
     * What is wrong when a certificate that is presented is not valid; null: all are. Those of its issuers are the
     * clients' to judge: an old one beside a new one is usual.
     */
    @Nullable
    String invalidity(Date now, String stores) {
        try {
            for (List<X509Certificate> chain : chains) {
                chain.get(0).checkValidity(now);
            }
            return null;
        } catch (CertificateException outOfDate) {
            return stores + "key-store has a certificate that is not valid now";
        }
    }

    /** When the first of the certificates that are presented ends. */
    Instant expires() {
        return chains.stream()
                .map(chain -> chain.get(0).getNotAfter().toInstant())
                .min(Comparator.naturalOrder())
                .orElseThrow();
    }

    /** What tells it from others in a log: serial numbers and when they expire. */
    String described() {
        StringBuilder text = new StringBuilder();
        for (List<X509Certificate> chain : chains) {
            text.append(text.isEmpty() ? "" : ", ")
                    .append("certificate ")
                    .append(chain.get(0).getSerialNumber().toString(16))
                    .append(" until ")
                    .append(chain.get(0).getNotAfter().toInstant());
        }
        return text.toString();
    }

    /** For the gRPC server, which speaks HTTP/2 alone. */
    SslContext grpc(boolean clientsHaveCertificates) throws SSLException {
        SslContextBuilder builder = GrpcSslContexts.configure(SslContextBuilder.forServer(keys), SslProvider.JDK)
                .trustManager(trust)
                .protocols(options.getEnabledSecureTransportProtocols())
                .clientAuth(clientsHaveCertificates ? ClientAuth.REQUIRE : ClientAuth.NONE);
        if (!options.getEnabledCipherSuites().isEmpty()) {
            builder.ciphers(options.getEnabledCipherSuites());
        }
        return builder.build();
    }

    private static void require(boolean holds, String complaint) {
        if (!holds) {
            throw new IllegalArgumentException(complaint);
        }
    }
}
