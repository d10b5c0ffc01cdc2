package io.plexspaces.processgroups.log.redis.connection;

import io.vertx.core.buffer.Buffer;

/** Is told what comes on one channel, on the thread of the connection: must not block, nor throw. */
public interface ChannelListener {
    void message(Buffer payload);

    /**
     * From here on messages are heard; those sent since the channel was last heard are lost. At first, and after each
     * reconnect.
     */
    void listening();
}
