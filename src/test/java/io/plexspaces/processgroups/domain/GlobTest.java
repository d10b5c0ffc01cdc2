package io.plexspaces.processgroups.domain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.regex.Pattern;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.CharRange;
import net.jqwik.api.constraints.Chars;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.Assertions;

class GlobTest {
    @Property(tries = 5_000)
    void matches_whatItMeans(
            @ForAll @StringLength(min = 1, max = 8) @Chars({'a', 'b', '.', '*', '?', '['}) String glob,
            @ForAll @StringLength(min = 1, max = 10) @Chars({'a', 'b', '.'}) String name) {
        StringBuilder regex = new StringBuilder();
        for (char c : glob.toCharArray()) {
            regex.append(c == '*' ? ".*" : c == '?' ? "." : Pattern.quote(String.valueOf(c)));
        }
        assertThat(new Glob(glob).matches(name)).as("%s on %s", glob, name).isEqualTo(name.matches(regex.toString()));
    }

    @Property
    void matching_namesBeginWithThePrefix(
            @ForAll @StringLength(max = 6) @Chars({'a', 'b', '*', '?'}) String glob,
            @ForAll @StringLength(min = 1, max = 8) @CharRange(from = 'a', to = 'b') String name) {
        if (new Glob(glob).matches(name)) {
            assertThat(name).startsWith(new Glob(glob).prefix());
        }
    }

    @Example
    void empty_matchesEverything() {
        assertThat(Glob.ANY.matches("anything")).isTrue();
        assertThat(Glob.ANY.prefix()).isEmpty();
    }

    @Example
    void manyStars_takeNoLongTime() {
        Glob glob = new Glob("*a".repeat(63) + "b");
        Assertions.assertTimeout(Duration.ofSeconds(2), () -> {
            for (int i = 0; i < 1_000; i++) {
                assertThat(glob.matches("a".repeat(128))).isFalse();
            }
        });
    }

    @Example
    void tooLong_isRefused() {
        new Glob("*".repeat(128));
        assertThatThrownBy(() -> new Glob("*".repeat(129)))
                .isInstanceOfSatisfying(GroupException.class, failure -> assertThat(failure.field())
                        .isEqualTo("name_pattern"));
    }
}
