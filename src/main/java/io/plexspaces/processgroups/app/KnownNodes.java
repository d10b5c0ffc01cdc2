package io.plexspaces.processgroups.app;

import io.plexspaces.processgroups.log.NodeLeases;
import io.smallrye.mutiny.Uni;
import java.time.Duration;
import java.util.List;
import java.util.function.LongSupplier;

/** Which nodes the store knows: read from it while somebody wants to know. Thread-safe. */
final class KnownNodes {
    static final int MOST = 100;
    private static final long WANTED_NANOS = Duration.ofSeconds(30).toNanos();

    private final NodeLeases leases;
    private final LongSupplier nanos;
    private volatile long wanted;
    private volatile boolean everWanted;
    private volatile Read last;

    /** @param read when, by the clock */
    private record Read(List<NodeLeases.Known> nodes, long read) {}

    /** @param age since the store was asked */
    record Known(List<NodeLeases.Known> nodes, Duration age) {}

    KnownNodes(NodeLeases leases, LongSupplier nanos) {
        this.leases = leases;
        this.nanos = nanos;
        last = new Read(List.of(), nanos.getAsLong());
    }

    /** What is known by now; empty at first. Has it read again soon. */
    Known known() {
        wanted = nanos.getAsLong();
        everWanted = true;
        Read present = last;
        return new Known(present.nodes(), Duration.ofNanos(nanos.getAsLong() - present.read()));
    }

    /** A store that is away leaves what was known, which grows old. */
    Uni<Void> refresh() {
        if (!everWanted || nanos.getAsLong() - wanted > WANTED_NANOS) {
            return Uni.createFrom().voidItem();
        }
        return leases.known(MOST)
                .invoke(nodes -> last = new Read(nodes, nanos.getAsLong()))
                .replaceWithVoid()
                .onFailure()
                .recoverWithNull();
    }
}
