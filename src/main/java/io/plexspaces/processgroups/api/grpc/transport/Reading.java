package io.plexspaces.processgroups.api.grpc.transport;

import org.jspecify.annotations.Nullable;

/** Which peer's headers each thread reads just now, for the one server that it belongs to. Thread-safe. */
final class Reading {
    private final ThreadLocal<@Nullable PeerHandler> peers = new ThreadLocal<>();

    void begin(PeerHandler peer) {
        peers.set(peer);
    }

    void end() {
        peers.remove();
    }

    /** The call whose headers this thread reads; null: it is on a connection without bounds. */
    @Nullable
    PeerCall call() {
        PeerHandler peer = peers.get();
        return peer == null ? null : peer.beginning();
    }
}
