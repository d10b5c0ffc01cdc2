package io.plexspaces.processgroups.log.redis;

import io.plexspaces.processgroups.domain.Namespace;
import io.plexspaces.processgroups.log.redis.codec.NamespaceChange;
import io.vertx.core.buffer.Buffer;

/** Reads the announcements of one namespace, once for all readings. */
final class NamespaceFeed extends Feed<NamespaceReading> {
    private static final System.Logger LOG = System.getLogger(NamespaceFeed.class.getName());

    private final Namespace namespace;

    NamespaceFeed(Namespace namespace, String channel) {
        super(channel);
        this.namespace = namespace;
    }

    Namespace namespace() {
        return namespace;
    }

    @Override
    public void message(Buffer payload) {
        NamespaceChange change;
        try {
            change = NamespaceChange.parse(namespace, payload.getBytes());
        } catch (RuntimeException unreadable) {
            LOG.log(System.Logger.Level.ERROR, "unreadable announcement", unreadable);
            return;
        }
        serial.execute(() -> readings().forEach(reading -> reading.announced(change)));
    }

    /** The version of the index, as a check saw it. */
    void seen(long version) {
        serial.execute(() -> readings().forEach(reading -> reading.seen(version)));
    }
}
