package io.plexspaces.processgroups.api.format;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import com.google.protobuf.Duration;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.Timestamp;
import com.google.protobuf.util.JsonFormat;
import io.plexspaces.processgroups.proto.v1.CreateGroupResponse;
import io.plexspaces.processgroups.proto.v1.Event;
import io.plexspaces.processgroups.proto.v1.FetchMessagesResponse;
import io.plexspaces.processgroups.proto.v1.GetMembersResponse;
import io.plexspaces.processgroups.proto.v1.GroupMembership;
import io.plexspaces.processgroups.proto.v1.Join;
import io.plexspaces.processgroups.proto.v1.Metadata;
import io.plexspaces.processgroups.proto.v1.OverflowPolicy;
import io.plexspaces.processgroups.proto.v1.Position;
import io.plexspaces.processgroups.proto.v1.ProcessGroup;
import io.plexspaces.processgroups.proto.v1.PublishToGroupResponse;
import io.plexspaces.processgroups.proto.v1.Retention;
import java.io.IOException;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class JsonAnswersTest {
    private static final ObjectMapper MAPPER = new ObjectMapper();

    private static String json(Message answer) {
        EventBuffer json = new EventBuffer(0, 16);
        JsonAnswers.write(answer, json);
        return new String(json.bytes(), UTF_8);
    }

    static Stream<Message> answers() {
        return Stream.of(
                CreateGroupResponse.getDefaultInstance(),
                CreateGroupResponse.newBuilder()
                        .setGroup(ProcessGroup.newBuilder()
                                .setGroupName("\"\u2028\u0001ä")
                                .setMemberCount(-1)
                                .setCreatedAt(
                                        Timestamp.newBuilder().setSeconds(5).setNanos(120_000_000))
                                .setRetention(Retention.newBuilder()
                                        .setMessages(1)
                                        .setMaxAge(Duration.newBuilder().setNanos(1)))
                                .setOverflowPolicy(OverflowPolicy.CONFLATE)
                                .setMetadata(Metadata.newBuilder()
                                        .putLabels("a", "b")
                                        .putLabels("", "")))
                        .build(),
                PublishToGroupResponse.newBuilder()
                        .setOffset(-1)
                        .setDuplicate(true)
                        .addRecipientIds("x")
                        .addRecipientIds("")
                        .putRecipientsPerNode("n", -5)
                        .build(),
                GetMembersResponse.newBuilder()
                        .setTotalCount(-3)
                        .addMemberships(GroupMembership.newBuilder()
                                .addJoins(Join.newBuilder().setKindValue(77).putMetadata("k", "v")))
                        .build(),
                FetchMessagesResponse.newBuilder()
                        .setNext(Position.newBuilder().setEpoch("e").setOffset(1L << 60))
                        .addEvents(Event.newBuilder()
                                .setOffset(7)
                                .setMessage(io.plexspaces.processgroups.proto.v1.Message.newBuilder()
                                        .setId("m")
                                        .setPriority(-7)))
                        .build());
    }

    @ParameterizedTest
    @MethodSource("answers")
    void answer_isAsProtobufPrintsIt(Message answer) throws IOException {
        assertThat(MAPPER.readTree(json(answer)))
                .isEqualTo(MAPPER.readTree(JsonFormat.printer().print(answer)));
    }

    @Test
    void payload_isWhatItCanBe() {
        assertThat(withPayload("{\"a\":[1]}".getBytes(UTF_8))).contains("\"data\":{\"a\":[1]}");
        assertThat(withPayload("hello".getBytes(UTF_8))).contains("\"text\":\"hello\"");
        assertThat(withPayload(new byte[] {(byte) 0xFF})).contains("\"payload\":\"/w==\"");
    }

    private static String withPayload(byte[] payload) {
        return json(FetchMessagesResponse.newBuilder()
                .addEvents(Event.newBuilder()
                        .setMessage(io.plexspaces.processgroups.proto.v1.Message.newBuilder()
                                .setPayload(ByteString.copyFrom(payload))))
                .build());
    }

    @Test
    void annotations_areLeftOut() throws InvalidProtocolBufferException {
        Metadata annotated = Metadata.newBuilder()
                .setCreatedBy("me")
                .putAnnotations("a", Any.newBuilder().setTypeUrl("x/y").build())
                .build();
        assertThat(json(annotated)).isEqualTo("{\"createdBy\":\"me\"}");
    }
}
