package io.plexspaces.processgroups.core.delivery;

/**
 * How events look to the peers of one protocol. Encodings of events, put one behind the other, are the encoding of all
 * of them; so frames for many connections are encoded once and joined once. Thread-safe; one instance a
 * format.
 *
 * @param <S> joined bytes as the protocol's transport wants them
 */
public interface WireFormat<S> {
    /** The complete bytes of one event, framing included. */
    byte[] encode(Event event);

    /**
     * Joins encodings in order.
     *
     * @param parts the first {@code count} elements are joined
     * @param bytes the sum of their lengths
     */
    S join(byte[][] parts, int count, int bytes);

    /** Called once after the last {@link Sink#write} of what {@link #join} returned. */
    void release(S joined);
}
