package io.plexspaces.processgroups.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Chars;
import net.jqwik.api.constraints.StringLength;

class ActorPatternTest {
    @Property(tries = 5_000)
    void subject_standsForItself_whateverItHolds(
            @ForAll @StringLength(min = 1, max = 6) @Chars({'a', '*', '?', '>', '$', '{', '.'}) String subject,
            @ForAll @StringLength(max = 8) @Chars({'a', '*', '?', '>', '$', '{', '.'}) String actor) {
        assertThat(matches("${sub}", subject, actor)).isEqualTo(actor.equals(subject));
        assertThat(matches("${sub}*", subject, actor)).isEqualTo(actor.startsWith(subject));
        assertThat(matches("*${sub}*", subject, actor)).isEqualTo(actor.contains(subject));
        assertThat(matches("a.${sub}", subject, actor)).isEqualTo(actor.equals("a." + subject));
    }

    @Example
    void subjectThatNamesThePlaceholder_isNotReadAgain() {
        assertThat(matches("${sub}", "${sub}", "${sub}")).isTrue();
        assertThat(matches("${sub}", "${sub}", "x")).isFalse();
    }

    @Example
    void noSubject_matchesNobody_alsoWithStars() {
        assertThat(new ActorPattern("${sub}*").of("")).isNull();
        assertThat(new ActorPattern("*${sub}*").of("")).isNull();
        assertThat(new ActorPattern("guest-*").of("").matches("guest-1")).isTrue();
    }

    /** A short entry that says the placeholder often would be long for every caller. */
    @Example
    void namesLongerThanAnyActor_matchNobody() {
        String subject = "s".repeat(100);

        assertThat(matches("${sub}*${sub}-----", subject, subject + subject + "-----"))
                .isTrue();
        assertThat(new ActorPattern("${sub}${sub}${sub}").of(subject)).isNull();
        assertThat(new ActorPattern("${sub}").of("s".repeat(255))).isNotNull();
        assertThat(new ActorPattern("${sub}.").of("s".repeat(255))).isNull();
    }

    @Example
    void otherPlaceholders_areRefused() {
        for (String text : new String[] {"${user}", "$sub", "${sub", "${ sub}", "${su${sub}b}", "{sub}", "a?", "a b"}) {
            assertThatIllegalArgumentException().isThrownBy(() -> new ActorPattern(text));
        }
    }

    private static boolean matches(String pattern, String subject, String actor) {
        return new ActorPattern(pattern).of(subject).matches(actor);
    }
}
