package io.plexspaces.processgroups.log.redis.append;

import io.plexspaces.processgroups.domain.ErrorCode;
import io.plexspaces.processgroups.domain.GroupException;
import io.plexspaces.processgroups.log.redis.store.Keys;
import io.plexspaces.processgroups.log.redis.store.Store;
import java.util.concurrent.atomic.AtomicLong;

/** All lanes of this server: one for each partition. Thread-safe. */
public final class Lanes {
    private static final long MOST_BYTES = 64L * 1024 * 1024;

    private final Keys keys;
    private final Lane[] lanes;
    private final AtomicLong waitingBytes = new AtomicLong();

    /** @param calls numbers of the calls that write: each greater than every one before, also of an earlier process */
    public Lanes(Store store, AtomicLong calls) {
        this.keys = store.keys();
        this.lanes = new Lane[keys.partitions()];
        long patience = store.settings().patience().toNanos();
        for (int i = 0; i < lanes.length; i++) {
            AppendScript appends = new AppendScript(store, i, calls);
            lanes[i] = new Lane(appends, patience, this::ended);
        }
    }

    /** OVERLOADED when too much waits already. */
    public void add(PendingChange change) {
        if (waitingBytes.addAndGet(change.weight) > MOST_BYTES) {
            waitingBytes.addAndGet(-change.weight);
            change.fail(GroupException.of(ErrorCode.OVERLOADED, "too much waits for the store; try again later"));
            return;
        }
        lanes[keys.partition(change.group)].add(change);
    }

    private void ended(PendingChange change) {
        waitingBytes.addAndGet(-change.weight);
    }
}
