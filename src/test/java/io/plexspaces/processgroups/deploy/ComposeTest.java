package io.plexspaces.processgroups.deploy;

import static io.plexspaces.processgroups.deploy.Documents.DEPLOY;
import static io.plexspaces.processgroups.deploy.Documents.texts;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The parts of {@code compose.yaml} and the files it mounts fit each other and the service. */
class ComposeTest {
    private static final JsonNode COMPOSE = Documents.only(DEPLOY.resolve("compose.yaml"));
    private static final List<String> NODES = List.of("node-a", "node-b");

    private static JsonNode service(String name) {
        JsonNode service = COMPOSE.at("/services/" + name);
        assertThat(service.isObject()).as(name).isTrue();
        return service;
    }

    @Test
    void everyServiceThatIsNeeded_isThere() {
        COMPOSE.path("services").forEach(service -> {
            JsonNode needed = service.path("depends_on");
            List<String> names = texts(needed);
            if (needed.isObject()) {
                names = new ArrayList<>();
                needed.fieldNames().forEachRemaining(names::add);
            }
            names.forEach(ComposeTest::service);
        });
    }

    @Test
    void mountedFiles_areThere_andReadOnly() {
        COMPOSE.path("services").forEach(service -> texts(service.path("volumes")).stream()
                .filter(volume -> volume.startsWith("."))
                .forEach(volume -> {
                    String[] parts = volume.split(":");
                    assertThat(DEPLOY.resolve(parts[0])).isRegularFile();
                    assertThat(parts[2]).isEqualTo("ro");
                }));
    }

    @Test
    void ports_areOnTheLoopbackInterface_once() {
        List<String> published = new ArrayList<>();
        COMPOSE.path("services").forEach(service -> published.addAll(texts(service.path("ports"))));

        assertThat(published).allSatisfy(port -> assertThat(port).startsWith("127.0.0.1:"));
        assertThat(published).extracting(port -> port.split(":")[1]).doesNotHaveDuplicates();
        for (String node : NODES) {
            assertThat(texts(service(node).path("ports")))
                    .extracting(port -> Integer.parseInt(port.split(":")[2]))
                    .containsExactly(Service.grpcPort(), Service.httpPort());
        }
    }

    @Test
    void images_haveVersions() {
        COMPOSE.path("services")
                .forEach(service -> assertThat(service.path("image").asText()).matches(".+:(jvm|v?\\d+\\.\\d+.*)"));
    }

    @Test
    void nodes_mayDoLittle_andHaveNamesOfTheirOwn() {
        for (String name : NODES) {
            JsonNode node = service(name);
            assertThat(node.path("read_only").asBoolean()).isTrue();
            assertThat(texts(node.path("cap_drop"))).containsExactly("ALL");
            assertThat(texts(node.path("security_opt"))).containsExactly("no-new-privileges:true");
            assertThat(texts(node.path("tmpfs")))
                    .as("the native transport is executed there")
                    .singleElement()
                    .asString()
                    .startsWith("/tmp:exec");
            assertThat(node.at("/environment/PROCESSGROUPS_NODE_ID").asText()).isEqualTo(name);
            assertThat(node.at("/environment/PROCESSGROUPS_STORE").asText()).isEqualTo("redis");
        }
    }

    @Test
    void image_isBuiltOnce() {
        JsonNode builder = service("node-a");
        assertThat(DEPLOY.resolve(builder.at("/build/context").asText())
                        .resolve(builder.at("/build/dockerfile").asText()))
                .isRegularFile();
        JsonNode user = service("node-b");
        assertThat(user.has("build")).isFalse();
        assertThat(user.path("image")).isEqualTo(builder.path("image"));
        assertThat(user.path("pull_policy").asText()).isEqualTo("never");
        assertThat(user.path("depends_on").has("node-a")).isTrue();
        assertThat(COMPOSE.path("services"))
                .filteredOn(service -> service.has("build"))
                .hasSize(1);
    }

