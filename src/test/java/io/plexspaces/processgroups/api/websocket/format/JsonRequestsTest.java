package io.plexspaces.processgroups.api.websocket.format;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.protobuf.ByteString;
import com.google.protobuf.Duration;
import com.google.protobuf.Timestamp;
import com.google.protobuf.util.JsonFormat;
import io.plexspaces.processgroups.api.format.JsonText;
import io.plexspaces.processgroups.domain.ErrorCode;
import io.plexspaces.processgroups.proto.v1.Dispatch;
import io.plexspaces.processgroups.proto.v1.LeaveGroupRequest;
import io.plexspaces.processgroups.proto.v1.Message;
import io.plexspaces.processgroups.proto.v1.OverflowPolicy;
import io.plexspaces.processgroups.proto.v1.Position;
import io.plexspaces.processgroups.proto.v1.PublishAnswer;
import io.plexspaces.processgroups.proto.v1.PublishToGroupRequest;
import io.plexspaces.processgroups.proto.v1.RenewLeaseRequest;
import io.plexspaces.processgroups.proto.v1.SessionOpen;
import io.plexspaces.processgroups.proto.v1.SessionRequest;
import io.plexspaces.processgroups.proto.v1.SubscribeRequest;
import io.plexspaces.processgroups.proto.v1.WatchRequest;
import java.util.List;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class JsonRequestsTest {
    static Stream<SessionRequest> requests() {
        return Stream.of(
                SessionRequest.newBuilder()
                        .setRequestId(-1)
                        .setOpen(SessionOpen.newBuilder()
                                .setTenantId("acme")
                                .setNamespace("n")
                                .setActorId("a")
                                .setResumeToken("t"))
                        .build(),
                SessionRequest.newBuilder()
                        .setJoin(SubscribeRequest.newBuilder()
                                .setGroupName("g")
                                .addTopics("a.b")
                                .addTopics("c.>")
                                .setAfter(Position.newBuilder().setEpoch("e").setOffset(1L << 62))
                                .setSnapshot(true)
                                .setOverflowPolicy(OverflowPolicy.CONFLATE))
                        .build(),
                SessionRequest.newBuilder()
                        .setLeave(
                                LeaveGroupRequest.newBuilder().setGroupName("g").setAll(true))
                        .build(),
                SessionRequest.newBuilder()
                        .setRequestId(7)
                        .setPublish(PublishToGroupRequest.newBuilder()
                                .setGroupName("g")
                                .setTopic("x.y")
                                .setDispatch(Dispatch.ONE)
                                .setDispatchKey("\u00fc")
                                .setExcludeSender(true)
                                .setAnswer(PublishAnswer.NONE)
                                .setMessage(Message.newBuilder()
                                        .setId("\ud83d\ude00\"\\\n")
                                        .setPayload(ByteString.copyFrom(new byte[] {-1, 0, 62, 63}))
                                        .setTimestamp(Timestamp.newBuilder()
                                                .setSeconds(5)
                                                .setNanos(6_000_000))
                                        .setPriority(Integer.MIN_VALUE)
                                        .setTtl(Duration.newBuilder()
                                                .setSeconds(1)
                                                .setNanos(500_000_000))
                                        .putHeaders("k", "v")
                                        .putHeaders("", "")))
                        .build(),
                SessionRequest.newBuilder()
                        .setWatch(WatchRequest.newBuilder().setWholeNamespace(true))
                        .build(),
                SessionRequest.newBuilder()
                        .setUnwatch(WatchRequest.getDefaultInstance())
                        .build(),
                SessionRequest.newBuilder()
                        .setRenew(RenewLeaseRequest.newBuilder()
                                .setGroupName("g")
                                .setLeaseId("l")
                                .setTtl(Duration.newBuilder().setSeconds(3)))
                        .build());
    }

    @ParameterizedTest
    @MethodSource("requests")
    void request_printedByProtobuf_isReadAlike(SessionRequest request) throws Exception {
        for (JsonFormat.Printer printer : List.of(
                JsonFormat.printer(),
                JsonFormat.printer().preservingProtoFieldNames().omittingInsignificantWhitespace(),
                JsonFormat.printer().printingEnumsAsInts())) {
            assertThat(read(printer.print(request))).isEqualTo(request);
        }
        assertThat(FrameFormat.PROTO.read(request.toByteArray())).isEqualTo(request);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{ \"z\" : 1.50, \"a\":[1e400,123456789012345678901234567890] , \"z\":null}",
                "[]",
                "0.10",
                "12",
                "\"\\u00fc \\ud800\"",
                "false",
                "null"
            })
    void data_isTakenAsItStands(String data) throws Exception {
        for (String around : List.of("%s", " %s ", "\t\n%s\r\n")) {
            String message = "{\"headers\":{\"a\":\"b\"},\"data\":" + around.formatted(data) + ",\"id\":\"1\"}";
            Message read = read("{\"publish\":{\"message\":" + message + "}}")
                    .getPublish()
                    .getMessage();

            assertThat(read.getPayload().toStringUtf8()).isEqualTo(data);
            assertThat(read.getId()).isEqualTo("1");
            assertThat(read.getHeadersMap()).containsEntry("a", "b");
        }
        assertThat(payload("{\"data\":" + data + "}")).isEqualTo(data);
    }

    @Test
    void nulls_areAbsentFields() throws Exception {
        assertThat(payload("{\"text\":null,\"payload\":null,\"data\":1}")).isEqualTo("1");
        assertThat(read("{\"requestId\":null,\"join\":null,\"watch\":{\"groupName\":null}}"))
                .isEqualTo(SessionRequest.newBuilder()
                        .setWatch(WatchRequest.getDefaultInstance())
                        .build());
    }

    @ParameterizedTest
    @ValueSource(strings = {"+/8=", "-_8=", "-_8", "+/8"})
    void payload_isAnyBase64(String base64) throws Exception {
        assertThat(read("{\"publish\":{\"message\":{\"payload\":\"" + base64 + "\"}}}")
                        .getPublish()
                        .getMessage()
                        .getPayload()
                        .toByteArray())
                .isEqualTo(new byte[] {(byte) 0xFB, (byte) 0xFF});
    }

    @ParameterizedTest
    @ValueSource(strings = {"18446744073709551615", "\"18446744073709551615\"", "1.8446744073709551615e19"})
    void requestId_isWholeRange(String number) throws Exception {
        assertThat(read("{\"requestId\":" + number + "}").getRequestId()).isEqualTo(-1);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{\"foo\":1}|foo",
                "{\"requestId\":-1}|request_id",
                "{\"requestId\":1.5}|request_id",
                "{\"requestId\":1e999999999}|request_id",
                "{\"requestId\":18446744073709551616}|request_id",
                "{\"requestId\":\"x\"}|request_id",
                "{\"requestId\":true}|request_id",
                "{\"join\":{\"topic\":\"a\"}}|topic",
                "{\"join\":[]}|join",
                "{\"join\":{\"topics\":\"a\"}}|topics",
                "{\"join\":{\"topics\":[null]}}|topics",
                "{\"join\":{\"after\":{\"offset\":[]}}}|after.offset",
                "{\"join\":{\"after\":3}}|after",
                "{\"join\":{\"snapshot\":1}}|snapshot",
                "{\"join\":{\"overflowPolicy\":\"BLOCK\"}}|overflow_policy",
                "{\"join\":{\"overflowPolicy\":99}}|overflow_policy",
                "{\"join\":{},\"watch\":{}}|watch",
                "{\"publish\":{\"message\":{\"bar\":1}}}|message.bar",
                "{\"publish\":{\"message\":{\"data\":1,\"text\":\"a\"}}}|message.payload",
                "{\"publish\":{\"message\":{\"payload\":\"\",\"text\":\"\"}}}|message.payload",
                "{\"publish\":{\"message\":{\"payload\":\"***\"}}}|message.payload",
                "{\"publish\":{\"message\":{\"payload\":5}}}|message.payload",
                "{\"publish\":{\"message\":{\"text\":\"\\ud800\"}}}|message.payload",
                "{\"publish\":{\"message\":{\"id\":\"\\udc00x\"}}}|message.id",
                "{\"publish\":{\"message\":{\"priority\":2147483648}}}|message.priority",
                "{\"publish\":{\"message\":{\"ttl\":\"\"}}}|message.ttl",
                "{\"publish\":{\"message\":{\"ttl\":\"s\"}}}|message.ttl",
                "{\"publish\":{\"message\":{\"ttl\":\"1\"}}}|message.ttl",
                "{\"publish\":{\"message\":{\"ttl\":\"999999999999999s\"}}}|message.ttl",
                "{\"publish\":{\"message\":{\"timestamp\":\"\"}}}|message.timestamp",
                "{\"publish\":{\"message\":{\"timestamp\":\"yesterday\"}}}|message.timestamp",
                "{\"publish\":{\"message\":{\"headers\":{\"a\":1}}}}|message.headers",
                "{\"publish\":{\"message\":\"a\"}}|message"
            })
    void request_withAWrongField_namesIt(String json, String field) {
        UnreadableRequest refused = refused(json);

        assertThat(refused.reason().code()).isEqualTo(ErrorCode.INVALID_ARGUMENT);
        assertThat(refused.reason().field()).isEqualTo(field);
        assertThat(refused.getMessage()).doesNotContain("Exception", "com.", "plexspaces", "Source");
    }

    @Test
    void request_withAWrongField_keepsItsIdWhereverItStands() {
        assertThat(refused("{\"requestId\":7,\"foo\":{}}").requestId()).isEqualTo(7);
        assertThat(refused("{\"join\":{\"foo\":[1,{}]},\"request_id\":\"8\"}").requestId())
                .isEqualTo(8);
        assertThat(refused("{\"foo\":1,\"requestId\":{}}").requestId()).isZero();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "{",
                "[]",
                "1",
                "null",
                "{}{}",
                "{} x",
                "{\"join\":{}",
                "{'join':{}}",
                "{\"requestId\":01}",
                "{\"publish\":{\"message\":{\"data\":{\"a\":}}}}",
                "{\"publish\":{\"message\":{\"data\":nul}}}",
                "{\"publish\":{\"message\":{\"text\":\"\n\"}}}",
                "{\"requestId\":NaN}",
                "\u0000{}",
                "{\u0000}"
            })
    void text_thatIsNoObject_isMalformed(String json) {
        UnreadableRequest refused = refused(json);

        assertThat(refused.reason().code()).isEqualTo(ErrorCode.INVALID_ARGUMENT);
        assertThat(refused.requestId()).isZero();
        assertThat(refused.getMessage()).hasSizeLessThan(80).doesNotContain("Exception", "com.", "line:");
    }

    @Test
    void nesting_hasABound() throws Exception {
        int free = JsonText.MAX_DEPTH - 3;

        assertThat(payload("{\"data\":" + "[".repeat(free) + "]".repeat(free) + "}"))
                .hasSize(2 * free);
        assertThat(refused("{\"publish\":{\"message\":{\"data\":" + "[".repeat(100_000))
                        .reason()
                        .code())
                .isEqualTo(ErrorCode.INVALID_ARGUMENT);
    }

    @Test
    void proto_malformed_isRefused() {
        assertThatThrownBy(() -> FrameFormat.PROTO.read(new byte[] {(byte) 0xFF, 1, 2}))
                .isInstanceOf(UnreadableRequest.class)
                .hasMessage("malformed protobuf");
    }

    /** Any input is read as a request, or refused. */
    @Property(tries = 2000)
    void anyMutation_isReadOrRefused(@ForAll int position, @ForAll byte value) throws Exception {
        byte[] json = JsonFormat.printer()
                .print(requests().skip(3).findFirst().orElseThrow())
                .getBytes(UTF_8);
        json[Math.floorMod(position, json.length)] = value;
        try {
            assertThat(FrameFormat.JSON.read(json)).isNotNull();
        } catch (UnreadableRequest refused) {
            assertThat(refused.reason().code()).isEqualTo(ErrorCode.INVALID_ARGUMENT);
        }
    }

    private static UnreadableRequest refused(String json) {
        UnreadableRequest refused = catchThrowableOfType(UnreadableRequest.class, () -> read(json));
        assertThat(refused).as(json).isNotNull();
        return refused;
    }

    private static String payload(String message) throws UnreadableRequest {
        return read("{\"publish\":{\"message\":" + message + "}}")
                .getPublish()
                .getMessage()
                .getPayload()
                .toStringUtf8();
    }

    /** A long text is read by another parser than a short one. */
    private static SessionRequest read(String json) throws UnreadableRequest {
        String longer = json + " ".repeat(20_000);
        SessionRequest request;
        try {
            request = FrameFormat.JSON.read(json.getBytes(UTF_8));
        } catch (UnreadableRequest refused) {
            UnreadableRequest alike =
                    catchThrowableOfType(UnreadableRequest.class, () -> FrameFormat.JSON.read(longer.getBytes(UTF_8)));
            assertThat(alike).as(json).hasMessage(refused.getMessage());
            assertThat(alike.requestId()).isEqualTo(refused.requestId());
            throw refused;
        }
        assertThat(FrameFormat.JSON.read(longer.getBytes(UTF_8))).isEqualTo(request);
        return request;
    }
}
