package io.plexspaces.processgroups.deploy;

import static io.plexspaces.processgroups.deploy.Documents.each;
import static io.plexspaces.processgroups.deploy.Documents.texts;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.quarkus.runtime.configuration.DurationConverter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The parts of each overlay fit each other and the service. {@code deploy/check} compares them with the schemas of
 * Kubernetes.
 */
class KubernetesTest {
    private static final String NAMESPACE = "processgroups";

    static Stream<Overlay> overlays() {
        return Overlay.names().map(Overlay::of);
    }

    @Test
    void threeSetUps_areThere() {
        assertThat(Overlay.names()).containsExactly("cluster", "redis", "single");
    }

    @Test
    void everyFile_belongsToAnOverlay() throws IOException {
        Set<Path> used = new HashSet<>();
        overlays().forEach(overlay -> used.addAll(overlay.used()));
        used.addAll(Overlay.of("redis", "connections").used());
        used.addAll(Overlay.of("redis", "secure").used());

        try (Stream<Path> files = Files.walk(Documents.DEPLOY.resolve("kubernetes"))) {
            assertThat(files.filter(Files::isRegularFile)).isSubsetOf(used);
        }
    }

    @ParameterizedTest
    @MethodSource("overlays")
    void resources_areOnce_andInTheOneNamespace(Overlay overlay) {
        assertThat(overlay.all()).extracting(Overlay::id).doesNotHaveDuplicates();
        assertThat(overlay.all())
                .filteredOn(resource -> !resource.path("kind").asText().equals("Namespace"))
                .allSatisfy(resource ->
                        assertThat(resource.at("/metadata/namespace").asText()).isEqualTo(NAMESPACE));
        assertThat(overlay.one("Namespace", NAMESPACE)
                        .at("/metadata/labels/pod-security.kubernetes.io~1enforce")
                        .asText())
                .isEqualTo("restricted");
    }

    /** Pod Security Standard "restricted", and a file system that nobody writes to. */
    @ParameterizedTest
    @MethodSource("overlays")
    void pods_mayDoLittle(Overlay overlay) {
        for (ObjectNode workload : overlay.workloads()) {
            JsonNode pod = workload.at("/spec/template/spec");
            assertThat(pod.at("/securityContext/runAsNonRoot").asBoolean()).isTrue();
            assertThat(pod.at("/securityContext/runAsUser").asInt()).isPositive();
            assertThat(pod.at("/securityContext/seccompProfile/type").asText()).isEqualTo("RuntimeDefault");
            assertThat(pod.path("automountServiceAccountToken").asBoolean(true)).isFalse();
            assertThat(pod.has("hostNetwork") || pod.has("hostPID") || pod.has("hostIPC"))
                    .isFalse();
            assertThat(pod.path("volumes")).noneMatch(volume -> volume.has("hostPath"));
            for (JsonNode container : pod.path("containers")) {
                JsonNode context = container.path("securityContext");
                assertThat(context.path("allowPrivilegeEscalation").asBoolean(true))
                        .isFalse();
                assertThat(context.path("readOnlyRootFilesystem").asBoolean()).isTrue();
                assertThat(texts(context.at("/capabilities/drop"))).containsExactly("ALL");
                assertThat(context.at("/capabilities/add").isMissingNode()).isTrue();
                assertThat(container.at("/resources/requests").size()).isEqualTo(2);
                assertThat(container.at("/resources/limits/memory").isMissingNode())
                        .isFalse();
            }
        }
    }

    @ParameterizedTest
    @MethodSource("overlays")
    void selectors_findPods(Overlay overlay) {
        List<JsonNode> pods = overlay.workloads().stream()
                .map(workload -> workload.at("/spec/template/metadata/labels"))
                .toList();
        for (ObjectNode service : overlay.all("Service")) {
            assertThat(pods).anyMatch(labels -> matches(service.at("/spec/selector"), labels));
        }
        for (String kind : List.of("StatefulSet", "PodDisruptionBudget")) {
            for (ObjectNode resource : overlay.all(kind)) {
                assertThat(pods).anyMatch(labels -> matches(resource.at("/spec/selector/matchLabels"), labels));
            }
        }
        for (ObjectNode policy : overlay.all("NetworkPolicy")) {
            assertThat(policy.findValues("podSelector")).allSatisfy(selector -> assertThat(pods)
                    .anyMatch(labels -> matches(selector.path("matchLabels"), labels)));
        }
        for (ObjectNode workload : overlay.all("StatefulSet")) {
            assertThat(matches(
                            workload.at("/spec/selector/matchLabels"), workload.at("/spec/template/metadata/labels")))
                    .isTrue();
            assertThat(overlay.one("Service", workload.at("/spec/serviceName").asText()))
                    .isNotNull();
        }
    }

