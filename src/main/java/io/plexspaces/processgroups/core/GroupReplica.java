package io.plexspaces.processgroups.core;

import io.plexspaces.processgroups.core.delivery.Connection;
import io.plexspaces.processgroups.core.delivery.DeliveryTracer;
import io.plexspaces.processgroups.core.delivery.Subscriber;
import io.plexspaces.processgroups.domain.Entry;
import io.plexspaces.processgroups.domain.ErrorCode;
import io.plexspaces.processgroups.domain.GroupException;
import io.plexspaces.processgroups.domain.GroupId;
import io.plexspaces.processgroups.domain.GroupInfo;
import io.plexspaces.processgroups.domain.LeaveReason;
import io.plexspaces.processgroups.domain.Membership;
import io.plexspaces.processgroups.domain.OperationId;
import io.plexspaces.processgroups.domain.Position;
import io.plexspaces.processgroups.domain.TopicFilter;
import io.plexspaces.processgroups.log.Appended;
import io.plexspaces.processgroups.log.Command;
import io.plexspaces.processgroups.log.GroupReader;
import io.plexspaces.processgroups.log.SerialQueue;
import io.plexspaces.processgroups.log.Snapshot;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.subscription.UniEmitter;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/**
 * This node's live reading of one group: who is a member, who of them is connected here, and who wants what. Everything that
 * changes happens in one serial queue, in the order of the log; so a delivery, an answer and a watch that speak of the same
 * offset agree. Members may be read by any thread.
 *
 * <p>{@link LogFollower} is what the log does to it; here is what this node does with it. It ends with the group, but outlives a
 * life that the store has lost.
 */
final class GroupReplica implements GroupReader {
    private final GroupId group;
    private final SerialQueue serial = new SerialQueue();
    private final AppliedPosition applied = new AppliedPosition();
    private final ReplicaUse use = new ReplicaUse();
    private final Members members;
    private final Repeats repeats;
    private final PendingPublishes answers;
    private final PublishRetries retries;
    private final JoinRepairer repairer;
    private final Reaching reaching;
    private final LogFollower follower;
    private final Consumer<GroupException> onLost;

    /** Of {@link ReachNotes}: it is waiting or at work there. */
    final AtomicBoolean noting = new AtomicBoolean();

    /**
     * @param tracer told of each message that is read
     * @param publishing publishes of this node that wait for their entries, of any group
     * @param onLost called in the serial queue when what is read here is not to be relied on before the log is opened again
     */
    GroupReplica(
            GroupId group,
            Settings settings,
            DeliveryTracer tracer,
            CatchUp catchUp,
            Map<OperationId, PendingPublish> publishing,
            Repeats repeats,
            JoinRepairer repairer,
            ReachNotes notes,
            Consumer<GroupException> onLost) {
        this.group = group;
        this.onLost = onLost;
        this.members = new Members(settings.node());
        this.repeats = repeats;
        this.answers = new PendingPublishes(
                publishing,
                settings.node(),
                settings.recipientIds(),
                (entry, answer) -> repeats.keep(group, entry.message().idempotencyKey(), answer));
        this.retries = new PublishRetries(this, applied, answers);
        this.repairer = repairer;
        this.reaching = new Reaching(this, members, notes);
        Seats seats = new Seats(group, applied, members, use, settings, catchUp, reaching);
        JoinRepairs repairs = new JoinRepairs(this, settings.node(), applied, members, seats, repairer);
        this.follower =
                new LogFollower(this, settings.node(), tracer, applied, members, seats, answers, repairs, retries);
    }

    GroupId group() {
        return group;
    }

    /** What was said at its creation; there once the replica is open. */
    GroupInfo info() {
        return applied.info();
    }

    String epoch() {
        return applied.epoch();
    }

    Members members() {
        return members;
    }

    ReplicaUse use() {
        return use;
    }

    Position position() {
        return applied.position();
    }

    /** How often the log has gone on elsewhere than it stood. */
    int jumps() {
        return applied.jumps();
    }

    @Override
    public void snapshot(Snapshot snapshot) {
        serial.execute(() -> follower.snapshot(snapshot));
    }

    @Override
    public void goesOn(GroupInfo renamed) {
        serial.execute(() -> follower.goesOn(renamed));
    }

    @Override
    public void entry(Entry entry) {
        serial.execute(() -> follower.entry(entry));
    }

