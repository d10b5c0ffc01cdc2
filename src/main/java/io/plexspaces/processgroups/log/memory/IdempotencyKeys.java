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

    private final int most;
    private final Map<String, Kept> first = new LinkedHashMap<>();
    private List<ActorId> lastIds = List.of();
    private int ids;

    private static final class Kept {
        final Appended published;

        @Nullable
        FirstAnswer answer;

        /** Those it does not share with the answer before. */
        int ids;

        Kept(Appended published) {
            this.published = published;
        }
    }

    /** @param most keys remembered at once */
    IdempotencyKeys(int most) {
        this.most = most;
    }

    /** The log's answer to the key's first message; null when there was none within {@link #LIFE}. */
    @Nullable
    Appended find(String key, Instant now) {
        forgetExpired(now);
        Kept kept = first.get(key);
        return kept == null ? null : kept.published;
    }

    /** @throws GroupException LIMIT_EXCEEDED: one more would be too many */
    void requireRoom() {
        if (first.size() >= most) {
            throw GroupException.limit("idempotency-keys", most);
        }
    }

    void add(String key, Appended answer) {
        first.put(key, new Kept(new Appended(answer.position(), answer.at(), null, true)));
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
