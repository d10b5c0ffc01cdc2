package io.plexspaces.processgroups.access;

import static org.assertj.core.api.Assertions.assertThat;

import io.plexspaces.processgroups.domain.Reads;
import io.plexspaces.processgroups.domain.Topic;
import io.plexspaces.processgroups.domain.TopicPattern;
import java.util.Collections;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.From;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.Size;
import net.jqwik.api.statistics.Statistics;

class ContainmentTest {
    /** All that patterns of up to three tokens tell apart: topics of one token more, and with a stranger. */
    private static final List<Topic> TOPICS = SmallTopics.upTo(4, "a", "ab", "stranger");

    @Provide
    Arbitrary<TopicPattern> patterns() {
        return SmallTopics.patterns(3, "a", "ab");
    }

    @Property(tries = 20_000)
    void isWithin_asTopicByTopic(
            @ForAll("patterns") TopicPattern asked,
            @ForAll @Size(max = 6) List<@From("patterns") TopicPattern> permitted) {
        boolean byTopic = TOPICS.stream().filter(asked::matches).allMatch(topic -> permitted.stream()
                .anyMatch(one -> one.matches(topic)));
        boolean byOne = permitted.stream().anyMatch(one -> Containment.isWithin(List.of(one), asked));

        assertThat(Containment.isWithin(permitted, asked))
                .as("%s in %s", asked, permitted)
                .isEqualTo(byTopic);
        Statistics.label("contained").collect(byTopic ? byOne ? "in one" : "only in several" : "not");
    }

    @Property
    void deciding_readsPatternsInProportionToTheirLength(
            @ForAll("long patterns") String permitted, @ForAll("long patterns") String asked) {
        Reads ofPermitted = new Reads(permitted);
        Reads ofAsked = new Reads(asked);

        Containment.covered(ofPermitted, ofAsked);

        assertThat(ofPermitted.count).isLessThanOrEqualTo(permitted.length());
        assertThat(ofAsked.count).isLessThanOrEqualTo(permitted.length() + asked.length() + Topic.TOKENS + 1);
    }

    @Provide("long patterns")
    Arbitrary<String> longPatterns() {
        return Arbitraries.of("*", "*", "aaaaaaaaaaaaaa", "aaaaaaaaaaaaab")
                .list()
                .ofMinSize(1)
                .ofMaxSize(15)
                .map(tokens -> String.join(".", tokens))
                .flatMap(begin -> Arbitraries.of(begin, begin + ".>"));
    }

    @Example
    void onePattern_examples() {
        assertThat(isWithin("room.1", "room.>")).isTrue();
        assertThat(isWithin("room.*", "room.>")).isTrue();
        assertThat(isWithin("room.*.x", "room.*.*")).isTrue();
        assertThat(isWithin("room.>", "room.>")).isTrue();
        assertThat(isWithin("room", "room.>")).isFalse();
        assertThat(isWithin("room.>", "room.*")).isFalse();
        assertThat(isWithin("rooms.1", "room.>")).isFalse();
        assertThat(isWithin("room.1", "rooms.1")).isFalse();
        assertThat(isWithin("rooms", "room")).isFalse();
        assertThat(isWithin("room", "rooms")).isFalse();
        assertThat(isWithin(">", "*.>")).isFalse();
        assertThat(isWithin("*", "a")).isFalse();
        assertThat(isWithin("a")).isFalse();
    }

    @Example
    void several_mayDoItTogether() {
        assertThat(isWithin(">", "*", "*.>")).isTrue();
        assertThat(isWithin("a.>", "a.*", "a.*.*", "*.*.*.>")).isTrue();
        assertThat(isWithin("a.>", "a.*", "a.*.>")).isTrue();
        assertThat(isWithin("a.>", "a.*", "a.*.*.>")).isFalse();
        assertThat(isWithin("a.>", "a.*", "*.b.>")).isFalse();
        assertThat(isWithin("*", "a", "b", "c")).isFalse();
    }

    /** No topic has more than 16 tokens. */
    @Example
    void rest_endsAtTheLongestTopic() {
        String[] stars = new String[Topic.TOKENS];
        for (int i = 0; i < stars.length; i++) {
            stars[i] = stars(i + 1);
        }
        assertThat(isWithin(">", stars)).isTrue();
        stars[15] = "a." + stars(15);
        assertThat(isWithin(">", stars)).isFalse();
        assertThat(isWithin(stars(15) + ".>", stars(16))).isTrue();
        assertThat(isWithin(stars(14) + ".>", stars(16))).isFalse();
        assertThat(isWithin(stars(16), ">")).isTrue();
    }

    private static String stars(int tokens) {
        return String.join(".", Collections.nCopies(tokens, "*"));
    }

    private static boolean isWithin(String asked, String... permitted) {
        return Containment.isWithin(
                List.of(permitted).stream().map(TopicPattern::new).toList(), new TopicPattern(asked));
    }
}
