package io.plexspaces.processgroups.core.joins;

import io.plexspaces.processgroups.core.LocalSession;
import io.plexspaces.processgroups.core.Presence;
import io.plexspaces.processgroups.core.Seat;
import io.plexspaces.processgroups.core.Settings;
import io.plexspaces.processgroups.core.Subscription;
import io.plexspaces.processgroups.core.delivery.Connection;
import io.plexspaces.processgroups.core.delivery.DeliveryTracer;
import io.plexspaces.processgroups.core.delivery.Event;
import io.plexspaces.processgroups.core.delivery.Frame;
import io.plexspaces.processgroups.core.delivery.Source;
import io.plexspaces.processgroups.core.delivery.Subscriber;
import io.plexspaces.processgroups.core.members.Member;
import io.plexspaces.processgroups.core.members.Members;
import io.plexspaces.processgroups.core.replica.AppliedPosition;
import io.plexspaces.processgroups.core.replica.ReplicaUse;
import io.plexspaces.processgroups.domain.ActorId;
import io.plexspaces.processgroups.domain.Entry;
import io.plexspaces.processgroups.domain.ErrorCode;
import io.plexspaces.processgroups.domain.GroupException;
import io.plexspaces.processgroups.domain.GroupId;
import io.plexspaces.processgroups.domain.OverflowPolicy;
import io.plexspaces.processgroups.domain.Position;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The seats of this node's sessions in one group, and what these sessions receive. Part of the group's
 * reading, and as little thread-safe as that.
 */
public final class Seats {
    private final GroupId group;
    private final AppliedPosition applied;
    private final Members members;
    private final ReplicaUse use;
    private final Settings settings;
    private final CatchUp catchUp;
    private final Reaching reaching;
    private final MemberCounts counts;

    public Seats(
            GroupId group,
            AppliedPosition applied,
            Members members,
            ReplicaUse use,
            Settings settings,
            CatchUp catchUp,
            Reaching reaching) {
        this.group = group;
        this.applied = applied;
        this.members = members;
        this.use = use;
        this.settings = settings;
        this.catchUp = catchUp;
        this.reaching = reaching;
        this.counts = new MemberCounts(group, applied, members);
    }

    /** Who is told how many members there are. */
    public MemberCounts counts() {
        return counts;
    }

    /** Whether they receive, as the log should note it. */
    public Reaching reaching() {
        return reaching;
    }

    /** The first join of a session: it receives from here on. */
    void take(Member member, Subscription subscription) {
        Seat seat = make(subscription);
        members.seat(member, seat);
        receive(member, seat, subscription);
    }

    /** A seat that is not among the members yet. */
    Seat make(Subscription subscription) {
        use.enter();
        Seat seat = new Seat(subscription.session(), subscription.connection());
        seat.session().seated(group, seat);
        return seat;
    }

    /** The joins of a session were moved here from another node: it receives nothing before it subscribes. */
    void arrive(Member member, LocalSession session) {
        use.enter();
        Seat seat = new Seat(session, null);
        members.seat(member, seat);
        session.seated(group, seat);
    }

    /** The joins of a session are on another node now. */
    void move(Member member, Seat seat) {
        silence(member, seat);
        members.unseat(member, seat);
        use.exit();
        seat.session().moved(group, seat);
    }

    /** Lets a session that holds a join receive again. */
    public void resume(Member member, Seat seat, Subscription subscription) {
        refuseTwice(seat, subscription);
        silence(member, seat);
        seat.connection(subscription.connection());
        receive(member, seat, subscription);
    }

    /** @throws GroupException FAILED_PRECONDITION, when the seat has this connection already */
    public static void refuseTwice(Seat seat, Subscription subscription) {
        Subscription before = seat.subscription();
        if (before != null && before.connection() == subscription.connection()) {
            throw GroupException.of(ErrorCode.FAILED_PRECONDITION, "the session receives this group already");
        }
    }

    public void disconnect(LocalSession session, Connection connection) {
        Member member = members.get(session.actor());
        Seat seat = member == null ? null : member.seatOf(session);
        Subscription subscription = seat == null ? null : seat.subscription();
        if (member != null && seat != null && subscription != null && subscription.connection() == connection) {
            silence(member, seat);
        }
    }

    private void receive(Member member, Seat seat, Subscription subscription) {
        if (!subscription.connection().isClosed()) {
            receive(
                    member,
                    seat,
                    subscription,
                    catchUp.first(subscription, applied.position(), member.membership(), shown(subscription)));
        }
    }

    /** What of the members a subscription gets first. */
    private Shown shown(Subscription subscription) {
        return new Shown(
                subscription.beginsWithMembers() ? members.snapshot() : null,
                subscription.presence() == Presence.COUNT ? members.count() : Shown.UNCOUNTED);
    }

