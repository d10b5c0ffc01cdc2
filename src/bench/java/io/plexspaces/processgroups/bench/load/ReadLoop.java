package io.plexspaces.processgroups.bench.load;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.CancelledKeyException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;

/** A thread that reads many connections through one buffer. */
public final class ReadLoop implements AutoCloseable {
    private static final int BUFFER_BYTES = 256 * 1024;

    private final Selector selector;
    private final ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER_BYTES);
    /** What connections with TLS read. Not direct, as ciphers work on arrays. */
    private final ByteBuffer records = ByteBuffer.allocate(BUFFER_BYTES);

    private final Queue<Link> fresh = new ConcurrentLinkedQueue<>();
    private volatile boolean closed;

    public ReadLoop(String name) {
        try {
            selector = Selector.open();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
        Thread thread = new Thread(this::run, name);
        thread.setDaemon(true);
        thread.start();
    }

    /** The same in plain text. */
    public Link connect(SocketAddress address, Wire wire) {
        return connect(address, wire, null);
    }

    /**
     * Connects, blocking; what comes is given to {@code wire} on the loop's thread.
     *
     * @param tls how it speaks TLS; null: it speaks plain text
     */
    public Link connect(SocketAddress address, Wire wire, @Nullable TlsClient tls) {
        try {
            Link link = Link.connect(address, wire, tls);
            fresh.add(link);
            selector.wakeup();
            return link;
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    private void run() {
        try (selector) {
            while (!closed) {
                selector.select(this::read);
                for (Link link = fresh.poll(); link != null; link = fresh.poll()) {
                    register(link);
                }
            }
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    private void register(Link link) {
        try {
            link.channel().register(selector, SelectionKey.OP_READ, link);
        } catch (ClosedChannelException alreadyClosed) {
            // by its owner, who does not want to read it any more
        }
    }

    private void read(SelectionKey key) {
        try {
            Link link = (Link) key.attachment();
            if (key.isReadable() && !link.read(buffer, records)) {
                key.cancel();
                link.close();
            }
        } catch (CancelledKeyException closedByItsOwner) {
            key.cancel();
        }
    }

    @Override
    public void close() {
        closed = true;
        selector.wakeup();
    }
}
