package io.plexspaces.processgroups.bench.attack;

import io.plexspaces.processgroups.bench.system.Server;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** Looks at the server from outside, some times a second: memory, connections, and whether it says that it is ready. */
final class Watched implements AutoCloseable {
    private static final String METRICS = "plexspaces_process_groups_";
    private static final double MIB = 1024 * 1024;
    private static final int LOOK_MILLIS = 250;
    /** A newcomer or two, and the connection that reads the metrics. */
    private static final int PASSING_CONNECTIONS = 4;
    /** What an honest client may have under way. */
    private static final long PASSING_BYTES = 256 * 1024;

    private final Server server;
    private final ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor();
    private long usualConnections;
    private long peakResident;
    private int unready;
    private Wave connections = new Wave();
    private Wave bytes = new Wave();

    /** A number that rises, and falls again. */
    private static final class Wave {
        private double peak;
        private long peakAt;
        private long downAt;

        void is(double now, double usual) {
            if (now > peak) {
                peak = now;
                peakAt = System.nanoTime();
                downAt = 0;
            } else if (now > usual) {
                downAt = 0;
            } else if (downAt == 0) {
                downAt = System.nanoTime();
            }
        }

        /** Milliseconds from its highest to what is usual; -1: it is higher still. */
        long downAfterMillis() {
            return downAt == 0 ? -1 : TimeUnit.NANOSECONDS.toMillis(downAt - peakAt);
        }
    }

    Watched(Server server) {
        this.server = server;
        clock.scheduleAtFixedRate(this::look, 0, LOOK_MILLIS, TimeUnit.MILLISECONDS);
    }

    /** From now on, the connections that are open are those of honest clients. */
    synchronized void begin() {
        usualConnections = Math.round(connections()) + PASSING_CONNECTIONS;
        peakResident = 0;
        unready = 0;
        connections = new Wave();
        bytes = new Wave();
    }

    private synchronized void look() {
        peakResident = Math.max(peakResident, server.resident());
        try {
            unready += server.isReady() ? 0 : 1;
            connections.is(connections(), usualConnections);
            bytes.is(heldBytes(), PASSING_BYTES);
        } catch (IllegalStateException noAnswer) {
            unready++;
        }
    }

    synchronized long peakResident() {
        return peakResident;
    }

    /** How many connections there were, and when the server had closed all but those of honest clients. */
    synchronized String closed() {
        return Math.round(connections.peak) + " connections, closed after " + connections.downAfterMillis() + " ms; "
                + Math.round(bytes.peak / MIB) + " MiB held, given up after " + bytes.downAfterMillis() + " ms";
    }

    /** Nothing was held for stalled clients any more, so many milliseconds after there was most of it; -1: still is. */
    synchronized long bytesGivenUpMillis() {
        return bytes.downAfterMillis();
    }

    /** The same of the connections. */
    synchronized long connectionsClosedMillis() {
        return connections.downAfterMillis();
    }

    /** Looks at which it was not ready, or did not answer. */
    synchronized int unready() {
        return unready;
    }

    boolean isBack() {
        return connections() <= usualConnections && heldBytes() <= PASSING_BYTES;
    }

    double leaseLosses() {
        return server.metric(METRICS + "lease_losses_total");
    }

    private double connections() {
        return server.metric(METRICS + "network_connections ");
    }

    private double heldBytes() {
        return server.metric(METRICS + "queue_bytes ");
    }

    @Override
    public void close() {
        clock.shutdownNow();
    }
}
