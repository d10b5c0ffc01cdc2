package io.plexspaces.processgroups.core.publish;

import io.plexspaces.processgroups.core.Groups;
import io.plexspaces.processgroups.core.Groups.PublishResult;
import io.plexspaces.processgroups.core.OperationIds;
import io.plexspaces.processgroups.domain.ActorId;
import io.plexspaces.processgroups.domain.Entry;
import io.plexspaces.processgroups.domain.GroupId;
import io.plexspaces.processgroups.domain.Position;
import io.plexspaces.processgroups.log.Command;
import io.plexspaces.processgroups.log.FirstAnswer;
import io.plexspaces.processgroups.log.GroupLog;
import io.smallrye.mutiny.Uni;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** First answers of messages with an idempotency key, in the log, where every node finds them. Thread-safe. */
public final class Repeats {
    private static final System.Logger LOG = System.getLogger(Repeats.class.getName());

    private final GroupLog log;
    private final OperationIds operations;

    public Repeats(GroupLog log, OperationIds operations) {
        this.log = log;
        this.operations = operations;
    }

    /**
     * This node has given an answer. No caller waits until it is kept: an answer that is lost can be found again from
     * the message.
     */
    public void keep(GroupId group, String key, PublishResult answer) {
        append(group, key, answer)
                .subscribe()
                .with(
                        done -> {},
                        failure -> LOG.log(
                                System.Logger.Level.DEBUG, "an answer in {0} is not kept: {1}", group.name(), failure));
    }

    /**
     * The answer that was kept first: another one than {@code answer}, when another node was quicker. {@code answer}
     * itself, when the log has no room for it, or no such group any more.
     */
    Uni<PublishResult> keepFirst(GroupId group, String key, PublishResult answer) {
        return append(group, key, answer)
                .chain(done -> find(group, key, answer.position()))
                .map(found -> found.orElse(answer))
                .onFailure()
                .recoverWithItem(answer);
    }

    private Uni<?> append(GroupId group, String key, PublishResult answer) {
        Position at = answer.position();
        FirstAnswer kept = new FirstAnswer(answer.recipients(), answer.failures(), answer.perNode(), answer.ids());
        return log.append(group, at.epoch(), new Command.Answer(key, at.offset(), kept), operations.next());
    }

    /** The answer that is kept of the message at {@code first}; empty: none is. */
    Uni<Optional<PublishResult>> find(GroupId group, String key, Position first) {
        return log.firstAnswer(group, key, first.offset()).map(found -> found.map(answer -> result(first, answer)));
    }

    /** The message at {@code first}, if the log still has it. */
    Uni<Optional<Entry.Published>> retained(GroupId group, Position first) {
        return log.read(group, new Position(first.epoch(), first.offset() - 1), 1)
                .map(slice -> slice.messages().stream()
                        .filter(entry -> entry.offset() == first.offset())
                        .findFirst());
    }

    private static PublishResult result(Position first, FirstAnswer answer) {
        return new PublishResult(
                first,
                answer.recipients(),
                answer.failures(),
                answer.perNode(),
                answer.ids(),
                answer.ids().size() < answer.recipients(),
                counted(answer) < answer.recipients(),
                true);
    }

    /** Whoever is counted by no node is of those that were too many; nobody lives nowhere. */
    private static long counted(FirstAnswer answer) {
        return answer.perNode().values().stream().mapToLong(Integer::longValue).sum();
    }

    /** An answer as a repeat of its message gets it. */
    static PublishResult repeated(PublishResult answer, Groups.RecipientDetail wanted) {
        List<ActorId> ids = wanted == Groups.RecipientDetail.IDS ? answer.ids() : List.of();
        return new PublishResult(
                answer.position(),
                answer.recipients(),
                wanted == Groups.RecipientDetail.NONE ? 0 : answer.failures(),
                wanted == Groups.RecipientDetail.NONE ? Map.of() : answer.perNode(),
                ids,
                wanted == Groups.RecipientDetail.IDS && ids.size() < answer.recipients(),
                wanted != Groups.RecipientDetail.NONE && answer.nodesTruncated(),
                true);
    }
}
