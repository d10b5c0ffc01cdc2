package io.plexspaces.processgroups.log.redis.reading;

import io.plexspaces.processgroups.domain.Namespace;
import io.plexspaces.processgroups.log.redis.codec.NamespaceChange;
import io.plexspaces.processgroups.log.redis.codec.UnreadableException;
import io.plexspaces.processgroups.log.redis.store.Unreadables;
import io.vertx.core.buffer.Buffer;
import org.jspecify.annotations.Nullable;

/** Reads the announcements of one namespace, once for all readings. */
public final class NamespaceFeed extends Feed<NamespaceReading> {
    private final Namespace namespace;
    private final Unreadables unreadables;

    public NamespaceFeed(Namespace namespace, String channel, Unreadables unreadables) {
        super(channel);
        this.namespace = namespace;
        this.unreadables = unreadables;
    }

    public Namespace namespace() {
        return namespace;
    }

    @Override
    public void message(Buffer payload) {
        NamespaceChange change;
        try {
            change = NamespaceChange.parse(namespace, payload.getBytes());
        } catch (UnreadableException unreadable) {
            unreadables.found(NamespaceReading.named(namespace), Unreadables.reason(unreadable));
            serial.execute(() -> readings().forEach(NamespaceReading::unheard));
            return;
        }
        serial.execute(() -> readings().forEach(reading -> reading.announced(change)));
    }

    /** In the serial queue: a reading that has missed nothing that is known of; null: there is none. */
    @Nullable
    NamespaceReading live() {
        return firstOf(NamespaceReading::isLive);
    }

    /** The version of the index, as a check saw it. */
    void seen(long version) {
        serial.execute(() -> readings().forEach(reading -> reading.seen(version)));
    }
}
