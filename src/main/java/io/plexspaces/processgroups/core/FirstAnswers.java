package io.plexspaces.processgroups.core;

import io.plexspaces.processgroups.domain.ActorId;
import io.plexspaces.processgroups.domain.Entry;
import io.plexspaces.processgroups.domain.Position;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The answers of messages with an idempotency key, for those who publish them again. Bounded by time and by the ids they
 * name. Part of a group's reading, and as little thread-safe as that.
 */
final class FirstAnswers {
    private static final Duration KEPT = Duration.ofMinutes(2).plusSeconds(5);
    private static final int MAX_WEIGHT = 1_000_000;
    private static final int ANSWER_WEIGHT = 16;

    private final Deque<Kept> order = new ArrayDeque<>(2);
    private final Map<Long, Groups.PublishResult> byOffset = new HashMap<>(2);
    private int weight;

    private record Kept(long offset, Instant at, int weight) {}

    void put(Entry.Published entry, Groups.PublishResult answer) {
        Kept kept = new Kept(
                entry.offset(), entry.at(), ANSWER_WEIGHT + answer.ids().size());
        order.addLast(kept);
        byOffset.put(kept.offset(), answer);
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

    /** What the message at {@code first} was answered, as far as asked for now; without counts when it is forgotten. */
    Groups.PublishResult get(Position first, Groups.Recipients wanted) {
        Groups.PublishResult found = byOffset.get(first.offset());
        // The repeat may have been answered by a life that is lost since.
        Groups.PublishResult answer = found == null || found.position().equals(first) ? found : null;
        if (answer == null || wanted == Groups.Recipients.NONE) {
            int recipients = answer == null ? 0 : answer.recipients();
            return new Groups.PublishResult(first, recipients, 0, Map.of(), List.of(), false, true);
        }
        List<ActorId> ids = wanted == Groups.Recipients.IDS ? answer.ids() : List.of();
        return new Groups.PublishResult(
                answer.position(),
                answer.recipients(),
                answer.failures(),
                answer.perNode(),
                ids,
                ids.size() < answer.recipients() && wanted == Groups.Recipients.IDS,
                true);
    }
}
