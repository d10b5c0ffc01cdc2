package io.plexspaces.processgroups.api;

import io.plexspaces.processgroups.domain.KeyedCounts;
import io.plexspaces.processgroups.domain.Seldom;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The connections that the listeners of this server have accepted and that are open, in all and from each remote
 * address. Both are bounded, as each connection costs a file and memory before it has said a word. One for all
 * listeners of clients, and one for that of those who run the server. Its memory follows what is open. Thread-safe.
 */
public final class OpenConnections {
    /** Beyond the limit of all: for those that ask one thing and go, as probes and scrapers do. */
    public static final int SPARE = 64;

    private static final System.Logger LOG = System.getLogger(OpenConnections.class.getName());

    private final Limits limits;
    private final String where;
    private final AcceptQueue.Pace pace;
    private final Seldom seldom;
    private final AtomicInteger open = new AtomicInteger();
    private final KeyedCounts<Long> byAddress = new KeyedCounts<>();
    private final Map<Limit, LongAdder> refused = new EnumMap<>(Limit.class);

    /**
     * @param all ≥ 1
     * @param perAddress 0: without a bound of their own
     */
    public record Limits(int all, int perAddress) {}

    /** Which limit had been reached. */
    public enum Limit {
        CONNECTIONS("connections"),
        CONNECTIONS_PER_ADDRESS("connections-per-address");

        private final String key;

        Limit(String key) {
            this.key = key;
        }

        /** As its configuration key ends. */
        public String key() {
            return key;
        }
    }

    /** The place of one open connection. */
    public final class Place {
        private final @Nullable Long address;
        private final boolean spare;
        private final AtomicBoolean left = new AtomicBoolean();

        private Place(@Nullable Long address, boolean spare) {
            this.address = address;
            this.spare = spare;
        }

        /** Whether it is beyond the limit of all, for one request and its answer alone. */
        public boolean isSpare() {
            return spare;
        }

        /** The connection is closed. Idempotent. */
        public void leave() {
            if (left.compareAndSet(false, true)) {
                open.decrementAndGet();
                if (address != null) {
                    byAddress.leave(address);
                }
            }
        }
    }

    /**
     * As {@code processgroups.limits} says, where connections begin as fast as they can.
     *
     * @param nanos a monotonic clock
     */
    public OpenConnections(Limits limits, LongSupplier nanos) {
        this(limits, "processgroups.limits", new AcceptQueue.Pace(() -> 0, nanos), nanos);
    }

    /**
     * @param where the limits stand, for people
     * @param pace of the beginnings of connections
     */
    public OpenConnections(Limits limits, String where, AcceptQueue.Pace pace, LongSupplier nanos) {
        this.limits = limits;
        this.where = where;
        this.pace = pace;
        this.seldom = new Seldom(nanos);
        for (Limit limit : Limit.values()) {
            refused.put(limit, new LongAdder());
        }
    }

    public AcceptQueue.Pace pace() {
        return pace;
    }

    /**
     * A place for a connection that was accepted; null: there is none, and it is to be closed at once. That is counted,
     * and said in the log once a minute at most.
     *
     * @param from the remote address; null, or no address of the internet: not counted by address
     */
    public @Nullable Place enter(@Nullable SocketAddress from) {
        return enter(from, limits.all());
    }

    /** The same, with room for {@link #SPARE} more, which are {@link Place#isSpare() spare}. */
    public @Nullable Place enterOrSpare(@Nullable SocketAddress from) {
        return enter(from, limits.all() + SPARE);
    }

    private @Nullable Place enter(@Nullable SocketAddress from, int most) {
        int now = open.incrementAndGet();
        if (now > most) {
            open.decrementAndGet();
            refuse(Limit.CONNECTIONS, limits.all());
            return null;
        }
        Long address = limits.perAddress() == 0 ? null : key(from);
        if (address != null && !byAddress.enter(address, limits.perAddress())) {
            open.decrementAndGet();
            refuse(Limit.CONNECTIONS_PER_ADDRESS, limits.perAddress());
            return null;
        }
        return new Place(address, now > limits.all());
    }

    private void refuse(Limit limit, int value) {
        refused(limit).increment();
        seldom.say(unsaid -> LOG.log(
                System.Logger.Level.WARNING,
                "connections are refused: {3}.{0} = {1} reached ({2} more since the last such line)",
                limit.key(),
                value,
                unsaid,
                where));
    }

    /** Connections that are open. */
    public int open() {
        return open.get();
    }

    /** How many may be open, but for the spare ones. */
    public int most() {
        return limits.all();
    }

    /** How many were refused because of a limit. */
    public long refusals(Limit limit) {
        return refused(limit).sum();
    }

    /** Addresses that have connections open; 0 without a bound for them. */
    int addresses() {
        return byAddress.keys();
    }

    private LongAdder refused(Limit limit) {
        return Objects.requireNonNull(refused.get(limit));
    }

    /** IPv4: the address. IPv6: its network, the first 64 bits, as each host has as many addresses as it likes. */
    private static @Nullable Long key(@Nullable SocketAddress from) {
        InetAddress address = from instanceof InetSocketAddress internet ? internet.getAddress() : null;
        if (address == null) {
            return null;
        }
        ByteBuffer bytes = ByteBuffer.wrap(address.getAddress());
        return address instanceof Inet6Address ? bytes.getLong() : Integer.toUnsignedLong(bytes.getInt());
    }
}
