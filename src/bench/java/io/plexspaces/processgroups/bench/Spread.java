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
 * How groups lie over the shards of a store and their subscribers over nodes: the same load on three nodes with one
 * Redis and with a cluster, at a rate both can bear. Each group has a subscriber on each node; each node publishes to a
 * third of the groups.
 */
record Spread(Options options) {
    private static final int NODES = 3;
    private static final int SHARDS = 3;
    private static final int RATE = 2_500;
    private static final double KIB = 1024;
    private static final String METRICS = "plexspaces_process_groups_";
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
            shards.addAll(measured(fleet).rows("one Redis"));
        }
        try (Fleet fleet = Fleet.start(options, 1, NODES, LIKE_A_CLUSTER)) {
            shards.addAll(measured(fleet).rows("one Redis, 64 partitions"));
        }
        try (Fleet fleet = Fleet.start(options, SHARDS, NODES)) {
            Measured measured = measured(fleet);
            shards.addAll(measured.rows("shard"));
            nodes.addAll(measured.nodes());
        }
        return List.of(
                new Table("The same load on one Redis and on a cluster of " + SHARDS + ", " + NODES + " nodes", shards),
                new Table("The nodes of the cluster", nodes));
    }

    private Measured measured(Fleet fleet) {
        int groups = options.scaled(300, 30);
        Topology topology = Topology.groups("spread", groups, NODES, NODES);
        List<Shard> empty = Shard.of(fleet);
        Look idle = idle(fleet);
        try (Run run = new Run(new NodesTarget(fleet.targets(), fleet.targets()), topology)) {
            if (!run.subscribe()) {
                throw new IllegalStateException("subscribers could not subscribe: " + run.failures());
            }
            run.connectPublishers();
            publish(run, groups);
            List<Shard> before = Shard.of(fleet);
            List<Double> delivered = deliveries(fleet);
            Look from = Look.at(fleet);
            // As many to each group, so that what a shard gets tells what belongs there.
            int each = RATE * options.seconds() / groups;
            publish(run, groups * each);
            Look use = Look.at(fleet).since(from);
            List<Integer> groupsByShard = groupsByShard(fleet, topology);
            List<Part> parts = new ArrayList<>();
            List<Shard> after = Shard.of(fleet);
            for (int i = 0; i < after.size(); i++) {
                StoreUse own = after.get(i).use().since(before.get(i).use());
                long memory = after.get(i).memory() - empty.get(i).memory();
                parts.add(new Part(groupsByShard.get(i), each, own, memory));
            }
            List<Outcome> nodes = nodes(fleet, delivered, use);
            Full full = Full.of(fleet, options, run, topology);
            return new Measured(idle, full, parts, nodes, run.failures());
        }
    }

    /**
     * A shard's part of the load.
     *
     * @param groups that are there
     * @param each messages of each of them
     * @param memory bytes it has more than before there were groups
     */
    private record Part(int groups, int each, StoreUse use, long memory) {
        Part plus(Part other) {
            return new Part(groups + other.groups, each, use.plus(other.use), memory + other.memory);
        }
    }

    /** As much as goes through. */
    private record Full(Look use, double messages) {
        static Full of(Fleet fleet, Options options, Run run, Topology topology) {
            long before = run.publishes();
            Look from = Look.at(fleet);
            new Saturated(options).publish(run, topology, options.measured());
            run.drain();
            return new Full(Look.at(fleet).since(from), run.publishes() - before);
        }
    }

    private record Measured(Look idle, Full full, List<Part> parts, List<Outcome> nodes, List<String> failures) {
        /** A row for each shard, and one for all of them. */
        List<Outcome> rows(String name) {
            List<Outcome> rows = new ArrayList<>();
            for (int i = 0; parts.size() > 1 && i < parts.size(); i++) {
                rows.add(row(name + " " + (i + 1), parts.get(i)));
            }
            Outcome whole = row(
                    parts.size() > 1 ? "all " + parts.size() + " shards" : name,
                    parts.stream().reduce(Part::plus).orElseThrow());
            whole.metrics().put("idle calls/s", idle.store().calls() / idle.seconds());
            whole.metrics().put("idle CPU ms/s", idle.store().cpuMicros() / 1e3 / idle.seconds());
            whole.metrics()
                    .put("saturated, messages/s", full.messages() / full.use().seconds());
            whole.metrics().put("CPU us/message", full.use().store().cpuMicros() / full.messages());
            whole.metrics()
                    .put("messages/call", full.messages() / full.use().store().calls());
            rows.add(whole);
            return rows;
        }

        private Outcome row(String name, Part part) {
            StoreUse own = part.use();
            Map<String, Double> metrics = new LinkedHashMap<>();
            metrics.put("groups", (double) part.groups());
            metrics.put("messages", (double) own.entries());
            metrics.put("calls", (double) own.calls());
            metrics.put("announcements", (double) own.announcements());
            metrics.put("KiB in", own.bytesIn() / KIB);
            metrics.put("KiB out", own.bytesOut() / KIB);
            metrics.put("CPU ms", own.cpuMicros() / 1e3);
            metrics.put("memory KiB", part.memory() / KIB);
            List<String> all = new ArrayList<>(failures);
            long expected = (long) part.groups() * part.each();
            if (own.entries() != expected) {
                all.add("messages of its groups: " + expected);
            }
            return new Outcome(name, metrics, all);
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

    /** @param delivered by each of them before; what failed stands with the shards */
    private static List<Outcome> nodes(Fleet fleet, List<Double> delivered, Look use) {
        List<Outcome> rows = new ArrayList<>();
        for (int i = 0; i < NODES; i++) {
            Server server = fleet.server(i);
            Map<String, Double> metrics = new LinkedHashMap<>();
            metrics.put("connections", server.metric(METRICS + "connections "));
            metrics.put("open groups", server.metric(METRICS + "open_groups "));
            metrics.put("deliveries", deliveries(server) - delivered.get(i));
            metrics.put("CPU ms", use.nodeMicros().get(i) / 1e3);
            rows.add(new Outcome("node " + (i + 1), metrics, List.of()));
        }
        return rows;
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

    private static List<Double> deliveries(Fleet fleet) {
        return fleet.servers().stream().map(Spread::deliveries).toList();
    }

    private static double deliveries(Server server) {
        return server.metric(METRICS + "deliveries_total");
    }
}
