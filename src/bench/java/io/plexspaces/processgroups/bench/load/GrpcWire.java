package io.plexspaces.processgroups.bench.load;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * The client's side of one gRPC call on a connection of its own: HTTP/2 (RFC 9113) with a single stream, as far as a
 * benchmark needs it. Receives without limit, and sends within the server's windows.
 */
public final class GrpcWire implements Wire {
    /** A server takes so many bytes at first, before it says more. */
    public static final int SMALLEST_WINDOW = 65_535;

    private static final int DATA = 0;
    private static final int HEADERS = 1;
    private static final int RST_STREAM = 3;
    private static final int SETTINGS = 4;
    private static final int PING = 6;
    private static final int GOAWAY = 7;
    private static final int WINDOW_UPDATE = 8;

    private static final int ACK = 1;
    private static final int END_STREAM = 1;
    private static final int END_HEADERS = 4;
    private static final int PADDED = 8;

    /** Lengths in HPACK: what fits into 7 bits, and the mark of a byte that another follows. */
    private static final int LARGEST_SHORT = 127;

    private static final int MORE = 128;

    private static final int HEADER_BYTES = 9;
    private static final int PREFIX_BYTES = 5;
    private static final int SETTING_INITIAL_WINDOW = 4;
    private static final int LARGEST_WINDOW = Integer.MAX_VALUE;

    /** After so much the server's windows are filled up again. */
    private static final int REFILL_BYTES = 256 * 1024 * 1024;

    private static final long FULL_PAUSE_NANOS = 20_000;

    private final WebSocketWire.Receiver receiver;
    private final AtomicLong connectionWindow = new AtomicLong(SMALLEST_WINDOW);
    private final AtomicLong streamWindow = new AtomicLong(SMALLEST_WINDOW);
    private final AtomicInteger unacknowledged = new AtomicInteger();
    private volatile boolean started;
    private volatile boolean ended;

    // On the read loop alone.
    private long serverInitialWindow = SMALLEST_WINDOW;
    private long received;
    private ByteBuffer partial = ByteBuffer.allocate(0);
    private int partialBytes;

    public GrpcWire(WebSocketWire.Receiver receiver) {
        this.receiver = receiver;
    }

    /**
     * Begins the connection and the call.
     *
     * @param method full name
     * @param authorization the header of that name; empty: there is none
     * @param request the first one
     * @param last no other follows
     */
    public void start(Link link, String method, String authorization, byte[] request, boolean last) {
        link.write(opening(link.hasTls(), method, authorization, request, last));
        started = true;
        acknowledge(link);
    }

