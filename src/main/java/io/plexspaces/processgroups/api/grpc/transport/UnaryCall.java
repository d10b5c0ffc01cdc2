package io.plexspaces.processgroups.api.grpc.transport;

import io.plexspaces.processgroups.domain.GroupException;

/** A unary call that may have to wait. */
public interface UnaryCall {
    /** Executes it. */
    void run();

    /** Answers it with a refusal. */
    void refuse(GroupException cause);
}
