package io.plexspaces.processgroups.api.http.stream;

import io.plexspaces.processgroups.api.http.call.Refusal;

/** An answer that goes on. On its event loop. */
public interface Stream {
    /** Ends it for a reason that is none of the service's; nothing when it has ended already. */
    void refuse(Refusal why);
}
