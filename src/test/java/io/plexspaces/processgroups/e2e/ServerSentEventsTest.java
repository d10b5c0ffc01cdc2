package io.plexspaces.processgroups.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.quarkus.test.junit.QuarkusTest;
import java.net.http.HttpRequest.BodyPublishers;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@QuarkusTest
class ServerSentEventsTest extends LiveServer {
    private final List<EventSource> sources = new ArrayList<>();
    private HttpCalls http;

    @BeforeEach
    void open() {
        http = new HttpCalls(webSocket);
        client.create("news");
    }

    @AfterEach
    void close() {
        sources.forEach(EventSource::close);
    }

    /** Ends with it. */
    private EventSource source(String query, String lastId) {
        EventSource source = EventSource.open(webSocket, path(query), lastId);
        sources.add(source);
        return source;
    }

    private String path(String query) {
        return "/v1/" + tenant + "/default/news/events?actor=ann" + query;
    }

    private EventSource events(String query) {
        return source(query, "");
    }

    @Test
    void events_haveNamesIdsAndJson() {
        EventSource source = events("&topics=a.*&presence=members&snapshot=true");
        EventSource.Received subscribed = source.await("subscribed");
        String epoch = subscribed.json().at("/subscribed/epoch").asText();
        assertThat(source.head())
                .contains("content-type: text/event-stream")
                .contains("cache-control: no-store")
                .contains("x-accel-buffering: no");
        assertThat(subscribed.id())
                .isEqualTo(epoch + ":" + subscribed.json().at("/offset").asText());
        assertThat(subscribed.json().at("/subscribed/resumeToken").asText()).isNotEmpty();
        client.publish("news", "b.b", "not for it");
        client.publish("news", "a.b", "{\"n\":1}");
        client.join("news", "bob");
        client.leave("news", "bob");
        EventSource.Received message = source.await("message");
        assertThat(message.id())
                .isEqualTo(epoch + ":" + message.json().at("/offset").asText());
        assertThat(message.json().at("/message/data/n").asInt()).isEqualTo(1);
        assertThat(message.json().at("/topic").asText()).isEqualTo("a.b");
        assertThat(source.await("joined").json().at("/joined/actorId").asText()).isEqualTo("bob");
        assertThat(source.await("left").json().at("/left/actorId").asText()).isEqualTo("bob");
        assertThat(source.events("message")).hasSize(1);
        client.delete("news");
        assertThat(source.await("closed").json().at("/details/0/debug/reason").asText())
                .isEqualTo("GROUP_DELETED");
        assertThat(source.awaitRefusal()).startsWith("HTTP/1.1 404 ").contains("GROUP_NOT_FOUND");
    }

    /** JSON that came from a client may have line breaks between its tokens, which would end a line of ours. */
    @Test
    void payload_withLineBreaks_isOneEvent() {
        EventSource source = events("");
        source.await("subscribed");
        client.publish("news", "t", "{\"a\":\r\n\r1,\n\n\"b\":\"x\"}");
        client.publish("news", "t", "line\n\nevent: joined\ndata: none\r\r");
        source.awaitMessages(2);
        List<EventSource.Received> messages = source.events("message");
        assertThat(messages.get(0).json().at("/message/data/b").asText()).isEqualTo("x");
        assertThat(messages.get(1).json().at("/message/text").asText()).startsWith("line\n\nevent");
        assertThat(source.events("joined")).isEmpty();
    }

