package io.plexspaces.processgroups.log;

import io.plexspaces.processgroups.domain.GroupId;
import io.plexspaces.processgroups.domain.OperationId;
import io.plexspaces.processgroups.domain.Owner;
import io.smallrye.mutiny.Uni;
import java.util.List;

/**
 * Who may move the joins of a session, and who may end it: one node at a time, however many are asked to resume it. As
 * {@link GroupLog}: any thread, never blocks, nothing before the subscription.
 */
public interface SessionOwners {
    /**
     * The groups in which a session holds joins, whichever node it was on last; unordered. None for a session that is
     * not known.
     */
    Uni<List<GroupId>> heldBy(String session);

    /**
     * Claims a session, in one atomic step: takeovers under an earlier claim are refused wherever this one has made its
     * own. Remembered for two minutes. FENCED as for a change.
     */
    Uni<Claim> claim(String session, OperationId operation);

    /**
     * Claims a session for the node that has it, if another claim was made since that of {@code session}: in one atomic
     * step, as {@link #claim}. Otherwise nothing is done, and the number is that of {@code session}. FENCED as for a
     * change.
     */
    Uni<Claim> claimAgain(Owner.Session session, OperationId operation);

    /**
     * Ends a session that holds joins in several groups, before it leaves the first of them, in one atomic step: a
     * claim within the next minute fails. FENCED as for a change.
     *
     * @return false: it was claimed since {@code session} was, and nothing is done
     */
    Uni<Boolean> end(Owner.Session session, OperationId operation);

    /**
     * A claim of a session.
     *
     * @param number greater than that of every claim before
     * @param ended the session was ended before, and cannot be had any more
     */
    record Claim(long number, boolean ended) {}
}
