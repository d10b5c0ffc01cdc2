package io.plexspaces.processgroups.domain;

/** The rule for names: which characters, how many, and how it begins. */
final class Names {
    static final int GROUP_BYTES = 128;
    static final int ACTOR_BYTES = 255;

    private Names() {}

    /**
     * @return {@code value}, when it is 1 to {@code max} bytes of {@code A-Z a-z 0-9 . _ : @ ~ -} beginning with a
     *     letter or digit
     * @throws GroupException INVALID_ARGUMENT naming {@code field}
     */
    static String check(String field, String value, int max) {
        if (value.isEmpty()) {
            throw GroupException.invalid(field, "must not be empty");
        }
        if (value.length() > max) {
            throw GroupException.invalid(field, "must have at most " + max + " bytes");
        }
        for (int i = 0; i < value.length(); i++) {
            if (!isNameChar(value.charAt(i))) {
                throw GroupException.invalid(
                        field, "may hold only A-Z a-z 0-9 . _ : @ ~ -, found " + shown(value.charAt(i)) + " at " + i);
            }
        }
        if (!isAlphanumeric(value.charAt(0))) {
            throw GroupException.invalid(field, "must start with a letter or digit");
        }
        return value;
    }

    /** Whether {@code c} may stand in a topic token: a character of names, but not the dot that separates tokens. */
    static boolean isTokenChar(char c) {
        return c != '.' && isNameChar(c);
    }

    /** A character as it may be shown in a message: itself when printable ASCII, else its code point. */
    static String shown(char c) {
        return c > ' ' && c < 127 ? "'" + c + "'" : String.format("U+%04X", (int) c);
    }

    private static boolean isNameChar(char c) {
        return isAlphanumeric(c) || c == '.' || c == '_' || c == ':' || c == '@' || c == '~' || c == '-';
    }

    private static boolean isAlphanumeric(char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    }
}
