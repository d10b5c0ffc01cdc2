package io.plexspaces.processgroups.core;

import io.plexspaces.processgroups.core.delivery.Connection;
import io.plexspaces.processgroups.core.delivery.Event;
import io.plexspaces.processgroups.core.delivery.Frame;
import io.plexspaces.processgroups.core.delivery.Source;
import io.plexspaces.processgroups.core.delivery.Subscriber;
import io.plexspaces.processgroups.domain.ActorId;
import io.plexspaces.processgroups.domain.Dispatch;
import io.plexspaces.processgroups.domain.Entry;
import io.plexspaces.processgroups.domain.ErrorCode;
import io.plexspaces.processgroups.domain.GroupException;
import io.plexspaces.processgroups.domain.GroupId;
import io.plexspaces.processgroups.domain.GroupInfo;
import io.plexspaces.processgroups.domain.LeaveReason;
import io.plexspaces.processgroups.domain.Membership;
import io.plexspaces.processgroups.domain.OperationId;
import io.plexspaces.processgroups.domain.OverflowPolicy;
import io.plexspaces.processgroups.domain.Owner;
import io.plexspaces.processgroups.domain.Position;
import io.plexspaces.processgroups.log.GroupReader;
import io.plexspaces.processgroups.log.SerialQueue;
import io.plexspaces.processgroups.log.Snapshot;
import io.smallrye.mutiny.Uni;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * This node's live reading of one life of one group: who is a member, who of them is connected here, and who wants what.
 * Everything that changes happens in one serial queue, in the order of the log; so a delivery, an answer and a watch that
 * speak of the same offset agree. Members may be read by any thread.
 */
final class GroupReplica implements GroupReader {
    private final GroupId group;
    private final Settings settings;
    private final CatchUp catchUp;
    private final SerialQueue serial = new SerialQueue();
    private final Members members;
    private final Watches watches = new Watches();
    private final PublishAnswers answers;
    private final Map<OperationId, Subscription> joining = new ConcurrentHashMap<>(4);
    private final Map<OperationId, Session> arriving = new ConcurrentHashMap<>(2);
    private final Usage usage = new Usage();

    private final Waiters waiters = new Waiters();

    private volatile @Nullable GroupInfo info;
    private volatile long offset;

    /** @param publishing publishes of this node that wait for their entries, of any group */
    GroupReplica(GroupId group, Settings settings, CatchUp catchUp, Map<OperationId, Publishing> publishing) {
        this.group = group;
        this.settings = settings;
        this.catchUp = catchUp;
        this.members = new Members(settings.node());
        this.answers = new PublishAnswers(publishing, settings.recipientIds());
    }

    GroupId group() {
        return group;
    }

    /** What was said at its creation; there once the replica is open. */
    GroupInfo info() {
        return Objects.requireNonNull(info, "not open yet");
    }

    String epoch() {
        return info().epoch();
    }

    Members members() {
        return members;
    }

    Usage usage() {
        return usage;
    }

    Position position() {
        return new Position(epoch(), offset);
    }

    // ---- what the log tells

    @Override
    public void snapshot(Snapshot snapshot) {
        serial.execute(() -> {
            info = snapshot.info();
            offset = snapshot.position().offset();
            for (Membership membership : snapshot.members()) {
                members.put(membership);
            }
        });
    }

    @Override
    public void entry(Entry entry) {
        serial.execute(() -> {
            offset = entry.offset();
            if (entry instanceof Entry.Published published) {
                published(published);
            } else if (entry instanceof Entry.Joined joined) {
                joined(joined);
            } else if (entry instanceof Entry.Left left) {
                left(left);
            } else {
                deleted();
            }
            waiters.release(offset);
        });
    }

    private void published(Entry.Published entry) {
        Frame frame = Frame.of(new Event.Delivered(group, entry));
        int weight = entry.message().weight();
        ActorId except = entry.excludeSender() ? entry.message().sender() : null;
        if (entry.dispatch() instanceof Dispatch.To to) {
            Member member = members.get(to.actor());
            if (member != null) {
                send(member, frame);
            }
        } else if (entry.dispatch() instanceof Dispatch.All || Recipients.isHere(entry.dispatch(), settings.node())) {
            List<Interest> wanting = members.wanting(entry.topic());
            for (int i = 0; i < wanting.size(); i++) {
                wanting.get(i).audience().deliver(frame, weight, except);
            }
        }
        answers.answer(entry, position(), members);
    }

