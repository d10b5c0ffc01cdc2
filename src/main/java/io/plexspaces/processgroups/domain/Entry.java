package io.plexspaces.processgroups.domain;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One entry of a group's log. The first of every epoch, at offset 1, is the creation, which a snapshot always includes.
 */
public sealed interface Entry {
    /** 1, 2, 3 … without holes. */
    long offset();

    /** When the store accepted it. */
    Instant at();

    /** The write that made it. */
    OperationId operation();

    /**
     * A join; or, neither first nor a change of the filter: that a session's joins are on another node now, that it
     * receives or does not, or that joins have other metadata. Which of these it is, the membership shows.
     *
     * @param membership as it is after the join
     * @param by whose join it is
     * @param first the actor was not a member before
     * @param filterChanged not for a first join
     */
    record Joined(
            long offset,
            Instant at,
            OperationId operation,
            Membership membership,
            Owner by,
            boolean first,
            boolean filterChanged)
            implements Entry {}

    /**
     * One or more joins of an actor ended.
     *
     * @param membership as it is after; null: no longer a member
     */
    record Left(
            long offset,
            Instant at,
            OperationId operation,
            ActorId actor,
            @Nullable Membership membership,
            LeaveReason reason)
            implements Entry {}

    /**
     * A message.
     *
     * @param ordinal 1 for the first message of the epoch, 2 for the second …
     * @param topic null: for every member
     * @param excludeSender not for {@code message.sender()}
     * @param asker who waits for replies to it; null: nobody does
     */
    record Published(
            long offset,
            Instant at,
            OperationId operation,
            long ordinal,
            Message message,
            @Nullable Topic topic,
            Dispatch dispatch,
            boolean excludeSender,
            @Nullable Asker asker)
            implements Entry {
        /** To which nobody waits for replies. */
        public Published(
                long offset,
                Instant at,
                OperationId operation,
                long ordinal,
                Message message,
                @Nullable Topic topic,
                Dispatch dispatch,
                boolean excludeSender) {
            this(offset, at, operation, ordinal, message, topic, dispatch, excludeSender, null);
        }

        /** Whether the message's ttl has passed. */
        public boolean isExpired(Instant now) {
            return message.ttl() != null && !message.ttl().isZero() && now.isAfter(at.plus(message.ttl()));
        }

        /** Whether it is for a member with this membership. Says nothing about the time the member joined. */
        public boolean isFor(Membership member) {
            if (excludeSender && member.actor().equals(message.sender())) {
                return false;
            }
            if (dispatch instanceof Dispatch.To to) {
                return to.actor().equals(member.actor());
            }
            if (dispatch instanceof Dispatch.Nobody) {
                return false;
            }
            if (dispatch instanceof Dispatch.OnNode on && !member.isOn(on.node())) {
                return false;
            }
            return member.filter().accepts(topic);
        }
    }

    /**
     * What this server cannot read: a newer one wrote it, or it is damaged. The log goes on after it.
     *
     * @param message a message, which is missed; else a change, after which the members are not known here
     * @param why in words for the log
     */
    record Unreadable(long offset, Instant at, OperationId operation, boolean message, String why) implements Entry {}

    /** The group is gone, and this is the last entry of its epoch. */
    record Deleted(long offset, Instant at, OperationId operation) implements Entry {}
}
