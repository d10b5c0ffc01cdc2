package io.plexspaces.processgroups.token;

import java.io.ByteArrayInputStream;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.cert.CertificateFactory;
import java.security.spec.X509EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jose4j.jwk.JsonWebKey;
import org.jose4j.lang.JoseException;

/** Reads public keys and certificates (RFC 7468). */
final class PemText {
    /** Of keys: a token whose key is not named may have to be tried with each. */
    static final int MOST_KEYS = 8;

    private static final Pattern BLOCK =
            Pattern.compile("-----BEGIN ([A-Z0-9 ]+)-----([A-Za-z0-9+/=\\s]*)-----END \\1-----");

    private static final String BEGIN = "-----BEGIN ";

    private PemText() {}

    /**
     * Named by their thumbprints (RFC 7638, SHA-256). Text around the blocks is a comment. Whether a certificate is
     * still valid is not asked.
     *
     * @throws IllegalArgumentException with a sentence without the text
     */
    static KeySet keys(String text) {
        List<KeySet.Named> keys = new ArrayList<>();
        Matcher blocks = BLOCK.matcher(text);
        int read = 0;
        while (blocks.find()) {
            keys.add(key(blocks.group(1), Base64.getMimeDecoder().decode(blocks.group(2))));
            read++;
        }
        if (read != text.split(BEGIN, -1).length - 1) {
            throw new IllegalArgumentException("a block of it has no end, or is not Base64");
        }
        if (keys.isEmpty() || keys.size() > MOST_KEYS) {
            throw new IllegalArgumentException("it must hold 1 to " + MOST_KEYS + " keys, but has " + keys.size());
        }
        return new KeySet(keys);
    }

    private static KeySet.Named key(String label, byte[] content) {
        PublicKey key =
                switch (label) {
                    case "PUBLIC KEY" -> publicKey(content);
                    case "CERTIFICATE" -> certified(content);
                    default -> throw new IllegalArgumentException("it must hold public keys and certificates alone");
                };
        Algorithm algorithm = Algorithm.of(key);
        if (algorithm == null) {
            throw new IllegalArgumentException(
                    "a key of it is not RSA of 2048 to 8192 bits, nor of the curves P-256, Ed25519 or Ed448");
        }
        return new KeySet.Named(thumbprint(key), algorithm, key);
    }

    private static PublicKey publicKey(byte[] content) {
        for (String family : List.of("RSA", "EC", "EdDSA")) {
            try {
                return KeyFactory.getInstance(family).generatePublic(new X509EncodedKeySpec(content));
            } catch (GeneralSecurityException | RuntimeException other) {
                // The next family is tried.
            }
        }
        throw new IllegalArgumentException("a key of it cannot be read");
    }

    private static PublicKey certified(byte[] content) {
        try {
            return CertificateFactory.getInstance("X.509")
                    .generateCertificate(new ByteArrayInputStream(content))
                    .getPublicKey();
        } catch (GeneralSecurityException | RuntimeException unreadable) {
            throw new IllegalArgumentException("a certificate of it cannot be read", unreadable);
        }
    }

    private static String thumbprint(PublicKey key) {
        try {
            return JsonWebKey.Factory.newJwk(key).calculateBase64urlEncodedThumbprint("SHA-256");
        } catch (JoseException | RuntimeException unusable) {
            throw new IllegalArgumentException("a key of it cannot be used", unusable);
        }
    }
}
