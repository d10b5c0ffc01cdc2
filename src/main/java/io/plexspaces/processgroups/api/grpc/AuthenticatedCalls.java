package io.plexspaces.processgroups.api.grpc;

import io.grpc.Attributes;
import io.grpc.Context;
import io.grpc.Grpc;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.StatusRuntimeException;
import io.netty.util.internal.ThreadExecutorMap;
import io.plexspaces.processgroups.access.Caller;
import io.plexspaces.processgroups.api.BearerToken;
import io.plexspaces.processgroups.api.Requests;
import io.plexspaces.processgroups.authentication.AuthFailure;
import io.plexspaces.processgroups.authentication.Authenticator;
import io.plexspaces.processgroups.domain.GroupException;
import io.vertx.core.Vertx;
import java.net.SocketAddress;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Lets in calls whose metadata brings a token that is accepted, {@code authorization: Bearer …}, and has them work with
 * its rights. Nothing of a call begins before its token was checked. Also knows where calls come from, for the audit
 * log.
 */
final class AuthenticatedCalls {
    private static final Metadata.Key<String> AUTHORIZATION =
            Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);
    private static final Context.Key<Client> CLIENT = Context.key("processgroups-client");

    private final Authenticator authenticator;

    AuthenticatedCalls(Authenticator authenticator) {
        this.authenticator = authenticator;
    }

    private record Client(Caller caller, @Nullable SocketAddress address) {}

    /** Of the call that this thread works for; null: it was not asked who it is. */
    static @Nullable Caller caller() {
        Client client = CLIENT.get();
        return client == null ? null : client.caller();
    }

    /** @param unasked with the rights of those who were not asked who they are */
    static Requests requests(Requests unasked) {
        Client client = CLIENT.get();
        return client == null ? unasked : unasked.by(client.caller(), client.address());
    }

    /** Where the call comes from that this thread works for; null: nobody looked. */
    static @Nullable SocketAddress address() {
        Client client = CLIENT.get();
        return client == null ? null : client.address();
    }

    /** Null: its transport does not say. */
    private static @Nullable SocketAddress address(@Nullable Attributes call) {
        return call == null ? null : call.get(Grpc.TRANSPORT_ATTR_REMOTE_ADDR);
    }

    /** As a {@code ServerInterceptor}; the platform takes each class that is one for one of its own. */
    <Q, A> ServerCall.Listener<Q> begin(ServerCall<Q, A> call, Metadata metadata, ServerCallHandler<Q, A> next) {
        SocketAddress from = address(call.getAttributes());
        String token;
        try {
            token = BearerToken.of(metadata.get(AUTHORIZATION));
        } catch (GroupException refused) {
            authenticator.refused(AuthFailure.SCHEME, from);
            return refuse(call, refused);
        }
        CompletableFuture<Caller> checked =
                authenticator.authenticate(token, from).toCompletableFuture();
        if (checked.isDone() && !checked.isCompletedExceptionally()) {
            return start(new Client(checked.join(), from), call, metadata, next);
        }
        Waiting<Q> waiting = new Waiting<>();
        Executor loop = loop();
        Context context = Context.current();
        checked.whenComplete((caller, failure) -> loop.execute(() -> context.run(() -> waiting.go(
                failure == null ? start(new Client(caller, from), call, metadata, next) : refuse(call, failure)))));
        return waiting;
    }

    /** What runs tasks of the call as the call itself runs: on its event loop, with the platform's context. */
    private static Executor loop() {
        io.vertx.core.Context platform = Vertx.currentContext();
        Executor loop = ThreadExecutorMap.currentExecutor();
        if (platform != null) {
            return task -> platform.runOnContext(unused -> task.run());
        }
        return loop == null ? Runnable::run : loop;
    }

    private static <Q, A> ServerCall.Listener<Q> start(
            Client client, ServerCall<Q, A> call, Metadata metadata, ServerCallHandler<Q, A> next) {
        return io.grpc.Contexts.interceptCall(Context.current().withValue(CLIENT, client), call, metadata, next);
    }

    private static <Q> ServerCall.Listener<Q> refuse(ServerCall<Q, ?> call, Throwable failure) {
        StatusRuntimeException status = GrpcErrors.toStatus(failure);
        Metadata trailers = status.getTrailers();
        call.close(status.getStatus(), trailers == null ? new Metadata() : trailers);
        return new ServerCall.Listener<>() {};
    }

    /** What the peer does meanwhile: at most to end its call, as no request is asked for. On the call's thread. */
    private static final class Waiting<Q> extends ServerCall.Listener<Q> {
        private final Deque<Consumer<ServerCall.Listener<Q>>> events = new ArrayDeque<>();
        private ServerCall.@Nullable Listener<Q> begun;

        void go(ServerCall.Listener<Q> listener) {
            begun = listener;
            while (!events.isEmpty()) {
                events.remove().accept(listener);
            }
        }

        private void tell(Consumer<ServerCall.Listener<Q>> event) {
            ServerCall.Listener<Q> listener = begun;
            if (listener == null) {
                events.add(event);
            } else {
                event.accept(listener);
            }
        }

        @Override
        public void onMessage(Q message) {
            tell(listener -> listener.onMessage(message));
        }

        @Override
        public void onHalfClose() {
            tell(ServerCall.Listener::onHalfClose);
        }

        @Override
        public void onCancel() {
            tell(ServerCall.Listener::onCancel);
        }

        @Override
        public void onComplete() {
            tell(ServerCall.Listener::onComplete);
        }

        @Override
        public void onReady() {
            tell(ServerCall.Listener::onReady);
        }
    }
}
