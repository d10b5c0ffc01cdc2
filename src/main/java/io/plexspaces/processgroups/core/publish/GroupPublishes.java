package io.plexspaces.processgroups.core.publish;

import io.plexspaces.processgroups.core.Groups;
import io.plexspaces.processgroups.core.members.Members;
import io.plexspaces.processgroups.core.replica.ReplicaState;
import io.plexspaces.processgroups.domain.Entry;
import io.plexspaces.processgroups.domain.OperationId;
import io.plexspaces.processgroups.domain.Position;
import io.smallrye.mutiny.Uni;
import java.util.Optional;

/**
 * Publishes of this node in one group: those that wait for their entries, those that are tried again, and the answers
 * to repeats. Any thread.
 */
public final class GroupPublishes {
    private final ReplicaState state;
    private final Members members;
    private final Repeats repeats;
    private final PendingPublishes answers;
    private final PublishRetries retries;

    public GroupPublishes(ReplicaState state, Members members, Repeats repeats, PendingPublishes answers) {
        this.state = state;
        this.members = members;
        this.repeats = repeats;
        this.answers = answers;
        this.retries = new PublishRetries(state, answers);
    }

    ReplicaState state() {
        return state;
    }

    /** Who gets a message that is for one member: part of the group's reading. */
    Members members() {
        return members;
    }

    /** To be called before the append of {@code operation}; {@code publishing} is answered when its entry is here. */
    void expect(OperationId operation, PendingPublish publishing) {
        answers.expect(operation, publishing);
    }

    /**
     * A resynchronisation may have skipped the entry of {@code operation}, and other publishes may wait for its result.
     */
    void passed(OperationId operation) {
        state.execute(() -> {
            answers.answerPassed(operation, state.applied());
            retries.proceed();
        });
    }

    /** No entry of a publish will come, or no caller waits for it. */
    void forget(OperationId operation) {
        answers.forget(operation);
    }

    /** The same; false: it was forgotten, or answered, before. */
    boolean forget(OperationId operation, PendingPublish publishing) {
        return answers.take(operation, publishing);
    }

    /**
     * The log has another epoch than the one that {@code publishing} began in: it is tried again when it is its turn.
     */
    void refused(OperationId operation, PendingPublish publishing) {
        retries.refused(publishing);
        answers.forget(operation);
        proceed();
    }

    /** False: no other publish has to go first. */
    boolean addToRetries(PendingPublish publishing) {
        boolean added = retries.add(publishing);
        if (added) {
            proceed();
        }
        return added;
    }

    /** Tries the waiting publishes again, after the tasks under way, if nothing holds them up any more. */
    public void proceed() {
        state.execute(retries::proceed);
    }

    /**
     * The first answer to the message at {@code first}, whichever node published it; with the details that
     * {@code repeat} asks for.
     */
    Uni<Groups.PublishResult> firstAnswer(Position first, PendingPublish repeat) {
        return state.inOrder(() -> Optional.ofNullable(answers.known(first)))
                .chain(known -> known.filter(IdempotentAnswers.Known::own)
                        .map(own -> Uni.createFrom().item(own.answer()))
                        .orElseGet(() -> kept(first, repeat, known)))
                .map(answer -> Repeats.repeated(answer, repeat.wanted()));
    }

    private Uni<Groups.PublishResult> kept(
            Position first, PendingPublish repeat, Optional<IdempotentAnswers.Known> known) {
        return repeats.find(state.group(), repeat.idempotencyKey(), first)
                .chain(found -> found.map(answer -> Uni.createFrom().item(answer))
                        .orElseGet(() -> ownView(first, repeat, known)));
    }

    /**
     * The node that published it has died before its answer was kept: what this node has read, or finds now, becomes
     * the first answer.
     */
    private Uni<Groups.PublishResult> ownView(
            Position first, PendingPublish repeat, Optional<IdempotentAnswers.Known> known) {
        String key = repeat.idempotencyKey();
        return known.map(read -> repeats.keepFirst(state.group(), key, read.answer()))
                .orElseGet(() -> repeats.retained(state.group(), first)
                        .chain(entry -> entry.isEmpty() && repeat.isToOne()
                                ? Uni.createFrom().item(PendingPublish.unread(first, true, true))
                                : guess(first, entry.orElseGet(() -> repeat.asPublishedAt(first)), key)));
    }

    private Uni<Groups.PublishResult> guess(Position first, Entry.Published entry, String key) {
        return state.inOrder(() -> answers.guess(first, entry, members))
                .chain(answer -> repeats.keepFirst(state.group(), key, answer));
    }

    /** Gives a publish to the log between two entries, behind those that were given here before. */
    void queue(Runnable publish) {
        state.use().queue();
        state.execute(() -> {
            try {
                publish.run();
            } finally {
                state.use().unqueue();
            }
        });
    }

    /** Any thread: {@link #tick} has something to do. */
    public boolean hasRetries() {
        return state.use().isHeld();
    }

    // ---- part of the group's reading

    /** As {@link #proceed}, at once. */
    public void proceedNow() {
        retries.proceed();
    }

    /** Entries were skipped, or the group is gone: answers the publishes that wait for them. */
    public void answerPassed() {
        answers.answerPassed(state);
    }

    /** To be called regularly: ends waits that last too long. */
    public void tick() {
        retries.tick();
    }
}
