package io.plexspaces.processgroups.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Medians as Markdown tables for people, and as JSON for programs. */
final class Report {
    private static final List<String> REFERENCES = List.of("redis", ScriptRate.EACH, ScriptRate.MEMBERSHIP, "socket");

    /** Ends the names of targets that are another build of the service. */
    static final String BASELINE = "baseline";

    private final Map<String, Object> conditions;
    private final String scale;
    private final Map<Scenario, List<Outcome>> outcomes = new LinkedHashMap<>();

    /**
     * @param conditions machine, command and versions
     * @param quick numbers of subscribers are not those of the scenarios
     */
    Report(Map<String, Object> conditions, boolean quick) {
        this.conditions = new LinkedHashMap<>(conditions);
        this.scale = quick ? " (quick: with fewer of everything)" : "";
    }

    /** One more of the conditions. */
    void add(String name, Object value) {
        conditions.put(name, value);
    }

    void add(Scenario scenario, List<Outcome> medians) {
        outcomes.put(scenario, medians);
    }

    boolean hasFailures() {
        return outcomes.values().stream().flatMap(List::stream).anyMatch(outcome -> !outcome.failures()
                .isEmpty());
    }

    /** The table of one scenario, with a line for each target. */
    String table(Scenario scenario) {
        List<Outcome> rows = outcomes.getOrDefault(scenario, List.of());
        List<String> columns = new ArrayList<>();
        rows.forEach(row -> row.metrics().keySet().stream()
                .filter(name -> !columns.contains(name))
                .forEach(columns::add));
        List<String> references = REFERENCES.stream()
                .filter(name -> rows.stream().anyMatch(row -> row.label().equals(name)))
                .toList();
        boolean compared = rows.stream().anyMatch(Report::isBaseline);
        StringBuilder text = new StringBuilder("\n### " + scenario + ": " + scenario.title() + scale + "\n\n| |");
        columns.forEach(name -> text.append(' ').append(name).append(" |"));
        references.forEach(name -> text.append(" x ").append(name).append(" |"));
        text.append(compared ? " x baseline |" : "");
        text.append(" checks |\n|---|")
                .append("---:|".repeat(columns.size() + references.size() + (compared ? 1 : 0)))
                .append("---|\n");
        for (Outcome row : rows) {
            text.append("| ").append(row.label()).append(" |");
            columns.forEach(name ->
                    text.append(' ').append(shown(row.metrics().get(name))).append(" |"));
            references.forEach(name -> text.append(' ')
                    .append(ratio(scenario, row, reference(rows, name)))
                    .append(" |"));
            if (compared) {
                text.append(' ').append(toBaseline(scenario, row, rows)).append(" |");
            }
            text.append(row.failures().isEmpty() ? " ok |\n" : " FAILED: " + row.failures() + " |\n");
        }
        return text.toString();
    }

    /** Writes everything into a directory, as {@code result.md} and {@code result.json}. */
    void write(Path directory) {
        StringBuilder markdown = new StringBuilder("## Benchmark\n\n");
        conditions.forEach((name, value) ->
                markdown.append("- ").append(name).append(": ").append(value).append('\n'));
        outcomes.keySet().forEach(scenario -> markdown.append(table(scenario)));
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("at", LocalDateTime.now(ZoneOffset.UTC).truncatedTo(ChronoUnit.SECONDS) + "Z");
        json.put("conditions", conditions);
        json.put("scenarios", outcomes);
        try {
            Files.writeString(directory.resolve("result.md"), markdown);
            new ObjectMapper()
                    .writerWithDefaultPrettyPrinter()
                    .writeValue(directory.resolve("result.json").toFile(), json);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    private static boolean isBaseline(Outcome row) {
        return row.label().endsWith(' ' + BASELINE);
    }

    /** Empty: the row is of no build of the service that has another beside it. */
    private static String toBaseline(Scenario scenario, Outcome row, List<Outcome> rows) {
        return rows.stream()
                .filter(other -> other.label().equals(row.label() + ' ' + BASELINE))
                .findFirst()
                .map(other -> ratio(scenario, row, other))
                .orElse("");
    }

    private static Outcome reference(List<Outcome> rows, String name) {
        return rows.stream().filter(row -> row.label().equals(name)).findFirst().orElseThrow();
    }

    private static String ratio(Scenario scenario, Outcome row, Outcome reference) {
        Double value = row.metrics().get(scenario.mainMetric());
        Double other = reference.metrics().get(scenario.mainMetric());
        return value == null || other == null ? "" : String.format(Locale.ROOT, "%.2f", value / other);
    }

    static String shown(@Nullable Double value) {
        if (value == null) {
            return "";
        }
        return String.format(Locale.ROOT, Math.abs(value) >= 100 ? "%,.0f" : "%.2f", value);
    }
}
