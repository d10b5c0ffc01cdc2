package io.plexspaces.processgroups.core.asks;

import io.plexspaces.processgroups.core.Groups.ReplyRequest;
import io.plexspaces.processgroups.core.Groups.ReplyResult;
import io.plexspaces.processgroups.core.asks.RecentAsks.Asked;
import io.plexspaces.processgroups.core.members.Member;
import io.plexspaces.processgroups.core.members.Members;
import io.plexspaces.processgroups.core.members.Recipients;
import io.plexspaces.processgroups.core.replica.ReplicaState;
import io.plexspaces.processgroups.domain.ActorId;
import io.plexspaces.processgroups.domain.Asker;
import io.plexspaces.processgroups.domain.Entry;
import io.plexspaces.processgroups.domain.ErrorCode;
import io.plexspaces.processgroups.domain.GroupException;
import io.plexspaces.processgroups.domain.LeaveReason;
import io.plexspaces.processgroups.domain.MissingReason;
import io.plexspaces.processgroups.domain.Position;
import io.plexspaces.processgroups.log.Letter;
import io.smallrye.mutiny.Uni;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The messages of one group that ask, as this node reads them: who of those whose replies are waited for here has left
 * or lost its connection, and whose reply goes where. Part of the group's reading, and as little thread-safe as that,
 * but for {@link #reply}.
 */
public final class GroupAsks {
    private final ReplicaState state;
    private final Members members;
    private final Asks asks;

    /** Asks of this node that are open; null: there were none yet. */
    private @Nullable Set<Ask> open;

    /** Those that wait for the reply of an actor. */
    private final Map<ActorId, Set<Ask>> waiting = new HashMap<>(2);

    public GroupAsks(ReplicaState state, Members members, Asks asks) {
        this.state = state;
        this.members = members;
        this.asks = asks;
    }

    void execute(Runnable step) {
        state.execute(step);
    }

    Members members() {
        return members;
    }

    // ---- of the asks of this node

    /** False: the group is closed. */
    boolean open(Ask ask) {
        if (!state.use().enter()) {
            return false;
        }
        open = open == null ? new HashSet<>(2) : open;
        open.add(ask);
        return true;
    }

    void close(Ask ask) {
        if (open != null && open.remove(ask)) {
            state.use().exit();
        }
    }

    void await(ActorId actor, Ask ask) {
        waiting.computeIfAbsent(actor, one -> new HashSet<>(2)).add(ask);
    }

    void noMore(ActorId actor, Ask ask) {
        Set<Ask> asking = waiting.get(actor);
        if (asking != null && asking.remove(ask) && asking.isEmpty()) {
            waiting.remove(actor);
        }
    }

    // ---- what the log says

    /** A message that asks, to be called before the publish of it is answered. */
    public void read(Entry.Published entry, Asker asker) {
        asks.recent().add(state.group(), asked(entry, asker));
        Ask ask = asks.ofThis(asker);
        if (ask != null) {
            ask.read(this, Recipients.of(entry, members).all());
        }
    }

    private Asked asked(Entry.Published entry, Asker asker) {
        return Asked.of(entry, asker, state.epoch(), asks.end(state.group(), entry, asker));
    }

    /** An actor is no longer a member. */
    public void left(ActorId actor, LeaveReason reason) {
        if (!waiting.isEmpty()) {
            lost(actor, missing(reason));
        }
    }

    /** A member may have lost its connection. */
    public void changed(Member member) {
        if (!waiting.isEmpty() && member.isAbsent()) {
            lost(member.membership().actor(), MissingReason.LOST_CONNECTION);
        }
    }

    private void lost(ActorId actor, MissingReason reason) {
        Set<Ask> asking = waiting.get(actor);
        if (asking != null) {
            List.copyOf(asking).forEach(ask -> ask.lost(actor, reason));
        }
    }

    /** The log goes on, but entries of it were not read. */
    public void resynchronised() {
        for (ActorId actor : List.copyOf(waiting.keySet())) {
            Member member = members.get(actor);
            if (member == null) {
                lost(actor, MissingReason.LEFT);
            } else {
                changed(member);
            }
        }
    }

    /** The log has begun again: nobody's reply to what was before can be told from others. */
    public void beginAgain() {
        asks.recent().forget(state.group());
        lostAll(MissingReason.LOG_LOST);
    }

    /** The group is gone. */
    public void deleted() {
        asks.recent().forget(state.group());
        if (open != null) {
            open.forEach(Ask::askNobodyElse);
        }
        lostAll(MissingReason.GROUP_DELETED);
    }

    private void lostAll(MissingReason reason) {
        List.copyOf(waiting.keySet()).forEach(actor -> lost(actor, reason));
    }

    private static MissingReason missing(LeaveReason reason) {
        return switch (reason) {
            case LEFT, LEASE_EXPIRED, EVICTED -> MissingReason.LEFT;
            case DISCONNECTED -> MissingReason.LOST_CONNECTION;
            case NODE_DOWN -> MissingReason.NODE_DOWN;
            case GROUP_DELETED -> MissingReason.GROUP_DELETED;
        };
    }

    // ---- replies of members

    /** What is known of a reply: where it goes, or what became of it; neither: nobody asked there, as far as known. */
    private record Found(@Nullable Asked elsewhere, Letter.@Nullable Outcome outcome) {
        static final Found NOTHING = new Found(null, null);

        boolean isNothing() {
            return elsewhere == null && outcome == null;
        }
    }

    /** Any thread. A reply of a member: the group stays open meanwhile. */
    public Uni<ReplyResult> reply(ReplyRequest request) {
        return state.reached(request.at())
                .chain(() -> state.inOrder(() -> found(request, recent(request.at()))))
                .chain(found -> found.isNothing() ? searched(request) : answered(request, found));
    }

    private Uni<ReplyResult> searched(ReplyRequest request) {
        return retained(request.at())
                .chain(asked -> state.inOrder(() -> found(request, asked.orElse(null))))
                .chain(found -> answered(request, found));
    }

    private Uni<ReplyResult> answered(ReplyRequest request, Found found) {
        Asked elsewhere = found.elsewhere();
        Letter.Outcome outcome = found.outcome();
        return elsewhere == null
                ? Uni.createFrom().item(() -> result(outcome == null ? Letter.Outcome.OVER : outcome))
                : asks.letters()
                        .send(elsewhere.asker(), elsewhere.offset(), request)
                        .map(GroupAsks::result);
    }

    private Found found(ReplyRequest request, @Nullable Asked asked) {
        Member member = members.get(request.actor());
        if (member == null) {
            throw GroupException.notAMember(state.group(), request.actor());
        }
        if (asked == null) {
            return Found.NOTHING;
        }
        if (asked.isOver(asks.nanos())) {
            return new Found(null, Letter.Outcome.OVER);
        }
        if (!asked.mayBeFor(member.membership())) {
            return new Found(null, Letter.Outcome.NOT_ASKED);
        }
        if (!asks.isThis(asked.asker())) {
            return new Found(asked, null);
        }
        Ask ask = asks.ofThis(asked.asker());
        return new Found(null, ask == null ? Letter.Outcome.OVER : ask.replied(request.actor(), request.message()));
    }

    private static ReplyResult result(Letter.Outcome outcome) {
        return switch (outcome) {
            case TAKEN -> new ReplyResult(false);
            case DUPLICATE -> new ReplyResult(true);
            case OVER -> throw GroupException.of(ErrorCode.ASK_NOT_FOUND, "nobody waits for a reply at this position");
            case NOT_ASKED -> throw GroupException.of(ErrorCode.FAILED_PRECONDITION, "this actor was not asked there");
            case OVERLOADED -> throw Asks.noRoom();
        };
    }

    /** In the present epoch, or in the one it was read in, of which this is the continuation. */
    private @Nullable Asked recent(Position at) {
        Asked asked = asks.recent().get(state.group(), at.offset());
        boolean same = asked != null
                && (asked.epoch().equals(at.epoch()) || state.epoch().equals(at.epoch()));
        return same ? asked : null;
    }

    /** What the log still has. */
    private Uni<Optional<Asked>> retained(Position at) {
        if (at.offset() < 1 || !at.epoch().equals(state.epoch())) {
            return Uni.createFrom().item(Optional.empty());
        }
        return asks.log()
                .read(state.group(), new Position(at.epoch(), at.offset() - 1), 1)
                .map(slice -> slice.messages().stream()
                        .filter(entry -> entry.offset() == at.offset())
                        .flatMap(entry -> Optional.ofNullable(entry.asker()).map(asker -> asked(entry, asker)).stream())
                        .findFirst());
    }

    /** Who asked at a position; empty: nobody did, or it is not known any more. */
    Uni<Optional<Asked>> at(Position position) {
        return state.inOrder(() -> Optional.ofNullable(recent(position)))
                .chain(known -> known.isPresent() ? Uni.createFrom().item(known) : retained(position));
    }

    /**
     * Those that were asked before, with why they are missing by now.
     *
     * @return values null: they are not
     */
    Map<ActorId, @Nullable MissingReason> present(List<ActorId> askedBefore, long offset) {
        Map<ActorId, @Nullable MissingReason> present = new HashMap<>();
        for (ActorId actor : askedBefore) {
            Member member = members.get(actor);
            present.put(actor, member == null ? MissingReason.LEFT : missing(member, offset));
        }
        return present;
    }

    private static @Nullable MissingReason missing(Member member, long offset) {
        if (member.membership().joinedOffset() > offset) {
            return MissingReason.LEFT;
        }
        return member.isAbsent() ? MissingReason.UNREACHABLE : null;
    }
}
