package io.plexspaces.processgroups.core.group;

import io.plexspaces.processgroups.core.Missing;
import io.plexspaces.processgroups.core.OperationIds;
import io.plexspaces.processgroups.core.Settings;
import io.plexspaces.processgroups.core.asks.Asks;
import io.plexspaces.processgroups.core.delivery.DeliveryTracer;
import io.plexspaces.processgroups.core.joins.CatchUp;
import io.plexspaces.processgroups.core.joins.JoinRepairer;
import io.plexspaces.processgroups.core.joins.ReachNotes;
import io.plexspaces.processgroups.core.publish.GroupPublishes;
import io.plexspaces.processgroups.core.publish.OpenGroups;
import io.plexspaces.processgroups.core.publish.PendingPublish;
import io.plexspaces.processgroups.core.publish.Repeats;
import io.plexspaces.processgroups.core.replica.ReplicaState;
import io.plexspaces.processgroups.domain.ErrorCode;
import io.plexspaces.processgroups.domain.GroupException;
import io.plexspaces.processgroups.domain.GroupId;
import io.plexspaces.processgroups.domain.Namespace;
import io.plexspaces.processgroups.domain.OperationId;
import io.plexspaces.processgroups.domain.Position;
import io.plexspaces.processgroups.domain.TenantPlaces;
import io.plexspaces.processgroups.log.Appended;
import io.plexspaces.processgroups.log.Command;
import io.plexspaces.processgroups.log.GroupLog;
import io.plexspaces.processgroups.log.NamespaceReader;
import io.plexspaces.processgroups.log.Tail;
import io.plexspaces.processgroups.tasks.PeriodicTasks;
import io.smallrye.mutiny.Uni;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The groups this node reads: a replica is opened on first use, and closed when it was not used for a while, or earlier
 * when many are open: a client that asks for one group after the other does not fill the memory. Thread-safe.
 */
public final class Replicas implements OpenGroups {
    private static final System.Logger LOG = System.getLogger(Replicas.class.getName());
    private static final int ATTEMPTS = 5;

    /** Two looks close a replica that nobody uses, so this many close more than one for each that is opened. */
    private static final int LOOKS = 8;

    private final Map<GroupId, ReplicaSlot> slots = new ConcurrentHashMap<>();

    private final TenantPlaces places;

    private final Map<OperationId, PendingPublish> publishing = new ConcurrentHashMap<>();
    private final GroupLog log;
    private final Settings settings;
    private final DeliveryTracer tracer;
    private final Repeats repeats;
    private final JoinRepairer repairer;
    private final ReachNotes notes;
    private final OperationIds operations;
    private final Asks asks;
    private Iterator<ReplicaSlot> hand = Collections.emptyIterator();

    /**
     * @param tracer notified of each message that a replica reads
     * @param asks of this node's clients, in any group
     */
    public Replicas(GroupLog log, OperationIds operations, Settings settings, DeliveryTracer tracer, Asks asks) {
        this.log = log;
        this.settings = settings;
        this.places = new TenantPlaces(settings.mostGroups());
        this.tracer = tracer;
        this.repeats = new Repeats(log, operations);
        this.repairer = new JoinRepairer(log, operations);
        this.notes = new ReachNotes(log, operations);
        this.operations = operations;
        this.asks = asks;
    }

    /** How many are open. */
    public int size() {
        return slots.size();
    }

    /** Publishes of this node that wait for their entries. */
    public int waiting() {
        return publishing.size();
    }

    /** What this node's clients ask. */
    public Asks asks() {
        return asks;
    }

    /** The open replica of a group; null: none is open. */
    public @Nullable GroupReplica ifOpen(GroupId group) {
        ReplicaSlot slot = slots.get(group);
        return slot != null && slot.replica.isOpen() && !slot.replica.use().isClosed() ? slot.replica : null;
    }

    @Override
    public @Nullable GroupPublishes enter(GroupId group) {
        ReplicaSlot slot = slots.get(group);
        return slot != null && slot.ready && slot.replica.use().enter() ? slot.replica.publishes() : null;
    }

    @Override
    public <T> Uni<T> publishing(GroupId group, @Nullable Missing missing, Function<GroupPublishes, Uni<T>> publish) {
        return with(group, missing, replica -> publish.apply(replica.publishes()));
    }

    /**
     * Does something with the replica of a group, which stays open meanwhile. GROUP_NOT_FOUND. Tried again when the
     * group has another epoch by then, or the store has lost it: with the next replica, or with this one when it
     * follows the log into the new epoch. STORE_UNAVAILABLE when it does not within five seconds. OVERLOADED when this
     * server has no room for another open group.
     */
    public <T extends @Nullable Object> Uni<T> with(GroupId group, Function<GroupReplica, Uni<T>> use) {
        return with(group, null, use);
    }

    /**
     * The same. A group that is not there is made by the opening of its replica, for which all wait who come meanwhile:
     * so what one client asks for stays in order.
     *
     * @param missing null: GROUP_NOT_FOUND
     */
    public <T extends @Nullable Object> Uni<T> with(
            GroupId group, @Nullable Missing missing, Function<GroupReplica, Uni<T>> use) {
        return Uni.createFrom().deferred(() -> attempt(group, missing, use, 1));
    }

