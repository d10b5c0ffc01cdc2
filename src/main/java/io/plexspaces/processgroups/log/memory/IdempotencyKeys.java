package io.plexspaces.processgroups.log.memory;

import io.plexspaces.processgroups.domain.ActorId;
import io.plexspaces.processgroups.domain.GroupException;
import io.plexspaces.processgroups.log.Appended;
import io.plexspaces.processgroups.log.FirstAnswer;
import java.time.Duration;
import java.time.Instant;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The idempotency keys one group saw, each with its first answer. Used by one thread at a time. */
final class IdempotencyKeys {
    static final Duration LIFE = Duration.ofMinutes(2);

    /** Ids of different answers that are kept at once: 8 bytes each, as the members have them too. */
    static final int MOST_IDS = 1_000_000;

    /** About what a key takes beside its text, and an id. */
    private static final int KEY = 200;

    private static final int ID = 8;

    private final int most;
    private final Room room;
    private final Map<String, Kept> first = new LinkedHashMap<>();
    private List<ActorId> lastIds = List.of();
    private int ids;
    private long bytes;

    private static final class Kept {
        final Appended published;
        final int bytes;

        @Nullable
        FirstAnswer answer;

        /** Those it does not share with the answer before. */
        int ids;

        Kept(Appended published, int bytes) {
            this.published = published;
            this.bytes = bytes;
        }
    }

    /** @param most keys remembered at once */
    IdempotencyKeys(int most, Room room) {
        this.most = most;
        this.room = room;
    }

    /** The log's answer to the key's first message; null when there was none within {@link #LIFE}. */
    @Nullable
    Appended find(String key, Instant now) {
        forgetExpired(now);
        Kept kept = first.get(key);
        return kept == null ? null : kept.published;
    }

    /** @throws GroupException LIMIT_EXCEEDED: one more would be too many; OVERLOADED: for the whole store */
    void requireRoom() {
        room.require();
        if (first.size() >= most) {
            throw GroupException.limit("idempotency-keys", most);
        }
    }

    void add(String key, Appended answer) {
        Kept kept = new Kept(new Appended(answer.position(), answer.at(), null, true), KEY + key.length());
        first.put(key, kept);
        weighs(kept.bytes);
    }

    /** The group has ended. */
    void clear() {
        first.clear();
        lastIds = List.of();
        ids = 0;
        weighs(-bytes);
    }

    private void weighs(long more) {
        bytes += more;
        room.add(more);
    }

    /** The first answer stays. */
    void keep(String key, long offset, FirstAnswer answer) {
        Kept kept = first.get(key);
        if (kept == null || kept.answer != null || kept.published.position().offset() != offset) {
            return;
        }
        boolean same = answer.ids().equals(lastIds);
        if (!same && ids + answer.ids().size() > MOST_IDS) {
            kept.answer = answer.withoutIds();
            return;
        }
        lastIds = same ? lastIds : answer.ids();
        kept.ids = same ? 0 : lastIds.size();
        ids += kept.ids;
        weighs((long) ID * kept.ids);
        kept.answer = new FirstAnswer(answer.recipients(), answer.failures(), answer.perNode(), lastIds);
    }

    @Nullable
    FirstAnswer answer(String key, long offset) {
        Kept kept = first.get(key);
        return kept == null || kept.published.position().offset() != offset ? null : kept.answer;
    }

    void forgetExpired(Instant now) {
        Instant expired = now.minus(LIFE);
        Iterator<Kept> oldestFirst = first.values().iterator();
        while (oldestFirst.hasNext()) {
            Kept oldest = oldestFirst.next();
            if (!oldest.published.at().isBefore(expired)) {
                return;
            }
            ids -= oldest.ids;
            weighs(-oldest.bytes - (long) ID * oldest.ids);
            oldestFirst.remove();
        }
    }

    /** When the next key is to be forgotten, in milliseconds since 1970. */
    long nextDue() {
        Iterator<Kept> oldestFirst = first.values().iterator();
        return oldestFirst.hasNext()
                ? Expiries.millis(oldestFirst.next().published.at().plus(LIFE))
                : Expiries.NEVER;
    }
}
