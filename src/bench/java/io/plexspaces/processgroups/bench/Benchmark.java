package io.plexspaces.processgroups.bench;

import io.plexspaces.processgroups.bench.load.Certificate;
import io.plexspaces.processgroups.bench.load.ReadLoop;
import io.plexspaces.processgroups.bench.system.Access;
import io.plexspaces.processgroups.bench.system.GrpcTarget;
import io.plexspaces.processgroups.bench.system.RedisServer;
import io.plexspaces.processgroups.bench.system.RedisTarget;
import io.plexspaces.processgroups.bench.system.Server;
import io.plexspaces.processgroups.bench.system.SessionFormat;
import io.plexspaces.processgroups.bench.system.SocketIoTarget;
import io.plexspaces.processgroups.bench.system.SocketTarget;
import io.plexspaces.processgroups.bench.system.Target;
import io.plexspaces.processgroups.bench.system.Tokens;
import io.plexspaces.processgroups.bench.system.WebSocketTarget;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Starts the server and its references, runs the scenarios on each in turn, and reports the medians. */
public final class Benchmark implements AutoCloseable {
    static final Path JAR = Path.of("target/quarkus-app/quarkus-run.jar");
    private static final Path RESULTS = Path.of("target/bench");
    private static final int READ_LOOPS = 2;
    private static final int SLOW_RATE = 50;
    private static final int FAST_RATE = 5_000;

    /** Messages, and joins with their leaves. */
    private static final int PRESENCE_RATE = 200;

    private static final int WARM_UP_ROUNDS = 2;

    private final Options options;
    private final Report report;
    private final List<Server> servers = new ArrayList<>();
    private final List<RedisServer> redis = new ArrayList<>();
    private final List<SocketIoTarget> peers = new ArrayList<>();
    private final List<ReadLoop> loops = new ArrayList<>();
    private final List<Target> targets = new ArrayList<>();
    /** What servers show; null: they speak plain text. */
    private final @Nullable Certificate certificate;

    private int runs;

