package io.plexspaces.processgroups.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.quarkus.test.junit.QuarkusTest;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which pages may call, on a server that listens on loopback and has no origins configured. */
@QuarkusTest
class CrossOriginTest extends LiveServer {
    private static final String OWN = "http://localhost:3000";
    private static final String FOREIGN = "https://evil.example";

    private HttpCalls http;

    @BeforeEach
    void open() {
        http = new HttpCalls(webSocket);
        client.create("news");
    }

    private HttpRequest.Builder to(String rest, String origin) {
        return http.to("/v1/" + tenant + "/default/news/" + rest).header("Origin", origin);
    }

    @Test
    void pageOfThisMachine_mayCall() {
        HttpCalls.Got got = http.send(to("members", OWN));
        assertThat(got.status()).isEqualTo(200);
        assertThat(got.header("Access-Control-Allow-Origin")).isEqualTo(OWN);
        assertThat(got.header("Vary")).isEqualTo("Origin");
        assertThat(got.header("Access-Control-Expose-Headers")).contains("Retry-After");
        assertThat(got.header("X-Content-Type-Options")).isEqualTo("nosniff");
        assertThat(http.send(to("nothing", OWN)).header("Access-Control-Allow-Origin"))
                .as("of a failure")
                .isEqualTo(OWN);
    }

    @Test
    void preflight_isAnswered() {
        HttpCalls.Got got = http.send(to("messages", OWN)
                .header("Access-Control-Request-Method", "POST")
                .method("OPTIONS", BodyPublishers.noBody()));
        assertThat(got.status()).isEqualTo(204);
        assertThat(got.header("Access-Control-Allow-Origin")).isEqualTo(OWN);
        assertThat(got.header("Access-Control-Allow-Methods")).contains("POST");
        assertThat(got.header("Access-Control-Allow-Headers"))
                .contains("Authorization")
                .contains("Connect-Protocol-Version")
                .contains("Last-Event-ID");
    }

    /** Also without a preflight: a browser sends some requests whether or not it will show their answers. */
    @Test
    void foreignPage_changesNothing() {
        HttpCalls.Got posted = http.send(
                to("messages", FOREIGN).header("Content-Type", "text/plain").POST(BodyPublishers.ofString("x")));
        assertThat(posted.status()).isEqualTo(403);
        assertThat(posted.json().at("/message").asText()).contains("allowed-origins");
        HttpCalls.Got preflight = http.send(to("messages", FOREIGN)
                .header("Access-Control-Request-Method", "POST")
                .method("OPTIONS", BodyPublishers.noBody()));
        assertThat(preflight.status()).isEqualTo(403);
        assertThat(preflight.header("Access-Control-Allow-Origin")).isEmpty();
        assertThat(http.send(http.method("PublishToGroup")
                                .header("Origin", FOREIGN)
                                .POST(BodyPublishers.ofString("{}")))
                        .status())
                .isEqualTo(403);
        assertThat(http.get("/v1/" + tenant + "/default/news/messages").json().at("/events"))
                .isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"no-cors", "cors"})
    void foreignPage_thatHidesItsOrigin_isRefused(String mode) {
        HttpCalls.Got got = http.send(http.to("/v1/" + tenant + "/default/news/events?actor=eve")
                .header("Sec-Fetch-Site", "cross-site")
                .header("Sec-Fetch-Mode", mode));
        assertThat(got.status()).isEqualTo(403);
        assertThat(client.members("news")).isEmpty();
    }

    @Test
    void link_fromAnotherPage_mayBeFollowed() {
        HttpCalls.Got got = http.send(
                http.to("/openapi").header("Sec-Fetch-Site", "cross-site").header("Sec-Fetch-Mode", "navigate"));
        assertThat(got.status()).isEqualTo(200);
    }

    /** As in a frame of a foreign page. */
    @Test
    void visit_fromAnotherPage_joinsNothing() {
        HttpCalls.Got got = http.send(http.to("/v1/demo/default/jobs/events?actor=eve&create_missing=true")
                .header("Sec-Fetch-Site", "cross-site")
                .header("Sec-Fetch-Mode", "navigate"));
        assertThat(got.status()).isEqualTo(403);
    }
}
