package io.plexspaces.processgroups.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.ssl.SslContext;
import io.plexspaces.processgroups.token.CapturedLog;
import io.quarkus.tls.TlsConfiguration;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.KeyCertOptions;
import io.vertx.core.net.PemKeyCertOptions;
import io.vertx.core.net.PemTrustOptions;
import io.vertx.core.net.SSLOptions;
import io.vertx.core.net.TrustOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSessionContext;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ListenerTlsTest {
    private static final Vertx VERTX = Vertx.vertx();

    private final TestCa ca = new TestCa("authority");
    private final CapturedLog log = new CapturedLog(ListenerTls.class);

    @TempDir
    Path folder;

    private TestCa.Pair first;
    private Registry files;
    private ListenerTls tls;
    private Duration passed = Duration.ZERO;

    /** Reads as the registry does: what no parser takes, it does not take over. */
    private final class Registry implements TlsConfiguration {
        private final SSLOptions options = new SSLOptions();
        private boolean trustAll;
        private boolean sni;

        @Override
        public boolean reload() {
            try {
                PemKeyCertOptions keys =
                        new PemKeyCertOptions().addCertValue(buffer("cert")).addKeyValue(buffer("key"));
                keys.loadKeyStore(VERTX);
                options.setKeyCertOptions(keys);
                if (Files.exists(folder.resolve("ca"))) {
                    options.setTrustOptions(new PemTrustOptions().addCertValue(buffer("ca")));
                }
                return true;
            } catch (Exception unreadable) {
                return false;
            }
        }

        private Buffer buffer(String name) throws IOException {
            return Buffer.buffer(Files.readAllBytes(folder.resolve(name)));
        }

        @Override
        public SSLOptions getSSLOptions() {
            return new SSLOptions(options);
        }

        @Override
        public boolean isTrustAll() {
            return trustAll;
        }

        @Override
        public Optional<String> getHostnameVerificationAlgorithm() {
            return Optional.empty();
        }

        @Override
        public boolean usesSni() {
            return sni;
        }

        @Override
        public KeyStore getKeyStore() {
            throw new UnsupportedOperationException();
        }

        @Override
        public KeyCertOptions getKeyStoreOptions() {
            throw new UnsupportedOperationException();
        }

        @Override
        public KeyStore getTrustStore() {
            throw new UnsupportedOperationException();
        }

        @Override
        public TrustOptions getTrustStoreOptions() {
            throw new UnsupportedOperationException();
        }

        @Override
        public SSLContext createSSLContext() {
            throw new UnsupportedOperationException();
        }
    }

    @BeforeEach
    void start() {
        first = ca.issue();
        write(first);
        files = new Registry();
        files.reload();
        tls = made(false);
    }

    @AfterEach
    void stop() {
        log.close();
    }

    @AfterAll
    static void close() {
        VERTX.close();
    }

    private ListenerTls made(boolean clientsHaveCertificates) {
        return new ListenerTls(
                files, VERTX, new ListenerTls.Settings("web", clientsHaveCertificates), () -> Instant.now()
                        .plus(passed));
    }

    private void write(TestCa.Pair pair) {
        pair.write(folder.resolve("cert"), folder.resolve("key"));
    }

    /** That of the certificate, as the log writes it. */
    private static String serial(TestCa.Pair pair) {
        return "certificate " + pair.serial().toString(16) + " until ";
    }

    private void staysWithTheFirst(String... linesContain) {
        assertThat(tls.look()).isFalse();
        assertThat(tls.look()).as("nor later").isFalse();
        assertThat(log.lines).hasSize(1);
        assertThat(log.lines.get(0)).startsWith("WARN").contains(linesContain).contains(serial(first));
        assertThat(log.lines.get(0)).doesNotContain("BEGIN", folder.toString());
    }

    @Test
    void whatIsAsBefore_changesNothing() {
        assertThat(tls.look()).isFalse();
        assertThat(log.lines).isEmpty();
    }

    @Test
    void anotherPair_isUsedFromNowOn() {
        SslContext grpc = tls.grpc();
        SSLSessionContext before = grpc.sessionContext();
        TestCa.Pair second = ca.issue();
        write(second);

        assertThat(tls.look()).isTrue();

        assertThat(grpc.sessionContext()).as("nor are sessions resumed").isNotSameAs(before);
        assertThat(log.lines).hasSize(1);
        assertThat(log.lines.get(0)).startsWith("INFO").contains("new connections use", serial(second));
        assertThat(tls.look()).isFalse();
    }

    @Test
    void keyThatDoesNotFit_changesNothing_andIsSaidOnce_andWhenItIsMendedAgain() {
        TestCa.Pair second = ca.issue();
        second.write(folder.resolve("ignored"), folder.resolve("key"));
        staysWithTheFirst("quarkus.tls.web.key-store has a key that does not fit its certificate");
        assertThat(tls.isRefusing()).isTrue();

        write(second);
        assertThat(tls.look()).isTrue();
        assertThat(tls.isRefusing()).isFalse();
        assertThat(log.lines).hasSize(2);
        assertThat(log.lines.get(1)).startsWith("INFO").contains(serial(second));
    }

    @Test
    void end_isThatOfTheCertificateInUse() {
        write(ca.issue(Duration.ofHours(2)));
        assertThat(tls.expires()).isAfter(Instant.now().plus(Duration.ofHours(3)));
        assertThat(tls.look()).isTrue();
        assertThat(tls.expires()).isBefore(Instant.now().plus(Duration.ofHours(3)));
    }

    @Test
    void garbage_changesNothing_andTheOldOnesAgain_areSaidToBeWell() throws IOException {
        Files.writeString(folder.resolve("cert"), "-----BEGIN CERTIFICATE-----\nsecret\n-----END CERTIFICATE-----\n");
        staysWithTheFirst("quarkus.tls.web.key-store cannot be read");
        assertThat(log.lines.get(0)).doesNotContain("secret");

        write(first);
        assertThat(tls.look()).isFalse();
        assertThat(log.lines.get(1)).startsWith("INFO").contains("all is well again", serial(first));
    }

    @Test
    void missingFile_changesNothing() throws IOException {
        Files.delete(folder.resolve("key"));
        staysWithTheFirst("quarkus.tls.web.key-store cannot be read");
    }

    @Test
    void certificateThatIsOver_changesNothing() {
        write(ca.issue(Duration.ofHours(-1)));
        staysWithTheFirst("quarkus.tls.web.key-store has a certificate that is not valid now");
    }

    @Test
    void whatGoesOn_isSaidAgainEachHour() throws IOException {
        Files.delete(folder.resolve("key"));
        staysWithTheFirst("quarkus.tls.web.key-store cannot be read");
        passed = Duration.ofMinutes(61);
        assertThat(tls.look()).isFalse();
        assertThat(tls.look()).isFalse();
        assertThat(log.lines).hasSize(2);
    }

    @Test
    void anotherReasonForTheSame_isSaid() throws IOException {
        Files.delete(folder.resolve("key"));
        assertThat(tls.look()).isFalse();
        write(ca.issue(Duration.ofHours(-1)));
        assertThat(tls.look()).isFalse();
        assertThat(log.lines).hasSize(2);
    }

    @Test
    void start_withWhatCannotWork_isRefusedNamingTheKey() {
        ca.issue().write(folder.resolve("ignored"), folder.resolve("key"));
        files.reload();
        assertThatThrownBy(() -> made(false))
                .hasMessage("quarkus.tls.web.key-store has a key that does not fit its certificate");
        files.options.setKeyCertOptions(null);
        assertThatThrownBy(() -> made(false)).hasMessage("quarkus.tls.web.key-store must be set");
    }

    @Test
    void start_withACertificateThatIsOver_isWarnedOf() {
        write(ca.issue(Duration.ofHours(-1)));
        files.reload();
        made(false);
        assertThat(log.lines).hasSize(1);
        assertThat(log.lines.get(0)).startsWith("WARN").contains("not valid now");
    }

    @Test
    void oldProtocols_revocationLists_andSni_areRefused() {
        files.options.setEnabledSecureTransportProtocols(Set.of("TLSv1.3", "TLSv1.1"));
        assertThatThrownBy(() -> made(false)).hasMessage("quarkus.tls.web.protocols must be of TLSv1.3 and TLSv1.2");
        files.options.setEnabledSecureTransportProtocols(Set.of("TLSv1.3"));
        files.sni = true;
        assertThatThrownBy(() -> made(false)).hasMessageContaining("quarkus.tls.web.key-store.sni");
        files.sni = false;
        files.options.addCrlValue(Buffer.buffer("a"));
        assertThatThrownBy(() -> made(false)).hasMessageContaining("certificate-revocation-list");
    }

    /** Else whoever has a certificate of any authority on earth would come in. */
    @Test
    void certificatesOfClients_needTheirIssuers() {
        String complaint = "quarkus.tls.web.trust-store must be set, and not trust-all, as"
                + " processgroups.tls.client-auth is required";
        assertThatThrownBy(() -> made(true)).hasMessage(complaint);

        ca.write(folder.resolve("ca"));
        files.reload();
        assertThat(made(true).grpc().newEngine(ByteBufAllocator.DEFAULT).getNeedClientAuth())
                .isTrue();
        assertThat(made(false).grpc().newEngine(ByteBufAllocator.DEFAULT).getNeedClientAuth())
                .isFalse();

        files.trustAll = true;
        assertThatThrownBy(() -> made(true)).hasMessage(complaint);
    }

    @Test
    void otherIssuersOfClients_areTrustedFromNowOn() {
        ca.write(folder.resolve("ca"));
        files.reload();
        tls = made(true);
        new TestCa("another").write(folder.resolve("ca"));
        assertThat(tls.look()).isTrue();
        assertThat(tls.http().getTrustStoreOptions()).isNotNull();
    }

    @Test
    void protocols_areTheNewestTwo_forHttp2Alone() {
        var engine = tls.grpc().newEngine(ByteBufAllocator.DEFAULT);
        assertThat(engine.getEnabledProtocols()).containsExactlyInAnyOrder("TLSv1.3", "TLSv1.2");
        assertThat(tls.grpc().applicationProtocolNegotiator().protocols()).containsExactly("h2");
    }
}
