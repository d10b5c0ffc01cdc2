package io.plexspaces.processgroups.api.websocket;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.plexspaces.processgroups.access.Caller;
import io.plexspaces.processgroups.api.ApiSettings;
import io.plexspaces.processgroups.api.Requests;
import io.plexspaces.processgroups.api.websocket.format.FrameFormat;
import io.plexspaces.processgroups.core.Groups;
import io.plexspaces.processgroups.core.session.Sessions;
import io.plexspaces.processgroups.domain.GroupId;
import io.plexspaces.processgroups.proto.v1.CreateGroupRequest;
import io.plexspaces.processgroups.proto.v1.Event;
import io.plexspaces.processgroups.proto.v1.SessionOpen;
import io.plexspaces.processgroups.proto.v1.SessionRequest;
import io.plexspaces.processgroups.proto.v1.SessionResponse;
import io.plexspaces.processgroups.proto.v1.SubscribeRequest;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** One file, as it has one case for each way to use a WebSocket. */
@QuarkusTest
class WebSocketEndpointTest {
    private static final String JOIN = "{\"requestId\":2,\"join\":{\"groupName\":\"news\"}}";

    @TestHTTPResource("/ws")
    URI session;

    @Inject
    Groups groups;

    @Inject
    Sessions sessions;

    @Inject
    ApiSettings settings;

    private String tenant;

    @BeforeEach
    void createGroup() {
        tenant = "t" + UUID.randomUUID();
        create("news");
    }

    @Test
    void url_subscribes_andStreamsMessagesOfItsTopics() {
        try (Browser alice = Browser.connect(url("news?actor=alice&topics=a,b.*"))) {
            JsonNode subscribed = alice.next();
            assertThat(subscribed.at("/groupName").textValue()).isEqualTo("news");
            assertThat(subscribed.at("/subscribed/resumeToken").textValue()).isNotEmpty();
            assertThat(subscribed.at("/subscribed/epoch").textValue()).isNotEmpty();
            publishAndReceive(alice);
        }
    }

    private void publishAndReceive(Browser alice) {
        try (Browser bob = Browser.connect(url("news?actor=bob&snapshot=true"))) {
            assertThat(bob.next().at("/subscribed/snapshot/members"))
                    .extracting(member -> member.get("actorId").textValue())
                    .contains("alice");

            bob.send(publish(1, "c", "\"data\":1"));
            bob.send(publish(2, "b.x", "\"data\":{\"z\":1.50,\"a\":12345678901234567890}"));
            bob.send(publish(3, "", "\"text\":\"to all\""));

            JsonNode first = alice.next();
            assertThat(first.at("/topic").textValue()).isEqualTo("b.x");
            assertThat(first.at("/message/senderId").textValue()).isEqualTo("bob");
            assertThat(first.at("/message/data").toString()).isEqualTo("{\"z\":1.5,\"a\":12345678901234567890}");
            assertThat(alice.next().at("/message/text").textValue()).isEqualTo("to all");
            JsonNode published = bob.answer();
            assertThat(published.at("/requestId").textValue()).isEqualTo("1");
            assertThat(published.at("/published/recipientIds"))
                    .extracting(JsonNode::textValue)
                    .containsExactly("bob");
        }
    }

    @Test
    void session_joinsPublishesWatchesAndLeaves() {
        create("other");
        try (Browser alice = open("alice")) {
            alice.send(JOIN).send("{\"requestId\":3,\"join\":{\"groupName\":\"other\"}}");
            assertThat(alice.answer().at("/joined/joinCount").intValue()).isEqualTo(1);
            assertThat(alice.answer().at("/requestId").textValue()).isEqualTo("3");
            alice.send("{\"requestId\":4,\"watch\":{\"groupName\":\"news\"}}");
            assertThat(alice.answer().has("watching")).isTrue();
            alice.send("{\"requestId\":5,\"leave\":{\"groupName\":\"other\"}}");
            assertThat(alice.answer().has("left")).isTrue();
            alice.send("{\"requestId\":6,\"leave\":{\"groupName\":\"other\"}}");
            JsonNode refused = alice.answer();
            assertThat(refused.at("/error/reason").textValue()).isEqualTo("NOT_A_MEMBER");
            assertThat(refused.at("/error/status").intValue()).isEqualTo(5);
            alice.send("{\"requestId\":7,\"unwatch\":{\"groupName\":\"news\"}}");
            assertThat(alice.answer().has("unwatched")).isTrue();
        }
    }