    private static ByteBuffer opening(
            boolean secure, String method, String authorization, byte[] request, boolean last) {
        byte[] path = ("/" + method).getBytes(US_ASCII);
        byte[] token = authorization.getBytes(US_ASCII);
        ByteBuffer out = ByteBuffer.allocate(512 + path.length + token.length + request.length);
        out.put("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(US_ASCII));
        header(out, 6, SETTINGS, 0, 0).putShort((short) SETTING_INITIAL_WINDOW).putInt(LARGEST_WINDOW);
        header(out, 4, WINDOW_UPDATE, 0, 0).putInt(LARGEST_WINDOW - SMALLEST_WINDOW);
        ByteBuffer headers = ByteBuffer.allocate(256 + path.length + token.length);
        // HPACK (RFC 7541): fields of the static table, and literals that no table remembers.
        headers.put((byte) 0x83).put((byte) (secure ? 0x87 : 0x86)).put((byte) 0x04);
        literal(headers, path);
        literal(headers.put((byte) 0x01), "127.0.0.1".getBytes(US_ASCII));
        literal(headers.put((byte) 0x0F).put((byte) 0x10), "application/grpc".getBytes(US_ASCII));
        literal(literal(headers.put((byte) 0), "te".getBytes(US_ASCII)), "trailers".getBytes(US_ASCII));
        if (token.length > 0) {
            literal(headers.put((byte) 0x0F).put((byte) 0x08), token);
        }
        headers.flip();
        header(out, headers.remaining(), HEADERS, END_HEADERS, 1).put(headers);
        out.put(message(request, last));
        return out.flip();
    }

    /** A message in a frame of its own. */
    public static byte[] message(byte[] content) {
        return message(content, false);
    }

    private static byte[] message(byte[] content, boolean last) {
        ByteBuffer frame = ByteBuffer.allocate(HEADER_BYTES + PREFIX_BYTES + content.length);
        header(frame, PREFIX_BYTES + content.length, DATA, last ? END_STREAM : 0, 1);
        frame.put((byte) 0).putInt(content.length).put(content);
        return frame.array();
    }

    /** To be called before messages are written, so many bytes with their frames; waits until the server takes them. */
    public void spend(int messages, int framed) {
        int bytes = framed - messages * HEADER_BYTES;
        while (!ended && (connectionWindow.get() < bytes || streamWindow.get() < bytes)) {
            LockSupport.parkNanos(this, FULL_PAUSE_NANOS);
        }
        connectionWindow.addAndGet(-bytes);
        streamWindow.addAndGet(-bytes);
    }

    @Override
    public void read(ByteBuffer in, Link link) {
        while (in.remaining() >= HEADER_BYTES) {
            int at = in.position();
            int length = in.getInt(at) >>> 8;
            if (in.remaining() < HEADER_BYTES + length) {
                break;
            }
            frame(in.get(at + 3), in.get(at + 4), in, at + HEADER_BYTES, length, link);
            in.position(at + HEADER_BYTES + length);
        }
        receiver.batchDone();
    }

    @Override
    public void ended(String why) {
        ended = true;
        receiver.failed("a call ended: " + why);
    }

    private void frame(int type, int flags, ByteBuffer in, int from, int length, Link link) {
        switch (type) {
            case DATA -> {
                if ((flags & PADDED) != 0) {
                    throw new IllegalStateException("padded data");
                }
                data(in, from, from + length);
                refill(length, link);
            }
            case HEADERS -> {
                if ((flags & END_STREAM) != 0) {
                    ended("with " + Texts.shown(in, from, from + length));
                }
            }
            case RST_STREAM -> ended("reset with " + in.getInt(from));
            case GOAWAY -> ended("going away with " + in.getInt(from + 4));
            case SETTINGS -> {
                if ((flags & ACK) == 0) {
                    settings(in, from, from + length);
                    unacknowledged.incrementAndGet();
                    acknowledge(link);
                }
            }
            case PING -> {
                if ((flags & ACK) == 0) {
                    ByteBuffer pong = header(ByteBuffer.allocate(HEADER_BYTES + length), length, PING, ACK, 0);
                    link.write(pong.putLong(in.getLong(from)).flip());
                }
            }
            case WINDOW_UPDATE -> {
                boolean ofStream = in.getInt(from - 4) != 0;
                (ofStream ? streamWindow : connectionWindow).addAndGet(in.getInt(from));
            }
            default -> {}
        }
    }

    /** Nothing may be written before the opening is. */
    private void acknowledge(Link link) {
        for (int due = started ? unacknowledged.getAndSet(0) : 0; due > 0; due--) {
            link.write(header(ByteBuffer.allocate(HEADER_BYTES), 0, SETTINGS, ACK, 0)
                    .flip());
        }
    }

    private void settings(ByteBuffer in, int from, int to) {
        for (int at = from; at < to; at += 6) {
            if (in.getShort(at) == SETTING_INITIAL_WINDOW) {
                long window = in.getInt(at + 2);
                streamWindow.addAndGet(window - serverInitialWindow);
                serverInitialWindow = window;
            }
        }
    }

    /** Hands over the messages that lie in the frame as they are, and joins those that go over its end. */
    private void data(ByteBuffer in, int from, int to) {
        int at = from;
        while (at < to) {
            if (partialBytes == 0 && to - at >= PREFIX_BYTES && in.getInt(at + 1) <= to - at - PREFIX_BYTES) {
                int end = at + PREFIX_BYTES + in.getInt(at + 1);
                receiver.message(in, at + PREFIX_BYTES, end);
                at = end;
            } else {
                at += join(in, at, to);
            }
        }
    }

    /** Adds what is missing of a message, as far as it is there; returns how many bytes that were. */
    private int join(ByteBuffer in, int from, int to) {
        int whole = partialBytes < PREFIX_BYTES ? PREFIX_BYTES : PREFIX_BYTES + partial.getInt(1);
        int taken = Math.min(whole - partialBytes, to - from);
        if (partial.capacity() < whole) {
            ByteBuffer grown = ByteBuffer.allocate(Math.max(whole, 2 * partial.capacity()));
            grown.put(0, partial, 0, partialBytes);
            partial = grown;
        }
        partial.put(partialBytes, in, from, taken);
        partialBytes += taken;
        if (partialBytes >= PREFIX_BYTES && partialBytes == PREFIX_BYTES + partial.getInt(1)) {
            receiver.message(partial, PREFIX_BYTES, partialBytes);
            partialBytes = 0;
        }
        return taken;
    }

    private void refill(int bytes, Link link) {
        received += bytes;
        if (received >= REFILL_BYTES) {
            ByteBuffer update = ByteBuffer.allocate(2 * (HEADER_BYTES + 4));
            header(update, 4, WINDOW_UPDATE, 0, 0).putInt((int) received);
            header(update, 4, WINDOW_UPDATE, 0, 1).putInt((int) received);
            link.write(update.flip());
            received = 0;
        }
    }

    private static ByteBuffer header(ByteBuffer out, int length, int type, int flags, int stream) {
        return out.putShort((short) (length >>> 8))
                .put((byte) length)
                .put((byte) type)
                .put((byte) flags)
                .putInt(stream);
    }

    /** Shorter than 127 bytes, and not compressed. */
    private static ByteBuffer literal(ByteBuffer out, byte[] text) {
        int left = text.length - LARGEST_SHORT;
        if (left < 0) {
            return out.put((byte) text.length).put(text);
        }
        out.put((byte) LARGEST_SHORT);
        for (; left >= MORE; left /= MORE) {
            out.put((byte) (MORE | left % MORE));
        }
        return out.put((byte) left).put(text);
    }
}
