package io.plexspaces.processgroups.bench.attack;

import static java.nio.charset.StandardCharsets.US_ASCII;

import com.google.protobuf.MessageLite;
import io.plexspaces.processgroups.proto.v1.ProcessGroupServiceGrpc;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;

/** Frames of HTTP/2 (RFC 9113) as no library would send them. */
final class RawHttp2 extends RawSocket {
    static final byte[] PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(US_ASCII);

    static final int DATA = 0;
    static final int HEADERS = 1;
    static final int PRIORITY = 2;
    static final int RST_STREAM = 3;
    static final int SETTINGS = 4;
    static final int PING = 6;
    static final int WINDOW_UPDATE = 8;
    static final int CONTINUATION = 9;

    static final int ACK = 1;
    static final int END_STREAM = 1;
    static final int END_HEADERS = 4;

    /** As the system has it. */
    static final int USUAL_BUFFER = 0;

    static final int USUAL_WINDOW = 65_535;
    static final int LARGEST_WINDOW = Integer.MAX_VALUE;

    private static final short INITIAL_WINDOW_SIZE = 4;
    private static final int HEADER_BYTES = 9;

    private int lastStream = -1;

    /** @param window how much the server may send on one stream before it is given more */
    RawHttp2(InetSocketAddress address, int receiveBuffer, int window) throws IOException {
        super(address, receiveBuffer);
        write(joined(
                PREFACE,
                frame(
                        SETTINGS,
                        0,
                        0,
                        ByteBuffer.allocate(6)
                                .putShort(INITIAL_WINDOW_SIZE)
                                .putInt(window)
                                .array()),
                frame(WINDOW_UPDATE, 0, 0, number(LARGEST_WINDOW - USUAL_WINDOW))));
    }

    static byte[] frame(int type, int flags, int stream, byte[] content) {
        return ByteBuffer.allocate(HEADER_BYTES + content.length)
                .putShort((short) (content.length >>> 8))
                .put((byte) content.length)
                .put((byte) type)
                .put((byte) flags)
                .putInt(stream)
                .put(content)
                .array();
    }

    static byte[] number(int value) {
        return ByteBuffer.allocate(4).putInt(value).array();
    }

    static byte[] joined(byte[]... parts) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            all.writeBytes(part);
        }
        return all.toByteArray();
    }

    static byte[] repeated(byte[] part, int times) {
        ByteBuffer all = ByteBuffer.allocate(part.length * times);
        for (int i = 0; i < times; i++) {
            all.put(part);
        }
        return all.array();
    }

    /** Headers of a call, by HPACK (RFC 7541) without a table and without compression. */
    static byte[] headers(String method) {
        ByteBuffer headers = ByteBuffer.allocate(512);
        headers.put((byte) 0x83).put((byte) 0x86).put((byte) 0x04);
        literal(headers, "/" + ProcessGroupServiceGrpc.SERVICE_NAME + "/" + method);
        literal(headers.put((byte) 0x01), "127.0.0.1");
        literal(headers.put((byte) 0x0F).put((byte) 0x10), "application/grpc");
        literal(headers.put((byte) 0), "te");
        literal(headers, "trailers");
        byte[] bytes = new byte[headers.position()];
        headers.flip().get(bytes);
        return bytes;
    }

    /** Shorter than 127 bytes. */
    static void literal(ByteBuffer headers, String text) {
        headers.put((byte) text.length()).put(text.getBytes(US_ASCII));
    }

    /** A gRPC message with its prefix, in a DATA frame. */
    static byte[] data(int stream, MessageLite message, boolean last) {
        byte[] content = message.toByteArray();
        return frame(
                DATA,
                last ? END_STREAM : 0,
                stream,
                ByteBuffer.allocate(5 + content.length)
                        .put((byte) 0)
                        .putInt(content.length)
                        .put(content)
                        .array());
    }

    int nextStream() {
        lastStream += 2;
        return lastStream;
    }

    /** Begins a call, and returns the number of its stream. */
    int call(String method, MessageLite request, boolean last) throws IOException {
        int stream = nextStream();
        write(joined(frame(HEADERS, END_HEADERS, stream, headers(method)), data(stream, request, last)));
        return stream;
    }

    /** Reads, and answers SETTINGS and PING as a live client does, until the server closes the connection. */
    void serve() throws IOException {
        DataInputStream frames = new DataInputStream(in());
        byte[] start = new byte[HEADER_BYTES];
        while (true) {
            frames.readFully(start);
            int length = ByteBuffer.wrap(start).getInt() >>> 8;
            byte[] content = new byte[length];
            frames.readFully(content);
            boolean acknowledged = (start[4] & ACK) != 0;
            if (start[3] == SETTINGS && !acknowledged) {
                write(frame(SETTINGS, ACK, 0, new byte[0]));
            } else if (start[3] == PING && !acknowledged) {
                write(frame(PING, ACK, 0, content));
            }
        }
    }

    /** {@link #serve()} on a thread of its own. */
    RawHttp2 serving() {
        Thread reader = new Thread(
                () -> {
                    try {
                        serve();
                    } catch (IOException closed) {
                        close();
                    }
                },
                "serve");
        reader.setDaemon(true);
        reader.start();
        return this;
    }
}
