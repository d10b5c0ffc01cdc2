package io.plexspaces.processgroups.app;

import java.security.SecureRandom;
import java.util.Base64;
import java.util.function.Supplier;

/** Texts that cannot be guessed: 24 characters of base64url, 144 random bits. Thread-safe. */
final class RandomTexts implements Supplier<String> {
    private static final int BYTES = 18;

    private final SecureRandom random = new SecureRandom();

    @Override
    public String get() {
        byte[] bytes = new byte[BYTES];
        random.nextBytes(bytes);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }
}
