package io.plexspaces.processgroups.core.group;

import io.plexspaces.processgroups.core.OperationIds;
import io.plexspaces.processgroups.core.Settings;
import io.plexspaces.processgroups.core.delivery.DeliveryTracer;
import io.plexspaces.processgroups.core.joins.CatchUp;
import io.plexspaces.processgroups.core.joins.JoinRepairer;
import io.plexspaces.processgroups.core.joins.ReachNotes;
import io.plexspaces.processgroups.core.publish.GroupPublishes;
import io.plexspaces.processgroups.core.publish.OpenGroups;
import io.plexspaces.processgroups.core.publish.PendingPublish;
import io.plexspaces.processgroups.core.publish.Repeats;
import io.plexspaces.processgroups.core.replica.ReplicaState;
import io.plexspaces.processgroups.domain.GroupException;
import io.plexspaces.processgroups.domain.GroupId;
import io.plexspaces.processgroups.domain.Namespace;
import io.plexspaces.processgroups.domain.OperationId;
import io.plexspaces.processgroups.domain.Position;
import io.plexspaces.processgroups.log.Appended;
import io.plexspaces.processgroups.log.GroupLog;
import io.plexspaces.processgroups.log.NamespaceReader;
import io.plexspaces.processgroups.log.Tail;
import io.plexspaces.processgroups.tasks.PeriodicTasks;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.subscription.UniEmitter;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The groups this node reads: a replica is opened on first use, and closed when it was not used for a while, or earlier
 * when many are open: a client that asks for one group after the other does not fill the memory. Thread-safe.
 */
public final class Replicas implements OpenGroups {
    private static final int ATTEMPTS = 5;

    /** Two looks close a replica that nobody uses, so this many close more than one for each that is opened. */
    private static final int LOOKS = 8;

    private final Map<GroupId, Slot> slots = new ConcurrentHashMap<>();
    private final Map<OperationId, PendingPublish> publishing = new ConcurrentHashMap<>();
    private final GroupLog log;
    private final Settings settings;
    private final DeliveryTracer tracer;
    private final Repeats repeats;
    private final JoinRepairer repairer;
    private final ReachNotes notes;
    private Iterator<Slot> hand = Collections.emptyIterator();

    /**
     * The reading of one group, shared by all who wait for it. They go on in the order in which they came, before any
     * later caller: messages of one publisher keep their order. When the reading is lost, the log is opened again for
     * the same replica: until then no caller is served from what was read before.
     */
    private final class Slot {
        private static final int MOST_TICKS = 16;

        final GroupReplica replica;
        private final Queue<UniEmitter<? super GroupReplica>> waiting = new ArrayDeque<>();

        /** Grows with each reading that is lost: late calls of a lost reading are ignored. */
        private final AtomicInteger losses = new AtomicInteger();

        private boolean opening;
        private int ticks;
        private int pause = 1;
        private @Nullable Throwable failure;
        volatile @Nullable Tail tail;

        /** It is open, and no caller waits. */
        volatile boolean ready;

        int idleSweeps;

        Slot(GroupId group) {
            CatchUp catchUp = new CatchUp(log);
            replica = new GroupReplica(
                    group, settings, tracer, catchUp, publishing, repeats, repairer, notes, this::lost);
        }

        Uni<GroupReplica> opened() {
            return Uni.createFrom().<GroupReplica>emitter(this::open);
        }

        private void open(UniEmitter<? super GroupReplica> emitter) {
            boolean first = waiting(emitter);
            if (first) {
                read();
            } else if (failure != null) {
                emitter.fail(failure);
            } else if (ready) {
                emitter.complete(replica);
            }
        }

        /** Whether it is the first that waits. */
        private synchronized boolean waiting(UniEmitter<? super GroupReplica> emitter) {
            boolean first = !opening;
            opening = true;
            if (failure == null && !ready) {
                waiting.add(emitter);
            }
            return first;
        }

        private void read() {
            int before = losses.get();
            log.open(replica.group(), replica)
                    .subscribe()
                    .with(opened -> replica.state().execute(() -> begin(before, opened)), cause -> replica.state()
                            .execute(() -> fail(before, cause)));
        }

