package io.plexspaces.processgroups.core.delivery;

import io.plexspaces.processgroups.domain.ActorId;
import io.plexspaces.processgroups.domain.Entry;
import io.plexspaces.processgroups.domain.GroupId;
import io.plexspaces.processgroups.domain.GroupInfo;
import io.plexspaces.processgroups.domain.LeaveReason;
import io.plexspaces.processgroups.domain.Membership;
import io.plexspaces.processgroups.domain.Message;
import io.plexspaces.processgroups.domain.MissingReason;
import io.plexspaces.processgroups.domain.NodeId;
import io.plexspaces.processgroups.domain.Position;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An event that a connection receives, mostly about a group. Holds nothing about the connection, but for
 * {@link Subscribed}.
 */
public sealed interface Event {
    /** Null: it is about the connection. */
    @Nullable
    GroupId group();

    /**
     * The server is about to stop.
     *
     * @param closesIn when it ends the connection
     */
    record Draining(Duration closesIn) implements Event {
        @Override
        public @Nullable GroupId group() {
            return null;
        }
    }

    /**
     * The token that the connection works with ends soon.
     *
     * @param at when the server ends the connection
     */
    record TokenExpiring(Instant at) implements Event {
        @Override
        public @Nullable GroupId group() {
            return null;
        }
    }

    /**
     * A message.
     *
     * @param epoch of the log that it is in
     */
    record Delivered(GroupId group, String epoch, Entry.Published entry) implements Event {}

    /**
     * Messages after {@code position} follow.
     *
     * @param recovered everything after the position the client named comes too
     * @param resumeToken of a session that this subscription made; empty otherwise
     * @param snapshot first part of the members, when asked
     */
    record Subscribed(
            GroupId group,
            Position position,
            boolean recovered,
            String resumeToken,
            @Nullable Members snapshot) implements Event {}

    /**
     * Members at {@code position}, ordered by id, in parts.
     *
     * @param last no further part follows
     */
    record Members(GroupId group, Position position, List<Membership> members, boolean last) implements Event {}

    /** An actor became a member. */
    record Joined(GroupId group, long offset, Membership membership) implements Event {}

    /** An actor is no longer a member; to a subscriber: its session's join ended. */
    record Left(GroupId group, long offset, ActorId actor, LeaveReason reason) implements Event {}

    /** A member's filter grew. */
    record FilterChanged(GroupId group, long offset, Membership membership) implements Event {}

    /** The metadata of a member's joins has changed. Of several that wait for a client, the last is enough. */
    record Updated(GroupId group, long offset, Membership membership) implements Event {}

    /** How many members there are. */
    record MemberCount(GroupId group, long offset, int count) implements Event {}

    /** A group was created. */
    record GroupCreated(GroupInfo info) implements Event {
        @Override
        public GroupId group() {
            return info.id();
        }
    }

    /** The group was deleted: this epoch of its log has ended. */
    record GroupDeleted(GroupId group, Position position) implements Event {}

    /**
     * A message that asks is in the log.
     *
     * @param number names the ask on its connection, as in the other events of an ask
     * @param ids unordered, each once; empty unless the asker may know them
     */
    record Asked(
            GroupId group,
            long number,
            Position position,
            int recipients,
            int failures,
            Map<NodeId, Integer> perNode,
            List<ActorId> ids,
            boolean truncated,
            boolean nodesTruncated,
            boolean repeated)
            implements Event {}

    /** A member has replied. */
    record Replied(GroupId group, long number, ActorId actor, Message message) implements Event {}

    /**
     * No reply of a member is waited for any more.
     *
     * @param actor null: the asker may not know it
     */
    record MemberMissing(
            GroupId group, long number, @Nullable ActorId actor, MissingReason reason) implements Event {}

    /**
     * The last event of an ask.
     *
     * @param complete everybody has replied; of a message to one: somebody has
     * @param missing who was asked and has not replied; empty when the asker may not know
     * @param missingCount how many these are
     * @param truncated {@code missing} does not name all
     * @param timedOut the time was over
     */
    record AskCompleted(
            GroupId group,
            long number,
            boolean complete,
            List<Missed> missing,
            int missingCount,
            boolean truncated,
            boolean timedOut)
            implements Event {
        /** Who has not replied, and why nobody waits for it. */
        public record Missed(ActorId actor, MissingReason reason) {}
    }

    /**
     * Messages that the client will not receive; with MEMBERS changes of members.
     *
     * @param missed how many, before filtering; 0 with EPOCH_CHANGED: not known
     * @param exact {@code missed} is exact, else the most it can be
     * @param from they were after this offset
     * @param to they were before this offset
     */
    record Gap(GroupId group, Reason reason, long missed, boolean exact, long from, long to) implements Event {
        /** Why. */
        public enum Reason {
            /** The mailbox was full. */
            OVERFLOW,
            /** Retention had ended. */
            TRIMMED,
            /** The position belongs to another epoch of the log. */
            EPOCH_CHANGED,
            /** The server could not read them: a newer one wrote them, or they are damaged. */
            UNREADABLE,
            /** Changes of members are not kept: the members as they are then take their place. */
            MEMBERS
        }
    }
}
