package io.plexspaces.processgroups.cluster;

import com.google.protobuf.Message;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientInterceptors;
import io.grpc.Context;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.MetadataUtils;
import io.plexspaces.processgroups.cluster.RightsTable.Row;
import io.plexspaces.processgroups.proto.v1.ProcessGroupServiceGrpc;
import java.net.InetSocketAddress;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Any call of the service on one gRPC connection, with one token or none. */
final class Calls implements AutoCloseable {
    private static final Metadata.Key<String> AUTHORIZATION =
            Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);
    private static final Map<String, MethodDescriptor<Message, Message>> METHODS = methods();

    private final ManagedChannel connection;
    private final Channel channel;

    private Calls(ManagedChannel connection, Channel channel) {
        this.connection = connection;
        this.channel = channel;
    }

    static Calls to(NodeProcess node) {
        ManagedChannel connection = NettyChannelBuilder.forAddress(new InetSocketAddress("127.0.0.1", node.grpcPort()))
                .usePlaintext()
                .build();
        return new Calls(connection, connection);
    }

    /**
     * On the same connection.
     *
     * @param token null: none
     */
    Calls with(@Nullable String token) {
        Metadata headers = new Metadata();
        if (token != null) {
            headers.put(AUTHORIZATION, "Bearer " + token);
        }
        return new Calls(
                connection,
                ClientInterceptors.intercept(connection, MetadataUtils.newAttachHeadersInterceptor(headers)));
    }

    @SuppressWarnings("unchecked")
    private static Map<String, MethodDescriptor<Message, Message>> methods() {
        return ProcessGroupServiceGrpc.getServiceDescriptor().getMethods().stream()
                .map(method -> (MethodDescriptor<Message, Message>) method)
                .collect(Collectors.toMap(MethodDescriptor::getBareMethodName, Function.identity()));
    }

    /** What comes of it; of a stream the first response, and then it is given up. */
    Outcome ask(Row row, Message request) {
        MethodDescriptor<Message, Message> method = METHODS.get(row.operation);
        CallOptions options = CallOptions.DEFAULT.withDeadlineAfter(20, TimeUnit.SECONDS);
        Context.CancellableContext context = Context.current().withCancellation();
        Context before = context.attach();
        try {
            return Outcome.done(
                    method.getType() == MethodDescriptor.MethodType.UNARY
                            ? ClientCalls.blockingUnaryCall(channel, method, options, request)
                            : ClientCalls.blockingServerStreamingCall(channel, method, options, request)
                                    .next());
        } catch (StatusRuntimeException refused) {
            return Outcome.of(refused);
        } finally {
            context.detach(before);
            context.cancel(null);
        }
    }

    Dialogue session() {
        return Dialogue.on(ProcessGroupServiceGrpc.newStub(channel));
    }

    @Override
    public void close() {
        connection.shutdownNow();
    }
}
