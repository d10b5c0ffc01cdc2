package io.plexspaces.processgroups.core.publish;

import io.plexspaces.processgroups.core.Groups;
import io.plexspaces.processgroups.domain.Entry;
import io.plexspaces.processgroups.domain.Position;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The answers of messages with an idempotency key that were read here, for those who publish them again. Bounded by
 * time and by the ids they name. Part of a group's reading, and as little thread-safe as that.
 */
final class IdempotentAnswers {
    private static final Duration KEPT = Duration.ofMinutes(2).plusSeconds(5);
    private static final int MAX_WEIGHT = 1_000_000;
    private static final int ANSWER_WEIGHT = 16;

    private final Deque<Kept> order = new ArrayDeque<>(2);
    private final Map<Long, Known> byOffset = new HashMap<>(2);
    private int weight;

    private record Kept(long offset, Instant at, int weight) {}

    /** @param own this node published it, and so this is the answer that was given */
    record Known(Groups.PublishResult answer, boolean own) {}

    void put(Entry.Published entry, Groups.PublishResult answer, boolean own) {
        Kept kept = new Kept(
                entry.offset(), entry.at(), ANSWER_WEIGHT + answer.ids().size());
        order.addLast(kept);
        byOffset.put(kept.offset(), new Known(answer, own));
        weight += kept.weight();
        Instant oldest = entry.at().minus(KEPT);
        while (!order.isEmpty() && (weight > MAX_WEIGHT || order.getFirst().at().isBefore(oldest))) {
            Kept gone = order.removeFirst();
            byOffset.remove(gone.offset());
            weight -= gone.weight();
        }
    }

    void clear() {
        order.clear();
        byOffset.clear();
        weight = 0;
    }

    /**
     * The answer that the message at {@code first} got, or would have got from this node; null: it was not read here,
     * or is forgotten.
     */
    @Nullable
    Known get(Position first) {
        Known found = byOffset.get(first.offset());
        // The repeat may have been answered in an epoch that is lost since.
        return found == null || found.answer().position().equals(first) ? found : null;
    }
}
