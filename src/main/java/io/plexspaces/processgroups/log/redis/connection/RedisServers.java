package io.plexspaces.processgroups.log.redis.connection;

import io.plexspaces.processgroups.log.SerialQueue;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.RedisOptions;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;

/**
 * All servers of one store: calls scripts at the server of a slot, and listens to channels there, wherever that is at
 * the moment. Thread-safe; nothing blocks.
 *
 * <p>One file, as calls and channels of a slot move together when it does.
 */
public final class RedisServers {
    /** Stands among the arguments of a script for the command that announces: PUBLISH or SPUBLISH. */
    public static final Object PUBLISH = new Object();

    private static final System.Logger LOG = System.getLogger(RedisServers.class.getName());
    private static final Escapes ESCAPES = new Escapes(RedisServers.class);
    private static final long CHECK_MILLIS = 100;
    private static final long MEMORY_NANOS = 60_000_000_000L;
    private static final long LOCATE_AGAIN_NANOS = 200_000_000;
    private static final long LOCATE_REGULARLY_NANOS = 15_000_000_000L;
    private static final Script BEAT = Script.of("beat");

    private final Vertx vertx;
    private final RedisOptions options;
    private final ConnectionSettings settings;
    private final String prefix;
    private final TopologyFinder locator;
    private final Map<String, Shard> servers = new ConcurrentHashMap<>();

    /** Changed in {@link #places} alone. */
    private final Map<String, Channel> channels = new ConcurrentHashMap<>();

    /**
     * Who listens to what, and where, changes in order: a late unsubscribe must not end the next subscription of the
     * same channel.
     */
    private final SerialQueue places = new SerialQueue();

    private final Queue<Regular> regular = new ConcurrentLinkedQueue<>();
    private final Eviction eviction = new Eviction();

    private volatile @Nullable Topology layout;
    private volatile boolean closed;
    private @Nullable Future<Topology> locating;
    private long located;

    /** A channel with a listener, and the server where it is subscribed to. */
    private static final class Channel {
        final int slot;
        final ChannelListener listener;

        @Nullable
        Shard shard;

        Channel(int slot, ChannelListener listener) {
            this.slot = slot;
            this.listener = listener;
        }
    }

    /** One server. */
    private static final class Shard {
        final CommandConnection commands;

        /** For calls that must not wait behind others. */
        final CommandConnection urgent;

        final PubSubConnection subscriber;
        final String beat;
        final String shown;
        long beaten;

        /** When its memory was looked at; null: not since it is known. */
        volatile @Nullable Long looked;

        Shard(
                CommandConnection commands,
                CommandConnection urgent,
                PubSubConnection subscriber,
                String beat,
                String shown) {
            this.shown = shown;
            this.commands = commands;
            this.urgent = urgent;
            this.subscriber = subscriber;
            this.beat = beat;
        }

        long longestUnanswered() {
            return Math.max(commands.longestUnanswered(), urgent.longestUnanswered());
        }

        void close() {
            commands.close();
            urgent.close();
            subscriber.close();
        }
    }