    @Test
    void proto_speaksTheSameProtocolInBinary() throws Exception {
        try (Browser alice = Browser.connect(session, "chat", "processgroups.v1.proto")) {
            assertThat(alice.subprotocol()).isEqualTo("processgroups.v1.proto");
            alice.send(SessionRequest.newBuilder()
                    .setRequestId(1)
                    .setOpen(SessionOpen.newBuilder().setTenantId(tenant).setActorId("alice"))
                    .build()
                    .toByteArray());
            assertThat(nextProto(alice).getAnswer().getOpened().getResumeToken())
                    .isNotEmpty();
            alice.send(SessionRequest.newBuilder()
                    .setJoin(SubscribeRequest.newBuilder().setGroupName("news"))
                    .build()
                    .toByteArray());
            assertThat(nextProto(alice).hasSubscribed()).isTrue();
            try (Browser bob = open("bob")) {
                bob.send(publish(2, "", "\"payload\":\"/wA=\""));
                assertThat(nextProto(alice).getMessage().getPayload().toByteArray())
                        .isEqualTo(new byte[] {(byte) 0xFF, 0});
            }
            alice.send(new byte[] {(byte) 0xFF});
            assertThat(nextProto(alice).getAnswer().getError().getReason()).isEqualTo("INVALID_ARGUMENT");
        }
    }

    @Test
    void reconnect_withTokenAndPosition_getsWhatItMissed() {
        String token;
        JsonNode subscribed;
        try (Browser alice = Browser.connect(url("news?actor=alice"))) {
            subscribed = alice.next().get("subscribed");
            token = subscribed.get("resumeToken").textValue();
            alice.vanish();
        }
        try (Browser bob = open("bob")) {
            for (int i = 0; i < 20; i++) {
                bob.send(publish(i + 2, "", "\"data\":" + i));
            }
            for (int i = 0; i < 20; i++) {
                bob.answer();
            }
        }
        String position = "&epoch=" + subscribed.get("epoch").textValue() + "&offset="
                + subscribed.get("offset").textValue();
        try (Browser alice = Browser.connect(url("news?actor=alice&resume=" + token + position))) {
            JsonNode resumed = alice.next().get("subscribed");
            assertThat(resumed.get("recovered").booleanValue()).isTrue();
            assertThat(resumed.get("resumeToken").textValue()).isEqualTo(token);
            for (int i = 0; i < 20; i++) {
                assertThat(alice.next().at("/message/data").intValue()).isEqualTo(i);
            }
        }
    }

    @Test
    void requests_thatCannotBeRead_areAnsweredAndTheSessionGoesOn() {
        try (Browser alice = open("alice")) {
            alice.send("{").send("{\"requestId\":9,\"join\":{\"topic\":\"a\"}}").send("[]");
            assertThat(alice.answer().at("/error/message").textValue()).isEqualTo("malformed JSON");
            JsonNode unknown = alice.answer();
            assertThat(unknown.at("/requestId").textValue()).isEqualTo("9");
            assertThat(unknown.at("/error/field").textValue()).isEqualTo("topic");
            assertThat(alice.answer().at("/error/reason").textValue()).isEqualTo("INVALID_ARGUMENT");

            alice.sendInParts(JOIN.substring(0, 9), JOIN.substring(9));
            assertThat(alice.answer().has("joined")).isTrue();
        }
    }

    @Test
    void firstRequest_thatIsNotOpen_isAFailedPrecondition() {
        try (Browser alice = Browser.connect(session)) {
            alice.send(JOIN);
            assertThat(alice.answer().at("/error/reason").textValue()).isEqualTo("FAILED_PRECONDITION");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "nosuch?actor=alice,       4404, GROUP_NOT_FOUND",
        "news,                     4400, actor_id",
        "news?actor=-x,            4400, actor_id",
        "news?actor=a&topics=a..b, 4400, topics",
        "news?actor=a&topic=b,     4400, query",
        "news?actor=a&offset=1,    4400, after",
        "%2Fx?actor=a,             4400, group_name"
    })
    void url_thatCannotBeServed_isClosedWithTheReason(String path, int code, String reason) {
        try (Browser alice = Browser.connect(url(path))) {
            Browser.Closed closed = alice.closed();
            assertThat(closed.code()).isEqualTo(code);
            assertThat(closed.reason()).contains(reason);
        }
    }

