package io.plexspaces.processgroups.log.memory;

import io.plexspaces.processgroups.log.Appended;
import java.time.Duration;
import java.time.Instant;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The idempotency keys one group saw, each with its first answer. Used by one thread at a time. */
final class IdempotencyKeys {
    static final Duration LIFE = Duration.ofMinutes(2);

    private final int most;
    private final Map<String, Appended> first = new LinkedHashMap<>();

    /** @param most keys remembered; the oldest go first */
    IdempotencyKeys(int most) {
        this.most = most;
    }

    /** The answer the key's first message got; null when there was none within {@link #LIFE}. */
    @Nullable
    Appended find(String key, Instant now) {
        forgetExpired(now);
        return first.get(key);
    }

    void add(String key, Appended answer) {
        first.put(key, new Appended(answer.position(), answer.at(), null, true));
        if (first.size() > most) {
            forgetOldest();
        }
    }

    void forgetExpired(Instant now) {
        Instant expired = now.minus(LIFE);
        Iterator<Appended> oldestFirst = first.values().iterator();
        while (oldestFirst.hasNext() && oldestFirst.next().at().isBefore(expired)) {
            oldestFirst.remove();
        }
    }

    /** When the next key is to be forgotten, in milliseconds since 1970. */
    long nextDue() {
        Iterator<Appended> oldestFirst = first.values().iterator();
        return oldestFirst.hasNext() ? Expiries.millis(oldestFirst.next().at().plus(LIFE)) : Expiries.NEVER;
    }

    private void forgetOldest() {
        Iterator<String> oldestFirst = first.keySet().iterator();
        oldestFirst.next();
        oldestFirst.remove();
    }
}
