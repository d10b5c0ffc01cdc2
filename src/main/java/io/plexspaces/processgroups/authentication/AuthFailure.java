package io.plexspaces.processgroups.authentication;

import io.plexspaces.processgroups.token.TokenRefused;
import java.util.Locale;

/** Why a caller was not let in, as metrics and the audit log name it: never with a text of the caller's. */
public enum AuthFailure {
    /** It brought no token. */
    MISSING,
    /** It brought something else than a bearer token. */
    SCHEME,
    /** The token is no signed token in three parts. */
    MALFORMED,
    /** The token is too long. */
    TOO_LARGE,
    /** The token's algorithm is not allowed, or not that of its key. */
    ALGORITHM,
    /** None of the keys is the one that the token names. */
    UNKNOWN_KEY,
    /** The signature is wrong. */
    SIGNATURE,
    /** The token has expired. */
    EXPIRED,
    /** The token is not valid yet. */
    NOT_YET,
    /** It is another issuer's. */
    ISSUER,
    /** It is for somebody else. */
    AUDIENCE,
    /** It names no tenant. */
    TENANT,
    /** A claim is missing, or of a wrong type. */
    CLAIM,
    /** Its rules, or those of its roles, cannot be used. */
    RULES,
    /** There are no keys to check it with, now. */
    KEYS_UNAVAILABLE,
    /** Too many tokens wait to be checked. */
    OVERLOADED,
    /** The check failed for a reason of the server's own. */
    DEFECT;

    /** As a value of a label. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    static AuthFailure of(TokenRefused.Reason reason) {
        return switch (reason) {
            case MALFORMED -> MALFORMED;
            case TOO_LARGE -> TOO_LARGE;
            case ALGORITHM -> ALGORITHM;
            case UNKNOWN_KEY -> UNKNOWN_KEY;
            case SIGNATURE -> SIGNATURE;
            case EXPIRED -> EXPIRED;
            case NOT_YET_VALID -> NOT_YET;
            case ISSUER -> ISSUER;
            case AUDIENCE -> AUDIENCE;
            case TENANT -> TENANT;
            case CLAIM -> CLAIM;
            case KEYS_UNAVAILABLE -> KEYS_UNAVAILABLE;
            case BUSY -> OVERLOADED;
        };
    }
}
