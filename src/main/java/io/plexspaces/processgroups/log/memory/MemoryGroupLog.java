package io.plexspaces.processgroups.log.memory;

import io.plexspaces.processgroups.domain.ActorId;
import io.plexspaces.processgroups.domain.GroupException;
import io.plexspaces.processgroups.domain.GroupId;
import io.plexspaces.processgroups.domain.GroupInfo;
import io.plexspaces.processgroups.domain.GroupSpec;
import io.plexspaces.processgroups.domain.Namespace;
import io.plexspaces.processgroups.domain.NodeId;
import io.plexspaces.processgroups.domain.OperationId;
import io.plexspaces.processgroups.domain.Owner;
import io.plexspaces.processgroups.domain.Position;
import io.plexspaces.processgroups.log.Appended;
import io.plexspaces.processgroups.log.Command;
import io.plexspaces.processgroups.log.Expired;
import io.plexspaces.processgroups.log.FirstAnswer;
import io.plexspaces.processgroups.log.GroupLog;
import io.plexspaces.processgroups.log.GroupPage;
import io.plexspaces.processgroups.log.GroupQuery;
import io.plexspaces.processgroups.log.GroupReader;
import io.plexspaces.processgroups.log.LogLimits;
import io.plexspaces.processgroups.log.NamespaceReader;
import io.plexspaces.processgroups.log.NodeLease;
import io.plexspaces.processgroups.log.NodeLeases;
import io.plexspaces.processgroups.log.Slice;
import io.plexspaces.processgroups.log.Tail;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.helpers.EmptyUniSubscription;
import io.smallrye.mutiny.operators.AbstractUni;
import io.smallrye.mutiny.subscription.UniEmitter;
import io.smallrye.mutiny.subscription.UniSubscriber;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The log of one process. Each group has a serial queue: its changes, and the calls of its readers, run there one after
 * the other on the threads that ask for them. Answers come on the thread that did the work, before it goes on. What
 * takes long, since it looks at many names or members, is done aside.
 *
 * <p>One file, as it is one interface, each method of which leads to the queue of a group.
 */
public final class MemoryGroupLog implements GroupLog, NodeLeases {
    /** Members that are told a reader at once by whoever asks. */
    private static final int MEMBERS_AT_ONCE = 1_000;

    private final InstantSource clock;
    private final LogLimits limits;
    private final Supplier<String> epochs;
    private final Executor aside;
    private final Fence fence = new Fence();
    private final Expiries expiries = new Expiries();
    private final Steps steps;
    private final HeldGroups held;
    private final Room room;
    private final SessionClaims claims = new SessionClaims();
    private final TenantEvictions evictions;
    private final Directory directory;
    private final TenantMembers members;

    /** @param epochs a new one at each call, at most 64 bytes; called by many threads */
    public MemoryGroupLog(InstantSource clock, LogLimits limits, Supplier<String> epochs) {
        this(clock, limits, epochs, Runnable::run, Long.MAX_VALUE);
    }

    /**
     * @param aside for what takes long: not the threads of connections
     * @param mostBytes what all groups may hold together: when it is reached, groups and joins are refused with
     *     OVERLOADED, and fewer messages are retained
     */
    public MemoryGroupLog(
            InstantSource clock, LogLimits limits, Supplier<String> epochs, Executor aside, long mostBytes) {
        this.room = new Room(mostBytes);
        this.steps = new Steps(aside);
        this.held = new HeldGroups(steps);
        this.clock = clock;
        this.limits = limits;
        this.epochs = epochs;
        this.aside = aside;
        this.directory = new Directory(limits);
        this.members = new TenantMembers(limits.quotas());
        this.evictions = new TenantEvictions(limits.bansPerTenant(), room);
    }

    /** What all groups hold together, in bytes, about. */
    public long heldBytes() {
        return room.held();
    }

    @Override
    public Uni<Appended> append(GroupId group, @Nullable String epoch, Command command, OperationId operation) {
        if (command instanceof Command.Create create) {
            return Uni.createFrom()
                    .emitter(emitter -> directory.execute(
                            group.namespace(),
                            () -> answer(emitter, () -> create(group, epoch, create.spec(), operation))));
        }
        if (command instanceof Command.Delete) {
            return Uni.createFrom().emitter(emitter -> delete(group, epoch, operation, emitter));
        }
        return new Change(group, epoch, command, operation);
    }