    @Test
    void addresses_areThoseOfServices() {
        for (String name : NODES) {
            JsonNode environment = service(name).path("environment");
            assertThat(environment.path("QUARKUS_REDIS_HOSTS").asText()).isEqualTo("redis://valkey:6379");
            assertThat(environment.path("QUARKUS_OTEL_EXPORTER_OTLP_ENDPOINT").asText())
                    .isEqualTo("http://collector:4317");
        }
        service("valkey");
        JsonNode collector = Documents.only(Monitoring.FOLDER.resolve("collector.yaml"));
        assertThat(collector.at("/receivers/otlp/protocols/grpc/endpoint").asText())
                .endsWith(":4317");
        String viewer = collector.at("/exporters/otlp/endpoint").asText();
        assertThat(service(viewer.substring(0, viewer.indexOf(':')))).isNotNull();
        JsonNode traces = collector.at("/service/pipelines/traces");
        for (String part : List.of("receivers", "processors", "exporters")) {
            assertThat(texts(traces.path(part))).isNotEmpty().allSatisfy(used -> assertThat(
                            collector.path(part).has(used))
                    .isTrue());
        }
    }

    @Test
    void prometheus_scrapesTheNodes_andReadsTheRules() {
        JsonNode prometheus = Documents.only(Monitoring.FOLDER.resolve("prometheus.yaml"));
        JsonNode job = prometheus.at("/scrape_configs/0");

        assertThat(job.path("job_name").asText()).isEqualTo("processgroups");
        assertThat(job.path("metrics_path").asText()).isEqualTo("/q/metrics");
        assertThat(texts(job.at("/static_configs/0/targets")))
                .containsExactlyElementsOf(NODES.stream()
                        .map(node -> node + ":" + Service.managementPort())
                        .toList());
        String folder = "/etc/prometheus/";
        assertThat(texts(prometheus.path("rule_files")))
                .allSatisfy(file -> assertThat(texts(service("prometheus").path("volumes")))
                        .anyMatch(volume -> volume.contains(":" + folder + file + ":")));
        assertThat(texts(service("prometheus").path("command")))
                .contains("--config.file=" + folder + "prometheus.yaml");
    }

    @Test
    void grafana_hasItsSources_andTheDashboard() {
        JsonNode sources = Documents.only(Monitoring.FOLDER.resolve("grafana/datasources.yaml"));
        sources.path("datasources").forEach(source -> {
            String host = source.path("url").asText().replaceAll("http://([a-z]+):\\d+", "$1");
            assertThat(service(host)).isNotNull();
        });
        JsonNode dashboards = Documents.only(Monitoring.FOLDER.resolve("grafana/dashboards.yaml"));
        String folder = dashboards.at("/providers/0/options/path").asText();
        assertThat(texts(service("grafana").path("volumes")))
                .anyMatch(volume -> volume.startsWith("./monitoring/dashboard.json:" + folder + "/"));
        assertThat(Files.exists(Monitoring.FOLDER.resolve("dashboard.json"))).isTrue();
    }

    @Test
    void tokens_areAskedForByTheSameNodes() {
        JsonNode secured = Documents.only(DEPLOY.resolve("compose.tokens.yaml")).path("services");
        assertThat(secured.properties()).extracting(Map.Entry::getKey).containsExactlyElementsOf(NODES);
        for (String node : NODES) {
            JsonNode environment = secured.path(node).path("environment");
            assertThat(environment.path("PROCESSGROUPS_AUTH").asText()).isEqualTo("jwt");
            assertThat(environment.path("PROCESSGROUPS_AUTH_NONE_ANYWHERE").asText())
                    .isEqualTo("false");
            assertThat(environment.path("PROCESSGROUPS_AUTH_SHARED_SECRET").asText())
                    .as("no secret of ours")
                    .startsWith("${PROCESSGROUPS_AUTH_SHARED_SECRET:?");
        }
    }
}
