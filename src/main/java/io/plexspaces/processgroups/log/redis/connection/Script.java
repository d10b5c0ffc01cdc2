package io.plexspaces.processgroups.log.redis.connection;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * A Lua script, known to Redis by its digest.
 *
 * @param sha1 of the text, in hexadecimal
 */
public record Script(String name, String text, String sha1) {
    /**
     * Joins resources of the folder {@code /redis/}: the last one names the script, those before it hold what it shares
     * with others.
     */
    public static Script of(String... parts) {
        StringBuilder text = new StringBuilder();
        for (String part : parts) {
            text.append(resource("/redis/" + part + ".lua"));
        }
        return new Script(parts[parts.length - 1], text.toString(), sha1(text.toString()));
    }

    private static String resource(String path) {
        try (InputStream stream = Script.class.getResourceAsStream(path)) {
            if (stream == null) {
                throw new IllegalStateException("missing resource " + path);
            }
            return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String sha1(String text) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-1").digest(text.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
