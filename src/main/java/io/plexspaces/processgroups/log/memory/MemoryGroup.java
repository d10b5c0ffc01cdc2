package io.plexspaces.processgroups.log.memory;

import io.plexspaces.processgroups.domain.ActorId;
import io.plexspaces.processgroups.domain.Dispatch;
import io.plexspaces.processgroups.domain.Entry;
import io.plexspaces.processgroups.domain.ErrorCode;
import io.plexspaces.processgroups.domain.GroupException;
import io.plexspaces.processgroups.domain.GroupId;
import io.plexspaces.processgroups.domain.GroupInfo;
import io.plexspaces.processgroups.domain.JoinMetadata;
import io.plexspaces.processgroups.domain.LeaveReason;
import io.plexspaces.processgroups.domain.Membership;
import io.plexspaces.processgroups.domain.Membership.Holding;
import io.plexspaces.processgroups.domain.Membership.Lease;
import io.plexspaces.processgroups.domain.OperationId;
import io.plexspaces.processgroups.domain.Owner;
import io.plexspaces.processgroups.domain.Position;
import io.plexspaces.processgroups.log.Appended;
import io.plexspaces.processgroups.log.Command;
import io.plexspaces.processgroups.log.FirstAnswer;
import io.plexspaces.processgroups.log.GroupReader;
import io.plexspaces.processgroups.log.LogLimits;
import io.plexspaces.processgroups.log.SerialQueue;
import io.plexspaces.processgroups.log.Slice;
import io.plexspaces.processgroups.log.Snapshot;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One epoch of one group. All but {@link #id}, {@link #info}, {@link #isDeleted} and {@link #execute} belongs to its
 * serial queue. A change that fails has changed nothing.
 *
 * <p>One file, as each change is checked and made in one step under one queue.
 */
final class MemoryGroup {
    private static final int EXPIRED_AT_ONCE = 1_000;

    private final GroupInfo created;
    private final LogLimits limits;
    private final Room room;
    private final Expiries.Alarm alarm;
    private final SerialQueue queue = new SerialQueue();
    private final Members members;
    private final Readings<GroupReader> readings = new Readings<>();
    private long offset = 1;

    /** Since when it has had no member; of no meaning while it has some. */
    private Instant emptySince;

    // Null until first needed: most groups of a large number are small.
    private @Nullable History history;
    private @Nullable IdempotencyKeys keys;
    private @Nullable Bans bans;

    private volatile int memberCount;
    private volatile boolean deleted;

    MemoryGroup(
            GroupInfo created,
            LogLimits limits,
            Expiries expiries,
            HeldGroups held,
            Room room,
            TenantMembers ofTenants) {
        this.room = room;
        this.emptySince = created.createdAt();
        this.created = created;
        this.limits = limits;
        this.alarm = expiries.alarmFor(this);
        this.members =
                new Members(created.id(), held, room, ofTenants.of(created.id().tenant()));
    }

    void execute(Runnable task) {
        queue.execute(task);
    }

    GroupId id() {
        return created.id();
    }

    /** As of now, on any thread. */
    GroupInfo info() {
        return new GroupInfo(created.id(), created.spec(), created.epoch(), created.createdAt(), memberCount);
    }

    /** Once true, it stays, and the group answers GROUP_NOT_FOUND to everything. On any thread. */
    boolean isDeleted() {
        return deleted;
    }

    /** The group is in its directory: from here on it may be deleted for being empty. */
    void begin() {
        if (created.spec().deleteWhenEmpty() != null) {
            execute(() -> alarm.noLaterThan(nextDue()));
        }
    }

    Appended append(@Nullable String epoch, Command command, OperationId operation, Instant now) {
        requireLife(epoch);
        Appended answer = apply(command, operation, now);
        alarm.noLaterThan(nextDue());
        return answer;
    }

    private Appended apply(Command command, OperationId operation, Instant now) {
        if (command instanceof Command.Publish publish) {
            return publish(publish, operation, now);
        }
        if (command instanceof Command.Join join) {
            return join(join, operation, now);
        }
        if (command instanceof Command.TakeOver takeOver) {
            return takeOver(takeOver, operation, now);
        }
        if (command instanceof Command.Update update) {
            return update(update, operation, now);
        }
        if (command instanceof Command.Reach reach) {
            return reach(reach, operation, now);
        }
        if (command instanceof Command.Leave leave) {
            return leave(leave, operation, now);
        }
        if (command instanceof Command.Evict evict) {
            return evict(evict, operation, now);
        }
        if (command instanceof Command.Renew renew) {
            return renew(renew, now);
        }
        if (command instanceof Command.Answer answer) {
            return keep(answer, now);
        }
        throw new IllegalArgumentException("not a change inside a group: " + command);
    }

    /** Ends this epoch. Null when it has ended before. */
    @Nullable
    Appended delete(@Nullable String epoch, OperationId operation, Instant now) {
        if (deleted) {
            return null;
        }
        requireLife(epoch);
        deleted = true;
        announce(new Entry.Deleted(++offset, now, operation));
        readings.clear();
        if (history != null) {
            history.clear();
        }
        if (keys != null) {
            keys.clear();
        }
        room.add(-Room.of(created.spec()));
        history = null;
        keys = null;
        if (bans != null) {
            bans.clear();
        }
        bans = null;
        members.clear();
        memberCount = 0;
        alarm.set(Expiries.NEVER);
        return answer(now, null);
    }

    Reading<GroupReader> open(GroupReader reader) {
        requireLife(null);
        Reading<GroupReader> reading = new Reading<>(
                reader,
                closed -> execute(() -> readings.remove(closed)),
                failed -> failed.failed(
                        GroupException.of(ErrorCode.INTERNAL, "the group could not be read any further")));
        Snapshot snapshot = new Snapshot(info(), end(), members.all());
        reading.tell(told -> told.snapshot(snapshot));
        readings.add(reading);
        return reading;
    }

    Position whereItEnds() {
        requireLife(null);
        return end();
    }

    Slice read(@Nullable Position after, int limit, Instant now) {
        requireLife(null);
        boolean epochChanged = after != null && (!after.epoch().equals(created.epoch()) || after.offset() > offset);
        if (history == null) {
            return new Slice(List.of(), 0, true, epochChanged, end(), false);
        }
        return history.read(after == null || epochChanged ? null : after.offset(), limit, epochChanged, end(), now);
    }

    Slice readBack(@Nullable Position before, int limit, Instant now) {
        requireLife(null);
        boolean epochChanged =
                before != null && (!before.epoch().equals(created.epoch()) || before.offset() > offset + 1);
        long from = before == null || epochChanged ? offset + 1 : before.offset();
        if (history == null) {
            return new Slice(List.of(), 0, true, epochChanged, new Position(created.epoch(), from), false);
        }
        return history.readBack(from, limit, epochChanged, created.epoch(), now);
    }

    /**
     * Ends leases that have expired, of {@value #EXPIRED_AT_ONCE} members at most ({@link #hasEnded} says whether there
     * are more), and forgets old messages and keys; returns how many joins ended.
     */
    int expire(OperationId operation, Instant now) {
        if (deleted) {
            return 0;
        }
        try {
            int ended = endLeases(operation, now);
            if (history != null) {
                history.trim(now);
            }
            if (keys != null) {
                keys.forgetExpired(now);
            }
            if (bans != null) {
                bans.forgetExpired(now);
            }
            return ended;
        } finally {
            // After any failure: without its alarm the group would never be checked again.
            alarm.set(nextDue());
        }
    }

    /** Deletes it if it has been empty for as long as it was made for; false: it has not. */
    boolean deleteIfVacant(OperationId operation, Instant now) {
        Instant vacant = deleted ? null : vacantAt();
        if (vacant == null || now.isBefore(vacant)) {
            return false;
        }
        delete(null, operation, now);
        return true;
    }

    /** When it is to be deleted unless somebody joins; null: never. */
    private @Nullable Instant vacantAt() {
        Duration wait = created.spec().deleteWhenEmpty();
        if (wait == null || memberCount > 0) {
            return null;
        }
        Instant vacant = emptySince.plus(wait);
        // With the group its bans would be gone: whoever is banned could come back to the next one by its name.
        Instant banned = bans == null ? vacant : bans.lastEnd();
        return banned.isAfter(vacant) ? banned : vacant;
    }

    /** Whether a member has a lease whose time has come. */
    boolean hasEnded(Instant now) {
        return members.firstEnded(now) != null;
    }

    private int endLeases(OperationId operation, Instant now) {
        int ended = 0;
        for (int i = 0; i < EXPIRED_AT_ONCE; i++) {
            ActorId actor = members.firstEnded(now);
            if (actor == null) {
                break;
            }
            Membership before = member(actor);
            Membership after = Members.withoutEnded(before, now).orElse(null);
            ended += before.joinCount() - (after == null ? 0 : after.joinCount());
            left(actor, after, LeaveReason.LEASE_EXPIRED, operation, now);
        }
        return ended;
    }

    private Appended publish(Command.Publish publish, OperationId operation, Instant now) {
        String key = publish.onceKey();
        Appended first = key.isEmpty() || keys == null ? null : keys.find(key, now);
        if (first != null) {
            return first;
        }
        if (!key.isEmpty()) {
            keys = keys == null ? new IdempotencyKeys(limits.idempotencyKeys(), room) : keys;
            keys.requireRoom();
        }
        Dispatch dispatch = publish.dispatch() instanceof Dispatch.AnyOf one
                ? members.settle(one, publish, operation.node())
                : publish.dispatch();
        long at = ++offset;
        if (history == null) {
            history = new History(at, created.spec().retention(), limits.retainedBytes(), room);
        }
        Entry.Published entry = new Entry.Published(
                at,
                now,
                operation,
                history.nextOrdinal(),
                publish.message(),
                publish.topic(),
                dispatch,
                publish.excludeSender(),
                publish.asker());
        history.add(entry);
        announce(entry);
        Appended answer = answer(now, null);
        if (keys != null && !key.isEmpty()) {
            keys.add(key, answer);
        }
        return answer;
    }

    private Appended keep(Command.Answer given, Instant now) {
        if (keys != null) {
            keys.keep(given.idempotencyKey(), given.offset(), given.answer());
        }
        return answer(now, null);
    }

    /** Empty: none is kept. */
    Optional<FirstAnswer> firstAnswer(String key, long at) {
        requireLife(null);
        return Optional.ofNullable(keys == null ? null : keys.answer(key, at));
    }

    private Appended join(Command.Join join, OperationId operation, Instant now) {
        List<Membership> joined = new ArrayList<>(join.actors().size());
        room.require();
        if (bans != null) {
            bans.requireNone(join.actors(), now);
        }
        // An actor that is named twice joins twice: the second join finds the membership of the first.
        Map<ActorId, Membership> made = new HashMap<>();
        int newcomers = 0;
        boolean labelled = false;
        long bytes = 0;
        for (ActorId actor : join.actors()) {
            Membership before = made.getOrDefault(actor, members.get(actor));
            newcomers += before == null ? 1 : 0;
            labelled |= before == null || !before.heldBy(join.owner());
            Membership after = checked(joined(before, actor, join, now, offset + 1 + joined.size()));
            requireLittle(join.metadata(), after);
            if (join.actors().size() > 1) {
                bytes += Weights.of(after) + Weights.merging(before, join.filter());
            }
            if (bytes > limits.batchBytes()) {
                throw GroupException.limit("batch-bytes", limits.batchBytes());
            }
            made.put(actor, after);
            joined.add(after);
        }
        if (newcomers > 0 && members.size() + newcomers > limits.membersPerGroup()) {
            throw GroupException.limit("members-per-group", limits.membersPerGroup());
        }
        if (labelled && passesLabels(join, operation)) {
            throw GroupException.nodeLabels(limits.nodeLabelsPerGroup());
        }
        members.admit(join.again() ? 0 : newcomers, () -> make(joined, join.owner(), operation, now));
        return answer(now, joined.get(joined.size() - 1));
    }

    private void make(List<Membership> joined, Owner owner, OperationId operation, Instant now) {
        for (Membership membership : joined) {
            Membership before = members.get(membership.actor());
            boolean filterChanged = before != null && !before.filter().equals(membership.filter());
            change(membership.actor(), membership);
            other(new Entry.Joined(++offset, now, operation, membership, owner, before == null, filterChanged));
        }
    }

    /** The node that writes is none of those a client makes up. */
    private boolean passesLabels(Command.Join join, OperationId operation) {
        return !(join.owner() instanceof Owner.Session)
                && !join.node().equals(operation.node())
                && members.labels() >= limits.nodeLabelsPerGroup()
                && !members.isLabel(join.node());
    }

    private static Membership joined(
            @Nullable Membership before, ActorId actor, Command.Join join, Instant now, long offset) {
        Lease lease = join.ttl() == null ? null : Lease.starting(now, join.ttl());
        Holding holding = new Holding(join.owner(), join.node(), 1, lease, false, null, join.metadata());
        return before == null
                ? Membership.first(actor, join.filter(), holding, now, offset)
                : before.join(holding, join.filter(), now);
    }

    private Membership checked(Membership membership) {
        if (membership.filter().patterns().size() > limits.topicsPerMember()) {
            throw GroupException.limit("topics-per-member", limits.topicsPerMember());
        }
        if (membership.holdings().size() > limits.ownersPerMember()) {
            throw GroupException.limit("owners-per-member", limits.ownersPerMember());
        }
        return membership;
    }

    private static void requireLittle(JoinMetadata more, Membership after) {
        if (!more.isEmpty() && after.metadataBytes() > JoinMetadata.MOST_BYTES_OF_A_MEMBER) {
            throw GroupException.metadata();
        }
    }

    private Appended update(Command.Update update, OperationId operation, Instant now) {
        if (!update.metadata().isEmpty()) {
            room.require();
        }
        Membership before = member(update.actor());
        Owner asked = update.owner();
        Owner owner = asked == null ? before.oldestDurable().orElse(null) : asked;
        if (owner == null || !before.heldBy(owner)) {
            throw owner instanceof Owner.Lease
                    ? GroupException.leaseNotFound(created.id())
                    : GroupException.notAMember(created.id(), update.actor());
        }
        Membership after = before.update(owner, update.metadata());
        requireLittle(update.metadata(), after);
        if (!after.equals(before)) {
            change(update.actor(), after);
            other(new Entry.Joined(++offset, now, operation, after, owner, false, false));
        }
        return answer(now, after);
    }

    private Appended takeOver(Command.TakeOver takeOver, OperationId operation, Instant now) {
        if (bans != null) {
            bans.requireNone(List.of(takeOver.actor()), now);
        }
        Membership before = member(takeOver.actor());
        if (before.isClaimedAfter(takeOver.owner())) {
            throw GroupException.sessionReplaced();
        }
        Membership after = before.takeOver(takeOver.owner(), takeOver.node(), now)
                .orElseThrow(() -> GroupException.notAMember(created.id(), takeOver.actor()));
        change(takeOver.actor(), after);
        other(new Entry.Joined(++offset, now, operation, after, takeOver.owner(), false, false));
        return answer(now, after);
    }

    private Appended reach(Command.Reach reach, OperationId operation, Instant now) {
        for (Command.Reach.Holder holder : reach.holders()) {
            Membership before = members.get(holder.actor());
            Membership after = before == null
                    ? null
                    : before.reach(holder.owner(), reach.away()).orElse(null);
            if (after != null) {
                change(holder.actor(), after);
                other(new Entry.Joined(++offset, now, operation, after, holder.owner(), false, false));
            }
        }
        return answer(now, null);
    }

    private Appended leave(Command.Leave leave, OperationId operation, Instant now) {
        Membership before = member(leave.actor());
        Owner owner = leave.owner();
        Membership after = null;
        if (owner != null && !before.heldBy(owner)) {
            throw owner instanceof Owner.Lease
                    ? GroupException.leaseNotFound(created.id())
                    : GroupException.notAMember(created.id(), leave.actor());
        }
        if (owner != null || !leave.all()) {
            after = before.leave(owner == null ? before.nextToLeave() : owner, leave.all())
                    .orElse(null);
        }
        left(leave.actor(), after, leave.reason(), operation, now);
        int ended = before.joinCount() - (after == null ? 0 : after.joinCount());
        return new Appended(end(), now, after, ended, false);
    }

    private Appended evict(Command.Evict evict, OperationId operation, Instant now) {
        if (!evict.ban().isZero()) {
            room.require();
        }
        if (bans == null) {
            bans = new Bans(created.id(), limits.bansPerGroup(), room);
        }
        bans.set(evict.actor(), evict.ban(), now);
        Membership before = members.get(evict.actor());
        if (before == null) {
            return answer(now, null);
        }
        left(evict.actor(), null, LeaveReason.EVICTED, operation, now);
        return new Appended(end(), now, null, before.joinCount(), false);
    }

    private Appended renew(Command.Renew renew, Instant now) {
        Membership before = member(renew.actor());
        String id = renew.leaseId();
        Membership after = before.renew(
                        owner -> owner instanceof Owner.Lease lease
                                && (id == null || lease.id().equals(id)),
                        renew.ttl(),
                        now)
                .orElseThrow(() -> GroupException.leaseNotFound(created.id()));
        change(renew.actor(), after);
        return answer(now, after);
    }

    private void left(
            ActorId actor, @Nullable Membership after, LeaveReason reason, OperationId operation, Instant now) {
        change(actor, after);
        emptySince = now;
        other(new Entry.Left(++offset, now, operation, actor, after, reason));
    }

    private void change(ActorId actor, @Nullable Membership membership) {
        members.set(actor, membership);
        memberCount = members.size();
    }

    private void other(Entry entry) {
        if (history != null) {
            history.addOther(entry.offset());
        }
        announce(entry);
    }

    private void announce(Entry entry) {
        if (!readings.isEmpty()) {
            readings.tell(reader -> reader.entry(entry));
        }
    }

    private long nextDue() {
        long next = members.nextDue();
        if (history != null) {
            next = Math.min(next, history.nextDue());
        }
        if (bans != null) {
            next = Math.min(next, bans.nextDue());
        }
        Instant vacant = vacantAt();
        if (vacant != null) {
            next = Math.min(next, vacant.toEpochMilli());
        }
        return keys == null ? next : Math.min(next, keys.nextDue());
    }

    private Membership member(ActorId actor) {
        Membership membership = members.get(actor);
        if (membership == null) {
            throw GroupException.notAMember(created.id(), actor);
        }
        return membership;
    }

    private void requireLife(@Nullable String epoch) {
        if (deleted) {
            throw GroupException.groupNotFound(created.id());
        }
        if (epoch != null && !epoch.equals(created.epoch())) {
            throw GroupException.of(ErrorCode.EPOCH_CHANGED, created.id().name() + " is in epoch " + created.epoch());
        }
    }

    private Appended answer(Instant now, @Nullable Membership membership) {
        return new Appended(end(), now, membership, false);
    }

    private Position end() {
        return new Position(created.epoch(), offset);
    }
}
