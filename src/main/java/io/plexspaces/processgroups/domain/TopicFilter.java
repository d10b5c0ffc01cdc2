package io.plexspaces.processgroups.domain;

import java.util.Collection;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Which messages a member gets: every one ({@link #ALL}), or those without a topic and those whose topic a pattern
 * matches.
 *
 * @param patterns sorted, each once; empty means ALL
 */
public record TopicFilter(List<TopicPattern> patterns) implements Comparable<TopicFilter> {
    /** Accepts every message. */
    public static final TopicFilter ALL = new TopicFilter(List.of());

    public TopicFilter {
        patterns = patterns.stream().sorted().distinct().toList();
    }

    /**
     * @param topics patterns in any order; empty means ALL
     * @throws GroupException INVALID_ARGUMENT naming {@code topics}
     */
    public static TopicFilter of(Collection<String> topics) {
        return topics.isEmpty()
                ? ALL
                : new TopicFilter(topics.stream().map(TopicPattern::new).toList());
    }

    public boolean isAll() {
        return patterns.isEmpty();
    }

    /** A message without a topic ({@code null}) is accepted by every filter. */
    public boolean accepts(@Nullable Topic topic) {
        if (topic == null || isAll()) {
            return true;
        }
        for (int i = 0; i < patterns.size(); i++) {
            if (patterns.get(i).matches(topic)) {
                return true;
            }
        }
        return false;
    }

    /** Accepts what either accepts. ALL absorbs. */
    public TopicFilter union(TopicFilter other) {
        if (isAll() || other.isAll()) {
            return ALL;
        }
        TopicFilter both = new TopicFilter(
                Stream.concat(patterns.stream(), other.patterns.stream()).toList());
        return both.patterns.size() == patterns.size() ? this : both;
    }

    /** By the patterns: an order for tables in which clients may make hash codes meet. */
    @Override
    public int compareTo(TopicFilter other) {
        int common = Math.min(patterns.size(), other.patterns.size());
        for (int i = 0; i < common; i++) {
            int order = patterns.get(i).compareTo(other.patterns.get(i));
            if (order != 0) {
                return order;
            }
        }
        return Integer.compare(patterns.size(), other.patterns.size());
    }

    /** The patterns as text, sorted; empty means ALL. */
    public List<String> topics() {
        return patterns.stream().map(TopicPattern::value).toList();
    }
}
