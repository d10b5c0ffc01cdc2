package io.plexspaces.processgroups.cluster;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.plexspaces.processgroups.log.redis.RedisBinaries;
import io.plexspaces.processgroups.log.redis.RedisProcess;
import io.plexspaces.processgroups.token.Issuer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Servers of every kind of deployment, and the tokens for those that ask for them. All begin at once, so that those
 * that come later start while the first are used.
 */
final class Deployments implements AutoCloseable {
    private static final String SECRET = "a secret of the tests, of 32 bytes";
    private static final Issuer ISSUER = Issuer.secret(SECRET.getBytes(UTF_8));
    private static final Issuer FORGER = Issuer.secret("another secret of 32 bytes, or so".getBytes(UTF_8));
    private static final Duration LIFE = Duration.ofHours(1);

    /** A store, and how many servers use it. */
    enum Kind {
        MEMORY,
        REDIS,
        REDIS_THREE_NODES
    }

    private final Map<Kind, List<NodeProcess>> asking = new HashMap<>();
    private final Map<Kind, NodeProcess> unasking = new HashMap<>();
    private final Deque<AutoCloseable> open = new ArrayDeque<>();

    Deployments() {
        asking.put(Kind.MEMORY, List.of(begin("memory", true, Map.of())));
        unasking.put(Kind.MEMORY, begin("memory-open", false, Map.of()));
        RedisBinaries.installed().ifPresent(binary -> {
            asking.put(Kind.REDIS, List.of(begin("alone", true, store(binary))));
            unasking.put(Kind.REDIS, begin("alone-open", false, store(binary)));
            Map<String, String> shared = store(binary);
            asking.put(
                    Kind.REDIS_THREE_NODES,
                    Nodes.NAMES.stream().map(name -> begin(name, true, shared)).toList());
        });
    }

    private Map<String, String> store(Path binary) {
        RedisProcess redis = RedisProcess.start(binary);
        open.push(redis);
        return Map.of("PROCESSGROUPS_STORE", "redis", "QUARKUS_REDIS_HOSTS", redis.address());
    }

    private NodeProcess begin(String id, boolean asks, Map<String, String> store) {
        Map<String, String> environment = new HashMap<>(store);
        environment.put("PROCESSGROUPS_SESSION_GRACE", Nodes.GRACE.toString());
        // All groups of the tests have series of their own.
        environment.put("PROCESSGROUPS_METRICS_GROUPS", "10000");
        if (asks) {
            environment.put("PROCESSGROUPS_AUTH", "jwt");
            environment.put("PROCESSGROUPS_AUTH_SHARED_SECRET", SECRET);
        }
        try {
            NodeProcess begun = NodeProcess.start(id, Files.createDirectories(Path.of("target", "nodes")), environment);
            open.push(begun);
            return begun;
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /** Those that want tokens, ready. Without Redis on this machine, the test is skipped. */
    List<NodeProcess> asking(Kind kind) {
        if (kind != Kind.MEMORY) {
            RedisBinaries.required("RightsIT on " + kind);
        }
        return asking.get(kind).stream().map(NodeProcess::awaitReady).toList();
    }

    /** One that lets everybody do everything, ready. Not for three nodes. */
    NodeProcess unasking(Kind kind) {
        if (kind != Kind.MEMORY) {
            RedisBinaries.required("RightsIT on " + kind);
        }
        return unasking.get(kind).awaitReady();
    }

    /** A token for the actor {@code ann}. */
    static String token(String tenant, List<? extends Map<String, ?>> rules) {
        return token(ISSUER, tenant, rules, Instant.now().plus(LIFE));
    }

    /** A token that allows everything in the tenant, as whichever actor. */
    static String all(String tenant) {
        return token(tenant, List.of(Map.of("ops", List.of("*"), "actors", List.of("*"))));
    }

    /** Signed by somebody else. */
    static String forged(String tenant, List<? extends Map<String, ?>> rules) {
        return token(FORGER, tenant, rules, Instant.now().plus(LIFE));
    }

    /** For long enough: clocks may differ. */
    static String expired(String tenant, List<? extends Map<String, ?>> rules) {
        return token(ISSUER, tenant, rules, Instant.now().minus(LIFE));
    }

    private static String token(Issuer issuer, String tenant, List<? extends Map<String, ?>> rules, Instant end) {
        Map<String, Object> claims = new LinkedHashMap<>();
        claims.put("tenant", tenant);
        claims.put("sub", RightsTable.ACTOR);
        claims.put("exp", end.getEpochSecond());
        if (!rules.isEmpty()) {
            claims.put("processgroups", rules);
        }
        return issuer.token(claims);
    }

    @Override
    public void close() throws Exception {
        while (!open.isEmpty()) {
            open.pop().close();
        }
    }
}
