package io.plexspaces.processgroups.api.websocket;

import io.netty.buffer.ByteBuf;

/** Who the frames of a {@link FrameReader} are for. Called on the event loop. */
interface FrameReceiver {
    boolean isBusy();

    /** Bytes of the largest message. */
    int maxMessageBytes();

    boolean acceptsText();

    /** A complete message of the accepted kind. */
    void message(byte[] content);

    void unacceptable(boolean text);

    void tooLarge();

    /** The server has no room for a message that has begun. */
    void overloaded();

    /** The peer broke the protocol, and nothing more can be read. */
    void violation(int closeCode, String reason);

    /** @param content released by the caller */
    void ping(ByteBuf content);

    /** A close frame has come. */
    void closing();

    /** The peer sent something, or took what waited for it. */
    void alive();

    /** The channel takes more. */
    void writable();

    /** The channel is closed, or about to be. */
    void ended();
}
