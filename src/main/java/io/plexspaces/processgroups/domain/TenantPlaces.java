package io.plexspaces.processgroups.domain;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * Places that all tenants share. One of them may have three quarters of what the others leave: so none takes the last
 * of it. A few more may be taken when many come at once. Its memory follows what is taken. Thread-safe.
 */
public final class TenantPlaces {
    private final int most;
    private final AtomicInteger taken = new AtomicInteger();
    private final KeyedCounts<String> ofTenants = new KeyedCounts<>();

    /** @param most places of all tenants together */
    public TenantPlaces(int most) {
        this.most = most;
    }

    /** Whether the tenant may take one more. */
    public boolean hasRoom(String tenant) {
        int all = taken.get();
        int mine = ofTenants.of(tenant);
        long left = most - ((long) all - mine);
        return all < most && mine < Math.max(1, left * 3 / 4);
    }

    /** To be given back once. */
    public void take(String tenant) {
        ofTenants.enter(tenant, Integer.MAX_VALUE);
        taken.incrementAndGet();
    }

    public void giveBack(String tenant) {
        taken.decrementAndGet();
        ofTenants.leave(tenant);
    }

    public int taken() {
        return taken.get();
    }
}
