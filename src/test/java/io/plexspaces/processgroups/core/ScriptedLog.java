package io.plexspaces.processgroups.core;

import io.plexspaces.processgroups.domain.ActorId;
import io.plexspaces.processgroups.domain.Dispatch;
import io.plexspaces.processgroups.domain.Entry;
import io.plexspaces.processgroups.domain.ErrorCode;
import io.plexspaces.processgroups.domain.GroupException;
import io.plexspaces.processgroups.domain.GroupId;
import io.plexspaces.processgroups.domain.GroupInfo;
import io.plexspaces.processgroups.domain.GroupSpec;
import io.plexspaces.processgroups.domain.Membership;
import io.plexspaces.processgroups.domain.Namespace;
import io.plexspaces.processgroups.domain.NodeId;
import io.plexspaces.processgroups.domain.OperationId;
import io.plexspaces.processgroups.domain.Owner;
import io.plexspaces.processgroups.domain.Position;
import io.plexspaces.processgroups.domain.Retention;
import io.plexspaces.processgroups.domain.TopicFilter;
import io.plexspaces.processgroups.log.Appended;
import io.plexspaces.processgroups.log.Command;
import io.plexspaces.processgroups.log.Expired;
import io.plexspaces.processgroups.log.FirstAnswer;
import io.plexspaces.processgroups.log.GroupLog;
import io.plexspaces.processgroups.log.GroupPage;
import io.plexspaces.processgroups.log.GroupQuery;
import io.plexspaces.processgroups.log.GroupReader;
import io.plexspaces.processgroups.log.NamespaceReader;
import io.plexspaces.processgroups.log.Slice;
import io.plexspaces.processgroups.log.Snapshot;
import io.plexspaces.processgroups.log.Tail;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.subscription.UniEmitter;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * The log of one group, which loses what the test asks it to.
 *
 * <p>One file, as it is one interface, each method of which may fail.
 */
public final class ScriptedLog implements GroupLog {
    static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

    private static final Tail OPEN = () -> {};

    private static final GroupReader NOBODY = new GroupReader() {
        @Override
        public void snapshot(Snapshot snapshot) {}

        @Override
        public void entry(Entry entry) {}

        @Override
        public void goesOn(GroupInfo renamed) {}

        @Override
        public void failed(GroupException cause) {}
    };

    final GroupId group;
    public final Map<ActorId, Membership> members = new TreeMap<>();
    public final List<Command> appended = new ArrayList<>();
    private final List<Entry.Published> retained = new ArrayList<>();
    private final List<Runnable> held = new ArrayList<>();
    private final List<Entry> untold = new ArrayList<>();
    private final Map<String, Position> keys = new TreeMap<>();
    private final Set<String> ended = new HashSet<>();
    private long claims;
    private long trimmed;
    public String epoch = "first";
    public long offset = 1;

    /** Where the epoch before ended, of which everything is part of the log; null: there was none. */
    private @Nullable Position past;

    /** Every note is one already, though members that are read do not show it. */
    public volatile boolean knowsNotes;

    /** Those of which nothing was to be written. */
    public final AtomicInteger notes = new AtomicInteger();

    /** There is a group. */
    public boolean exists = true;

    /** The reader receives every entry. */
    public boolean heard = true;

    /** Answers wait for {@link #answer}. */
    public boolean holding;

    /** What is done is answered with STORE_UNAVAILABLE. */
    public boolean answersLost;

    /** Opening waits for {@link #answer}, too. */
    public boolean opening;

    /** Refusals because of another epoch wait for {@link #answer}, too. */
    public boolean lateRefusals;

    /** The reader receives entries by {@link #tell}. */
    public boolean slow;

    /** Done once, after the next append and before its answer; null: nothing is. */
    public @Nullable Runnable meanwhile;

    public int mostHeld;

    /** What every append fails with; null: none does. */
    public @Nullable GroupException failure;

