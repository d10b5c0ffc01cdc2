import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.stream.Collectors;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Makes a secret and tokens that are signed with it, for a first try and for tests:
 *
 * <pre>
 * java examples/token/Token.java secret                                     a new secret
 * java examples/token/Token.java FILE TENANT SUBJECT OPS [GROUPS [TOPICS]]  a token for an hour
 * </pre>
 *
 * FILE holds the secret. OPS, GROUPS and TOPICS are lists with commas between: {@code join,publish}, {@code chat.*},
 * {@code room.>}.
 */
final class Token {
    private static final int SECRET_BYTES = 32;
    private static final int SECONDS = 3_600;
    private static final Base64.Encoder BASE64 = Base64.getUrlEncoder().withoutPadding();

    private Token() {}

    public static void main(String[] arguments) throws Exception {
        if (arguments.length == 1 && arguments[0].equals("secret")) {
            byte[] secret = new byte[SECRET_BYTES];
            new SecureRandom().nextBytes(secret);
            System.out.println(BASE64.encodeToString(secret));
        } else if (arguments.length >= 4 && arguments.length <= 6) {
            System.out.println(token(arguments));
        } else {
            System.err.println("Token.java secret | Token.java FILE TENANT SUBJECT OPS [GROUPS [TOPICS]]");
            System.exit(2);
        }
    }

    private static String token(String[] arguments) throws Exception {
        String secret = Files.readString(Path.of(arguments[0])).strip();
        List<String> rule = new ArrayList<>();
        rule.add("\"ops\":" + list(arguments[3]));
        if (arguments.length > 4) {
            rule.add("\"groups\":" + list(arguments[4]));
        }
        if (arguments.length > 5) {
            rule.add("\"topics\":" + list(arguments[5]));
        }
        String claims = "{\"tenant\":" + text(arguments[1]) + ",\"sub\":" + text(arguments[2]) + ",\"exp\":"
                + Instant.now().plusSeconds(SECONDS).getEpochSecond() + ",\"processgroups\":[{"
                + String.join(",", rule) + "}]}";
        String signed = part("{\"alg\":\"HS256\",\"typ\":\"JWT\"}") + "." + part(claims);
        return signed + "." + BASE64.encodeToString(signature(secret, signed));
    }

    private static byte[] signature(String secret, String signed) throws GeneralSecurityException {
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
        return mac.doFinal(signed.getBytes(StandardCharsets.UTF_8));
    }

    private static String part(String json) {
        return BASE64.encodeToString(json.getBytes(StandardCharsets.UTF_8));
    }

    private static String list(String commas) {
        return List.of(commas.split(",")).stream().map(Token::text).collect(Collectors.joining(",", "[", "]"));
    }

    private static String text(String value) {
        return '"' + value.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
    }
}
