package io.plexspaces.processgroups.core;

import io.plexspaces.processgroups.core.delivery.Connection;
import io.plexspaces.processgroups.domain.ActorId;
import io.plexspaces.processgroups.domain.Asker;
import io.plexspaces.processgroups.domain.GroupId;
import io.plexspaces.processgroups.domain.GroupInfo;
import io.plexspaces.processgroups.domain.GroupSpec;
import io.plexspaces.processgroups.domain.JoinMetadata;
import io.plexspaces.processgroups.domain.LeaveReason;
import io.plexspaces.processgroups.domain.Membership;
import io.plexspaces.processgroups.domain.Message;
import io.plexspaces.processgroups.domain.NodeId;
import io.plexspaces.processgroups.domain.Position;
import io.plexspaces.processgroups.domain.Topic;
import io.plexspaces.processgroups.domain.TopicFilter;
import io.plexspaces.processgroups.log.GroupPage;
import io.plexspaces.processgroups.log.GroupQuery;
import io.plexspaces.processgroups.log.SessionOwners.Claim;
import io.plexspaces.processgroups.log.Slice;
import io.smallrye.mutiny.Uni;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * What clients ask of groups. Never blocks; expected failures are {@code GroupException}s. A change is answered when
 * this node has read it from the group's log, so that a caller reads its own writes.
 *
 * <p>One file, as it is the whole of what an API may ask.
 */
public interface Groups {
    /** GROUP_EXISTS leaves the existing group untouched. */
    Uni<GroupInfo> create(GroupId group, GroupSpec spec);

    /** Whether there was a group. */
    Uni<Boolean> delete(GroupId group);

    /** GROUP_NOT_FOUND, LIMIT_EXCEEDED, BANNED; QUOTA_EXCEEDED. All actors join, or none. */
    Uni<JoinResult> join(JoinRequest request);

    /** GROUP_NOT_FOUND, NOT_A_MEMBER, LEASE_NOT_FOUND. */
    Uni<LeaveResult> leave(LeaveRequest request);

    /**
     * Ends all joins of an actor in one step, whoever owns them; its sessions go on, on whichever node.
     * GROUP_NOT_FOUND; NOT_A_MEMBER without a ban; LIMIT_EXCEEDED.
     *
     * @param ban for how long the actor may not join, in place of an earlier ban; zero: it may; null: an earlier ban
     *     stays
     */
    Uni<EvictResult> evict(GroupId group, ActorId actor, @Nullable Duration ban);

    /**
     * Ends all joins of an actor in every group of a tenant, and its sessions on all nodes. When this is done, its
     * joins have ended; nodes end sessions within a second or two. LIMIT_EXCEEDED, and nothing is done; after any other
     * failure a part of it may be, and it is to be asked again.
     *
     * @param ban for how long the actor may open no session and make no join in the tenant, in place of what was said
     *     before; zero: it may; null: what was said before stays
     */
    Uni<EvictResult> evictEverywhere(String tenant, ActorId actor, @Nullable Duration ban);

    /** GROUP_NOT_FOUND, NOT_A_MEMBER, LEASE_NOT_FOUND, LIMIT_EXCEEDED. */
    Uni<UpdateResult> update(UpdateRequest request);

    /** GROUP_NOT_FOUND, NOT_A_MEMBER, LEASE_NOT_FOUND. */
    Uni<RenewResult> renew(RenewRequest request);

    /**
     * GROUP_NOT_FOUND; STORE_UNAVAILABLE. Each member once, ordered by id. Never older than an earlier answer of any
     * node, unless only this node's members are asked for.
     */
    Uni<MemberPage> members(MembersQuery query);

    Uni<GroupPage> list(GroupQuery query);

    /** GROUP_NOT_FOUND, LIMIT_EXCEEDED for a message that is too large, OVERLOADED. */
    Uni<PublishResult> publish(PublishRequest request);

    /**
     * Publishes a message, and lets its connection have the replies to it, until everybody has replied or is missing,
     * or the time is over. When the result is there, no event has been sent yet; after a failure none will be. Besides
     * what a publish says: LIMIT_EXCEEDED, with too many recipients after it is published; FAILED_PRECONDITION for a
     * number that is in use; ASKED_BEFORE.
     */
    Uni<PublishResult> ask(AskRequest request);

    /** Sends nothing more of those asks of a connection that are not allowed any more. */
    void keepAsks(Connection asker, Predicate<AskedAs> allowed);