    @Test
    void message_ofTheOtherKind_closes1003() {
        try (Browser json = Browser.connect(session);
                Browser proto = Browser.connect(session, "processgroups.v1.proto")) {
            json.send(new byte[] {1});
            proto.send("{}");
            assertThat(json.closed().code()).isEqualTo(1003);
            assertThat(proto.closed().code()).isEqualTo(1003);
        }
    }

    @Test
    void publish_ofTheLargestMessage_passes_andOfALargerIsRefused() {
        int room = settings.maxMessageBytes() - 100;
        try (Browser alice = open("alice")) {
            alice.send(publish(2, "", "\"text\":\"" + "x".repeat(room) + "\""));
            assertThat(alice.answer().has("published")).isTrue();
            alice.send(publish(3, "", "\"text\":\"" + "x".repeat(room + 200) + "\""));
            assertThat(alice.answer().at("/error/reason").textValue()).isEqualTo("LIMIT_EXCEEDED");
        }
    }

    @Test
    void message_beyondTheLimitInParts_closes1009() {
        int half = FrameFormat.JSON.maxRequestBytes(settings) / 2 + 1;
        try (Browser alice = open("alice")) {
            alice.sendInParts(" ".repeat(half), " ".repeat(half));
            assertThat(alice.closed().code()).isEqualTo(1009);
        }
    }

    @Test
    void frame_beyondTheLimit_closes1009BeforeItIsRead() throws Exception {
        try (RawClient raw = RawClient.upgraded(session)) {
            raw.write(RawClient.header(0x81, 1L << 40));
            assertThat(raw.readClose().closeCode()).isEqualTo(1009);
            raw.write(new byte[100_000]);
            assertThat(raw.isAtEnd()).isTrue();
        }
    }

    @Test
    void text_thatIsNotUtf8_closes1007() throws Exception {
        try (RawClient raw = RawClient.upgraded(session)) {
            raw.write(RawClient.masked(0x81, new byte[] {'{', (byte) 0xC0, (byte) 0xAF, '}'}));
            assertThat(raw.readClose().closeCode()).isEqualTo(1007);
        }
    }

    @Test
    void frame_thatBreaksTheProtocol_closes1002() throws Exception {
        byte[][] wrong = {
            {(byte) 0x81, 2, '{', '}'}, // not masked
            RawClient.masked(0xC1, "{}".getBytes(UTF_8)), // compressed, as never agreed
            RawClient.masked(0x83, new byte[0]), // reserved opcode
            RawClient.masked(0x80, new byte[0]) // continues nothing
        };
        for (byte[] frame : wrong) {
            try (RawClient raw = RawClient.upgraded(session)) {
                raw.write(frame);
                assertThat(raw.readClose().closeCode()).isEqualTo(1002);
            }
        }
    }

    @Test
    void peer_thatVanishesMidFrame_leavesNothingBehind() throws Exception {
        // Connections of earlier tests may still be closing: they must not be counted on either side.
        await().untilAsserted(() -> assertThat(sessions.connected()).isZero());
        for (int i = 0; i < 20; i++) {
            try (RawClient raw = RawClient.upgraded(url("news?actor=a" + i))) {
                raw.read();
                raw.write(RawClient.header(0x81, 1000));
                raw.write(new byte[500]);
            }
        }
        await().untilAsserted(() -> assertThat(sessions.connected()).isZero());
    }

    @Test
    void requests_sentWithTheHandshake_areReadInOrder() throws Exception {
        ByteArrayOutputStream early = new ByteArrayOutputStream();
        early.writeBytes(RawClient.masked(0x81, openRequest("alice").getBytes(UTF_8)));
        early.writeBytes(RawClient.masked(0x81, JOIN.getBytes(UTF_8)));
        try (RawClient raw = RawClient.connect(session)) {
            assertThat(raw.handshake(session, early.toByteArray(), "Sec-WebSocket-Version: 13\r\n"))
                    .startsWith("HTTP/1.1 101 ");
            assertThat(new String(raw.read().payload(), UTF_8)).contains("\"opened\"");
            assertThat(new String(raw.read().payload(), UTF_8)).contains("\"subscribed\"");
        }
    }

