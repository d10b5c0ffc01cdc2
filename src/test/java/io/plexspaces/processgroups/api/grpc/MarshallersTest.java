package io.plexspaces.processgroups.api.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grpc.Drainable;
import io.grpc.KnownLength;
import io.plexspaces.processgroups.api.EventsTest;
import io.plexspaces.processgroups.core.delivery.Event;
import io.plexspaces.processgroups.domain.ErrorCode;
import io.plexspaces.processgroups.domain.GroupException;
import io.plexspaces.processgroups.domain.GroupId;
import io.plexspaces.processgroups.proto.v1.CreateGroupRequest;
import io.plexspaces.processgroups.proto.v1.SessionResponse;
import io.plexspaces.processgroups.proto.v1.SubscribeResponse;
import io.plexspaces.processgroups.proto.v1.WatchResponse;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import org.junit.jupiter.api.Test;

class MarshallersTest {
    private static final GroupId ROOM = GroupId.of("acme", "", "room");

    private final RequestMarshaller<CreateGroupRequest> requests =
            new RequestMarshaller<>(CreateGroupRequest.getDefaultInstance());

    @Test
    void joinedEvents_areABatchOfEveryStream() throws IOException {
        byte[][] parts = new byte[40][];
        int bytes = 0;
        for (int i = 0; i < 33; i++) {
            parts[i] = GrpcFormat.INSTANCE.encode(
                    new Event.Delivered(ROOM, "e", EventsTest.published(i + 1, "x".repeat(i * 40), "t.u")));
            bytes += parts[i].length;
        }
        byte[] joined = GrpcFormat.INSTANCE.join(parts, 33, bytes);

        assertThat(joined).hasSize(bytes);
        SubscribeResponse batch = SubscribeResponse.parseFrom(joined);
        assertThat(batch.getEventsCount()).isEqualTo(33);
        assertThat(batch.getEvents(32).getOffset()).isEqualTo(33);
        assertThat(batch.getEvents(32).getMessage().getPayload().size()).isEqualTo(32 * 40);
        assertThat(WatchResponse.parseFrom(joined).getEventsList()).isEqualTo(batch.getEventsList());
        assertThat(SessionResponse.parseFrom(joined).getEventsList()).isEqualTo(batch.getEventsList());
    }

    @Test
    void batch_isDrainedAsItIs() throws IOException {
        byte[] batch = {10, 2, 16, 1};
        InputStream stream = BatchMarshaller.INSTANCE.stream(batch);

        assertThat(stream).isInstanceOf(KnownLength.class).isInstanceOf(Drainable.class);
        assertThat(stream.available()).isEqualTo(4);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        assertThat(((Drainable) stream).drainTo(out)).isEqualTo(4);
        assertThat(out.toByteArray()).isEqualTo(batch);
        assertThat(stream.read()).isEqualTo(-1);
        assertThat(BatchMarshaller.INSTANCE.parse(new ByteArrayInputStream(batch)))
                .isEqualTo(batch);
    }

    @Test
    void request_isRead() {
        CreateGroupRequest request = CreateGroupRequest.newBuilder()
                .setGroupName("room")
                .setTenantId("acme")
                .build();

        assertThat(requests.parse(requests.stream(Parsed.of(request, 0))).get()).isEqualTo(request);
        assertThat(requests.parse(new ByteArrayInputStream(new byte[0])).get())
                .isEqualTo(CreateGroupRequest.getDefaultInstance());
    }

    @Test
    void malformedRequest_isAFailureToAnswer() {
        for (byte[] malformed : new byte[][] {
            {10}, {10, 5, 'a'}, {10, 2, (byte) 0xff, (byte) 0xfe}, {12}, {(byte) 0xff, (byte) 0xff}, {0, 0}, {15, 1}
        }) {
            Parsed<CreateGroupRequest> parsed = requests.parse(new ByteArrayInputStream(malformed));

            assertThatThrownBy(parsed::get)
                    .isInstanceOfSatisfying(GroupException.class, failure -> assertThat(failure.code())
                            .isEqualTo(ErrorCode.INVALID_ARGUMENT));
        }
    }
}
