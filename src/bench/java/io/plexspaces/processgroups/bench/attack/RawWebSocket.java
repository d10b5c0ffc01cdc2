package io.plexspaces.processgroups.bench.attack;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.plexspaces.processgroups.bench.load.WebSocketWire;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;

/** Frames of a WebSocket (RFC 6455) as no library would send them. */
final class RawWebSocket extends RawSocket {
    static final int CONTINUATION = 0;
    static final int TEXT = 1;
    static final int PING = 9;

    static final String SESSION = "/ws";

    private static final int FIN = 0x80;
    private static final int MASKED = 0x80;
    private static final int LONGEST_HEAD = 14;

    /** Returns when the handshake is done. */
    RawWebSocket(InetSocketAddress address, int receiveBuffer, String path) throws IOException {
        super(address, receiveBuffer);
        write(WebSocketWire.handshake(path, "processgroups.v1.json", "").array());
        StringBuilder answer = new StringBuilder();
        while (!answer.toString().endsWith("\r\n\r\n")) {
            int next = in().read();
            if (next < 0) {
                throw new IOException("closed in the handshake");
            }
            answer.append((char) next);
        }
        if (!answer.toString().startsWith("HTTP/1.1 101 ")) {
            close();
            throw new IOException("refused: " + answer);
        }
    }

    /** Masked by zeros, so that the content stays as it is. */
    static byte[] frame(int opcode, boolean last, byte[] content) {
        ByteBuffer frame = head(opcode, last, content.length, content.length).put(content);
        byte[] bytes = new byte[frame.position()];
        frame.flip().get(bytes);
        return bytes;
    }

    /** The beginning of a frame that promises so many bytes. */
    static byte[] promise(long length) {
        ByteBuffer head = head(TEXT, true, length, 0);
        byte[] bytes = new byte[head.position()];
        head.flip().get(bytes);
        return bytes;
    }

    private static ByteBuffer head(int opcode, boolean last, long length, int room) {
        ByteBuffer head = ByteBuffer.allocate(LONGEST_HEAD + room);
        head.put((byte) ((last ? FIN : 0) | opcode));
        if (length < 126) {
            head.put((byte) (MASKED | length));
        } else if (length < 65_536) {
            head.put((byte) (MASKED | 126)).putShort((short) length);
        } else {
            head.put((byte) (MASKED | 127)).putLong(length);
        }
        return head.putInt(0);
    }

    void text(String message) throws IOException {
        write(frame(TEXT, true, message.getBytes(UTF_8)));
    }

    void open(String actor) throws IOException {
        text("{\"requestId\":1,\"open\":{\"tenantId\":\"" + Victim.TENANT + "\",\"actorId\":\"" + actor + "\"}}");
    }

    static byte[] ascii(String text) {
        return text.getBytes(US_ASCII);
    }
}