        private void begin(int before, Tail opened) {
            if (before != losses.get()) {
                opened.close();
                return;
            }
            if (replica.use().isClosed()) {
                opened.close();
            }
            tail = opened;
            pause = 1;
            UniEmitter<? super GroupReplica> next = next();
            while (next != null) {
                next.complete(replica);
                next = next();
            }
        }

        private synchronized @Nullable UniEmitter<? super GroupReplica> next() {
            UniEmitter<? super GroupReplica> next = waiting.poll();
            ready = next == null;
            return next;
        }

        private void fail(int before, Throwable cause) {
            if (before != losses.get()) {
                return;
            }
            if (replica.isOpen() && !ReplicaState.isMissing(cause)) {
                over(cause);
                return;
            }
            slots.remove(replica.group(), this);
            synchronized (this) {
                failure = cause;
            }
            failWaiting(cause);
            if (replica.isOpen()) {
                replica.gone();
            }
        }

        private void lost(GroupException cause) {
            Tail before = tail;
            tail = null;
            losses.incrementAndGet();
            if (before != null) {
                before.close();
            }
            over(cause);
        }

        /** No caller is served until it is opened again. */
        private void over(Throwable cause) {
            synchronized (this) {
                ready = false;
                opening = false;
                ticks = pause;
                pause = Math.min(MOST_TICKS, 2 * pause);
            }
            failWaiting(cause);
        }

        private void failWaiting(Throwable cause) {
            List<UniEmitter<? super GroupReplica>> all;
            synchronized (this) {
                all = List.copyOf(waiting);
                waiting.clear();
            }
            all.forEach(emitter -> emitter.fail(cause));
        }

        /** Opens a lost reading again, if this node still needs it. */
        void tick() {
            if (!ready && replica.isOpen() && isDue()) {
                read();
            }
        }

        private synchronized boolean isDue() {
            if (opening || failure != null || --ticks > 0) {
                return false;
            }
            if (replica.use().closeIfUnused()) {
                slots.remove(replica.group(), this);
                return false;
            }
            opening = true;
            return true;
        }
    }

    /** @param tracer notified of each message that a replica reads */
    public Replicas(GroupLog log, OperationIds operations, Settings settings, DeliveryTracer tracer) {
        this.log = log;
        this.settings = settings;
        this.tracer = tracer;
        this.repeats = new Repeats(log, operations);
        this.repairer = new JoinRepairer(log, operations);
        this.notes = new ReachNotes(log, operations);
    }

    /** How many are open. */
    public int size() {
        return slots.size();
    }

    /** Publishes of this node that wait for their entries. */
    public int waiting() {
        return publishing.size();
    }

    /** The open replica of a group; null: none is open. */
    public @Nullable GroupReplica ifOpen(GroupId group) {
        Slot slot = slots.get(group);
        return slot != null && slot.replica.isOpen() && !slot.replica.use().isClosed() ? slot.replica : null;
    }

    @Override
    public @Nullable GroupPublishes enter(GroupId group) {
        Slot slot = slots.get(group);
        return slot != null && slot.ready && slot.replica.use().enter() ? slot.replica.publishes() : null;
    }

    @Override
    public <T> Uni<T> publishing(GroupId group, Function<GroupPublishes, Uni<T>> publish) {
        return with(group, replica -> publish.apply(replica.publishes()));
    }

    /**
     * Does something with the replica of a group, which stays open meanwhile. GROUP_NOT_FOUND. Tried again when the
     * group has another epoch by then, or the store has lost it: with the next replica, or with this one when it
     * follows the log into the new epoch. STORE_UNAVAILABLE when it does not within five seconds.
     */
    public <T extends @Nullable Object> Uni<T> with(GroupId group, Function<GroupReplica, Uni<T>> use) {
        return Uni.createFrom().deferred(() -> attempt(group, use, 1));
    }

    private <T extends @Nullable Object> Uni<T> attempt(
            GroupId group, Function<GroupReplica, Uni<T>> use, int attempt) {
        Slot present = slots.get(group);
        Slot slot = present != null ? present : add(group);
        int jumps = slot.replica.jumps();
        Uni<T> used = slot.ready ? enter(slot, use) : slot.opened().chain(replica -> enter(slot, use));
        return used.onFailure(
                        failure -> ReplicaState.isStale(failure) || (ReplicaState.isMissing(failure) && slot.ready))
                .recoverWithUni(failure -> attempt < ATTEMPTS
                        ? settled(slot, jumps).chain(() -> attempt(group, use, attempt + 1))
                        : Uni.createFrom().failure(GroupException.groupNotFound(group)));
    }

