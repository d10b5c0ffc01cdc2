package io.plexspaces.processgroups.cli;

import io.plexspaces.processgroups.cli.terminal.Terminal;
import io.quarkus.runtime.Quarkus;
import io.quarkus.runtime.annotations.QuarkusMain;
import java.util.Arrays;
import java.util.List;

/**
 * Where the process begins. Without a command it is the server; with one it is a client, and nothing of the server is
 * started. {@code pg} in front of a command says nothing: a container is given what would be typed at a shell.
 */
@QuarkusMain
public final class Main {
    private static final String NAME = "pg";

    private Main() {}

    /** Ends the process with the exit code of the command; the server ends it by itself. */
    public static void main(String... arguments) {
        boolean named = arguments.length > 0 && arguments[0].equals(NAME);
        List<String> words = Arrays.asList(arguments).subList(named ? 1 : 0, arguments.length);
        if (named && words.isEmpty()) {
            words = List.of("--help");
        }
        Serve serve = Serve.of(words);
        if (serve.isWanted()) {
            serve.set();
            Quarkus.run();
        } else {
            System.exit(Pg.run(words, Terminal.ofProcess(System.getenv()), System.getenv()));
        }
    }
}
