package io.plexspaces.processgroups.bench.load;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.nio.ByteBuffer;

/** The client's side of a WebSocket: a handshake, then frames that are whole messages. */
public final class WebSocketWire implements Wire {
    private static final int CLOSE = 0x8;
    private static final int PING = 0x9;
    private static final int PONG = 0xA;
    private static final int END_OF_HEADERS = 0x0D0A_0D0A;
    private static final byte[] ACCEPTED = "HTTP/1.1 101 ".getBytes(US_ASCII);

    private final Receiver receiver;
    private boolean open;

    /** Takes the messages of a connection. */
    public interface Receiver {
        /** The handshake is done. */
        default void opened(Link link) {}

        /** One message, from {@code from} to {@code to} (exclusive). */
        void message(ByteBuffer in, int from, int to);

        /** All messages that came together were handed over. */
        void batchDone();

        void failed(String what);
    }

    /** @param open frames follow at once, without a handshake */
    public WebSocketWire(Receiver receiver, boolean open) {
        this.receiver = receiver;
        this.open = open;
    }

    /**
     * The request that begins a handshake.
     *
     * @param subprotocol empty: none is asked for
     * @param authorization the header of that name; empty: there is none
     */
    public static ByteBuffer handshake(String path, String subprotocol, String authorization) {
        return ByteBuffer.wrap(("GET " + path + " HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\n"
                        + "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
                        + "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n"
                        + (authorization.isEmpty() ? "" : "Authorization: " + authorization + "\r\n")
                        + (subprotocol.isEmpty() ? "" : "Sec-WebSocket-Protocol: " + subprotocol + "\r\n")
                        + "\r\n")
                .getBytes(US_ASCII));
    }

    /**
     * A frame with a whole message.
     *
     * @param masked as clients must; the mask is 0, so that the content stays as it is
     */
    public static byte[] frame(boolean text, boolean masked, byte[] content) {
        ByteBuffer frame = ByteBuffer.allocate(content.length + 14);
        frame.put((byte) (0x80 | (text ? 1 : 2)));
        int mask = masked ? 0x80 : 0;
        if (content.length < 126) {
            frame.put((byte) (mask | content.length));
        } else {
            frame.put((byte) (mask | 126)).putShort((short) content.length);
        }
        if (masked) {
            frame.putInt(0);
        }
        frame.put(content).flip();
        byte[] bytes = new byte[frame.remaining()];
        frame.get(bytes);
        return bytes;
    }

    @Override
    public void read(ByteBuffer in, Link link) {
        if (!open && !handshakeDone(in, link)) {
            return;
        }
        int at = in.position();
        int limit = in.limit();
        while (limit - at >= 2) {
            int length = in.get(at + 1) & 0x7F;
            int content = at + 2;
            if (length >= 126) {
                boolean isShort = length == 126;
                content += isShort ? 2 : 8;
                if (content > limit) {
                    break;
                }
                length = isShort ? in.getShort(at + 2) & 0xFFFF : Math.toIntExact(in.getLong(at + 2));
            }
            if (length > limit - content) {
                break;
            }
            frame(in.get(at) & 0x0F, in, content, content + length, link);
            at = content + length;
        }
        in.position(at);
        receiver.batchDone();
    }

    @Override
    public void ended(String why) {
        receiver.failed("a connection ended: " + why);
    }

    private void frame(int opcode, ByteBuffer in, int from, int to, Link link) {
        switch (opcode) {
            case PING -> link.write(pong(in, from, to));
            case PONG -> {}
            case CLOSE ->
                receiver.failed("closed with " + (to - from < 2 ? "no code" : in.getShort(from) & 0xFFFF) + " "
                        + Texts.shown(in, Math.min(from + 2, to), to));
            default -> receiver.message(in, from, to);
        }
    }

    private static ByteBuffer pong(ByteBuffer in, int from, int to) {
        ByteBuffer pong = ByteBuffer.allocate(6 + to - from);
        pong.put((byte) (0x80 | PONG)).put((byte) (0x80 | (to - from))).putInt(0);
        for (int i = from; i < to; i++) {
            pong.put(in.get(i));
        }
        return pong.flip();
    }

    private boolean handshakeDone(ByteBuffer in, Link link) {
        for (int end = in.position() + 4; end <= in.limit(); end++) {
            if (in.getInt(end - 4) == END_OF_HEADERS) {
                for (int i = 0; i < ACCEPTED.length; i++) {
                    if (in.get(in.position() + i) != ACCEPTED[i]) {
                        receiver.failed("refused: " + Texts.shown(in, in.position(), in.limit()));
                        break;
                    }
                }
                in.position(end);
                open = true;
                receiver.opened(link);
                return true;
            }
        }
        return false;
    }
}
