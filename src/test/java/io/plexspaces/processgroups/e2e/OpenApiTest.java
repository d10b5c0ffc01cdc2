package io.plexspaces.processgroups.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.grpc.protobuf.ProtoServiceDescriptorSupplier;
import io.plexspaces.processgroups.proto.v1.ProcessGroupServiceGrpc;
import io.quarkus.test.junit.QuarkusTest;
import java.net.http.HttpRequest.BodyPublishers;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** What the document describes is there, and what is there is described. */
@QuarkusTest
class OpenApiTest extends LiveServer {
    private static final String SERVICE = "/" + ProcessGroupServiceGrpc.SERVICE_NAME + "/";

    /** Each once, in an order in which each succeeds; the status that a client gets. */
    private static final List<Map.Entry<String, Integer>> PATHS = List.of(
            Map.entry("PUT /v1/{tenant}/{namespace}/{group}", 201),
            Map.entry("POST /v1/{tenant}/{namespace}/{group}/messages", 200),
            Map.entry("POST /v1/{tenant}/{namespace}/{group}/batch", 200),
            Map.entry("GET /v1/{tenant}/{namespace}/{group}/messages", 200),
            Map.entry("GET /v1/{tenant}/{namespace}/{group}/members", 200),
            Map.entry("GET /v1/{tenant}/{namespace}", 200),
            Map.entry("DELETE /v1/{tenant}/{namespace}/{group}", 200),
            Map.entry("GET /openapi", 200));

    private static final String EVENTS = "GET /v1/{tenant}/{namespace}/{group}/events";

    private HttpCalls.Got call(HttpCalls http, String operation) {
        String method = operation.substring(0, operation.indexOf(' '));
        String path = operation
                .substring(operation.indexOf(' ') + 1)
                .replace("{tenant}", tenant)
                .replace("{namespace}", "default")
                .replace("{group}", "news");
        String body = path.endsWith("/batch")
                ? "{\"messages\":[{\"message\":{\"text\":\"x\"}}]}"
                : method.equals("POST") ? "hello" : "";
        return http.send(http.to(path).method(method, BodyPublishers.ofString(body)));
    }

    @Test
    void document_describesWhatIsThere() {
        HttpCalls http = new HttpCalls(webSocket);
        HttpCalls.Got got = http.get("/openapi");
        assertThat(got.header("Content-Type")).isEqualTo("application/json");
        Set<String> described = new TreeSet<>();
        got.json().get("paths").properties().forEach(path -> path.getValue()
                .fieldNames()
                .forEachRemaining(method -> described.add(method.toUpperCase(Locale.ROOT) + " " + path.getKey())));
        Set<String> present = new TreeSet<>(Set.of(EVENTS));
        PATHS.forEach(path -> present.add(path.getKey()));
        ((ProtoServiceDescriptorSupplier)
                        ProcessGroupServiceGrpc.getServiceDescriptor().getSchemaDescriptor())
                .getServiceDescriptor().getMethods().stream()
                        .filter(method -> !method.isServerStreaming())
                        .forEach(method -> present.add("POST " + SERVICE + method.getName()));
        assertThat(described).isEqualTo(present);
        for (Map.Entry<String, Integer> path : PATHS) {
            assertThat(call(http, path.getKey()).status()).as(path.getKey()).isEqualTo(path.getValue());
        }
        described.stream().filter(operation -> operation.contains(SERVICE)).forEach(operation -> assertThat(
                        http.call(operation.substring(("POST " + SERVICE).length()), "{}")
                                .reason())
                .as(operation)
                .isNotEmpty());
    }

    @Test
    void references_leadSomewhere_andIdsAreUnique() {
        JsonNode document = new HttpCalls(webSocket).get("/openapi").json();
        List<String> references = new ArrayList<>();
        document.findValues("$ref").forEach(reference -> references.add(reference.asText()));
        assertThat(references).isNotEmpty().allSatisfy(reference -> assertThat(
                        document.at(reference.substring(1)).isObject())
                .as(reference)
                .isTrue());
        List<String> ids = new ArrayList<>();
        document.findValues("operationId").forEach(id -> ids.add(id.asText()));
        assertThat(ids).doesNotHaveDuplicates();
    }
}
