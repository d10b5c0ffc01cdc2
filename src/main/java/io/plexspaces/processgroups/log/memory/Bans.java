package io.plexspaces.processgroups.log.memory;

import io.plexspaces.processgroups.domain.ActorId;
import io.plexspaces.processgroups.domain.GroupException;
import io.plexspaces.processgroups.domain.GroupId;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Who may not join one group for a time. Used by one thread at a time. */
final class Bans {
    /** About what one takes beside the name. */
    private static final int WEIGHT = 150;

    private final GroupId group;
    private final int most;
    private final Room room;
    private final Map<ActorId, Instant> ends = new HashMap<>();

    /** When the last one ends. */
    private Instant last = Instant.MIN;

    Bans(GroupId group, int most, Room room) {
        this.group = group;
        this.most = most;
        this.room = room;
    }

    /** @throws GroupException BANNED, naming the first that is */
    void requireNone(List<ActorId> actors, Instant now) {
        if (!last.isAfter(now)) {
            return;
        }
        for (ActorId actor : actors) {
            Instant end = ends.get(actor);
            if (end != null && end.isAfter(now)) {
                throw GroupException.banned(group, actor, Duration.between(now, end));
            }
        }
    }

    /**
     * @param ban in place of the one before; zero: none
     * @throws GroupException LIMIT_EXCEEDED
     */
    void set(ActorId actor, Duration ban, Instant now) {
        if (!ban.isZero() && ends.size() >= most && !ends.containsKey(actor)) {
            forgetAll(now);
            if (ends.size() >= most) {
                throw GroupException.bans(most);
            }
        }
        if (ban.isZero()) {
            weigh(ends.remove(actor) == null ? 0 : -weight(actor));
        } else {
            Instant end = now.plus(ban);
            weigh(ends.put(actor, end) == null ? weight(actor) : 0);
            last = end.isAfter(last) ? end : last;
        }
    }

    /** All of them, when the last one has ended. */
    void forgetExpired(Instant now) {
        if (!last.isAfter(now)) {
            clear();
        }
    }

    private void forgetAll(Instant now) {
        ends.entrySet().removeIf(ban -> {
            boolean over = !ban.getValue().isAfter(now);
            weigh(over ? -weight(ban.getKey()) : 0);
            return over;
        });
    }

    void clear() {
        ends.keySet().forEach(actor -> weigh(-weight(actor)));
        ends.clear();
        last = Instant.MIN;
    }

    /** When the last one ends, or an earlier one that was lifted; long ago: there are none. */
    Instant lastEnd() {
        return last;
    }

    /** When {@link #forgetExpired} has something to do, in milliseconds since 1970. */
    long nextDue() {
        return ends.isEmpty() ? Expiries.NEVER : Expiries.millis(last);
    }

    private static int weight(ActorId actor) {
        return WEIGHT + actor.value().length();
    }

    private void weigh(int more) {
        if (more != 0) {
            room.add(more);
        }
    }
}
