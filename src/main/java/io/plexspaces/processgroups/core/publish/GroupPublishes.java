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
 * Publishes of this node in one group: those that wait for their entries, those that have to begin again, and what a
 * repeat is answered. Any thread.
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

    /** The entry of {@code operation} may be one that was jumped over, and others may have waited to know. */
    void passed(OperationId operation) {
        state.execute(() -> {
            answers.answerPassed(operation, state.applied());
            retries.proceed();
        });
    }

    /** No entry of a publish will come, or nobody waits for it. */
    void forget(OperationId operation) {
        answers.forget(operation);
    }

    /** The same; false: it was forgotten, or answered, before. */
    boolean forget(OperationId operation, PendingPublish publishing) {
        return answers.take(operation, publishing);
    }

    /**
     * The log is in another life than the one that {@code publishing} began in: it begins again when it is its turn.
     */
    void refused(OperationId operation, PendingPublish publishing) {
        retries.refused(publishing);
        answers.forget(operation);
        proceed();
    }

    /** False: nobody has to go first. */
    boolean addToRetries(PendingPublish publishing) {
        boolean added = retries.add(publishing);
        if (added) {
            proceed();
        }
        return added;
    }

    /** Publishes that wait for their turn go on after what is under way, if nothing holds them up any more. */
    public void proceed() {
        state.execute(retries::proceed);
    }

    /**
     * The answer that the message at {@code first} got, whichever node published it; with what {@code repeat} asks for.
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
     * The node that published it has died before its answer was kept: what this one has read, or finds now, is the
     * first answer.
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

    /** Entries were jumped over, or the group is gone: whoever waits for them is answered. */
    public void answerPassed() {
        answers.answerPassed(state);
    }

    /** To be called regularly: nobody waits for ever. */
    public void tick() {
        retries.tick();
    }
}