    private static boolean matches(JsonNode selector, JsonNode labels) {
        return !selector.isEmpty()
                && selector.properties().stream()
                        .allMatch(label -> labels.path(label.getKey()).equals(label.getValue()));
    }

    @ParameterizedTest
    @MethodSource("overlays")
    void ports_areThoseOfTheContainers(Overlay overlay) {
        Set<String> names = new HashSet<>();
        Set<Integer> numbers = new HashSet<>(Set.of(53, 4317));
        overlay.workloads().stream()
                .flatMap(workload -> each(workload.at("/spec/template/spec/containers")))
                .flatMap(container -> each(container.path("ports")))
                .forEach(port -> {
                    names.add(port.path("name").asText());
                    numbers.add(port.path("containerPort").asInt());
                });
        overlay.all("Service")
                .forEach(service -> each(service.at("/spec/ports")).forEach(port -> assertThat(names)
                        .contains(port.path("targetPort").asText())));
        overlay.all("NetworkPolicy").stream()
                .flatMap(policy -> Stream.concat(each(policy.at("/spec/ingress")), each(policy.at("/spec/egress"))))
                .flatMap(rule -> each(rule.path("ports")))
                .filter(port -> port.path("port").asInt() != 16379)
                .forEach(port -> assertThat(numbers).contains(port.path("port").asInt()));
        assertThat(each(overlay.server().path("ports"))
                        .collect(Collectors.toMap(port -> port.path("name").asText(), port -> port.path("containerPort")
                                .asInt())))
                .isEqualTo(Map.of(
                        "grpc", Service.grpcPort(),
                        "http", Service.httpPort(),
                        "management", Service.managementPort()));
        assertThat(each(overlay.one("Service", "processgroups").at("/spec/ports"))
                        .map(port -> port.path("name").asText()))
                .as("clients reach neither health nor metrics")
                .containsExactly("grpc", "http");
    }

    @ParameterizedTest
    @MethodSource("overlays")
    void probes_askTheService(Overlay overlay) {
        JsonNode server = overlay.server();
        for (String probe : List.of("startupProbe", "livenessProbe", "readinessProbe")) {
            assertThat(server.at("/" + probe + "/httpGet/path").asText())
                    .isEqualTo(probe.equals("readinessProbe") ? "/q/health/ready" : "/q/health/live");
            assertThat(server.at("/" + probe + "/httpGet/port").asText()).isEqualTo("management");
        }
        long patience = server.at("/startupProbe/periodSeconds").asLong()
                * server.at("/startupProbe/failureThreshold").asLong();
        assertThat(patience).as("longer than the start waits for the store").isGreaterThan(40);
    }

    @ParameterizedTest
    @MethodSource("overlays")
    void stop_hasTimeForTheDrain(Overlay overlay) {
        Map<String, String> environment = environment(overlay.server());
        long needed = overlay.server().at("/lifecycle/preStop/sleep/seconds").asLong()
                + seconds(environment.getOrDefault("PROCESSGROUPS_DRAIN_PERIOD", "5S"))
                + seconds(environment.getOrDefault("PROCESSGROUPS_DRAIN_NOTICE", "1S"))
                + seconds(environment.getOrDefault("QUARKUS_SHUTDOWN_DELAY", "1S"))
                + 10;

        assertThat(overlay.one("StatefulSet", NAMESPACE)
                        .at("/spec/template/spec/terminationGracePeriodSeconds")
                        .asLong())
                .isGreaterThanOrEqualTo(needed);
    }

    private static long seconds(String duration) {
        return DurationConverter.parseDuration(duration).toSeconds();
    }

    @ParameterizedTest
    @MethodSource("overlays")
    void nodes_haveStableNames_andKnowTheirStore(Overlay overlay) {
        JsonNode server = overlay.server();
        assertThat(each(server.path("env"))
                        .filter(variable -> variable.path("name").asText().equals("PROCESSGROUPS_NODE_ID"))
                        .map(variable ->
                                variable.at("/valueFrom/fieldRef/fieldPath").asText()))
                .containsExactly("metadata.name");
        Map<String, String> environment = environment(server);
        if (environment.get("PROCESSGROUPS_STORE").equals("memory")) {
            assertThat(overlay.one("StatefulSet", NAMESPACE)
                            .at("/spec/replicas")
                            .asInt())
                    .isEqualTo(1);
            assertThat(overlay.all("HorizontalPodAutoscaler")).isEmpty();
        } else {
            assertThat(overlay.one("StatefulSet", NAMESPACE).at("/spec").has("replicas"))
                    .as("the autoscaler alone decides")
                    .isFalse();
            assertThat(environment.get("QUARKUS_REDIS_HOSTS").split(",")).allSatisfy(address -> {
                String host = address.replaceAll("redis://([^:]+):6379", "$1");
                String service = host.substring(host.indexOf('.') + 1);
                assertThat(overlay.one("Service", service)
                                .at("/spec/ports/0/port")
                                .asInt())
                        .isEqualTo(6379);
            });
        }
    }

