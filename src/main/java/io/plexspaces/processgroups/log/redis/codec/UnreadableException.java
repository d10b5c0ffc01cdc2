package io.plexspaces.processgroups.log.redis.codec;

/**
 * Something that is stored, or was announced, is not as this server knows it: a newer server wrote it, or it is
 * damaged.
 */
public final class UnreadableException extends RuntimeException {
    private static final long serialVersionUID = 1;

    /** @param what could not be read, in words for the log */
    public UnreadableException(String what, Throwable cause) {
        super(what + ": " + cause.getMessage(), cause);
    }
}
