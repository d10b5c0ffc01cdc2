package io.plexspaces.processgroups.authentication;

import io.plexspaces.processgroups.access.Caller;
import io.plexspaces.processgroups.access.Rule;
import io.plexspaces.processgroups.domain.ErrorCode;
import io.plexspaces.processgroups.domain.GroupException;
import io.plexspaces.processgroups.token.TokenRefused;
import io.plexspaces.processgroups.token.TokenVerifier;
import io.plexspaces.processgroups.token.VerifiedToken;
import java.net.SocketAddress;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * Every caller needs a token, and may do what the rules in it and those of its roles allow together. Roles that are not
 * known allow nothing. While a token is good, it makes the same caller each time, if it came not too long ago.
 */
public final class TokenAuthenticator implements Authenticator {
    private static final int MOST_KNOWN = 1_000;

    /** Some 10 MB of rules as they are usual, with one actor each. */
    private static final int MOST_WEIGHT = 50_000;

    private final TokenVerifier verifier;
    private final Map<String, List<Rule>> roles;
    private final RulesClaim claim;
    private final AuthFailures refused;
    private final KnownCallers known;

    /**
     * @param verifier asked each time, and so the one that remembers tokens
     * @param roles to their rules
     * @param claim the name of the claim that has a token's own rules, for messages
     * @param refused told of those that are not let in
     */
    public TokenAuthenticator(
            TokenVerifier verifier,
            Map<String, List<Rule>> roles,
            String claim,
            InstantSource clock,
            AuthFailures refused) {
        this.verifier = verifier;
        this.roles = Map.copyOf(roles);
        this.claim = new RulesClaim(claim);
        this.refused = refused;
        this.known = new KnownCallers(clock, MOST_KNOWN, MOST_WEIGHT);
    }

    @Override
    public CompletionStage<Caller> authenticate(@Nullable String token, @Nullable SocketAddress from) {
        if (token == null) {
            return CompletableFuture.failedFuture(refusal(AuthFailure.MISSING, from, "no token was brought"));
        }
        CompletableFuture<Caller> answer = new CompletableFuture<>();
        verifier.verify(token).whenComplete((verified, failure) -> {
            try {
                if (failure == null) {
                    answer.complete(caller(verified, from));
                } else {
                    answer.completeExceptionally(refusal(failure, from));
                }
            } catch (Throwable unable) {
                answer.completeExceptionally(unable);
            }
        });
        return answer;
    }

    @Override
    public void refused(AuthFailure reason, @Nullable SocketAddress from) {
        refused.refused(reason, from);
    }

    @Override
    public boolean asks() {
        return true;
    }

    private Caller caller(VerifiedToken token, @Nullable SocketAddress from) {
        Caller before = known.find(token.digest());
        if (before != null) {
            return before;
        }
        try {
            List<Rule> rules = rules(token);
            Caller made = Caller.of(token.tenant(), token.subject(), rules, token.expiry());
            return known.keep(token.digest(), made, token.expiry(), weight(rules));
        } catch (IllegalArgumentException illegal) {
            throw refusal(AuthFailure.RULES, from, "token refused: " + illegal.getMessage());
        }
    }

    private List<Rule> rules(VerifiedToken token) {
        List<Rule> all = new ArrayList<>(claim.read(token.rules()));
        for (String role : new LinkedHashSet<>(token.roles())) {
            all.addAll(roles.getOrDefault(role, List.of()));
            // Whoever has very many roles: the caller is refused, and no more is needed to know it.
            if (all.size() > Caller.MOST_RULES) {
                throw new IllegalArgumentException(
                        "its rules and those of its roles must be at most " + Caller.MOST_RULES);
            }
        }
        return all;
    }

    private static int weight(List<Rule> rules) {
        return 1 + rules.stream().mapToInt(rule -> 1 + rule.actors().size()).sum();
    }

    private Throwable refusal(Throwable failure, @Nullable SocketAddress from) {
        if (!(failure instanceof TokenRefused why)) {
            refused.refused(AuthFailure.DEFECT, from);
            return failure;
        }
        refused.refused(AuthFailure.of(why.reason()), from);
        return GroupException.of(
                why.reason().retryable() ? ErrorCode.OVERLOADED : ErrorCode.UNAUTHENTICATED, why.getMessage());
    }

    private GroupException refusal(AuthFailure reason, @Nullable SocketAddress from, String message) {
        refused.refused(reason, from);
        return GroupException.of(ErrorCode.UNAUTHENTICATED, message);
    }
}
