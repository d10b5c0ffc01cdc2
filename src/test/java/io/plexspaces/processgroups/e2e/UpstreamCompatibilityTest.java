package io.plexspaces.processgroups.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.UnknownFieldSet;
import io.grpc.CallOptions;
import io.grpc.MethodDescriptor;
import io.grpc.stub.ClientCalls;
import io.plexspaces.processgroups.proto.v1.Event;
import io.plexspaces.processgroups.proto.v1.JoinGroupRequest;
import io.quarkus.test.junit.QuarkusTest;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The bytes that stubs of the upstream proto send and expect: its field numbers alone, no code of ours. */
@QuarkusTest
class UpstreamCompatibilityTest extends LiveServer {
    @Test
    void upstreamsEightOperations() throws Exception {
        // Metadata: created_by=3, labels=5 (key=1, value=2)
        byte[] labels = fields(out -> {
            out.writeString(1, "team");
            out.writeString(2, "infra");
        });
        byte[] metadata = fields(out -> {
            out.writeString(3, "upstream");
            out.writeByteArray(5, labels);
        });
        UnknownFieldSet group = in(
                call("CreateGroup", fields(out -> {
                    out.writeString(1, "old");
                    out.writeString(2, tenant);
                    out.writeString(3, "default");
                    out.writeByteArray(4, metadata);
                })),
                1);
        assertThat(text(group, 1)).isEqualTo("old");
        assertThat(text(group, 2)).isEqualTo(tenant);
        assertThat(text(group, 3)).isEqualTo("default");
        assertThat(number(group, 5)).isZero();
        assertThat(text(in(group, 6), 3)).isEqualTo("upstream");
        assertThat(text(in(in(group, 6), 5), 1)).isEqualTo("team");
        assertThat(text(in(in(group, 6), 5), 2)).isEqualTo("infra");
        assertThat(number(in(group, 7), 1)).isPositive();

        call("JoinGroup", member("ann", "", "user.login", "user.logout"));
        call("JoinGroup", member("bob", "node-2"));
        UnknownFieldSet members = call("GetMembers", fields(out -> {
            out.writeString(1, "old");
            out.writeString(2, tenant);
            out.writeInt32(3, 1);
        }));
        assertThat(texts(members, 1)).containsExactly("ann");
        assertThat(number(members, 3)).isEqualTo(2);
        UnknownFieldSet rest = call("GetMembers", fields(out -> {
            out.writeString(1, "old");
            out.writeString(2, tenant);
            out.writeInt32(3, 1);
            out.writeString(4, text(members, 2));
        }));
        assertThat(texts(rest, 1)).containsExactly("bob");
        UnknownFieldSet local = call("GetLocalMembers", named());
        assertThat(texts(local, 1)).containsExactly("ann");
        assertThat(number(local, 2)).isEqualTo(1);

        publishes();

        UnknownFieldSet listed = call("ListGroups", fields(out -> {
            out.writeString(1, tenant);
            out.writeString(2, "default");
            out.writeString(3, "o*");
            out.writeInt32(4, 10);
        }));
        assertThat(text(in(listed, 1), 1)).isEqualTo("old");
        assertThat(number(in(listed, 1), 5)).isEqualTo(3);
        assertThat(number(listed, 3)).isEqualTo(1);
        call("LeaveGroup", member("ann", ""));
        assertThat(client.members("old")).containsExactly("bob", "live");
        call("DeleteGroup", named());
        assertThat(client.list("", 0, "").getTotalCount()).isZero();
    }

    @Test
    void membersWithoutPageSize_areAll() throws Exception {
        client.create("big");
        JoinGroupRequest.Builder join =
                JoinGroupRequest.newBuilder().setTenantId(tenant).setGroupName("big");
        for (int i = 0; i < 1_500; i++) {
            join.addActorIds("m" + i);
            if (join.getActorIdsCount() == 500) {
                client.calls.joinGroup(join.build());
                join.clearActorIds();
            }
        }
        UnknownFieldSet members = call("GetMembers", fields(out -> {
            out.writeString(1, "big");
            out.writeString(2, tenant);
        }));
        assertThat(texts(members, 1)).hasSize(1_500).doesNotHaveDuplicates();
        assertThat(number(members, 3)).isEqualTo(1_500);
        assertThat(texts(members, 2)).isEmpty();
    }

    @Test
    void unknownGroup_isNamedWithTenantAndNamespace() {
        for (String operation : List.of("GetMembers", "GetLocalMembers", "JoinGroup", "LeaveGroup", "PublishToGroup")) {
            assertThatThrownBy(() -> call(operation, fields(out -> {
                        out.writeString(1, "nosuch");
                        out.writeString(2, tenant);
                        if (operation.equals("PublishToGroup")) {
                            out.writeByteArray(3, fields(message -> message.writeString(1, "id")));
                        } else if (!operation.startsWith("Get")) {
                            out.writeString(3, "ann");
                        }
                    })))
                    .as(operation)
                    .hasMessageStartingWith("NOT_FOUND")
                    .hasMessageContaining("no group nosuch in namespace default of tenant " + tenant);
        }
    }

