package io.plexspaces.processgroups.core.members;

import static org.assertj.core.api.Assertions.assertThat;

import io.plexspaces.processgroups.domain.Topic;
import io.plexspaces.processgroups.domain.TopicFilter;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

class TopicIndexTest {
    @Property(tries = 300)
    void wanting_isWhatTheFiltersAccept_whateverCameAndWent(
            @ForAll("changes") List<TopicFilter> changes, @ForAll("topics") List<Topic> topics) {
        TopicIndex index = new TopicIndex();
        Set<TopicFilter> present = new HashSet<>();
        for (TopicFilter filter : changes) {
            if (present.add(filter)) {
                assertThat(index.of(filter).filter()).isEqualTo(filter);
            } else {
                present.remove(filter);
                index.drop(index.of(filter));
            }
            for (Topic topic : topics) {
                Set<TopicFilter> expected =
                        present.stream().filter(one -> one.accepts(topic)).collect(Collectors.toSet());
                List<Interest> found = index.wanting(topic);
                assertThat(found).doesNotHaveDuplicates().hasSize(expected.size());
                assertThat(found).extracting(Interest::filter).containsExactlyInAnyOrderElementsOf(expected);
            }
            assertThat(index.wanting(null)).hasSize(present.size());
        }
    }

    /** However many patterns and members there are. */
    @Property(tries = 200)
    void aTopic_costsOneLookForEachShape(
            @ForAll("changes") List<TopicFilter> filters, @ForAll("topics") List<Topic> topics) {
        TopicIndex index = new TopicIndex();
        Set<Shape> shapes = new HashSet<>();
        for (TopicFilter filter : filters) {
            index.of(filter);
            filter.patterns().stream()
                    .filter(pattern -> !pattern.isExact())
                    .map(Shape::of)
                    .forEach(shapes::add);
        }
        for (Topic topic : new HashSet<>(topics)) {
            long before = index.looks();
            index.wanting(topic);
            index.wanting(topic);
            assertThat(index.looks() - before).isLessThanOrEqualTo(shapes.size());
        }
    }

    @Test
    void everyWayToWriteATopic_isFound() {
        TopicIndex index = new TopicIndex();
        List<String> patterns = new ArrayList<>();
        for (int i = 0; i < 1 << 8; i++) {
            StringBuilder pattern = new StringBuilder();
            for (int token = 0; token < 8; token++) {
                pattern.append((i >> token & 1) == 0 ? "a." : "*.");
            }
            patterns.add(pattern + "b");
            patterns.add(pattern + ">");
        }
        patterns.forEach(pattern -> index.of(TopicFilter.of(List.of(pattern))));
        assertThat(index.wanting(new Topic("a.".repeat(8) + "b"))).hasSize(512);
        assertThat(index.wanting(new Topic("a.".repeat(8) + "c"))).hasSize(256);
        assertThat(index.wanting(new Topic("a.".repeat(7) + "b"))).isEmpty();
        assertThat(index.looks()).isLessThanOrEqualTo(3 * 512);
        long before = index.looks();
        patterns.forEach(pattern -> index.drop(index.of(TopicFilter.of(List.of(pattern)))));
        assertThat(index.wanting(new Topic("a.".repeat(8) + "c"))).isEmpty();
        assertThat(index.looks()).isEqualTo(before);
    }

    @Test
    void moreTopicsThanAreRemembered_areStillFound() {
        TopicIndex index = new TopicIndex();
        index.of(TopicFilter.of(List.of("a.*")));
        for (int i = 0; i < 5000; i++) {
            assertThat(index.wanting(new Topic("a.t" + i))).hasSize(1);
            assertThat(index.wanting(new Topic("b.t" + i))).isEmpty();
        }
    }

    @Provide
    Arbitrary<List<TopicFilter>> changes() {
        Arbitrary<String> pattern = tokens(List.of("a", "b", "c", "*")).flatMap(tokens -> Arbitraries.of(true, false)
                .map(rest -> String.join(".", tokens) + (rest ? ".>" : "")));
        return pattern.list()
                .ofMinSize(0)
                .ofMaxSize(3)
                .map(TopicFilter::of)
                .list()
                .ofMaxSize(12);
    }

    @Provide
    Arbitrary<List<Topic>> topics() {
        return tokens(List.of("a", "b", "c"))
                .map(tokens -> new Topic(String.join(".", tokens)))
                .list()
                .ofMinSize(1)
                .ofMaxSize(10);
    }

    private static Arbitrary<List<String>> tokens(List<String> from) {
        return Arbitraries.of(from).list().ofMinSize(1).ofMaxSize(4);
    }
}
