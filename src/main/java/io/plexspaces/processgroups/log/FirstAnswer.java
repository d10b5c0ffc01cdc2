package io.plexspaces.processgroups.log;

import io.plexspaces.processgroups.domain.ActorId;
import io.plexspaces.processgroups.domain.Copies;
import io.plexspaces.processgroups.domain.NodeId;
import java.util.List;
import java.util.Map;

/**
 * The recipients of a message with an idempotency key, as its publisher received them; kept for clients that publish it
 * again.
 *
 * @param failures recipients that could not be reached, as far as was known
 * @param ids each once; fewer than {@code recipients}, or none, when they were too many to be kept
 */
public record FirstAnswer(int recipients, int failures, Map<NodeId, Integer> perNode, List<ActorId> ids) {
    public FirstAnswer {
        perNode = Copies.of(perNode);
        ids = List.copyOf(ids);
    }

    /** The same without ids, which takes hardly any room. */
    public FirstAnswer withoutIds() {
        return new FirstAnswer(recipients, failures, perNode, List.of());
    }
}
