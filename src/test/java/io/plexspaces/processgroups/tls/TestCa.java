package io.plexspaces.processgroups.tls;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Date;
import java.util.concurrent.atomic.AtomicLong;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/** An authority that issues certificates for this machine. Every one has another serial number. */
public final class TestCa {
    private static final AtomicLong SERIAL = new AtomicLong(1000);
    private static final char[] PASSWORD = "test".toCharArray();

    private final KeyPair keys = keys();
    private final X509Certificate certificate;

    /** A certificate and its key. */
    public record Pair(X509Certificate certificate, PrivateKey key) {
        public BigInteger serial() {
            return certificate.getSerialNumber();
        }

        public void write(Path certificateFile, Path keyFile) {
            replace(certificateFile, pem("CERTIFICATE", encoded(certificate)));
            replace(keyFile, pem("PRIVATE KEY", key.getEncoded()));
        }
    }

    public TestCa(String name) {
        certificate = issue("CN=" + name, keys, "CN=" + name, Duration.ofDays(1), true);
    }

    public X509Certificate certificate() {
        return certificate;
    }

    public Pair issue() {
        return issue(Duration.ofDays(1));
    }

    /** @param life negative: it is over */
    public Pair issue(Duration life) {
        KeyPair pair = keys();
        return new Pair(
                issue(
                        "CN=localhost",
                        pair,
                        certificate.getSubjectX500Principal().getName(),
                        life,
                        false),
                pair.getPrivate());
    }

    public void write(Path file) {
        replace(file, pem("CERTIFICATE", encoded(certificate)));
    }

    /** Of a client that trusts this authority. */
    public SSLContext client() {
        return client(null);
    }

    /** @param own what the client shows when it is asked; null: nothing */
    public SSLContext client(Pair own) {
        try {
            KeyStore trusted = empty();
            trusted.setCertificateEntry("ca", certificate);
            TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            trust.init(trusted);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(own == null ? null : keyManagers(own), trust.getTrustManagers(), null);
            return context;
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    private static KeyManager[] keyManagers(Pair own) throws GeneralSecurityException {
        KeyManagerFactory factory = keyManagerFactory(own);
        return factory.getKeyManagers();
    }

    public static KeyManagerFactory keyManagerFactory(Pair own) throws GeneralSecurityException {
        KeyStore store = empty();
        store.setKeyEntry("own", own.key(), PASSWORD, new X509Certificate[] {own.certificate()});
        KeyManagerFactory factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        factory.init(store, PASSWORD);
        return factory;
    }

    private static KeyStore empty() throws GeneralSecurityException {
        try {
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(null, PASSWORD);
            return store;
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
    }

    private static KeyPair keys() {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec("secp256r1"));
            return generator.generateKeyPair();
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    private X509Certificate issue(String subject, KeyPair pair, String issuer, Duration life, boolean authority) {
        Instant end = Instant.now().plus(life);
        try {
            JcaX509v3CertificateBuilder builder = new JcaX509v3CertificateBuilder(
                    new X500Name(issuer),
                    BigInteger.valueOf(SERIAL.incrementAndGet()),
                    Date.from(end.minus(Duration.ofDays(2))),
                    Date.from(end),
                    new X500Name(subject),
                    pair.getPublic());
            builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(authority));
            builder.addExtension(Extension.subjectAlternativeName, false, new GeneralNames(new GeneralName[] {
                new GeneralName(GeneralName.dNSName, "localhost"), new GeneralName(GeneralName.iPAddress, "127.0.0.1")
            }));
            return new JcaX509CertificateConverter()
                    .getCertificate(
                            builder.build(new JcaContentSignerBuilder("SHA256withECDSA").build(keys.getPrivate())));
        } catch (GeneralSecurityException | OperatorCreationException | IOException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    private static byte[] encoded(X509Certificate certificate) {
        try {
            return certificate.getEncoded();
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    private static String pem(String what, byte[] content) {
        return "-----BEGIN " + what + "-----\n" + Base64.getMimeEncoder().encodeToString(content) + "\n-----END " + what
                + "-----\n";
    }

    private static void replace(Path file, String text) {
        try {
            Path next = file.resolveSibling(file.getFileName() + ".next");
            Files.writeString(next, text);
            Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }
}
