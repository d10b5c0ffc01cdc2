package io.plexspaces.processgroups.domain;

import java.util.List;

/** What a message is about: 1 to 16 tokens joined by dots, at most 255 bytes, no wildcard. */
public record Topic(String value) {
    static final int BYTES = 255;
    public static final int TOKENS = 16;

    /** @throws GroupException INVALID_ARGUMENT naming {@code topic} */
    public Topic {
        checkTokens("topic", value, false);
    }

    /** The tokens in order. */
    public List<String> tokens() {
        return split(value);
    }

    static List<String> split(String value) {
        return List.of(value.split("\\.", -1));
    }

    /**
     * Checks length, token count and characters; with {@code wildcards}, {@code *} and a last {@code >} are tokens too.
     */
    static void checkTokens(String field, String value, boolean wildcards) {
        if (value.isEmpty()) {
            throw GroupException.invalid(field, "must not be empty");
        }
        if (value.length() > BYTES) {
            throw GroupException.invalid(field, "must have at most " + BYTES + " bytes");
        }
        int tokens = 1;
        int start = 0;
        for (int i = 0; i <= value.length(); i++) {
            if (i == value.length() || value.charAt(i) == '.') {
                checkToken(field, value, start, i, wildcards);
                tokens += i == value.length() ? 0 : 1;
                start = i + 1;
            }
        }
        if (tokens > TOKENS) {
            throw GroupException.invalid(field, "must have at most " + TOKENS + " tokens");
        }
    }

    private static void checkToken(String field, String value, int start, int end, boolean wildcards) {
        if (start == end) {
            throw GroupException.invalid(field, "has an empty token at " + start);
        }
        if (wildcards && end == start + 1 && value.charAt(start) == '*') {
            return;
        }
        if (wildcards && end == start + 1 && value.charAt(start) == '>') {
            if (end != value.length()) {
                throw GroupException.invalid(field, "may hold '>' only as its last token");
            }
            return;
        }
        for (int i = start; i < end; i++) {
            if (!Names.isTokenChar(value.charAt(i))) {
                throw GroupException.invalid(
                        field,
                        "tokens may hold only A-Z a-z 0-9 _ : @ ~ -, found " + Names.shown(value.charAt(i)) + " at "
                                + i);
            }
        }
    }
}
