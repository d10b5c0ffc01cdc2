package io.plexspaces.processgroups.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

class RuleTest {
    @Test
    void listsLeftOut_meanAnywhereAsOneselfToRead() {
        Rule rule = Rule.of(null, null, null, null, null);

        assertThat(rule.namespaces()).containsExactly(NamePattern.ANY);
        assertThat(rule.groups()).containsExactly(NamePattern.ANY);
        assertThat(rule.topics()).isNull();
        assertThat(rule.actors()).containsExactly(new ActorPattern("${sub}"));
        assertThat(rule.operations()).containsExactly(Operation.READ);
    }

    @Test
    void ops_areReadByName_starIsAll() {
        assertThat(ops("join", "publish").operations()).containsExactly(Operation.JOIN, Operation.PUBLISH);
        assertThat(ops("manage", "manage").operations()).containsExactly(Operation.MANAGE);
        assertThat(ops("*").operations()).containsExactly(Operation.values());
    }

    @Test
    void ruleOfTheContract_isRead() {
        Rule rule = Rule.of(
                List.of("default"),
                List.of("chat.*"),
                List.of("room.>"),
                List.of("${sub}", "${sub}/*"),
                List.of("join", "publish"));

        assertThat(rule.actors()).hasSize(2);
    }

    @Test
    void illegalEntries_areRefusedWithListAndIndex() {
        assertRefused("namespaces[1]", () -> Rule.of(List.of("a", "b?"), null, null, null, null));
        assertRefused("groups[0]", () -> Rule.of(null, List.of("${sub}"), null, null, null));
        assertRefused("groups[2]", () -> Rule.of(null, List.of("a", "b", ""), null, null, null));
        assertRefused("topics[1]", () -> Rule.of(null, null, List.of("a.>", "a.>.b"), null, null));
        assertRefused("topics[0]", () -> Rule.of(null, null, List.of("room.${sub}"), null, null));
        assertRefused("actors[1]", () -> Rule.of(null, null, null, List.of("${sub}", "${user}"), null));
        assertRefused("ops[1]", () -> ops("join", "Publish"));
        assertRefused("ops[0]", () -> ops(""));
        assertRefused("groups[0]", () -> Rule.of(null, List.of("a".repeat(257)), null, null, null));
        assertRefused("groups[0]", () -> Rule.of(null, List.of("ä"), null, null, null));
        Rule.of(null, List.of("a".repeat(256)), null, null, null);
    }

    @Test
    void illegalEntry_isNotRepeatedInTheMessage() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Rule.of(null, null, List.of("a.>.secret"), null, null))
                .withMessage("topics[0]: may hold '>' only as its last token");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ops("secret"))
                .withMessage("ops[0]: must be join, publish, read, manage or *");
    }

    @Test
    void emptyLists_areNeitherNothingNorEverything() {
        List<String> none = List.of();

        assertRefused("namespaces", () -> Rule.of(none, null, null, null, null));
        assertRefused("groups", () -> Rule.of(null, none, null, null, null));
        assertRefused("topics", () -> Rule.of(null, null, none, null, null));
        assertRefused("actors", () -> Rule.of(null, null, null, none, null));
        assertRefused("ops", () -> Rule.of(null, null, null, null, none));
    }

    @Test
    void listsThatAreTooLong_areRefused() {
        Rule.of(null, Collections.nCopies(100, "a"), null, null, null);
        assertRefused("groups", () -> Rule.of(null, Collections.nCopies(101, "a"), null, null, null));
        assertRefused("ops", () -> Rule.of(null, null, null, null, Collections.nCopies(101, "join")));
    }

    @Test
    void lists_areCopied() {
        List<ActorPattern> actors = new ArrayList<>(List.of(new ActorPattern("a")));
        Set<Operation> operations = EnumSet.of(Operation.READ);
        Rule rule = new Rule(List.of(NamePattern.ANY), List.of(NamePattern.ANY), null, actors, operations);

        actors.add(new ActorPattern("*"));
        operations.add(Operation.MANAGE);
        rule.operations().add(Operation.MANAGE);

        assertThat(rule.actors()).hasSize(1);
        assertThat(rule.operations()).containsExactly(Operation.READ);
        assertThatThrownBy(() -> rule.groups().clear()).isInstanceOf(UnsupportedOperationException.class);
    }

    private static Rule ops(String... ops) {
        return Rule.of(null, null, null, null, Arrays.asList(ops));
    }

    private static void assertRefused(String place, ThrowingCallable maker) {
        assertThatIllegalArgumentException().isThrownBy(maker).withMessageStartingWith(place + ": ");
    }
}
