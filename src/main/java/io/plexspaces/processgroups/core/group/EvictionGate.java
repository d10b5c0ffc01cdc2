package io.plexspaces.processgroups.core.group;

import io.plexspaces.processgroups.domain.GroupException;
import io.plexspaces.processgroups.domain.KeyedCounts;
import io.smallrye.mutiny.Uni;
import java.util.concurrent.Semaphore;
import java.util.function.Supplier;

/**
 * How many evictions from whole tenants this node works at: each is a change for every group of its tenant.
 * Thread-safe.
 */
final class EvictionGate {
    static final int MOST = 8;
    static final int OF_A_TENANT = 2;

    private final Semaphore all = new Semaphore(MOST);
    private final KeyedCounts<String> byTenant = new KeyedCounts<>();

    /** Works at one, or fails with OVERLOADED, naming {@code everywhere}, when there are as many as may be. */
    <T> Uni<T> pass(String tenant, Supplier<Uni<? extends T>> work) {
        return Uni.createFrom().deferred(() -> {
            enter(tenant);
            return Uni.createFrom().<T>deferred(work).onTermination().invoke(() -> leave(tenant));
        });
    }

    private void enter(String tenant) {
        if (!all.tryAcquire()) {
            throw GroupException.evicting(MOST + " evictions from whole tenants");
        }
        if (!byTenant.enter(tenant, OF_A_TENANT)) {
            all.release();
            throw GroupException.evicting(OF_A_TENANT + " evictions from the whole of " + tenant);
        }
    }

    private void leave(String tenant) {
        byTenant.leave(tenant);
        all.release();
    }
}