    private void joined(Entry.Joined entry) {
        Membership membership = entry.membership();
        Member member = members.put(membership);
        if (entry.first()) {
            watches.tell(new Event.Joined(group, offset, membership));
        } else if (entry.filterChanged()) {
            watches.tell(new Event.FilterChanged(group, offset, membership));
        }
        if (!entry.first() && entry.by() instanceof Owner.Session owner) {
            movedTo(owner, member, arriving.remove(entry.operation()));
        }
        Subscription subscription = joining.remove(entry.operation());
        if (subscription != null && member.seatOf(subscription.session()) == null) {
            usage.enter();
            Seat seat = new Seat(subscription.session(), subscription.connection());
            members.seat(member, seat);
            seat.session().seated(group, seat);
            receive(member, seat, subscription);
        }
    }

    /**
     * A session's joins belong to {@code owner} now: whoever served it here before does so no more.
     *
     * @param arrived the session that asked for it on this node, if any did
     */
    private void movedTo(Owner.Session owner, Member member, @Nullable Session arrived) {
        for (Seat seat : List.copyOf(member.seats())) {
            Session seated = seat.session();
            boolean same = arrived == null ? seated.owner().equals(owner) : seated == arrived;
            if (seated.owner().id().equals(owner.id()) && !same) {
                silence(member, seat);
                members.unseat(member, seat);
                usage.exit();
                seated.moved(group, seat);
            }
        }
        if (arrived != null && member.seatOf(arrived) == null) {
            usage.enter();
            Seat seat = new Seat(arrived, null);
            members.seat(member, seat);
            arrived.seated(group, seat);
        }
    }

    private void left(Entry.Left entry) {
        Member member = members.get(entry.actor());
        if (member == null) {
            return;
        }
        Membership after = entry.membership();
        // A session here whose node is taken for dead: its client is to come back, like all others soon.
        GroupException cause = entry.reason() == LeaveReason.NODE_DOWN
                ? GroupException.of(ErrorCode.FENCED, "this server has lost its lease")
                : null;
        for (Seat seat : List.copyOf(member.seats())) {
            if (after == null || !after.heldBy(seat.session().owner())) {
                endSeat(member, seat, new Event.Left(group, offset, entry.actor(), entry.reason()), cause);
            }
        }
        if (after == null) {
            members.remove(member);
            watches.tell(new Event.Left(group, offset, entry.actor(), entry.reason()));
        } else {
            members.put(after);
        }
    }

    private void deleted() {
        GroupException gone = GroupException.of(ErrorCode.GROUP_DELETED, "group " + group.name() + " was deleted");
        Event.GroupDeleted event = new Event.GroupDeleted(group, position());
        List<Membership> last = members.snapshot();
        for (Member member : members.withSeats()) {
            for (Seat seat : List.copyOf(member.seats())) {
                endSeat(member, seat, event, gone);
            }
        }
        for (int i = watches.end(event, last, gone); i > 0; i--) {
            usage.exit();
        }
        usage.close();
        answers.failAll(this, stale(group));
        joining.clear();
        arriving.clear();
        waiters.release(Long.MAX_VALUE);
    }

    // ---- what this node does

    /** To be called before the append of {@code operation}; {@code publishing} is answered when its entry is here. */
    void expectPublished(OperationId operation, Publishing publishing) {
        answers.expect(operation, publishing);
    }

    /** To be called before the append of a join: its session receives from the offset of that entry on. */
    void expectJoined(OperationId operation, Subscription subscription) {
        joining.put(operation, subscription);
    }

    /** To be called before the append of a takeover: its session has a seat from that entry on. */
    void expectArrived(OperationId operation, Session session) {
        arriving.put(operation, session);
    }

    /** The append failed, or did nothing: no entry will come. */
    void forget(OperationId operation) {
        answers.forget(operation);
        joining.remove(operation);
        arriving.remove(operation);
    }

    /** The answer that the message at {@code first} got; with what it asked for now. */
    Uni<Groups.PublishResult> firstAnswer(Position first, Groups.Recipients wanted) {
        return inOrder(() -> answers.firstAnswer(first, wanted));
    }

    /** Who is to get a message for one member; it says Nobody when no member accepts it. */
    Uni<Dispatch> chooseOne(Groups.PublishRequest request) {
        return inOrder(() -> members.chooseOne(request));
    }

