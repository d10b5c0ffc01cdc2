package io.plexspaces.processgroups.deploy;

import static io.plexspaces.processgroups.deploy.Documents.each;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.plexspaces.processgroups.core.UseCase;
import io.plexspaces.processgroups.domain.ErrorCode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Dashboard, alerts and their runbook speak of what there is. {@code ExportedMetricsTest} compares them with a running
 * server.
 */
class MonitoringTest {
    private static final Path RUNBOOK = Path.of("docs/operations.md");

    @Test
    void series_areDocumented() {
        assertThat(Monitoring.queried())
                .filteredOn(name -> name.startsWith("plexspaces_"))
                .hasSizeGreaterThan(30)
                .isSubsetOf(Service.metrics());
    }

    @Test
    void everyMetric_isShownOrWatched() {
        Set<String> shown = Monitoring.queried();

        assertThat(Service.metrics()).allSatisfy(name -> assertThat(shown)
                .anyMatch(queried -> family(queried).equals(family(name))));
    }

    private static String family(String series) {
        return series.replaceAll("_(bucket|sum|count|max)$", "");
    }

    @Test
    void errorCodes_areThoseOfTheService() {
        List<String> codes = Arrays.stream(ErrorCode.values()).map(Enum::name).toList();
        for (Query query : Monitoring.queries()) {
            for (String label : List.of("error", "cause")) {
                String value = query.matchers().get(label);
                if (value != null) {
                    assertThat(value.split("\\|")).as(query.where()).isSubsetOf(codes);
                }
            }
        }
    }

    @Test
    void errorsOfEveryOperation_areRecorded() {
        assertThat(Monitoring.rules().filter(rule -> rule.has("record")).map(rule -> rule.at("/labels/operation")
                        .asText()))
                .containsExactlyInAnyOrderElementsOf(
                        Arrays.stream(UseCase.values()).map(UseCase::label).toList());
    }

    @Test
    void operatorsRules_areThoseOfPrometheus() {
        assertThat(Documents.only(Monitoring.FOLDER.resolve("prometheus-rule.yaml"))
                        .at("/spec/groups"))
                .isEqualTo(Monitoring.ruleGroups());
    }

    @Test
    void everyAlert_saysWhatAndHowBad_andHasARunbookParagraph() {
        Set<String> headings = new HashSet<>();
        Documents.text(RUNBOOK)
                .lines()
                .filter(line -> line.startsWith("#"))
                .forEach(line -> headings.add(line.replaceAll("^#+ ", "")));
        List<JsonNode> alerts = Monitoring.alerts().toList();

        assertThat(alerts)
                .extracting(alert -> alert.path("alert").asText())
                .doesNotHaveDuplicates()
                .isSubsetOf(headings);
        assertThat(alerts).allSatisfy(alert -> {
            assertThat(alert.at("/labels/severity").asText()).isIn("critical", "warning");
            assertThat(alert.at("/annotations/summary").asText()).isNotEmpty();
            assertThat(alert.at("/annotations/runbook").asText())
                    .isEqualTo(RUNBOOK + "#" + alert.path("alert").asText().toLowerCase(Locale.ROOT));
        });
        assertThat(headings.stream().filter(heading -> heading.startsWith("ProcessGroups")))
                .as("no paragraph without its alert")
                .hasSameSizeAs(alerts);
    }

    @Test
    void panels_haveTitlesAndDescriptions_andDoNotOverlap() {
        List<JsonNode> panels = each(Monitoring.dashboard().path("panels")).toList();

        assertThat(panels).extracting(panel -> panel.path("id").asInt()).doesNotHaveDuplicates();
        assertThat(panels)
                .filteredOn(panel -> !panel.path("type").asText().equals("row"))
                .hasSizeGreaterThan(15)
                .allSatisfy(panel -> {
                    assertThat(panel.path("title").asText()).isNotEmpty();
                    assertThat(panel.path("description").asText()).isNotEmpty();
                    assertThat(panel.path("targets").isEmpty()).isFalse();
                });
        Set<List<Integer>> cells = new HashSet<>();
        for (JsonNode panel : panels) {
            JsonNode at = panel.path("gridPos");
            for (int x = at.path("x").asInt();
                    x < at.path("x").asInt() + at.path("w").asInt();
                    x++) {
                for (int y = at.path("y").asInt();
                        y < at.path("y").asInt() + at.path("h").asInt();
                        y++) {
                    assertThat(cells.add(List.of(x, y)))
                            .as("%s at %s", panel.path("title"), at)
                            .isTrue();
                    assertThat(x).isLessThan(24);
                }
            }
        }
    }

    @Test
    void filesOfTheFolder_areNamedSomewhere() throws java.io.IOException {
        String all = Documents.text(Monitoring.FOLDER.resolve("kustomization.yaml"))
                + Documents.text(Documents.DEPLOY.resolve("compose.yaml"))
                + Documents.text(Documents.DEPLOY.resolve("check"));
        try (Stream<Path> files = Files.walk(Monitoring.FOLDER)) {
            assertThat(files.filter(Files::isRegularFile)
                            .map(file -> file.getFileName().toString())
                            .filter(name -> !name.equals("kustomization.yaml")))
                    .allSatisfy(name -> assertThat(all).contains(name));
        }
    }

    @Test
    void queries_areTakenApart() {
        Query query = new Query(
                "here",
                "sum by (le) (rate(some_seconds_bucket{instance=~\"$instance\",error=\"A|B\"}[$__rate_interval])) > 0.5"
                        + " and on() max(other:rate5m) or vector(0)");

        assertThat(query.series()).containsExactlyInAnyOrder("some_seconds_bucket", "other:rate5m");
        assertThat(query.matchers()).containsEntry("error", "A|B");
    }
}