    @Test
    void ping_isAnswered_andAPlainCloseIsEchoed() throws Exception {
        try (RawClient raw = RawClient.upgraded(session)) {
            raw.write(RawClient.masked(0x89, "are you there".getBytes(UTF_8)));
            RawClient.Received pong = raw.read();
            assertThat(pong.opcode()).isEqualTo(0xA);
            assertThat(pong.payload()).isEqualTo("are you there".getBytes(UTF_8));
            raw.write(RawClient.masked(0x88, new byte[] {0x03, (byte) 0xE8}));
            assertThat(raw.readClose().closeCode()).isEqualTo(1000);
            assertThat(raw.isAtEnd()).isTrue();
        }
    }

    @Test
    void manyRequestsAtOnce_areAllAnswered() {
        int count = settings.maxInFlight() * 5;
        try (Browser alice = open("alice")) {
            alice.send(JOIN);
            assertThat(alice.answer().has("joined")).isTrue();
            for (int i = 0; i < count; i++) {
                alice.send(publish(100 + i, "", "\"data\":" + i));
            }
            List<String> answered = new ArrayList<>();
            List<Integer> delivered = new ArrayList<>();
            while (answered.size() < count || delivered.size() < count) {
                JsonNode event = alice.next();
                if (event.has("answer")) {
                    answered.add(event.at("/answer/requestId").textValue());
                } else if (event.has("message")) {
                    delivered.add(event.at("/message/data").intValue());
                }
            }
            assertThat(answered).doesNotHaveDuplicates();
            assertThat(delivered).isSorted();
        }
    }

    @Test
    void handshake_withUnknownSubprotocolsOnly_isRefused() throws Exception {
        assertThat(handshake("Sec-WebSocket-Version: 13\r\nSec-WebSocket-Protocol: chat\r\n"))
                .startsWith("HTTP/1.1 400 ");
        assertThatThrownBy(() -> Browser.connect(session, "chat")).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void handshake_fromAForeignPageOrWithAnotherVersion_isRefused() throws Exception {
        assertThat(handshake("Sec-WebSocket-Version: 13\r\nOrigin: https://evil.example\r\n"))
                .startsWith("HTTP/1.1 403 ");
        assertThat(handshake("Sec-WebSocket-Version: 13\r\nOrigin: http://localhost:3000\r\n"))
                .startsWith("HTTP/1.1 101 ");
        assertThat(handshake("Sec-WebSocket-Version: 8\r\n")).startsWith("HTTP/1.1 426 ");
        String plain = handshake("Sec-WebSocket-Version: 13\r\nSec-WebSocket-Extensions: permessage-deflate\r\n");
        assertThat(plain).startsWith("HTTP/1.1 101 ").doesNotContainIgnoringCase("permessage-deflate");
    }

    private String handshake(String headers) throws Exception {
        try (RawClient raw = RawClient.connect(session)) {
            return raw.handshake(session, headers);
        }
    }

    private Browser open(String actor) {
        Browser browser = Browser.connect(session);
        browser.send(openRequest(actor));
        JsonNode opened = browser.answer();
        assertThat(opened.at("/opened/resumeToken").textValue()).isNotEmpty();
        return browser;
    }

    private String openRequest(String actor) {
        return "{\"requestId\":1,\"open\":{\"tenantId\":\"" + tenant + "\",\"actorId\":\"" + actor + "\"}}";
    }

    private static String publish(int id, String topic, String payload) {
        return "{\"requestId\":\"" + id + "\",\"publish\":{\"groupName\":\"news\",\"topic\":\"" + topic
                + "\",\"message\":{" + payload + "}}}";
    }

    private static Event nextProto(Browser browser) throws Exception {
        SessionResponse response = SessionResponse.parseFrom(browser.nextBinary());
        assertThat(response.getEventsCount()).isEqualTo(1);
        return response.getEvents(0);
    }

    private void create(String group) {
        CreateGroupRequest request = CreateGroupRequest.newBuilder().build();
        groups.create(GroupId.of(tenant, "", group), new Requests(settings, Caller.anybody()).spec(request))
                .await()
                .indefinitely();
    }

    private URI url(String path) {
        return URI.create(session + "/" + tenant + "/default/" + path);
    }
}
