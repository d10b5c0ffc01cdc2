package io.plexspaces.processgroups.bench;

import io.plexspaces.processgroups.bench.load.ReadLoop;
import io.plexspaces.processgroups.bench.system.GrpcTarget;
import io.plexspaces.processgroups.bench.system.RedisTarget;
import io.plexspaces.processgroups.bench.system.Server;
import io.plexspaces.processgroups.bench.system.SessionFormat;
import io.plexspaces.processgroups.bench.system.SocketTarget;
import io.plexspaces.processgroups.bench.system.Target;
import io.plexspaces.processgroups.bench.system.WebSocketTarget;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Starts the server and its references, runs the scenarios on each in turn, and reports the medians. */
public final class Benchmark implements AutoCloseable {
    private static final Path JAR = Path.of("target/quarkus-app/quarkus-run.jar");
    private static final Path RESULTS = Path.of("target/bench");
    private static final int READ_LOOPS = 2;
    private static final int OPEN_LOOP_RATE = 50;
    private static final int WARM_UP_ROUNDS = 2;

    private final Options options;
    private final Report report;
    private final Server server;
    private final List<ReadLoop> loops = new ArrayList<>();
    private final List<Target> targets = new ArrayList<>();
    private int runs;

    private Benchmark(Options options, Report report) {
        this.options = options;
        this.report = report;
        for (int i = 0; i < READ_LOOPS; i++) {
            loops.add(new ReadLoop("read-" + i));
        }
        server = Server.start(options.java(), options.serverOptions(), JAR, RESULTS.resolve("server.log"));
        options.targets().forEach(this::addTarget);
    }

    /** Ends with status 1 when a check failed, 2 when the arguments are not understood. */
    public static void main(String[] arguments) throws IOException {
        if (List.of(arguments).contains("--help")) {
            System.out.println(Options.USAGE);
            return;
        }
        Options options;
        try {
            options = Options.parse(arguments);
        } catch (IllegalArgumentException wrong) {
            System.err.println(wrong.getMessage() + "\n\n" + Options.USAGE);
            System.exit(2);
            return;
        }
        Files.createDirectories(RESULTS);
        Report report = new Report(Machine.conditions(options, arguments), options.quick());
        try (Benchmark benchmark = new Benchmark(options, report)) {
            benchmark.warmUp();
            options.scenarios().forEach(benchmark::run);
        }
        report.write(RESULTS);
        System.out.println("\nWritten to " + RESULTS.resolve("result.md") + " and " + RESULTS.resolve("result.json"));
        System.exit(report.hasFailures() ? 1 : 0);
    }

    private void addTarget(String name) {
        switch (name) {
            case "ws-json" -> targets.add(new WebSocketTarget(server, SessionFormat.JSON, loops, options.answers()));
            case "ws-proto" -> targets.add(new WebSocketTarget(server, SessionFormat.PROTO, loops, options.answers()));
            case "grpc" -> targets.add(new GrpcTarget(server, loops, options.answers()));
            case "socket" -> targets.add(new SocketTarget(loops));
            default -> {
                if (Machine.hasRedis()) {
                    targets.add(RedisTarget.start(loops, RESULTS.resolve("redis.log")));
                } else {
                    System.out.println("redis-server is not installed: no ratio to Redis Pub/Sub");
                }
            }
        }
    }

    /** Loads each target, then lets the compilers of both sides come to an end; twice, since what they compile changes what runs. */
    private void warmUp() {
        Options warming = options.warmingUp();
        for (int round = 0; round < WARM_UP_ROUNDS; round++) {
            for (Target target : targets) {
                warmUp(target, warming, "warm-up-" + round);
            }
            if (options.scenarios().contains(Scenario.F)) {
                new MembershipCalls(warming, server, "warm-up-" + round + "-f").run(0);
            }
            Quiet.await(targets);
        }
    }

    private void warmUp(Target target, Options warming, String name) {
        Saturated saturated = new Saturated(warming);
        saturated.run(target, Topology.groups(name + "-a", 1, options.scaled(100, 10), 1));
        if (Scenario.D.runsOn(target.name())) {
            saturated.run(target, Topology.groups(name + "-d", options.scaled(1000, 20), 1, 4));
        }
    }

    private void run(Scenario scenario) {
        Map<String, List<Outcome>> byLabel = new LinkedHashMap<>();
        for (int repeat = 0; repeat < options.repeats(); repeat++) {
            for (Target target : targets) {
                if (scenario.runsOn(target.name())) {
                    for (Outcome outcome : run(scenario, target)) {
                        System.err.println(scenario + " " + outcome);
                        byLabel.computeIfAbsent(outcome.label(), label -> new ArrayList<>())
                                .add(outcome);
                    }
                }
            }
        }
        report.add(scenario, byLabel.values().stream().map(Outcome::median).toList());
        System.out.println(report.table(scenario));
    }

    private List<Outcome> run(Scenario scenario, Target target) {
        String name = "bench-" + scenario + "-" + runs++;
        Saturated saturated = new Saturated(options);
        return switch (scenario) {
            case A -> List.of(saturated.run(target, Topology.groups(name, 1, options.scaled(100, 10), 1)));
            case B -> List.of(saturated.run(target, Topology.groups(name, 1, options.scaled(1000, 50), 1)));
            case C ->
                List.of(new OpenLoop(options, OPEN_LOOP_RATE)
                        .run(target, Topology.groups(name, 1, options.scaled(1000, 50), 1)));
            case D -> List.of(saturated.run(target, Topology.groups(name, options.scaled(1000, 20), 1, 4)));
            case E -> List.of(new Connecting().run(target, Topology.groups(name, 1, options.connections(), 1)));
            case F -> membership(name);
            case G -> List.of(saturated.run(target, Topology.topics(name, options.scaled(100, 16))));
        };
    }

    private List<Outcome> membership(String name) {
        List<Outcome> outcomes = new ArrayList<>();
        for (int members : new int[] {0, options.scaled(1000, 100), options.scaled(100_000, 1000)}) {
            outcomes.add(new MembershipCalls(options, server, name + "-" + members).run(members));
        }
        return outcomes;
    }

    @Override
    public void close() {
        for (Target target : targets) {
            if (target instanceof RedisTarget redis) {
                redis.close();
            }
        }
        loops.forEach(ReadLoop::close);
        server.close();
    }
}
