package io.plexspaces.processgroups.log.memory;

import io.plexspaces.processgroups.domain.ActorId;
import io.plexspaces.processgroups.domain.GroupException;
import io.plexspaces.processgroups.domain.GroupId;
import io.plexspaces.processgroups.log.Command;
import io.plexspaces.processgroups.log.Evictions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.jspecify.annotations.Nullable;

/** The notes of one process. Thread-safe; joins look at the bans without a lock. */
final class TenantEvictions {
    private static final Duration SWEEP = Duration.ofMinutes(1);

    /** About what one takes beside its names. */
    private static final int WEIGHT = 400;

    private final int ofATenant;
    private final Room room;
    private final ConcurrentMap<Who, Instant> bans = new ConcurrentHashMap<>();
    private final Map<Who, Noted> noted = new HashMap<>();
    private final NavigableMap<Long, Who> byNumber = new TreeMap<>();
    private final Map<String, Integer> counts = new HashMap<>();
    private long last;
    private Instant swept = Instant.EPOCH;

    private record Who(String tenant, ActorId actor) {}

    private record Noted(long number, Instant forgotten) {}

    /**
     * @param ofATenant notes at most
     * @param room they count there, and are taken also when it is full: there are few, and they keep somebody out
     */
    TenantEvictions(int ofATenant, Room room) {
        this.ofATenant = ofATenant;
        this.room = room;
    }

    /** @throws GroupException LIMIT_EXCEEDED */
    synchronized void evict(String tenant, ActorId actor, @Nullable Duration ban, Instant now) {
        Who who = new Who(tenant, actor);
        if (!noted.containsKey(who)) {
            requireRoom(tenant, now);
        }
        if (ban != null && ban.isZero()) {
            bans.remove(who);
        } else if (ban != null) {
            bans.put(who, now.plus(ban));
        }
        Instant until = bans.getOrDefault(who, now);
        Instant least = now.plus(Evictions.NOTED);
        Noted before = noted.put(who, new Noted(++last, until.isAfter(least) ? until : least));
        if (before == null) {
            counts.merge(tenant, 1, Integer::sum);
            room.add(weight(who));
        } else {
            byNumber.remove(before.number());
        }
        byNumber.put(last, who);
    }

    private void requireRoom(String tenant, Instant now) {
        if (counts.getOrDefault(tenant, 0) >= ofATenant || noted.size() >= Evictions.MOST) {
            forgetExpired(now);
        }
        if (counts.getOrDefault(tenant, 0) >= ofATenant) {
            throw GroupException.evictions(ofATenant);
        }
        if (noted.size() >= Evictions.MOST) {
            throw GroupException.evictionsOfAll(Evictions.MOST);
        }
    }

    /** To be called regularly: forgets what has run out, once a minute. */
    synchronized void sweep(Instant now) {
        if (now.isAfter(swept.plus(SWEEP))) {
            swept = now;
            forgetExpired(now);
        }
    }

    private void forgetExpired(Instant now) {
        noted.entrySet().removeIf(note -> {
            boolean over = !note.getValue().forgotten().isAfter(now);
            if (over) {
                bans.remove(note.getKey());
                byNumber.remove(note.getValue().number());
                room.add(-weight(note.getKey()));
                counts.computeIfPresent(note.getKey().tenant(), (tenant, count) -> count == 1 ? null : count - 1);
            }
            return over;
        });
    }

    private static int weight(Who who) {
        return WEIGHT + who.tenant().length() + who.actor().value().length();
    }

    synchronized Evictions.Notes after(long number, Instant now) {
        List<Evictions.Note> found = new ArrayList<>();
        for (Map.Entry<Long, Who> one : byNumber.tailMap(number, false).entrySet()) {
            if (found.size() == Evictions.PAGE) {
                return new Evictions.Notes(List.copyOf(found), lastOf(found), true, now);
            }
            Who who = one.getValue();
            Instant until = bans.get(who);
            found.add(new Evictions.Note(
                    one.getKey(), who.tenant(), who.actor(), until != null && until.isAfter(now) ? until : null));
        }
        return new Evictions.Notes(List.copyOf(found), lastOf(found), false, now);
    }

    private static long lastOf(List<Evictions.Note> found) {
        return found.isEmpty() ? 0 : found.get(found.size() - 1).number();
    }

    /**
     * To be called in the queue of the group: what is done there after {@link #evict} finds no join that this has let
     * through later.
     *
     * @throws GroupException BANNED, when the change is a join or takeover of an actor that is
     */
    void requireNone(GroupId group, Command command, Instant now) {
        if (bans.isEmpty()) {
            return;
        }
        if (command instanceof Command.Join join) {
            join.actors().forEach(actor -> requireNone(group, actor, now));
        } else if (command instanceof Command.TakeOver takeOver) {
            requireNone(group, takeOver.actor(), now);
        }
    }

    private void requireNone(GroupId group, ActorId actor, Instant now) {
        Instant until = bans.get(new Who(group.tenant(), actor));
        if (until != null && until.isAfter(now)) {
            throw GroupException.banned(group, actor, Duration.between(now, until));
        }
    }
}
