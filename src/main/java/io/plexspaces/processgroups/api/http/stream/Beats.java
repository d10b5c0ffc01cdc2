package io.plexspaces.processgroups.api.http.stream;

import io.netty.channel.EventLoop;
import io.plexspaces.processgroups.tasks.Delays;
import io.plexspaces.processgroups.tasks.PeriodicTask;
import io.plexspaces.processgroups.tasks.PeriodicTasks;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Looks after the streams of one event loop: one timer for all of them, none while there are none. On the event loop
 * alone.
 */
final class Beats {
    private static final Duration TICK = Duration.ofSeconds(1);

    private final EventLoop loop;
    private final PeriodicTasks tasks;
    private final StreamPeer.Times times;
    private final LongSupplier nanos;
    private final Set<StreamPeer> peers = new HashSet<>();
    private @Nullable PeriodicTask ticking;

    /** @param nanos a monotonic clock */
    Beats(EventLoop loop, PeriodicTasks tasks, StreamPeer.Times times, LongSupplier nanos) {
        this.loop = loop;
        this.tasks = tasks;
        this.times = times;
        this.nanos = nanos;
    }

    void add(StreamPeer peer) {
        peers.add(peer);
        if (ticking == null) {
            ticking = tasks.every(TICK, "looking after streams of events", Delays.on(loop), this::tick);
        }
    }

    void remove(StreamPeer peer) {
        peers.remove(peer);
        if (peers.isEmpty() && ticking != null) {
            ticking.cancel();
            ticking = null;
        }
    }

    private void tick() {
        long now = nanos.getAsLong();
        PeriodicTasks.withEach(List.of(peers.toArray(new StreamPeer[0])), peer -> check(peer, now));
    }

    /** A peer that cannot be checked is cut. */
    private void check(StreamPeer peer, long now) {
        try {
            peer.check(now, times);
        } catch (RuntimeException | Error failure) {
            peer.fail(failure);
            throw failure;
        }
    }
}
