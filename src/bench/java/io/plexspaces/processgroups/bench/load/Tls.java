package io.plexspaces.processgroups.bench.load;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLEngineResult.Status;
import javax.net.ssl.SSLException;

/** The client's side of TLS on one connection. Read by one thread at a time, and written by one. */
final class Tls {
    private static final int PATIENCE_MILLIS = 20_000;
    private static final int HEADER_BYTES = 5;
    /** Where the header has the length of what follows it. */
    private static final int LENGTH_AT = 3;
    /** The most that may follow a header (RFC 8446, section 5.2). */
    private static final int LONGEST_BODY = 16 * 1024 + 256;

    private static final int SEALED_BYTES = 256 * 1024;

    /** Not direct, as ciphers work on arrays. */
    private static final ThreadLocal<ByteBuffer> SEALED =
            ThreadLocal.withInitial(() -> ByteBuffer.allocate(SEALED_BYTES));

    private final SSLEngine engine;
    private final int longestSealed;

    // On the reader's thread alone.
    private byte[] held = new byte[0];
    private int heldBytes;
    private boolean answerIsDue;

    private Tls(SSLEngine engine) {
        this.engine = engine;
        this.longestSealed = engine.getSession().getPacketBufferSize();
    }

    /** Shakes hands, blocking. What the other side says after that stays in the socket, to be read. */
    static Tls connect(SSLEngine engine, Socket socket) throws IOException {
        socket.setSoTimeout(PATIENCE_MILLIS);
        DataInputStream in = new DataInputStream(socket.getInputStream());
        OutputStream out = socket.getOutputStream();
        ByteBuffer record = ByteBuffer.allocate(engine.getSession().getPacketBufferSize());
        ByteBuffer nothing = ByteBuffer.allocate(0);
        engine.beginHandshake();
        HandshakeStatus next = engine.getHandshakeStatus();
        while (next != HandshakeStatus.FINISHED && next != HandshakeStatus.NOT_HANDSHAKING) {
            if (next == HandshakeStatus.NEED_TASK) {
                next = tasksDone(engine);
            } else if (next == HandshakeStatus.NEED_WRAP) {
                next = succeeded(engine.wrap(nothing, record.clear())).getHandshakeStatus();
                out.write(record.array(), 0, record.position());
            } else {
                readRecord(in, record.clear());
                next = succeeded(engine.unwrap(record, nothing)).getHandshakeStatus();
            }
        }
        return new Tls(engine);
    }

    /** One record and no byte more: a loop that waits for bytes would not know of those. */
    private static void readRecord(DataInputStream in, ByteBuffer record) throws IOException {
        in.readFully(record.array(), 0, HEADER_BYTES);
        int length = length(record, 0);
        in.readFully(record.array(), HEADER_BYTES, length - HEADER_BYTES);
        record.limit(length);
    }

    /**
     * Reads once, and puts what whole records hold into {@code into}.
     *
     * @param records a buffer for this call, with an array
     * @return false: the other side has ended the connection, perhaps after what was put there
     * @throws IOException it broke, or its end is not that of a record
     */
    boolean read(SocketChannel channel, ByteBuffer into, ByteBuffer records) throws IOException {
        // Records are longer than what they hold, so all of it has room.
        records.clear().limit(Math.min(records.capacity(), into.remaining()));
        if (records.remaining() <= heldBytes) {
            throw new IOException("a message is too long to be read");
        }
        records.put(held, 0, heldBytes);
        if (channel.read(records) < 0) {
            if (heldBytes > 0) {
                throw new IOException("closed by the server within a record");
            }
            return false;
        }
        records.flip();
        boolean isOpen = true;
        while (isOpen && hasRecord(records)) {
            isOpen = open(records, into);
        }
        hold(records);
        return isOpen;
    }

    /** @return false: the record said that it is the last one */
    private boolean open(ByteBuffer records, ByteBuffer into) throws SSLException {
        SSLEngineResult result = engine.unwrap(records, into);
        if (result.getStatus() == Status.CLOSED) {
            return false;
        }
        HandshakeStatus next = succeeded(result).getHandshakeStatus();
        if (next == HandshakeStatus.NEED_TASK) {
            next = tasksDone(engine);
        }
        answerIsDue |= next == HandshakeStatus.NEED_WRAP;
        return true;
    }

    /** Whether the other side asked for something since the last time, which {@link #seal} of nothing answers. */
    boolean answerIsDue() {
        boolean isDue = answerIsDue;
        answerIsDue = false;
        return isDue;
    }

    /**
     * Takes from {@code plain} what has room in a buffer, once at least.
     *
     * @return records, until the same thread seals again
     */
    ByteBuffer seal(ByteBuffer plain) throws SSLException {
        ByteBuffer sealed = SEALED.get().clear();
        do {
            succeeded(engine.wrap(plain, sealed));
        } while (plain.hasRemaining() && sealed.remaining() >= longestSealed);
        return sealed.flip();
    }

    private static boolean hasRecord(ByteBuffer records) throws SSLException {
        return records.remaining() >= HEADER_BYTES && records.remaining() >= length(records, records.position());
    }

    private static int length(ByteBuffer records, int at) throws SSLException {
        int body = records.getShort(at + LENGTH_AT) & 0xFFFF;
        if (body > LONGEST_BODY) {
            throw new SSLException("a record of " + body + " bytes is too long");
        }
        return HEADER_BYTES + body;
    }

    /** Less than a record. */
    private void hold(ByteBuffer records) {
        heldBytes = records.remaining();
        if (held.length < heldBytes) {
            held = new byte[heldBytes];
        }
        records.get(held, 0, heldBytes);
    }

    private static HandshakeStatus tasksDone(SSLEngine engine) {
        for (Runnable task = engine.getDelegatedTask(); task != null; task = engine.getDelegatedTask()) {
            task.run();
        }
        return engine.getHandshakeStatus();
    }

    private static SSLEngineResult succeeded(SSLEngineResult result) throws SSLException {
        if (result.getStatus() != Status.OK) {
            throw new SSLException("TLS cannot go on: " + result);
        }
        return result;
    }
}
