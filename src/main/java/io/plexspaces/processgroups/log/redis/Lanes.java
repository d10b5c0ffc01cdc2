package io.plexspaces.processgroups.log.redis;

import io.plexspaces.processgroups.domain.ErrorCode;
import io.plexspaces.processgroups.domain.GroupException;
import io.plexspaces.processgroups.domain.GroupId;
import java.util.concurrent.atomic.AtomicLong;

/** All lanes of this server: some for each partition, and always the same one for a group. Thread-safe. */
final class Lanes {
    private static final long MOST_BYTES = 64L * 1024 * 1024;

    private final Keys keys;
    private final int byPartition;
    private final Lane[] lanes;
    private final AtomicLong waitingBytes = new AtomicLong();

    /** @param calls numbers of the calls that write: each greater than every one before, also of an earlier process */
    Lanes(Store store, AtomicLong calls, int byPartition) {
        this.keys = store.keys();
        this.byPartition = byPartition;
        this.lanes = new Lane[keys.partitions() * byPartition];
        long patience = store.settings().patience().toNanos();
        for (int i = 0; i < lanes.length; i++) {
            Appends appends = new Appends(store, keys.partition(i / byPartition), i % byPartition, calls);
            lanes[i] = new Lane(appends, patience, this::ended);
        }
    }

    /** OVERLOADED when too much waits already. */
    void add(Change change) {
        if (waitingBytes.addAndGet(change.weight) > MOST_BYTES) {
            waitingBytes.addAndGet(-change.weight);
            change.fail(GroupException.of(ErrorCode.OVERLOADED, "too much waits for the store; try again later"));
            return;
        }
        lane(change.group).add(change);
    }

    private Lane lane(GroupId group) {
        int own = byPartition == 1 ? 0 : Math.floorMod(group.hashCode(), byPartition);
        return lanes[keys.partition(group) * byPartition + own];
    }

    private void ended(Change change) {
        waitingBytes.addAndGet(-change.weight);
    }
}
