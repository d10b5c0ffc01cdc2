package io.plexspaces.processgroups.bench;

import io.plexspaces.processgroups.bench.system.GrpcTarget;
import io.plexspaces.processgroups.bench.system.NodesTarget;
import io.plexspaces.processgroups.bench.system.StoreUse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * What a message and a change cost in processor time of the store and of each node, on one Redis. The first node
 * publishes; with two, the second has all the subscribers; with three, the second only reads, and the third has them:
 * so the difference of two nodes is the price of what one of them does in addition.
 */
record ProcessorPrices(Options options) {
    private static final int NODES = 3;
    private static final Duration SETTLING = Duration.ofSeconds(1);
    /** Some looks of each node at whatever it reads. */
    private static final Duration IDLE = Duration.ofSeconds(8);

    private static final int WARM_UP_ROUNDS = 2;

    /** @param rate messages a second; 0: as many as go through */
    private record Load(String label, int groups, int subscribers, int rate) {
        boolean publish(Options options, Run run, Topology topology, Duration time) {
            if (rate == 0) {
                return new Saturated(options).publish(run, topology, time);
            }
            long from = System.nanoTime();
            OpenLoop.publish(run, from, from + time.toNanos(), 1_000_000_000L / rate);
            return true;
        }
    }

    private List<Load> loads() {
        int many = options.scaled(300, 20);
        return List.of(
                new Load("1 group, 500/s", 1, 10, 500),
                new Load("1 group, saturated", 1, 10, 0),
                new Load(many + " groups, 3,000/s", many, 1, 3_000),
                new Load(many + " groups, saturated", many, 1, 0));
    }

    Table messages() {
        try (Fleet fleet = Fleet.start(options, 1, NODES)) {
            for (int round = 0; round < WARM_UP_ROUNDS; round++) {
                loads().forEach(load -> message(fleet, load, NODES, null));
            }
            Quiet.await(fleet.targets());
            Look idle = pause(fleet);
            return new Table("Processor time of a message, one Redis", medians(() -> {
                List<Outcome> outcomes = new ArrayList<>();
                for (Load load : loads()) {
                    for (int nodes = 1; nodes <= NODES; nodes++) {
                        outcomes.add(message(fleet, load, nodes, idle));
                    }
                }
                return outcomes;
            }));
        }
    }

    /** Of joins and leaves, and of doing nothing. */
    List<Table> changes() {
        try (Fleet fleet = Fleet.start(options, 1, 1)) {
            changes(fleet, 1, 64, null);
            Look idle = pause(fleet);
            List<Outcome> rows = medians(() ->
                    List.of(changes(fleet, 1, 1, idle), changes(fleet, 1, 64, idle), changes(fleet, 64, 64, idle)));
            int open = options.scaled(10_000, 500);
            return List.of(
                    new Table("Processor time of a join or leave, one Redis, one node", rows),
                    new Table(
                            "While nobody does anything",
                            List.of(
                                    row("1 node", idle),
                                    row("1 node that reads " + open + " groups", open(fleet, open)))));
        }
    }

    private Look open(Fleet fleet, int groups) {
        List<String> names =
                IntStream.range(0, groups).mapToObj(group -> "open-" + group).toList();
        fleet.server(0).createGroups(names);
        fleet.server(0).open(names);
        return pause(fleet);
    }

    private List<Outcome> medians(Supplier<List<Outcome>> run) {
        Map<String, List<Outcome>> byLabel = new LinkedHashMap<>();
        for (int repeat = 0; repeat < options.repeats(); repeat++) {
            for (Outcome outcome : run.get()) {
                System.err.println(outcome);
                byLabel.computeIfAbsent(outcome.label(), label -> new ArrayList<>())
                        .add(outcome);
            }
        }
        return byLabel.values().stream().map(Outcome::median).toList();
    }