    /** Sends nothing more of an ask; false: there is none of that number on the connection. */
    boolean endAsk(Connection asker, long number);

    /**
     * A member's reply to a message that asks. ASK_NOT_FOUND when no reply is waited for; FAILED_PRECONDITION for an
     * actor that was not asked; GROUP_NOT_FOUND, NOT_A_MEMBER, OVERLOADED; STORE_UNAVAILABLE when it may be lost.
     */
    Uni<ReplyResult> reply(ReplyRequest request);

    /** GROUP_NOT_FOUND; NOT_A_MEMBER for an actor that is none. */
    Uni<Slice> fetch(FetchRequest request);

    /** The groups in which a session holds joins, whichever node served it last; unordered. */
    Uni<List<GroupId>> heldBy(String session);

    /** Claims a session for this node: until the next claim, only this node may take its joins over. */
    Uni<Claim> claim(String session);

    /**
     * As {@link #claim}, if another node has claimed this session of ours since; if not, nothing is done, and the
     * number is the session's own.
     */
    Uni<Claim> claimAgain(LocalSession session);

    /**
     * Ends a session of this node before it leaves its groups; false: another node has claimed it, and it must leave
     * nothing.
     */
    Uni<Boolean> end(LocalSession session);

    /**
     * Takes a session's joins in a group over to this node, where the session has its seat from then on.
     * GROUP_NOT_FOUND, NOT_A_MEMBER, BANNED; SESSION_REPLACED after a later claim.
     */
    Uni<Void> takeOver(GroupId group, LocalSession session);

    /**
     * @param actors at least one, each once
     * @param node where they run; null: this node
     * @param ttl null: until leave
     * @param subscription the session that joins, and how it receives; null: a join without a session
     * @param metadata of the owner's joins from now on; none: as before
     * @param missing null: GROUP_NOT_FOUND when there is no such group
     */
    record JoinRequest(
            GroupId group,
            List<ActorId> actors,
            TopicFilter filter,
            @Nullable NodeId node,
            @Nullable Duration ttl,
            @Nullable Subscription subscription,
            JoinMetadata metadata,
            @Nullable Missing missing) {
        public JoinRequest {
            actors = List.copyOf(actors);
        }

        /** Without metadata, to a group that must be there. */
        public JoinRequest(
                GroupId group,
                List<ActorId> actors,
                TopicFilter filter,
                @Nullable NodeId node,
                @Nullable Duration ttl,
                @Nullable Subscription subscription) {
            this(group, actors, filter, node, ttl, subscription, JoinMetadata.NONE, null);
        }

        /** The same with another way to make its group. */
        public JoinRequest with(Missing way) {
            return new JoinRequest(group, actors, filter, node, ttl, subscription, metadata, way);
        }
    }

    /**
     * @param joinCount of the (last) actor's membership
     * @param leaseId empty without ttl
     */
    record JoinResult(Position position, int joinCount, String leaseId) {}

    /**
     * @param leaseId drop the join of this lease; null: any owner's, see {@link Membership#nextToLeave}
     * @param session drop joins of this session alone; null: any owner's
     * @param reason the reason that other members see
     */
    record LeaveRequest(
            GroupId group,
            ActorId actor,
            boolean all,
            @Nullable String leaseId,
            @Nullable LocalSession session,
            LeaveReason reason) {
        /** By request. */
        public LeaveRequest(
                GroupId group, ActorId actor, boolean all, @Nullable String leaseId, @Nullable LocalSession session) {
            this(group, actor, all, leaseId, session, LeaveReason.LEFT);
        }
    }

    /** @param joinCount joins left; 0: no longer a member */
    record LeaveResult(Position position, int joinCount) {}

    /**
     * @param position offset 0: of no group in particular
     * @param joins that ended; 0: there is a ban, or it is of no group in particular
     */
    record EvictResult(Position position, int joins) {}

    /**
     * @param leaseId of the join of this lease; null: of the session, or without one of the durable joins
     * @param session of the joins of this session; null: of others
     */
    record UpdateRequest(
            GroupId group,
            ActorId actor,
            @Nullable String leaseId,
            @Nullable LocalSession session,
            JoinMetadata metadata) {}

    /** @param position of what was changed, or where the log ended when nothing was */
    record UpdateResult(Position position) {}

    /**
     * @param leaseId null: all leases of the actor
     * @param ttl null: as before
     */
    record RenewRequest(
            GroupId group,
            ActorId actor,
            @Nullable String leaseId,
            @Nullable Duration ttl) {}

