package io.plexspaces.processgroups.authentication;

import static org.assertj.core.api.Assertions.assertThat;

import io.plexspaces.processgroups.access.Caller;
import io.plexspaces.processgroups.access.Rule;
import io.plexspaces.processgroups.domain.ActorId;
import io.plexspaces.processgroups.domain.ErrorCode;
import io.plexspaces.processgroups.domain.GroupException;
import io.plexspaces.processgroups.domain.GroupId;
import io.plexspaces.processgroups.domain.Topic;
import io.plexspaces.processgroups.token.CheckingVerifier;
import io.plexspaces.processgroups.token.Issuer;
import io.plexspaces.processgroups.token.JwksKeys;
import io.plexspaces.processgroups.token.MovingClock;
import io.plexspaces.processgroups.token.TokenVerifier;
import io.plexspaces.processgroups.token.VerifiedToken;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class TokenAuthenticatorTest {
    private static final SocketAddress FROM = new InetSocketAddress("192.0.2.1", 1234);
    private static final Issuer ISSUER = Issuer.ed("d");
    private static final GroupId ROOM = GroupId.of("acme", "default", "chat.room");
    private static final ActorId ANN = new ActorId("ann");
    private static final Rule MANAGE = Rule.of(null, List.of("chat.*"), null, null, List.of("manage"));
    private static final Map<String, List<Rule>> ROLES = Map.of(
            "moderator", List.of(MANAGE),
            "many", Collections.nCopies(Caller.MOST_RULES - 1, MANAGE));

    private final MovingClock clock = new MovingClock();
    private final List<AuthFailure> refusals = new ArrayList<>();
    private final TokenAuthenticator authenticator =
            over(new CheckingVerifier(Issuer.keys(ISSUER), Issuer.ANY, clock, Runnable::run, 10));

    private TokenAuthenticator over(TokenVerifier verifier) {
        return new TokenAuthenticator(verifier, ROLES, "processgroups", clock, (reason, from) -> {
            assertThat(from).isSameAs(FROM);
            refusals.add(reason);
        });
    }

    private Caller let(Map<String, Object> claims) {
        return Issuer.value(authenticator.authenticate(ISSUER.token(claims), FROM));
    }

    private GroupException refused(Map<String, Object> claims) {
        return (GroupException) failure(authenticator.authenticate(ISSUER.token(claims), FROM));
    }

    /** As it is, not wrapped. */
    private static Throwable failure(CompletionStage<?> stage) {
        CompletableFuture<Throwable> failure = new CompletableFuture<>();
        stage.whenComplete((caller, why) -> failure.complete(why));
        assertThat(failure).isDone();
        return failure.join();
    }

    @Test
    void none_letsAnybodyIn_whateverTheyBring() {
        Authenticator none = Authenticator.none();

        assertThat(none.asks()).isFalse();
        assertThat(Issuer.value(none.authenticate(null, FROM))).isSameAs(Caller.anybody());
        assertThat(Issuer.value(none.authenticate("not a token", FROM))).isSameAs(Caller.anybody());
        assertThat(none.authenticate("a", FROM) == none.authenticate(null, FROM))
                .isTrue();
        none.authenticate(null, FROM).toCompletableFuture().obtrudeException(new IllegalStateException());
        assertThat(Issuer.value(none.authenticate(null, FROM))).isSameAs(Caller.anybody());
    }

    @Test
    void caller_isWhoTheTokenSays_untilItEnds() {
        Caller caller = let(Issuer.claims());

        assertThat(authenticator.asks()).isTrue();
        assertThat(caller.tenant()).isEqualTo("acme");
        assertThat(caller.subject()).isEqualTo("ann");
        assertThat(caller.expiresAt()).isEqualTo(Instant.ofEpochSecond(Issuer.NOW + 3_600));
        assertThat(caller.mayRead(ROOM).allowed()).isFalse();
        assertThat(refusals).isEmpty();
    }

    @Test
    void rulesOfTheToken_areItsRights() {
        Caller caller = let(Issuer.claims(
                "processgroups",
                List.of(Map.of("groups", List.of("chat.*"), "topics", List.of("room.>"), "ops", List.of("publish")))));

        assertThat(caller.mayPublish(ROOM, ANN, new Topic("room.1")).allowed()).isTrue();
        assertThat(caller.mayPublish(ROOM, ANN, new Topic("other")).allowed()).isFalse();
        assertThat(caller.mayPublish(ROOM, new ActorId("ben"), new Topic("room.1"))
                        .allowed())
                .isFalse();
        assertThat(caller.mayManage(ROOM).allowed()).isFalse();
    }

    @Test
    void roles_addTheirRules_andUnknownOnesNothing() {
        Map<String, Object> claims = Issuer.claims("roles", List.of("unknown", "moderator", "moderator", ""));
        assertThat(let(claims).mayManage(ROOM).allowed()).isTrue();
        assertThat(let(claims).mayRead(ROOM).allowed()).isFalse();

        claims.put("processgroups", List.of(Map.of()));
        assertThat(let(claims).mayManage(ROOM).allowed()).isTrue();
        assertThat(let(claims).mayRead(ROOM).allowed()).isTrue();
        assertThat(let(Issuer.claims("roles", List.of("Moderator")))
                        .mayManage(ROOM)
                        .allowed())
                .isFalse();
    }

    @Test
    void whatIsRefusedElsewhere_isToldOf() {
        authenticator.refused(AuthFailure.SCHEME, FROM);
        assertThat(refusals).containsExactly(AuthFailure.SCHEME);
        assertThat(AuthFailure.KEYS_UNAVAILABLE.label()).isEqualTo("keys_unavailable");
    }

    @Test
    void noToken_isRefused() {
        GroupException refusal = (GroupException) failure(authenticator.authenticate(null, FROM));

        assertThat(refusal.code()).isEqualTo(ErrorCode.UNAUTHENTICATED);
        assertThat(refusal).hasMessage("no token was brought");
        assertThat(refusals).containsExactly(AuthFailure.MISSING);
    }

    @Test
    void refusedToken_isUnauthenticated_withTheSentenceOfTheRefusal() {
        GroupException foreign = (GroupException)
                failure(authenticator.authenticate(Issuer.ed("d").token(), FROM));
        assertThat(foreign.code()).isEqualTo(ErrorCode.UNAUTHENTICATED);
        assertThat(foreign).hasMessage("token refused: its signature is wrong");

        GroupException none = refused(Issuer.claims("tenant", null));
        assertThat(none.code()).isEqualTo(ErrorCode.UNAUTHENTICATED);
        clock.pass(3_600 + 30);
        assertThat(refused(Issuer.claims())).hasMessage("token refused: it has expired");
        assertThat(failure(authenticator.authenticate("", FROM))).isInstanceOf(GroupException.class);
        assertThat(refusals)
                .containsExactly(AuthFailure.SIGNATURE, AuthFailure.TENANT, AuthFailure.EXPIRED, AuthFailure.MALFORMED);
    }

    @Test
    void whatPasses_isOverloaded() {
        JwksKeys away = new JwksKeys(
                () -> CompletableFuture.failedFuture(new IOException("away")), () -> 0, (nanos, step) -> () -> {});
        TokenAuthenticator withoutKeys = over(new CheckingVerifier(away, Issuer.ANY, clock, Runnable::run, 10));
        TokenAuthenticator busy = over(new CheckingVerifier(
                Issuer.keys(ISSUER),
                Issuer.ANY,
                clock,
                task -> {
                    throw new RejectedExecutionException();
                },
                10));

        for (TokenAuthenticator one : List.of(withoutKeys, busy)) {
            GroupException refusal = (GroupException) failure(one.authenticate(ISSUER.token(), FROM));
            assertThat(refusal.code()).isEqualTo(ErrorCode.OVERLOADED);
            assertThat(refusal.code().retryable()).isTrue();
        }
        assertThat(refusals).containsExactly(AuthFailure.KEYS_UNAVAILABLE, AuthFailure.OVERLOADED);
    }

    @Test
    void illegalRule_refusesTheToken_byName() {
        GroupException refusal = refused(
                Issuer.claims("processgroups", List.of(Map.of(), Map.of("topics", List.of("a", "b", "PRI VATE")))));

        assertThat(refusal.code()).isEqualTo(ErrorCode.UNAUTHENTICATED);
        assertThat(refusal.getMessage())
                .startsWith("token refused: claim processgroups[1].topics[2]: ")
                .doesNotContain("VATE");
        assertThat(refusals).containsExactly(AuthFailure.RULES);
    }

    @Test
    void tooManyRules_refuseTheToken() {
        Map<String, Object> claims = Issuer.claims("roles", List.of("many", "moderator"));
        assertThat(let(claims).mayManage(ROOM).allowed()).isTrue();

        claims.put("processgroups", List.of(Map.of()));
        assertThat(refused(claims)).hasMessage("token refused: its rules and those of its roles must be at most 1000");
        claims = Issuer.claims("processgroups", Collections.nCopies(Caller.MOST_RULES + 1, Map.of()));
        assertThat(refused(claims)).hasMessage("token refused: claim processgroups: must have at most 1000 rules");
        assertThat(refusals).containsExactly(AuthFailure.RULES, AuthFailure.RULES);
    }

    @Test
    void subjectThatIsTooLong_refusesTheToken() {
        assertThat(let(Issuer.claims("sub", "s".repeat(255))).subject()).hasSize(255);
        assertThat(refused(Issuer.claims("sub", "s".repeat(256)))).hasMessageStartingWith("token refused: sub: ");
    }

    /** Also after its token was checked anew: the digest is the same. */
    @Test
    void sameToken_givesTheSameCaller_untilItExpires() {
        String token = ISSUER.token();
        Caller first = Issuer.value(authenticator.authenticate(token, FROM));

        assertThat(Issuer.value(authenticator.authenticate(token, FROM))).isSameAs(first);
        assertThat(let(Issuer.claims("sub", "ben"))).isNotSameAs(first);
        clock.pass(3_599);
        assertThat(Issuer.value(authenticator.authenticate(token, FROM))).isSameAs(first);
        clock.pass(1);
        assertThat(Issuer.value(authenticator.authenticate(token, FROM))).isNotSameAs(first);
        clock.pass(30);
        assertThat(failure(authenticator.authenticate(token, FROM))).hasMessage("token refused: it has expired");
    }

    @Test
    void remembersThousandCallers() {
        TokenAuthenticator of = over(TokenAuthenticatorTest::verified);
        List<Caller> made = IntStream.range(0, 1_001)
                .mapToObj(i -> Issuer.value(of.authenticate("t" + i, FROM)))
                .toList();

        assertThat(Issuer.value(of.authenticate("t1", FROM))).isSameAs(made.get(1));
        assertThat(Issuer.value(of.authenticate("t0", FROM))).isNotSameAs(made.get(0));
    }

    private static CompletionStage<VerifiedToken> verified(String token) {
        return CompletableFuture.completedFuture(new VerifiedToken(
                "acme", "ann", List.of(), List.of(), Instant.ofEpochSecond(Issuer.NOW + 3_600), token));
    }

    @Test
    void defect_isHandedOnAsItIs() {
        IllegalStateException defect = new IllegalStateException("a defect");

        assertThat(failure(over(token -> CompletableFuture.failedFuture(defect)).authenticate("t", FROM)))
                .isSameAs(defect);
        assertThat(refusals).containsExactly(AuthFailure.DEFECT);
    }

    @Test
    void counterThatThrows_leavesNobodyWaiting() {
        TokenAuthenticator broken = new TokenAuthenticator(
                token -> CompletableFuture.failedFuture(new IllegalStateException("a defect")),
                Map.of(),
                "processgroups",
                clock,
                (reason, from) -> {
                    throw new IllegalStateException("no metrics");
                });

        assertThat(failure(broken.authenticate("t", FROM))).hasMessage("no metrics");
    }
}
