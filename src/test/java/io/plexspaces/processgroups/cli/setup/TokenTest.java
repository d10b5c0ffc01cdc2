package io.plexspaces.processgroups.cli.setup;

import static org.assertj.core.api.Assertions.assertThat;

import io.plexspaces.processgroups.cli.Shell;
import io.plexspaces.processgroups.cli.Shell.Result;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.spec.X509EncodedKeySpec;
import java.util.Base64;
import org.jose4j.jwa.AlgorithmConstraints;
import org.jose4j.jwt.JwtClaims;
import org.jose4j.jwt.consumer.JwtConsumerBuilder;
import org.jose4j.keys.HmacKey;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What one library makes, another one understands. */
class TokenTest {
    @TempDir
    Path home;

    private Shell shell;

    @BeforeEach
    void open() {
        shell = new Shell(home);
    }

    private String file(String name) {
        return home.resolve(name).toString();
    }

    private static JwtClaims checked(JwtConsumerBuilder builder, String token) throws Exception {
        return builder.setRequireExpirationTime()
                .setJwsAlgorithmConstraints(AlgorithmConstraints.DISALLOW_NONE)
                .build()
                .processToClaims(token.strip());
    }

    @Test
    void tokenOfASecret_isSignedWithIt() throws Exception {
        assertThat(shell.run("token", "secret", file("secret")).code()).isZero();
        Result made = shell.run(
                "token", "make", file("secret"), "ann", "--tenant", "acme", "--ops", "join,read", "--groups", "chat.*");

        JwtClaims claims = checked(
                new JwtConsumerBuilder()
                        .setVerificationKey(new HmacKey(
                                Files.readString(home.resolve("secret")).strip().getBytes(StandardCharsets.UTF_8))),
                made.out());
        assertThat(claims.getSubject()).isEqualTo("ann");
        assertThat(claims.getClaimsMap().get("tenant")).isEqualTo("acme");
        assertThat(claims.getClaimsMap().get("processgroups")).hasToString("[{ops=[join, read], groups=[chat.*]}]");
    }

    @Test
    void tokenOfAKey_isSignedWithIt() throws Exception {
        assertThat(shell.run("token", "key", file("key.pem")).code()).isZero();
        Result made = shell.run("token", "make", file("key.pem"), "ann", "--ops", "join");

        String pem = Files.readString(home.resolve("key.pem.pub")).replaceAll("-----[A-Z ]+-----|\\s", "");
        PublicKey key = KeyFactory.getInstance("EC")
                .generatePublic(new X509EncodedKeySpec(Base64.getDecoder().decode(pem)));
        assertThat(checked(new JwtConsumerBuilder().setVerificationKey(key), made.out())
                        .getSubject())
                .isEqualTo("ann");
    }

    @Test
    void keys_areForTheirUserAlone_andNeverReplaced() throws IOException {
        shell.run("token", "secret", file("secret"));
        String before = Files.readString(home.resolve("secret"));
        Result again = shell.run("token", "secret", file("secret"));

        assertThat(again.code()).isEqualTo(2);
        assertThat(again.err()).contains("exists already");
        assertThat(Files.readString(home.resolve("secret"))).isEqualTo(before);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(home.resolve("secret"))))
                .isEqualTo("rw-------");
    }

    @Test
    void unknownOperation_isNamed() {
        shell.run("token", "secret", file("secret"));

        assertThat(shell.run("token", "make", file("secret"), "ann", "--ops", "jion")
                        .err())
                .contains("--ops jion", "publish");
    }
}
