package io.plexspaces.processgroups.access;

import static org.assertj.core.api.Assertions.assertThat;

import io.plexspaces.processgroups.domain.Reads;
import java.util.regex.Pattern;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Chars;
import net.jqwik.api.constraints.StringLength;

class NamePatternTest {
    @Property(tries = 5_000)
    void matches_whatItMeans(
            @ForAll @StringLength(min = 1, max = 9) @Chars({'a', 'b', '.', '*'}) String pattern,
            @ForAll @StringLength(max = 10) @Chars({'a', 'b', '.'}) String name) {
        StringBuilder regex = new StringBuilder();
        for (char c : pattern.toCharArray()) {
            regex.append(c == '*' ? ".*" : Pattern.quote(String.valueOf(c)));
        }

        assertThat(NamePattern.of(pattern).matches(name))
                .as("%s on %s", pattern, name)
                .isEqualTo(name.matches(regex.toString()));
    }

    /** What makes a matcher that goes back read the same again and again: many stars, and pieces that begin alike. */
    @Property
    void matching_readsEachCharacterOnce(
            @ForAll @StringLength(min = 1, max = 256) @Chars({'a', 'a', 'a', 'b', '*'}) String pattern,
            @ForAll @StringLength(max = 255) @Chars({'a', 'a', 'a', 'b'}) String name) {
        Reads reads = new Reads(name);

        NamePattern.of(pattern).matches(reads);

        assertThat(reads.count).isLessThanOrEqualTo(name.length());
    }

    @Example
    void pieceThatBeginsAgainInsideItself_isFound() {
        assertThat(NamePattern.of("*aab*aac*").matches("aaabaaaac")).isTrue();
        assertThat(NamePattern.of("*aab*aab*").matches("aaabaaaac")).isFalse();
    }

    @Example
    void beginAndEnd_mayNotOverlap() {
        assertThat(NamePattern.of("ab*ba").matches("aba")).isFalse();
        assertThat(NamePattern.of("ab*ba").matches("abba")).isTrue();
    }

    @Example
    void starsAlone_areAny() {
        assertThat(NamePattern.of("*").isAny()).isTrue();
        assertThat(NamePattern.of("***").isAny()).isTrue();
        assertThat(NamePattern.of("*a").isAny()).isFalse();
        assertThat(NamePattern.ANY.matches("a")).isTrue();
    }
}