    /**
     * @param options where the store is and how to connect: standalone, Sentinel or cluster
     * @param prefix of the channels on which connections receive their heartbeats
     */
    public RedisServers(Vertx vertx, RedisOptions options, ConnectionSettings settings, String prefix) {
        this.vertx = vertx;
        this.options = options;
        this.settings = settings;
        this.prefix = prefix;
        this.locator = new TopologyFinder(vertx, options, settings.silence());
        regularly("the check of connections to the store", CHECK_MILLIS, this::check);
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
     * Calls a script. Repeats it when the answer is lost, the server has moved or is not there: it may have been
     * applied before, so it must bear that.
     *
     * <p>STORE_UNAVAILABLE after the patience of the settings; OVERLOADED.
     *
     * @param keys at least one, all of one slot
     * @param arguments {@code String}, {@code byte[]}, or {@link #PUBLISH}
     */
    public Future<Response> call(Script script, List<String> keys, List<?> arguments) {
        return new ScriptCall(vertx, this, script, keys, arguments, settings, false).run();
    }

    /**
     * The same, on a connection that nothing but such calls use: for the few that must not be late, however busy the
     * other connections are.
     */
    public Future<Response> callUrgently(Script script, List<String> keys, List<?> arguments) {
        return new ScriptCall(vertx, this, script, keys, arguments, settings, true).run();
    }

    /** Listens until {@link #unsubscribe}. A channel has one listener at a time. */
    public void subscribe(String name, ChannelListener listener) {
        Channel channel = new Channel(slot(name), listener);
        places.execute(() -> channels.put(name, channel));
        layout().onSuccess(known -> places.execute(() -> place(name, channel)));
    }

    /** Idempotent. */
    public void unsubscribe(String name, ChannelListener listener) {
        places.execute(() -> {
            Channel channel = channels.get(name);
            if (channel != null && channel.listener == listener) {
                channels.remove(name);
                if (channel.shard != null) {
                    channel.shard.subscriber.remove(List.of(name));
                }
            }
        });
    }

    /**
     * Whether commands reach every server and are answered in time, every subscriber connection receives its heartbeat
     * and has all its subscriptions confirmed, and the periodic work is done.
     */
    public boolean isHealthy() {
        Topology known = layout;
        return known != null
                && regular.stream().noneMatch(Regular::isOverdue)
                && longestUnanswered() < settings.patience().toNanos()
                && known.endpoints().allMatch(endpoint -> {
                    Shard shard = servers.get(endpoint);
                    return shard != null
                            && shard.commands.isConnected()
                            && shard.subscriber.isLive(settings.deafness().toNanos());
                });
    }

    /**
     * How long the command has waited that has waited longest for an answer of any server, in nanoseconds; 0: none
     * waits.
     */
    public long longestUnanswered() {
        return servers.values().stream()
                .mapToLong(Shard::longestUnanswered)
                .max()
                .orElse(0);
    }

    /**
     * What a server does when its memory is full, if that may take keys of groups: its policy, as it names it. Empty:
     * nothing, as far as is known.
     */
    public Optional<String> eviction() {
        return eviction.policy();
    }

    /** Runs a task once, not before that time. What it throws is logged. */
    public void later(long millis, Runnable task) {
        vertx.setTimer(Math.max(1, millis), id -> {
            try {
                task.run();
            } catch (Throwable escaped) {
                ESCAPES.add("a task of the store's log", escaped);
            }
        });
    }

    /** Runs a task that takes long on a thread that has nothing else to do. What it throws is logged. */
    public void aside(Runnable task) {
        vertx.<Void>executeBlocking(
                        () -> {
                            task.run();
                            return null;
                        },
                        false)
                .onFailure(escaped -> ESCAPES.add("a long task of the store's log", escaped));
    }

    /**
     * Runs a task again and again, until {@link #close}. What it throws is logged and does not end it; but the store is
     * not healthy while no pass of it is finished in time.
     *
     * @param name for the log
     * @param millis between two passes, > 0
     */
    public void regularly(String name, long millis, Runnable task) {
        regular.add(new Regular(vertx, name, millis, task));
    }

    /** Ends all connections. What waits for an answer fails. */
    public void close() {
        closed = true;
        regular.forEach(Regular::cancel);
        servers.values().forEach(Shard::close);
    }

    boolean isClosed() {
        return closed;
    }

    /** Where the slots are, as last known. */
    Future<Topology> layout() {
        Topology known = layout;
        return known != null ? Future.succeededFuture(known) : locate();
    }

    /** The layout may be wrong: asks again, not too often. */
    void doubt() {
        if (!locator.isFixed()) {
            locate();
        }
    }

    CommandConnection commands(String endpoint, Topology known, boolean urgent) {
        Shard shard = shard(endpoint, known);
        return urgent ? shard.urgent : shard.commands;
    }

    private synchronized Future<Topology> locate() {
        Future<Topology> running = locating;
        if (running != null && (!running.isComplete() || System.nanoTime() - located < LOCATE_AGAIN_NANOS)) {
            return running;
        }
        located = System.nanoTime();
        Future<Topology> begun = locator.locate().map(found -> {
            adopt(found);
            return found;
        });
        locating = begun;
        return begun;
    }

    private void adopt(Topology found) {
        layout = found;
        if (closed) {
            return;
        }
        found.endpoints().forEach(endpoint -> shard(endpoint, found));
        places.execute(() -> channels.forEach(this::place));
        List<String> present = found.endpoints().toList();
        servers.forEach((endpoint, shard) -> {
            if (!present.contains(endpoint) && servers.remove(endpoint, shard)) {
                shard.close();
            }
        });
    }

    private Shard shard(String endpoint, Topology known) {
        Shard present = servers.get(endpoint);
        return present != null ? present : servers.computeIfAbsent(endpoint, missing -> newShard(missing, known));
    }

    private Shard newShard(String endpoint, Topology known) {
        int slot = known.ranges().stream()
                .filter(range -> range.endpoint().equals(endpoint))
                .mapToInt(Topology.Range::first)
                .findFirst()
                .orElse(0);
        String beat = prefix + "{" + tagOf(slot) + "}:beat:" + UUID.randomUUID();
        PubSubConnection subscriber = new PubSubConnection(
                vertx, options, endpoint, known.sharded(), beat, settings.silence(), new PubSubConnection.Listener() {
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
        return new Shard(
                newCommands(endpoint), newCommands(endpoint), subscriber, beat, TopologyFinder.shown(endpoint));
    }

    private CommandConnection newCommands(String endpoint) {
        return new CommandConnection(vertx, options, endpoint, settings.silence(), settings.patience());
    }

    private static String tagOf(int slot) {
        for (int salt = 0; ; salt++) {
            String tag = Integer.toString(salt, Character.MAX_RADIX);
            if (Slots.of(tag) == slot) {
                return tag;
            }
        }
    }

    /**
     * In its queue: subscribes where the channel belongs now. Channels of a slot without a server are placed when it
     * has one.
     */
    private void place(String name, Channel channel) {
        Topology known = layout;
        if (known == null || !known.serves(channel.slot) || channels.get(name) != channel || closed) {
            return;
        }
        Shard before = channel.shard;
        Shard now = shard(known.endpoint(channel.slot), known);
        if (before != now) {
            channel.shard = now;
            if (before != null) {
                before.subscriber.remove(List.of(name));
            }
            now.subscriber.add(List.of(name));
        }
    }

    private void check() {
        long now = System.nanoTime();
        if (layout == null || (!locator.isFixed() && now - located > LOCATE_REGULARLY_NANOS)) {
            locate();
        }
        servers.values().forEach(shard -> {
            shard.commands.check();
            shard.urgent.check();
            shard.subscriber.check(settings.deafness().toNanos());
            if (now - shard.beaten > settings.beat().toNanos()) {
                shard.beaten = now;
                lookAtMemory(shard);
                call(BEAT, List.of(shard.beat), List.of(PUBLISH))
                        .onFailure(failure -> LOG.log(System.Logger.Level.DEBUG, "no beat", failure));
            }
        });
    }

    private void lookAtMemory(Shard shard) {
        long now = System.nanoTime();
        Long looked = shard.looked;
        if (looked != null && now - looked < MEMORY_NANOS) {
            return;
        }
        shard.looked = now;
        shard.commands
                .send(Request.cmd(Command.INFO).arg("memory"))
                .onSuccess(said -> eviction.seen(shard.shown, said.toString()))
                .onFailure(failure -> shard.looked = null);
    }
}
