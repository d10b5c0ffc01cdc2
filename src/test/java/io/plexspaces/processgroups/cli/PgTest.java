package io.plexspaces.processgroups.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.plexspaces.processgroups.cli.Shell.Result;
import io.plexspaces.processgroups.cli.terminal.Terminal;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What a command line comes to before and after a server has answered it. */
class PgTest {
    @TempDir
    Path home;

    private Shell shell;

    @BeforeEach
    void open() {
        shell = new Shell(home);
    }

    static Iterable<String> commands() {
        return Commands.names();
    }

    @ParameterizedTest
    @MethodSource("commands")
    void help_hasExamplesOfEveryCommand(String command) {
        Result help = shell.run(command, "--help");

        assertThat(help.code()).as(help.err()).isZero();
        assertThat(help.out()).contains("Example", command);
        assertThat(help.err()).isEmpty();
    }

    @Test
    void help_listsEveryCommand() {
        assertThat(shell.run("--help").out()).contains(Commands.names());
    }

    @Test
    void version_isThatOfTheBuild() {
        assertThat(shell.run("--version").out()).matches("pg \\d+\\.\\d+\\.\\S* \\(Java \\d+\\)\\s+");
    }

    @Test
    void noCommand_isSaid() {
        Result result = shell.run("--json");

        assertThat(result.code()).isEqualTo(2);
        assertThat(result.err()).isEqualTo("error: no command was given; see `pg --help`\n");
    }

    @ParameterizedTest
    @CsvSource({
        "publsh, 'there is no command publsh, did you mean publish?'",
        "subscrib, did you mean subscribe?",
        "lists, did you mean list?",
    })
    void unknownCommand_namesTheNearest(String typed, String expected) {
        Result result = shell.run(typed, "events");

        assertThat(result.code()).isEqualTo(2);
        assertThat(result.err()).contains(expected).hasLineCount(1);
    }

    @Test
    void unknownOption_namesTheNearest() {
        Result result = shell.run("publish", "events", "x", "--topc", "a");

        assertThat(result.code()).isEqualTo(2);
        assertThat(result.err())
                .contains("there is no option --topc, did you mean --topic?")
                .hasLineCount(1);
    }

    @Test
    void missingArgument_isNamed() {
        Result result = shell.run("create");

        assertThat(result.code()).isEqualTo(2);
        assertThat(result.err()).contains("GROUP", "pg create --help").hasLineCount(1);
    }

    @Test
    void answer_isPrintedInWordsOrAsItIs() {
        try (Stub stub = new Stub(200, "{\"existed\":true}")) {
            assertThat(shell.run("delete", "events", "--server", stub.address()).out())
                    .isEqualTo("deleted events\n");
            assertThat(shell.run("--server", stub.address(), "--json", "delete", "events")
                            .out())
                    .isEqualTo("{\"existed\":true}\n");
            assertThat(stub.requests())
                    .hasSize(2)
                    .containsOnly("/plexspaces.processgroups.v1.ProcessGroupService/DeleteGroup"
                            + " {\"tenantId\":\"demo\",\"namespace\":\"default\",\"groupName\":\"events\"}");
        }
    }

    @Test
    void missingGroup_saysHowToCreateIt() {
        try (Stub stub = Stub.refusing(404, "not_found", "GROUP_NOT_FOUND", "no group events")) {
            Result result = shell.run("publish", "events", "x", "--server", stub.address());

            assertThat(result.code()).isEqualTo(1);
            assertThat(result.err())
                    .isEqualTo("error: no group events in tenant demo: create it with `pg create events`\n");
        }
    }

    @Test
    void missingGroupElsewhere_saysWhere() {
        try (Stub stub = Stub.refusing(404, "not_found", "GROUP_NOT_FOUND", "no group events")) {
            shell.set("PG_TENANT", "acme").set("PG_NAMESPACE", "eu").set("PG_SERVER", stub.address());

            assertThat(shell.run("members", "events").err())
                    .isEqualTo("error: no group events in namespace eu in tenant acme: create it with"
                            + " `pg create events --tenant acme --namespace eu`\n");
        }
    }

    @Test
    void missingToken_saysHowToGiveOne() {
        try (Stub stub = Stub.refusing(401, "unauthenticated", "UNAUTHENTICATED", "no token")) {
            Result result = shell.run("list", "--server", stub.address());

            assertThat(result.code()).isEqualTo(1);
            assertThat(result.err()).contains("--token-file").contains("PG_TOKEN");
        }
    }

    @Test
    void token_comesFromItsFile_andNamesTenantAndActor() throws IOException {
        // {"alg":"none"}.{"tenant":"acme","sub":"ann"}.
        String token = "eyJhbGciOiJub25lIn0.eyJ0ZW5hbnQiOiJhY21lIiwic3ViIjoiYW5uIn0.";
        Path file = Files.writeString(home.resolve("token"), token + "\n");
        try (Stub stub = new Stub(200, "{}")) {
            shell.run("publish", "events", "x", "--server", stub.address(), "--token-file", file.toString());

            assertThat(stub.tokens()).containsExactly("Bearer " + token);
            assertThat(stub.requests()).singleElement().asString().contains("\"acme\"", "\"senderId\":\"ann\"");
        }
    }

    @Test
    void tokenOfSeveralWords_isNotSent() {
        Result result = shell.set("PG_TOKEN", "two words").run("list");

        assertThat(result.code()).isEqualTo(2);
        assertThat(result.err()).contains("PG_TOKEN").doesNotContain("two words");
    }

    @Test
    void closedOutput_isNoFailure() throws IOException {
        try (Stub stub = new Stub(200, "{\"groups\":[{\"groupName\":\"a\"}]}")) {
            int code = Pg.run(
                    List.of("list", "--json", "--server", stub.address()),
                    new Terminal(
                            InputStream.nullInputStream(),
                            new OutputStream() {
                                @Override
                                public void write(int b) throws IOException {
                                    throw new IOException("Broken pipe");
                                }
                            },
                            OutputStream.nullOutputStream(),
                            false,
                            false,
                            false),
                    Map.of("HOME", home.toString()));

            assertThat(code).isZero();
        }
    }

    @Test
    void completion_knowsCommandsAndOptions() {
        assertThat(shell.run("completion").out()).contains("subscribe", "--template", "complete");
    }
}
