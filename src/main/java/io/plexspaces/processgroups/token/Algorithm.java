package io.plexspaces.processgroups.token;

import java.security.Key;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.EdECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.NamedParameterSpec;
import java.util.Arrays;
import javax.crypto.SecretKey;
import org.jose4j.jws.AlgorithmIdentifiers;
import org.jose4j.keys.EllipticCurves;
import org.jspecify.annotations.Nullable;

/** The ways a token may be signed (RFC 7518, RFC 8037). All others are refused, {@code none} first of all. */
enum Algorithm {
    RS256(AlgorithmIdentifiers.RSA_USING_SHA256) {
        @Override
        boolean fits(Key key) {
            if (key instanceof RSAPublicKey rsa) {
                int bits = rsa.getModulus().bitLength();
                return bits >= LEAST_RSA_BITS && bits <= MOST_RSA_BITS;
            }
            return false;
        }

        @Override
        int signatureBytes(Key key) {
            return (((RSAPublicKey) key).getModulus().bitLength() + 7) / 8;
        }
    },
    ES256(AlgorithmIdentifiers.ECDSA_USING_P256_CURVE_AND_SHA256) {
        @Override
        boolean fits(Key key) {
            return key instanceof ECPublicKey ec && ec.getParams().getCurve().equals(EllipticCurves.P256.getCurve());
        }

        @Override
        int signatureBytes(Key key) {
            return 64;
        }
    },
    EDDSA(AlgorithmIdentifiers.EDDSA) {
        @Override
        boolean fits(Key key) {
            return key instanceof EdECPublicKey;
        }

        @Override
        int signatureBytes(Key key) {
            boolean isShort = ((EdECPublicKey) key).getParams().getName().equals(NamedParameterSpec.ED25519.getName());
            return isShort ? 64 : 114;
        }
    },
    HS256(AlgorithmIdentifiers.HMAC_SHA256) {
        @Override
        boolean fits(Key key) {
            return key instanceof SecretKey;
        }

        @Override
        int signatureBytes(Key key) {
            return 32;
        }
    };

    private static final int LEAST_RSA_BITS = 2048;

    /** A check's cost grows with the square of it. */
    private static final int MOST_RSA_BITS = 8192;

    private final String id;

    Algorithm(String id) {
        this.id = id;
    }

    /** As headers of tokens have it. */
    String id() {
        return id;
    }

    /** Whether the key is of this algorithm's family, and strong enough. */
    abstract boolean fits(Key key);

    /**
     * Of each signature with a key that fits. Java takes an Ed25519 signature for a right one when zeros follow it.
     */
    abstract int signatureBytes(Key key);

    /** Null: not one of these. Case counts. */
    static @Nullable Algorithm named(@Nullable Object id) {
        return Arrays.stream(values())
                .filter(algorithm -> algorithm.id.equals(id))
                .findFirst()
                .orElse(null);
    }

    /** The only one the key may be used with; null: none. */
    static @Nullable Algorithm of(Key key) {
        return Arrays.stream(values())
                .filter(algorithm -> algorithm.fits(key))
                .findFirst()
                .orElse(null);
    }
}
