package io.plexspaces.processgroups.api.websocket.format;

import io.plexspaces.processgroups.domain.GroupException;

/** A request that could not be read; the session goes on. Has no stack trace: it says what a client did. */
public final class UnreadableRequest extends Exception {
    private static final long serialVersionUID = 1L;

    private final long requestId;
    private final GroupException reason;

    /** @param requestId 0 when it could not be read */
    UnreadableRequest(long requestId, GroupException reason) {
        super(reason.getMessage(), null, false, false);
        this.requestId = requestId;
        this.reason = reason;
    }

    public long requestId() {
        return requestId;
    }

    public GroupException reason() {
        return reason;
    }
}
