package io.plexspaces.processgroups.cli.client;

import java.nio.charset.StandardCharsets;
import java.util.Base64;

/** What a token says of its bearer, unchecked: for names that nobody wants to type again. The server decides. */
public record Tokens(String tenant, String subject) {
    private static final Tokens NOTHING = new Tokens("", "");
    private static final int PARTS = 3;

    /** Empty where the token does not say it. */
    public static Tokens hints(String token) {
        String[] parts = token.split("\\.", -1);
        if (parts.length != PARTS) {
            return NOTHING;
        }
        try {
            Json claims = Json.parse(new String(Base64.getUrlDecoder().decode(parts[1]), StandardCharsets.UTF_8));
            return new Tokens(claims.text("tenant"), claims.text("sub"));
        } catch (IllegalArgumentException unreadable) {
            return NOTHING;
        }
    }
}
