package io.plexspaces.processgroups.domain;

import static java.nio.charset.StandardCharsets.UTF_8;

/** How long texts are in UTF-8. */
public final class Utf8 {
    private static final int MOST_BYTES_PER_CHAR = 3;

    private Utf8() {}

    public static int bytes(String value) {
        return value.getBytes(UTF_8).length;
    }

    /**
     * Nothing is counted for texts that cannot be too long.
     *
     * @return {@code value}
     * @throws GroupException INVALID_ARGUMENT naming {@code field}, for more than {@code max} bytes
     */
    public static String atMost(int max, String field, String value) {
        if (value.length() > max / MOST_BYTES_PER_CHAR && bytes(value) > max) {
            throw GroupException.invalid(field, "must have at most " + max + " bytes");
        }
        return value;
    }
}
