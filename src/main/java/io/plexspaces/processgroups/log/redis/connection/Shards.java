package io.plexspaces.processgroups.log.redis.connection;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.redis.client.RedisOptions;
import io.vertx.redis.client.Response;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * All servers of one store: calls scripts at the server of a slot, and listens to channels there, wherever that is at the moment.
 * Thread-safe; nothing blocks.
 */
public final class Shards {
    /** Stands among the arguments of a script for the command that announces: PUBLISH or SPUBLISH. */
    public static final Object PUBLISH = new Object();

    private static final System.Logger LOG = System.getLogger(Shards.class.getName());
    private static final long CHECK_MILLIS = 100;
    private static final long LOCATE_AGAIN_NANOS = 200_000_000;
    private static final long LOCATE_REGULARLY_NANOS = 15_000_000_000L;
    private static final Script BEAT = Script.of("beat");

    private final Vertx vertx;
    private final RedisOptions options;
    private final ConnectionSettings settings;
    private final String prefix;
    private final Locator locator;
    private final Map<String, Shard> shards = new ConcurrentHashMap<>();
    private final Map<String, Channel> channels = new ConcurrentHashMap<>();
    private final long timer;

    private volatile @Nullable Layout layout;
    private volatile boolean closed;
    private @Nullable Future<Layout> locating;
    private long located;

    /** A channel somebody listens to, and where it is subscribed to. */
    private static final class Channel {
        final int slot;
        final ChannelListener listener;
        volatile @Nullable Shard shard;

        Channel(int slot, ChannelListener listener) {
            this.slot = slot;
            this.listener = listener;
        }
    }

    /** One server. */
    private static final class Shard {
        final Commands commands;
        final Subscriber subscriber;
        final String beat;
        long beaten;

        Shard(Commands commands, Subscriber subscriber, String beat) {
            this.commands = commands;
            this.subscriber = subscriber;
            this.beat = beat;
        }
    }

    /**
     * @param options where the store is and how to get in: standalone, Sentinel or cluster
     * @param prefix of the channel by which connections hear themselves
     */
    public Shards(Vertx vertx, RedisOptions options, ConnectionSettings settings, String prefix) {
        this.vertx = vertx;
        this.options = options;
        this.settings = settings;
        this.prefix = prefix;
        this.locator = new Locator(vertx, options, settings.silence());
        this.timer = vertx.setPeriodic(CHECK_MILLIS, id -> check());
    }

    /** The slot of a key: that of its hash tag. */
    public static int slot(String key) {
        int open = key.indexOf('{');
        int close = key.indexOf('}', open + 1);
        return Slots.of(open >= 0 && close > open + 1 ? key.substring(open + 1, close) : key);
    }

    /** Whether the store is a cluster; else one server has everything. */
    public boolean isCluster() {
        return locator.isCluster();
    }

    /**
     * Calls a script. Repeats it when the answer is lost, the server has moved or is not there: it may have been applied before, so it must
     * bear that.
     *
     * <p>STORE_UNAVAILABLE after the patience of the settings; OVERLOADED.
     *
     * @param keys at least one, all of one slot
     * @param arguments {@code String}, {@code byte[]}, or {@link #PUBLISH}
     */
    public Future<Response> call(Script script, List<String> keys, List<?> arguments) {
        return new ScriptCall(vertx, this, script, keys, arguments, settings).run();
    }

    /** Listens until {@link #unsubscribe}. Nobody else may listen to this channel meanwhile. */
    public void subscribe(String name, ChannelListener listener) {
        Channel channel = new Channel(slot(name), listener);
        channels.put(name, channel);
        layout().onSuccess(known -> place(name, channel, known));
    }

    /** Idempotent. */
    public void unsubscribe(String name, ChannelListener listener) {
        Channel channel = channels.get(name);
        if (channel != null && channel.listener == listener && channels.remove(name, channel)) {
            Shard shard = channel.shard;
            if (shard != null) {
                shard.subscriber.remove(List.of(name));
            }
        }
    }

    /** Whether commands reach every server, and every subscriber connection hears itself. */
    public boolean isHealthy() {
        Layout known = layout;
        return known != null
                && known.endpoints().allMatch(endpoint -> {
                    Shard shard = shards.get(endpoint);
                    return shard != null
                            && shard.commands.isConnected()
                            && shard.subscriber.isLive(settings.deafness().toNanos());
                });
    }

    /** Runs a task once, not before that time. */
    public void later(long millis, Runnable task) {
        vertx.setTimer(Math.max(1, millis), id -> task.run());
    }

