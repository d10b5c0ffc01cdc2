package io.plexspaces.processgroups.core;

import io.plexspaces.processgroups.domain.Entry;
import io.plexspaces.processgroups.domain.GroupException;
import io.plexspaces.processgroups.domain.OperationId;
import io.plexspaces.processgroups.domain.Position;
import io.smallrye.mutiny.Uni;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Answers this node's publishes when their entries come back, from the members at that offset. Part of a group's reading;
 * {@link #expect} and {@link #forget} may be called by any thread.
 */
final class PublishAnswers {
    private final Map<OperationId, Pending> waiting = new ConcurrentHashMap<>(4);
    private final FirstAnswers firstAnswers = new FirstAnswers();
    private final int maxIds;

    private record Pending(Groups.Recipients wanted, CompletableFuture<Groups.PublishResult> result) {}

    /** @param maxIds ids that one answer names */
    PublishAnswers(int maxIds) {
        this.maxIds = maxIds;
    }

    Uni<Groups.PublishResult> expect(OperationId operation, Groups.Recipients wanted) {
        CompletableFuture<Groups.PublishResult> result = new CompletableFuture<>();
        waiting.put(operation, new Pending(wanted, result));
        return Uni.createFrom().completionStage(result);
    }

    void forget(OperationId operation) {
        waiting.remove(operation);
    }

    /** Answers whoever waits for this entry, and remembers the answer of one that may be repeated. */
    void answer(Entry.Published entry, Position position, Members members) {
        Pending pending = waiting.remove(entry.operation());
        boolean repeatable = !entry.message().idempotencyKey().isEmpty();
        if (pending == null && !repeatable) {
            return;
        }
        Recipients recipients = Recipients.of(entry, members);
        if (repeatable) {
            firstAnswers.put(entry, recipients.result(position, Groups.Recipients.IDS, maxIds));
        }
        if (pending != null) {
            pending.result().complete(recipients.result(position, pending.wanted(), maxIds));
        }
    }

    /** What the message at {@code first} was answered, as far as asked for now. */
    Groups.PublishResult firstAnswer(Position first, Groups.Recipients wanted) {
        return firstAnswers.get(first, wanted);
    }

    void failAll(GroupException cause) {
        waiting.values().forEach(pending -> pending.result().completeExceptionally(cause));
        waiting.clear();
    }
}