    @ParameterizedTest
    @MethodSource("overlays")
    void autoscaler_scalesTheNodes_byWhatEveryClusterMeasures(Overlay overlay) {
        for (ObjectNode autoscaler : overlay.all("HorizontalPodAutoscaler")) {
            JsonNode target = autoscaler.at("/spec/scaleTargetRef");
            assertThat(overlay.one(
                            target.path("kind").asText(), target.path("name").asText()))
                    .isNotNull();
            assertThat(each(autoscaler.at("/spec/metrics"))
                            .map(metric -> metric.path("type").asText()))
                    .as("with a metric that nobody gives it, it never scales down")
                    .containsExactly("Resource");
        }
    }

    @Test
    void connections_areAMetricThatNodesExport_besideProcessors() {
        JsonNode byConnections = Overlay.of("redis", "connections")
                .one("HorizontalPodAutoscaler", NAMESPACE)
                .at("/spec/metrics");
        JsonNode byProcessors =
                Overlay.of("redis").one("HorizontalPodAutoscaler", NAMESPACE).at("/spec/metrics");

        assertThat(each(byConnections)).hasSize(2).containsAll(byProcessors);
        assertThat(Service.metrics())
                .contains(byConnections.at("/0/pods/metric/name").asText());
    }

    @Test
    void secured_everybodyIsAskedForAToken_andEveryPortSpeaksTls() {
        Overlay secured = Overlay.of("redis", "secure");
        JsonNode server = secured.server();
        Map<String, String> files = Environments.secured();

        assertThat(environment(server)).containsEntry("PROCESSGROUPS_AUTH_NONE_ANYWHERE", "false");
        assertThat(files).containsEntry("processgroups.auth", "jwt").containsEntry("processgroups.tls", "web");
        assertThat(files.get("quarkus.http.ssl-port")).isEqualTo(Integer.toString(Service.httpPort()));
        assertThat(server.findValues("httpGet"))
                .hasSize(3)
                .allSatisfy(probe -> assertThat(probe.path("scheme").asText()).isEqualTo("HTTPS"))
                .allSatisfy(probe -> assertThat(probe.has("path")).isTrue());
        JsonNode volumes = secured.one("StatefulSet", NAMESPACE).at("/spec/template/spec/volumes");
        Map<String, String> mounted = each(server.path("volumeMounts"))
                .collect(Collectors.toMap(mount -> mount.path("name").asText(), mount -> mount.path("mountPath")
                        .asText()));
        assertThat(each(volumes).map(volume -> volume.path("name").asText()))
                .containsExactlyInAnyOrderElementsOf(mounted.keySet());
        assertThat(files.entrySet().stream()
                        .filter(file -> file.getKey().contains(".key-store."))
                        .map(Map.Entry::getValue))
                .containsExactlyInAnyOrder(mounted.get("tls") + "/tls.crt", mounted.get("tls") + "/tls.key");
        assertThat(mounted.get("secure")).as("beside where the image starts").isEqualTo(Service.home() + "/config");
    }

    @ParameterizedTest
    @MethodSource("overlays")
    void monitor_scrapesTheNodes(Overlay overlay) {
        JsonNode monitor = Documents.only(Monitoring.FOLDER.resolve("service-monitor.yaml"));
        List<ObjectNode> scraped = overlay.all("Service").stream()
                .filter(service -> matches(monitor.at("/spec/selector/matchLabels"), service.at("/metadata/labels")))
                .toList();

        assertThat(scraped).as("each node once").hasSize(1);
        assertThat(each(scraped.get(0).at("/spec/ports"))
                        .map(port -> port.path("name").asText()))
                .contains(monitor.at("/spec/endpoints/0/port").asText());
        assertThat(monitor.at("/spec/endpoints/0/path").asText()).isEqualTo("/q/metrics");
        assertThat(scraped.get(0)
                        .at("/metadata/labels")
                        .path(monitor.at("/spec/jobLabel").asText())
                        .asText())
                .as("the job of the alerts")
                .isEqualTo("processgroups");
        assertThat(overlay.all())
                .as("applied to clusters without the Prometheus operator, too")
                .noneMatch(resource -> resource.path("apiVersion").asText().startsWith("monitoring.coreos.com"));
    }

    /** Variables with values of their own. */
    static Map<String, String> environment(JsonNode container) {
        return each(container.path("env"))
                .filter(variable -> variable.has("value"))
                .collect(Collectors.toMap(variable -> variable.path("name").asText(), variable -> variable.path("value")
                        .asText()));
    }
}
