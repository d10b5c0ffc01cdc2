package io.plexspaces.processgroups.e2e;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.plexspaces.processgroups.api.websocket.RawClient;
import io.plexspaces.processgroups.core.session.Sessions;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.SocketException;
import java.net.URI;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** WebSocket peers that break the protocol, vanish, or send what cannot be read, beside others that do not. */
@QuarkusTest
class BadFrameTest extends LiveServer {
    private static final String GROUP = "room";
    private static final int TEXT = 0x81;
    private static final int FIRST_OF_TEXT = 0x01;
    private static final int CONTINUATION = 0x00;
    private static final int PING = 0x89;
    private static final int CLOSE = 0x88;

    @Inject
    Sessions sessions;

    private Bystanders bystanders;
    private int before;

    @BeforeEach
    void populate() {
        client.create(GROUP);
        bystanders = new Bystanders(this, GROUP);
        before = sessions.connected();
    }

    @Test
    void frames_thatBreakTheProtocol_closeTheirOwnConnectionAlone() throws IOException {
        Map<String, byte[]> broken = new LinkedHashMap<>();
        broken.put("1002 not masked", new byte[] {(byte) TEXT, 2, '{', '}'});
        broken.put("1002 reserved bit", RawClient.masked(0xC1, "{}".getBytes(UTF_8)));
        broken.put("1002 reserved opcode", RawClient.masked(0x83, new byte[0]));
        broken.put("1002 reserved control opcode", RawClient.masked(0x8B, new byte[0]));
        broken.put("1002 continuation of nothing", RawClient.masked(0x80, new byte[0]));
        broken.put("1002 ping in parts", RawClient.masked(0x09, new byte[0]));
        broken.put("1002 ping too long", RawClient.masked(PING, new byte[126]));
        broken.put("1002 close of one byte", RawClient.masked(CLOSE, new byte[] {3}));
        broken.put("1002 close with a reserved code", RawClient.masked(CLOSE, new byte[] {3, (byte) 0xED}));
        broken.put(
                "1002 text within text",
                joined(
                        RawClient.masked(FIRST_OF_TEXT, "{".getBytes(UTF_8)),
                        RawClient.masked(TEXT, "}".getBytes(UTF_8))));
        broken.put("1003 binary on JSON", RawClient.masked(0x82, new byte[] {1}));
        broken.put("1007 overlong UTF-8", RawClient.masked(TEXT, new byte[] {(byte) 0xC0, (byte) 0xAF}));
        broken.put("1007 lone surrogate", RawClient.masked(TEXT, new byte[] {(byte) 0xED, (byte) 0xA0, (byte) 0x80}));
        broken.put(
                "1007 cut off in the last part",
                joined(
                        RawClient.masked(FIRST_OF_TEXT, "\"\u00e4".getBytes(UTF_8)),
                        RawClient.masked(0x80, new byte[] {(byte) 0xC3})));
        broken.put("1009 frame", RawClient.header(TEXT, 1L << 40));
        broken.put("1009 frame just beyond", RawClient.header(TEXT, 64L << 20));
        List<RawClient> closed = new ArrayList<>();
        for (Map.Entry<String, byte[]> one : broken.entrySet()) {
            closed.add(assertClosed(one.getKey(), upgraded(""), one.getValue()));
        }
        RawClient proto = upgraded("", "Sec-WebSocket-Protocol: processgroups.v1.proto\r\n");
        closed.add(assertClosed("1003 text on proto", proto, RawClient.masked(TEXT, "{}".getBytes(UTF_8))));
        // None of them answers the close frame: the server ends the connection all the same.
        for (RawClient one : closed) {
            assertThat(ends(one)).isTrue();
            one.close();
        }
    }

    private RawClient assertClosed(String what, RawClient raw, byte[] sent) throws IOException {
        raw.write(sent);
        RawClient.Received close = raw.readClose();
        assertThat(close.closeCode()).as(what).isEqualTo(Integer.parseInt(what.substring(0, 4)));
        if (close.payload().length > 2) {
            Refusals.assertClean(what, new String(close.payload(), 2, close.payload().length - 2, UTF_8));
        }
        bystanders.assertUndisturbed(what);
        assertNothingLeft();
        return raw;
    }