    /**
     * A change inside a group, made each time this is subscribed to. The path of every message, so without operators.
     */
    private final class Change extends AbstractUni<Appended> {
        private final GroupId id;
        private final @Nullable String epoch;
        private final Command command;
        private final OperationId operation;

        Change(GroupId id, @Nullable String epoch, Command command, OperationId operation) {
            this.id = id;
            this.epoch = epoch;
            this.command = command;
            this.operation = operation;
        }

        @Override
        public void subscribe(UniSubscriber<? super Appended> answer) {
            answer.onSubscribe(EmptyUniSubscription.DONE);
            MemoryGroup group = directory.find(id);
            if (group == null) {
                answer.onFailure(missing());
            } else {
                group.execute(() -> make(group, answer));
            }
        }

        private void make(MemoryGroup group, UniSubscriber<? super Appended> answer) {
            Appended made;
            try {
                fence.check(operation);
                Instant now = clock.instant();
                evictions.requireNone(id, command, now);
                made = group.append(epoch, command, operation, now);
            } catch (RuntimeException | Error failure) {
                answer.onFailure(failure);
                return;
            }
            answer.onItem(made);
        }

        private GroupException missing() {
            try {
                fence.check(operation);
                return GroupException.groupNotFound(id);
            } catch (GroupException fenced) {
                return fenced;
            }
        }
    }

    @Override
    public Uni<Tail> open(GroupId group, GroupReader reader) {
        return Reading.<GroupReader>tail(emitter -> {
            MemoryGroup present = find(group);
            Runnable open = () -> present.execute(() -> Reading.handOver(emitter, () -> present.open(reader)));
            if (present.info().memberCount() > MEMBERS_AT_ONCE) {
                aside.execute(open);
            } else {
                open.run();
            }
        });
    }

    @Override
    public Uni<Position> end(GroupId group) {
        return Uni.createFrom().emitter(emitter -> {
            MemoryGroup present = find(group);
            present.execute(() -> answer(emitter, present::whereItEnds));
        });
    }

    @Override
    public Uni<Slice> read(GroupId group, @Nullable Position after, int limit) {
        return Uni.createFrom().emitter(emitter -> {
            MemoryGroup present = find(group);
            present.execute(() -> answer(emitter, () -> present.read(after, limit, clock.instant())));
        });
    }

    @Override
    public Uni<Slice> readBack(GroupId group, @Nullable Position before, int limit) {
        return Uni.createFrom().emitter(emitter -> {
            MemoryGroup present = find(group);
            present.execute(() -> answer(emitter, () -> present.readBack(before, limit, clock.instant())));
        });
    }

    @Override
    public Uni<Optional<FirstAnswer>> firstAnswer(GroupId group, String idempotencyKey, long offset) {
        return Uni.createFrom().emitter(emitter -> {
            MemoryGroup present = find(group);
            present.execute(() -> answer(emitter, () -> present.firstAnswer(idempotencyKey, offset)));
        });
    }

    @Override
    public Uni<GroupPage> groups(GroupQuery query) {
        return Uni.createFrom().emitter(emitter -> aside.execute(() -> answer(emitter, () -> directory.list(query))));
    }

    @Override
    public Uni<Tail> follow(Namespace namespace, NamespaceReader reader) {
        return Reading.<NamespaceReader>tail(emitter -> directory.execute(
                namespace, () -> Reading.handOver(emitter, () -> directory.follow(namespace, reader))));
    }

    @Override
    public Duration age(GroupId group, Instant at) {
        Duration since = Duration.between(at, clock.instant());
        return since.isNegative() ? Duration.ZERO : since;
    }

    @Override
    public Uni<List<GroupId>> heldBy(String session) {
        return Uni.createFrom().item(() -> held.of(session));
    }

    @Override
    public Uni<Claim> claim(String session, OperationId operation) {
        return Uni.createFrom().item(() -> {
            fence.check(operation);
            return claims.next(session, clock.instant());
        });
    }

    @Override
    public Uni<Claim> claimAgain(Owner.Session session, OperationId operation) {
        return Uni.createFrom().item(() -> {
            fence.check(operation);
            return claims.again(session.id(), session.claim(), clock.instant());
        });
    }

