package io.plexspaces.processgroups.bench.attack;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import io.plexspaces.processgroups.proto.v1.CreateGroupRequest;
import io.plexspaces.processgroups.proto.v1.ProcessGroupServiceGrpc;
import io.plexspaces.processgroups.proto.v1.ProcessGroupServiceGrpc.ProcessGroupServiceBlockingStub;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;

/**
 * The server an attack goes to. The attackers have a tenant of their own.
 *
 * @param http where WebSockets connect, too
 */
record Victim(InetSocketAddress http, InetSocketAddress grpc) {
    static final String TENANT = "attacker";

    private static final int LARGEST_ANSWER = 16 * 1024 * 1024;
    private static final int CALL_SECONDS = 10;

    ManagedChannel channel() {
        return NettyChannelBuilder.forAddress(grpc)
                .usePlaintext()
                .disableRetry()
                .maxInboundMessageSize(LARGEST_ANSWER)
                .build();
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