    @Test
    void text_thatCannotBeRead_isAnswered_andTheSessionGoesOn() throws IOException {
        Map<String, String> unreadable = new LinkedHashMap<>();
        unreadable.put("", "");
        unreadable.put("{", "");
        unreadable.put("}{", "");
        unreadable.put("[]", "");
        unreadable.put("null", "");
        unreadable.put("{}{}", "");
        unreadable.put("{'requestId':1}", "");
        unreadable.put("{\"requestId\":1,}", "");
        unreadable.put("\u0000{}", "");
        unreadable.put("[".repeat(100_000), "");
        unreadable.put("{\"publish\":{\"message\":{\"data\":" + "[".repeat(500) + "]".repeat(500) + "}}}", "");
        unreadable.put("{\"requestId\":" + "9".repeat(2000) + "}", "");
        unreadable.put("{\"requestId\":-1}", "request_id");
        unreadable.put("{\"requestId\":1.5}", "request_id");
        unreadable.put("{\"explode\":{}}", "explode");
        unreadable.put("{\"join\":{\"group\":\"room\"}}", "group");
        unreadable.put("{\"publish\":{\"message\":{\"colour\":1}}}", "message.colour");
        unreadable.put("{\"join\":{\"groupName\":7}}", "group_name");
        unreadable.put("{\"join\":{\"topics\":\"a\"}}", "topics");
        unreadable.put("{\"join\":{\"overflowPolicy\":\"WISH\"}}", "overflow_policy");
        unreadable.put("{\"publish\":{\"message\":{\"ttl\":\"soon\"}}}", "message.ttl");
        unreadable.put("{\"publish\":{\"message\":{\"payload\":\"!\"}}}", "message.payload");
        unreadable.put("{\"publish\":{\"message\":{\"data\":1,\"text\":\"b\"}}}", "message.payload");
        unreadable.put("{\"join\":{},\"leave\":{}}", "leave");
        try (RawClient raw = upgraded("")) {
            for (Map.Entry<String, String> one : unreadable.entrySet()) {
                String what =
                        one.getKey().substring(0, Math.min(80, one.getKey().length()));
                raw.text(one.getKey());
                String answer = text(raw);
                assertThat(answer).as(what).contains("\"error\"").contains("\"INVALID_ARGUMENT\"");
                if (!one.getValue().isEmpty()) {
                    assertThat(answer).as(what).contains("\"field\":\"" + one.getValue() + "\"");
                }
                Refusals.assertClean(what, answer);
                bystanders.assertUndisturbed(what);
            }
            raw.text("{\"requestId\":1,\"open\":{\"tenantId\":\"" + tenant + "\",\"actorId\":\"guest\"}}");
            assertThat(text(raw)).contains("\"opened\"");
        }
    }

    @Test
    void bytes_thatAreNoRequest_areAnswered_andTheSessionGoesOn() throws IOException {
        byte[][] garbage = {{(byte) 0xFF}, {10, (byte) 200, 1}, {7}, "{}".getBytes(UTF_8)};
        try (RawClient raw = upgraded("", "Sec-WebSocket-Protocol: processgroups.v1.proto\r\n")) {
            for (byte[] bytes : garbage) {
                raw.write(RawClient.masked(0x82, bytes));
                assertThat(text(raw)).contains("INVALID_ARGUMENT");
                bystanders.assertUndisturbed("garbage on the binary subprotocol");
            }
        }
    }

    @Test
    void peers_thatVanishInTheMiddle_leaveNothing() throws IOException {
        byte[] request = ("{\"requestId\":1,\"publish\":{\"groupName\":\"" + GROUP
                        + "\",\"message\":{\"text\":\"never to be seen\"}}}")
                .getBytes(UTF_8);
        byte[] whole = RawClient.masked(TEXT, request);
        for (int kept : new int[] {1, 3, 7, whole.length / 2, whole.length - 1}) {
            try (RawClient raw = subscribed("guest-" + kept)) {
                byte[] part = new byte[kept];
                System.arraycopy(whole, 0, part, 0, kept);
                raw.write(part);
            }
        }
        for (int parts = 1; parts < 4; parts++) {
            try (RawClient raw = subscribed("guest-parts-" + parts)) {
                raw.write(RawClient.masked(FIRST_OF_TEXT, request));
                for (int i = 1; i < parts; i++) {
                    raw.write(RawClient.masked(CONTINUATION, " ".getBytes(UTF_8)));
                }
            }
        }
        try (RawClient raw = RawClient.connect(webSocket)) {
            raw.write("GET /ws HTTP/1.1\r\nUpgrade: websock".getBytes(UTF_8));
        }
        assertNothingLeft();
        // The guests stay members for the grace, by design; then all is as before.
        await().atMost(EventStream.PATIENCE).until(() -> client.members(GROUP).size() == 2);
        assertThat(client.members(GROUP)).containsExactly("bystander-grpc", "bystander-ws");
        assertThat(new Management(webSocket).isReady()).isTrue();
    }

