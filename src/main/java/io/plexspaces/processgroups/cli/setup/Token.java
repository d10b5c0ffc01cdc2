package io.plexspaces.processgroups.cli.setup;

import io.plexspaces.processgroups.cli.client.Failure;
import io.plexspaces.processgroups.cli.client.Json;
import io.plexspaces.processgroups.cli.options.Globals;
import io.plexspaces.processgroups.cli.terminal.Times;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
        name = "token",
        mixinStandardHelpOptions = true,
        description = "Make keys and tokens for development and tests. In production your identity provider does.",
        footer = {
            "",
            "Examples:",
            "  pg token secret secret          a new secret, in a file for you alone",
            "  PROCESSGROUPS_AUTH_SHARED_SECRET=\"$(cat secret)\" processgroups serve -Dprocessgroups.auth=jwt",
            "  pg token make secret ann --ops manage,join,read > ann.token",
            "  pg token make secret bob --ops publish --groups 'chat.*' --expires 10m",
            "  pg token key key.pem            a pair of keys; key.pem.pub is for the server"
        })
public final class Token implements Runnable {
    @Spec
    private @Nullable CommandSpec spec;

    private CommandSpec spec() {
        if (spec == null) {
            throw new IllegalStateException("not part of a command line");
        }
        return spec;
    }

    private Globals globals() {
        return (Globals) spec().root().userObject();
    }

    @Override
    public void run() {
        throw new ParameterException(spec().commandLine(), "token needs one of secret, key, make");
    }

    @Command(name = "secret", description = "Make a secret, for HS256.", mixinStandardHelpOptions = true)
    void secret(@Parameters(paramLabel = "FILE", description = "Where to keep it; it must not exist.") Path file) {
        Keys.write(file, Keys.secret() + "\n");
        globals().terminal().note("the secret is in " + file);
    }

    @Command(name = "key", description = "Make a pair of keys, for ES256.", mixinStandardHelpOptions = true)
    void key(
            @Parameters(paramLabel = "FILE", description = "Of the private one; the public one is in FILE.pub.")
                    Path file) {
        Keys.Pair pair = Keys.pair();
        Keys.write(file, pair.secret());
        Path shown = Path.of(file + ".pub");
        Keys.write(shown, pair.shown());
        globals()
                .terminal()
                .note("the private key is in " + file + ", and the public one, for the server, in " + shown);
    }

    @Command(name = "make", description = "Make a token, and print it.", mixinStandardHelpOptions = true)
    void make(
            @Parameters(index = "0", paramLabel = "FILE", description = "The secret, or the private key.") Path file,
            @Parameters(index = "1", paramLabel = "SUBJECT", description = "Whose it is.") String subject,
            @Option(
                            names = "--ops",
                            split = ",",
                            required = true,
                            paramLabel = "OP",
                            description = "What it allows: join, publish, read, manage.")
                    List<String> operations,
            @Option(
                            names = "--groups",
                            split = ",",
                            paramLabel = "PATTERN",
                            description = "In which groups; else in all.")
                    @Nullable
                    List<String> groups,
            @Option(
                            names = "--topics",
                            split = ",",
                            paramLabel = "PATTERN",
                            description = "About which topics; else all.")
                    @Nullable
                    List<String> topics,
            @Option(
                            names = "--actors",
                            split = ",",
                            paramLabel = "PATTERN",
                            description = "As which actors; else SUBJECT.")
                    @Nullable
                    List<String> actors,
            @Option(
                            names = "--expires",
                            paramLabel = "TIME",
                            defaultValue = "1h",
                            description = "When it ends: 1h by default.")
                    String expires) {
        List<Object> rules = new ArrayList<>();
        rules.add(Json.object()
                .put("ops", operations)
                .with("groups", groups)
                .with("topics", topics)
                .with("actors", actors));
        Instant end = Instant.now().plus(Times.parse("--expires", expires));
        Json claims = Json.object()
                .put("tenant", globals().target().tenant())
                .put("sub", subject)
                .put("exp", end.getEpochSecond())
                .put("processgroups", rules);
        for (String operation : operations) {
            if (!List.of("join", "publish", "read", "manage").contains(operation)) {
                throw Failure.usage(
                        "--ops " + operation + " is no operation: there are join, publish, read and manage");
            }
        }
        globals().terminal().line(Keys.signed(file, claims));
    }
}
