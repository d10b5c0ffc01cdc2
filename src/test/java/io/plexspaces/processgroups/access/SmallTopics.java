package io.plexspaces.processgroups.access;

import io.plexspaces.processgroups.domain.Topic;
import io.plexspaces.processgroups.domain.TopicPattern;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;

/** Topics and patterns of few tokens, so that all of them can be tried. */
final class SmallTopics {
    private SmallTopics() {}

    /** All topics of 1 to {@code most} of these tokens. */
    static List<Topic> upTo(int most, String... tokens) {
        List<String> all = new ArrayList<>();
        List<String> longest = List.of(tokens);
        for (int length = 1; length <= most; length++) {
            all.addAll(longest);
            longest = longest.stream()
                    .flatMap(begin -> List.of(tokens).stream().map(token -> begin + "." + token))
                    .toList();
        }
        return all.stream().map(Topic::new).toList();
    }

    /** Patterns of 1 to {@code most} tokens: of these, {@code *}, and a last {@code >}. */
    static Arbitrary<TopicPattern> patterns(int most, String... tokens) {
        List<String> some = new ArrayList<>(List.of(tokens));
        some.add("*");
        some.add("*");
        Arbitrary<String> begins =
                Arbitraries.of(some).list().ofMinSize(1).ofMaxSize(most).map(all -> String.join(".", all));
        Arbitrary<String> rests = Arbitraries.of(some)
                .list()
                .ofMaxSize(most - 1)
                .map(all -> all.isEmpty() ? ">" : String.join(".", all) + ".>");
        return Arbitraries.oneOf(begins, rests).map(TopicPattern::new);
    }
}
