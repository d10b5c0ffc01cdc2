package io.plexspaces.processgroups.log;

import io.plexspaces.processgroups.domain.GroupId;
import io.plexspaces.processgroups.domain.Namespace;
import io.plexspaces.processgroups.domain.OperationId;
import io.plexspaces.processgroups.domain.Position;
import io.smallrye.mutiny.Uni;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Every group as one ordered log of entries: membership changes and messages share it. The contract suite holds every
 * implementation to what is written here.
 *
 * <p>All operations may be called from any thread and never block. Expected failures are {@code GroupException}s.
 * Nothing happens before a returned {@code Uni} is subscribed to, and once per subscription.
 */
public interface GroupLog extends SessionOwners, Evictions {
    /**
     * Makes one change in one atomic step, gives its entries the next offsets, and announces them to every reader.
     *
     * <p>Fails with GROUP_NOT_FOUND for every command but create and delete, when there is no such group; with FENCED
     * when a newer incarnation of the operation's node has written or taken a lease; with LIMIT_EXCEEDED; a create
     * or join with QUOTA_EXCEEDED.
     *
     * @param epoch when given, EPOCH_CHANGED unless the group has this epoch
     */
    Uni<Appended> append(GroupId group, @Nullable String epoch, Command command, OperationId operation);

    /**
     * Reads a group from now on: its present state, then every entry after it in order, without gap or overlap. The
     * reader has the snapshot when the result comes. GROUP_NOT_FOUND.
     */
    Uni<Tail> open(GroupId group, GroupReader reader);

    /**
     * Where a group's log ends: no entry beyond it was made before this call, by any node. GROUP_NOT_FOUND.
     */
    Uni<Position> end(GroupId group);

    /**
     * The retained messages after a position, oldest first. GROUP_NOT_FOUND.
     *
     * @param after null: from the oldest retained, and none are counted missing
     * @param limit messages at most, ≥ 1; {@link Integer#MAX_VALUE}: all there are. With any other there may be fewer,
     *     though more are retained: about as many as fit into half a megabyte, so that nobody has to hold more
     */
    Uni<Slice> read(GroupId group, @Nullable Position after, int limit);

    /**
     * The retained messages before a position, newest first: pages are stable while others are trimmed and published,
     * as positions name what has been seen. GROUP_NOT_FOUND.
     *
     * @param before null: from the newest retained; of an epoch that is not this log's, or beyond its end: the same,
     *     and the slice says so
     * @param limit messages at most, ≥ 1; there may be fewer, as {@link #read} says, though more are retained
     */
    Uni<Slice> readBack(GroupId group, @Nullable Position before, int limit);

    /**
     * The first answer to the message with an idempotency key ({@link Command.Answer}), whichever node published it.
     * Waits a moment for an answer that is not kept yet. Empty: none is kept. May fail with GROUP_NOT_FOUND.
     *
     * @param offset of the message, as a repeat receives it
     */
    Uni<Optional<FirstAnswer>> firstAnswer(GroupId group, String idempotencyKey, long offset);

    /** Groups of a tenant. Takes time by the namespace, not by other tenants. */
    Uni<GroupPage> groups(GroupQuery query);

    /** Reads which groups a namespace has, from now on. */
    Uni<Tail> follow(Namespace namespace, NamespaceReader reader);

    /**
     * How long ago, by the store's clock alone, something of a group was accepted; at least 0. An estimate: it may be
     * too low by the time that an answer of the store takes. Never waits for the store.
     *
     * @param at a time that the store has given, as {@code Entry.at}
     */
    Duration age(GroupId group, Instant at);

    /**
     * Ends joins whose lease has expired (reason LEASE_EXPIRED), and session joins whose node's lease has expired
     * (NODE_DOWN); forgets messages that are too old; deletes groups that have been empty for as long as they were made
     * for, in one step with seeing that no member is there. To be called regularly, by every server; each expiry is
     * applied once, however many call. It ends in bounded time, however many have expired, and leaves the rest to the
     * next call; it also leaves a group in which nothing can be ended.
     *
     * @return what this call has ended
     */
    Uni<Expired> expire(OperationId operation);
}
