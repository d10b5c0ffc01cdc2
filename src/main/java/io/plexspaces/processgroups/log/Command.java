package io.plexspaces.processgroups.log;

import io.plexspaces.processgroups.domain.ActorId;
import io.plexspaces.processgroups.domain.Asker;
import io.plexspaces.processgroups.domain.Dispatch;
import io.plexspaces.processgroups.domain.GroupException;
import io.plexspaces.processgroups.domain.GroupSpec;
import io.plexspaces.processgroups.domain.JoinMetadata;
import io.plexspaces.processgroups.domain.LeaveReason;
import io.plexspaces.processgroups.domain.Message;
import io.plexspaces.processgroups.domain.NodeId;
import io.plexspaces.processgroups.domain.Owner;
import io.plexspaces.processgroups.domain.Topic;
import io.plexspaces.processgroups.domain.TopicFilter;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A change asked of one group. Each is one atomic step: it happens whole, or fails and leaves everything as it was. */
public sealed interface Command {
    /** Makes the group. GROUP_EXISTS when there is one; else QUOTA_EXCEEDED ({@link StoreQuotas}). */
    record Create(GroupSpec spec) implements Command {}

    /** Removes the group with its members and messages. Not an error when there is none. */
    record Delete() implements Command {}

    /**
     * Adds one join for each actor, one entry each, all or none. BANNED, naming the first that is ({@link Evict},
     * {@link Evictions#evict}); QUOTA_EXCEEDED, when some would become members that are not ({@link StoreQuotas}).
     *
     * @param actors at least one, else INVALID_ARGUMENT; one that is named twice joins twice, as in {@code pg}
     * @param node where they run
     * @param ttl with a {@link Owner.Lease}, and with no other owner
     * @param again the store had these joins, and has lost them: no quota is asked
     * @param metadata replaces that of the owner's joins; none: it stays. LIMIT_EXCEEDED, naming {@code metadata}, when
     *     all joins of one actor would have more than {@value JoinMetadata#MOST_BYTES_OF_A_MEMBER} bytes
     */
    record Join(
            List<ActorId> actors,
            TopicFilter filter,
            Owner owner,
            NodeId node,
            @Nullable Duration ttl,
            boolean again,
            JoinMetadata metadata)
            implements Command {
        /** Of actors that ask for it, without metadata. */
        public Join(List<ActorId> actors, TopicFilter filter, Owner owner, NodeId node, @Nullable Duration ttl) {
            this(actors, filter, owner, node, ttl, false);
        }

        /** Without metadata. */
        public Join(
                List<ActorId> actors,
                TopicFilter filter,
                Owner owner,
                NodeId node,
                @Nullable Duration ttl,
                boolean again) {
            this(actors, filter, owner, node, ttl, again, JoinMetadata.NONE);
        }

        public Join {
            actors = List.copyOf(actors);
            if (actors.isEmpty()) {
                throw GroupException.invalid("actor_id", "must be given");
            }
            if ((owner instanceof Owner.Lease) != (ttl != null)) {
                throw new IllegalArgumentException("a ttl goes with a lease: " + owner);
            }
        }
    }

    /**
     * Replaces the metadata of the joins of one owner. Makes an {@code Entry.Joined} that is neither first nor a change
     * of the filter; none, when they have that metadata already. NOT_A_MEMBER when the owner holds no joins of the
     * actor, LEASE_NOT_FOUND for a lease unknown to a member; LIMIT_EXCEEDED as for a join.
     *
     * @param owner whose; null: the durable joins of the actor, of several labels the oldest
     */
    record Update(ActorId actor, @Nullable Owner owner, JoinMetadata metadata) implements Command {}

    /**
     * Takes one join away, or all. NOT_A_MEMBER when there is none to take, LEASE_NOT_FOUND for a lease unknown to a
     * member.
     *
     * @param owner whose; null: any owner's ({@code Membership.nextToLeave}), or with {@code all} those of all owners
     */
    record Leave(ActorId actor, @Nullable Owner owner, boolean all, LeaveReason reason) implements Command {}

