package io.plexspaces.processgroups.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The pages that the server itself sends. */
@QuarkusTest
class ExamplePageTest {
    private static final HttpClient CLIENT = HttpClient.newHttpClient();

    @TestHTTPResource("/examples/chat.html")
    URI page;

    private HttpResponse<String> get(String... headers) throws IOException, InterruptedException {
        return get(page, headers);
    }

    private static HttpResponse<String> get(URI page, String... headers) throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(page);
        return CLIENT.send(
                (headers.length == 0 ? request : request.headers(headers)).build(),
                HttpResponse.BodyHandlers.ofString());
    }

    @Test
    void page_isThatOfTheExamples_andMayRunItsOwnScriptAlone() throws Exception {
        HttpResponse<String> answer = get();

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.headers().firstValue("Content-Type")).hasValue("text/html; charset=utf-8");
        assertThat(answer.body()).isEqualTo(Files.readString(Path.of("examples", "chat.html")));
        String script = answer.body().split("<script>", 2)[1].split("</script>", 2)[0];
        byte[] hash = MessageDigest.getInstance("SHA-256").digest(script.getBytes(StandardCharsets.UTF_8));
        assertThat(answer.headers().firstValue("Content-Security-Policy").orElseThrow())
                .startsWith("default-src 'none'; connect-src 'self';")
                .contains("script-src 'sha256-" + Base64.getEncoder().encodeToString(hash) + "'")
                .doesNotContain("unsafe");
    }

    @Test
    void page_isSentOnce_toABrowserThatHasIt() throws Exception {
        String tag = get().headers().firstValue("ETag").orElseThrow();

        HttpResponse<String> answer = get("If-None-Match", tag);

        assertThat(answer.statusCode()).isEqualTo(304);
        assertThat(answer.body()).isEmpty();
    }

    @Test
    void console_isSentWithItsFiles_andMayUseNothingElse() throws Exception {
        URI console = page.resolve("/console/");
        HttpResponse<String> answer = get(console);
        assertThat(answer.headers().firstValue("Content-Security-Policy").orElseThrow())
                .startsWith("default-src 'none'; connect-src 'self';")
                .contains("script-src 'self'", "style-src 'self'", "frame-ancestors 'none'")
                .doesNotContain("unsafe", "http");
        assertThat(answer.body()).doesNotContain("<script>", "<style>", " style=", " onclick=", "http");

        List<String> files = Pattern.compile("(?:src|href)=\"([a-z]+\\.(?:js|css))\"")
                .matcher(answer.body())
                .results()
                .map(found -> found.group(1))
                .toList();
        assertThat(files).contains("console.js", "console.css", "uplot.js");
        for (String file : files) {
            HttpResponse<String> sent = get(console.resolve(file));
            assertThat(sent.statusCode()).as(file).isEqualTo(200);
            assertThat(sent.headers().firstValue("Content-Type").orElseThrow())
                    .startsWith(file.endsWith("css") ? "text/css" : "text/javascript");
            String tag = sent.headers().firstValue("ETag").orElseThrow();
            assertThat(get(console.resolve(file), "If-None-Match", tag).statusCode())
                    .isEqualTo(304);
        }
        assertThat(get(page.resolve("/console")).headers().firstValue("Location"))
                .hasValue("/console/");
    }

    @Test
    void status_isOneDocumentAboutThisNode() throws Exception {
        HttpResponse<String> answer = get(page.resolve("/console/status"));

        assertThat(answer.headers().firstValue("Content-Type")).hasValue("application/json");
        assertThat(answer.headers().firstValue("Cache-Control")).hasValue("no-store");
        JsonNode status = new ObjectMapper().readTree(answer.body());
        assertThat(status.at("/node/serving").asBoolean()).isTrue();
        assertThat(status.at("/node/incarnation").asLong()).isPositive();
        assertThat(status.at("/node/auth").asText()).isEqualTo("none");
        assertThat(status.at("/store/kind").asText()).isEqualTo("memory");
        assertThat(status.at("/store/healthy").asBoolean()).isTrue();
        assertThat(status.at("/lease/held").asBoolean()).isTrue();
        assertThat(status.at("/delivery/queueLimitBytes").asLong()).isPositive();
        assertThat(status.at("/connections/limit").asLong()).isPositive();
        assertThat(status.at("/charts/series").size()).isEqualTo(12);
    }

    @Test
    void startPage_saysWhereThingsAre_toPeopleAndToPrograms() throws Exception {
        HttpResponse<String> people = get(page.resolve("/"));
        assertThat(people.body()).contains("/console/", "/q/metrics", "/q/health", "/examples/chat.html");
        assertThat(people.headers().firstValue("Content-Security-Policy").orElseThrow())
                .contains("connect-src 'self'")
                .doesNotContain("unsafe");

        JsonNode programs = new ObjectMapper()
                .readTree(get(page.resolve("/"), "Accept", "application/json").body());
        assertThat(programs.path("console").asText()).isEqualTo("/console/");
        assertThat(programs.path("metrics").asText()).isEqualTo("/q/metrics");
    }
}
