package io.plexspaces.processgroups.token;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What tokens have to say.
 *
 * @param issuer what {@code iss} must be, to the letter; null: anything, or nothing
 * @param audiences of which {@code aud} must hold one; empty: it may be anything, or nothing
 */
public record TokenSettings(@Nullable String issuer, Set<String> audiences, ClaimNames names) {
    public TokenSettings {
        audiences = Set.copyOf(audiences);
        if (issuer != null && issuer.isEmpty()) {
            throw new IllegalArgumentException("the issuer of tokens must not be empty");
        }
        if (audiences.contains("")) {
            throw new IllegalArgumentException("an audience of tokens must not be empty");
        }
    }

    /**
     * Where claims are found. A name is tried as a whole first, then as a path into objects at each of its dots:
     * {@code realm_access.roles}, {@code https://example.com/tenant}, {@code https://example.com/app.tenant}.
     *
     * @param tenant required in a token
     * @param subject required in a token
     */
    public record ClaimNames(String tenant, String subject, String roles, String rules) {
        public static final ClaimNames DEFAULT = new ClaimNames("tenant", "sub", "roles", "processgroups");

        public ClaimNames {
            if (tenant.isEmpty() || subject.isEmpty() || roles.isEmpty() || rules.isEmpty()) {
                throw new IllegalArgumentException("the name of a claim must not be empty");
            }
        }
    }
}
