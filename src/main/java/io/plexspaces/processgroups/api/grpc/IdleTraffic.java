package io.plexspaces.processgroups.api.grpc;

import io.netty.util.concurrent.EventExecutor;
import io.plexspaces.processgroups.core.delivery.Connection;
import io.plexspaces.processgroups.domain.ErrorCode;
import io.plexspaces.processgroups.domain.GroupException;
import io.plexspaces.processgroups.tasks.Delays;
import io.plexspaces.processgroups.tasks.PeriodicTask;
import io.plexspaces.processgroups.tasks.PeriodicTasks;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Sends a batch without events on each stream that has sent nothing for a while. Proxies cut streams without data after
 * 50 or 60 s, however often their connection is pinged; and what is sent shows them a client that is gone. One timer an
 * event loop, none while it has no streams. Thread-safe.
 */
public final class IdleTraffic {
    /** At each stream, in the longest time that it may be silent. */
    private static final int LOOKS = 4;

    /** Streams of a loop are looked at in so many parts, by turns: no turn is long, however many they are. */
    private static final int PARTS = 16;

    private final Duration interval;
    private final PeriodicTasks tasks;
    private final Map<EventExecutor, Streams> loops = new ConcurrentHashMap<>();

    /** @param interval the longest time, about, for which a stream sends nothing; 0: no bound */
    public IdleTraffic(Duration interval, PeriodicTasks tasks) {
        this.interval = interval;
        this.tasks = tasks;
    }

    /** From now until it ends. On its loop. */
    void watch(GrpcSink sink, Connection connection, EventExecutor loop) {
        if (!interval.isZero()) {
            loops.computeIfAbsent(loop, Streams::new).add(sink, connection);
        }
    }

    /** How many are watched, about. */
    int streams() {
        return loops.values().stream().mapToInt(each -> each.size.get()).sum();
    }

    /** Those of one event loop; on it alone, but for the size. */
    private final class Streams {
        private final EventExecutor loop;
        private final List<Map<GrpcSink, Connection>> parts =
                Stream.generate(HashMap<GrpcSink, Connection>::new).limit(PARTS).collect(Collectors.toList());

        /** Read on any thread. */
        private final AtomicInteger size = new AtomicInteger();

        private int added;
        private int next;
        private @Nullable PeriodicTask looking;

        Streams(EventExecutor loop) {
            this.loop = loop;
        }

        void add(GrpcSink sink, Connection connection) {
            Map<GrpcSink, Connection> part = parts.get(Math.floorMod(added++, PARTS));
            part.put(sink, connection);
            size.incrementAndGet();
            connection.onEnd(cause -> remove(part, sink));
            if (looking == null) {
                Duration period = interval.dividedBy((long) LOOKS * PARTS);
                looking = tasks.every(period, "idle gRPC streams", Delays.on(loop), this::look);
            }
        }

        private void remove(Map<GrpcSink, Connection> part, GrpcSink sink) {
            part.remove(sink);
            if (size.decrementAndGet() == 0 && looking != null) {
                looking.cancel();
                looking = null;
            }
        }

        private void look() {
            next = (next + 1) % PARTS;
            PeriodicTasks.withEach(
                    List.copyOf(parts.get(next).entrySet()), each -> look(each.getKey(), each.getValue()));
        }

        /** A stream that cannot send is cut: its client would wait on it for ever. */
        private static void look(GrpcSink sink, Connection connection) {
            try {
                sink.sendIfQuiet(LOOKS - 1);
            } catch (RuntimeException | Error failure) {
                connection.cut(GroupException.of(ErrorCode.INTERNAL, "nothing could be sent"));
                throw failure;
            }
        }
    }
}
