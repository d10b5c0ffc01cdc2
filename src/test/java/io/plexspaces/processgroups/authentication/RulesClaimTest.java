package io.plexspaces.processgroups.authentication;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.plexspaces.processgroups.access.Caller;
import io.plexspaces.processgroups.access.Rule;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class RulesClaimTest {
    private static final String SECRET = "PRIVATE";

    private final RulesClaim claim = new RulesClaim("claims.groups");

    @Test
    void ruleOfTheContract_isRead() {
        List<Rule> rules = claim.read(List.of(
                Map.of(
                        "namespaces", List.of("default"),
                        "groups", List.of("chat.*"),
                        "topics", List.of("room.>"),
                        "actors", List.of("${sub}", "${sub}/*"),
                        "ops", List.of("join", "publish")),
                Map.of()));

        assertThat(rules).hasSize(2);
        assertThat(rules.get(0).namespaces()).hasSize(1);
        assertThat(rules.get(0).topics()).hasSize(1);
        assertThat(rules.get(0).actors()).hasSize(2);
        assertThat(rules.get(0).operations()).hasSize(2);
        assertThat(rules.get(1)).isEqualTo(Rule.of(null, null, null, null, null));
    }

    @Test
    void nothing_isNoRules() {
        assertThat(claim.read(List.of())).isEmpty();
    }

    static Stream<Arguments> illegal() {
        return Stream.of(
                Arguments.of("[0]: must be an object", SECRET),
                Arguments.of("[0]: must be an object", 7),
                Arguments.of("[0]: must be an object", true),
                Arguments.of("[0]: must be an object", List.of()),
                Arguments.of("[0]: must have nothing but namespaces", Map.of("topic", List.of("a"))),
                Arguments.of("[0]: must have nothing but namespaces", Map.of(SECRET, List.of("a"))),
                Arguments.of("[0]: must have nothing but namespaces", Map.of("Topics", List.of("a"))),
                Arguments.of("[0].topics: must be a list of texts", Map.of("topics", SECRET)),
                Arguments.of("[0].topics: must be a list of texts", Map.of("topics", 7)),
                Arguments.of("[0].ops: must be a list of texts", Map.of("ops", Map.of("join", true))),
                Arguments.of("[0].ops: must be a list of texts", Map.of("ops", false)),
                Arguments.of("[0].groups: must be a list of texts", Collections.singletonMap("groups", null)),
                Arguments.of("[0].groups[1]: must be a text", Map.of("groups", List.of("a", 7))),
                Arguments.of("[0].actors[0]: must be a text", Map.of("actors", List.of(List.of("a")))),
                Arguments.of("[0].namespaces[0]: must be a text", Map.of("namespaces", List.of(Map.of()))),
                Arguments.of("[0].topics: must not be empty", Map.of("topics", List.of())),
                Arguments.of("[0].topics[2]: ", Map.of("topics", List.of("a", "b", SECRET + " .x"))),
                Arguments.of("[0].topics[0]: ", Map.of("topics", List.of("a.>.b"))),
                Arguments.of("[0].groups[1]: ", Map.of("groups", List.of("a", SECRET + "?"))),
                Arguments.of("[0].actors[0]: ", Map.of("actors", List.of("${" + SECRET + "}"))),
                Arguments.of("[0].ops[1]: must be join", Map.of("ops", List.of("join", SECRET))),
                Arguments.of("[0].ops[0]: must not be empty", Map.of("ops", List.of(""))),
                Arguments.of("[0].groups: must have at most 100", Map.of("groups", Collections.nCopies(101, "a"))),
                Arguments.of("[0].groups[0]: must have at most", Map.of("groups", List.of("a".repeat(257)))));
    }

    @ParameterizedTest
    @MethodSource("illegal")
    void illegalRule_isRefusedByName_andSaysNothingOfIt(String complaint, Object rule) {
        assertThatThrownBy(() -> claim.read(List.of(rule)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("claim claims.groups" + complaint)
                .hasMessageNotContaining(SECRET);
    }

    @Test
    void laterRule_isNamedByItsNumber() {
        assertThatThrownBy(() -> claim.read(List.of(Map.of(), Map.of("ops", List.of("x")))))
                .hasMessageStartingWith("claim claims.groups[1].ops[0]: ");
    }

    @Test
    void tooManyRules_areRefusedUnread() {
        assertThat(claim.read(Collections.nCopies(Caller.MOST_RULES, Map.of()))).hasSize(Caller.MOST_RULES);
        assertThatThrownBy(() -> claim.read(Collections.nCopies(Caller.MOST_RULES + 1, 7)))
                .hasMessage("claim claims.groups: must have at most 1000 rules");
    }
}
