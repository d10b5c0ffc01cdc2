package io.plexspaces.processgroups.e2e;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.protobuf.Message;
import io.plexspaces.processgroups.proto.v1.AskRequest;
import io.plexspaces.processgroups.proto.v1.Event;
import io.plexspaces.processgroups.proto.v1.PublishToGroupRequest;
import io.plexspaces.processgroups.proto.v1.SubscribeRequest;
import io.plexspaces.processgroups.proto.v1.SubscribeResponse;
import io.plexspaces.processgroups.proto.v1.WatchRequest;
import io.quarkus.test.junit.QuarkusTest;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@QuarkusTest
class ConnectStreamsTest extends LiveServer {
    private final HttpClient client11 =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private HttpCalls http;
    private InputStream open;

    @BeforeEach
    void open() {
        http = new HttpCalls(webSocket);
    }

    @AfterEach
    void close() throws IOException {
        if (open != null) {
            open.close();
        }
    }

    /** A message of a stream, or its end. */
    private record Part(int flags, byte[] content) {
        boolean isEnd() {
            return flags == 2;
        }

        JsonNode json() {
            return HttpCalls.json(new String(content, UTF_8));
        }
    }

    private static byte[] envelope(int flags, byte[] message) {
        return ByteBuffer.allocate(5 + message.length)
                .put((byte) flags)
                .putInt(message.length)
                .put(message)
                .array();
    }

    private HttpRequest.Builder request(String method, String type, byte[] body) {
        return http.method(method)
                .header("Content-Type", "application/connect+" + type)
                .POST(BodyPublishers.ofByteArray(body));
    }

    private DataInputStream stream(HttpRequest.Builder request) {
        try {
            HttpResponse<InputStream> response = client11.send(request.build(), BodyHandlers.ofInputStream());
            assertThat(response.statusCode()).isEqualTo(200);
            open = response.body();
            return new DataInputStream(open);
        } catch (IOException failure) {
            throw new AssertionError(failure);
        } catch (InterruptedException interrupted) {
            throw new IllegalStateException(interrupted);
        }
    }

    private DataInputStream json(String method, String json) {
        return stream(request(method, "json", envelope(0, json.getBytes(UTF_8))));
    }

    private DataInputStream proto(String method, Message request) {
        return stream(request(method, "proto", envelope(0, request.toByteArray())));
    }

    private static Part next(DataInputStream in) {
        try {
            int flags = in.readByte();
            byte[] content = new byte[in.readInt()];
            in.readFully(content);
            return new Part(flags, content);
        } catch (IOException failure) {
            throw new AssertionError(failure);
        }
    }

    private String group() {
        return "\"tenantId\":\"" + tenant + "\",\"groupName\":\"news\"";
    }

    @Test
    void subscribe_inJson() throws IOException {
        client.create("news");
        DataInputStream in = json("Subscribe", "{" + group() + ",\"actorId\":\"ann\"}");
        assertThat(next(in).json().at("/events/0/subscribed/resumeToken").asText())
                .isNotEmpty();
        client.publish("news", "a.b", "{\"n\":1}");
        assertThat(next(in).json().at("/events/0/message/data/n").asInt()).isEqualTo(1);
        client.delete("news");
        assertThat(next(in).json().at("/events/0/groupDeleted/epoch").asText()).isNotEmpty();
        Part end = next(in);
        assertThat(end.isEnd()).isTrue();
        assertThat(end.json().at("/error/code").asText()).isEqualTo("not_found");
        assertThat(end.json().at("/error/details/0/debug/reason").asText()).isEqualTo("GROUP_DELETED");
        assertThat(in.read()).isNegative();
    }

    @Test
    void subscribe_inProtobuf() throws IOException {
        client.create("news");
        DataInputStream in = proto(
                "Subscribe",
                SubscribeRequest.newBuilder()
                        .setTenantId(tenant)
                        .setGroupName("news")
                        .setActorId("ann")
                        .build());
        assertThat(events(next(in)).hasSubscribed()).isTrue();
        client.publish("news", "a.b", "x");
        assertThat(events(next(in)).getMessage().getPayload().toStringUtf8()).isEqualTo("x");
    }

    private static Event events(Part part) throws IOException {
        return SubscribeResponse.parseFrom(part.content()).getEvents(0);
    }

    @Test
    void watch_followsMembers_andBeginsAlsoWithoutAny() {
        DataInputStream in = json("Watch", "{\"tenantId\":\"" + tenant + "\",\"wholeNamespace\":true}");
        client.create("news");
        client.join("news", "ann");
        JsonNode event = next(in).json();
        while (event.at("/events/0/joined").isMissingNode()) {
            event = next(in).json();
        }
        assertThat(event.at("/events/0/joined/actorId").asText()).isEqualTo("ann");
    }

    @Test
    void ask_endsByItself() throws IOException {
        client.create("news");
        DataInputStream in = proto(
                "Ask",
                AskRequest.newBuilder()
                        .setPublish(PublishToGroupRequest.newBuilder()
                                .setTenantId(tenant)
                                .setGroupName("news")
                                .setMessage(GrpcClient.text("?")))
                        .build());
        assertThat(events(next(in)).hasAsked()).isTrue();
        assertThat(events(next(in)).hasAskCompleted()).isTrue();
        Part end = next(in);
        assertThat(end.isEnd()).isTrue();
        assertThat(end.json().at("/error").isMissingNode()).isTrue();
        assertThat(in.read()).isNegative();
    }

    private static void assertEndsWith(DataInputStream in, String code, String text) {
        Part end = next(in);
        assertThat(end.isEnd()).isTrue();
        assertThat(end.json().at("/error/code").asText()).isEqualTo(code);
        assertThat(end.json().toString()).contains(text);
    }

    @Test
    void failure_isTheEndOfTheStream() {
        assertEndsWith(json("Subscribe", "{" + group() + ",\"actorId\":\"ann\"}"), "not_found", "GROUP_NOT_FOUND");
        assertEndsWith(json("Subscribe", "{" + group() + "}"), "invalid_argument", "actor_id");
        assertEndsWith(json("Watch", "{\"nothing\":1}"), "invalid_argument", "nothing");
        assertEndsWith(
                proto(
                        "Watch",
                        WatchRequest.newBuilder().setTenantId("no tenant").build()),
                "invalid_argument",
                "tenant_id");
        byte[] message = "{}".getBytes(UTF_8);
        assertEndsWith(stream(request("Watch", "json", message)), "invalid_argument", "envelope");
        assertEndsWith(stream(request("Watch", "json", envelope(1, message))), "invalid_argument", "compressed");
        assertEndsWith(
                stream(request("Watch", "json", envelope(0, message)).header("Connect-Content-Encoding", "gzip")),
                "unimplemented",
                "identity");
        assertEndsWith(json("Session", "{}"), "unimplemented", "/ws");
    }

    @Test
    void time_thatHasPassed_endsTheStream() {
        client.create("news");
        DataInputStream in = stream(
                request("Subscribe", "json", envelope(0, ("{" + group() + ",\"actorId\":\"ann\"}").getBytes(UTF_8)))
                        .header("Connect-Timeout-Ms", "300"));
        assertThat(next(in).isEnd()).isFalse();
        assertEndsWith(in, "deadline_exceeded", "Connect-Timeout-Ms");
    }

    @Test
    void otherType_isToldWhichThereAre() {
        HttpCalls.Got got = http.call("Subscribe", "{}");
        assertThat(got.status()).isEqualTo(415);
        assertThat(got.header("Accept-Post")).contains("application/connect+json");
        assertThat(http.call("Session", "{}").status()).isEqualTo(501);
    }
}
