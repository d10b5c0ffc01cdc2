package io.plexspaces.processgroups.token;

import static org.assertj.core.api.Assertions.assertThat;

import io.plexspaces.processgroups.token.TokenRefused.Reason;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class TokenMutationsTest {
    private static final byte[] SECRET = "0123456789abcdef0123456789abcdef".getBytes(StandardCharsets.UTF_8);
    private static final int MUTATIONS = 1_000;
    private static final Issuer RSA = Issuer.rsa("r");
    private static final Issuer EC = Issuer.ec("e");
    private static final Issuer ED = Issuer.ed("d");
    private static final Issuer SHARED = Issuer.secret(SECRET);
    private static final Keys KEYS = Issuer.keys(RSA, EC, ED);

    private static Reason reason(Keys keys, String token) {
        return Issuer.reason(
                new CheckingVerifier(keys, Issuer.ANY, new MovingClock(), Runnable::run, 10).verify(token));
    }

    static Stream<Issuer> trusted() {
        return Stream.of(RSA, EC, ED, SHARED);
    }

    @ParameterizedTest
    @MethodSource("trusted")
    void thousandRandomMutations_areAllRefused(Issuer issuer) {
        Keys keys = issuer.equals(SHARED) ? new SharedSecret(SECRET) : KEYS;
        Random random = new Random(7);
        String good = issuer.token();
        assertThat(reason(keys, good)).isNull();
        Map<Reason, Integer> reasons = new HashMap<>();
        for (int i = 0; i < MUTATIONS; i++) {
            String mutated = mutated(random, good);
            Reason reason = mutated.equals(good) ? Reason.MALFORMED : reason(keys, mutated);
            assertThat(reason).as("mutation %s of %s", i, issuer).isNotNull();
            reasons.merge(reason, 1, Integer::sum);
        }
        assertThat(reasons).containsKeys(Reason.MALFORMED, Reason.SIGNATURE);
    }

    private static String mutated(Random random, String token) {
        StringBuilder text = new StringBuilder(token);
        for (int left = 1 + random.nextInt(3); left > 0; left--) {
            int at = random.nextInt(text.length());
            char one = token.charAt(random.nextInt(token.length()));
            switch (random.nextInt(6)) {
                case 0 -> text.setCharAt(at, one);
                case 1 -> text.setCharAt(at, (char) random.nextInt(random.nextBoolean() ? 128 : 0x10000));
                case 2 -> text.insert(at, one);
                case 3 -> text.deleteCharAt(at);
                case 4 -> text.setCharAt(at, (char) (text.charAt(at) ^ (1 << random.nextInt(7))));
                default -> text.insert(at, text.substring(at, Math.min(text.length(), at + random.nextInt(20))));
            }
        }
        return text.toString();
    }
}