    /** Runs a task again and again, until {@link #close}. */
    public void regularly(long millis, Runnable task) {
        vertx.setPeriodic(millis, id -> {
            if (closed) {
                vertx.cancelTimer(id);
            } else {
                task.run();
            }
        });
    }

    /** Ends all connections. What waits for an answer fails. */
    public void close() {
        closed = true;
        vertx.cancelTimer(timer);
        shards.values().forEach(shard -> {
            shard.commands.close();
            shard.subscriber.close();
        });
    }

    boolean isClosed() {
        return closed;
    }

    /** Where the slots are, as last known. */
    Future<Layout> layout() {
        Layout known = layout;
        return known != null ? Future.succeededFuture(known) : locate();
    }

    /** The layout may be wrong: asks again, not too often. */
    void doubt() {
        if (!locator.isFixed()) {
            locate();
        }
    }

    Commands commands(String endpoint, Layout known) {
        return shard(endpoint, known).commands;
    }

    private synchronized Future<Layout> locate() {
        Future<Layout> running = locating;
        if (running != null && (!running.isComplete() || System.nanoTime() - located < LOCATE_AGAIN_NANOS)) {
            return running;
        }
        located = System.nanoTime();
        Future<Layout> begun = locator.locate();
        locating = begun;
        begun.onSuccess(this::adopt);
        return begun;
    }

    private void adopt(Layout found) {
        layout = found;
        if (closed) {
            return;
        }
        found.endpoints().forEach(endpoint -> shard(endpoint, found));
        channels.forEach((name, channel) -> place(name, channel, found));
        List<String> present = found.endpoints().toList();
        shards.forEach((endpoint, shard) -> {
            if (!present.contains(endpoint) && shards.remove(endpoint, shard)) {
                shard.commands.close();
                shard.subscriber.close();
            }
        });
    }

    private Shard shard(String endpoint, Layout known) {
        Shard present = shards.get(endpoint);
        return present != null ? present : shards.computeIfAbsent(endpoint, missing -> newShard(missing, known));
    }

    private Shard newShard(String endpoint, Layout known) {
        int slot = known.ranges().stream()
                .filter(range -> range.endpoint().equals(endpoint))
                .mapToInt(Layout.Range::first)
                .findFirst()
                .orElse(0);
        Commands commands = new Commands(vertx, options, endpoint, settings.silence());
        Subscriber subscriber = new Subscriber(
                vertx, options, endpoint, known.sharded(), settings.silence(), new Subscriber.Listener() {
                    @Override
                    public void message(String name, Buffer payload) {
                        Channel channel = channels.get(name);
                        if (channel != null) {
                            channel.listener.message(payload);
                        }
                    }

                    @Override
                    public void listening(String name) {
                        Channel channel = channels.get(name);
                        if (channel != null) {
                            channel.listener.listening();
                        }
                    }

                    @Override
                    public void displaced() {
                        doubt();
                    }
                });
        String beat = prefix + "{" + tagOf(slot) + "}:beat:" + UUID.randomUUID();
        subscriber.add(List.of(beat));
        return new Shard(commands, subscriber, beat);
    }

    private static String tagOf(int slot) {
        for (int salt = 0; ; salt++) {
            String tag = Integer.toString(salt, Character.MAX_RADIX);
            if (Slots.of(tag) == slot) {
                return tag;
            }
        }
    }

    private void place(String name, Channel channel, Layout known) {
        if (channels.get(name) != channel || closed) {
            return;
        }
        Shard now = shard(known.endpoint(channel.slot), known);
        Shard before;
        synchronized (channel) {
            before = channel.shard;
            channel.shard = now;
        }
        if (before != now) {
            if (before != null) {
                before.subscriber.remove(List.of(name));
            }
            now.subscriber.add(List.of(name));
            if (channels.get(name) != channel) {
                now.subscriber.remove(List.of(name));
            }
        }
    }

    private void check() {
        long now = System.nanoTime();
        if (layout == null || (!locator.isFixed() && now - located > LOCATE_REGULARLY_NANOS)) {
            locate();
        }
        shards.values().forEach(shard -> {
            shard.commands.check();
            shard.subscriber.check(settings.deafness().toNanos());
            if (now - shard.beaten > settings.beat().toNanos()) {
                shard.beaten = now;
                call(BEAT, List.of(shard.beat), List.of(PUBLISH))
                        .onFailure(failure -> LOG.log(System.Logger.Level.DEBUG, "no beat", failure));
            }
        });
    }
}