    private void publishes() throws InvalidProtocolBufferException {
        var live = client.subscribe("old", "live", "user.*");
        byte[] header = fields(out -> {
            out.writeString(1, "trace");
            out.writeString(2, "42");
        });
        byte[] message = fields(out -> {
            out.writeString(1, "id-1");
            out.writeString(2, "sender");
            out.writeString(4, "notice");
            out.writeBytes(5, ByteString.copyFromUtf8("payload"));
            out.writeInt32(7, 3);
            out.writeByteArray(8, fields(ttl -> ttl.writeInt64(1, 60)));
            out.writeByteArray(9, header);
            out.writeString(10, "once");
            out.writeString(11, "/path");
            out.writeString(12, "POST");
        });
        UnknownFieldSet published = call("PublishToGroup", fields(out -> {
            out.writeString(1, "old");
            out.writeString(2, tenant);
            out.writeByteArray(3, message);
            out.writeString(4, "user.login");
        }));
        assertThat(number(published, 1)).isEqualTo(3);
        assertThat(number(published, 2)).isZero();
        assertThat(published.getField(3).getLengthDelimitedList()).hasSize(2);
        assertThat(texts(published, 20)).containsExactlyInAnyOrder("ann", "bob", "live");

        Event event = live.awaitEvent(Event::hasMessage);
        UnknownFieldSet got = in(UnknownFieldSet.parseFrom(event.toByteArray()), 4);
        assertThat(text(got, 1)).isEqualTo("id-1");
        assertThat(text(got, 2)).isEqualTo("sender");
        assertThat(text(got, 4)).isEqualTo("notice");
        assertThat(text(got, 5)).isEqualTo("payload");
        assertThat(number(got, 7)).isEqualTo(3);
        assertThat(text(in(got, 9), 1)).isEqualTo("trace");
        assertThat(text(in(got, 9), 2)).isEqualTo("42");
        assertThat(text(got, 11)).isEqualTo("/path");
        assertThat(text(got, 12)).isEqualTo("POST");
    }

    private byte[] named() {
        return fields(out -> {
            out.writeString(1, "old");
            out.writeString(2, tenant);
        });
    }

    private byte[] member(String actor, String node, String... topics) {
        return fields(out -> {
            out.writeString(1, "old");
            out.writeString(2, tenant);
            out.writeString(3, actor);
            if (!node.isEmpty()) {
                out.writeString(4, node);
            }
            for (String topic : topics) {
                out.writeString(5, topic);
            }
        });
    }

    private UnknownFieldSet call(String operation, byte[] request) throws InvalidProtocolBufferException {
        MethodDescriptor<byte[], byte[]> method = MethodDescriptor.<byte[], byte[]>newBuilder()
                .setType(MethodDescriptor.MethodType.UNARY)
                .setFullMethodName("plexspaces.processgroups.v1.ProcessGroupService/" + operation)
                .setRequestMarshaller(new Raw())
                .setResponseMarshaller(new Raw())
                .build();
        return UnknownFieldSet.parseFrom(
                ClientCalls.blockingUnaryCall(client.calls.getChannel(), method, CallOptions.DEFAULT, request));
    }

    private interface Fields {
        void write(CodedOutputStream out) throws IOException;
    }

    private static byte[] fields(Fields fields) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        CodedOutputStream out = CodedOutputStream.newInstance(bytes);
        try {
            fields.write(out);
            out.flush();
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
        return bytes.toByteArray();
    }

    private static UnknownFieldSet in(UnknownFieldSet message, int field) throws InvalidProtocolBufferException {
        return UnknownFieldSet.parseFrom(
                message.getField(field).getLengthDelimitedList().get(0));
    }

    private static List<String> texts(UnknownFieldSet message, int field) {
        return message.getField(field).getLengthDelimitedList().stream()
                .map(ByteString::toStringUtf8)
                .toList();
    }

    private static String text(UnknownFieldSet message, int field) {
        return texts(message, field).get(0);
    }

    /** 0 when it is left out, as proto3 does with a 0. */
    private static long number(UnknownFieldSet message, int field) {
        List<Long> values = message.getField(field).getVarintList();
        return values.isEmpty() ? 0 : values.get(0);
    }

    /** Bytes as they are. */
    private static final class Raw implements MethodDescriptor.Marshaller<byte[]> {
        @Override
        public InputStream stream(byte[] value) {
            return new ByteArrayInputStream(value);
        }

        @Override
        public byte[] parse(InputStream stream) {
            try {
                return stream.readAllBytes();
            } catch (IOException broken) {
                throw new UncheckedIOException(broken);
            }
        }
    }
}
