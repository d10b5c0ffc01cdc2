package io.plexspaces.processgroups.bench;

import io.plexspaces.processgroups.bench.system.NodesTarget;
import io.plexspaces.processgroups.bench.system.RedisServer;
import io.plexspaces.processgroups.bench.system.Server;
import io.plexspaces.processgroups.bench.system.StoreUse;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * How groups lie over the shards of a store and their subscribers over nodes: the same load on three nodes with one Redis and with a cluster, at a rate both
 * can bear. Each group has a subscriber on each node; each node publishes to a third of the groups.
 */
record Spread(Options options) {
    private static final int NODES = 3;
    private static final int SHARDS = 3;
    private static final int RATE = 2_500;
    private static final double KIB = 1024;
    private static final String CHANNELS_OF_GROUPS = ":log";
    private static final String LIKE_A_CLUSTER = "-Dprocessgroups.redis.partitions=64";

    /** What one shard has and does. */
    private record Shard(long memory, StoreUse use) {
        static List<Shard> of(Fleet fleet) {
            return fleet.store().all().stream()
                    .map(shard -> new Shard(shard.usedMemory(), shard.use()))
                    .toList();
        }
    }

    List<Table> measure() {
        List<Outcome> shards = new ArrayList<>();
        List<Outcome> nodes = new ArrayList<>();
        try (Fleet fleet = Fleet.start(options, 1, NODES)) {
            measure(fleet, "one Redis", shards, new ArrayList<>());
        }
        try (Fleet fleet = Fleet.start(options, 1, NODES, LIKE_A_CLUSTER)) {
            measure(fleet, "one Redis, 64 partitions", shards, new ArrayList<>());
        }
        try (Fleet fleet = Fleet.start(options, SHARDS, NODES)) {
            measure(fleet, "shard", shards, nodes);
        }
        return List.of(
                new Table("The same load on one Redis and on a cluster of " + SHARDS + ", " + NODES + " nodes", shards),
                new Table("The nodes of the cluster", nodes));
    }

    private void measure(Fleet fleet, String label, List<Outcome> shards, List<Outcome> nodes) {
        int groups = options.scaled(300, 30);
        Topology topology = Topology.groups("spread", groups, NODES, NODES);
        List<Shard> empty = Shard.of(fleet);
        Look idle = idle(fleet);
        try (Run run = new Run(new NodesTarget(fleet.targets(), fleet.targets()), topology)) {
            if (!run.subscribe()) {
                shards.add(new Outcome(label, Map.of(), run.failures()));
                return;
            }
            run.connectPublishers();
            publish(run, groups);
            long settled = run.publishes();
            List<Shard> before = Shard.of(fleet);
            List<Double> delivered = metrics(fleet, "deliveries_total");
            Look from = Look.at(fleet);
            // As many to each group, so that what a shard gets tells what belongs there.
            publish(run, groups * (RATE * options.seconds() / groups));
            Look used = Look.at(fleet).since(from);
            List<Shard> after = Shard.of(fleet);
            int each = (int) (run.publishes() - settled) / groups;
            List<Integer> own = groupsByShard(fleet, topology);
            List<String> failures = run.failures();
            for (int i = 0; i < own.size(); i++) {
                String name = own.size() == 1 ? label : label + " " + (i + 1);
                StoreUse use = after.get(i).use().since(before.get(i).use());
                double kib = (after.get(i).memory() - empty.get(i).memory()) / KIB;
                shards.add(row(name, own.get(i), each, use, kib, failures));
            }
            if (own.size() > 1) {
                double kib = 0;
                for (int i = 0; i < own.size(); i++) {
                    kib += (after.get(i).memory() - empty.get(i).memory()) / KIB;
                }
                shards.add(row("all shards", groups, each, used.store(), kib, failures));
            }
            for (int i = 0; i < NODES; i++) {
                nodes.add(node(fleet.server(i), i, delivered.get(i), used));
            }
            Map<String, Double> whole = shards.get(shards.size() - 1).metrics();
            whole.put("idle calls/s", idle.store().calls() / idle.seconds());
            whole.put("idle CPU ms/s", idle.store().cpuMicros() / 1e3 / idle.seconds());
        }
    }

    private void publish(Run run, int messages) {
        long period = 1_000_000_000L / RATE;
        long from = System.nanoTime();
        OpenLoop.publish(run, from, from + period * messages, period);
        run.drain();
    }

    private Look idle(Fleet fleet) {
        Look before = Look.at(fleet);
        ScriptRate.pause(options.measured().toNanos());
        return Look.at(fleet).since(before);
    }

    private static Outcome row(String name, int groups, int each, StoreUse use, double kib, List<String> failures) {
        Map<String, Double> metrics = new LinkedHashMap<>();
        metrics.put("groups", (double) groups);
        metrics.put("messages", (double) use.entries());
        metrics.put("calls", (double) use.calls());
        metrics.put("announcements", (double) use.announcements());
        metrics.put("KiB in", use.bytesIn() / KIB);
        metrics.put("KiB out", use.bytesOut() / KIB);
        metrics.put("CPU ms", use.cpuMicros() / 1e3);
        metrics.put("memory KiB", kib);
        List<String> all = new ArrayList<>(failures);
        if (use.entries() != (long) groups * each) {
            all.add("messages of its groups: " + (long) groups * each);
        }
        return new Outcome(name, metrics, all);
    }

    private static Outcome node(Server server, int number, double delivered, Look used) {
        Map<String, Double> metrics = new LinkedHashMap<>();
        metrics.put("connections", metric(server, "connections "));
        metrics.put("open groups", metric(server, "open_groups "));
        metrics.put("deliveries", metric(server, "deliveries_total") - delivered);
        metrics.put("CPU ms", used.nodeMicros().get(number) / 1e3);
        return new Outcome("node " + (number + 1), metrics, List.of());
    }

    /** @throws IllegalStateException a group's channel is not heard at exactly one shard */
    private static List<Integer> groupsByShard(Fleet fleet, Topology topology) {
        Map<String, Integer> heard = new HashMap<>();
        List<Integer> counts = new ArrayList<>();
        for (RedisServer shard : fleet.store().all()) {
            List<String> channels = shard.channels(fleet.store().isCluster()).stream()
                    .filter(channel -> channel.endsWith(CHANNELS_OF_GROUPS))
                    .toList();
            channels.forEach(channel -> heard.merge(channel, 1, Integer::sum));
            counts.add(channels.size());
        }
        boolean once = heard.values().stream().allMatch(count -> count == 1);
        if (!once || heard.size() != topology.groups().size()) {
            throw new IllegalStateException("channels of groups by shard: " + counts);
        }
        return counts;
    }

    private static List<Double> metrics(Fleet fleet, String name) {
        return fleet.servers().stream().map(server -> metric(server, name)).toList();
    }

    private static double metric(Server server, String name) {
        return server.metric("plexspaces_process_groups_" + name);
    }
}