    /** What is used while nobody does anything. */
    private Look pause(Fleet fleet) {
        Look before = Look.at(fleet);
        ScriptRate.pause(IDLE.toNanos());
        return Look.at(fleet).since(before);
    }

    private static Outcome row(String label, Look idle) {
        Map<String, Double> metrics = new LinkedHashMap<>();
        metrics.put("store us/s", idle.store().cpuMicros() / idle.seconds());
        metrics.put("store calls/s", idle.store().calls() / idle.seconds());
        metrics.put("node us/s", idle.nodeMicros().get(0) / idle.seconds());
        return new Outcome(label, metrics, List.of());
    }

    /** @param idle null: only to warm up */
    private Outcome message(Fleet fleet, Load load, int nodes, @Nullable Look idle) {
        String label = load.label() + ", nodes: " + nodes;
        Topology topology = Topology.groups("price-" + System.nanoTime(), load.groups(), load.subscribers(), 1);
        NodesTarget target = new NodesTarget(
                List.of(fleet.targets().get(nodes - 1)), List.of(fleet.targets().get(0)));
        try (Run run = new Run(target, topology)) {
            if (!run.subscribe()) {
                return new Outcome(label, Map.of(), List.of("subscribers could not subscribe: " + run.failures()));
            }
            IntStream.range(1, nodes - 1).forEach(node -> fleet.server(node).open(topology.groups()));
            run.connectPublishers();
            boolean flows = load.publish(options, run, topology, SETTLING);
            run.drain();
            long published = run.publishes();
            Look before = Look.at(fleet);
            flows &= load.publish(options, run, topology, options.measured());
            run.drain();
            Look use = Look.at(fleet).since(before);
            List<String> failures = new ArrayList<>(run.failures());
            long messages = run.publishes() - published;
            if (!flows || use.store().entries() != messages) {
                failures.add(messages + " messages, " + use.store().entries() + " entries");
            }
            return new Outcome(label, idle == null ? Map.of() : prices(use, idle, messages, nodes), failures);
        }
    }

    private static Map<String, Double> prices(Look use, Look idle, long messages, int nodes) {
        Map<String, Double> metrics = new LinkedHashMap<>();
        StoreUse store = use.store();
        metrics.put("messages/s", messages / use.seconds());
        metrics.put("store us/message", use.storeMicros(idle) / messages);
        metrics.put("messages/call", messages / (double) store.calls());
        metrics.put("messages/announcement", messages / (double) store.announcements());
        metrics.put("store bytes out/message", store.bytesOut() / (double) messages);
        metrics.put("publishing node us/message", use.nodeMicros(0, idle) / messages);
        if (nodes == NODES) {
            metrics.put("reading node us/message", use.nodeMicros(1, idle) / messages);
        }
        if (nodes > 1) {
            metrics.put("delivering node us/message", use.nodeMicros(nodes - 1, idle) / messages);
        }
        return metrics;
    }

    private Outcome changes(Fleet fleet, int groups, int atOnce, @Nullable Look idle) {
        List<String> names = IntStream.range(0, groups)
                .mapToObj(group -> "change-" + System.nanoTime() + "-" + group)
                .toList();
        MembershipCalls calls =
                new MembershipCalls(options, new GrpcTarget(fleet.server(0), fleet.loops(), true), names, atOnce);
        Look before = Look.at(fleet);
        List<String> failures = calls.changes();
        Look use = Look.at(fleet).since(before);
        Map<String, Double> metrics = new LinkedHashMap<>();
        if (idle != null) {
            long changes = use.store().entries();
            metrics.put("changes/s", changes / use.seconds());
            metrics.put("store us/change", use.storeMicros(idle) / changes);
            metrics.put("changes/call", changes / (double) use.store().calls());
            metrics.put("node us/change", use.nodeMicros(0, idle) / changes);
        }
        return new Outcome("groups: " + groups + ", calls at once: " + atOnce, metrics, failures);
    }
}
