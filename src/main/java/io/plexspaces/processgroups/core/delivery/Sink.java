package io.plexspaces.processgroups.core.delivery;

import io.plexspaces.processgroups.domain.GroupException;
import java.net.SocketAddress;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * The sending half of one network connection, as its transport gives it. All methods but {@link #loop},
 * {@link #format} and {@link #address} are called on the loop alone.
 *
 * @param <S> joined bytes as the transport wants them
 */
public interface Sink<S> {
    WireFormat<S> format();

    /** Of the peer, on any thread; null: it is not known. */
    default @Nullable SocketAddress address() {
        return null;
    }

    /** What the status of a node calls transports like this: one of a few words. */
    default String kind() {
        return "other";
    }

    /** The one thread that serves this connection; the same object for all connections of a thread. */
    Executor loop();

    /** Whether the transport wants more. When it turns true again, the transport calls {@link Connection#ready()}. */
    boolean ready();

    /** About how many bytes the transport holds while it is not {@link #ready}. */
    int heldBytes();

    /**
     * Hands bytes to the transport, which may keep them until {@link #flush}. {@code joined} is released by the caller
     * when this returns: a sink that keeps it must retain it.
     *
     * @param shared other connections may get the same object
     */
    void write(S joined, boolean shared);

    /** Whether {@link #write} copies what it gets, and holds the copies until the loop does something else. */
    default boolean copies() {
        return false;
    }

    /** Sends what was written. */
    void flush();

    /**
     * Ends the connection after what was written. Idempotent.
     *
     * @param cause the error that the peer receives; null: a regular end
     */
    void close(@Nullable GroupException cause);
}
