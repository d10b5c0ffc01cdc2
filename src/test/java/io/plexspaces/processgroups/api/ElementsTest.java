package io.plexspaces.processgroups.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.Any;
import com.google.protobuf.CodedInputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import io.plexspaces.processgroups.domain.ErrorCode;
import io.plexspaces.processgroups.domain.GroupException;
import io.plexspaces.processgroups.proto.v1.CreateGroupRequest;
import io.plexspaces.processgroups.proto.v1.JoinGroupRequest;
import io.plexspaces.processgroups.proto.v1.Message;
import io.plexspaces.processgroups.proto.v1.Metadata;
import io.plexspaces.processgroups.proto.v1.PublishToGroupRequest;
import io.plexspaces.processgroups.proto.v1.SessionRequest;
import java.util.Collections;
import org.junit.jupiter.api.Test;

class ElementsTest {
    private static final int MOST = Encoded.MOST_ELEMENTS;

    private static PublishToGroupRequest publish(int from, int headers) {
        Message.Builder message = Message.newBuilder();
        for (int i = from; i < from + headers; i++) {
            message.putHeaders("name-" + i, "");
        }
        return PublishToGroupRequest.newBuilder().setMessage(message).build();
    }

    private static void assertRefused(com.google.protobuf.Message prototype, byte[] bytes, String field) {
        assertThatThrownBy(() -> Encoded.parse(prototype, bytes))
                .isInstanceOfSatisfying(GroupException.class, refused -> {
                    assertThat(refused.code()).isEqualTo(ErrorCode.INVALID_ARGUMENT);
                    assertThat(refused.field()).isEqualTo(field);
                });
    }

    @Test
    void asManyAsMayBe_areRead() throws InvalidProtocolBufferException {
        JoinGroupRequest actors = JoinGroupRequest.newBuilder()
                .addAllActorIds(Collections.nCopies(MOST, "an actor"))
                .build();
        assertThat(Encoded.parse(JoinGroupRequest.getDefaultInstance(), actors.toByteArray()))
                .isEqualTo(actors);
        PublishToGroupRequest headers = publish(0, MOST);
        assertThat(Encoded.parse(PublishToGroupRequest.getDefaultInstance(), headers.toByteArray()))
                .isEqualTo(headers);
    }

    @Test
    void oneMore_isRefusedNamingTheField() {
        PublishToGroupRequest headers = publish(0, MOST + 1);
        assertRefused(PublishToGroupRequest.getDefaultInstance(), headers.toByteArray(), "message.headers");
        assertRefused(
                SessionRequest.getDefaultInstance(),
                SessionRequest.newBuilder().setPublish(headers).build().toByteArray(),
                "message.headers");
        assertRefused(
                JoinGroupRequest.getDefaultInstance(),
                JoinGroupRequest.newBuilder()
                        .addAllTopics(Collections.nCopies(MOST + 1, ""))
                        .build()
                        .toByteArray(),
                "topics");
        Metadata.Builder metadata = Metadata.newBuilder();
        for (int i = 0; i <= MOST; i++) {
            metadata.putAnnotations("name-" + i, Any.getDefaultInstance());
        }
        assertRefused(
                CreateGroupRequest.getDefaultInstance(),
                CreateGroupRequest.newBuilder().setMetadata(metadata).build().toByteArray(),
                "metadata.annotations");
    }

    /** Encodings one behind the other are merged: their elements count together. */
    @Test
    void elementsOfAMessageGivenInParts_areCountedTogether() {
        byte[] half = publish(0, MOST / 2 + 1).toByteArray();
        byte[] both = new byte[2 * half.length];
        System.arraycopy(half, 0, both, 0, half.length);
        System.arraycopy(half, 0, both, half.length, half.length);
        assertRefused(PublishToGroupRequest.getDefaultInstance(), both, "message.headers");
        byte[] empty = publish(0, 0).toByteArray();
        byte[] many = new byte[(MOST + 1) * empty.length];
        for (int i = 0; i < many.length; i++) {
            many[i] = empty[i % empty.length];
        }
        assertRefused(PublishToGroupRequest.getDefaultInstance(), many, "message");
    }

    @Test
    void nothingIsReadBehindTheFirstTooMany() {
        CodedInputStream in = CodedInputStream.newInstance(publish(0, 9 * MOST).toByteArray());
        assertThatThrownBy(() -> Elements.check(PublishToGroupRequest.getDescriptor(), in))
                .isInstanceOf(GroupException.class);
        assertThat(in.getTotalBytesRead()).isLessThan(20 * MOST);
    }
}
