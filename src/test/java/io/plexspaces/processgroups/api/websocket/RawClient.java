package io.plexspaces.processgroups.api.websocket;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;

/** A client on a bare socket, for what a proper one would never send. */
public final class RawClient implements AutoCloseable {
    private static final int TIMEOUT_MILLIS = 10_000;
    private static final byte[] MASK = {1, 2, 3, 4};

    private final Socket socket;
    private final DataInputStream in;

    /** A frame of the server. */
    public record Received(int opcode, byte[] payload) {
        public int closeCode() {
            return ((payload[0] & 0xFF) << 8) | (payload[1] & 0xFF);
        }
    }

    private RawClient(Socket socket) throws IOException {
        this.socket = socket;
        this.in = new DataInputStream(socket.getInputStream());
    }

    public static RawClient connect(URI uri) throws IOException {
        return connect(uri, 0);
    }

    /** @param receiveBuffer bytes the system may keep that were not read; 0: as it likes */
    private static RawClient connect(URI uri, int receiveBuffer) throws IOException {
        Socket socket = new Socket();
        if (receiveBuffer > 0) {
            socket.setReceiveBufferSize(receiveBuffer);
        }
        socket.connect(new InetSocketAddress(uri.getHost(), uri.getPort()));
        socket.setSoTimeout(TIMEOUT_MILLIS);
        return new RawClient(socket);
    }

    /** @return the status line and headers of the answer */
    public String handshake(URI uri, String... headers) throws IOException {
        return handshake(uri, new byte[0], headers);
    }

    /** @param early what to send at once, before the answer is there */
    public String handshake(URI uri, byte[] early, String... headers) throws IOException {
        String request = "GET " + uri.getRawPath() + (uri.getRawQuery() == null ? "" : "?" + uri.getRawQuery())
                + " HTTP/1.1\r\nHost: " + uri.getHost() + ":" + uri.getPort()
                + "\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
                + String.join("", headers) + "\r\n";
        ByteArrayOutputStream sent = new ByteArrayOutputStream();
        sent.writeBytes(request.getBytes(ISO_8859_1));
        sent.writeBytes(early);
        write(sent.toByteArray());
        return head();
    }

    /** The status line and headers of an answer. */
    public String head() throws IOException {
        StringBuilder answer = new StringBuilder();
        while (answer.indexOf("\r\n\r\n") < 0) {
            answer.append((char) in.readUnsignedByte());
        }
        return answer.toString();
    }

    /** What follows until the server ends the connection. */
    public String rest() throws IOException {
        return new String(in.readAllBytes(), UTF_8);
    }

    public static RawClient upgraded(URI uri, String... headers) throws IOException {
        return upgradedWithBuffer(uri, 0, headers);
    }

    /** @param receiveBuffer bytes the system may keep that were not read; 0: as it likes */
    public static RawClient upgradedWithBuffer(URI uri, int receiveBuffer, String... headers) throws IOException {
        RawClient client = connect(uri, receiveBuffer);
        String[] all = new String[headers.length + 1];
        System.arraycopy(headers, 0, all, 0, headers.length);
        all[headers.length] = "Sec-WebSocket-Version: 13\r\n";
        String answer = client.handshake(uri, all);
        if (!answer.startsWith("HTTP/1.1 101 ")) {
            throw new AssertionError(answer);
        }
        return client;
    }

    public void write(byte[] bytes) throws IOException {
        socket.getOutputStream().write(bytes);
        socket.getOutputStream().flush();
    }

    public void text(String text) throws IOException {
        write(masked(0x81, text.getBytes(UTF_8)));
    }

    /** @param first FIN, RSV and opcode */
    public static byte[] masked(int first, byte[] payload) {
        ByteArrayOutputStream frame = new ByteArrayOutputStream();
        frame.writeBytes(header(first, payload.length));
        for (int i = 0; i < payload.length; i++) {
            frame.write(payload[i] ^ MASK[i % MASK.length]);
        }
        return frame.toByteArray();
    }

    /** The header of a masked frame, without its payload. */
    public static byte[] header(int first, long length) {
        ByteArrayOutputStream header = new ByteArrayOutputStream();
        header.write(first);
        int lengthBytes = length < 126 ? 0 : length <= 0xFFFF ? 2 : 8;
        header.write(0x80 | (lengthBytes == 0 ? (int) length : lengthBytes == 2 ? 126 : 127));
        for (int i = lengthBytes - 1; i >= 0; i--) {
            header.write((int) (length >>> (8 * i)));
        }
        header.writeBytes(MASK);
        return header.toByteArray();
    }

    /** The next frame. */
    public Received read() throws IOException {
        int opcode = in.readUnsignedByte() & 0xF;
        byte[] payload = new byte[length()];
        in.readFully(payload);
        return new Received(opcode, payload);
    }

    /**
     * The header of the next text frame. Pings before it are skipped.
     *
     * @return how many bytes its payload has, which are next to read
     */
    public int beginText() throws IOException {
        int opcode = in.readUnsignedByte() & 0xF;
        while (opcode == 0x9) {
            in.readNBytes(length());
            opcode = in.readUnsignedByte() & 0xF;
        }
        if (opcode != 0x1) {
            throw new AssertionError("a frame of opcode " + opcode);
        }
        return length();
    }

    private int length() throws IOException {
        int length = in.readUnsignedByte();
        if (length == 126) {
            return in.readUnsignedShort();
        }
        return length == 127 ? (int) in.readLong() : length;
    }

    /** So many bytes, of whatever comes. */
    public byte[] bytes(int count) throws IOException {
        return in.readNBytes(count);
    }

    /** The close frame; other frames before it are skipped. */
    public Received readClose() throws IOException {
        Received frame = read();
        while (frame.opcode() != 8) {
            frame = read();
        }
        return frame;
    }

    public boolean isAtEnd() throws IOException {
        return in.read() < 0;
    }

    @Override
    public void close() {
        try {
            socket.close();
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }
}
