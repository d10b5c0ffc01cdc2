package io.plexspaces.processgroups.bench;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * What to run.
 *
 * @param targets names of what to measure
 * @param stores of the service, each in a server of its own
 * @param quick few and short, to see that it works
 * @param repeats runs of each, whose median counts
 * @param seconds measured time of a run
 * @param warmUp seconds of load on each target before the first run
 * @param window messages that may be on their way in a saturated run
 * @param connections subscribers that connect in scenario E
 * @param answers publishers ask the service for an answer to each message
 * @param tokens the service lets in only callers with tokens; another build beside it asks nobody
 * @param tls clients speak TLS, but not to the other build beside it, nor the service to its store
 * @param java home of the Java that runs the server
 * @param serverOptions for the server's JVM
 * @param baseline another build of the service, which runs beside this one
 */
record Options(
        List<Scenario> scenarios,
        List<String> targets,
        List<String> stores,
        boolean quick,
        int repeats,
        int seconds,
        int warmUp,
        int window,
        int connections,
        boolean answers,
        boolean tokens,
        boolean tls,
        Path java,
        List<String> serverOptions,
        Optional<Path> baseline) {
    static final String USAGE = """
            bench/run [SCENARIO...] [OPTION...]
              SCENARIO              A B C D E F G H P Q; default: all
              --transport LIST      of ws-json,ws-proto,grpc,redis,socket,socketio; default: all
              --store LIST          where the service keeps its groups, of memory,redis; default: memory
              --quick               few subscribers and short runs, to see that it works
              --repeat N            runs of each, whose median counts; default 3
              --seconds N           measured time of each run; default 8
              --warm-up N           seconds of load on each before the first run; default 40
              --window N            messages on their way in a saturated run; default 1024
              --connections N       subscribers that connect in E; default 5000
              --answers counts|none what publishers are answered; default counts
              --tokens              only callers with tokens are let in; not by the other build of --baseline
              --tls                 clients speak TLS 1.3, to redis too, but not to the other build of --baseline;
                                    there is no socket then
              --java HOME           Java that runs the server; default: the one that runs this
              --baseline JAR        quarkus-run.jar of another build, measured beside this one; default: none
              --server-opts OPTS    options of the server's JVM, separated by spaces; default: none
            """;

    /** What a run does before it is measured, so that its connections are under way. */
    private static final Duration SETTLING = Duration.ofSeconds(2);

    private static final String SOCKET = "socket";
    private static final String SOCKET_IO = "socketio";

    /** They know no TLS here. */
    private static final List<String> PLAIN = List.of(SOCKET, SOCKET_IO);

    private static final List<String> TARGETS = List.of("ws-json", "ws-proto", "grpc", "redis", SOCKET, SOCKET_IO);

    static final String MEMORY = "memory";
    static final String REDIS = "redis";

    /** @throws IllegalArgumentException an argument is not understood */
    static Options parse(String[] arguments) {
        Deque<String> left = new ArrayDeque<>(List.of(arguments));
        List<Scenario> scenarios = new ArrayList<>();
        List<String> targets = List.of();
        List<String> stores = List.of(MEMORY);
        boolean quick = false;
        int repeats = 0;
        int seconds = 0;
        int warmUp = -1;
        int window = 1024;
        int connections = 0;
        boolean answers = true;
        boolean tokens = false;
        boolean tls = false;
        Path java = Path.of(System.getProperty("java.home"));
        List<String> serverOptions = List.of();
        Optional<Path> baseline = Optional.empty();
        while (!left.isEmpty()) {
            String argument = left.remove();
            switch (argument) {
                case "--quick" -> quick = true;
                case "--tokens" -> tokens = true;
                case "--tls" -> tls = true;
                case "--transport" -> targets = targets(value(argument, left));
                case "--store" -> stores = stores(value(argument, left));
                case "--repeat" -> repeats = number(argument, left);
                case "--seconds" -> seconds = number(argument, left);
                case "--warm-up" -> warmUp = number(argument, left);
                case "--window" -> window = number(argument, left);
                case "--connections" -> connections = number(argument, left);
                case "--answers" -> answers = answers(value(argument, left));
                case "--baseline" -> baseline = Optional.of(jar(value(argument, left)));
                case "--java" -> java = Path.of(value(argument, left));
                case "--server-opts" ->
                    serverOptions = List.of(value(argument, left).strip().split(" +"));
                default -> scenarios.add(scenario(argument));
            }
        }
        return new Options(
                scenarios.isEmpty() ? List.of(Scenario.values()) : scenarios,
                targets.isEmpty() ? targets(tls) : withTls(tls, targets),
                stores,
                quick,
                repeats > 0 ? repeats : quick ? 1 : 3,
                seconds > 0 ? seconds : quick ? 1 : 8,
                warmUp >= 0 ? warmUp : quick ? 1 : 40,
                window,
                connections > 0 ? connections : quick ? 100 : 5000,
                answers,
                tokens,
                tls,
                java,
                serverOptions,
                baseline);
    }

    /** @param full as many as in a real run */
    int scaled(int full, int quickly) {
        return quick ? quickly : full;
    }

    Duration measured() {
        return Duration.ofSeconds(seconds);
    }

    Duration settled() {
        return SETTLING;
    }

    /** These options with runs as long as a quarter of the warm-up. */
    Options warmingUp() {
        return new Options(
                scenarios,
                targets,
                stores,
                quick,
                1,
                Math.max(1, warmUp / 4),
                0,
                window,
                connections,
                answers,
                tokens,
                tls,
                java,
                serverOptions,
                baseline);
    }

    private static String value(String option, Deque<String> left) {
        if (left.isEmpty()) {
            throw new IllegalArgumentException(option + " needs a value");
        }
        return left.remove();
    }

    private static int number(String option, Deque<String> left) {
        String text = value(option, left);
        if (!text.matches("[0-9]{1,6}")) {
            throw new IllegalArgumentException(option + " needs a number, not " + text);
        }
        return Integer.parseInt(text);
    }

    private static Path jar(String name) {
        Path jar = Path.of(name);
        if (!Files.isRegularFile(jar)) {
            throw new IllegalArgumentException(
                    "--baseline is the path of a quarkus-run.jar, and there is none at " + name);
        }
        return jar;
    }

    private static List<String> targets(boolean tls) {
        return TARGETS.stream().filter(name -> !tls || !PLAIN.contains(name)).toList();
    }

    private static List<String> withTls(boolean tls, List<String> targets) {
        if (tls && targets.stream().anyMatch(PLAIN::contains)) {
            throw new IllegalArgumentException("--tls cannot be with " + String.join(" or ", PLAIN)
                    + ", which know no TLS here: leave them out of --transport");
        }
        return targets;
    }

    private static List<String> targets(String list) {
        List<String> names = List.of(list.split(","));
        if (!TARGETS.containsAll(names)) {
            throw new IllegalArgumentException("--transport knows " + String.join(", ", TARGETS) + ", not " + list);
        }
        return names;
    }

    private static List<String> stores(String list) {
        List<String> names = List.of(list.split(","));
        if (!List.of(MEMORY, REDIS).containsAll(names)) {
            throw new IllegalArgumentException("--store knows memory and redis, not " + list);
        }
        return names;
    }

    private static boolean answers(String value) {
        return switch (value) {
            case "counts" -> true;
            case "none" -> false;
            default -> throw new IllegalArgumentException("--answers is counts or none, not " + value);
        };
    }

    private static Scenario scenario(String name) {
        try {
            return Scenario.valueOf(name.toUpperCase(Locale.ROOT));
        } catch (IllegalArgumentException unknown) {
            throw new IllegalArgumentException("no such scenario or option: " + name, unknown);
        }
    }
}
