package io.plexspaces.processgroups.token;

import java.time.Instant;
import java.util.List;

/**
 * What a token says whose signature and standard claims are right.
 *
 * @param tenant a name, by the rule for names
 * @param subject any text of its issuer that is not empty, so not always a name
 * @param roles in the token's order; empty: none
 * @param rules the claim as it was: texts, numbers, booleans, unchangeable lists and maps, none deeper than
 *     {@link Claims#MOST_DEPTH}; empty: none. Not checked
 * @param expiry the token's {@code exp}, without leeway
 * @param digest SHA-256 of the token in hexadecimal digits: tells tokens apart and gives nothing away
 */
public record VerifiedToken(
        String tenant, String subject, List<String> roles, List<?> rules, Instant expiry, String digest) {
    public VerifiedToken {
        roles = List.copyOf(roles);
        rules = List.copyOf(rules);
    }
}
