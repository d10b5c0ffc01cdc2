package io.plexspaces.processgroups.observe;

import io.plexspaces.processgroups.domain.ErrorCode;
import io.plexspaces.processgroups.domain.GroupException;

/** What a failure counts as. */
final class Failures {
    private Failures() {}

    /** INTERNAL for everything that is not expected. */
    static ErrorCode codeOf(Throwable failure) {
        return failure instanceof GroupException expected ? expected.code() : ErrorCode.INTERNAL;
    }

    /** The text that may be shown: of a defect only its type, as its message may hold anything. */
    static String messageOf(Throwable failure) {
        return failure instanceof GroupException expected
                ? String.valueOf(expected.getMessage())
                : failure.getClass().getName();
    }
}
