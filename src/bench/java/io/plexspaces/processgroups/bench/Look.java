package io.plexspaces.processgroups.bench;

import io.plexspaces.processgroups.bench.system.Server;
import io.plexspaces.processgroups.bench.system.StoreUse;
import java.util.ArrayList;
import java.util.List;

/**
 * What all processes of a fleet had done at one time, or did between two.
 *
 * @param nodeMicros processor time of each node
 */
record Look(long nanos, StoreUse store, List<Double> nodeMicros) {
    static Look at(Fleet fleet) {
        return new Look(
                System.nanoTime(),
                fleet.store().use(),
                fleet.servers().stream()
                        .map(Server::cpuNanos)
                        .map(nanos -> nanos / 1e3)
                        .toList());
    }

    Look since(Look before) {
        List<Double> micros = new ArrayList<>();
        for (int i = 0; i < nodeMicros.size(); i++) {
            micros.add(nodeMicros.get(i) - before.nodeMicros.get(i));
        }
        return new Look(nanos - before.nanos, store.since(before.store), micros);
    }

    double seconds() {
        return nanos / 1e9;
    }

    /** Processor time of the store beyond what it takes anyway. */
    double storeMicros(Look idle) {
        return store.cpuMicros() - idle.store.cpuMicros() / idle.seconds() * seconds();
    }

    /** Processor time of a node beyond what it takes anyway. */
    double nodeMicros(int node, Look idle) {
        return nodeMicros.get(node) - idle.nodeMicros.get(node) / idle.seconds() * seconds();
    }
}
