package io.plexspaces.processgroups.domain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class TopicTest {
    private static final String TOKEN = "[A-Za-z0-9_:@~-]+";

    /** What a pattern means, said once more by a regular expression. */
    private static boolean meant(String pattern, String topic) {
        String regex = List.of(pattern.split("\\.")).stream()
                .map(token -> switch (token) {
                    case "*" -> TOKEN;
                    case ">" -> TOKEN + "(\\." + TOKEN + ")*";
                    default -> Pattern.quote(token);
                })
                .collect(Collectors.joining("\\."));
        return Pattern.matches(regex, topic);
    }

    /** Few different tokens, so that much matches; one is the beginning of another. */
    @Provide
    Arbitrary<String> topics() {
        return Arbitraries.of("a", "ab", "b", "A")
                .list()
                .ofMinSize(1)
                .ofMaxSize(5)
                .map(t -> String.join(".", t));
    }

    @Provide
    Arbitrary<String> patterns() {
        Arbitrary<List<String>> tokens = Arbitraries.of("a", "ab", "b", "A", "*", "*")
                .list()
                .ofMinSize(1)
                .ofMaxSize(5);
        return Arbitraries.oneOf(
                tokens.map(all -> String.join(".", all)),
                tokens.map(all -> String.join(".", all) + ".>"),
                Arbitraries.just(">"));
    }

    @Provide
    Arbitrary<TopicFilter> filters() {
        return patterns().list().ofMaxSize(4).map(TopicFilter::of);
    }

    @Property(tries = 5_000)
    void pattern_matchesWhatItMeans(@ForAll("patterns") String pattern, @ForAll("topics") String topic) {
        assertThat(new TopicPattern(pattern).matches(new Topic(topic)))
                .as("%s on %s", pattern, topic)
                .isEqualTo(meant(pattern, topic));
    }

    @Property
    void matching_readsPatternAndTopicOnce(@ForAll("patterns") String pattern, @ForAll("topics") String topic) {
        Reads ofPattern = new Reads(pattern);
        Reads ofTopic = new Reads(topic);
        assertThat(TopicPattern.matches(ofPattern, ofTopic)).isEqualTo(meant(pattern, topic));
        assertThat(ofPattern.count).isLessThanOrEqualTo(pattern.length());
        // A dot behind a star ends it, and is compared with the next of the pattern.
        assertThat(ofTopic.count).isLessThanOrEqualTo(topic.length() + Topic.TOKENS);
    }

    @Example
    void pattern_examples() {
        assertThat(matches("user.*", "user.login")).isTrue();
        assertThat(matches("user.*", "user")).isFalse();
        assertThat(matches("user.*", "user.a.b")).isFalse();
        assertThat(matches("user.>", "user.a.b")).isTrue();
        assertThat(matches("user.>", "user")).isFalse();
        assertThat(matches("user", "user.login")).isFalse();
        assertThat(matches("user", "username")).isFalse();
        assertThat(matches("*.login", "user.login")).isTrue();
        assertThat(matches(">", "a")).isTrue();
    }

    private static boolean matches(String pattern, String topic) {
        return new TopicPattern(pattern).matches(new Topic(topic));
    }

    @Property(tries = 2_000)
    void union_acceptsWhatEitherAccepts(
            @ForAll("filters") TopicFilter a, @ForAll("filters") TopicFilter b, @ForAll("topics") String topic) {
        Topic published = new Topic(topic);
        assertThat(a.union(b).accepts(published)).isEqualTo(a.accepts(published) || b.accepts(published));
    }

    @Property
    void union_isAssociativeCommutativeIdempotent(
            @ForAll("filters") TopicFilter a, @ForAll("filters") TopicFilter b, @ForAll("filters") TopicFilter c) {
        assertThat(a.union(b).union(c)).isEqualTo(a.union(b.union(c)));
        assertThat(a.union(b)).isEqualTo(b.union(a));
        assertThat(a.union(a)).isEqualTo(a);
        assertThat(a.union(b).union(b)).isEqualTo(a.union(b));
    }

    @Property
    void all_absorbs(@ForAll("filters") TopicFilter a) {
        assertThat(a.union(TopicFilter.ALL)).isEqualTo(TopicFilter.ALL);
        assertThat(TopicFilter.ALL.union(a)).isEqualTo(TopicFilter.ALL);
    }

    @Property
    void noTopic_isAcceptedByAll(@ForAll("filters") TopicFilter a) {
        assertThat(a.accepts(null)).isTrue();
    }

    @Property
    void filter_doesNotDependOnOrderOrRepetition(@ForAll("filters") TopicFilter a) {
        List<String> shuffled = new ArrayList<>(a.topics());
        shuffled.addAll(a.topics());
        Collections.reverse(shuffled);
        assertThat(TopicFilter.of(shuffled)).isEqualTo(a);
        assertThat(a.topics()).isSorted().doesNotHaveDuplicates();
    }

    @Example
    void illegalTopics_areRefused() {
        String tooManyTokens = String.join(".", Collections.nCopies(17, "a"));
        String tooLong = "a".repeat(256);
        for (String topic : new String[] {
            "",
            ".",
            "a.",
            ".a",
            "a..b",
            "a b",
            "a*",
            "*",
            ">",
            "a.*",
            "a.>",
            "a/b",
            "ä",
            "a\u0000",
            tooManyTokens,
            tooLong
        }) {
            assertRefused("topic", () -> new Topic(topic));
        }
        new Topic(String.join(".", Collections.nCopies(16, "a")));
        new Topic("a".repeat(255));
        new Topic("_x.-y.~z.:1.@2");
    }

    @Example
    void illegalPatterns_areRefused() {
        for (String pattern : new String[] {"", "a..b", "a*", "*a", "**", ">.a", "a.>.b", "a>", ">>", "a.", "a b"}) {
            assertRefused("topics", () -> new TopicPattern(pattern));
            assertRefused("topics", () -> TopicFilter.of(List.of("fine", pattern)));
        }
        assertThat(new TopicPattern("a.b").isExact()).isTrue();
        assertThat(new TopicPattern("a.*").isExact()).isFalse();
        assertThat(new TopicPattern(">").isExact()).isFalse();
    }

    private static void assertRefused(String field, Runnable maker) {
        assertThatThrownBy(maker::run).isInstanceOfSatisfying(GroupException.class, failure -> {
            assertThat(failure.code()).isEqualTo(ErrorCode.INVALID_ARGUMENT);
            assertThat(failure.field()).isEqualTo(field);
        });
    }
}
