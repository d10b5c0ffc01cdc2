package io.plexspaces.processgroups.domain;

import java.time.Duration;

/**
 * What a group keeps: the last messages, each for at most an age; 0 of either keeps none.
 *
 * @param messages how many, ≥ 0
 * @param age how long, ≥ 0
 */
public record Retention(int messages, Duration age) {
    /** @throws GroupException INVALID_ARGUMENT naming {@code retention} */
    public Retention {
        if (messages < 0 || age.isNegative()) {
            throw GroupException.invalid("retention", "must not be negative");
        }
    }

    public boolean keepsNone() {
        return messages == 0 || age.isZero();
    }
}
