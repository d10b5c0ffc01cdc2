package io.plexspaces.processgroups.bench.system;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.jose4j.jws.AlgorithmIdentifiers;
import org.jose4j.jws.JsonWebSignature;
import org.jose4j.jwt.JwtClaims;
import org.jose4j.lang.JoseException;

/** An issuer of tokens (ES256), each of which allows everything in its tenant; its keys lie in a folder. */
public final class Tokens {
    private static final float LIFE_MINUTES = 24 * 60;
    private static final String OPEN = "issuer.pem";
    private static final String SECRET = "issuer.key";

    private final Path folder;
    private final PrivateKey key;

    private Tokens(Path folder, PrivateKey key) {
        this.folder = folder;
        this.key = key;
    }

    /** With new keys. */
    public static Tokens made(Path folder) {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec("secp256r1"));
            KeyPair pair = generator.generateKeyPair();
            Files.createDirectories(folder);
            Files.writeString(
                    folder.resolve(OPEN),
                    "-----BEGIN PUBLIC KEY-----\n"
                            + Base64.getMimeEncoder()
                                    .encodeToString(pair.getPublic().getEncoded())
                            + "\n-----END PUBLIC KEY-----\n");
            Files.write(folder.resolve(SECRET), pair.getPrivate().getEncoded());
            return new Tokens(folder, pair.getPrivate());
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException("no keys can be made", impossible);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /** With those that are there. */
    public static Tokens read(Path folder) {
        try {
            byte[] key = Files.readAllBytes(folder.resolve(SECRET));
            return new Tokens(folder, KeyFactory.getInstance("EC").generatePrivate(new PKCS8EncodedKeySpec(key)));
        } catch (GeneralSecurityException malformed) {
            throw new IllegalStateException("the key cannot be read", malformed);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /** What a server that asks for its tokens is started with. */
    public List<String> options() {
        return List.of("-Dprocessgroups.auth=jwt", "-Dprocessgroups.auth.pem-file=" + folder.resolve(OPEN));
    }

    /** As it stands in a header. */
    public String bearer(String tenant, String subject) {
        JwtClaims claims = new JwtClaims();
        claims.setSubject(subject);
        claims.setStringClaim("tenant", tenant);
        claims.setClaim("processgroups", List.of(Map.of("actors", List.of("*"), "ops", List.of("*"))));
        claims.setExpirationTimeMinutesInTheFuture(LIFE_MINUTES);
        JsonWebSignature signed = new JsonWebSignature();
        signed.setPayload(claims.toJson());
        signed.setKey(key);
        signed.setAlgorithmHeaderValue(AlgorithmIdentifiers.ECDSA_USING_P256_CURVE_AND_SHA256);
        try {
            return "Bearer " + signed.getCompactSerialization();
        } catch (JoseException impossible) {
            throw new IllegalStateException("a token cannot be signed", impossible);
        }
    }
}