    private Benchmark(Options options, Report report) {
        this.options = options;
        this.report = report;
        this.certificate = options.tls() ? Certificate.made(RESULTS.resolve("tls")) : null;
        for (int i = 0; i < READ_LOOPS; i++) {
            loops.add(new ReadLoop("read-" + i));
        }
        options.stores().forEach(this::addService);
        options.targets().forEach(this::addReference);
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
            benchmark.sayWhatWasAgreed();
            options.scenarios().forEach(benchmark::run);
        }
        report.write(RESULTS);
        System.out.println("\nWritten to " + RESULTS.resolve("result.md") + " and " + RESULTS.resolve("result.json"));
        System.exit(report.hasFailures() ? 1 : 0);
    }

    private void addService(String store) {
        List<Server> builds = new ArrayList<>();
        builds.add(start(store, "", JAR));
        options.baseline().ifPresent(jar -> builds.add(start(store, Report.BASELINE, jar)));
        // What is compared runs one after the other, so that both see the same machine.
        options.targets().forEach(name -> builds.forEach(server -> addService(server, name)));
    }

    /** @param label tells builds apart in names of targets */
    private Server start(String store, String label, Path jar) {
        String suffix = label.isEmpty() ? "" : "-" + label;
        boolean shared = store.equals(Options.REDIS);
        RedisServer kept = shared ? RedisServer.start(RESULTS.resolve("store" + suffix + ".log")) : null;
        Path log = RESULTS.resolve((shared ? "server-redis" : "server") + suffix + ".log");
        List<String> opts = new ArrayList<>(options.serverOptions());
        String authorization = "";
        if (options.tokens() && label.isEmpty()) {
            Tokens tokens = Tokens.made(RESULTS.resolve("tokens"));
            opts.addAll(tokens.options());
            authorization = tokens.bearer(Server.TENANT, Server.TENANT);
        }
        Access access = new Access(authorization, label.isEmpty() ? certificate : null);
        Server server = Server.start(options.java(), opts, kept, jar, log, label, access);
        servers.add(server);
        return server;
    }

    private void addService(Server server, String name) {
        switch (name) {
            case "ws-json" -> targets.add(new WebSocketTarget(server, SessionFormat.JSON, loops, options.answers()));
            case "ws-proto" -> targets.add(new WebSocketTarget(server, SessionFormat.PROTO, loops, options.answers()));
            case "grpc" -> targets.add(new GrpcTarget(server, loops, options.answers()));
            default -> {}
        }
    }

    private void addReference(String name) {
        if (name.equals("socket")) {
            targets.add(new SocketTarget(loops));
        } else if (name.equals("redis") && Machine.hasRedis()) {
            RedisServer server = RedisServer.start(RESULTS.resolve("redis.log"), certificate);
            redis.add(server);
            targets.add(new RedisTarget(server, loops));
        } else if (name.equals("redis")) {
            System.out.println("redis-server is not installed: no ratio to Redis Pub/Sub");
        } else if (name.equals(SocketIoTarget.NAME) && SocketIoTarget.isInstalled()) {
            SocketIoTarget target = SocketIoTarget.start(RESULTS.resolve("socketio.log"), loops);
            peers.add(target);
            targets.add(target);
        } else if (name.equals(SocketIoTarget.NAME)) {
            System.out.println("Socket.IO is not installed (docs/performance.md says how): no ratio to it");
        }
    }

    /**
     * Loads each target, then lets the compilers of both sides come to an end; twice, since what they compile changes
     * what runs.
     */
    private void warmUp() {
        Options warming = options.warmingUp();
        for (int round = 0; round < WARM_UP_ROUNDS; round++) {
            for (Target target : targets) {
                warmUp(target, warming, "warm-up-" + round);
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
        if (options.scenarios().contains(Scenario.F) && target instanceof GrpcTarget grpc) {
            new MembershipCalls(warming, grpc, List.of(name + "-f"), MembershipCalls.AT_ONCE).run(0);
        }
    }

    private void sayWhatWasAgreed() {
        if (certificate == null) {
            return;
        }
        String agreed = targets.stream()
                .map(target -> target.name() + " "
                        + (target.agreed().isEmpty() ? "plain text" : String.join(", ", target.agreed())))
                .collect(Collectors.joining("; "));
        report.add("agreed on", agreed);
        System.out.println("Agreed on: " + agreed);
    }

    private void run(Scenario scenario) {
        Map<String, List<Outcome>> byLabel = new LinkedHashMap<>();
        List<Target> turns = new ArrayList<>(targets);
        for (int repeat = 0; repeat < options.repeats(); repeat++) {
            for (Target target : turns) {
                if (scenario.runsOn(target.name())) {
                    for (Outcome outcome : run(scenario, target)) {
                        System.err.println(scenario + " " + outcome);
                        byLabel.computeIfAbsent(outcome.label(), label -> new ArrayList<>())
                                .add(outcome);
                    }
                }
            }
            // Whoever comes second finds a warmer client.
            Collections.reverse(turns);
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
                List.of(new OpenLoop(options, SLOW_RATE)
                        .run(target, Topology.groups(name, 1, options.scaled(1000, 50), 1)));
            case D -> List.of(saturated.run(target, Topology.groups(name, options.scaled(1000, 20), 1, 4)));
            case E -> List.of(new Connecting().run(target, Topology.groups(name, 1, options.connections(), 1)));
            case F -> membership(target, name);
            case G -> List.of(saturated.run(target, Topology.topics(name, options.scaled(100, 16))));
            case H ->
                List.of(new OpenLoop(options, FAST_RATE)
                        .run(target, Topology.groups(name, 10, options.scaled(10, 2), 4)));
            case P ->
                List.of(new OpenLoop(options, PRESENCE_RATE)
                        .run(target, Topology.presence(name, options.scaled(500, 20))));
            case Q ->
                new Asking(options, loops, options.scaled(1000, 20))
                        .run(target, ((WebSocketTarget) target).server(), name);
        };
    }

    private List<Outcome> membership(Target target, String name) {
        if (target instanceof RedisTarget reference) {
            return new ScriptRate(options, reference).run();
        }
        GrpcTarget grpc = (GrpcTarget) target;
        List<Outcome> outcomes = new ArrayList<>();
        for (int members : new int[] {0, options.scaled(1000, 100), options.scaled(100_000, 1000)}) {
            List<String> group = List.of(name + "-" + members);
            outcomes.add(new MembershipCalls(options, grpc, group, MembershipCalls.AT_ONCE).run(members));
        }
        return outcomes;
    }

    @Override
    public void close() {
        redis.forEach(RedisServer::close);
        peers.forEach(SocketIoTarget::close);
        loops.forEach(ReadLoop::close);
        servers.forEach(Server::close);
    }
}
