package io.plexspaces.processgroups.api.grpc;

import io.grpc.stub.ServerCallStreamObserver;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.internal.ThreadExecutorMap;
import io.plexspaces.processgroups.api.grpc.transport.PeerCall;
import io.plexspaces.processgroups.core.delivery.Connection;
import io.plexspaces.processgroups.core.delivery.Sink;
import io.plexspaces.processgroups.core.delivery.WireFormat;
import io.plexspaces.processgroups.core.session.Sessions;
import io.plexspaces.processgroups.domain.GroupException;
import java.net.SocketAddress;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/** The sending half of one call that streams events. */
final class GrpcSink implements Sink<byte[]> {
    /**
     * What the transport may hold before a call is not ready. With grpc-java's 32 KiB, a call that has once fallen
     * behind gets no more than that in each turn of a busy loop, too little to catch up with a few thousand messages a
     * second.
     */
    private static final int READY_BYTES = 128 * 1024;

    private static final int COUNTED_BY_THE_TRANSPORT = 0;

    /** As a client of any version reads it: no events. */
    private static final byte[] NO_EVENTS = {};

    private final ServerCallStreamObserver<byte[]> call;
    private final Executor loop;

    /** Null: on a transport without bounds. */
    private final @Nullable PeerCall peer = PeerCall.current();

    private final @Nullable SocketAddress address = AuthenticatedCalls.address();

    private boolean closed;

    /** Looks since something was written. */
    private int quiet;

    /** What to do when the call is ready. */
    private Runnable onReady = () -> {};

    private boolean awaitsRoom;

    private GrpcSink(ServerCallStreamObserver<byte[]> call, Executor loop) {
        this.call = call;
        this.loop = loop;
    }

    /**
     * Makes a connection of a call, from within the handler that starts it.
     *
     * @throws GroupException LIMIT_EXCEEDED, SHUTTING_DOWN
     */
    static Connection connect(ServerCallStreamObserver<byte[]> call, Sessions sessions, IdleTraffic idle) {
        EventExecutor loop = ThreadExecutorMap.currentExecutor();
        if (loop == null) {
            throw new IllegalStateException("calls must be started on an event loop");
        }
        GrpcSink sink = new GrpcSink(call, loop);
        Connection connection = sessions.connect(sink);
        sink.onReady = connection::ready;
        call.setOnReadyThreshold(READY_BYTES);
        call.setOnReadyHandler(connection::ready);
        call.setOnCancelHandler(connection::lost);
        // Also when grpc-java itself ends the call, as it does when a handler throws: that is no cancellation.
        call.setOnCloseHandler(connection::lost);
        idle.watch(sink, connection, loop);
        return connection;
    }

    @Override
    public WireFormat<byte[]> format() {
        return GrpcFormat.INSTANCE;
    }

    @Override
    public String kind() {
        return "grpc";
    }

    @Override
    public Executor loop() {
        return loop;
    }

    @Override
    public @Nullable SocketAddress address() {
        return address;
    }

    @Override
    public int heldBytes() {
        return peer == null ? READY_BYTES : COUNTED_BY_THE_TRANSPORT;
    }

    @Override
    public boolean ready() {
        return call.isReady() && hasRoom();
    }

    private boolean hasRoom() {
        if (peer == null || peer.hasRoom()) {
            return true;
        }
        if (!awaitsRoom) {
            awaitsRoom = true;
            peer.whenRoom(() -> loop.execute(() -> {
                awaitsRoom = false;
                onReady.run();
            }));
        }
        return false;
    }

    @Override
    public void write(byte[] joined, boolean shared) {
        quiet = 0;
        call.onNext(joined);
        if (peer != null) {
            peer.sent(joined.length, loop);
        }
    }

    /**
     * Looks at the stream, and sends a batch without events when nothing was written since so many looks. What waits
     * for the client already needs nothing beside it.
     */
    void sendIfQuiet(int looks) {
        quiet++;
        if (quiet >= looks && !closed && !call.isCancelled() && ready()) {
            write(NO_EVENTS, false);
        }
    }

    @Override
    public boolean copies() {
        return true;
    }

    @Override
    public void flush() {
        // the transport flushes on its own once it is idle
    }

    @Override
    public void close(@Nullable GroupException cause) {
        if (closed || call.isCancelled()) {
            return;
        }
        if (cause == null) {
            call.onCompleted();
        } else {
            call.onError(GrpcErrors.toStatus(cause));
        }
        closed = true;
        if (peer != null) {
            peer.ending();
        }
    }
}