    @Override
    public Uni<Boolean> end(Owner.Session session, OperationId operation) {
        return Uni.createFrom().item(() -> {
            fence.check(operation);
            return claims.end(session.id(), session.claim(), clock.instant());
        });
    }

    @Override
    public Uni<Void> evict(String tenant, ActorId actor, @Nullable Duration ban) {
        return Uni.createFrom().voidItem().invoke(() -> evictions.evict(tenant, actor, ban, clock.instant()));
    }

    @Override
    public Uni<Notes> notesAfter(long number) {
        return Uni.createFrom().item(() -> evictions.after(number, clock.instant()));
    }

    @Override
    public Uni<Expired> expire(OperationId operation) {
        return Uni.createFrom().emitter(emitter -> {
            fence.check(operation);
            Instant now = clock.instant();
            claims.forgetExpired(now);
            evictions.sweep(now);
            new ExpiryPass(operation, now, steps, directory).run(expiries.takeDue(now), emitter::complete);
        });
    }

    @Override
    public Uni<NodeLease> acquire(NodeId node) {
        return Uni.createFrom().item(() -> fence.take(node, clock.millis()));
    }

    @Override
    public Uni<List<Known>> known(int most) {
        return Uni.createFrom().item(() -> fence.held()
                .limit(most)
                .map(lease -> new Known(lease, null))
                .toList());
    }

    /** A lease of this process lasts as long as the process. */
    @Override
    public Uni<Void> renew(NodeLease lease) {
        return Uni.createFrom().voidItem().invoke(() -> fence.check(last(lease)));
    }

    @Override
    public Uni<NodeLease> reacquire(NodeLease lapsed) {
        return renew(lapsed).chain(() -> acquire(lapsed.node()));
    }

    /** What its sessions hold ends with the process. */
    @Override
    public Uni<Void> release(NodeLease lease, Duration grace) {
        return renew(lease).invoke(() -> fence.giveBack(lease));
    }

    private static OperationId last(NodeLease lease) {
        return new OperationId(lease.node(), lease.incarnation(), 0);
    }

    private Appended create(GroupId id, @Nullable String epoch, GroupSpec spec, OperationId operation) {
        fence.check(operation);
        directory.requireNone(id, epoch);
        room.require();
        Instant now = clock.instant();
        GroupInfo info = new GroupInfo(id, spec, epochs.get(), now, 0);
        MemoryGroup made = new MemoryGroup(info, limits, expiries, held, room, members);
        directory.add(made);
        room.add(Room.of(spec));
        made.begin();
        return new Appended(new Position(info.epoch(), 1), now, null, false);
    }

    private void delete(
            GroupId id, @Nullable String epoch, OperationId operation, UniEmitter<? super Appended> emitter) {
        MemoryGroup group = directory.find(id);
        if (group == null) {
            fence.check(operation);
            emitter.complete(nothingDeleted());
        } else {
            group.execute(() -> delete(group, epoch, operation, emitter));
        }
    }

    /** In the group's queue. The answer comes when the group is gone from the directory too. */
    private void delete(
            MemoryGroup group, @Nullable String epoch, OperationId operation, UniEmitter<? super Appended> emitter) {
        Appended deleted;
        try {
            fence.check(operation);
            deleted = group.delete(epoch, operation, clock.instant());
        } catch (RuntimeException | Error failure) {
            emitter.fail(failure);
            return;
        }
        directory.execute(
                group.id().namespace(),
                () -> answer(emitter, () -> {
                    directory.remove(group);
                    return deleted == null ? nothingDeleted() : deleted;
                }));
    }

    private Appended nothingDeleted() {
        return new Appended(new Position("", 0), clock.instant(), null, false);
    }

    private MemoryGroup find(GroupId id) {
        MemoryGroup group = directory.find(id);
        if (group == null) {
            throw GroupException.groupNotFound(id);
        }
        return group;
    }

    private static <T> void answer(UniEmitter<? super T> emitter, Supplier<T> work) {
        T result;
        try {
            result = work.get();
        } catch (RuntimeException | Error failure) {
            emitter.fail(failure);
            return;
        }
        emitter.complete(result);
    }
}