    /** Lets a session that holds a join here receive again; NOT_A_MEMBER when it does not. */
    Uni<Groups.JoinResult> resume(Subscription subscription) {
        return inOrder(() -> {
            ActorId actor = subscription.session().actor();
            Member member = members.get(actor);
            Seat seat = member == null ? null : member.seatOf(subscription.session());
            if (member == null || seat == null) {
                throw GroupException.notAMember(group, actor);
            }
            Subscription before = seat.subscription();
            if (before != null && before.connection() == subscription.connection()) {
                throw GroupException.of(ErrorCode.FAILED_PRECONDITION, "the session receives this group already");
            }
            silence(member, seat);
            seat.connection(subscription.connection());
            receive(member, seat, subscription);
            return new Groups.JoinResult(position(), member.membership().joinCount(), "");
        });
    }

    /** A connection of a session is gone; its join stays. */
    void disconnect(Session session, Connection connection) {
        serial.execute(() -> {
            Member member = members.get(session.actor());
            Seat seat = member == null ? null : member.seatOf(session);
            Subscription subscription = seat == null ? null : seat.subscription();
            if (member != null && seat != null && subscription != null && subscription.connection() == connection) {
                silence(member, seat);
            }
        });
    }

    /**
     * Tells a watch the members, then every change.
     *
     * @param created begin with the group's creation
     * @param onEnd called when the group is gone, after its last event
     */
    Uni<Void> watch(Subscriber subscriber, boolean created, Consumer<GroupException> onEnd) {
        return inOrder(() -> {
                    if (!usage.enter()) {
                        throw stale(group);
                    }
                    GroupInfo announced = created ? info() : null;
                    watches.add(subscriber, Snapshots.welcome(announced, group, position(), members.snapshot()), onEnd);
                    return subscriber;
                })
                .replaceWithVoid();
    }

    void unwatch(Subscriber subscriber) {
        serial.execute(() -> {
            if (watches.remove(subscriber)) {
                usage.exit();
            }
        });
    }

    /** Completes when the entry at {@code position} has been read, or the group is gone. */
    Uni<Void> reached(Position position) {
        return Uni.createFrom()
                .emitter(emitter -> serial.execute(() -> {
                    if (offset >= position.offset() || usage.isClosed() || !epoch().equals(position.epoch())) {
                        emitter.complete(null);
                    } else {
                        waiters.add(position.offset(), () -> emitter.complete(null));
                    }
                }));
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

    // ---- in the serial queue

    private void receive(Member member, Seat seat, Subscription subscription) {
        Subscriber subscriber = subscription.subscriber();
        if (subscription.connection().isClosed()) {
            return;
        }
        OverflowPolicy chosen = subscription.policy() != null
                ? subscription.policy()
                : info().spec().overflow();
        subscriber.policy(chosen == null ? settings.overflow() : chosen);
        members.change(member, () -> seat.subscription(subscription));
        List<Membership> shown = subscription.snapshot() ? members.snapshot() : null;
        Source first = catchUp.first(subscription, position(), member.membership(), shown);
        member.interest().audience().add(subscriber, first);
    }

    private void silence(Member member, Seat seat) {
        Subscription subscription = seat.subscription();
        if (subscription != null) {
            member.interest().audience().remove(subscription.subscriber());
            members.change(member, () -> seat.subscription(null));
        }
    }

    private void endSeat(Member member, Seat seat, Event last, @Nullable GroupException cause) {
        Subscription subscription = seat.subscription();
        if (subscription != null) {
            member.interest().audience().send(subscription.subscriber(), Frame.of(last));
            silence(member, seat);
        }
        members.unseat(member, seat);
        usage.exit();
        seat.session().ended(group, seat, subscription, cause);
    }

    private static void send(Member member, Frame frame) {
        for (Seat seat : member.seats()) {
            Subscription subscription = seat.subscription();
            if (subscription != null) {
                member.interest().audience().send(subscription.subscriber(), frame);
            }
        }
    }

    /** This life of the group is over: whoever asked asks the next one. */
    static GroupException stale(GroupId group) {
        return GroupException.of(ErrorCode.EPOCH_CHANGED, "group " + group.name() + " was deleted meanwhile");
    }

    /** Runs between two entries. */
    private <T> Uni<T> inOrder(Step<T> step) {
        return Uni.createFrom()
                .emitter(emitter -> serial.execute(() -> {
                    try {
                        emitter.complete(step.take());
                    } catch (GroupException failure) {
                        emitter.fail(failure);
                    }
                }));
    }

    private interface Step<T> {
        T take();
    }
}
