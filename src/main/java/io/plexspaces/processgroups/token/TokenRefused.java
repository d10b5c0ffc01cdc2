package io.plexspaces.processgroups.token;

/**
 * A token was not accepted. The message holds nothing of the token: at most the name of a claim. Has no stack trace: it
 * says what a client sent, not where we were.
 */
public final class TokenRefused extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** Why, as metrics count it. */
    public enum Reason {
        /** It is no signed token in three parts. */
        MALFORMED("not a signed JSON Web Token"),
        /** It is longer than {@link TokenVerifier#MOST_BYTES}. */
        TOO_LARGE("longer than " + TokenVerifier.MOST_BYTES + " bytes"),
        /** Its algorithm is not allowed, or not the one of its key. */
        ALGORITHM("its algorithm is not allowed, or not that of its key"),
        /** None of the keys is the one that it names. */
        UNKNOWN_KEY("its key is not known"),
        /** The key that it names did not sign it. */
        SIGNATURE("its signature is wrong"),
        /** Its {@code exp} has passed. */
        EXPIRED("it has expired"),
        /** Its {@code nbf} has not come. */
        NOT_YET_VALID("it is not valid yet"),
        /** It is another issuer's. */
        ISSUER("its issuer is not the expected one"),
        /** It is for somebody else. */
        AUDIENCE("its audience is not the expected one"),
        /** It names no tenant, or nothing that may be one. */
        TENANT("it names no tenant"),
        /** A claim is missing, or of another type. */
        CLAIM("a claim is missing or of a wrong type"),
        /** There are no keys to check it with, now. */
        KEYS_UNAVAILABLE("there are no keys to check it with at present", true),
        /** Too many tokens wait to be checked. */
        BUSY("too many tokens are being checked", true);

        private final String sentence;
        private final boolean retryable;

        Reason(String sentence) {
            this(sentence, false);
        }

        Reason(String sentence, boolean retryable) {
            this.sentence = sentence;
            this.retryable = retryable;
        }

        /** Whether the same token may be accepted later. */
        public boolean retryable() {
            return retryable;
        }
    }

    private final Reason reason;

    TokenRefused(Reason reason) {
        this(reason, reason.sentence);
    }

    private TokenRefused(Reason reason, String sentence) {
        super("token refused: " + sentence, null, false, false);
        this.reason = reason;
    }

    /** @param name as configured, which is never a part of a token */
    static TokenRefused claim(String name, String complaint) {
        return new TokenRefused(Reason.CLAIM, "claim " + name + " " + complaint);
    }

    static TokenRefused tenant(String name, String complaint) {
        return new TokenRefused(Reason.TENANT, "claim " + name + " " + complaint);
    }

    public Reason reason() {
        return reason;
    }

    @Override
    public String getMessage() {
        return String.valueOf(super.getMessage());
    }
}