    private Slot add(GroupId group) {
        if (slots.size() >= settings.openGroups()) {
            nextOnes().forEach(slot -> closeIdle(slot, 1));
        }
        return slots.computeIfAbsent(group, Slot::new);
    }

    /** Goes around all that are open, as the hand of a clock (the page replacement "second chance"). */
    private synchronized List<Slot> nextOnes() {
        List<Slot> next = new ArrayList<>(LOOKS);
        if (!hand.hasNext()) {
            hand = slots.values().iterator();
        }
        while (next.size() < LOOKS && hand.hasNext()) {
            next.add(hand.next());
        }
        return next;
    }

    /** Completes once the replica has read what the store says: its group is gone, or has another epoch. */
    private Uni<Void> settled(Slot slot, int jumps) {
        GroupReplica replica = slot.replica;
        if (!replica.use().enter()) {
            slots.remove(replica.group(), slot);
            return Uni.createFrom().voidItem();
        }
        return replica.state().moved(jumps).onTermination().invoke(() -> {
            replica.use().exit();
            if (replica.use().isClosed()) {
                slots.remove(replica.group(), slot);
            }
        });
    }

    private static <T extends @Nullable Object> Uni<T> enter(Slot slot, Function<GroupReplica, Uni<T>> use) {
        GroupReplica replica = slot.replica;
        if (!replica.use().enter()) {
            return Uni.createFrom().failure(ReplicaState.stale(replica.group()));
        }
        return use.apply(replica).onTermination().invoke(replica.use()::exit);
    }

    /**
     * Makes a change that needs no replica. When there is an open one and the store has no such group, the change is
     * made again once the replica has seen whether the group was deleted or lost.
     *
     * @param missing whether the answer says that there is no group
     */
    Uni<Appended> known(GroupId group, Supplier<Uni<Appended>> change, Predicate<Appended> missing) {
        return Uni.createFrom().deferred(() -> {
            Slot slot = slots.get(group);
            if (slot == null || !slot.ready) {
                return change.get();
            }
            int jumps = slot.replica.jumps();
            return change.get()
                    .chain(done -> missing.test(done)
                            ? settled(slot, jumps).chain(change::get)
                            : Uni.createFrom().item(done))
                    .onFailure(ReplicaState::isMissing)
                    .recoverWithUni(() -> settled(slot, jumps).chain(change::get));
        });
    }

    /** Reads which groups a namespace has, from now on. */
    public Uni<Tail> follow(Namespace namespace, NamespaceReader reader) {
        return log.follow(namespace, reader);
    }

    /** Closes replicas that were not used during the last {@code sweeps} calls of this. */
    void closeIdle(int sweeps) {
        PeriodicTasks.withEach(slots.values(), slot -> closeIdle(slot, sweeps));
    }

    private void closeIdle(Slot slot, int sweeps) {
        GroupReplica replica = slot.replica;
        Tail tail = slot.tail;
        if (replica.use().isClosed()) {
            slots.remove(replica.group(), slot);
        } else if (replica.use().takeTouched()) {
            slot.idleSweeps = 0;
        } else if (tail != null && ++slot.idleSweeps >= sweeps && replica.use().closeIfUnused()) {
            slots.remove(replica.group(), slot);
            tail.close();
        }
    }

    /** To be called about every second: ends waits for a log that delivers nothing. */
    public void tick() {
        PeriodicTasks.withEach(publishing.entrySet(), waiting -> endOverdue(waiting.getKey(), waiting.getValue()));
        PeriodicTasks.withEach(slots.values(), slot -> {
            slot.tick();
            slot.replica.tick();
        });
    }

    private void endOverdue(OperationId operation, PendingPublish waiting) {
        Position accepted = waiting.isOverdue() ? waiting.accepted() : null;
        if (accepted != null && waiting.giveUp(operation)) {
            waiting.completeUnread(accepted);
        }
    }
}