    /** @param expiresAt when the soonest of the renewed leases ends */
    record RenewResult(Instant expiresAt, int renewed) {}

    /**
     * @param localOnly only members with a join labelled with this node
     * @param after ids greater than this; null: from the first
     * @param limit ≥ 1
     */
    record MembersQuery(
            GroupId group, boolean localOnly, @Nullable ActorId after, int limit) {}

    /** @param total all that the query asks for, on every page */
    record MemberPage(List<Membership> members, boolean more, int total, Position position) {}

    /** Which of the accepting members get a message. */
    enum Spread {
        ALL,
        /** One of those that can be reached: in turn one of the nearest, or by key the same one from every node. */
        ONE,
        /** Those with a join on this node. */
        LOCAL
    }

    /** What the answer says about the recipients, beside their number. */
    enum RecipientDetail {
        IDS,
        COUNTS,
        NONE
    }

    /**
     * @param topic null: every member, whatever its filter
     * @param key with ONE: the same key goes to the same member as long as members stay the same; empty: by turns
     * @param asking it asks for replies; null: it does not
     * @param missing null: GROUP_NOT_FOUND when there is no such group
     */
    record PublishRequest(
            GroupId group,
            Message message,
            @Nullable Topic topic,
            Spread spread,
            String key,
            boolean excludeSender,
            RecipientDetail recipients,
            @Nullable Asking asking,
            @Nullable Missing missing) {
        /** That asks for no replies, to a group that must be there. */
        public PublishRequest(
                GroupId group,
                Message message,
                @Nullable Topic topic,
                Spread spread,
                String key,
                boolean excludeSender,
                RecipientDetail recipients) {
            this(group, message, topic, spread, key, excludeSender, recipients, null, null);
        }

        /** The same with another message. */
        public PublishRequest with(Message another) {
            return new PublishRequest(group, another, topic, spread, key, excludeSender, recipients, asking, missing);
        }

        /** The same with another way to make its group. */
        public PublishRequest with(Missing way) {
            return new PublishRequest(group, message, topic, spread, key, excludeSender, recipients, asking, way);
        }
    }

    /**
     * @param asker where replies go
     * @param tried with ONE, who was asked with this message before: it is for another one, and nobody else
     */
    record Asking(Asker asker, Set<ActorId> tried) {
        public Asking {
            tried = Set.copyOf(tried);
        }
    }

    /**
     * @param publish the message, to whom it goes, and whether the caller may be told who these are
     * @param timeout from when the log has the message
     * @param retryOther with ONE: asks another member when the one that was asked is gone, or silent for a while
     * @param connection receives what comes of it; when it ends, nobody waits for replies any more
     * @param number names the ask on its connection
     * @param only the connection is for this ask alone, and ends with it
     */
    record AskRequest(
            PublishRequest publish,
            Duration timeout,
            boolean retryOther,
            Connection connection,
            long number,
            boolean only) {}

    /**
     * What an ask needed a right for.
     *
     * @param sender null: not said
     * @param topic null: none
     * @param named it is told who the members are
     */
    record AskedAs(
            GroupId group,
            @Nullable ActorId sender,
            @Nullable Topic topic,
            boolean named) {}

    /** @param at of the message it replies to */
    record ReplyRequest(GroupId group, ActorId actor, Position at, Message message) {}

    /** @param duplicate the actor had replied before, and this was not delivered */
    record ReplyResult(boolean duplicate) {}

    /**
     * @param recipients members it is for, at its own offset
     * @param failures recipients whose connections here are all broken or cut, as far as known
     * @param perNode recipients by the node they have a join on; empty unless asked for
     * @param ids unordered, each once; empty unless asked for
     * @param truncated {@code ids} does not hold all
     * @param nodesTruncated {@code perNode} does not hold all
     * @param repeated its idempotency key was used before, and this is the first answer
     */
    record PublishResult(
            Position position,
            int recipients,
            int failures,
            Map<NodeId, Integer> perNode,
            List<ActorId> ids,
            boolean truncated,
            boolean nodesTruncated,
            boolean repeated) {}

    /**
     * @param actor only what is for this member by its present filter; null: everything
     * @param from what was seen last; null: nothing
     * @param back what is before that, newest first; else what is after it
     * @param limit messages looked at, ≥ 1
     */
    record FetchRequest(
            GroupId group,
            @Nullable ActorId actor,
            @Nullable Position from,
            boolean back,
            int limit) {}
}