    @Override
    public void failed(GroupException cause) {
        serial.execute(() -> follower.lose(cause));
    }

    void lose(GroupException cause) {
        onLost.accept(cause);
    }

    /** Whether the log was read at some time. */
    boolean isOpen() {
        return applied.isOpen();
    }

    /** Runs {@code task} after everything the log has told so far. */
    void afterwards(Runnable task) {
        serial.execute(task);
    }

    /** The log was to be opened again, and is not there any more. */
    void gone() {
        serial.execute(() -> {
            if (!use.isClosed()) {
                follower.deleted();
            }
        });
    }

    /** To be called before the append of {@code operation}; {@code publishing} is answered when its entry is here. */
    void expectPublished(OperationId operation, PendingPublish publishing) {
        answers.expect(operation, publishing);
    }

    /** The entry of {@code operation} may be one that was jumped over, and others may have waited to know. */
    void passed(OperationId operation) {
        serial.execute(() -> {
            answers.answerPassed(operation, applied);
            retries.proceed();
        });
    }

    /** No entry of a publish will come, or nobody waits for it. */
    void forgetPublished(OperationId operation) {
        answers.forget(operation);
    }

    /** The same; false: it was forgotten, or answered, before. */
    boolean forgetPublished(OperationId operation, PendingPublish publishing) {
        return answers.take(operation, publishing);
    }

    /** The log is in another life than the one that {@code publishing} began in: it begins again when it is its turn. */
    void refused(OperationId operation, PendingPublish publishing) {
        retries.refused(publishing);
        answers.forget(operation);
        proceed();
    }

    /** False: nobody has to go first. */
    boolean addToTurns(PendingPublish publishing) {
        boolean added = retries.add(publishing);
        if (added) {
            proceed();
        }
        return added;
    }

    /** Publishes that wait for their turn go on after what is under way, if nothing holds them up any more. */
    void proceed() {
        serial.execute(retries::proceed);
    }

    /** To be called before the append of a join: its session receives from the offset of that entry on. */
    void expectJoined(OperationId operation, Subscription subscription, TopicFilter filter) {
        follower.joins().expect(operation, subscription, filter);
    }

    /** To be called before the append of a takeover: its session has a seat from that entry on. */
    void expectArrived(OperationId operation, LocalSession session) {
        follower.takeovers().expect(operation, session);
    }

    /**
     * The append of a takeover was accepted: completes when its session has its seat, if the log has not lost it since.
     * EPOCH_CHANGED when the group is gone, STORE_UNAVAILABLE when the log says nothing for too long.
     */
    Uni<Void> arrived(OperationId operation, Position position) {
        return reached(position)
                .chain(() -> inOrder(() -> {
                    if (use.isClosed()) {
                        throw stale(group);
                    }
                    if (!applied.isPast(position)) {
                        follower.takeovers().doubt(operation);
                        throw away("its log is not read");
                    }
                    follower.takeovers().passed(operation);
                    return operation;
                }))
                .replaceWithVoid();
    }

    /** The append of a join or takeover failed, but it may have been made, or still be. */
    void doubt(OperationId operation) {
        serial.execute(() -> {
            follower.takeovers().doubt(operation);
            PendingJoin joining = follower.joins().forget(operation);
            if (joining != null) {
                follower.failed(joining);
            }
        });
    }

    /** The append failed, or did nothing: no entry will come. */
    void forget(OperationId operation) {
        answers.forget(operation);
        follower.takeovers().forget(operation);
        follower.joins().forget(operation);
    }

    /**
     * The append of a join was accepted: completes as {@link #reached}, and sees that the session has its seat. EPOCH_CHANGED
     * when the group is gone.
     */
    Uni<Void> joined(OperationId operation, Position position) {
        if (!follower.joins().accepted(operation, position)) {
            return reached(position);
        }
        return reached(position)
                .chain(() -> inOrder(() -> {
                    follower.joins().answered(operation, use.isClosed());
                    return operation;
                }))
                .replaceWithVoid();
    }

    /** The leave of a session was accepted: it is not undone when that life of the log is lost. */
    Uni<Void> left(LocalSession session, Appended done) {
        return done.position().epoch().equals(epoch())
                ? Uni.createFrom().voidItem()
                : inOrder(() -> {
                            follower.repairs().less(session, joins(done, session));
                            return session;
                        })
                        .replaceWithVoid();
    }

