package io.plexspaces.processgroups.core.delivery;

import io.plexspaces.processgroups.domain.ActorId;
import io.plexspaces.processgroups.domain.GroupId;
import io.plexspaces.processgroups.domain.OverflowPolicy;
import org.jspecify.annotations.Nullable;

/** One group on one connection: a member's session that receives its messages, or a watch of its membership. */
public final class Subscriber {
    private final Connection connection;
    private final GroupId group;
    private final @Nullable ActorId actor;
    private final boolean seesMembers;
    private volatile OverflowPolicy policy;

    // On the connection's loop alone: its place in its roster, and the drops that the client has no gap for yet.
    int slot;
    private long missed;
    private long missedAfter;
    private long missedBefore;

    /**
     * @param actor null: a watch
     * @param policy of a message that finds the mailbox full
     */
    public Subscriber(Connection connection, GroupId group, @Nullable ActorId actor, OverflowPolicy policy) {
        this(connection, group, actor, policy, false);
    }

    /** @param seesMembers it gets changes of the members among its messages */
    public Subscriber(
            Connection connection, GroupId group, @Nullable ActorId actor, OverflowPolicy policy, boolean seesMembers) {
        this.seesMembers = seesMembers;
        this.connection = connection;
        this.group = group;
        this.actor = actor;
        this.policy = policy;
    }

    public Connection connection() {
        return connection;
    }

    public GroupId group() {
        return group;
    }

    public @Nullable ActorId actor() {
        return actor;
    }

    /** Whether it gets changes of the members among its messages. */
    public boolean seesMembers() {
        return seesMembers;
    }

    OverflowPolicy policy() {
        return policy;
    }

    /** To be called before the first event. */
    public void policy(OverflowPolicy chosen) {
        policy = chosen;
    }

    void missed(long offset) {
        if (missed++ == 0) {
            missedAfter = offset - 1;
        }
        missedAfter = Math.min(missedAfter, offset - 1);
        missedBefore = Math.max(missedBefore, offset + 1);
    }

    /** Everything missed since the last call. */
    Event.Gap takeGap() {
        Event.Gap gap = new Event.Gap(group, Event.Gap.Reason.OVERFLOW, missed, true, missedAfter, missedBefore);
        missed = 0;
        missedBefore = 0;
        return gap;
    }
}
