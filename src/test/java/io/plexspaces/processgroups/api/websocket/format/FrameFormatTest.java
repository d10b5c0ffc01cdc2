package io.plexspaces.processgroups.api.websocket.format;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.protobuf.ByteString;
import com.google.protobuf.util.JsonFormat;
import io.netty.buffer.ByteBuf;
import io.plexspaces.processgroups.api.Events;
import io.plexspaces.processgroups.api.format.EventBuffer;
import io.plexspaces.processgroups.api.format.JsonText;
import io.plexspaces.processgroups.api.websocket.SentFrames;
import io.plexspaces.processgroups.core.delivery.Event.Delivered;
import io.plexspaces.processgroups.core.delivery.Event.Gap;
import io.plexspaces.processgroups.core.delivery.Event.Subscribed;
import io.plexspaces.processgroups.domain.ActorId;
import io.plexspaces.processgroups.domain.Bytes;
import io.plexspaces.processgroups.domain.Dispatch;
import io.plexspaces.processgroups.domain.Entry;
import io.plexspaces.processgroups.domain.GroupId;
import io.plexspaces.processgroups.domain.Message;
import io.plexspaces.processgroups.domain.NodeId;
import io.plexspaces.processgroups.domain.OperationId;
import io.plexspaces.processgroups.domain.Position;
import io.plexspaces.processgroups.domain.Topic;
import io.plexspaces.processgroups.proto.v1.Answer;
import io.plexspaces.processgroups.proto.v1.Event;
import io.plexspaces.processgroups.proto.v1.PublishToGroupResponse;
import io.plexspaces.processgroups.proto.v1.SessionResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FrameFormatTest {
    private static final GroupId GROUP = GroupId.of("acme", "", "news");
    private static final Instant AT = Instant.parse("2026-01-31T12:00:00.250Z");
    private static final ObjectMapper JSON = new ObjectMapper();

    @ParameterizedTest
    @CsvSource({"0,2", "125,2", "126,4", "65535,4", "65536,10", "1048576,10"})
    void frame_ofAnyLength_isReadBackWhole(int payload, int header) {
        EventBuffer frame = new EventBuffer(FrameHeader.MAX_BYTES, 16);
        byte[] content = new byte[payload];
        java.util.Arrays.fill(content, (byte) 'x');
        frame.write(content, 0, payload);

        byte[] bytes = frame.behind(
                FrameHeader.size(payload), (into, at) -> FrameHeader.write(into, at, FrameHeader.TEXT, payload));

        assertThat(bytes).hasSize(header + payload);
        assertThat(SentFrames.decode(bytes)).singleElement().satisfies(sent -> {
            assertThat(sent.opcode()).isEqualTo(FrameHeader.TEXT);
            assertThat(sent.payload()).isEqualTo(content);
        });
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 60, 90, 130, 65_400, 65_536, 100_000})
    void protoFrame_ofAnyLength_holdsTheEvent(int payload) throws Exception {
        Delivered event = delivered(new byte[payload]);

        SentFrames.Sent sent =
                SentFrames.decode(FrameFormat.PROTO.encode(event)).get(0);

        assertThat(sent.opcode()).isEqualTo(FrameHeader.BINARY);
        assertThat(SessionResponse.parseFrom(sent.payload()).getEventsList()).containsExactly(Events.toProto(event));
    }

    @Test
    void join_ofFrames_isTheirConcatenation() {
        byte[][] parts = {
            FrameFormat.JSON.encode(delivered("a".getBytes(UTF_8))),
            FrameFormat.JSON.encode(delivered(new byte[70_000])),
            FrameFormat.JSON.encode(new Gap(GROUP, Gap.Reason.OVERFLOW, 3, true, 4, 8)),
            {0, 0}
        };
        int bytes = parts[0].length + parts[1].length + parts[2].length;

        ByteBuf joined = FrameFormat.JSON.join(parts, 3, bytes);

        assertThat(joined.isDirect()).isTrue();
        assertThat(SentFrames.decode(joined.retainedDuplicate())).hasSize(3);
        FrameFormat.JSON.release(joined);
        assertThat(joined.refCnt()).isZero();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"z\":1,\"a\":[1.50,1e400,123456789012345678901234567890,-0],\"a\":null}",
                "[]",
                "0.10",
                "\"text\"",
                "true",
                "null",
                " {\n \"a\" : 1 }\n",
                "\"\\ud83d\\ude00 \\u0000\"",
                "{\"key\":\"\u00fc\u4e16\ud83d\ude00\"}"
            })
    void payload_thatIsJson_standsAsItIs(String payload) throws Exception {
        String text = json(delivered(payload.getBytes(UTF_8)));

        assertThat(text).contains("\"data\":" + payload + ",\"timestamp\"");
        assertThat(JSON.readTree(text).at("/events/0/message/data")).isEqualTo(JSON.readTree(payload));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "hello",
                "{\"a\":",
                "[1,]",
                "01",
                "1 2",
                "2026-01-31 12:00:00 INFO started",
                "[INFO] \"quoted\" \\ \n\t\u0000 line]",
                "nul",
                "trux",
                "NaN",
                "-",
                " ",
                "\ufeff{}",
                "\u2028\u00fc\u4e16\ud83d\ude00"
            })
    void payload_thatIsTextOnly_isShownAsText(String payload) throws Exception {
        JsonNode message = event(delivered(payload.getBytes(UTF_8))).get("message");

        assertThat(message.get("text").textValue()).isEqualTo(payload);
        assertThat(message.has("data")).isFalse();
        assertThat(message.has("payload")).isFalse();
    }

    @Test
    void payload_ofSurrogatesOrBrokenUtf8_isBase64() throws Exception {
        byte[] surrogateInJson = {'"', (byte) 0xED, (byte) 0xA0, (byte) 0x80, '"'};
        byte[] overlong = {'"', (byte) 0xC0, (byte) 0xAF, '"'};
        for (byte[] payload : List.of(surrogateInJson, overlong, new byte[] {(byte) 0xFF})) {
            JsonNode message = event(delivered(payload)).get("message");

            assertThat(message.get("payload").binaryValue()).isEqualTo(payload);
            assertThat(message.has("data") || message.has("text")).isFalse();
        }
    }

    @Test
    void payload_nestedTooDeep_isText() throws Exception {
        String deep = "[".repeat(JsonText.MAX_DEPTH + 1) + "]".repeat(JsonText.MAX_DEPTH + 1);

        assertThat(event(delivered(deep.getBytes(UTF_8))).at("/message/text").textValue())
                .isEqualTo(deep);
    }

    @Test
    void payload_empty_isNotShown() throws Exception {
        JsonNode message = event(delivered(new byte[0])).get("message");

        assertThat(message.fieldNames()).toIterable().doesNotContain("data", "text", "payload");
    }

    @Property(tries = 300)
    void anyPayload_isShownOnceAndSurvives(@ForAll byte[] payload) throws Exception {
        JsonNode message = event(delivered(payload)).get("message");

        byte[] shown = message.has("payload")
                ? message.get("payload").binaryValue()
                : message.has("text")
                        ? message.get("text").textValue().getBytes(UTF_8)
                        : message.has("data") ? payload : new byte[0];
        assertThat(shown).isEqualTo(payload);
    }

    @Property(tries = 300)
    void anyText_survivesPublishAndDelivery(@ForAll String text) throws Exception {
        String wellFormed = new String(text.getBytes(UTF_8), UTF_8);
        String request = "{\"publish\":{\"message\":{\"text\":" + JSON.writeValueAsString(wellFormed) + "}}}";

        byte[] payload = FrameFormat.JSON
                .read(request.getBytes(UTF_8))
                .getPublish()
                .getMessage()
                .getPayload()
                .toByteArray();

        assertThat(payload).isEqualTo(wellFormed.getBytes(UTF_8));
    }

    /** The direct writer and protobuf's own agree on everything but the payload. */
    @Test
    void message_withEveryField_isTheJsonOfItsProto() throws Exception {
        Delivered event = delivered(full(Bytes.wrap(new byte[] {(byte) 0xFF, 0})));

        Event.Builder read = Event.newBuilder();
        JsonFormat.parser().merge(event(event).toString(), read);

        assertThat(read.build()).isEqualTo(Events.toProto(event));
    }

    @Test
    void published_isTheJsonOfItsProto() throws Exception {
        Event answer = Event.newBuilder()
                .setAnswer(Answer.newBuilder()
                        .setRequestId(-1)
                        .setPublished(PublishToGroupResponse.newBuilder()
                                .setRecipientsCount(-2)
                                .setFailuresCount(1)
                                .putRecipientsPerNode("n1", 2)
                                .addRecipientIds("a")
                                .addRecipientIds("b")
                                .setRecipientIdsTruncated(true)
                                .setEpoch("e")
                                .setOffset(1L << 60)
                                .setDuplicate(true)))
                .build();
        Event empty = Event.newBuilder()
                .setAnswer(Answer.newBuilder().setPublished(PublishToGroupResponse.getDefaultInstance()))
                .build();

        for (Event event : List.of(answer, empty)) {
            SessionResponse.Builder read = SessionResponse.newBuilder();
            JsonFormat.parser().merge(text(FrameFormat.JSON.encode(event)), read);
            assertThat(read.getEventsList()).containsExactly(event);
        }
    }

    @Test
    void otherEvents_areOneLineOfProtoJson() throws Exception {
        Subscribed event = new Subscribed(GROUP, new Position("e1", 7), true, "secret", null);

        assertThat(json(event))
                .isEqualTo("{\"events\":[{\"groupName\":\"news\",\"offset\":\"7\",\"subscribed\":"
                        + "{\"epoch\":\"e1\",\"offset\":\"7\",\"recovered\":true,\"resumeToken\":\"secret\"}}]}");
    }

    private static Message full(Bytes payload) {
        return new Message(
                "id-1",
                new ActorId("alice"),
                "greeting\"\\\u0001",
                payload,
                AT,
                -5,
                Duration.ofMillis(1500),
                Map.of("traceparent", "00-\u4e16", "\"k\"", ""),
                "key",
                "/path?\u00fc",
                "GET");
    }

    private static Delivered delivered(byte[] payload) {
        return delivered(new Message("", null, "", Bytes.wrap(payload), null, 0, null, Map.of(), "", "", ""));
    }

    private static Delivered delivered(Message message) {
        return new Delivered(
                GROUP,
                "e",
                new Entry.Published(
                        Long.MAX_VALUE,
                        AT,
                        new OperationId(new NodeId("n1"), 1, 1),
                        1,
                        message,
                        new Topic("user.login"),
                        Dispatch.ALL,
                        false));
    }

    private static String json(io.plexspaces.processgroups.core.delivery.Event event) {
        return text(FrameFormat.JSON.encode(event));
    }

    private static JsonNode event(Delivered event) throws Exception {
        return JSON.readTree(json(event)).at("/events/0");
    }

    private static String text(byte[] frame) {
        SentFrames.Sent sent = SentFrames.decode(frame).get(0);
        assertThat(sent.opcode()).isEqualTo(FrameHeader.TEXT);
        assertThat(ByteString.copyFrom(sent.payload()).isValidUtf8()).isTrue();
        return new String(sent.payload(), UTF_8);
    }
}
