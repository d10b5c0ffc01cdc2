package io.plexspaces.processgroups.token;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PublicKey;
import java.security.spec.ECGenParameterSpec;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.Stream;
import javax.crypto.spec.SecretKeySpec;
import org.jose4j.json.JsonUtil;
import org.jose4j.jwa.AlgorithmConstraints;
import org.jose4j.jwk.JsonWebKey;
import org.jose4j.jws.JsonWebSignature;
import org.jose4j.lang.JoseException;

/** Signs tokens with one key; the server under test trusts it, or does not. */
public record Issuer(String kid, Algorithm algorithm, Key privateKey, Key publicKey) {
    /** What time it is in the tests: 2026-01-01T00:00:00Z. */
    public static final long NOW = 1_767_225_600;

    public static final TokenSettings ANY = new TokenSettings(null, Set.of(), TokenSettings.ClaimNames.DEFAULT);

    public static Issuer rsa(String kid) {
        return of(kid, Algorithm.RS256, pair("RSA", null));
    }

    public static Issuer ec(String kid) {
        return of(kid, Algorithm.ES256, pair("EC", "secp256r1"));
    }

    public static Issuer ed(String kid) {
        return of(kid, Algorithm.EDDSA, pair("Ed25519", null));
    }

    public static Issuer secret(byte[] secret) {
        Key key = new SecretKeySpec(secret, "HmacSHA256");
        return new Issuer("", Algorithm.HS256, key, key);
    }

    private static Issuer of(String kid, Algorithm algorithm, KeyPair pair) {
        return new Issuer(kid, algorithm, pair.getPrivate(), pair.getPublic());
    }

    static KeyPair pair(String family, String curve) {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance(family);
            if (curve != null) {
                generator.initialize(new ECGenParameterSpec(curve));
            } else if (family.equals("RSA")) {
                generator.initialize(2048);
            }
            return generator.generateKeyPair();
        } catch (GeneralSecurityException impossible) {
            throw new AssertionError(impossible);
        }
    }

    /** Good for an hour. */
    public static Map<String, Object> claims() {
        Map<String, Object> claims = new LinkedHashMap<>();
        claims.put("tenant", "acme");
        claims.put("sub", "ann");
        claims.put("exp", NOW + 3_600);
        return claims;
    }

    public static Map<String, Object> claims(String name, Object value) {
        Map<String, Object> claims = claims();
        claims.put(name, value);
        return claims;
    }

    public String token() {
        return token(claims());
    }

    public String token(Map<String, ?> claims) {
        return token(kid, Map.of(), JsonUtil.toJson(claims));
    }

    public String token(String itsKid, Map<String, ?> headers, String payload) {
        JsonWebSignature token = new JsonWebSignature();
        token.setAlgorithmConstraints(AlgorithmConstraints.NO_CONSTRAINTS);
        token.setAlgorithmHeaderValue(algorithm.id());
        if (itsKid != null) {
            token.setKeyIdHeaderValue(itsKid);
        }
        headers.forEach(token::setHeader);
        token.setPayload(payload);
        token.setKey(privateKey);
        token.setDoKeyValidation(false);
        try {
            return token.getCompactSerialization();
        } catch (JoseException impossible) {
            throw new AssertionError(impossible);
        }
    }

    /** As a JSON Web Key. */
    Map<String, Object> jwk() {
        try {
            JsonWebKey key = JsonWebKey.Factory.newJwk(publicKey);
            key.setKeyId(kid);
            return key.toParams(JsonWebKey.OutputControlLevel.PUBLIC_ONLY);
        } catch (JoseException impossible) {
            throw new AssertionError(impossible);
        }
    }

    public String pem() {
        return pem("PUBLIC KEY", publicKey.getEncoded());
    }

    public static String pem(String label, byte[] content) {
        String encoded = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(content);
        return "-----BEGIN " + label + "-----\n" + encoded + "\n-----END " + label + "-----\n";
    }

    public static String jwks(Issuer... issuers) {
        return jwks(Stream.of(issuers).map(Issuer::jwk).toList());
    }

    public static String jwks(List<?> keys) {
        return JsonUtil.toJson(Map.of("keys", keys));
    }

    public static String base64(String text) {
        return base64(text.getBytes(StandardCharsets.UTF_8));
    }

    public static String base64(byte[] bytes) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    /** Keys that never change. */
    public static Keys keys(Issuer... issuers) {
        JwksKeys keys = new JwksKeys(
                () -> CompletableFuture.completedFuture(jwks(issuers)), () -> 0, (nanos, step) -> () -> {});
        keys.refresh();
        return keys;
    }

    /** The reason of a refusal; null: the token was accepted. Fails for one that has not ended. */
    public static TokenRefused.Reason reason(CompletionStage<?> checked) {
        TokenRefused refused = refusal(checked);
        return refused == null ? null : refused.reason();
    }

    public static TokenRefused refusal(CompletionStage<?> checked) {
        CompletableFuture<Throwable> failure = new CompletableFuture<>();
        checked.whenComplete((verified, refused) -> failure.complete(refused));
        if (!failure.isDone()) {
            throw new AssertionError("not checked yet");
        }
        return (TokenRefused) failure.join();
    }

    public static <T> T value(CompletionStage<T> stage) {
        CompletableFuture<T> future = stage.toCompletableFuture();
        if (!future.isDone()) {
            throw new AssertionError("not ended yet");
        }
        return future.join();
    }

    @Override
    public String toString() {
        return algorithm + " " + (publicKey instanceof PublicKey ? kid : "");
    }
}
