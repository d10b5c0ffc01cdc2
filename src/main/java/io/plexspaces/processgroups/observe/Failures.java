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
}
