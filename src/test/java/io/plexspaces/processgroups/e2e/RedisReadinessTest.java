package io.plexspaces.processgroups.e2e;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** What the service says of its store. */
@QuarkusTest
@TestProfile(OnRedis.class)
class RedisReadinessTest extends LiveServer {
    @Test
    void ready_withAStoreThatAnswersAndALease() {
        Awaitility.await().until(() -> {
            JsonNode check = check("process-groups");
            return check.path("status").asText().equals("UP")
                    && check.at("/data/store").asBoolean()
                    && check.at("/data/lease").asBoolean();
        });
    }

    /** Whatever the status of all checks together is. */
    private JsonNode check(String name) throws IOException, InterruptedException {
        HttpRequest request =
                HttpRequest.newBuilder(webSocket.resolve("/q/health/ready")).build();
        String body = HttpClient.newHttpClient()
                .send(request, HttpResponse.BodyHandlers.ofString())
                .body();
        JsonNode all = new ObjectMapper().readTree(body);
        for (JsonNode check : all.path("checks")) {
            if (check.path("name").asText().equals(name)) {
                return check;
            }
        }
        throw new AssertionError("no check " + name + " in " + all);
    }
}