    @Test
    void source_thatIsCut_losesNothingAndGetsNothingTwice() {
        int all = 5_000;
        int cuts = 20;
        client.delete("news");
        http.call(
                "CreateGroup",
                "{\"tenantId\":\"" + tenant
                        + "\",\"groupName\":\"news\",\"retention\":{\"messages\":10000,\"maxAge\":\"300s\"}}");
        EventSource source = events("");
        source.await("subscribed");
        for (int batch = 0; batch < cuts; batch++) {
            String messages = IntStream.range(batch * all / cuts, (batch + 1) * all / cuts)
                    .mapToObj(i -> "{\"topic\":\"t\",\"message\":{\"data\":" + i + "}}")
                    .collect(Collectors.joining(","));
            HttpCalls.Got got = http.send(http.to("/v1/" + tenant + "/default/news/batch")
                    .POST(BodyPublishers.ofString("{\"messages\":[" + messages + "]}")));
            assertThat(got.status()).isEqualTo(200);
            int before = source.connections();
            source.cut();
            EventStream.patiently().until(() -> source.connections() > before);
        }
        source.awaitMessages(all);
        assertThat(source.connections()).isEqualTo(cuts + 1);
        assertThat(source.events("gap")).isEmpty();
        assertThat(source.events("message").stream()
                        .map(message -> message.json().at("/message/data").asInt()))
                .containsExactlyElementsOf(IntStream.range(0, all).boxed().toList());
    }

    @Test
    void lastEventId_ofAnotherLog_isAGap() {
        client.publish("news", "t", "before");
        EventSource source = source("", "another:1");
        assertThat(source.await("gap").json().at("/gap/reason").asText()).isEqualTo("EPOCH_CHANGED");
    }

    @Test
    void source_thatComesBack_goesOnWhateverItsAddressSays() {
        client.publish("news", "t", "1");
        EventSource first = events("&replay_last=5");
        String id = first.await("message").id();
        first.close();
        client.publish("news", "t", "2");
        EventSource second = source("&replay_last=5", id);
        second.awaitMessages(1);
        assertThat(second.events("message")).singleElement().satisfies(message -> assertThat(
                        message.json().at("/message/data").asInt())
                .isEqualTo(2));
    }

    @Test
    void streamThatCannotBegin_isRefusedLikeAnyRequest() {
        assertThat(http.get("/v1/" + tenant + "/default/nowhere/events?actor=ann")
                        .reason())
                .isEqualTo("GROUP_NOT_FOUND");
        HttpCalls.Got nobody = http.get("/v1/" + tenant + "/default/news/events");
        assertThat(nobody.status()).isEqualTo(400);
        assertThat(nobody.field()).isEqualTo("actor_id");
        HttpCalls.Got unknown = http.get(path("&topic=x"));
        assertThat(unknown.status()).isEqualTo(400);
        assertThat(unknown.text()).contains("no parameter topic").contains("topics");
        HttpCalls.Got malformed = http.send(http.to(path("")).header("Last-Event-ID", "17"));
        assertThat(malformed.field()).isEqualTo("Last-Event-ID");
    }

    /** A connection that was refused a stream goes on, and can have one. */
    @Test
    void connection_afterARefusal_isOfUse() {
        for (int i = 0; i < 3; i++) {
            assertThat(http.get("/v1/" + tenant + "/default/nowhere/events?actor=ann")
                            .status())
                    .isEqualTo(404);
            assertThat(http.get("/v1/" + tenant + "/default/news/members").status())
                    .isEqualTo(200);
        }
    }

    /** One that reads nothing is given up, and its session with it. */
    @Test
    void slowConsumer_isCut() throws Exception {
        try (java.net.Socket slow = new java.net.Socket()) {
            slow.setReceiveBufferSize(4096);
            slow.connect(new java.net.InetSocketAddress(webSocket.getHost(), webSocket.getPort()));
            slow.getOutputStream()
                    .write(("GET " + path("") + " HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
                            .getBytes(java.nio.charset.StandardCharsets.UTF_8));
            EventStream.patiently().until(() -> client.members("news").contains("ann"));
            String large = "x".repeat(900_000);
            for (int i = 0; i < 40; i++) {
                client.publish("news", "t", large);
            }
            EventStream.patiently().until(() -> !client.members("news").contains("ann"));
        }
    }
}
