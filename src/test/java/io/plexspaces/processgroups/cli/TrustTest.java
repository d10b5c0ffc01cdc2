package io.plexspaces.processgroups.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.plexspaces.processgroups.cli.Shell.Result;
import io.plexspaces.processgroups.tls.TestCa;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whose certificates the command line believes. */
class TrustTest {
    @TempDir
    Path home;

    private final TestCa authority = new TestCa("authority");
    private Shell shell;
    private Stub stub;
    private String file;

    @BeforeEach
    void open() throws GeneralSecurityException {
        SSLContext tls = SSLContext.getInstance("TLS");
        tls.init(TestCa.keyManagerFactory(authority.issue()).getKeyManagers(), null, null);
        stub = new Stub(200, "{}", tls);
        shell = new Shell(home).set("PG_SERVER", stub.address());
        file = home.resolve("ca.pem").toString();
    }

    @AfterEach
    void close() {
        stub.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"list", "watch"})
    void unknownAuthority_isNotTrusted_andSaid(String command) {
        Result result = shell.run(command);

        assertThat(result.code()).isEqualTo(3);
        assertThat(result.err()).contains("is not trusted", "--tls-ca").hasLineCount(1);
        assertThat(stub.requests()).isEmpty();
    }

    @Test
    void otherAuthority_isNotTrusted() {
        new TestCa("other").write(Path.of(file));

        assertThat(shell.run("list", "--tls-ca", file).err()).contains("is not trusted");
    }

    @Test
    void namedAuthority_isTrusted() {
        authority.write(Path.of(file));

        assertThat(shell.run("list", "--tls-ca", file, "--json").code()).isZero();
        assertThat(stub.requests()).hasSize(1);
    }

    @Test
    void plainText_isNotWhatThePortSpeaks() {
        Result result = shell.run("list", "--server", stub.address().replace("https", "http"));

        assertThat(result.code()).isEqualTo(3);
        assertThat(result.err()).contains("speaks TLS: use https://").hasLineCount(1);
    }

    @Test
    void fileWithoutCertificates_isSaid() throws IOException {
        Files.writeString(Path.of(file), "nothing");

        assertThat(shell.run("list", "--tls-ca", file).code()).isEqualTo(2);
        assertThat(shell.run("list", "--tls-ca", home.resolve("none").toString())
                        .err())
                .contains("cannot be read");
    }
}
