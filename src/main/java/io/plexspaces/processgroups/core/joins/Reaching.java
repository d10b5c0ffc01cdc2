package io.plexspaces.processgroups.core.joins;

import io.plexspaces.processgroups.core.LocalSession;
import io.plexspaces.processgroups.core.Seat;
import io.plexspaces.processgroups.core.members.Member;
import io.plexspaces.processgroups.core.members.Members;
import io.plexspaces.processgroups.core.replica.ReplicaState;
import io.plexspaces.processgroups.domain.Membership;
import io.plexspaces.processgroups.domain.Owner;
import io.plexspaces.processgroups.log.Command;
import io.smallrye.mutiny.Uni;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * Sessions of this node in one group for which the log is wrong: it says that they receive messages though they do not,
 * or the reverse. Part of the group's reading, and as little thread-safe as that. Bounded by the seats here.
 */
public final class Reaching {
    /** Sessions of one note: more would keep others waiting for the store. */
    static final int AT_ONCE = 64;

    private final ReplicaState state;
    private final Members members;
    private final ReachNotes notes;

    /** To be noted. Concurrent for {@link #isEmpty} alone. */
    private final Set<Seat> wrong = ConcurrentHashMap.newKeySet(2);

    /**
     * Notes that were given to the log, and are not read yet. The log may hold such a note although the members read
     * here do not show it, as after a change by a server that knows no notes. So a note is given once between two calls
     * of {@link #again}. Concurrent for {@link #isSettled} alone.
     */
    private final Map<Seat, Boolean> given = new ConcurrentHashMap<>(2);

    /** Of {@link ReachNotes}: it is waiting or at work there. */
    final AtomicBoolean noting = new AtomicBoolean();

    public Reaching(ReplicaState state, Members members, ReachNotes notes) {
        this.state = state;
        this.members = members;
        this.notes = notes;
    }

    ReplicaState state() {
        return state;
    }

    /** Any thread: nothing is to be noted now. */
    boolean isEmpty() {
        return wrong.isEmpty();
    }

    /** Any thread: and no note waits for its entry. */
    public boolean isSettled() {
        return wrong.isEmpty() && given.isEmpty();
    }

    /** Compares a seat with what the log says of it, and notes it if the log is wrong. */
    public void look(Seat seat) {
        Boolean noted = toNote(seat);
        if (noted == null) {
            given.remove(seat);
        } else if (!noted.equals(given.get(seat)) && wrong.add(seat)) {
            notes.add(this);
        }
    }

    /**
     * The same for the seats of a member that a session of this node has joined, or got a note. One that has just
     * arrived is left alone.
     */
    public void read(Member member, Owner.Session by) {
        List<Seat> seats = member.seats();
        for (int i = 0; i < seats.size(); i++) {
            Seat seat = seats.get(i);
            if (seat.connection() != null && seat.session().owner().equals(by)) {
                look(seat);
            }
        }
    }

    /** The same for every session here, after a snapshot. */
    public void readAll() {
        for (Member member : members.withSeats()) {
            for (Seat seat : member.seats()) {
                if (seat.connection() != null) {
                    look(seat);
                }
            }
        }
    }

    /** Writes failed notes, and those that had no effect, again. To be called regularly. */
    public void again() {
        given.keySet().stream().filter(seat -> toNote(seat) != null).forEach(wrong::add);
        given.clear();
        if (!wrong.isEmpty()) {
            notes.add(this);
        }
    }

    /** What is to be written next; empty: nothing. Any thread. */
    Uni<Optional<Command.Reach>> nextNote() {
        return state.inOrder(() -> Optional.ofNullable(next()));
    }

    private Command.@Nullable Reach next() {
        List<Command.Reach.Holder> holders = new ArrayList<>();
        boolean away = false;
        Iterator<Seat> all = wrong.iterator();
        while (all.hasNext() && holders.size() < AT_ONCE) {
            Seat seat = all.next();
            Boolean noted = toNote(seat);
            if (noted == null) {
                all.remove();
            } else if (holders.isEmpty() || noted == away) {
                away = noted;
                all.remove();
                given.put(seat, noted);
                LocalSession session = seat.session();
                holders.add(new Command.Reach.Holder(session.actor(), session.owner()));
            }
        }
        return holders.isEmpty() ? null : new Command.Reach(holders, away);
    }

    /** Whether the session is to be noted as away; null: the log is right, or says nothing of it. */
    private @Nullable Boolean toNote(Seat seat) {
        Member member = members.get(seat.session().actor());
        if (member == null || !member.seats().contains(seat)) {
            return null;
        }
        boolean away = seat.subscription() == null;
        for (Membership.Holding held : member.membership().holdings()) {
            if (held.owner().equals(seat.session().owner())) {
                return held.away() == away ? null : away;
            }
        }
        return null;
    }
}
