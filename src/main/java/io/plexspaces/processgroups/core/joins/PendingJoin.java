package io.plexspaces.processgroups.core.joins;

import io.plexspaces.processgroups.core.Subscription;
import io.plexspaces.processgroups.domain.JoinMetadata;
import io.plexspaces.processgroups.domain.Owner;
import io.plexspaces.processgroups.domain.Position;
import io.plexspaces.processgroups.domain.TopicFilter;
import org.jspecify.annotations.Nullable;

/** A join of one of this node's sessions, until its entry is read. Thread-safe. */
public final class PendingJoin {
    private final Subscription subscription;
    private final TopicFilter filter;
    private final JoinMetadata metadata;
    private volatile @Nullable Position accepted;
    private volatile boolean answered;

    PendingJoin(Subscription subscription, TopicFilter filter, JoinMetadata metadata) {
        this.subscription = subscription;
        this.filter = filter;
        this.metadata = metadata;
    }

    public Subscription subscription() {
        return subscription;
    }

    public Owner.Session owner() {
        return subscription.session().owner();
    }

    TopicFilter filter() {
        return filter;
    }

    JoinMetadata metadata() {
        return metadata;
    }

    /** Where the log has it; null: not known yet. */
    @Nullable
    Position accepted() {
        return accepted;
    }

    void accepted(Position position) {
        accepted = position;
    }

    /** Whether its caller received success, though its entry was not read. */
    boolean isAnswered() {
        return answered;
    }

    void answered() {
        answered = true;
    }
}
