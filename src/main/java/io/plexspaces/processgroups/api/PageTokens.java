package io.plexspaces.processgroups.api;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.plexspaces.processgroups.domain.GroupException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;

/**
 * Page tokens: where the last page ended, bound to the query that made it. They are the same on every node and hold no
 * secret: the digest catches damage and use with another query, and what a token names is checked like any other name.
 */
final class PageTokens {
    private static final byte FORMAT = 1;
    private static final int DIGEST_BYTES = 12;
    private static final int MAX_CHARS = 1024;

    private PageTokens() {}

    /**
     * @param query everything that decides which page comes next, but for the page's size
     * @param last where the page ended
     */
    static String encode(List<String> query, String last) {
        byte[] name = last.getBytes(UTF_8);
        byte[] token = new byte[1 + DIGEST_BYTES + name.length];
        token[0] = FORMAT;
        System.arraycopy(digest(query, last), 0, token, 1, DIGEST_BYTES);
        System.arraycopy(name, 0, token, 1 + DIGEST_BYTES, name.length);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(token);
    }

    /**
     * @return where the last page ended
     * @throws GroupException INVALID_ARGUMENT naming {@code page_token}
     */
    static String decode(List<String> query, String token) {
        byte[] bytes = token.length() > MAX_CHARS ? new byte[0] : decodeBase64(token);
        if (bytes.length > 1 + DIGEST_BYTES && bytes[0] == FORMAT) {
            String last = new String(bytes, 1 + DIGEST_BYTES, bytes.length - 1 - DIGEST_BYTES, UTF_8);
            byte[] told = Arrays.copyOfRange(bytes, 1, 1 + DIGEST_BYTES);
            if (Arrays.equals(told, digest(query, last))) {
                return last;
            }
        }
        throw invalid();
    }

    static GroupException invalid() {
        return GroupException.invalid("page_token", "is not one that this query returned");
    }

    private static byte[] decodeBase64(String token) {
        try {
            return Base64.getUrlDecoder().decode(token);
        } catch (IllegalArgumentException notBase64) {
            return new byte[0];
        }
    }

    private static byte[] digest(List<String> query, String last) {
        try {
            MessageDigest sha = MessageDigest.getInstance("SHA-256");
            for (String part : query) {
                sha.update((part.length() + ":" + part).getBytes(UTF_8));
            }
            sha.update(last.getBytes(UTF_8));
            return Arrays.copyOf(sha.digest(), DIGEST_BYTES);
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("every Java platform has SHA-256", impossible);
        }
    }
}