    /** What opening fails with; null: it does not. */
    public @Nullable GroupException unreachable;

    /** Sent as the members instead of the real ones; null: not set. */
    public @Nullable List<Membership> shown;

    /** How often it was opened. */
    public int opened;

    private @Nullable GroupReader reader = NOBODY;
    private @Nullable NamespaceReader followed;

    public ScriptedLog(GroupId group) {
        this.group = group;
    }

    /** A new epoch, which holds nothing; its reader knows nothing of it yet. */
    public synchronized void lose(String next) {
        epoch = next;
        past = null;
        offset = 1;
        members.clear();
        retained.clear();
        keys.clear();
        exists = true;
    }

    /** Deleted, and created again before the reader receives the end. */
    public void replace(String next) {
        GroupReader ended = reader();
        Entry end = deleted();
        lose(next);
        ended.entry(end);
    }

    /** Notifies the reader that the group is gone. */
    public void end() {
        exists = false;
        reader().entry(deleted());
    }

    private synchronized Entry deleted() {
        return new Entry.Deleted(offset + 1, NOW, new OperationId(new NodeId("other"), 1, offset + 1));
    }

    /** Sends the reader the entries that it has not received yet. */
    public void tell() {
        List<Entry> due;
        synchronized (this) {
            due = List.copyOf(untold);
            untold.clear();
        }
        due.forEach(reader()::entry);
    }

    /** Sends the reader a snapshot, and every entry from here on. */
    public void jump() {
        Snapshot now;
        synchronized (this) {
            heard = true;
            now = snapshot();
        }
        reader().snapshot(now);
    }

    /** The same log under a new epoch, which the reader receives. */
    public void goOn(String next) {
        GroupInfo renamed;
        synchronized (this) {
            rename(next);
            renamed = snapshot().info();
        }
        reader().goesOn(renamed);
    }

    /** Sends the reader a snapshot under a new epoch. */
    public void jumpOn(String next) {
        Snapshot now;
        synchronized (this) {
            heard = true;
            rename(next);
            now = snapshot().goingOn();
        }
        reader().snapshot(now);
    }

    /** Sends the reader a snapshot from before a new epoch, which the reader knows nothing of yet. */
    public void jumpBehind(String next) {
        Snapshot before;
        synchronized (this) {
            heard = true;
            before = snapshot();
            rename(next);
        }
        reader().snapshot(before);
    }

    /** The same log under another epoch, which its reader knows nothing of yet. */
    public synchronized void rename(String next) {
        if (!epoch.equals(next)) {
            past = new Position(epoch, offset);
            epoch = next;
        }
    }

    public synchronized void trim(int count) {
        retained.subList(0, count).clear();
        trimmed += count;
    }

    /** Gives the answers that were held, in order. */
    public void answer() {
        List<Runnable> due;
        synchronized (this) {
            due = List.copyOf(held);
            held.clear();
        }
        due.forEach(Runnable::run);
    }

    public synchronized int held() {
        return held.size();
    }

    /** Another node's message. */
    public void publish(String text) {
        Command publish = new Command.Publish(CoreFixture.message(text, null, ""), null, Dispatch.ALL, false);
        append(group, null, publish, new OperationId(new NodeId("other"), 1, offset))
                .await()
                .atMost(Duration.ofSeconds(1));
    }

    /** A message that this server cannot read. */
    public void unreadable() {
        Entry entry;
        synchronized (this) {
            entry = new Entry.Unreadable(++offset, NOW, new OperationId(new NodeId("newer"), 1, 1), true, "format 9");
        }
        reader().entry(entry);
    }

    /** A durable join at another node. */
    public void joinElsewhere(String actor) {
        NodeId other = new NodeId("other");
        Command join =
                new Command.Join(List.of(new ActorId(actor)), TopicFilter.ALL, new Owner.Durable(other), other, null);
        append(group, null, join, new OperationId(other, 1, offset)).await().atMost(Duration.ofSeconds(1));
    }

