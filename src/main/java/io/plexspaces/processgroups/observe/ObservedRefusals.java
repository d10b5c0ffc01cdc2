package io.plexspaces.processgroups.observe;

import io.plexspaces.processgroups.core.Refusals;
import io.plexspaces.processgroups.core.UseCase;
import io.plexspaces.processgroups.domain.GroupException;

/** Counts and logs refused requests like those that failed later. */
public final class ObservedRefusals implements Refusals {
    private static final Subject UNKNOWN = new Subject(null, null, null, null, null);

    private final GroupMetrics metrics;
    private final RequestLog log;

    public ObservedRefusals(GroupMetrics metrics, RequestLog log) {
        this.metrics = metrics;
        this.log = log;
    }

    @Override
    public void refused(UseCase operation, Throwable cause) {
        metrics.failed(operation, Failures.codeOf(cause));
        log.failed(operation, UNKNOWN, null, cause);
    }

    /** Counted alone: what it says may be anything. */
    @Override
    public void unreadable(GroupException cause) {
        metrics.unreadable();
    }
}
