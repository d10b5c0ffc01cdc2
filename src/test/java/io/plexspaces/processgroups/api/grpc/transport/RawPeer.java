package io.plexspaces.processgroups.api.grpc.transport;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.netty.handler.codec.http2.Http2CodecUtil;
import io.netty.handler.codec.http2.Http2FrameTypes;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.util.Map;

/** A client of HTTP/2 that sends what a test wants, whether it may or not. */
final class RawPeer implements AutoCloseable {
    private static final int WINDOW_SETTING = 4;
    private static final int END_HEADERS = 4;

    private final Socket socket;
    private final OutputStream out;
    private final DataInputStream in;
    private int lastStream = -1;

    /** A frame that came; {@code code} is that of a reset. */
    record Frame(byte type, int stream, int code) {}

    /** @param window how many bytes of each answer may be sent */
    RawPeer(int port, int window) throws IOException {
        this(new Socket(InetAddress.getLoopbackAddress(), port), window);
    }

    /** @param socket as above; connected */
    RawPeer(Socket socket, int window) throws IOException {
        this.socket = socket;
        out = socket.getOutputStream();
        in = new DataInputStream(socket.getInputStream());
        out.write(Http2CodecUtil.connectionPrefaceBuf().toString(US_ASCII).getBytes(US_ASCII));
        frame(
                Http2FrameTypes.SETTINGS,
                0,
                0,
                ByteBuffer.allocate(6)
                        .putShort((short) WINDOW_SETTING)
                        .putInt(window)
                        .array());
    }

    /** Begins a call. */
    int begin(String method) throws IOException {
        lastStream += 2;
        ByteArrayOutputStream fields = new ByteArrayOutputStream();
        Map.of(
                        ":method", "POST",
                        ":scheme", "http",
                        ":path", "/plexspaces.processgroups.v1.ProcessGroupService/" + method,
                        ":authority", "x",
                        "content-type", "application/grpc",
                        "te", "trailers")
                .entrySet()
                .stream()
                // Pseudo-header fields come first.
                .sorted(Map.Entry.comparingByKey())
                .forEach(field -> {
                    fields.write(0);
                    text(fields, field.getKey());
                    text(fields, field.getValue());
                });
        frame(Http2FrameTypes.HEADERS, END_HEADERS, lastStream, fields.toByteArray());
        return lastStream;
    }

    /** A call with its whole request. */
    int call(String method, byte[] request) throws IOException {
        int stream = begin(method);
        data(
                stream,
                true,
                ByteBuffer.allocate(5 + request.length)
                        .put((byte) 0)
                        .putInt(request.length)
                        .put(request)
                        .array());
        return stream;
    }

    void data(int stream, boolean last, byte[] content) throws IOException {
        frame(Http2FrameTypes.DATA, last ? 1 : 0, stream, content);
    }

    void frame(byte type, int flags, int stream, byte[] content) throws IOException {
        out.write(ByteBuffer.allocate(Http2CodecUtil.FRAME_HEADER_LENGTH + content.length)
                .put((byte) (content.length >> 16))
                .putShort((short) content.length)
                .put(type)
                .put((byte) flags)
                .putInt(stream)
                .put(content)
                .array());
    }

    /** The next frame of a type; fails when the connection ends or is quiet before. */
    Frame await(byte type) throws IOException {
        socket.setSoTimeout(10_000);
        while (true) {
            Frame frame = read();
            if (frame.type() == type) {
                return frame;
            }
        }
    }

    /** Whether the server ends the connection, whatever it sends before. */
    boolean isEnded() {
        try {
            socket.setSoTimeout(10_000);
            while (true) {
                read();
            }
        } catch (SocketTimeoutException quiet) {
            return false;
        } catch (IOException ended) {
            return true;
        }
    }

    private Frame read() throws IOException {
        int length = in.readUnsignedByte() << 16 | in.readUnsignedShort();
        byte type = in.readByte();
        in.readByte();
        int stream = in.readInt();
        byte[] content = in.readNBytes(length);
        return new Frame(
                type,
                stream,
                type == Http2FrameTypes.RST_STREAM ? ByteBuffer.wrap(content).getInt() : 0);
    }

    private static void text(ByteArrayOutputStream fields, String text) {
        fields.write(text.length());
        fields.writeBytes(text.getBytes(US_ASCII));
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
