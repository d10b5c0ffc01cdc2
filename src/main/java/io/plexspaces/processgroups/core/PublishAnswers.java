package io.plexspaces.processgroups.core;

import io.plexspaces.processgroups.domain.Entry;
import io.plexspaces.processgroups.domain.GroupException;
import io.plexspaces.processgroups.domain.OperationId;
import io.plexspaces.processgroups.domain.Position;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Answers this node's publishes when their entries come back, from the members at that offset. Part of a group's reading;
 * {@link #expect} and {@link #forget} may be called by any thread.
 */
final class PublishAnswers {
    private final Map<OperationId, Publishing> waiting = new ConcurrentHashMap<>(4);
    private final FirstAnswers firstAnswers = new FirstAnswers();
    private final int maxIds;

    /** @param maxIds ids that one answer names */
    PublishAnswers(int maxIds) {
        this.maxIds = maxIds;
    }

    void expect(OperationId operation, Publishing publishing) {
        waiting.put(operation, publishing);
    }

    void forget(OperationId operation) {
        waiting.remove(operation);
    }

    /** Answers whoever waits for this entry, and remembers the answer of one that may be repeated. */
    void answer(Entry.Published entry, Position position, Members members) {
        Publishing publishing = waiting.remove(entry.operation());
        boolean repeatable = !entry.message().idempotencyKey().isEmpty();
        if (publishing == null && !repeatable) {
            return;
        }
        Recipients recipients = Recipients.of(entry, members);
        if (repeatable) {
            firstAnswers.put(entry, recipients.result(position, Groups.Recipients.IDS, maxIds));
        }
        if (publishing != null) {
            publishing.complete(recipients.result(position, publishing.wanted(), maxIds));
        }
    }

    /** What the message at {@code first} was answered, as far as asked for now. */
    Groups.PublishResult firstAnswer(Position first, Groups.Recipients wanted) {
        return firstAnswers.get(first, wanted);
    }

    void failAll(GroupException cause) {
        waiting.values().forEach(publishing -> publishing.fail(cause));
        waiting.clear();
    }
}
