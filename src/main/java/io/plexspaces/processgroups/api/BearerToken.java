package io.plexspaces.processgroups.api;

import io.plexspaces.processgroups.domain.ErrorCode;
import io.plexspaces.processgroups.domain.GroupException;
import org.jspecify.annotations.Nullable;

/** The token of a header {@code Authorization: Bearer …} (RFC 6750). */
public final class BearerToken {
    private static final String SCHEME = "Bearer ";

    private BearerToken() {}

    /**
     * @param header null: there is none
     * @return null: none was brought
     * @throws GroupException UNAUTHENTICATED: the header has another scheme
     */
    public static @Nullable String of(@Nullable String header) {
        if (header == null) {
            return null;
        }
        if (!header.regionMatches(true, 0, SCHEME, 0, SCHEME.length())) {
            throw GroupException.of(ErrorCode.UNAUTHENTICATED, "authorization must be a bearer token");
        }
        return header.substring(SCHEME.length()).strip();
    }
}