    private <T extends @Nullable Object> Uni<T> attempt(
            GroupId group, @Nullable Missing missing, Function<GroupReplica, Uni<T>> use, int attempt) {
        ReplicaSlot present = slots.get(group);
        ReplicaSlot slot = present != null ? present : add(group);
        if (slot == null) {
            return Uni.createFrom()
                    .failure(GroupException.of(
                            ErrorCode.OVERLOADED,
                            "this server has %d groups open, and no room for more of this tenant"
                                    .formatted(slots.size())));
        }
        int jumps = slot.replica.jumps();
        Uni<T> used = slot.ready ? enter(slot, use) : opened(slot, missing).chain(replica -> enter(slot, use));
        return used.onFailure(failure -> ReplicaState.isStale(failure)
                        || (ReplicaState.isMissing(failure) && (slot.ready || missing != null)))
                .recoverWithUni(failure -> attempt < ATTEMPTS
                        ? over(slot, jumps, failure).chain(() -> attempt(group, missing, use, attempt + 1))
                        : Uni.createFrom().failure(GroupException.groupNotFound(group)));
    }

    private Uni<GroupReplica> opened(ReplicaSlot slot, @Nullable Missing missing) {
        Uni<GroupReplica> opened = slot.opened(missing);
        return missing != null
                ? opened
                // That another caller may not have the group made is not this one's to know.
                : opened.onFailure(failure ->
                                GroupException.is(failure, ErrorCode.LIMIT_EXCEEDED, ErrorCode.QUOTA_EXCEEDED))
                        .transform(failure -> GroupException.groupNotFound(slot.replica.group()));
    }

    /** Completes when another attempt may be made. */
    private Uni<Void> over(ReplicaSlot slot, int jumps, Throwable failure) {
        if (ReplicaState.isMissing(failure) && !slot.ready) {
            remove(slot.replica.group(), slot);
            return Uni.createFrom().voidItem();
        }
        return settled(slot, jumps);
    }

    /** Makes a group, unless there is one by now. */
    private Uni<Void> make(GroupId group, Missing missing) {
        return Uni.createFrom()
                .deferred(() -> log.append(group, null, new Command.Create(missing.spec()), operations.next()))
                .invoke(made -> missing.told().accept(true))
                .onFailure(failure -> GroupException.is(failure, ErrorCode.STORE_UNAVAILABLE))
                .invoke(() -> missing.told().accept(false))
                .replaceWithVoid()
                .onFailure(failure -> GroupException.is(failure, ErrorCode.GROUP_EXISTS))
                .recoverWithNull();
    }

    /** Does something that needs no replica, and makes the group before if it is not there. */
    <T> Uni<T> orMade(GroupId group, @Nullable Missing missing, Supplier<Uni<T>> change) {
        return missing == null ? change.get() : orMade(group, missing, change, 1);
    }

    private <T> Uni<T> orMade(GroupId group, Missing missing, Supplier<Uni<T>> change, int attempt) {
        return change.get()
                .onFailure(failure -> attempt < ATTEMPTS && ReplicaState.isMissing(failure))
                .recoverWithUni(() -> make(group, missing).chain(() -> orMade(group, missing, change, attempt + 1)));
    }

    /** Null: too many are open, of the tenant or in all. A few more may be, when many callers come at once. */
    private @Nullable ReplicaSlot add(GroupId group) {
        if (slots.size() >= settings.openGroups()) {
            nextOnes().forEach(Replicas::closeUnused);
        }
        if (!slots.containsKey(group) && !places.hasRoom(group.tenant())) {
            return null;
        }
        return slots.computeIfAbsent(group, made -> {
            places.take(made.tenant());
            return slot(made);
        });
    }

    private void remove(GroupId group, ReplicaSlot slot) {
        if (slots.remove(group, slot)) {
            places.giveBack(group.tenant());
        }
    }

    /** A failure is none of the caller's, who wants another group. */
    private static void closeUnused(ReplicaSlot slot) {
        try {
            slot.closeIdle(1);
        } catch (RuntimeException | Error failure) {
            LOG.log(System.Logger.Level.ERROR, "a group that nobody uses could not be closed", failure);
        }
    }

    private ReplicaSlot slot(GroupId group) {
        return new ReplicaSlot(
                log,
                missing -> make(group, missing),
                lost -> new GroupReplica(
                        group, settings, tracer, new CatchUp(log), publishing, repeats, repairer, notes, asks, lost),
                closed -> remove(group, closed));
    }

    /** Goes around all that are open, as the hand of a clock (the page replacement "second chance"). */
    private synchronized List<ReplicaSlot> nextOnes() {
        List<ReplicaSlot> next = new ArrayList<>(LOOKS);
        if (!hand.hasNext()) {
            hand = slots.values().iterator();
        }
        while (next.size() < LOOKS && hand.hasNext()) {
            next.add(hand.next());
        }
        return next;
    }

    /** Completes once the replica has read what the store says: its group is gone, or has another epoch. */
    private Uni<Void> settled(ReplicaSlot slot, int jumps) {
        GroupReplica replica = slot.replica;
        if (!replica.use().enter()) {
            remove(replica.group(), slot);
            return Uni.createFrom().voidItem();
        }
        return replica.state().moved(jumps).onTermination().invoke(() -> {
            replica.use().exit();
            if (replica.use().isClosed()) {
                remove(replica.group(), slot);
            }
        });
    }

    private static <T extends @Nullable Object> Uni<T> enter(ReplicaSlot slot, Function<GroupReplica, Uni<T>> use) {
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
            ReplicaSlot slot = slots.get(group);
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
        PeriodicTasks.withEach(slots.values(), slot -> slot.closeIdle(sweeps));
    }

    /** To be called about every second: ends waits for a log that delivers nothing. */
    public void tick() {
        try {
            asks.tick();
        } finally {
            tickGroups();
        }
    }

    private void tickGroups() {
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
