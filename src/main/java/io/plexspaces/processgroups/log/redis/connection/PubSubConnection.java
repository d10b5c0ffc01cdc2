package io.plexspaces.processgroups.log.redis.connection;

import io.plexspaces.processgroups.log.SerialQueue;
import io.plexspaces.processgroups.tasks.Backoff;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.RedisOptions;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import io.vertx.redis.client.ResponseType;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Listens to channels of one server on a connection of its own, which never carries another command. It is replaced
 * when it ends, or when it does not receive its heartbeat, which this node publishes regularly; then all channels are
 * subscribed to again. Thread-safe.
 */
final class PubSubConnection {
    private static final System.Logger LOG = System.getLogger(PubSubConnection.class.getName());
    private static final int CHANNELS_AT_ONCE = 500;
    private static final long WARN_AGAIN_NANOS = 60_000_000_000L;

    /** A connection that has lasted so long was no failure. */
    private static final long STEADY_NANOS = 5_000_000_000L;

    private final Vertx vertx;
    private final RedisOptions options;
    private final String endpoint;
    private final String shown;
    private final boolean sharded;
    private final Duration patience;
    private final Listener listener;
    private final SerialQueue serial = new SerialQueue();
    private final Channels channels = new Channels();

    /** The channel of its heartbeat. */
    private final String beat;

    private @Nullable ServerConnection connection;
    private boolean connecting;
    private boolean closed;
    private int failures;
    private long connectedAt;

    // About the last warning; whichever thread it was.
    private volatile String warned = "";
    private volatile long warnedAt;

    private volatile boolean connected;

    /** It has received its heartbeat since it connected: a connection alone is no sign that messages arrive. */
    private volatile boolean heard;

    private volatile long lastHeard = System.nanoTime();

    /** Receives its events; on the connection's thread. */
    interface Listener {
        void message(String channel, Buffer payload);

        void listening(String channel);

        /** A channel is no longer here, or the connection ended: the layout may have changed. */
        void displaced();
    }

    /**
     * @param beat channel of its heartbeat, so that silence shows a broken connection
     * @param patience how long making a connection may take
     */
    PubSubConnection(
            Vertx vertx,
            RedisOptions options,
            String endpoint,
            boolean sharded,
            String beat,
            Duration patience,
            Listener listener) {
        this.vertx = vertx;
        this.options = options;
        this.endpoint = endpoint;
        this.shown = TopologyFinder.shown(endpoint);
        this.sharded = sharded;
        this.beat = beat;
        this.patience = patience;
        this.listener = listener;
        add(List.of(beat));
    }

    void add(Collection<String> added) {
        List<String> names = List.copyOf(added);
        serial.execute(() -> {
            channels.add(names);
            if (connection != null) {
                subscribe(names);
            } else {
                connect();
            }
        });
    }

    void remove(Collection<String> removed) {
        List<String> names = List.copyOf(removed);
        serial.execute(() -> {
            channels.remove(names);
            if (connection != null) {
                send(sharded ? Command.SUNSUBSCRIBE : Command.UNSUBSCRIBE, names);
            }
        });
    }

    /**
     * Connected, and received its heartbeat since then and within that time; and no subscription waits longer for its
     * confirmation.
     */
    boolean isLive(long deafNanos) {
        return connected
                && heard
                && System.nanoTime() - lastHeard < deafNanos
                && channels.longestUnconfirmed() < deafNanos;
    }

    /**
     * To be called regularly: ends a connection that has been silent for too long, and asks again for what the server
     * has not confirmed.
     */
    void check(long deafNanos) {
        if (!connected) {
            return;
        }
        if (System.nanoTime() - lastHeard >= deafNanos) {
            serial.execute(() -> {
                if (connection != null) {
                    warn("nothing received from " + shown + ": connecting again");
                    drop(connection);
                }
            });
        } else if (channels.longestUnconfirmed() > 0) {
            serial.execute(this::askAgain);
        }
    }

    private void askAgain() {
        List<String> again = channels.toAskAgain(CHANNELS_AT_ONCE);
        if (!again.isEmpty()) {
            send(sharded ? Command.SSUBSCRIBE : Command.SUBSCRIBE, again);
        }
    }

    private void subscribe(Collection<String> names) {
        channels.asked(names);
        send(sharded ? Command.SSUBSCRIBE : Command.SUBSCRIBE, names);
    }

    void close() {
        serial.execute(() -> {
            closed = true;
            connected = false;
            if (connection != null) {
                connection.close();
            }
        });
    }

