package io.plexspaces.processgroups.e2e;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.plexspaces.processgroups.core.Groups;
import io.plexspaces.processgroups.core.UseCase;
import io.plexspaces.processgroups.domain.ActorId;
import io.plexspaces.processgroups.domain.GroupId;
import io.plexspaces.processgroups.domain.GroupSpec;
import io.plexspaces.processgroups.domain.Retention;
import io.plexspaces.processgroups.domain.TopicFilter;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What the metrics page says, as it is documented, and how large it becomes. */
@QuarkusTest
class MetricsTest extends LiveServer {
    private static final String PREFIX = "plexspaces_process_groups_";
    private static final int NAMES = 50_000;
    private static final int MOST_BYTES = 2 << 20;

    private static final Pattern TYPE = Pattern.compile("# TYPE (" + PREFIX + "\\S+) (\\S+)");
    private static final Pattern SERIES = Pattern.compile("(" + PREFIX + "\\w+)(?:\\{(.*)})? \\S+");
    private static final Pattern LABEL = Pattern.compile("(\\w+)=\"(?:[^\"\\\\]|\\\\.)*\"");

    /** What must be there under exactly these names, whatever else there is. */
    private static final Map<String, Metric> REQUIRED = Map.ofEntries(
            Map.entry("created_total", new Metric("counter", Set.of())),
            Map.entry("deleted_total", new Metric("counter", Set.of())),
            Map.entry("joins_total", new Metric("counter", Set.of("group", "tenant"))),
            Map.entry("leaves_total", new Metric("counter", Set.of("group", "tenant"))),
            Map.entry("publish_total", new Metric("counter", Set.of("group", "tenant"))),
            Map.entry("publish_duration_seconds", new Metric("histogram", Set.of())),
            Map.entry("fanout_size", new Metric("histogram", Set.of())),
            Map.entry("create_errors_total", new Metric("counter", Set.of("error"))),
            Map.entry("delete_errors_total", new Metric("counter", Set.of("error"))),
            Map.entry("join_errors_total", new Metric("counter", Set.of("error"))),
            Map.entry("leave_errors_total", new Metric("counter", Set.of("error"))),
            Map.entry("publish_errors_total", new Metric("counter", Set.of("error"))),
            Map.entry("sessions", new Metric("gauge", Set.of())),
            Map.entry("queue_bytes", new Metric("gauge", Set.of())),
            Map.entry("queue_limit_bytes", new Metric("gauge", Set.of())),
            Map.entry("drops_total", new Metric("counter", Set.of("policy"))),
            Map.entry("gaps_total", new Metric("counter", Set.of())),
            Map.entry("connections_cut_total", new Metric("counter", Set.of("cause"))),
            Map.entry("log_lag_entries", new Metric("gauge", Set.of())),
            Map.entry("unreadable_entries_total", new Metric("counter", Set.of())),
            Map.entry("failed_tasks_total", new Metric("counter", Set.of())),
            Map.entry("lease_held", new Metric("gauge", Set.of())));

    @Inject
    Groups groups;

    record Metric(String type, Set<String> labels) {}

    @Test
    void afterEveryOperation_namesTypesAndLabelsAreThoseDocumented() throws IOException {
        new AllOperations(this).run();

        Map<String, Metric> exported = exported();
        assertThat(exported).containsAllEntriesOf(REQUIRED);
        assertThat(exported).isEqualTo(documented());
        Management page = new Management(webSocket);
        assertThat(page.metric("unreadable_requests_total")).isPositive();
        for (UseCase useCase : UseCase.values()) {
            String operation = useCase.label();
            assertThat(page.metrics().lines())
                    .as("errors of %s", operation)
                    .anyMatch(line -> line.startsWith(PREFIX + operation + "_errors_total{error=")
                            && !line.contains("INTERNAL")
                            && !line.endsWith(" 0.0"));
        }
    }

    @Test
    void manyGroupNames_leaveThePageSmall() {
        ActorId actor = new ActorId("ann");
        GroupSpec spec = new GroupSpec(GroupSpec.Metadata.NONE, new Retention(0, Duration.ZERO), null);
        for (int i = 0; i < NAMES; i++) {
            GroupId group = GroupId.of(tenant, "", "one-of-a-great-many-names-that-somebody-chose-" + i);
            groups.create(group, spec).await().indefinitely();
            groups.join(new Groups.JoinRequest(group, List.of(actor), TopicFilter.ALL, null, null, null))
                    .await()
                    .indefinitely();
            groups.leave(new Groups.LeaveRequest(group, actor, false, null, null))
                    .await()
                    .indefinitely();
            groups.delete(group).await().indefinitely();
        }

        String page = new Management(webSocket).metrics();
        assertThat(page.getBytes(UTF_8).length).isLessThan(MOST_BYTES);
        assertThat(joins(page, "{group=\"_other\",tenant=\"_other\"")).isGreaterThanOrEqualTo(NAMES - 100);
    }

    private static double joins(String page, String labels) {
        return page.lines()
                .filter(line -> line.startsWith(PREFIX + "joins_total" + labels))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                .sum();
    }

    private Map<String, Metric> exported() {
        Map<String, String> types = new TreeMap<>();
        Map<String, Set<String>> labels = new TreeMap<>();
        new Management(webSocket).metrics().lines().forEach(line -> {
            Matcher type = TYPE.matcher(line);
            Matcher series = SERIES.matcher(line);
            if (type.matches()) {
                types.put(type.group(1), type.group(2));
            } else if (series.matches()) {
                Set<String> names = labels.computeIfAbsent(family(series.group(1), types), name -> new TreeSet<>());
                Matcher label = LABEL.matcher(series.group(2) == null ? "" : series.group(2));
                while (label.find()) {
                    names.add(label.group(1));
                }
                names.remove("le");
            }
        });
        Map<String, Metric> metrics = new TreeMap<>();
        types.forEach((name, type) ->
                metrics.put(name.substring(PREFIX.length()), new Metric(type, labels.getOrDefault(name, Set.of()))));
        return metrics;
    }

    /** The name that a series of a histogram belongs to. */
    private static String family(String series, Map<String, String> types) {
        String base = series.replaceAll("_(bucket|count|sum)$", "");
        return types.containsKey(series) ? series : base;
    }

    private static Map<String, Metric> documented() throws IOException {
        Map<String, Metric> rows = new TreeMap<>();
        try (Stream<String> lines = Files.lines(Path.of("docs/metrics.md"))) {
            lines.filter(line -> line.startsWith("| `")).forEach(line -> {
                String[] cells = line.replace("`", "").split("\\|", -1);
                Set<String> labels = new TreeSet<>(List.of(cells[3].trim().split(", ")));
                labels.remove("");
                rows.put(cells[1].trim(), new Metric(cells[2].trim(), labels));
            });
        }
        return rows;
    }
}
