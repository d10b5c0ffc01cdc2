package io.plexspaces.processgroups.domain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import java.util.function.Function;
import java.util.regex.Pattern;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.StringLength;

class NamesTest {
    /** Every field that is a name, with its longest length. */
    private static final Map<String, Integer> FIELDS =
            Map.of("group_name", 128, "tenant_id", 128, "namespace", 128, "actor_id", 255, "node_id", 255);

    private static final Map<String, Function<String, Object>> MAKERS = Map.of(
            "group_name", name -> GroupId.of("t", "", name),
            "tenant_id", name -> new Namespace(name, ""),
            "namespace", name -> new Namespace("t", name),
            "actor_id", ActorId::new,
            "node_id", NodeId::new);

    private static void assertAccepted(String field, String name) {
        assertThatCode(() -> MAKERS.get(field).apply(name)).doesNotThrowAnyException();
    }

    private static void assertRefused(String field, String name) {
        assertThatThrownBy(() -> MAKERS.get(field).apply(name))
                .as("%s '%s'", field, name)
                .isInstanceOfSatisfying(GroupException.class, failure -> {
                    assertThat(failure.code()).isEqualTo(ErrorCode.INVALID_ARGUMENT);
                    assertThat(failure.field()).isEqualTo(field);
                    assertThat(failure.getMessage()).startsWith(field + ": ");
                });
    }

    @Example
    void legalNames_areAccepted() {
        for (String field : FIELDS.keySet()) {
            for (String name : new String[] {"a", "Z", "0", "a.b_c:d@e~f-g", "user-42@host:1", "9..9"}) {
                assertAccepted(field, name);
            }
        }
    }

    @Example
    void everyOtherCharacter_isRefused() {
        for (String field : FIELDS.keySet()) {
            for (int c = 0; c < 0x300; c++) {
                String name = "a" + (char) c + "b";
                if (String.valueOf((char) c).matches("[A-Za-z0-9._:@~-]")) {
                    assertAccepted(field, name);
                } else {
                    assertRefused(field, name);
                }
            }
            for (String name :
                    new String[] {"a\u202eb", "\uFF41", "a\uD83D\uDE00", "a\uD800", "naïve", "a b", "a/b", "a*"}) {
                assertRefused(field, name);
            }
        }
    }

    @Example
    void firstCharacter_isALetterOrDigit() {
        for (String field : FIELDS.keySet()) {
            for (String first : new String[] {".", "_", ":", "@", "~", "-"}) {
                assertRefused(field, first);
                assertRefused(field, first + "a");
            }
        }
    }

    @Example
    void length_isBounded() {
        FIELDS.forEach((field, most) -> {
            assertAccepted(field, "x".repeat(most));
            assertRefused(field, "x".repeat(most + 1));
            if (!field.equals("namespace")) {
                assertRefused(field, "");
            }
        });
    }

    @Example
    void emptyNamespace_isDefault() {
        assertThat(new Namespace("t", "")).isEqualTo(new Namespace("t", "default"));
    }

    @Property(tries = 2_000)
    void anyText_isJudgedByTheRule(@ForAll @StringLength(max = 140) String text) {
        boolean legal = Pattern.matches("[A-Za-z0-9][A-Za-z0-9._:@~-]{0,127}", text);
        if (legal) {
            assertAccepted("group_name", text);
        } else {
            assertRefused("group_name", text);
        }
    }

    @Example
    void groupIds_orderByTenantNamespaceName() {
        assertThat(GroupId.of("a", "z", "z")).isLessThan(GroupId.of("b", "a", "a"));
        assertThat(GroupId.of("a", "a", "z")).isLessThan(GroupId.of("a", "b", "a"));
        assertThat(GroupId.of("a", "a", "a")).isLessThan(GroupId.of("a", "a", "b"));
    }
}
