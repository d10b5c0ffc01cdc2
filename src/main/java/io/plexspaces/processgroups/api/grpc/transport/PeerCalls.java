package io.plexspaces.processgroups.api.grpc.transport;

import io.netty.util.collection.IntObjectHashMap;
import io.netty.util.collection.IntObjectMap;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The open calls of one connection, and what their requests make the server hold before they are read. On the event
 * loop of the connection alone.
 */
final class PeerCalls {
    /** So many bytes more or fewer are told to the server's budget at once. */
    private static final int LOT = 64 * 1024;

    private final Bounds bounds;
    private final IntObjectMap<PeerCall> open = new IntObjectHashMap<>();

    private long partial;
    private long unread;
    private long charged;

    PeerCalls(Bounds bounds) {
        this.bounds = bounds;
    }

    void add(PeerCall call) {
        open.put(call.streamId(), call);
    }

    void remove(PeerCall call) {
        if (open.remove(call.streamId(), call)) {
            partial -= call.partial();
            unread -= call.unread();
            charge();
        }
    }

    /** So many of them, or all. */
    List<PeerCall> some(int most) {
        return open.values().stream().limit(most).toList();
    }

    /** The connection has ended. */
    void clear() {
        open.clear();
        partial = 0;
        unread = 0;
        charge();
    }

    /** A frame of data has come, which grpc-java has now. */
    void data(int streamId, int bytes) {
        PeerCall call = open.get(streamId);
        if (call != null) {
            call.received(bytes);
        }
    }

    /** What one call keeps has changed by so much. */
    void changed(long partialBytes, long unreadBytes) {
        partial += partialBytes;
        unread += unreadBytes;
        charge();
    }

    /** Null: all is within the bounds; else the call that keeps most. */
    @Nullable
    PeerCall excess() {
        return partial > bounds.partialBytes() || unread > unreadBound() ? largest() : null;
    }

    private long unreadBound() {
        return unread <= bounds.partialBytes()
                ? bounds.partialBytes()
                : Math.max(
                        bounds.partialBytes(),
                        Math.min(bounds.unreadBytes(), bounds.budget().share(charged)));
    }

    private @Nullable PeerCall largest() {
        PeerCall largest = null;
        for (PeerCall call : open.values()) {
            if (largest == null || call.unread() > largest.unread()) {
                largest = call;
            }
        }
        return largest;
    }

    private void charge() {
        long more = unread - charged;
        if (more > LOT || more < -LOT || (unread == 0 && charged > 0)) {
            charged += more;
            bounds.budget().add(more);
        }
    }
}
