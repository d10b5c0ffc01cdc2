package io.plexspaces.processgroups.domain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.regex.Pattern;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.CharRange;
import net.jqwik.api.constraints.Chars;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.StringLength;

class GlobTest {
    @Property(tries = 5_000)
    void matches_whatItMeans(
            @ForAll @StringLength(min = 1, max = 8) @Chars({'a', 'b', '.', '*', '?', '['}) String glob,
            @ForAll @StringLength(min = 1, max = 10) @Chars({'a', 'b', '.'}) String name) {
        StringBuilder regex = new StringBuilder();
        for (char c : glob.toCharArray()) {
            regex.append(c == '*' ? ".*" : c == '?' ? "." : Pattern.quote(String.valueOf(c)));
        }
        assertThat(new Glob(glob).matcher().matches(name))
                .as("%s on %s", glob, name)
                .isEqualTo(name.matches(regex.toString()));
    }

    @Property
    void matching_namesBeginWithThePrefix(
            @ForAll @StringLength(max = 6) @Chars({'a', 'b', '*', '?'}) String glob,
            @ForAll @StringLength(min = 1, max = 8) @CharRange(from = 'a', to = 'b') String name) {
        if (new Glob(glob).matcher().matches(name)) {
            assertThat(name).startsWith(new Glob(glob).prefix());
        }
    }

    @Example
    void empty_matchesEverything() {
        assertThat(Glob.ANY.matcher().matches("anything")).isTrue();
        assertThat(Glob.ANY.prefix()).isEmpty();
    }

    @Property
    void matching_readsEachCharacterOnce(
            @ForAll @StringLength(max = 128) @Chars({'a', 'a', 'a', 'b', '*', '?'}) String glob,
            @ForAll @StringLength(min = 1, max = 128) @Chars({'a', 'a', 'a', 'b'}) String name) {
        Reads reads = new Reads(name);
        new Glob(glob).matcher().matches(reads);
        assertThat(reads.count).isLessThanOrEqualTo(name.length());
    }

    /** As the regular expression means it, where that takes no time. */
    @Property
    void longPatterns_matchWhatTheyMean(
            @ForAll @StringLength(min = 56, max = 128) @Chars({'a', 'b', '?'}) String glob,
            @ForAll @IntRange(max = 127) int star,
            @ForAll boolean withStar,
            @ForAll @StringLength(max = 9) @Chars({'a', 'b'}) String more) {
        String begin = glob.substring(0, Math.min(star, glob.length() - 1));
        String end = glob.substring(begin.length() + 1);
        String pattern = withStar ? begin + "*" + end : glob;
        String name = withStar ? begin + more + end : glob;
        assertThat(new Glob(pattern).matcher().matches(name.replace('?', 'c'))).isTrue();
        if (!withStar) {
            assertThat(new Glob(pattern).matcher().matches(name.replace('?', 'c') + "c"))
                    .isFalse();
        }
        int at = name.length() / 2;
        String other = name.substring(0, at) + "d" + name.substring(at + 1);
        boolean free =
                name.charAt(at) == '?' || (withStar && at >= begin.length() && at < begin.length() + more.length());
        assertThat(new Glob(pattern).matcher().matches(other.replace('?', 'c'))).isEqualTo(free);
    }

    @Example
    void tooLong_isRefused() {
        new Glob("*".repeat(128));
        assertThatThrownBy(() -> new Glob("*".repeat(129)))
                .isInstanceOfSatisfying(GroupException.class, failure -> assertThat(failure.field())
                        .isEqualTo("name_pattern"));
    }
}
