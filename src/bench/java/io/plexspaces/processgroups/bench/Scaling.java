package io.plexspaces.processgroups.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Measures what has to be known to tell how many nodes and shards a load needs: what things cost in memory and
 * processor time, and how they spread. Started by {@code bench/scaling}.
 */
public final class Scaling {
    private static final Path RESULTS = Path.of("target/bench");
    private static final String USAGE = """
            bench/scaling [PART...] [OPTION...]
              PART              memory, messages, changes, spread; default: all
              --quick           few of everything, to see that it works
              --repeat N        runs of which medians are taken, in messages and changes; default 3
              --seconds N       measured time of each run; default 3
              --java HOME       Java that runs the nodes; default: the one that runs this
              --server-opts OPTS  options of the nodes' JVMs, separated by spaces; default: none
            """;

    /** In the order they are run. */
    private enum Part {
        MEMORY,
        MESSAGES,
        CHANGES,
        SPREAD;

        List<Table> measure(Options options) {
            return switch (this) {
                case MEMORY -> MemoryPrices.measure(options);
                case MESSAGES -> List.of(new ProcessorPrices(options).messages());
                case CHANGES -> new ProcessorPrices(options).changes();
                case SPREAD -> new Spread(options).measure();
            };
        }

        String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    private Scaling() {}

    /** Ends with status 1 when a check failed, 2 when the arguments are not understood. */
    public static void main(String[] arguments) throws IOException {
        if (List.of(arguments).contains("--help")) {
            System.out.println(USAGE);
            return;
        }
        List<String> given = new ArrayList<>(List.of(arguments));
        List<Part> parts = new ArrayList<>();
        for (Part part : Part.values()) {
            if (given.remove(part.word())) {
                parts.add(part);
            }
        }
        if (!given.contains("--quick")) {
            given.addAll(0, List.of("--seconds", "3"));
        }
        Options options;
        try {
            options = Options.parse(given.toArray(String[]::new));
        } catch (IllegalArgumentException wrong) {
            System.err.println(wrong.getMessage() + "\n\n" + USAGE);
            System.exit(2);
            return;
        }
        Files.createDirectories(RESULTS);
        StringBuilder all = new StringBuilder();
        boolean failed = false;
        for (Part part : parts.isEmpty() ? List.of(Part.values()) : parts) {
            for (Table table : part.measure(options)) {
                System.out.println(table);
                all.append(table);
                failed |= table.hasFailures();
            }
        }
        Files.writeString(RESULTS.resolve("scaling.md"), all);
        System.exit(failed ? 1 : 0);
    }
}
