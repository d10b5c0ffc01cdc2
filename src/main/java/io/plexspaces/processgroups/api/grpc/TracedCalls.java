package io.plexspaces.processgroups.api.grpc;

import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.plexspaces.processgroups.core.Traces;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** Lets calls be part of the traces that their metadata name. */
final class TracedCalls {
    private static final Map<String, Metadata.Key<String>> KEYS = new ConcurrentHashMap<>();

    private final Traces traces;

    TracedCalls(Traces traces) {
        this.traces = traces;
    }

    /** As a {@code ServerInterceptor}; the platform takes each class that is one for one of its own. */
    <Q, A> ServerCall.Listener<Q> begin(ServerCall<Q, A> call, Metadata metadata, ServerCallHandler<Q, A> next) {
        Traces.Caller caller = traces.caller(name -> metadata.get(key(name)));
        return caller == null ? next.startCall(call, metadata) : start(caller, call, metadata, next);
    }

    private static <Q, A> ServerCall.Listener<Q> start(
            Traces.Caller caller, ServerCall<Q, A> call, Metadata metadata, ServerCallHandler<Q, A> next) {
        AtomicReference<ServerCall.@Nullable Listener<Q>> started = new AtomicReference<>();
        caller.run(() -> started.set(next.startCall(call, metadata)));
        return new SimpleForwardingServerCallListener<>(started.get()) {
            /** Calls with one request begin here. */
            @Override
            public void onHalfClose() {
                caller.run(super::onHalfClose);
            }
        };
    }

    private static Metadata.Key<String> key(String name) {
        return KEYS.computeIfAbsent(name, header -> Metadata.Key.of(header, Metadata.ASCII_STRING_MARSHALLER));
    }
}
