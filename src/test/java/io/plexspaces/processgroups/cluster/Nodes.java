package io.plexspaces.processgroups.cluster;

import io.plexspaces.processgroups.log.redis.RedisProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Servers {@code a}, {@code b} and {@code c} on one store, with short times. */
final class Nodes implements AutoCloseable {
    static final List<String> NAMES = List.of("a", "b", "c");
    static final Duration TTL = Duration.ofSeconds(3);
    static final Duration GRACE = Duration.ofSeconds(4);

    private static final Pattern LEASE_END = Pattern.compile("\\d+ (\\d+)");

    private final RedisProcess redis;
    private final Function<String, Map<String, String>> settings;
    private final Path folder;
    private final Map<String, NodeProcess> running = new ConcurrentHashMap<>();

    Nodes(RedisProcess redis) {
        this(redis, node -> Map.of("QUARKUS_REDIS_HOSTS", redis.address()));
    }

    /**
     * @param redis where leases are looked up
     * @param settings environment of a node: where it finds the store, and what differs from the times used else
     */
    Nodes(RedisProcess redis, Function<String, Map<String, String>> settings) {
        this.redis = redis;
        this.settings = settings;
        try {
            this.folder = Files.createDirectories(Path.of("target", "nodes"));
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /** Starts those that do not run, and waits until all are ready. */
    void complete() {
        for (String name : NAMES) {
            NodeProcess present = running.get(name);
            if (present == null || !present.isAlive()) {
                running.put(name, begin(name));
            }
        }
        running.values().forEach(NodeProcess::awaitReady);
    }

    RedisProcess redis() {
        return redis;
    }

    NodeProcess get(String name) {
        return running.get(name);
    }

    /**
     * Another server, which is not ready yet. It takes the place of the one with its name in {@link #get}, which goes
     * on running.
     */
    NodeProcess begin(String name) {
        Map<String, String> variables = new HashMap<>(Map.of(
                "PROCESSGROUPS_STORE", "redis",
                "PROCESSGROUPS_NODE_LEASE_TTL", TTL.toString(),
                "PROCESSGROUPS_NODE_RENEW_INTERVAL", "PT1S",
                "PROCESSGROUPS_SESSION_GRACE", GRACE.toString(),
                "PROCESSGROUPS_DRAIN_PERIOD", "PT1S",
                "PROCESSGROUPS_DRAIN_NOTICE", "PT1S",
                "PROCESSGROUPS_REDIS_CHECK_INTERVAL", "PT1S",
                "QUARKUS_SHUTDOWN_DELAY", "PT0.3S"));
        variables.putAll(settings.apply(name));
        NodeProcess begun = NodeProcess.start(name, folder, variables);
        running.put(name, begun);
        return begun;
    }

    /** Ends it at once, and says when its lease ends: milliseconds since 1970. */
    long kill(String name) {
        NodeProcess killed = running.get(name);
        killed.signal("KILL");
        killed.awaitExit();
        return leaseEnd(name);
    }

    /** When the lease of a node ends unless it is renewed, by the store: milliseconds since 1970. */
    long leaseEnd(String name) {
        String key = redis.call("KEYS", "*:node:" + name)
                .lines()
                .filter(line -> line.endsWith(":node:" + name))
                .findFirst()
                .orElseThrow();
        Matcher lease = LEASE_END.matcher(redis.call("GET", key));
        if (!lease.find()) {
            throw new AssertionError("no lease of " + name);
        }
        return Long.parseLong(lease.group(1)) / 1_000;
    }

    @Override
    public void close() {
        running.values().forEach(NodeProcess::close);
    }
}
