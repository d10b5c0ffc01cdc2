package io.plexspaces.processgroups.core.session;

import io.plexspaces.processgroups.core.ConnectionSettings;
import io.plexspaces.processgroups.core.Settings;
import io.plexspaces.processgroups.core.delivery.Connection;
import io.plexspaces.processgroups.core.delivery.DeliveryLoops;
import io.plexspaces.processgroups.core.delivery.Event;
import io.plexspaces.processgroups.core.delivery.Frame;
import io.plexspaces.processgroups.core.delivery.Sink;
import io.plexspaces.processgroups.domain.ErrorCode;
import io.plexspaces.processgroups.domain.GroupException;
import io.plexspaces.processgroups.tasks.PeriodicTasks;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** The live connections of this node, and whether it takes more of them. Thread-safe. */
public final class Connections {
    /** How much sooner or later than its age a connection goes, as a share of it. */
    private static final double JITTER = 0.1;

    /** Multiples of the golden ratio fall evenly between whole numbers, however many there are. */
    private static final double SPREAD = 0.6180339887;

    private final DeliveryLoops loops;
    private final Settings settings;
    private final ScheduledExecutorService timer;
    private final Set<Connection> live = ConcurrentHashMap.newKeySet();
    private final AtomicInteger size = new AtomicInteger();

    /** The same by kind, of which there are a few. */
    private final Map<String, AtomicInteger> kinds = new ConcurrentHashMap<>();

    private final AtomicLong aged = new AtomicLong();
    private final CompletableFuture<Void> drained = new CompletableFuture<>();

    /** Why no connection is accepted; null: they are. */
    private volatile @Nullable GroupException refusing;

    private volatile boolean stopping;

    Connections(DeliveryLoops loops, Settings settings, ScheduledExecutorService timer) {
        this.loops = loops;
        this.settings = settings;
        this.timer = timer;
    }

    int size() {
        return size.get();
    }

    SortedMap<String, Integer> byKind() {
        SortedMap<String, Integer> counted = new TreeMap<>();
        kinds.forEach((kind, live) -> counted.put(kind, live.get()));
        return counted;
    }

    /** Whether {@link #drain} has begun. */
    boolean isStopping() {
        return stopping;
    }

    Connection connect(Sink<?> sink) {
        GroupException refused = refusing;
        if (refused != null) {
            throw refused;
        }
        if (size.incrementAndGet() > settings.sessions()) {
            size.decrementAndGet();
            throw GroupException.limit("sessions", settings.sessions());
        }
        Connection connection = loops.connect(sink);
        live.add(connection);
        AtomicInteger ofKind = kinds.computeIfAbsent(connection.kind(), kind -> new AtomicInteger());
        ofKind.incrementAndGet();
        Future<?> age = aging(connection);
        connection.onEnd(cause -> {
            live.remove(connection);
            ofKind.decrementAndGet();
            if (age != null) {
                age.cancel(false);
            }
            if (size.decrementAndGet() == 0 && stopping) {
                drained.complete(null);
            }
        });
        // A thread that began to refuse meanwhile may not have seen this connection.
        GroupException since = refusing;
        if (since != null) {
            connection.finish(since);
        }
        return connection;
    }

    /**
     * Sends a connection elsewhere when it has reached its age, as a stop would. Each a little sooner or later than the
     * one before, so that those that came together do not go together.
     *
     * @return null: it may stay
     */
    private @Nullable Future<?> aging(Connection connection) {
        ConnectionSettings bounds = settings.connections();
        if (bounds.maxAge().isZero()) {
            return null;
        }
        long nanos = age(bounds.maxAge(), aged.getAndIncrement());
        GroupException cause =
                GroupException.of(ErrorCode.SHUTTING_DOWN, "this connection is old: come back, best elsewhere");
        try {
            return timer.schedule(() -> sendAway(connection, bounds.notice(), cause), nanos, TimeUnit.NANOSECONDS);
        } catch (RejectedExecutionException stopped) {
            return null;
        }
    }

    /** @param turn how many connections there were before */
    static long age(Duration about, long turn) {
        return (long) (about.toNanos() * (1 - JITTER + 2 * JITTER * (turn * SPREAD % 1)));
    }

    private void sendAway(Connection connection, Duration notice, GroupException cause) {
        connection.send(Frame.of(new Event.Draining(notice)));
        after(notice.toNanos(), () -> connection.retire(cause));
    }

    CompletableFuture<Void> drain(Duration period, Duration notice) {
        GroupException cause = GroupException.of(ErrorCode.SHUTTING_DOWN, "this server is stopping");
        stopping = true;
        refusing = cause;
        List<Connection> present = List.copyOf(live);
        Frame draining = Frame.of(new Event.Draining(notice));
        for (int i = 0; i < present.size(); i++) {
            Connection connection = present.get(i);
            long turn = period.toNanos() / present.size() * i;
            after(turn, () -> connection.send(draining));
            after(turn + notice.toNanos(), () -> connection.retire(cause));
        }
        if (size.get() == 0) {
            drained.complete(null);
        }
        return drained;
    }

    private void after(long nanos, Runnable step) {
        if (nanos == 0) {
            step.run();
        } else {
            timer.schedule(step, nanos, TimeUnit.NANOSECONDS);
        }
    }

    void refuse(GroupException cause) {
        refusing = cause;
    }

    void acceptAgain() {
        if (!stopping) {
            refusing = null;
        }
    }

    void cutAll(GroupException cause) {
        PeriodicTasks.withEach(live, connection -> connection.cut(cause));
    }
}
