package io.plexspaces.processgroups.core.publish;

import io.plexspaces.processgroups.core.Groups;
import io.plexspaces.processgroups.core.members.AnswerBounds;
import io.plexspaces.processgroups.core.members.Members;
import io.plexspaces.processgroups.core.members.Recipients;
import io.plexspaces.processgroups.core.replica.AppliedPosition;
import io.plexspaces.processgroups.core.replica.ReplicaState;
import io.plexspaces.processgroups.domain.Entry;
import io.plexspaces.processgroups.domain.NodeId;
import io.plexspaces.processgroups.domain.OperationId;
import io.plexspaces.processgroups.domain.Position;
import java.util.Collections;
import java.util.Iterator;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Answers this node's publishes when their entries are read, from the members at that offset. Part of a group's
 * reading; {@link #expect} and {@link #forget} may be called by any thread.
 */
public final class PendingPublishes {
    private final Map<OperationId, PendingPublish> waiting;

    /**
     * How many of {@code waiting} are this group's, or more for a moment: without any, the table of all groups is not
     * searched.
     */
    private final AtomicInteger expected = new AtomicInteger();

    private final NodeId self;
    private final IdempotentAnswers firstAnswers = new IdempotentAnswers();
    private final AnswerBounds bounds;
    private final BiConsumer<Entry.Published, Groups.PublishResult> given;

    // For isUndecided: the publishes still to be checked after this many resynchronisations, and the one that was
    // undecided at the last check.
    private Iterator<PendingPublish> begunBefore = Collections.emptyIterator();
    private @Nullable PendingPublish undecided;
    private int jumpsSeen = -1;

    /**
     * @param waiting of all groups: one table stays in the caches of the processor, a table for each group would not
     * @param bounds how much one answer holds
     * @param given receives each answer, with ids, to a message of this node that may be repeated
     */
    public PendingPublishes(
            Map<OperationId, PendingPublish> waiting,
            NodeId self,
            AnswerBounds bounds,
            BiConsumer<Entry.Published, Groups.PublishResult> given) {
        this.waiting = waiting;
        this.self = self;
        this.bounds = bounds;
        this.given = given;
    }

    void expect(OperationId operation, PendingPublish publishing) {
        expected.incrementAndGet();
        if (waiting.put(operation, publishing) != null) {
            expected.decrementAndGet();
        }
    }

    void forget(OperationId operation) {
        take(operation);
    }

    private @Nullable PendingPublish take(OperationId operation) {
        PendingPublish taken = waiting.remove(operation);
        if (taken != null) {
            expected.decrementAndGet();
        }
        return taken;
    }

    /** Forgets one that is expected; false: another did so before. Any thread. */
    boolean take(OperationId operation, PendingPublish publishing) {
        boolean taken = waiting.remove(operation, publishing);
        if (taken) {
            expected.decrementAndGet();
        }
        return taken;
    }

    /** Answers the publish that waits for this entry, and remembers the answer if the publish may be repeated. */
    public void answer(Entry.Published entry, Position position, Members members) {
        PendingPublish publishing = take(entry.operation());
        boolean repeatable = !entry.message().idempotencyKey().isEmpty();
        if (publishing == null && !repeatable) {
            return;
        }
        try {
            Recipients recipients = Recipients.of(entry, members);
            if (repeatable) {
                remember(entry, recipients.result(position, Groups.RecipientDetail.IDS, bounds));
            }
            if (publishing != null) {
                publishing.complete(recipients.result(position, publishing.wanted(), bounds));
            }
        } catch (RuntimeException | Error failure) {
            // It is in the log, and nothing else will answer it.
            if (publishing != null) {
                publishing.completeUnread(position);
            }
            throw failure;
        }
    }

    private void remember(Entry.Published entry, Groups.PublishResult answer) {
        boolean own = entry.operation().node().equals(self);
        firstAnswers.put(entry, answer, own);
        if (own) {
            given.accept(entry, answer);
        }
    }

    /** The answer of the message at {@code first}, if this node has read it; null: it has not. */
    IdempotentAnswers.@Nullable Known known(Position first) {
        return firstAnswers.get(first);
    }

    /** The recipients of a message, estimated from the present members: no node that has read it can be asked. */
    Groups.PublishResult guess(Position first, Entry.Published entry, Members members) {
        return Recipients.of(entry, members).resultAt(first, bounds);
    }

    /** Answers publishes that were accepted at offsets which {@code group} has skipped. */
    public void answerPassed(ReplicaState group) {
        if (expected.get() > 0) {
            waiting.forEach((operation, publishing) -> {
                if (publishing.isOf(group)) {
                    answerPassed(operation, group.applied());
                }
            });
        }
    }

    /** The same for one of them. */
    public void answerPassed(OperationId operation, AppliedPosition applied) {
        PendingPublish publishing = waiting.get(operation);
        Position accepted = publishing == null ? null : publishing.accepted();
        if (publishing != null && accepted != null && applied.isPast(accepted) && take(operation, publishing)) {
            publishing.completeUnread(accepted);
        }
    }

    /**
     * Whether the log may still refuse a publish of {@code group} that began before the last of this many
     * resynchronisations. This is asked for each refusal, so each publish is checked once for each resynchronisation: a
     * publish that begins after it names the new epoch.
     */
    boolean isUndecided(ReplicaState group, int jumps) {
        if (jumpsSeen != jumps) {
            jumpsSeen = jumps;
            undecided = null;
            begunBefore = expected.get() > 0 ? waiting.values().iterator() : Collections.emptyIterator();
        }
        PendingPublish one = undecided;
        while (one == null || !isUndecided(one, group, jumps)) {
            if (!begunBefore.hasNext()) {
                undecided = null;
                begunBefore = Collections.emptyIterator();
                return false;
            }
            one = begunBefore.next();
        }
        undecided = one;
        return true;
    }

    private boolean isUndecided(PendingPublish publishing, ReplicaState group, int jumps) {
        return publishing.isOf(group)
                && publishing.accepted() == null
                && !publishing.beganAt(jumps)
                && waiting.get(publishing.operation()) == publishing;
    }

    /** In a new epoch the offsets begin again. */
    public void forgetFirstAnswers() {
        firstAnswers.clear();
    }
}
