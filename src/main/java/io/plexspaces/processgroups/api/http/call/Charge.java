package io.plexspaces.processgroups.api.http.call;

import io.plexspaces.processgroups.core.delivery.ServerBudget;

/** What one request makes the server hold, in what all clients may make it hold. Thread-safe. */
final class Charge {
    private final ServerBudget budget;

    // Guarded by this.
    private long bytes;
    private boolean ended;

    Charge(ServerBudget budget) {
        this.budget = budget;
    }

    /**
     * It holds so much from now on, whatever it held before.
     *
     * @return false: there is no room for what is more, and it holds what it held before
     */
    synchronized boolean grow(long now) {
        long more = now - bytes;
        if (ended || (more > 0 && !admits(now, more))) {
            return false;
        }
        budget.add(more);
        bytes = now;
        return true;
    }

    private boolean admits(long now, long more) {
        return now <= ServerBudget.LITTLE_BYTES || bytes == 0 ? budget.admits(more) : now <= budget.share(bytes);
    }

    /** It holds so much, as that cannot be changed any more. */
    synchronized void set(long now) {
        if (!ended) {
            budget.add(now - bytes);
            bytes = now;
        }
    }

    /** It holds nothing any more. Idempotent. */
    synchronized void end() {
        ended = true;
        budget.add(-bytes);
        bytes = 0;
    }
}
