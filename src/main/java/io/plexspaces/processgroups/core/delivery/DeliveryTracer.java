package io.plexspaces.processgroups.core.delivery;

import io.plexspaces.processgroups.domain.Entry;
import io.plexspaces.processgroups.domain.GroupId;
import org.jspecify.annotations.Nullable;

/** Follows messages that belong to a trace from this node's reading of them to its connections. Thread-safe. */
public interface DeliveryTracer {
    /**
     * A message was read, and is about to be handed to those connected here.
     *
     * @return null: it belongs to no trace
     */
    @Nullable
    Delivering begin(GroupId group, Entry.Published entry);

    /** The delivery of one message to the connections of this node. */
    interface Delivering {
        /** It was posted to a further event loop. */
        void posted();

        /** One of the event loops has handed it to its connections, as many as that; or to none, as it was too late. */
        void handed(int connections);

        /** It will be posted to no further loop. */
        void allPosted();
    }

    /** Follows nothing. */
    DeliveryTracer OFF = (group, entry) -> null;
}
