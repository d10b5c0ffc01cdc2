package io.plexspaces.processgroups.log.redis;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** Stands between a log and Redis, and loses what the test asks it to. */
public final class Proxy implements AutoCloseable {
    private final ServerSocket server;
    private final int target;
    private final List<Link> links = new CopyOnWriteArrayList<>();
    private final AtomicInteger answersToLose = new AtomicInteger();
    public final AtomicInteger answersLost = new AtomicInteger();
    private volatile boolean deaf;
    private volatile boolean held;
    private volatile boolean away;
    private volatile @Nullable String last;

    public Proxy(int target) {
        this.target = target;
        try {
            this.server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        thread(this::accept);
    }

    public String address() {
        return "redis://127.0.0.1:" + port();
    }

    public int port() {
        return server.getLocalPort();
    }

    /** Lets the next requests reach Redis, but cuts their connection in place of passing the answer on. */
    public void loseAnswers(int count) {
        answersToLose.set(count);
    }

    /** Drops everything Redis sends on subscriber connections; their sockets stay open. */
    public void deaf(boolean now) {
        deaf = now;
    }

    /** Drops everything Redis sends, on any connection; their sockets stay open. */
    public void hold(boolean now) {
        held = now;
    }

    /** From the next request with this word on, which reaches Redis, does as {@link #hold}. */
    void holdFrom(String word) {
        last = "\r\n" + word + "\r\n";
    }

    /** Cuts all connections, and lets none live, until it is back. */
    public void away(boolean now) {
        away = now;
        if (now) {
            links.forEach(Link::close);
            links.clear();
        }
    }

    private static void thread(Runnable task) {
        Thread thread = new Thread(task, "proxy");
        thread.setDaemon(true);
        thread.start();
    }

    private void accept() {
        while (!server.isClosed()) {
            try {
                connect(server.accept());
            } catch (IOException closed) {
                continue;
            }
        }
    }

    private void connect(Socket client) throws IOException {
        if (away) {
            client.close();
            return;
        }
        try {
            Link link = new Link(client, new Socket(InetAddress.getLoopbackAddress(), target));
            links.add(link);
            thread(link::requests);
            thread(link::answers);
        } catch (ConnectException nobody) {
            client.close();
        }
    }

    @Override
    public void close() throws IOException {
        server.close();
        links.forEach(Link::close);
    }

    private final class Link {
        private final Socket client;
        private final Socket redis;
        private volatile boolean subscriber;
        private volatile boolean evaluating;

        Link(Socket client, Socket redis) {
            this.client = client;
            this.redis = redis;
        }

        void requests() {
            pump(client, redis, (bytes, size) -> {
                String text = new String(bytes, 0, size, StandardCharsets.ISO_8859_1).toLowerCase(Locale.ROOT);
                String word = last;
                if (word != null && text.contains(word)) {
                    last = null;
                    held = true;
                }
                subscriber |= text.contains("\r\nsubscribe\r\n");
                evaluating |= text.contains("\r\nevalsha\r\n") || text.contains("\r\neval\r\n");
                return true;
            });
        }

        void answers() {
            pump(redis, client, (bytes, size) -> {
                if (held) {
                    return false;
                }
                if (subscriber) {
                    return !deaf;
                }
                if (evaluating && answersToLose.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
                    answersLost.incrementAndGet();
                    close();
                    return false;
                }
                return true;
            });
        }

        private void pump(Socket from, Socket to, Filter filter) {
            byte[] bytes = new byte[64 * 1024];
            try {
                InputStream in = from.getInputStream();
                OutputStream out = to.getOutputStream();
                int size;
                while ((size = in.read(bytes)) >= 0) {
                    if (filter.passes(bytes, size)) {
                        out.write(bytes, 0, size);
                    }
                }
            } catch (IOException ended) {
                // Either side may go at any time: so does the other.
                close();
            }
            close();
        }

        void close() {
            try {
                client.close();
                redis.close();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    private interface Filter {
        boolean passes(byte[] bytes, int size);
    }
}
