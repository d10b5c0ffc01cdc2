package io.plexspaces.processgroups.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.quarkus.test.junit.QuarkusTest;
import java.net.http.HttpRequest.BodyPublishers;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@QuarkusTest
class ShortPathsTest extends LiveServer {
    private HttpCalls http;

    @BeforeEach
    void open() {
        http = new HttpCalls(webSocket);
    }

    private String path(String rest) {
        return "/v1/" + tenant + "/default/" + rest;
    }

    private HttpCalls.Got put(String group, String body) {
        return http.send(http.to(path(group)).PUT(BodyPublishers.ofString(body)));
    }

    private HttpCalls.Got post(String rest, String body) {
        return http.send(http.to(path(rest)).POST(BodyPublishers.ofString(body)));
    }

    @Test
    void group_fromItsCreationToItsEnd() {
        HttpCalls.Got created = put("news", "{\"retention\":{\"messages\":7,\"maxAge\":\"60s\"}}");
        assertThat(created.status()).as(created.text()).isEqualTo(201);
        assertThat(created.json().at("/group/retention/messages").asInt()).isEqualTo(7);
        assertThat(put("news", "").status()).isEqualTo(409);
        assertThat(put("chat.room", "").status()).isEqualTo(201);
        client.join("news", "ann");
        assertThat(http.get(path("news/members")).json().at("/memberIds/0").asText())
                .isEqualTo("ann");
        JsonNode listed = http.get("/v1/" + tenant + "/default?pattern=chat.*").json();
        assertThat(listed.at("/groups/0/groupName").asText()).isEqualTo("chat.room");
        assertThat(listed.at("/totalCount").asInt()).isEqualTo(1);
        HttpCalls.Got deleted = http.send(http.to(path("news")).DELETE());
        assertThat(deleted.json().at("/existed").asBoolean()).isTrue();
        assertThat(http.get(path("news/members")).status()).isEqualTo(404);
    }

    @Test
    void message_isPublishedAndFetched() {
        put("news", "");
        client.join("news", "ann");
        HttpCalls.Got published = post("news/messages?topic=user.login&answer=counts&actor=bob", "{\"n\": 1}");
        assertThat(published.json().at("/recipientsCount").asInt()).isEqualTo(1);
        assertThat(published.json().has("recipientIds")).isFalse();
        post("news/messages", "plain text");
        String epoch = published.json().at("/epoch").asText();
        String offset = published.json().at("/offset").asText();
        JsonNode all = http.get(path("news/messages")).json();
        assertThat(all.at("/events/0/message/data/n").asInt()).isEqualTo(1);
        assertThat(all.at("/events/0/message/senderId").asText()).isEqualTo("bob");
        assertThat(all.at("/events/0/topic").asText()).isEqualTo("user.login");
        JsonNode after =
                http.get(path("news/messages?after=" + epoch + ":" + offset)).json();
        assertThat(after.at("/events")).hasSize(1);
        assertThat(after.at("/events/0/message/text").asText()).isEqualTo("plain text");
        JsonNode newest =
                http.get(path("news/messages?newest_first=true&limit=1")).json();
        assertThat(newest.at("/events/0/message/text").asText()).isEqualTo("plain text");
    }

    @Test
    void batch_hasAResultForEachMessage_inOrder() {
        put("news", "");
        String many = IntStream.range(0, 300)
                .mapToObj(i -> "{\"topic\":\"t." + i + "\",\"message\":{\"data\":" + i + "}}")
                .collect(Collectors.joining(","));
        String bad = "{\"topic\":\"no topic\",\"message\":{\"text\":\"x\"}},{\"nothing\":1},5,"
                + "{\"groupName\":\"other\",\"message\":{\"text\":\"x\"}},{\"topic\":\"t\"}";
        HttpCalls.Got got = post("news/batch", "{\"messages\":[" + bad + "," + many + "]}");
        assertThat(got.status()).as(got.text()).isEqualTo(200);
        JsonNode results = got.json().at("/results");
        assertThat(results).hasSize(305);
        assertThat(results.at("/0/error/field").asText()).isEqualTo("topic");
        assertThat(results.at("/1/error/field").asText()).isEqualTo("nothing");
        assertThat(results.at("/2/error/reason").asText()).isEqualTo("INVALID_ARGUMENT");
        assertThat(results.at("/3/error/field").asText()).isEqualTo("group_name");
        assertThat(results.at("/4/error/field").asText()).isEqualTo("message");
        long before = 0;
        for (int i = 5; i < 305; i++) {
            assertThat(results.get(i).at("/index").asInt()).isEqualTo(i);
            long offset = results.get(i).at("/published/offset").asLong();
            assertThat(offset).isGreaterThan(before);
            before = offset;
        }
        JsonNode last =
                http.get(path("news/messages?newest_first=true&limit=1")).json();
        assertThat(last.at("/events/0/message/data").asInt()).isEqualTo(299);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{}",
                "[]",
                "{\"messages\":[]}",
                "{\"messages\":[{]}",
                "{\"messages\":{}}",
                "{\"messages\":[1],\"x\":1}",
                "x"
            })
    void malformedBatch_isRefused(String body) {
        put("news", "");
        HttpCalls.Got got = post("news/batch", body);
        assertThat(got.status()).isEqualTo(400);
        assertThat(got.field()).isEqualTo("messages");
    }

    @Test
    void batch_isBounded() {
        put("news", "");
        String messages = "{},".repeat(1000) + "{}";
        assertThat(post("news/batch", "{\"messages\":[" + messages + "]}").field())
                .isEqualTo("messages");
        HttpCalls.Got large = post("news/batch", "{\"messages\":[\"" + "x".repeat(4 << 20) + "\"]}");
        assertThat(large.status()).isEqualTo(429);
        assertThat(large.reason()).isEqualTo("LIMIT_EXCEEDED");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "GET|news/messages?topic=x|query",
                "GET|news/messages?after=5|after",
                "GET|news/messages?after=e:x|after",
                "GET|news/messages?limit=x|limit",
                "GET|news/messages?limit=-1|limit",
                "GET|news/members?detailed=yes|detailed",
                "GET|news/members?page_token=x|page_token",
                "POST|news/messages|message",
                "DELETE|news?x=1|query",
                "DELETE|a%20b|group_name",
                "GET|news/members?token=secret|query"
            })
    void wrongParameter_isNamed(String method, String rest, String field) {
        put("news", "");
        HttpCalls.Got got = http.send(http.to(path(rest)).method(method, BodyPublishers.noBody()));
        assertThat(got.status()).as(got.text()).isEqualTo(400);
        assertThat(got.field()).isEqualTo(field);
    }

    @ParameterizedTest
    @CsvSource({
        "PATCH,news,405,'PUT, DELETE'",
        "PUT,news/messages,405,'GET, POST'",
        "GET,news/batch,405,POST",
        "POST,news/events,405,GET",
        "GET,news/nothing,404,''",
        "GET,news/members/ann,404,''"
    })
    void otherMethodOrPath_isToldSo(String method, String rest, int status, String allow) {
        HttpCalls.Got got = http.send(http.to(path(rest)).method(method, BodyPublishers.noBody()));
        assertThat(got.status()).isEqualTo(status);
        assertThat(got.header("Allow")).isEqualTo(allow);
        assertThat(got.json().at("/message").asText()).isNotEmpty();
    }
}