    private void receive(Member member, Seat seat, Subscription subscription, Source first) {
        Subscriber subscriber = subscription.subscriber();
        OverflowPolicy chosen = subscription.policy() != null
                ? subscription.policy()
                : applied.info().spec().overflow();
        subscriber.policy(chosen == null ? settings.overflow() : chosen);
        members.change(member, () -> seat.subscription(subscription));
        reaching.look(seat);
        members.subscribe(member, subscriber, first);
        counts.add(subscription);
    }

    void silence(Member member, Seat seat) {
        Subscription subscription = seat.subscription();
        if (subscription != null) {
            members.unsubscribe(member, subscription.subscriber());
            counts.remove(subscription);
            members.change(member, () -> seat.subscription(null));
        }
    }

    /** A message of the log in this epoch, to be delivered here. */
    public Frame frame(String epoch, Entry.Published entry, DeliveryTracer.@Nullable Delivering traced) {
        return catchUp.frame(group, epoch, entry, traced);
    }

    public void send(Member member, Frame frame) {
        for (Seat seat : member.seats()) {
            Subscription subscription = seat.subscription();
            if (subscription != null) {
                members.send(member, subscription.subscriber(), frame);
            }
        }
    }

    /** The join of a session has ended. */
    public void end(Member member, Seat seat, Event last, @Nullable GroupException cause) {
        Subscription subscription = seat.subscription();
        if (subscription != null) {
            members.send(member, subscription.subscriber(), Frame.of(last));
            silence(member, seat);
        }
        members.unseat(member, seat);
        use.exit();
        seat.session().ended(group, seat, subscription, cause);
    }

    // ---- resynchronisation

    /** The store has lost the join: the session keeps its seat and its subscription, but is no member for now. */
    void detach(Member member, Seat seat) {
        Subscription subscription = seat.subscription();
        if (subscription != null) {
            members.unsubscribe(member, subscription.subscriber());
            counts.remove(subscription);
        }
        members.unseat(member, seat);
    }

    /** Its join is there again, in a new epoch: the messages before it are missed. */
    void attach(Member member, Seat seat) {
        members.seat(member, seat);
        Subscription subscription = seat.subscription();
        if (subscription == null) {
            return;
        }
        if (subscription.connection().isClosed()) {
            members.change(member, () -> seat.subscription(null));
            reaching.look(seat);
        } else {
            receive(member, seat, subscription, newLife(subscription, shown(subscription)));
        }
    }

    /** Ends a seat that is not among the members. */
    void endDetached(Seat seat, Event last, @Nullable GroupException cause) {
        Subscription subscription = seat.subscription();
        if (subscription != null) {
            subscription.connection().send(Frame.of(last));
            seat.subscription(null);
        }
        use.exit();
        seat.session().ended(group, seat, subscription, cause);
    }

    /** Notifies a session, which is a member as before, that the log has begun again under a new epoch. */
    public void tellNewLife(Member member, Seat seat) {
        Subscription subscription = seat.subscription();
        if (subscription != null) {
            Shown shown = new Shown(shown(subscription).members(), Shown.UNCOUNTED);
            members.send(member, subscription.subscriber(), newLife(subscription, shown));
        }
    }

    private Source newLife(Subscription subscription, Shown shown) {
        return CatchUp.newLife(subscription, applied.position(), shown);
    }

    /**
     * Sends every session here what it missed since {@code before}, when the log continues, perhaps under a new epoch.
     */
    public void tellMissed(Position before) {
        boolean renamed = !before.epoch().equals(applied.epoch());
        List<CatchUp.Behind> behind = new ArrayList<>();
        for (Member member : members.withSeats()) {
            for (Seat seat : member.seats()) {
                Subscription subscription = seat.subscription();
                if (subscription != null) {
                    Source source = Source.awaited();
                    members.send(member, subscription.subscriber(), source);
                    behind.add(new CatchUp.Behind(subscription, member.membership(), source, renamed));
                }
            }
        }
        if (!behind.isEmpty()) {
            boolean seen = members.areSeen() && before.offset() != applied.offset();
            catchUp.all(group, before, applied.position(), behind, seen ? members.snapshot() : List.of());
        }
    }

    /** Cuts every session's connection: what the clients received is no longer reliable. */
    public void cut(GroupException cause) {
        for (Member member : members.withSeats()) {
            for (Seat seat : member.seats()) {
                Subscription subscription = seat.subscription();
                if (subscription != null) {
                    subscription.connection().cut(cause);
                }
            }
        }
    }

    /** Whether the session has a seat here. */
    boolean isSeated(ActorId actor, String sessionId) {
        Member member = members.get(actor);
        return member != null
                && member.seats().stream()
                        .anyMatch(seat -> seat.session().owner().id().equals(sessionId));
    }
}
