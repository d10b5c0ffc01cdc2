package io.plexspaces.processgroups.bench.load;

import java.io.IOException;
import java.net.SocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;

/** One TCP connection, not blocking. May be written by any thread; read by its loop. */
public final class Link implements AutoCloseable {
    private static final long FULL_PAUSE_NANOS = 20_000;

    private final SocketChannel channel;
    private final Wire wire;
    private final ReentrantLock writing = new ReentrantLock();
    private byte[] rest = new byte[0];

    private Link(SocketChannel channel, Wire wire) {
        this.channel = channel;
        this.wire = wire;
    }

    /** Connected, but not read yet. */
    static Link connect(SocketAddress address, Wire wire) throws IOException {
        SocketChannel channel = SocketChannel.open(address);
        channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
        channel.configureBlocking(false);
        return new Link(channel, wire);
    }

    SocketChannel channel() {
        return channel;
    }

    /** Returns when all of it is written; waits for the other side to make room. */
    public void write(ByteBuffer bytes) {
        writing.lock();
        try {
            while (bytes.hasRemaining()) {
                if (channel.write(bytes) == 0) {
                    LockSupport.parkNanos(this, FULL_PAUSE_NANOS);
                }
            }
        } catch (IOException failure) {
            wire.ended("write failed: " + failure.getMessage());
            bytes.position(bytes.limit());
        } finally {
            writing.unlock();
        }
    }

    /**
     * Reads once, and hands over what came.
     *
     * @return false: the connection has ended
     */
    boolean read(ByteBuffer buffer) {
        buffer.clear().put(rest);
        try {
            if (channel.read(buffer) < 0) {
                wire.ended("closed by the server");
                return false;
            }
        } catch (IOException failure) {
            wire.ended(String.valueOf(failure.getMessage()));
            return false;
        }
        buffer.flip();
        wire.read(buffer, this);
        if (rest.length != buffer.remaining()) {
            rest = new byte[buffer.remaining()];
        }
        buffer.get(rest);
        return true;
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
