package io.plexspaces.processgroups.token;

import java.security.PublicKey;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jose4j.json.JsonUtil;
import org.jose4j.jwk.JsonWebKey;
import org.jose4j.jwk.JsonWebKeySet;
import org.jose4j.jwk.PublicJsonWebKey;
import org.jose4j.lang.JoseException;
import org.jspecify.annotations.Nullable;

/**
 * Reads a JSON Web Key Set (RFC 7517). One key at a time, as jose4j's own reader logs the whole text for each key that
 * it cannot use. Addresses in keys are not looked at.
 */
final class JwkSet {
    static final int MOST_LENGTH = 256 * 1024;
    static final int MOST_KEYS = 100;

    private JwkSet() {}

    /**
     * Without those that are not for signatures, of other algorithms, too weak or broken.
     *
     * @throws IllegalArgumentException with a sentence without the text: it is no set, too large, or has no key left
     */
    static KeySet keys(String text) {
        if (text.length() > MOST_LENGTH) {
            throw new IllegalArgumentException("the answer has more than " + MOST_LENGTH + " bytes");
        }
        List<?> all = listed(text);
        if (all.size() > MOST_KEYS) {
            throw new IllegalArgumentException("the answer has more than " + MOST_KEYS + " keys: " + all.size());
        }
        List<KeySet.Named> usable = new ArrayList<>();
        for (Object one : all) {
            KeySet.Named key = one instanceof Map<?, ?> fields ? usable(fields) : null;
            if (key != null) {
                usable.add(key);
            }
        }
        if (usable.isEmpty()) {
            throw new IllegalArgumentException("the answer has no key that can be used, of " + all.size());
        }
        return new KeySet(usable);
    }

    private static List<?> listed(String text) {
        try {
            if (JsonUtil.parseJson(text).get(JsonWebKeySet.JWK_SET_MEMBER_NAME) instanceof List<?> all) {
                return all;
            }
        } catch (JoseException | RuntimeException unreadable) {
            // Its message may hold the text.
        }
        throw new IllegalArgumentException("the answer is no JSON Web Key Set");
    }

    private static KeySet.@Nullable Named usable(Map<?, ?> fields) {
        if (!isForSignatures(fields)) {
            return null;
        }
        try {
            @SuppressWarnings("unchecked")
            JsonWebKey read = JsonWebKey.Factory.newJwk((Map<String, Object>) fields);
            return read instanceof PublicJsonWebKey asymmetric ? named(asymmetric) : null;
        } catch (JoseException | RuntimeException broken) {
            return null;
        }
    }

    private static KeySet.@Nullable Named named(PublicJsonWebKey read) {
        PublicKey key = read.getPublicKey();
        Algorithm algorithm = Algorithm.of(key);
        String meant = read.getAlgorithm();
        return algorithm == null || (meant != null && !meant.equals(algorithm.id()))
                ? null
                : new KeySet.Named(read.getKeyId(), algorithm, key);
    }

    private static boolean isForSignatures(Map<?, ?> fields) {
        Object use = fields.get(JsonWebKey.USE_PARAMETER);
        Object operations = fields.get(JsonWebKey.KEY_OPERATIONS);
        return (use == null || use.equals("sig"))
                && (operations == null || (operations instanceof List<?> several && several.contains("verify")));
    }
}