    private static int joins(Appended done, LocalSession session) {
        Membership membership = done.membership();
        return membership == null
                ? 0
                : membership.holdings().stream()
                        .filter(held -> held.owner().equals(session.owner()))
                        .mapToInt(Membership.Holding::joins)
                        .sum();
    }

    /** A session has ended, but the store could not be told: its joins here are taken away as soon as it can. */
    void abandoned(LocalSession session) {
        serial.execute(() -> follower.repairs().over(session));
    }

    /** The answer that the message at {@code first} got, whichever node published it; with what {@code repeat} asks for. */
    Uni<Groups.PublishResult> firstAnswer(Position first, PendingPublish repeat) {
        return inOrder(() -> Optional.ofNullable(answers.known(first)))
                .chain(known -> known.filter(IdempotentAnswers.Known::own)
                        .map(own -> Uni.createFrom().item(own.answer()))
                        .orElseGet(() -> kept(first, repeat, known)))
                .map(answer -> Repeats.repeated(answer, repeat.wanted()));
    }

    private Uni<Groups.PublishResult> kept(
            Position first, PendingPublish repeat, Optional<IdempotentAnswers.Known> known) {
        return repeats.find(group, repeat.idempotencyKey(), first)
                .chain(found -> found.map(answer -> Uni.createFrom().item(answer))
                        .orElseGet(() -> ownView(first, repeat, known)));
    }

    /** The node that published it has died before its answer was kept: what this one has read, or finds now, is the first answer. */
    private Uni<Groups.PublishResult> ownView(
            Position first, PendingPublish repeat, Optional<IdempotentAnswers.Known> known) {
        String key = repeat.idempotencyKey();
        return known.map(read -> repeats.keepFirst(group, key, read.answer()))
                .orElseGet(() -> repeats.retained(group, first)
                        .chain(entry -> entry.isEmpty() && repeat.isToOne()
                                ? Uni.createFrom().item(PendingPublish.unread(first, true, true))
                                : guess(first, entry.orElseGet(() -> repeat.asPublishedAt(first)), key)));
    }

    private Uni<Groups.PublishResult> guess(Position first, Entry.Published entry, String key) {
        return inOrder(() -> answers.guess(first, entry, members))
                .chain(answer -> repeats.keepFirst(group, key, answer));
    }

    /** Gives a publish to the log between two entries, behind those that were given here before. */
    void queue(Runnable publish) {
        use.queue();
        serial.execute(() -> {
            try {
                publish.run();
            } finally {
                use.unqueue();
            }
        });
    }

    /** Lets a session that holds a join here receive again; NOT_A_MEMBER when it does not. */
    Uni<Groups.JoinResult> resume(Subscription subscription) {
        return inOrder(() -> follower.resume(subscription));
    }

    /** Has it noted whether a session of this node receives, if the log does not say so. */
    void look(LocalSession session) {
        serial.execute(() -> {
            Member member = members.get(session.actor());
            Seat seat = member == null ? null : member.seatOf(session);
            if (seat != null) {
                reaching.look(seat);
            }
        });
    }

    /** What is to be noted next of sessions here. */
    Uni<Optional<Command.Reach>> nextNote() {
        return inOrder(() -> Optional.ofNullable(reaching.next()));
    }

    /** Any thread: whether there is something to be noted. */
    boolean hasNotes() {
        return !reaching.isEmpty();
    }

    /** A connection of a session is gone; its join stays. */
    void disconnect(LocalSession session, Connection connection) {
        serial.execute(() -> follower.disconnect(session, connection));
    }

    /**
     * Tells a watch the members, then every change.
     *
     * @param created begin with the group's creation
     * @param onEnd called when the group is gone, after its last event
     */
    Uni<Void> watch(Subscriber subscriber, boolean created, Consumer<GroupException> onEnd) {
        return inOrder(() -> {
                    if (!use.enter()) {
                        throw stale(group);
                    }
                    GroupInfo announced = created ? info() : null;
                    follower.watches()
                            .add(
                                    subscriber,
                                    MemberEvents.welcome(announced, group, position(), members.snapshot()),
                                    onEnd);
                    return subscriber;
                })
                .replaceWithVoid();
    }