    @Test
    void pings_asManyAsOneLikes_areAnsweredAndDisturbNobody() throws IOException {
        int count = 20_000;
        ByteArrayOutputStream flood = new ByteArrayOutputStream();
        for (int i = 0; i < count; i++) {
            flood.writeBytes(RawClient.masked(PING, new byte[] {1, 2, 3}));
        }
        try (RawClient raw = upgraded("")) {
            Thread writer = new Thread(() -> {
                try {
                    raw.write(flood.toByteArray());
                    raw.text("{\"requestId\":1,\"open\":{\"tenantId\":\"" + tenant + "\",\"actorId\":\"guest\"}}");
                } catch (IOException failed) {
                    throw new AssertionError(failed);
                }
            });
            writer.start();
            bystanders.assertUndisturbed("the begin of a flood of pings");
            RawClient.Received frame = raw.read();
            int pongs = 0;
            while (frame.opcode() == 0xA) {
                pongs++;
                frame = raw.read();
            }
            assertThat(new String(frame.payload(), UTF_8)).contains("\"opened\"");
            assertThat(pongs).isBetween(1, count);
        }
        bystanders.assertUndisturbed("a flood of pings");
    }

    @Test
    void pings_ofAPeerThatReadsNothing_disturbNobody() throws IOException {
        try (RawClient raw = RawClient.upgradedWithBuffer(webSocket, 4096)) {
            ByteArrayOutputStream some = new ByteArrayOutputStream();
            for (int i = 0; i < 1000; i++) {
                some.writeBytes(RawClient.masked(PING, new byte[125]));
            }
            byte[] pings = some.toByteArray();
            for (int i = 0; i < 40; i++) {
                raw.write(pings);
            }
            bystanders.assertUndisturbed("pings of a peer that reads nothing");
        }
        bystanders.assertUndisturbed("the end of a peer that read nothing");
    }

    @Test
    void requests_afterClose_areNotExecuted() throws IOException {
        try (RawClient raw = upgraded("")) {
            raw.text("{\"requestId\":1,\"open\":{\"tenantId\":\"" + tenant + "\",\"actorId\":\"guest\"}}");
            assertThat(text(raw)).contains("\"opened\"");
            raw.write(joined(
                    RawClient.masked(CLOSE, new byte[] {3, (byte) 0xE8}),
                    RawClient.masked(
                            TEXT,
                            ("{\"requestId\":2,\"publish\":{\"groupName\":\"" + GROUP
                                            + "\",\"message\":{\"text\":\"too late\"}}}")
                                    .getBytes(UTF_8))));
            assertThat(raw.readClose().closeCode()).isEqualTo(1000);
            assertThat(ends(raw)).isTrue();
        }
        bystanders.assertUndisturbed("a request after close");
        assertNothingLeft();
    }

    @Test
    void urls_thatNobodyShouldAskFor_areClosedWithTheReason() {
        Map<String, String> wrong = new LinkedHashMap<>();
        wrong.put("room?actor=a&actor=b", "4400 actor");
        wrong.put("room?actor=a&snapshot=1", "4400 snapshot");
        wrong.put("room?actor=a&overflow=block", "4400 overflow");
        wrong.put("room?actor=a&epoch=e&offset=-1", "4400 after");
        wrong.put("room?actor=a&epoch=e&offset=x", "4400 offset");
        wrong.put("room?actor=a&topics=a.%3E.b", "4400 topics");
        wrong.put("room?actor=a&topics=,", "4400 topics");
        wrong.put("room?actor=%00", "4400 actor_id");
        wrong.put("room?actor=" + "a".repeat(256), "4400 actor_id");
        wrong.put("a".repeat(129) + "?actor=a", "4400 group_name");
        wrong.put("room?actor=a&resume=" + "x".repeat(256), "4400 resume_token");
        wrong.put("nosuch?actor=a", "4404 GROUP_NOT_FOUND");
        wrong.forEach((path, expected) -> {
            WsClient socket = openWs("/" + tenant + "/default/" + path, WsClient.JSON);
            WsClient.Closed closed = socket.awaitClosed();
            assertThat(closed.code() + " " + closed.reason())
                    .as(path)
                    .startsWith(expected.substring(0, 4))
                    .contains(expected.substring(5));
            Refusals.assertClean(path, closed.reason());
            bystanders.assertUndisturbed(path);
        });
        assertNothingLeft();
    }

    private RawClient upgraded(String path, String... headers) throws IOException {
        return RawClient.upgraded(URI.create(webSocket + path), headers);
    }

    /** Joined, and notified of it. */
    private RawClient subscribed(String actor) throws IOException {
        RawClient raw = upgraded("/" + tenant + "/default/" + GROUP + "?actor=" + actor);
        assertThat(text(raw)).contains("\"subscribed\"");
        return raw;
    }

    private void assertNothingLeft() {
        await().atMost(EventStream.PATIENCE).until(() -> sessions.connected() == before);
    }

    private static boolean ends(RawClient raw) throws IOException {
        try {
            return raw.isAtEnd();
        } catch (EOFException | SocketException reset) {
            return true;
        }
    }

    private static String text(RawClient raw) throws IOException {
        return new String(raw.read().payload(), UTF_8);
    }

    private static byte[] joined(byte[] first, byte[] second) {
        ByteArrayOutputStream both = new ByteArrayOutputStream();
        both.writeBytes(first);
        both.writeBytes(second);
        return both.toByteArray();
    }
}
