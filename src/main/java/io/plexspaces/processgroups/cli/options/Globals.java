package io.plexspaces.processgroups.cli.options;

import io.plexspaces.processgroups.cli.client.Failure;
import io.plexspaces.processgroups.cli.client.Json;
import io.plexspaces.processgroups.cli.client.Target;
import io.plexspaces.processgroups.cli.client.Tokens;
import io.plexspaces.processgroups.cli.context.Contexts;
import io.plexspaces.processgroups.cli.terminal.Terminal;
import io.plexspaces.processgroups.cli.terminal.Times;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;

/**
 * The options of every command, before or behind its name. What is not given comes from the environment, then from the
 * context, then from the token, then from what is usual.
 */
public class Globals {
    private static final String DEFAULT_TENANT = "demo";
    private static final String DEFAULT_NAMESPACE = "default";

    private final Terminal terminal;
    private final Map<String, String> environment;

    @Option(
            names = {"-s", "--server"},
            scope = ScopeType.INHERIT,
            paramLabel = "URL",
            description = "The server's HTTP port, such as https://groups.example.org. By default PG_SERVER, the"
                    + " context's, or " + Target.DEFAULT_SERVER + ".")
    private @Nullable String server;

    @Option(
            names = {"-t", "--tenant"},
            scope = ScopeType.INHERIT,
            paramLabel = "NAME",
            description = "By default PG_TENANT, the context's, the token's, or demo.")
    private @Nullable String tenant;

    @Option(
            names = {"-n", "--namespace"},
            scope = ScopeType.INHERIT,
            paramLabel = "NAME",
            description = "By default PG_NAMESPACE, the context's, or default.")
    private @Nullable String namespace;

    @Option(
            names = {"-a", "--actor"},
            scope = ScopeType.INHERIT,
            paramLabel = "NAME",
            description = "As whom to publish, subscribe, ask. By default PG_ACTOR, the context's, the token's subject,"
                    + " or a random name.")
    private @Nullable String actor;

    @Option(
            names = "--token-file",
            scope = ScopeType.INHERIT,
            paramLabel = "FILE",
            description = "A bearer token, read from this file. By default PG_TOKEN (the token itself), PG_TOKEN_FILE,"
                    + " or the context's file.")
    private @Nullable Path tokenFile;

    @Option(
            names = "--tls-ca",
            scope = ScopeType.INHERIT,
            paramLabel = "FILE",
            description = "The certificates, in PEM, of the authority to trust. By default PG_TLS_CA, the context's, or"
                    + " those of the platform.")
    private @Nullable Path authority;

    @Option(
            names = "--context",
            scope = ScopeType.INHERIT,
            paramLabel = "NAME",
            description = "A saved context. By default PG_CONTEXT, or the one that `pg context use` named.")
    private @Nullable String context;

    @Option(
            names = "--timeout",
            scope = ScopeType.INHERIT,
            paramLabel = "TIME",
            description = "How long to wait for an answer: 10s by default.")
    private String timeout = "10s";

    @Option(names = "--json", scope = ScopeType.INHERIT, description = "Print JSON, one object a line.")
    private boolean json;

    protected Globals(Terminal terminal, Map<String, String> environment) {
        this.terminal = terminal;
        this.environment = environment;
    }

    public final Terminal terminal() {
        return terminal;
    }

    public final Map<String, String> environment() {
        return environment;
    }

    /** Whether results are for programs. */
    public final boolean isJson() {
        return json;
    }

    public final Contexts contexts() {
        return new Contexts(environment);
    }

    /** What the command line itself says, for a context that is to be saved: nothing else. */
    public final Json given() {
        return Json.object()
                .with("server", server == null ? "" : Target.address(server).toString())
                .with("tenant", tenant)
                .with("namespace", namespace)
                .with("actor", actor)
                .with("tokenFile", absolute(tokenFile))
                .with("tlsCa", absolute(authority));
    }

    private static String absolute(@Nullable Path file) {
        return file == null ? "" : file.toAbsolutePath().normalize().toString();
    }

    /** @throws Failure something that was named is not there, or no address */
    public final Target target() {
        Json saved = saved();
        String token = token(saved);
        Tokens hints = token == null ? new Tokens("", "") : Tokens.hints(token);
        String trusted = first(absolute(authority), "PG_TLS_CA", saved.text("tlsCa"), "");
        return new Target(
                Target.address(first(server, "PG_SERVER", saved.text("server"), Target.DEFAULT_SERVER)),
                first(tenant, "PG_TENANT", saved.text("tenant"), orElse(hints.tenant(), DEFAULT_TENANT)),
                first(namespace, "PG_NAMESPACE", saved.text("namespace"), DEFAULT_NAMESPACE),
                first(actor, "PG_ACTOR", saved.text("actor"), hints.subject()),
                token,
                trusted.isEmpty() ? null : Path.of(trusted),
                patience());
    }

    private Duration patience() {
        Duration given = Times.parse("--timeout", timeout);
        if (given.isZero() || given.compareTo(Duration.ofHours(1)) > 0) {
            throw Failure.usage("--timeout " + timeout + " is not between 1ms and 1h");
        }
        return given;
    }

    private Json saved() {
        String name = first(context, "PG_CONTEXT", "", "");
        return name.isEmpty() ? contexts().used() : contexts().named(name);
    }

    /** What the command line says comes first, then the environment, the context, and what is usual. */
    private String first(@Nullable String option, String variable, String saved, String usual) {
        String given = option == null ? "" : option;
        return orElse(given, orElse(environment.getOrDefault(variable, ""), orElse(saved, usual)));
    }

    private static String orElse(String text, String other) {
        return text.isEmpty() ? other : text;
    }

    private @Nullable String token(Json saved) {
        String direct = environment.getOrDefault("PG_TOKEN", "").strip();
        if (tokenFile == null && !direct.isEmpty()) {
            return checked(direct, "PG_TOKEN");
        }
        String file = first(absolute(tokenFile), "PG_TOKEN_FILE", saved.text("tokenFile"), "");
        return file.isEmpty() ? null : checked(read(file), file);
    }

    private static String read(String file) {
        try {
            return Files.readString(Path.of(file)).strip();
        } catch (IOException unreadable) {
            throw Failure.usage("the token file " + file + " cannot be read: name another one with --token-file");
        }
    }

    /** What could not be in a header would break the request in ways that nobody understands. */
    private static String checked(String token, String where) {
        if (token.isEmpty() || !token.chars().allMatch(c -> c > ' ' && c <= '~')) {
            throw Failure.usage("there is no token in " + where + ": it has to be one word, such as `pg token` makes");
        }
        return token;
    }
}
