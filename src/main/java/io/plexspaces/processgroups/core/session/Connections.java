package io.plexspaces.processgroups.core.session;

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
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** The live connections of this node, and whether it takes more of them. Thread-safe. */
public final class Connections {
    private final DeliveryLoops loops;
    private final Settings settings;
    private final ScheduledExecutorService timer;
    private final Set<Connection> live = ConcurrentHashMap.newKeySet();
    private final AtomicInteger size = new AtomicInteger();
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
        connection.onEnd(cause -> {
            live.remove(connection);
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
