package io.plexspaces.processgroups.cli;

import io.plexspaces.processgroups.cli.client.Failure;
import java.util.List;
import picocli.CommandLine.Command;

/** The server: what is said about it, and what it is given. */
@Command(
        name = "serve",
        mixinStandardHelpOptions = true,
        description = "Start the server, and serve until Ctrl-C: what `processgroups` does without a command.",
        footer = {
            "",
            "Examples:",
            "  processgroups serve",
            "  processgroups serve -Dquarkus.http.port=8081 -Dquarkus.grpc.server.port=9001",
            "  PROCESSGROUPS_STORE=redis QUARKUS_REDIS_HOSTS=redis://127.0.0.1:6379 processgroups serve",
            "",
            "The most used keys, with their defaults. Each is given as -DKEY=VALUE, or as an environment",
            "variable: in capitals, with _ for every other character.",
            "  quarkus.http.host, .port           127.0.0.1, 8080  HTTP and WebSocket",
            "  quarkus.grpc.server.host, .port    127.0.0.1, 9000  gRPC",
            "  processgroups.store                memory           or redis, at quarkus.redis.hosts",
            "  processgroups.node.id              host and port    name of this server",
            "  processgroups.session.grace        10S              how long joins survive their connection",
            "  processgroups.session.queue-bytes  1M               what may wait for one slow client",
            "  processgroups.retention.messages   128              what a group keeps, unless it says otherwise",
            "  processgroups.auth                 none             jwt: only callers with a token",
            "docs/configuration.md has all of them."
        })
final class Serve implements Runnable {
    private static final String NAME = "serve";
    private static final String PROPERTY = "-D";

    private final boolean wanted;
    private final List<String> properties;

    Serve() {
        this(false, List.of());
    }

    private Serve(boolean wanted, List<String> properties) {
        this.wanted = wanted;
        this.properties = properties;
    }

    /** Whether these arguments ask for the server, and for what it is given. */
    static Serve of(List<String> arguments) {
        boolean named = !arguments.isEmpty() && arguments.get(0).equals(NAME);
        List<String> rest = named ? arguments.subList(1, arguments.size()) : arguments;
        boolean wanted = rest.stream().allMatch(word -> word.startsWith(PROPERTY));
        return new Serve(wanted, rest);
    }

    boolean isWanted() {
        return wanted;
    }

    /** Sets what the arguments say, as the JVM would have before {@code -jar}. */
    void set() {
        for (String property : properties) {
            String[] parts = property.substring(PROPERTY.length()).split("=", 2);
            System.setProperty(parts[0], parts.length == 1 ? "true" : parts[1]);
        }
    }

    /** Of a command line that asks for something else. */
    @Override
    public void run() {
        throw Failure.usage("serve takes nothing but -DKEY=VALUE: see `pg serve --help`");
    }
}