    /** The reading ends. */
    public void fail(GroupException cause) {
        GroupReader ended = reader();
        reader = NOBODY;
        ended.failed(cause);
    }

    private GroupReader reader() {
        return Objects.requireNonNull(reader);
    }

    private Snapshot snapshot() {
        GroupSpec spec = new GroupSpec(GroupSpec.Metadata.NONE, new Retention(100, Duration.ofMinutes(5)), null);
        GroupInfo info = new GroupInfo(group, spec, epoch, NOW, members.size());
        return new Snapshot(info, new Position(epoch, offset), shown == null ? List.copyOf(members.values()) : shown);
    }

    @Override
    public Duration age(GroupId group, Instant at) {
        return Duration.ZERO;
    }

    @Override
    public Uni<Void> evict(String tenant, ActorId actor, @Nullable Duration ban) {
        return Uni.createFrom().voidItem();
    }

    @Override
    public Uni<Notes> notesAfter(long number) {
        return Uni.createFrom().item(new Notes(List.of(), 0, false, NOW));
    }

    @Override
    public Uni<Appended> append(GroupId about, @Nullable String life, Command command, OperationId operation) {
        return Uni.createFrom().emitter(emitter -> {
            Appended done;
            List<Entry> entries = new ArrayList<>();
            boolean hold;
            try {
                synchronized (this) {
                    done = apply(life, command, operation, entries);
                    hold = holding;
                    if (hold) {
                        held.add(() -> emitter.complete(done));
                        mostHeld = Math.max(mostHeld, held.size());
                    }
                    if (slow) {
                        untold.addAll(entries);
                    } else if (heard) {
                        entries.forEach(reader()::entry);
                    }
                }
                happens();
            } catch (GroupException refused) {
                refuse(refused, emitter);
                return;
            }
            if (answersLost) {
                emitter.fail(GroupException.of(ErrorCode.STORE_UNAVAILABLE, "no answer"));
            } else if (!hold) {
                emitter.complete(done);
            }
        });
    }

    private void refuse(GroupException refused, UniEmitter<? super Appended> emitter) {
        if (lateRefusals && refused.code() == ErrorCode.EPOCH_CHANGED) {
            held.add(() -> emitter.fail(refused));
        } else {
            emitter.fail(refused);
        }
    }

    private void happens() {
        Runnable due = meanwhile;
        meanwhile = null;
        if (due != null) {
            due.run();
        }
    }

    private void note(Command.Reach.Holder holder, boolean away, OperationId operation, List<Entry> entries) {
        Membership before = members.get(holder.actor());
        Membership after =
                before == null ? null : before.reach(holder.owner(), away).orElse(null);
        if (after != null) {
            members.put(holder.actor(), after);
            entries.add(new Entry.Joined(++offset, NOW, operation, after, holder.owner(), false, false));
        }
    }

