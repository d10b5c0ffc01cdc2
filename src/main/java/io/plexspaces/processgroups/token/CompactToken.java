package io.plexspaces.processgroups.token;

import io.plexspaces.processgroups.token.TokenRefused.Reason;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Map;
import org.jose4j.json.JsonUtil;
import org.jose4j.jwx.HeaderParameterNames;
import org.jose4j.lang.JoseException;
import org.jspecify.annotations.Nullable;

/**
 * A token that is read and not verified: what its header says about algorithm and key, and nothing else of it. Headers
 * that bring a key or an address of one ({@code jwk}, {@code jku}, {@code x5c}, {@code x5u}) are not looked at.
 *
 * @param kid null: the header has none
 * @param payload JSON, not parsed
 */
record CompactToken(
        String text, Algorithm algorithm, @Nullable String kid, String payload, int signatureBytes) {
    /** @throws TokenRefused TOO_LARGE, MALFORMED or ALGORITHM */
    static CompactToken read(String token) {
        if (isTooLarge(token)) {
            throw new TokenRefused(Reason.TOO_LARGE);
        }
        int first = token.indexOf('.');
        int second = token.indexOf('.', first + 1);
        if (first <= 0 || second < 0 || token.indexOf('.', second + 1) >= 0) {
            throw new TokenRefused(Reason.MALFORMED);
        }
        Map<String, Object> header = json(text(decoded(token.substring(0, first))));
        Algorithm algorithm = Algorithm.named(header.get(HeaderParameterNames.ALGORITHM));
        if (algorithm == null) {
            throw new TokenRefused(Reason.ALGORITHM);
        }
        checkExtensions(header);
        byte[] payload = decoded(token.substring(first + 1, second));
        byte[] signature = decoded(token.substring(second + 1));
        return new CompactToken(token, algorithm, kid(header), text(payload), signature.length);
    }

    /** A character is at least a byte. */
    static boolean isTooLarge(String token) {
        return token.length() > TokenVerifier.MOST_BYTES;
    }

    static String digest(String token) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(token.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest);
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("every Java has SHA-256", impossible);
        }
    }

    /** @throws TokenRefused MALFORMED, where it is not an object, or names one field twice */
    static Map<String, Object> json(String text) {
        try {
            return JsonUtil.parseJson(text);
        } catch (JoseException | RuntimeException unreadable) {
            throw new TokenRefused(Reason.MALFORMED);
        }
    }

    /** Extensions of the format that change what is signed; none is supported. */
    private static void checkExtensions(Map<String, Object> header) {
        if (header.containsKey(HeaderParameterNames.CRITICAL)
                || header.containsKey(HeaderParameterNames.BASE64URL_ENCODE_PAYLOAD)) {
            throw new TokenRefused(Reason.MALFORMED);
        }
    }

    private static @Nullable String kid(Map<String, Object> header) {
        Object kid = header.get(HeaderParameterNames.KEY_ID);
        if (kid != null && !(kid instanceof String)) {
            throw new TokenRefused(Reason.MALFORMED);
        }
        return (String) kid;
    }

    /** One text has one encoding: jose4j alone would skip characters that are none, and ignore spare bits. */
    private static byte[] decoded(String part) {
        byte[] bytes;
        try {
            bytes = Base64.getUrlDecoder().decode(part);
        } catch (IllegalArgumentException illegal) {
            throw new TokenRefused(Reason.MALFORMED);
        }
        if (part.isEmpty()
                || !Base64.getUrlEncoder()
                        .withoutPadding()
                        .encodeToString(bytes)
                        .equals(part)) {
            throw new TokenRefused(Reason.MALFORMED);
        }
        return bytes;
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }
}
