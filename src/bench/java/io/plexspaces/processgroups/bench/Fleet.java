package io.plexspaces.processgroups.bench;

import io.plexspaces.processgroups.bench.load.ReadLoop;
import io.plexspaces.processgroups.bench.system.Access;
import io.plexspaces.processgroups.bench.system.RedisServer;
import io.plexspaces.processgroups.bench.system.RedisShards;
import io.plexspaces.processgroups.bench.system.Server;
import io.plexspaces.processgroups.bench.system.SessionFormat;
import io.plexspaces.processgroups.bench.system.Target;
import io.plexspaces.processgroups.bench.system.WebSocketTarget;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Some nodes, and the store they share. */
final class Fleet implements AutoCloseable {
    private static final Path RESULTS = Path.of("target/bench");
    private static final int READ_LOOPS = 2;

    private final Options options;
    private final List<String> nodeOptions;
    private final RedisShards store;
    private final List<ReadLoop> loops = new ArrayList<>();
    private final List<Server> servers = new ArrayList<>();
    private final List<Target> targets = new ArrayList<>();

    private Fleet(Options options, int shards, List<String> nodeOptions) {
        this.options = options;
        this.nodeOptions = nodeOptions;
        this.store = RedisShards.start(shards, RESULTS);
        for (int i = 0; i < READ_LOOPS; i++) {
            loops.add(new ReadLoop("read-" + i));
        }
    }

    /**
     * Returns when all serve.
     *
     * @param shards 1: one Redis; else a cluster of so many
     * @param nodeOptions of the nodes' JVMs, besides those of the command line
     */
    static Fleet start(Options options, int shards, int nodes, String... nodeOptions) {
        Fleet fleet = new Fleet(options, shards, List.of(nodeOptions));
        for (int i = 0; i < nodes; i++) {
            fleet.addNode();
        }
        return fleet;
    }

    void addNode() {
        List<String> all = new ArrayList<>(options.serverOptions());
        all.addAll(store.options());
        all.addAll(nodeOptions);
        Path log = RESULTS.resolve("node-" + servers.size() + ".log");
        Server server = Server.start(options.java(), all, null, Benchmark.JAR, log, "", Access.OPEN);
        servers.add(server);
        targets.add(new WebSocketTarget(server, SessionFormat.PROTO, loops, true));
    }

    RedisShards store() {
        return store;
    }

    /** Of a store that is no cluster. */
    RedisServer redis() {
        return store.all().get(0);
    }

    Server server(int node) {
        return servers.get(node);
    }

    List<Server> servers() {
        return servers;
    }

    List<ReadLoop> loops() {
        return loops;
    }

    /** Each node over WebSocket. */
    List<Target> targets() {
        return targets;
    }

    @Override
    public void close() {
        loops.forEach(ReadLoop::close);
        servers.forEach(Server::close);
        store.close();
    }
}
