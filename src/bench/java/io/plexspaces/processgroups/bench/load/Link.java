package io.plexspaces.processgroups.bench.load;

import java.io.IOException;
import java.net.SocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** One TCP connection, not blocking, with or without TLS. May be written by any thread; read by its loop. */
public final class Link implements AutoCloseable {
    private static final long FULL_PAUSE_NANOS = 20_000;

    private final SocketChannel channel;
    private final Wire wire;
    /** Null: it speaks plain text. */
    private final @Nullable Tls tls;

    private final ReentrantLock writing = new ReentrantLock();
    private byte[] rest = new byte[0];

    private Link(SocketChannel channel, Wire wire, @Nullable Tls tls) {
        this.channel = channel;
        this.wire = wire;
        this.tls = tls;
    }

    /**
     * Connected, but not read yet.
     *
     * @param client how it speaks TLS; null: it speaks plain text
     */
    static Link connect(SocketAddress address, Wire wire, @Nullable TlsClient client) throws IOException {
        SocketChannel channel = SocketChannel.open(address);
        try {
            channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
            Tls tls = client == null ? null : client.connect(channel.socket());
            channel.configureBlocking(false);
            return new Link(channel, wire, tls);
        } catch (IOException failure) {
            channel.close();
            throw failure;
        }
    }

    boolean hasTls() {
        return tls != null;
    }

    SocketChannel channel() {
        return channel;
    }

    /** Returns when all of it is written; waits for the other side to make room. */
    public void write(ByteBuffer bytes) {
        writing.lock();
        try {
            if (tls == null) {
                send(bytes);
            } else {
                do {
                    send(tls.seal(bytes));
                } while (bytes.hasRemaining());
            }
        } catch (IOException failure) {
            wire.ended("write failed: " + failure.getMessage());
            bytes.position(bytes.limit());
        } finally {
            writing.unlock();
        }
    }

    private void send(ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            if (channel.write(bytes) == 0) {
                LockSupport.parkNanos(this, FULL_PAUSE_NANOS);
            }
        }
    }

    /**
     * Reads once, and hands over what came.
     *
     * @param records a buffer for what is read with TLS, with an array
     * @return false: the connection has ended
     */
    boolean read(ByteBuffer buffer, ByteBuffer records) {
        buffer.clear().put(rest);
        boolean isOpen;
        try {
            isOpen = tls == null ? channel.read(buffer) >= 0 : tls.read(channel, buffer, records);
        } catch (IOException failure) {
            wire.ended(String.valueOf(failure.getMessage()));
            return false;
        }
        handOver(buffer);
        if (!isOpen) {
            wire.ended("closed by the server");
        } else if (tls != null && tls.answerIsDue()) {
            write(ByteBuffer.allocate(0));
        }
        return isOpen;
    }

    private void handOver(ByteBuffer buffer) {
        buffer.flip();
        wire.read(buffer, this);
        if (rest.length != buffer.remaining()) {
            rest = new byte[buffer.remaining()];
        }
        buffer.get(rest);
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException ignored) {
            // nobody waits for anything from it
        }
    }
}
