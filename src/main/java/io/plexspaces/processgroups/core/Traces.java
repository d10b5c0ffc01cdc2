package io.plexspaces.processgroups.core;

import io.plexspaces.processgroups.domain.GroupId;
import io.plexspaces.processgroups.domain.Namespace;
import io.smallrye.mutiny.Uni;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Makes requests part of the trace of their caller. Thread-safe. */
public interface Traces {
    /** False: no request is ever traced, and nothing else here needs to be called. */
    boolean isOn();

    /**
     * The caller, from the trace headers of a call or handshake.
     *
     * @param header by name in lower case; null: there is none
     * @return null: it names no trace
     */
    @Nullable
    Caller caller(Function<String, @Nullable String> header);

    /** The caller whose requests this thread begins now; null: none that named a trace. */
    @Nullable
    Caller current();

    /** A request that {@link Groups} does not see, with a span of its own. */
    <T> Uni<T> traced(UseCase operation, Namespace namespace, @Nullable GroupId group, Supplier<Uni<T>> request);

    /** A caller with a trace. */
    interface Caller {
        /** Runs at once what begins requests: those that name no trace of their own are part of the caller's. */
        void run(Runnable requests);

        /** A request of the caller, whenever it is subscribed to. */
        default <T> Uni<T> asking(Supplier<Uni<T>> request) {
            return Uni.createFrom()
                    .emitter(answer -> run(() -> request.get().subscribe().with(answer::complete, answer::fail)));
        }
    }

    /** Traces nothing. */
    Traces OFF = new Traces() {
        @Override
        public boolean isOn() {
            return false;
        }

        @Override
        public @Nullable Caller caller(Function<String, @Nullable String> header) {
            return null;
        }

        @Override
        public @Nullable Caller current() {
            return null;
        }

        @Override
        public <T> Uni<T> traced(
                UseCase operation, Namespace namespace, @Nullable GroupId group, Supplier<Uni<T>> request) {
            return request.get();
        }
    };
}
