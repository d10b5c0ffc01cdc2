package io.plexspaces.processgroups.log.redis.connection;

import io.vertx.core.buffer.Buffer;

/** Receives what comes on one channel, on the thread of the connection: must not block, nor throw. */
public interface ChannelListener {
    void message(Buffer payload);

    /**
     * From here on messages are received; those sent since the last subscription broke are lost. At first, and after
     * each reconnect.
     */
    void listening();
}
