package io.plexspaces.processgroups.cli.context;

import static org.assertj.core.api.Assertions.assertThat;

import io.plexspaces.processgroups.cli.Shell;
import io.plexspaces.processgroups.cli.Shell.Result;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ContextsTest {
    @TempDir
    Path home;

    private Shell shell;
    private Path file;

    @BeforeEach
    void open() {
        shell = new Shell(home);
        file = home.resolve("config/pg/contexts.json");
    }

    @Test
    void saved_isUsedUntilAnotherOneIs() {
        shell.run("context", "save", "prod", "--server", "https://a.example.org", "--tenant", "acme");
        shell.run("context", "save", "dev", "--server", "127.0.0.1:1");

        assertThat(shell.run("context", "list").lines())
                .anyMatch(line -> line.matches("\\*\\s+dev\\s+http://127.0.0.1:1.*"))
                .anyMatch(line -> line.matches("\\s+prod\\s+https://a.example.org\\s+acme.*"));
        assertThat(shell.run("list").err()).contains("127.0.0.1:1");
        assertThat(shell.run("context", "use", "prod").code()).isZero();
        assertThat(shell.run("--context", "dev", "list").err()).contains("127.0.0.1:1");
        assertThat(new Contexts(Map.of("XDG_CONFIG_HOME", home + "/config")).current())
                .isEqualTo("prod");
    }

    @Test
    void deleted_isUsedNoMore() {
        shell.run("context", "save", "prod", "--server", "https://a.example.org");

        assertThat(shell.run("context", "delete", "prod").out()).isEqualTo("deleted prod\n");
        assertThat(shell.run("context", "list").err()).contains("pg context save");
        assertThat(shell.run("context", "use", "prod").code()).isEqualTo(2);
    }

    @Test
    void unknown_namesThoseThereAre() {
        shell.run("context", "save", "prod", "--server", "https://a.example.org");
        Result result = shell.run("context", "use", "prd");

        assertThat(result.code()).isEqualTo(2);
        assertThat(result.err()).contains("no context prd", "prod");
    }

    @Test
    void file_isForItsUserAlone_andHasNoToken() throws IOException {
        shell.set("PG_TOKEN", "very-secret");
        Result result = shell.run(
                "context",
                "save",
                "prod",
                "--server",
                "https://a.example.org",
                "--token-file",
                "t.token",
                "--tls-ca",
                "ca");

        assertThat(result.code()).as(result.err()).isZero();
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file.getParent())))
                .isEqualTo("rwx------");
        assertThat(Files.readString(file))
                .doesNotContain("very-secret")
                .contains(Path.of("t.token").toAbsolutePath().toString());
        try (Stream<Path> files = Files.list(file.getParent())) {
            assertThat(files).containsExactly(file);
        }
    }

    @Test
    void tokenInTheEnvironment_isSaidNotToBeSaved() {
        shell.set("PG_TOKEN", "very-secret");

        assertThat(shell.run("context", "save", "prod", "--server", "https://a.example.org")
                        .err())
                .contains("PG_TOKEN is not saved")
                .doesNotContain("very-secret");
    }

    @Test
    void damagedFile_isSaid() throws IOException {
        Files.createDirectories(file.getParent());
        Files.writeString(file, "{");
        Result result = shell.run("list");

        assertThat(result.code()).isEqualTo(2);
        assertThat(result.err()).contains(file.toString()).hasLineCount(1);
    }
}
