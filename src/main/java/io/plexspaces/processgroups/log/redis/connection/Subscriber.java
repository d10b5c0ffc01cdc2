package io.plexspaces.processgroups.log.redis.connection;

import io.plexspaces.processgroups.log.SerialQueue;
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
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * Listens to channels of one server on a connection of its own, which never carries another command. Made anew when it ends, or
 * when it does not even hear what was sent to it; then all channels are subscribed to again. Thread-safe.
 */
final class Subscriber {
    private static final System.Logger LOG = System.getLogger(Subscriber.class.getName());
    private static final int CHANNELS_AT_ONCE = 500;
    private static final long LONGEST_PAUSE_MILLIS = 2_000;

    /** For a server that accepts connections and cuts them: what it tells meanwhile is read from the log each time. */
    private static final long LONGEST_PAUSE_AFTER_CUT_MILLIS = 250;

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
    private final Set<String> channels = new HashSet<>();
    private @Nullable Link link;
    private boolean connecting;
    private boolean closed;
    private int failures;
    private long connectedAt;

    private volatile boolean connected;

    /** Since it is connected: that alone is no sign that anything will be heard. */
    private volatile boolean heard;

    private volatile long lastHeard = System.nanoTime();

    /** Whom it tells; on the connection's thread. */
    interface Listener {
        void message(String channel, Buffer payload);

        void listening(String channel);

        /** A channel is no longer here, or the connection ended: the layout may have changed. */
        void displaced();
    }

    /** @param patience how long making a connection may take */
    Subscriber(
            Vertx vertx, RedisOptions options, String endpoint, boolean sharded, Duration patience, Listener listener) {
        this.vertx = vertx;
        this.options = options;
        this.endpoint = endpoint;
        this.shown = Locator.shown(endpoint);
        this.sharded = sharded;
        this.patience = patience;
        this.listener = listener;
    }

    void add(Collection<String> added) {
        List<String> names = List.copyOf(added);
        serial.execute(() -> {
            channels.addAll(names);
            if (link != null) {
                send(sharded ? Command.SSUBSCRIBE : Command.SUBSCRIBE, names);
            } else {
                connect();
            }
        });
    }

    void remove(Collection<String> removed) {
        List<String> names = List.copyOf(removed);
        serial.execute(() -> {
            channels.removeAll(names);
            if (link != null) {
                send(sharded ? Command.SUNSUBSCRIBE : Command.UNSUBSCRIBE, names);
            }
        });
    }

    /** Connected, and heard something since then and within that time. */
    boolean isLive(long deafNanos) {
        return connected && heard && System.nanoTime() - lastHeard < deafNanos;
    }

    /** To be called regularly: ends a connection that has been silent for too long. */
    void check(long deafNanos) {
        if (connected && System.nanoTime() - lastHeard >= deafNanos) {
            serial.execute(() -> {
                if (link != null) {
                    LOG.log(System.Logger.Level.WARNING, "nothing heard from {0}: connecting again", shown);
                    drop(link);
                }
            });
        }
    }

    void close() {
        serial.execute(() -> {
            closed = true;
            connected = false;
            if (link != null) {
                link.close();
            }
        });
    }

    private void connect() {
        if (connecting || closed || link != null) {
            return;
        }
        connecting = true;
        Link.open(vertx, options, endpoint, patience)
                .onComplete(made -> serial.execute(() -> {
                    connecting = false;
                    if (made.failed()) {
                        retry(made.cause());
                    } else if (closed) {
                        made.result().close();
                    } else {
                        connected(made.result());
                    }
                }));
    }

    private void connected(Link made) {
        link = made;
        connectedAt = System.nanoTime();
        lastHeard = connectedAt;
        heard = false;
        connected = true;
        made.whenPushed(this::pushed);
        made.whenEnded(() -> serial.execute(() -> ended(made)));
        send(sharded ? Command.SSUBSCRIBE : Command.SUBSCRIBE, channels);
    }

    /** Does not rely on the connection to say that it has ended: it may have done so before anybody listened. */
    private void drop(Link over) {
        over.close();
        ended(over);
    }

    private void ended(Link over) {
        if (link != over) {
            return;
        }
        link = null;
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
        long longest = cause == null ? LONGEST_PAUSE_AFTER_CUT_MILLIS : LONGEST_PAUSE_MILLIS;
        long most = Math.min(longest, 25L << Math.min(failures, 10));
        vertx.setTimer(1 + ThreadLocalRandom.current().nextLong(most), id -> serial.execute(this::connect));
    }

    private void pushed(@Nullable Response push) {
        lastHeard = System.nanoTime();
        heard = true;
        if (push == null || push.type() == ResponseType.ERROR) {
            LOG.log(System.Logger.Level.WARNING, "subscriber connection to {0}: {1}", shown, push);
            listener.displaced();
            return;
        }
        if (push.size() < 3) {
            return;
        }
        switch (push.get(0).toString()) {
            case "message", "smessage" ->
                listener.message(push.get(1).toString(), push.get(2).toBuffer());
            case "subscribe", "ssubscribe" -> listener.listening(push.get(1).toString());
            case "sunsubscribe" -> unsubscribed(push.get(1).toString());
            default -> {}
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
            bySlot.computeIfAbsent(sharded ? Shards.slot(name) : 0, slot -> new ArrayList<>())
                    .add(name);
        }
        Link open = link;
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
