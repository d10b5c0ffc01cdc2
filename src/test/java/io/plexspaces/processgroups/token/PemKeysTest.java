package io.plexspaces.processgroups.token;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.plexspaces.processgroups.token.TokenRefused.Reason;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.Map;
import java.util.stream.Stream;
import org.jose4j.json.JsonUtil;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class PemKeysTest {
    private static final Issuer RSA = Issuer.rsa("r");
    private static final Issuer OTHER = Issuer.rsa("r2");
    private static final Issuer EC = Issuer.ec("e");
    private static final Issuer ED = Issuer.ed("d");
    private static final String CLAIMS = JsonUtil.toJson(Issuer.claims());

    /** Of a key P-256, valid for a day of 2020. */
    private static final String EXPIRED_CERTIFICATE = """
            -----BEGIN CERTIFICATE-----
            MIIBITCByAIBATAKBggqhkjOPQQDAjAdMRswGQYDVQQDDBJpc3N1ZXIuZXhhbXBs
            ZS5jb20wHhcNMjAwMTAxMDAwMDAwWhcNMjAwMTAyMDAwMDAwWjAdMRswGQYDVQQD
            DBJpc3N1ZXIuZXhhbXBsZS5jb20wWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAAST
            wlGXzrAVoGPwB6DkTqLlutcT3oj4GNRnD6WhId8cwXeM3asetAFWgcjHcMVEiGrw
            u6ZgjF4tncArrkrPlGCdMAoGCCqGSM49BAMCA0gAMEUCIHKQrOgIf7TLf/CVUrDC
            sD4nQZWjBxVyrBQp7JHpYnQ2AiEAxlhxpS1mhwoqAWNeD9YuivE3Ooi7cDTgBOKW
            IO70hvE=
            -----END CERTIFICATE-----
            """;

    @TempDir
    Path folder;

    private Path file;
    private final CapturedLog log = new CapturedLog(PemKeys.class);

    @BeforeEach
    void name() {
        file = folder.resolve("keys.pem");
    }

    @AfterEach
    void close() {
        log.close();
    }

    private PemKeys keys(String text) throws IOException {
        Files.writeString(file, text);
        return new PemKeys(file);
    }

    private static Reason reason(Keys keys, String token) {
        return Issuer.reason(new CheckingVerifier(keys, Issuer.ANY, new MovingClock(), Runnable::run, 9).verify(token));
    }

    @Test
    void keys_ofAllKinds_areRead() throws IOException {
        PemKeys keys =
                keys("a comment\n" + RSA.pem() + "\r\n" + EC.pem() + ED.pem().replace("\n", "\r\n"));

        for (Issuer issuer : new Issuer[] {RSA, EC, ED}) {
            assertThat(reason(keys, issuer.token())).isNull();
            assertThat(reason(keys, issuer.token(null, Map.of(), CLAIMS))).isNull();
        }
        assertThat(reason(keys, OTHER.token())).isEqualTo(Reason.SIGNATURE);
        assertThat(reason(keys, Issuer.secret(new byte[32]).token())).isEqualTo(Reason.ALGORITHM);
    }

    @Test
    void certificate_isRead_whateverItsTime() throws IOException {
        PemKeys keys = keys(EXPIRED_CERTIFICATE);

        assertThat(keys.find(null, Algorithm.ES256).toCompletableFuture().join())
                .hasSize(1);
        assertThat(reason(keys, EC.token())).isEqualTo(Reason.SIGNATURE);
        assertThat(reason(keys, RSA.token())).isEqualTo(Reason.ALGORITHM);
    }

    @Test
    void severalKeysOfAFamily_areTried_unlessTheTokenHasAThumbprint() throws IOException {
        PemKeys keys = keys(RSA.pem() + OTHER.pem() + EC.pem());
        String thumbprint = PemText.keys(RSA.pem()).keys().get(0).kid();

        assertThat(reason(keys, RSA.token())).isNull();
        assertThat(reason(keys, OTHER.token())).isNull();
        assertThat(reason(keys, RSA.token(thumbprint, Map.of(), CLAIMS))).isNull();
        assertThat(reason(keys, OTHER.token(thumbprint, Map.of(), CLAIMS))).isEqualTo(Reason.SIGNATURE);
        assertThat(reason(keys, EC.token(thumbprint, Map.of(), CLAIMS))).isEqualTo(Reason.ALGORITHM);
        assertThat(reason(keys, RSA.token("../../dev/null", Map.of(), CLAIMS))).isNull();
    }

    @Test
    void thumbprint_isThatOfTheStandard() {
        assertThat(PemText.keys(RSA.pem()).keys().get(0).kid()).matches("[A-Za-z0-9_-]{43}");
    }

    @Test
    void reload_takesTheNewKeys_andCountsALoss() throws IOException {
        PemKeys keys = keys(RSA.pem());
        Files.writeString(file, RSA.pem() + EC.pem());
        assertThat(keys.reload()).isTrue();
        assertThat(reason(keys, EC.token())).isNull();
        assertThat(keys.losses()).isZero();

        Files.writeString(file, EC.pem());
        assertThat(keys.reload()).isTrue();
        assertThat(keys.losses()).isEqualTo(1);
        assertThat(reason(keys, RSA.token())).isEqualTo(Reason.ALGORITHM);
        assertThat(log.lines).isEmpty();
    }

    static Stream<String> broken() {
        return Stream.of(
                "",
                "no key",
                RSA.pem().substring(0, 200),
                RSA.pem() + EC.pem().substring(0, 60),
                RSA.pem().replace("MIIB", "!!!!"),
                RSA.pem().replace("-----END PUBLIC KEY-----", "-----END CERTIFICATE-----"),
                RSA.pem().replace("PUBLIC KEY", "CERTIFICATE"),
                Issuer.pem("PUBLIC KEY", new byte[10]),
                Issuer.pem("PUBLIC KEY", new byte[0]),
                Issuer.pem("PRIVATE KEY", RSA.privateKey().getEncoded()),
                Issuer.pem(
                        "PUBLIC KEY", Issuer.pair("EC", "secp384r1").getPublic().getEncoded()),
                Issuer.pem("PUBLIC KEY", Issuer.pair("X25519", null).getPublic().getEncoded()),
                String.join("", Collections.nCopies(9, RSA.pem())),
                RSA.pem() + " ".repeat(256 * 1024));
    }

    @ParameterizedTest
    @MethodSource("broken")
    void brokenFile_stopsTheStart_andLaterChangesNothing(String text) throws IOException {
        PemKeys keys = keys(RSA.pem());
        Files.writeString(file, text);

        assertThatThrownBy(() -> new PemKeys(file))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(file.toString())
                .satisfies(failure -> assertThat(failure.getMessage()).hasSizeLessThan(300));
        for (int i = 0; i < 3; i++) {
            assertThat(keys.reload()).isFalse();
        }
        assertThat(reason(keys, RSA.token())).isNull();
        assertThat(keys.losses()).isZero();
        assertThat(log.lines).hasSize(1);
        assertThat(log.lines.get(0)).startsWith("WARN").contains("The old keys stay in use");

        Files.writeString(file, RSA.pem());
        assertThat(keys.reload()).isTrue();
        assertThat(log.lines).hasSize(2);
    }

    @Test
    void fileThatIsGone_changesNothing() throws IOException {
        PemKeys keys = keys(RSA.pem());
        Files.delete(file);

        assertThat(keys.reload()).isFalse();
        assertThat(reason(keys, RSA.token())).isNull();
        assertThatThrownBy(() -> new PemKeys(file)).isInstanceOf(IllegalArgumentException.class);
    }
}
