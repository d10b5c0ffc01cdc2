package io.plexspaces.processgroups.bench;

import io.plexspaces.processgroups.bench.system.Launch;
import io.plexspaces.processgroups.bench.system.Launch.Started;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToLongFunction;

/**
 * Measures how long servers take from the start of their process to the first accepted gRPC call and to readiness, and
 * what an idle one keeps in memory. Started by {@code bench/startup}.
 */
public final class Startup {
    private static final String USAGE = "bench/startup [--repeat N] [--idle SECONDS] NAME=COMMAND...";
    private static final long MIB = 1024 * 1024;

    private int repeats = 5;
    private Duration idle = Duration.ofSeconds(10);
    private final Map<String, List<String>> commands = new LinkedHashMap<>();

    private Startup() {}

    public static void main(String[] arguments) throws IOException {
        Startup startup = new Startup();
        try {
            startup.parse(arguments);
        } catch (IllegalArgumentException misunderstood) {
            System.err.println(misunderstood.getMessage() + "\n" + USAGE);
            System.exit(2);
        }
        System.out.print(startup.measured());
        System.exit(0);
    }

    private void parse(String[] arguments) {
        for (int i = 0; i < arguments.length; i++) {
            String argument = arguments[i];
            if (argument.equals("--repeat") && i + 1 < arguments.length) {
                repeats = Integer.parseInt(arguments[++i]);
            } else if (argument.equals("--idle") && i + 1 < arguments.length) {
                idle = Duration.ofSeconds(Long.parseLong(arguments[++i]));
            } else if (argument.indexOf('=') > 0) {
                int end = argument.indexOf('=');
                commands.put(
                        argument.substring(0, end),
                        List.of(argument.substring(end + 1).split(" ")));
            } else {
                throw new IllegalArgumentException("not understood: " + argument);
            }
        }
        if (commands.isEmpty() || repeats < 1) {
            throw new IllegalArgumentException("nothing to measure");
        }
    }

    /** The servers take turns; a first round warms the caches of the system and this client, and does not count. */
    private String measured() throws IOException {
        Map<String, List<Started>> results = new LinkedHashMap<>();
        for (int round = 0; round <= repeats; round++) {
            for (Map.Entry<String, List<String>> command : commands.entrySet()) {
                Path log = Path.of("target", "bench", "startup-" + command.getKey() + ".log");
                boolean counts = round > 0;
                Started started = Launch.measure(command.getValue(), log, counts ? idle : Duration.ofSeconds(1));
                if (counts) {
                    results.computeIfAbsent(command.getKey(), name -> new ArrayList<>())
                            .add(started);
                }
            }
        }
        return table(results);
    }

    private String table(Map<String, List<Started>> results) {
        StringBuilder table =
                new StringBuilder("| server | first gRPC call ms | best to worst | ready ms | × the first row"
                        + " | resident MiB | of it files | threads |\n"
                        + "| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |\n");
        long reference = median(results.values().iterator().next(), Started::firstCallMillis);
        results.forEach((name, runs) -> {
            long first = median(runs, Started::firstCallMillis);
            table.append("| ").append(name).append(" | ").append(first);
            table.append(" | ").append(extreme(runs, true)).append("–").append(extreme(runs, false));
            table.append(" | ").append(median(runs, Started::readyMillis));
            table.append(" | ").append(Math.round(100.0 * first / reference) / 100.0);
            table.append(" | ").append(median(runs, Started::residentBytes) / MIB);
            table.append(" | ").append(median(runs, Started::fileBytes) / MIB);
            table.append(" | ").append(median(runs, Started::threads)).append(" |\n");
        });
        return table.append("\nMedians of ")
                        .append(repeats)
                        .append(" starts by turns, memory after ")
                        .toString()
                + idle.toSeconds() + " s without clients; "
                + Runtime.getRuntime().availableProcessors() + " cores of " + Machine.processor() + ".\n";
    }

    private static long extreme(List<Started> runs, boolean least) {
        var values = runs.stream().mapToLong(Started::firstCallMillis);
        return least ? values.min().orElseThrow() : values.max().orElseThrow();
    }

    private static long median(List<Started> runs, ToLongFunction<Started> number) {
        long[] sorted = runs.stream().mapToLong(number).sorted().toArray();
        return sorted[sorted.length / 2];
    }
}