    void unwatch(Subscriber subscriber) {
        serial.execute(() -> {
            if (follower.watches().remove(subscriber)) {
                use.exit();
            }
        });
    }

    /**
     * Completes when the entry at {@code position} has been read, or will not be: the group is gone, the log went on
     * elsewhere, or the store says nothing for too long.
     */
    Uni<Void> reached(Position position) {
        return serially(emitter -> {
            if (use.isClosed() || applied.isPast(position)) {
                emitter.complete(null);
            } else {
                follower.waiters().add(position.offset(), () -> emitter.complete(null));
            }
        });
    }

    /**
     * The same for what was written after {@code jumps} were counted: it may be of an epoch that is still to be read here.
     */
    Uni<Void> reached(Position written, int jumps) {
        return written.epoch().equals(epoch())
                ? reached(written)
                : moved(jumps).onFailure().recoverWithNull().chain(() -> reached(written));
    }

    /**
     * Completes when everything up to {@code end} has been read. EPOCH_CHANGED when that is in another life; STORE_UNAVAILABLE
     * when the log says nothing for too long.
     */
    Uni<Void> upTo(Position end) {
        return reached(end)
                .chain(() -> inOrder(() -> {
                    if (use.isClosed() || !end.epoch().equals(applied.epoch())) {
                        throw stale(group);
                    }
                    if (!applied.isPast(end)) {
                        throw away("its log is not read");
                    }
                    return end;
                }))
                .replaceWithVoid();
    }

    /**
     * Completes when the log has gone on elsewhere since {@code jumps} were counted, or the group is gone. STORE_UNAVAILABLE
     * when neither happens before long.
     */
    Uni<Void> moved(int jumps) {
        return serially(emitter -> {
            if (use.isClosed() || applied.jumps() != jumps) {
                emitter.complete(null);
            } else {
                follower.waiters()
                        .addForJump(() -> emitter.complete(null), () -> emitter.fail(away("its log is not read")));
            }
        });
    }

    /** Completes when the store has the joins of a session as they were; fails as a write does. */
    Uni<Void> restored(JoinRepair repair) {
        return repairer.restored(repair);
    }

    Uni<JoinRepairs.Missing> missing(JoinRepair repair) {
        return inOrder(() -> follower.repairs().missing(repair));
    }

    /** The store refuses the joins for good. */
    void giveUp(JoinRepair repair, LeaveReason reason, GroupException cause) {
        serial.execute(() -> follower.repairs().giveUp(repair, reason, cause));
    }

    /** What can be asked again later. */
    GroupException away(String why) {
        return GroupException.of(
                ErrorCode.STORE_UNAVAILABLE,
                "group " + group.name() + " is not ready, as " + why + "; try again later");
    }

    /** A lease renewal seen by this node. */
    void renewed(Membership membership) {
        serial.execute(() -> {
            Member member = members.get(membership.actor());
            if (member != null && member.membership().joinedOffset() == membership.joinedOffset()) {
                members.heartbeat(member, membership.lastHeartbeat());
            }
        });
    }

    /** To be called regularly: nothing waits forever, and what could not be made again is tried once more. */
    void tick() {
        if (follower.waiters().isUsed()
                || use.isHeld()
                || !follower.repairs().isEmpty()
                || follower.takeovers().hasDoubts()
                || !reaching.isSettled()) {
            serial.execute(() -> {
                follower.takeovers().tick();
                follower.waiters().tick();
                retries.tick();
                follower.repairs().again();
                reaching.again();
            });
        }
    }

    /** This life of the group is over: whoever asked asks the next one. */
    static GroupException stale(GroupId group) {
        return GroupException.of(ErrorCode.EPOCH_CHANGED, "group " + group.name() + " was deleted meanwhile");
    }

    /** Runs between two entries. */
    private <T> Uni<T> inOrder(Step<T> step) {
        return serially(emitter -> emitter.complete(step.take()));
    }

    /** Runs between two entries. What it throws is its caller's answer: the queue would keep that for itself. */
    private <T> Uni<T> serially(Consumer<UniEmitter<? super T>> step) {
        return Uni.createFrom()
                .emitter(emitter -> serial.execute(() -> {
                    try {
                        step.accept(emitter);
                    } catch (RuntimeException | Error failure) {
                        emitter.fail(failure);
                    }
                }));
    }

    private interface Step<T> {
        T take();
    }
}
