package io.plexspaces.processgroups.bench.system;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.List;
import java.util.Map;
import org.jose4j.jws.AlgorithmIdentifiers;
import org.jose4j.jws.JsonWebSignature;
import org.jose4j.jwt.JwtClaims;
import org.jose4j.keys.HmacKey;
import org.jose4j.lang.JoseException;

/** A token that allows everything in the tenant of the benchmark, for a server that has its secret, too. */
final class Token {
    private static final String SECRET = "0123456789abcdef0123456789abcdef";
    private static final float LIFE_MINUTES = 24 * 60;

    private Token() {}

    /** What a server that asks for it is started with. */
    static List<String> options() {
        return List.of("-Dprocessgroups.auth=jwt", "-Dprocessgroups.auth.shared-secret=" + SECRET);
    }

    /** As it stands in a header. */
    static String bearer() {
        JwtClaims claims = new JwtClaims();
        claims.setSubject("bench");
        claims.setStringClaim("tenant", Server.TENANT);
        claims.setClaim("processgroups", List.of(Map.of("actors", List.of("*"), "ops", List.of("*"))));
        claims.setExpirationTimeMinutesInTheFuture(LIFE_MINUTES);
        JsonWebSignature signed = new JsonWebSignature();
        signed.setPayload(claims.toJson());
        signed.setKey(new HmacKey(SECRET.getBytes(UTF_8)));
        signed.setAlgorithmHeaderValue(AlgorithmIdentifiers.HMAC_SHA256);
        try {
            return "Bearer " + signed.getCompactSerialization();
        } catch (JoseException impossible) {
            throw new IllegalStateException("a token cannot be signed", impossible);
        }
    }
}
