package io.plexspaces.processgroups.bench;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/** What the numbers were made on. */
final class Machine {
    private static final String UNKNOWN = "unknown";

    private Machine() {}

    static boolean hasRedis() {
        return Arrays.stream(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator))
                .anyMatch(directory -> Files.isExecutable(Path.of(directory, "redis-server")));
    }

    /** Everything somebody else needs to know to do it again. */
    static Map<String, Object> conditions(Options options, String[] arguments) {
        Map<String, Object> conditions = new LinkedHashMap<>();
        conditions.put("command", ("bench/run " + String.join(" ", arguments)).strip());
        conditions.put("processor", processor());
        conditions.put("cores", Runtime.getRuntime().availableProcessors());
        conditions.put("system", System.getProperty("os.name") + " " + System.getProperty("os.version"));
        conditions.put(
                "server's Java", output(options.java().resolve("bin/java").toString(), "-version"));
        conditions.put("load generator's Java", System.getProperty("java.vm.version"));
        conditions.put("Redis", hasRedis() ? output("redis-server", "--version") : "not installed");
        conditions.put(
                "runs",
                options.repeats() + " of " + options.seconds() + " s, medians; before the first, " + options.warmUp()
                        + " s of load on each target");
        conditions.put("window", options.window() + " messages, answers " + (options.answers() ? "counts" : "none"));
        conditions.put("callers", options.tokens() ? "bring tokens" : "bring no tokens");
        conditions.put("connections", options.tls() ? "TLS, but not of the service to its store" : "plain text");
        return conditions;
    }

    static String processor() {
        try {
            return Files.readAllLines(Path.of("/proc/cpuinfo")).stream()
                    .filter(line -> line.startsWith("model name"))
                    .map(line -> line.substring(line.indexOf(':') + 1).strip())
                    .findFirst()
                    .orElse(System.getProperty("os.arch"));
        } catch (IOException notLinux) {
            return System.getProperty("os.arch");
        }
    }

    /** The first line a command prints. */
    private static String output(String... command) {
        try {
            Process process =
                    new ProcessBuilder(command).redirectErrorStream(true).start();
            try (var lines = process.inputReader()) {
                String first = lines.readLine();
                return first == null ? UNKNOWN : first;
            }
        } catch (IOException failure) {
            return UNKNOWN;
        }
    }
}
