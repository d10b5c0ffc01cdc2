package io.plexspaces.processgroups.token;

import io.plexspaces.processgroups.domain.GroupException;
import io.plexspaces.processgroups.domain.Namespace;
import io.plexspaces.processgroups.token.TokenRefused.Reason;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jose4j.jwt.ReservedClaimNames;
import org.jspecify.annotations.Nullable;

/** The claims of one token whose signature is right. A claim that is null counts as left out. */
final class Claims {
    /** How far clocks may differ, in seconds. */
    static final long LEEWAY = 30;

    /** Of lists and maps within the rules. */
    static final int MOST_DEPTH = 8;

    /** The end of the year 9999; what is later is no time. */
    private static final double LATEST = 253_402_300_799.0;

    private final Map<String, Object> claims;
    private final TokenSettings settings;

    /** @param claims as JSON has them: texts, numbers, booleans, null, lists and maps */
    Claims(Map<String, Object> claims, TokenSettings settings) {
        this.claims = claims;
        this.settings = settings;
    }

    /** @throws TokenRefused for the first claim that is wrong */
    VerifiedToken verified(Instant now, String digest) {
        long expiry = checkTimes(now.getEpochSecond());
        checkIssuer();
        checkAudience();
        TokenSettings.ClaimNames names = settings.names();
        return new VerifiedToken(
                tenant(names.tenant()),
                subject(names.subject()),
                roles(names.roles()),
                rules(names.rules()),
                Instant.ofEpochSecond(expiry),
                digest);
    }

    private long checkTimes(long now) {
        Long expiry = seconds(ReservedClaimNames.EXPIRATION_TIME);
        if (expiry == null) {
            throw TokenRefused.claim(ReservedClaimNames.EXPIRATION_TIME, "is required");
        }
        Long begin = seconds(ReservedClaimNames.NOT_BEFORE);
        if (now >= expiry + LEEWAY) {
            throw new TokenRefused(Reason.EXPIRED);
        }
        if (begin != null && now < begin - LEEWAY) {
            throw new TokenRefused(Reason.NOT_YET_VALID);
        }
        return expiry;
    }

    /** Since 1970, without fractions; null: there is no such claim. */
    private @Nullable Long seconds(String name) {
        Object value = claims.get(name);
        if (value == null) {
            return null;
        }
        if (value instanceof Number number) {
            double seconds = number.doubleValue();
            if (seconds >= 0 && seconds <= LATEST) {
                return (long) seconds;
            }
        }
        throw TokenRefused.claim(name, "must be a time in seconds");
    }

    private void checkIssuer() {
        String issuer = settings.issuer();
        if (issuer != null && !issuer.equals(claims.get(ReservedClaimNames.ISSUER))) {
            throw new TokenRefused(Reason.ISSUER);
        }
    }

    private void checkAudience() {
        Set<String> wanted = settings.audiences();
        Object given = claims.get(ReservedClaimNames.AUDIENCE);
        boolean isMeant = given instanceof List<?> several
                ? several.stream().anyMatch(one -> one instanceof String && wanted.contains(one))
                : given instanceof String one && wanted.contains(one);
        if (!wanted.isEmpty() && !isMeant) {
            throw new TokenRefused(Reason.AUDIENCE);
        }
    }

    private String tenant(String name) {
        if (!(found(claims, name) instanceof String tenant)) {
            throw TokenRefused.tenant(name, "must name the tenant");
        }
        try {
            return new Namespace(tenant, Namespace.DEFAULT).tenant();
        } catch (GroupException illegal) {
            throw TokenRefused.tenant(name, "must follow the rule for names");
        }
    }

    private String subject(String name) {
        if (found(claims, name) instanceof String subject && !subject.isBlank()) {
            return subject;
        }
        throw TokenRefused.claim(name, "must be a text that is not empty");
    }

    private List<String> roles(String name) {
        Object value = found(claims, name);
        if (value == null) {
            return List.of();
        }
        if (value instanceof String words) {
            return Arrays.stream(words.split(" "))
                    .filter(word -> !word.isEmpty())
                    .toList();
        }
        if (value instanceof List<?> several && several.stream().allMatch(String.class::isInstance)) {
            return several.stream().map(String.class::cast).toList();
        }
        throw TokenRefused.claim(name, "must be a list of texts, or one text");
    }

    private List<?> rules(String name) {
        Object value = found(claims, name);
        if (value == null) {
            return List.of();
        }
        if (value instanceof List<?> rules) {
            return copied(name, rules, MOST_DEPTH);
        }
        throw TokenRefused.claim(name, "must be a list");
    }

    private static List<?> copied(String name, List<?> list, int depth) {
        List<Object> copy = new ArrayList<>(list.size());
        for (Object element : list) {
            copy.add(plain(name, element, depth - 1));
        }
        return Collections.unmodifiableList(copy);
    }

    private static Object plain(String name, @Nullable Object value, int depth) {
        if (value == null) {
            throw TokenRefused.claim(name, "must hold no null");
        }
        if (depth == 0 && (value instanceof List || value instanceof Map)) {
            throw TokenRefused.claim(name, "must not be deeper than " + MOST_DEPTH);
        }
        if (value instanceof List<?> list) {
            return copied(name, list, depth);
        }
        if (value instanceof Map<?, ?> map) {
            Map<Object, Object> copy = new LinkedHashMap<>();
            map.forEach((key, element) -> copy.put(key, plain(name, element, depth - 1)));
            return Collections.unmodifiableMap(copy);
        }
        return value;
    }

    /** By its whole name, or else within an object that a part of the name before a dot leads to. */
    private static @Nullable Object found(Map<?, ?> object, String name) {
        Object whole = object.get(name);
        if (whole != null) {
            return whole;
        }
        for (int dot = name.indexOf('.'); dot >= 0; dot = name.indexOf('.', dot + 1)) {
            if (object.get(name.substring(0, dot)) instanceof Map<?, ?> inner) {
                Object within = found(inner, name.substring(dot + 1));
                if (within != null) {
                    return within;
                }
            }
        }
        return null;
    }
}
