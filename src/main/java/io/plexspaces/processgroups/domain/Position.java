package io.plexspaces.processgroups.domain;

/**
 * A place in a group's log.
 *
 * @param epoch identifies one unbroken history of the log: another one when the group is created again, or when the
 *     store may have lost entries
 * @param offset 1, 2, 3 … without holes; 0 is before the first entry
 */
public record Position(String epoch, long offset) {
    public static final int EPOCH_BYTES = 64;

    /** @throws GroupException INVALID_ARGUMENT naming {@code after} */
    public Position {
        if (offset < 0) {
            throw GroupException.invalid("after", "offset must not be negative");
        }
        if (epoch.length() > EPOCH_BYTES) {
            throw GroupException.invalid("after", "epoch must have at most " + EPOCH_BYTES + " bytes");
        }
    }
}
