package io.plexspaces.processgroups.api.websocket;

import io.netty.channel.EventLoop;
import io.plexspaces.processgroups.api.ApiSettings;
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
 * Pings the peers of one event loop and finds those that are gone: one timer for all of them, none while there are
 * none. On the event loop alone.
 */
final class Heartbeat {
    /** How long a peer may take to answer a close frame. */
    static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(5);

    private static final Duration LONGEST_TICK = Duration.ofSeconds(1);
    private static final int TICKS_PER_PING = 10;

    private final EventLoop loop;
    private final LongSupplier nanos;
    private final long tickNanos;
    private final Peer.HeartbeatTimes times;
    private final Set<Peer> peers = new HashSet<>();
    private final PeriodicTasks tasks;
    private @Nullable PeriodicTask ticking;

    /** @param nanos a monotonic clock */
    Heartbeat(EventLoop loop, ApiSettings settings, PeriodicTasks tasks, LongSupplier nanos) {
        this.loop = loop;
        this.tasks = tasks;
        this.nanos = nanos;
        long ping = settings.pingInterval().toNanos();
        long shortest = Math.min(ping, settings.openTimeout().toNanos());
        tickNanos = Math.max(1, Math.min(LONGEST_TICK.toNanos(), shortest / TICKS_PER_PING));
        // Within the documented time, though looking takes place only once a tick.
        long silence = ping + settings.pongTimeout().toNanos() - tickNanos;
        times = new Peer.HeartbeatTimes(
                ping, silence, CLOSE_TIMEOUT.toNanos(), settings.openTimeout().toNanos());
    }

    void add(Peer peer) {
        peers.add(peer);
        if (ticking == null) {
            ticking = tasks.every(Duration.ofNanos(tickNanos), "pinging WebSockets", Delays.on(loop), this::tick);
        }
    }

    void remove(Peer peer) {
        peers.remove(peer);
        if (peers.isEmpty() && ticking != null) {
            ticking.cancel();
            ticking = null;
        }
    }

    /** Ends what is left. */
    void abandonAll() {
        List.of(peers.toArray(new Peer[0])).forEach(Peer::abandon);
    }

    /** A peer that cannot be checked is cut. */
    private void check(Peer peer, long now) {
        try {
            peer.check(now, times);
        } catch (RuntimeException | Error failure) {
            peer.fail(failure);
            throw failure;
        }
    }

    private void tick() {
        long now = nanos.getAsLong();
        PeriodicTasks.withEach(List.of(peers.toArray(new Peer[0])), peer -> check(peer, now));
    }
}