    private Appended apply(@Nullable String life, Command command, OperationId operation, List<Entry> entries) {
        if (command instanceof Command.Answer) {
            return new Appended(new Position(epoch, offset), NOW, null, false);
        }
        if (!(command instanceof Command.Reach)) {
            appended.add(command);
        }
        if (failure != null) {
            throw failure;
        }
        if (!exists) {
            throw GroupException.groupNotFound(group);
        }
        if (life != null && !life.equals(epoch)) {
            throw GroupException.of(ErrorCode.EPOCH_CHANGED, "in epoch " + epoch);
        }
        Position first = command instanceof Command.Publish repeat
                ? keys.get(repeat.message().idempotencyKey())
                : null;
        if (first != null) {
            return new Appended(first, NOW, null, true);
        }
        if (command instanceof Command.Reach && knowsNotes) {
            notes.incrementAndGet();
            return new Appended(new Position(epoch, offset), NOW, null, false);
        }
        if (command instanceof Command.Reach reach) {
            reach.holders().forEach(holder -> note(holder, reach.away(), operation, entries));
            return new Appended(new Position(epoch, offset), NOW, null, false);
        }
        offset++;
        Membership after = null;
        int ended = 0;
        if (command instanceof Command.Join join) {
            ActorId actor = join.actors().get(0);
            Membership before = members.get(actor);
            Membership.Holding one =
                    new Membership.Holding(join.owner(), join.node(), 1, null, false, null, join.metadata());
            after = before == null
                    ? Membership.first(actor, join.filter(), one, NOW, offset)
                    : before.join(one, join.filter(), NOW);
            members.put(actor, after);
            boolean changed = before != null && !before.filter().equals(after.filter());
            entries.add(new Entry.Joined(offset, NOW, operation, after, join.owner(), before == null, changed));
        } else if (command instanceof Command.Update update) {
            Membership before = members.get(update.actor());
            Owner owner = update.owner();
            if (before == null || owner == null || !before.heldBy(owner)) {
                offset--;
                throw GroupException.notAMember(group, update.actor());
            }
            after = before.update(owner, update.metadata());
            if (after.equals(before)) {
                offset--;
            } else {
                members.put(update.actor(), after);
                entries.add(new Entry.Joined(offset, NOW, operation, after, owner, false, false));
            }
        } else if (command instanceof Command.Leave leave) {
            Membership before = members.get(leave.actor());
            Owner owner = leave.owner();
            if (before == null || (owner == null ? !leave.all() : !before.heldBy(owner))) {
                offset--;
                throw GroupException.notAMember(group, leave.actor());
            }
            after = owner == null ? null : before.leave(owner, leave.all()).orElse(null);
            ended = before.joinCount() - (after == null ? 0 : after.joinCount());
            if (after == null) {
                members.remove(leave.actor());
            } else {
                members.put(leave.actor(), after);
            }
            entries.add(new Entry.Left(offset, NOW, operation, leave.actor(), after, leave.reason()));
        } else if (command instanceof Command.Publish publish) {
            Entry.Published published = new Entry.Published(
                    offset,
                    NOW,
                    operation,
                    offset,
                    publish.message(),
                    publish.topic(),
                    publish.dispatch(),
                    publish.excludeSender());
            retained.add(published);
            if (!publish.message().idempotencyKey().isEmpty()) {
                keys.put(publish.message().idempotencyKey(), new Position(epoch, offset));
            }
            entries.add(published);
        } else if (command instanceof Command.TakeOver takeOver) {
            Membership before = members.get(takeOver.actor());
            after = before == null
                    ? null
                    : before.takeOver(takeOver.owner(), takeOver.node(), NOW).orElse(null);
            if (after == null) {
                offset--;
                throw GroupException.notAMember(group, takeOver.actor());
            }
            members.put(takeOver.actor(), after);
            entries.add(new Entry.Joined(offset, NOW, operation, after, takeOver.owner(), false, false));
        } else {
            exists = false;
            entries.add(new Entry.Deleted(offset, NOW, operation));
        }
        return new Appended(new Position(epoch, offset), NOW, after, ended, false);
    }

    @Override
    public Uni<Tail> open(GroupId about, GroupReader opened) {
        return Uni.createFrom().<Tail>emitter(emitter -> {
            if (!exists) {
                emitter.fail(GroupException.groupNotFound(group));
                return;
            }
            this.opened++;
            if (unreachable != null) {
                emitter.fail(unreachable);
                return;
            }
            reader = opened;
            opened.snapshot(snapshot());
            if (opening) {
                held.add(() -> {
                    if (exists) {
                        emitter.complete(OPEN);
                    } else {
                        emitter.fail(GroupException.groupNotFound(group));
                    }
                });
            } else {
                emitter.complete(OPEN);
            }
        });
    }

