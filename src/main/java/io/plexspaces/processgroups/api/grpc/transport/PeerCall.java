package io.plexspaces.processgroups.api.grpc.transport;

import io.grpc.Context;
import io.grpc.ServerStreamTracer;
import io.grpc.Status;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * One call of a peer, with what it makes the server hold. Methods that are public for other rooms may be called on any
 * thread, all others on the event loop of the peer alone. On a transport that is not ours a call has no bounds, and
 * there is none of these.
 */
public final class PeerCall extends ServerStreamTracer {
    private static final System.Logger LOG = System.getLogger(PeerCall.class.getName());
    private static final Context.Key<PeerCall> KEY = Context.key("processgroups-call");

    /** About what a stream costs that waits to be begun, beside its request. */
    private static final long STREAM_BYTES = 1024;

    /** About what it costs to keep the content of a frame, beside its bytes. */
    private static final int FRAME_BYTES = 140;

    private final PeerHandler peer;
    private final int streamId;

    /** What its beginning waits as: what is sent to it meanwhile waits besides. */
    private final Object beginning = new Object();

    /** Bytes of data that have come; those that were put into requests; those put into requests that are whole. */
    private long received;

    private long assembled;
    private long whole;

    /** Frames whose content is kept. */
    private long frames;

    private boolean ended;
    private boolean sent;

    PeerCall(PeerHandler peer, int streamId) {
        this.peer = peer;
        this.streamId = streamId;
    }

    /** The call that this thread works for; null: it has no bounds. */
    public static @Nullable PeerCall current() {
        return KEY.get();
    }

    /**
     * Begins a unary call once the peer has taken enough of its earlier answers, at once if it has. Never when the call
     * ends before.
     *
     * @param requestBytes of the request, which is kept until then
     * @param answerBytes that the answer may have at most
     */
    public void begin(int requestBytes, int answerBytes, UnaryCall call) {
        peer.onLoop(() -> {
            try {
                peer.unary().admit(this, requestBytes, answerBytes, call);
            } catch (RuntimeException | Error defect) {
                PendingCalls.fail(call, defect);
            }
        });
    }

    /**
     * The answer of a unary call is there.
     *
     * @param send sends it: run once the peer has taken enough of its earlier ones; never when the call ends before
     */
    public void answers(int bytes, Runnable send) {
        peer.onLoop(() -> {
            try {
                peer.unary().answers(this, bytes, () -> sendOnce(send));
            } catch (RuntimeException | Error defect) {
                LOG.log(System.Logger.Level.ERROR, "an answer could not be counted", defect);
                sendOnce(send);
            }
        });
    }

    /** Nobody is left waiting for an answer that could not be counted. */
    private void sendOnce(Runnable send) {
        if (!sent) {
            sent = true;
            send.run();
        }
    }

    /** Whether another event may be sent: the peer has taken enough of what was sent to all its streams. */
    public boolean hasRoom() {
        return peer.outbound().hasRoom();
    }

    /**
     * An event was sent. On the event loop of the peer.
     *
     * @param loop that event loop
     */
    public void sent(int bytes, Executor loop) {
        peer.outbound().promise(bytes, loop);
    }

    /** @param action run once there is room, on the event loop of the peer; never when the call ends before */
    public void whenRoom(Runnable action) {
        peer.onLoop(() -> {
            if (!ended) {
                peer.outbound().whenRoom(this, 0, action);
            }
        });
    }

    /**
     * Begins a call that streams events, at once or when the peer has taken enough of what was sent to all its streams.
     * Never when the call ends before.
     *
     * @param requestBytes of the request, which is kept until then
     * @param refuse run instead when too much is kept already
     */
    public void beginStream(int requestBytes, Runnable begin, Runnable refuse) {
        peer.onLoop(() -> {
            if (!ended && !peer.outbound().whenRoom(beginning, requestBytes + STREAM_BYTES, begin)) {
                refuse.run();
            }
        });
    }

    /**
     * The server has ended the stream. When the peer has not taken what was sent before within a few seconds, the
     * stream is reset.
     */
    public void ending() {
        peer.onLoop(() -> peer.ending(this));
    }

    int streamId() {
        return streamId;
    }

    boolean hasEnded() {
        return ended;
    }

    /** Bytes kept of a request that is not whole. */
    long partial() {
        return assembled - whole;
    }

    /** What is kept of requests that were not read, with what that costs. */
    long unread() {
        return Math.max(received, assembled) - whole + frames * FRAME_BYTES;
    }

    /** A frame has come. */
    void received(int bytes) {
        long before = unread();
        received += bytes;
        frames++;
        peer.calls().changed(0, unread() - before);
    }

    @Override
    public Context filterContext(Context context) {
        return context.withValue(KEY, this);
    }

    @Override
    public void inboundWireSize(long bytes) {
        long before = unread();
        assembled += bytes;
        changed(bytes, unread() - before);
    }

    /** With the request, the frames it came in are given up; each later request has one at least. */
    @Override
    public void inboundMessageRead(int number, long wireBytes, long bytes) {
        long before = unread();
        long was = partial();
        whole = assembled;
        frames = Math.max(0, Math.min(frames - 1, received - whole));
        changed(-was, unread() - before);
    }

    private void changed(long partialBytes, long unreadBytes) {
        if (!ended) {
            peer.calls().changed(partialBytes, unreadBytes);
        }
    }

    @Override
    public void streamClosed(Status status) {
        peer.onLoop(() -> {
            if (!ended) {
                peer.calls().remove(this);
                ended = true;
                peer.outbound().forget(this);
                peer.outbound().forget(beginning);
                peer.unary().ended(this);
            }
        });
    }
}
