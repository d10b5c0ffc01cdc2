package io.plexspaces.processgroups.core.members;

import io.plexspaces.processgroups.domain.Topic;
import io.plexspaces.processgroups.domain.TopicFilter;
import io.plexspaces.processgroups.domain.TopicPattern;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Finds who wants a topic. What that costs follows the shapes of the patterns, of which there are few, and the patterns
 * that match, not the members: one look for each shape. Part of a group's reading, and as little thread-safe as that.
 */
final class TopicIndex {
    private static final int CACHED_TOPICS = 1024;

    private final Map<TopicFilter, Interest> interests = new HashMap<>(4);
    private final Map<String, Set<Interest>> exact = new HashMap<>(4);

    /** Patterns with wildcards by their {@link TokenSums}. */
    private final Map<Long, Wild> wild = new HashMap<>(2);

    /** How many of them have it. */
    private final Map<Shape, Integer> shapes = new HashMap<>(2);

    /** Null: no pattern with wildcards was there yet. */
    private @Nullable TokenSums sums;

    private final Map<String, List<Interest>> found = new HashMap<>(4);
    private List<Interest> everyone = List.of();
    private boolean everyoneKnown = true;
    private long looks;

    /** A pattern with wildcards, and who has it. */
    private static final class Wild {
        final TopicPattern pattern;
        final Set<Interest> interests = new LinkedHashSet<>(2);

        /** Of the same sum, which is as good as never. */
        @Nullable
        Wild next;

        Wild(TopicPattern pattern, @Nullable Wild next) {
            this.pattern = pattern;
            this.next = next;
        }
    }

    /** Members with this filter; made when there are none yet, and gone after {@link #drop}. */
    Interest of(TopicFilter filter) {
        Interest known = interests.get(filter);
        if (known != null) {
            return known;
        }
        Interest made = new Interest(filter);
        interests.put(filter, made);
        for (TopicPattern pattern : filter.patterns()) {
            if (pattern.isExact()) {
                exact.computeIfAbsent(pattern.value(), value -> new LinkedHashSet<>(2))
                        .add(made);
            } else {
                wild(pattern).interests.add(made);
            }
        }
        forgetFound();
        return made;
    }

    /** Forgets an interest that no member has any more. */
    void drop(Interest interest) {
        interests.remove(interest.filter());
        for (TopicPattern pattern : interest.filter().patterns()) {
            if (pattern.isExact()) {
                exact.computeIfPresent(pattern.value(), (value, set) -> {
                    set.remove(interest);
                    return set.isEmpty() ? null : set;
                });
            } else {
                drop(interest, pattern);
            }
        }
        forgetFound();
    }

    private long sumOf(TopicPattern pattern) {
        TokenSums numbers = sums == null ? new TokenSums() : sums;
        sums = numbers;
        return numbers.of(pattern);
    }

    private Wild wild(TopicPattern pattern) {
        long sum = sumOf(pattern);
        Wild first = wild.get(sum);
        Wild same = first;
        while (same != null && !same.pattern.equals(pattern)) {
            same = same.next;
        }
        if (same == null) {
            same = new Wild(pattern, first);
            wild.put(sum, same);
            shapes.merge(Shape.of(pattern), 1, Integer::sum);
        }
        return same;
    }

    private void drop(Interest interest, TopicPattern pattern) {
        Wild known = wild(pattern);
        known.interests.remove(interest);
        if (known.interests.isEmpty()) {
            wild.computeIfPresent(sumOf(pattern), (sum, first) -> without(known, first));
            shapes.computeIfPresent(Shape.of(pattern), (shape, count) -> count == 1 ? null : count - 1);
        }
    }

    private static @Nullable Wild without(Wild gone, @Nullable Wild first) {
        if (first == null || first == gone) {
            return first == null ? null : first.next;
        }
        first.next = without(gone, first.next);
        return first;
    }

    /** Interests that accept a message with this topic, each once; {@code null}: all of them. Not to be changed. */
    List<Interest> wanting(@Nullable Topic topic) {
        if (topic == null) {
            if (!everyoneKnown) {
                everyone = List.copyOf(interests.values());
                everyoneKnown = true;
            }
            return everyone;
        }
        List<Interest> known = found.get(topic.value());
        if (known != null) {
            return known;
        }
        if (found.size() == CACHED_TOPICS) {
            found.clear();
        }
        List<Interest> matching = find(topic);
        found.put(topic.value(), matching);
        return matching;
    }

    /** Shapes looked at since the beginning, so that tests see what a topic costs. */
    long looks() {
        return looks;
    }

    private void forgetFound() {
        found.clear();
        everyone = List.of();
        everyoneKnown = false;
    }

    private List<Interest> find(Topic topic) {
        Set<Interest> matching = new LinkedHashSet<>();
        Interest all = interests.get(TopicFilter.ALL);
        if (all != null) {
            matching.add(all);
        }
        matching.addAll(exact.getOrDefault(topic.value(), Set.of()));
        TokenSums numbers = sums;
        if (numbers != null && !shapes.isEmpty()) {
            numbers.topic(topic);
            findWild(topic, numbers, matching);
        }
        return new ArrayList<>(matching);
    }

    private void findWild(Topic topic, TokenSums numbers, Set<Interest> matching) {
        for (Shape shape : shapes.keySet()) {
            if (matching.size() == interests.size()) {
                return;
            }
            looks++;
            Wild like = shape.fits(numbers.tokens()) ? wild.get(numbers.like(shape)) : null;
            while (like != null) {
                if (like.pattern.matches(topic)) {
                    matching.addAll(like.interests);
                }
                like = like.next;
            }
        }
    }
}