    @Override
    public Uni<Position> end(GroupId about) {
        return Uni.createFrom().item(() -> {
            synchronized (this) {
                if (!exists) {
                    throw GroupException.groupNotFound(about);
                }
                return new Position(epoch, offset);
            }
        });
    }

    @Override
    public Uni<Slice> read(GroupId about, @Nullable Position after, int limit) {
        return Uni.createFrom().item(() -> {
            synchronized (this) {
                if (failure != null) {
                    throw failure;
                }
                long from = after == null ? 0 : after.offset();
                List<Entry.Published> found =
                        retained.stream().filter(entry -> entry.offset() > from).toList();
                List<Position> pasts = past == null ? List.of() : List.of(past);
                Slice slice =
                        new Slice(found, List.of(), trimmed, true, false, new Position(epoch, offset), false, pasts);
                boolean changed = after != null && !slice.goesOnFrom(after);
                return new Slice(found, List.of(), trimmed, true, changed, slice.end(), false, pasts);
            }
        });
    }

    @Override
    public Uni<Slice> readBack(GroupId about, @Nullable Position before, int limit) {
        return read(about, null, Integer.MAX_VALUE).map(all -> {
            List<Entry.Published> newest = new ArrayList<>(all.messages());
            newest.removeIf(entry -> before != null && entry.offset() >= before.offset());
            Collections.reverse(newest);
            List<Entry.Published> page = List.copyOf(newest.subList(0, Math.min(limit, newest.size())));
            long down = page.isEmpty() ? offset + 1 : page.get(page.size() - 1).offset();
            boolean more = page.size() < newest.size();
            Position end = new Position(epoch, down);
            Slice slice = new Slice(page, List.of(), more ? 0 : trimmed, true, false, end, more, all.past());
            boolean changed = before != null && !slice.goesOnFrom(new Position(before.epoch(), before.offset() - 1));
            return new Slice(page, List.of(), slice.missed(), true, changed, end, more, all.past());
        });
    }

    @Override
    public Uni<GroupPage> groups(GroupQuery query) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Uni<Tail> follow(Namespace namespace, NamespaceReader follower) {
        followed = follower;
        follower.snapshot(List.of(snapshot().info()));
        return Uni.createFrom().item(OPEN);
    }

    /** Notifies the followers of the namespace of an epoch of the group, independent of its reader. */
    public void announce(String life) {
        GroupInfo info = snapshot().info();
        GroupInfo created = new GroupInfo(info.id(), info.spec(), life, info.createdAt(), 0);
        Objects.requireNonNull(followed).created(created);
    }

    @Override
    public Uni<List<GroupId>> heldBy(String session) {
        return Uni.createFrom().item(() -> {
            synchronized (this) {
                boolean held = members.values().stream()
                        .flatMap(membership -> membership.holdings().stream())
                        .anyMatch(one -> one.owner() instanceof Owner.Session owner
                                && owner.id().equals(session));
                return held ? List.of(group) : List.of();
            }
        });
    }

    @Override
    public Uni<Optional<FirstAnswer>> firstAnswer(GroupId about, String idempotencyKey, long at) {
        return Uni.createFrom().item(Optional.empty());
    }

    @Override
    public Uni<Claim> claim(String session, OperationId operation) {
        return Uni.createFrom().item(() -> {
            synchronized (this) {
                return new Claim(++claims, ended.contains(session));
            }
        });
    }

    @Override
    public Uni<Claim> claimAgain(Owner.Session session, OperationId operation) {
        return Uni.createFrom().item(() -> {
            synchronized (this) {
                return new Claim(session.claim(), ended.contains(session.id()));
            }
        });
    }

    @Override
    public Uni<Boolean> end(Owner.Session session, OperationId operation) {
        return Uni.createFrom().item(() -> {
            synchronized (this) {
                ended.add(session.id());
                return true;
            }
        });
    }

    @Override
    public Uni<Expired> expire(OperationId operation) {
        return Uni.createFrom().item(Expired.NOTHING);
    }
}