    /**
     * Takes all joins of all owners away, with the reason EVICTED, and says for how long the actor may not join; in
     * place of what was said before. Not an error when it is no member: then there is no entry, and none has ended.
     * While the ban lasts, by the store's clock, joins and takeovers of the actor are BANNED; with the group it ends.
     * LIMIT_EXCEEDED, naming {@code ban}, when as many others are banned as may be.
     *
     * @param ban zero: it may join
     */
    record Evict(ActorId actor, Duration ban) implements Command {
        public Evict {
            if (ban.isNegative()) {
                throw new IllegalArgumentException("a ban cannot be negative: " + ban);
            }
        }
    }

    /**
     * Gives the joins of a session to the node that serves it now. Makes an {@code Entry.Joined} that is neither first
     * nor a change of the filter. NOT_A_MEMBER when a session of that id holds none; SESSION_REPLACED when they have
     * come to their node by a later claim; BANNED.
     *
     * @param owner the same session on its new node
     * @param node where the actor runs now
     */
    record TakeOver(ActorId actor, Owner.Session owner, NodeId node) implements Command {}

    /**
     * Notes that sessions receive nothing for now, as they have lost their connections, or that they receive again.
     * Makes an {@code Entry.Joined} that is neither first nor a change of the filter, for each session that holds joins
     * and has no such note yet. A further join of a session, or its takeover, says that it receives.
     *
     * @param holders at least one
     */
    record Reach(List<Holder> holders, boolean away) implements Command {
        public Reach {
            holders = List.copyOf(holders);
        }

        /** A session that holds joins of its actor. */
        public record Holder(ActorId actor, Owner.Session owner) {}
    }

    /**
     * Appends a message, never refused because of its dispatch. For one member ({@link Dispatch.AnyOf}) the log chooses
     * the recipient, in the same step: so a message keeps its place before later ones of its publisher, even when
     * members leave meanwhile. When all candidates have left, it looks at {@value #LOOKED_AT} other members at most,
     * those with a live session before the rest. LIMIT_EXCEEDED when too many idempotency keys were used in the last
     * two minutes: none is forgotten before.
     *
     * @param asker who waits for replies; null: nobody does
     * @param again it asks another member than before: its idempotency key is not looked at
     */
    record Publish(
            Message message,
            @Nullable Topic topic,
            Dispatch dispatch,
            boolean excludeSender,
            @Nullable Asker asker,
            boolean again)
            implements Command {
        /** To which nobody waits for replies. */
        public Publish(Message message, @Nullable Topic topic, Dispatch dispatch, boolean excludeSender) {
            this(message, topic, dispatch, excludeSender, null, false);
        }

        /** Members that a log looks at to find one that gets a message, besides its candidates. */
        public static final int LOOKED_AT = 256;

        /** Under which it takes effect once; empty: each time. */
        public String onceKey() {
            return again ? "" : message.idempotencyKey();
        }

        /** The actor that must not get it, though it be a member; null: there is none. */
        public @Nullable ActorId excepted() {
            return excludeSender ? message.sender() : null;
        }
    }

    /**
     * Keeps the answer to the message with an idempotency key, as long as the key. Makes no entry. Does nothing
     * when there is an answer already, or the key is not that message's any more. Ids of many different answers of one
     * group are not all kept.
     *
     * @param offset of the message
     */
    record Answer(String idempotencyKey, long offset, FirstAnswer answer) implements Command {}

    /**
     * Restarts leases. Makes no entry. NOT_A_MEMBER or LEASE_NOT_FOUND.
     *
     * @param leaseId null: all leases of the actor
     * @param ttl null: each keeps its own
     */
    record Renew(
            ActorId actor,
            @Nullable String leaseId,
            @Nullable Duration ttl) implements Command {}
}
