package io.plexspaces.processgroups.bench.attack;

import io.plexspaces.processgroups.bench.system.Server;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** Looks at the server from outside, some times a second: memory, connections, and whether it says that it is ready. */
final class Watched implements AutoCloseable {
    private static final String METRICS = "plexspaces_process_groups_";
    private static final int LOOK_MILLIS = 250;
    /** A newcomer or two, and the connection that reads the metrics. */
    private static final int PASSING_CONNECTIONS = 4;
    /** What an honest client may have under way. */
    private static final long PASSING_BYTES = 256 * 1024;

    private final Server server;
    private final ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor();
    private long usualConnections;

    private long peakResident;
    private double peakConnections;
    private long fullSince;
    private long emptySince;
    private int unready;

    Watched(Server server) {
        this.server = server;
        clock.scheduleAtFixedRate(this::look, 0, LOOK_MILLIS, TimeUnit.MILLISECONDS);
    }

    /** From now on, the connections that are open are those of honest clients. */
    synchronized void begin() {
        usualConnections = Math.round(connections()) + PASSING_CONNECTIONS;
        peakResident = 0;
        peakConnections = 0;
        fullSince = 0;
        emptySince = 0;
        unready = 0;
    }

    private synchronized void look() {
        peakResident = Math.max(peakResident, server.resident());
        if (!server.isReady()) {
            unready++;
            return;
        }
        try {
            double now = connections();
            if (now > peakConnections) {
                peakConnections = now;
                fullSince = System.nanoTime();
                emptySince = 0;
            } else if (now <= usualConnections && emptySince == 0) {
                emptySince = System.nanoTime();
            }
        } catch (IllegalStateException noAnswer) {
            unready++;
        }
    }

    synchronized long peakResident() {
        return peakResident;
    }

    synchronized long peakConnections() {
        return Math.round(peakConnections);
    }

    /** Milliseconds from the most connections to none but those of honest clients; -1: there still are some. */
    synchronized long emptiedMillis() {
        return emptySince == 0 ? -1 : TimeUnit.NANOSECONDS.toMillis(emptySince - fullSince);
    }

    /** Looks at which it was not ready, or did not answer. */
    synchronized int unready() {
        return unready;
    }

    boolean isBack() {
        return connections() <= usualConnections && server.metric(METRICS + "queue_bytes ") <= PASSING_BYTES;
    }

    double leaseLosses() {
        return server.metric(METRICS + "lease_losses_total");
    }

    private double connections() {
        return server.metric(METRICS + "network_connections ");
    }

    @Override
    public void close() {
        clock.shutdownNow();
    }
}
