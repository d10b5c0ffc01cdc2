package io.plexspaces.processgroups.bench.attack;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.MetadataUtils;
import io.plexspaces.processgroups.bench.system.Tokens;
import io.plexspaces.processgroups.proto.v1.CreateGroupRequest;
import io.plexspaces.processgroups.proto.v1.ProcessGroupServiceGrpc;
import io.plexspaces.processgroups.proto.v1.ProcessGroupServiceGrpc.ProcessGroupServiceBlockingStub;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The server an attack goes to. The attackers have a tenant of their own.
 *
 * @param http where WebSockets connect, too
 * @param tokens what clients bring; null: they are not asked
 */
record Victim(
        InetSocketAddress http,
        InetSocketAddress grpc,
        @Nullable Tokens tokens) {
    static final String TENANT = "attacker";

    /** One that may publish {@value #BOUNDED_PUBLISHES} messages a second. */
    static final String BOUNDED_TENANT = "bounded";

    static final int BOUNDED_PUBLISHES = 1_000;

    private static final int LARGEST_ANSWER = 16 * 1024 * 1024;
    private static final int CALL_SECONDS = 10;

    /** Of the attackers. */
    ManagedChannel channel() {
        return channel(TENANT);
    }

    ManagedChannel channel(String tenant) {
        Metadata headers = new Metadata();
        String token = authorization(tenant, tenant);
        if (!token.isEmpty()) {
            headers.put(Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER), token);
        }
        return NettyChannelBuilder.forAddress(grpc)
                .usePlaintext()
                .intercept(MetadataUtils.newAttachHeadersInterceptor(headers))
                .disableRetry()
                .maxInboundMessageSize(LARGEST_ANSWER)
                .build();
    }

    /** The header that lets somebody in; empty: none is needed. */
    String authorization(String tenant, String subject) {
        return tokens == null ? "" : tokens.bearer(tenant, subject);
    }

    /** Each call with one answer has a deadline. */
    static ProcessGroupServiceBlockingStub calls(ManagedChannel channel) {
        return ProcessGroupServiceGrpc.newBlockingStub(channel).withInterceptors(new Deadlines());
    }

    private static final class Deadlines implements ClientInterceptor {
        @Override
        public <Q, A> ClientCall<Q, A> interceptCall(MethodDescriptor<Q, A> method, CallOptions options, Channel next) {
            boolean unary = method.getType() == MethodDescriptor.MethodType.UNARY;
            return next.newCall(method, unary ? options.withDeadlineAfter(CALL_SECONDS, TimeUnit.SECONDS) : options);
        }
    }

    /** A group of the attackers, which may exist already. */
    static void create(ProcessGroupServiceBlockingStub calls, CreateGroupRequest.Builder group) {
        try {
            calls.createGroup(group.setTenantId(TENANT).build());
        } catch (StatusRuntimeException failure) {
            if (failure.getStatus().getCode() != Status.Code.ALREADY_EXISTS) {
                throw failure;
            }
        }
    }
}