    private void connect() {
        if (connecting || closed || connection != null) {
            return;
        }
        connecting = true;
        Future.<ServerConnection>future(made -> ServerConnection.open(vertx, options, endpoint, patience)
                        .onComplete(made))
                .onComplete(made -> serial.execute(() -> {
                    connecting = false;
                    if (made.failed()) {
                        retry(made.cause());
                    } else if (closed) {
                        made.result().close();
                    } else {
                        begin(made.result());
                    }
                }));
    }

    /** A connection that cannot be used is dropped. */
    private void begin(ServerConnection made) {
        connection = made;
        try {
            connected(made);
        } catch (Throwable failure) {
            drop(made);
            throw failure;
        }
    }

    private void connected(ServerConnection made) {
        connectedAt = System.nanoTime();
        lastHeard = connectedAt;
        heard = false;
        connected = true;
        made.whenPushed(this::pushed);
        made.whenEnded(() -> serial.execute(() -> ended(made)));
        subscribe(channels.begin());
    }

    /** Does not wait for the connection to report its end: that may have come before the handler was set. */
    private void drop(ServerConnection over) {
        over.close();
        ended(over);
    }

    private void ended(ServerConnection over) {
        if (connection != over) {
            return;
        }
        connection = null;
        connected = false;
        if (!closed) {
            if (System.nanoTime() - connectedAt > STEADY_NANOS) {
                failures = 0;
            }
            retry(null);
        }
    }

    /**
     * Later each time, and never at the same moment as others.
     *
     * @param cause null: a connection there was has ended
     */
    private void retry(@Nullable Throwable cause) {
        if (closed) {
            return;
        }
        if (failures++ == 0) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    "no subscriber connection to {0}{1}",
                    shown,
                    cause == null ? "" : ": " + cause.getMessage());
        }
        listener.displaced();
        Backoff backoff = cause == null ? Backoff.CUT_CONNECTION : Backoff.REFUSED_CONNECTION;
        vertx.setTimer(backoff.millis(failures - 1), id -> serial.execute(this::connect));
    }

    private void pushed(@Nullable Response push) {
        if (push == null || push.type() == ResponseType.ERROR) {
            // Refused, perhaps for good: no sign that messages will arrive.
            warn("subscriber connection to " + shown + ": " + push);
            listener.displaced();
            return;
        }
        if (push.size() < 3) {
            return;
        }
        String channel = push.get(1).toString();
        switch (push.get(0).toString()) {
            case "message", "smessage" -> {
                lastHeard = System.nanoTime();
                heard = true;
                if (!channel.equals(beat)) {
                    listener.message(channel, push.get(2).toBuffer());
                }
            }
            case "subscribe", "ssubscribe" -> subscribed(channel);
            case "sunsubscribe" -> unsubscribed(channel);
            default -> {}
        }
    }

    private void subscribed(String channel) {
        lastHeard = System.nanoTime();
        serial.execute(() -> channels.confirmed(channel));
        if (!channel.equals(beat)) {
            listener.listening(channel);
        }
    }

    /** The same line once in a while, however often it is meant. */
    private void warn(String what) {
        long now = System.nanoTime();
        if (!what.equals(warned) || now - warnedAt > WARN_AGAIN_NANOS) {
            warned = what;
            warnedAt = now;
            LOG.log(System.Logger.Level.WARNING, what);
        }
    }

    /** Not asked for, it means that the slot has gone elsewhere. */
    private void unsubscribed(String channel) {
        serial.execute(() -> {
            if (channels.contains(channel)) {
                listener.displaced();
            }
        });
    }

    /** One command may name channels of one slot alone, when they are sharded. */
    private void send(Command command, Collection<String> names) {
        Map<Integer, List<String>> bySlot = new TreeMap<>();
        for (String name : names) {
            bySlot.computeIfAbsent(sharded ? RedisServers.slot(name) : 0, slot -> new ArrayList<>())
                    .add(name);
        }
        ServerConnection open = connection;
        if (open == null) {
            return;
        }
        for (List<String> together : bySlot.values()) {
            for (int from = 0; from < together.size(); from += CHANNELS_AT_ONCE) {
                Request request = Request.cmd(command);
                together.subList(from, Math.min(together.size(), from + CHANNELS_AT_ONCE))
                        .forEach(request::arg);
                open.send(request).onFailure(failure -> serial.execute(() -> drop(open)));
            }
        }
    }
}
