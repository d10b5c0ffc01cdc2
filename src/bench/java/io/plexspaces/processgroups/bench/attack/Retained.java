package io.plexspaces.processgroups.bench.attack;

import com.google.protobuf.ByteString;
import com.google.protobuf.Duration;
import io.grpc.ManagedChannel;
import io.plexspaces.processgroups.proto.v1.CreateGroupRequest;
import io.plexspaces.processgroups.proto.v1.FetchMessagesRequest;
import io.plexspaces.processgroups.proto.v1.Message;
import io.plexspaces.processgroups.proto.v1.Position;
import io.plexspaces.processgroups.proto.v1.ProcessGroupServiceGrpc.ProcessGroupServiceBlockingStub;
import io.plexspaces.processgroups.proto.v1.PublishAnswer;
import io.plexspaces.processgroups.proto.v1.PublishToGroupRequest;
import io.plexspaces.processgroups.proto.v1.Retention;
import org.jspecify.annotations.Nullable;

/** A group of the attackers that retains 7 MB of messages. Made once in a process. */
final class Retained {
    private static final String NAME = "retained";
    private static final int MESSAGES = 20;
    private static final int MESSAGE_BYTES = 350_000;
    private static final int RETAINED_SECONDS = 600;

    private static @Nullable Position beginning;

    private Retained() {}

    static String in(Victim victim) {
        beginning(victim);
        return NAME;
    }

    /** The position before the first message. */
    static synchronized Position beginning(Victim victim) {
        if (beginning == null) {
            ManagedChannel channel = victim.channel();
            try {
                beginning = made(Victim.calls(channel));
            } finally {
                channel.shutdownNow();
            }
        }
        return beginning;
    }

    private static Position made(ProcessGroupServiceBlockingStub calls) {
        Victim.create(
                calls,
                CreateGroupRequest.newBuilder()
                        .setGroupName(NAME)
                        .setRetention(Retention.newBuilder()
                                .setMessages(MESSAGES)
                                .setMaxAge(Duration.newBuilder().setSeconds(RETAINED_SECONDS))));
        ByteString payload = ByteString.copyFrom(new byte[MESSAGE_BYTES]);
        for (int i = 0; i < MESSAGES; i++) {
            calls.publishToGroup(PublishToGroupRequest.newBuilder()
                    .setTenantId(Victim.TENANT)
                    .setGroupName(NAME)
                    .setMessage(Message.newBuilder().setPayload(payload))
                    .setAnswer(PublishAnswer.NONE)
                    .build());
        }
        String epoch = calls.fetchMessages(FetchMessagesRequest.newBuilder()
                        .setTenantId(Victim.TENANT)
                        .setGroupName(NAME)
                        .setPageSize(1)
                        .build())
                .getNext()
                .getEpoch();
        return Position.newBuilder().setEpoch(epoch).build();
    }
}
