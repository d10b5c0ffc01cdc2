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
 * Finds who wants a topic, at a cost that follows the patterns that match, not the members. Part of a group's reading,
 * and as little thread-safe as that.
 */
final class TopicIndex {
    private static final int CACHED_TOPICS = 1024;

    private final Map<TopicFilter, Interest> interests = new HashMap<>(4);
    private final Map<String, Set<Interest>> exact = new HashMap<>(4);
    private final Branch wildcards = new Branch();
    private final Map<String, List<Interest>> found = new HashMap<>(4);
    private List<Interest> everyone = List.of();
    private boolean everyoneKnown = true;

    /** A node of the tree of wildcard patterns, a level a token. */
    private static final class Branch {
        final Map<String, Branch> children = new HashMap<>(2);
        final Set<Interest> ends = new LinkedHashSet<>(2);
        final Set<Interest> rests = new LinkedHashSet<>(2);

        boolean isEmpty() {
            return children.isEmpty() && ends.isEmpty() && rests.isEmpty();
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
                plant(wildcards, pattern.tokens(), made);
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
                uproot(wildcards, pattern.tokens(), interest);
            }
        }
        forgetFound();
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
        if (!wildcards.isEmpty()) {
            collect(wildcards, topic.tokens(), 0, matching);
        }
        return new ArrayList<>(matching);
    }

    private static void collect(Branch at, List<String> tokens, int depth, Set<Interest> matching) {
        if (depth == tokens.size()) {
            matching.addAll(at.ends);
            return;
        }
        matching.addAll(at.rests);
        Branch same = at.children.get(tokens.get(depth));
        if (same != null) {
            collect(same, tokens, depth + 1, matching);
        }
        Branch any = at.children.get(TopicPattern.ONE);
        if (any != null) {
            collect(any, tokens, depth + 1, matching);
        }
    }

    private static void plant(Branch root, List<String> tokens, Interest interest) {
        Branch at = root;
        for (String token : tokens) {
            if (token.equals(TopicPattern.REST)) {
                at.rests.add(interest);
                return;
            }
            at = at.children.computeIfAbsent(token, value -> new Branch());
        }
        at.ends.add(interest);
    }

    private static void uproot(Branch at, List<String> tokens, Interest interest) {
        if (tokens.isEmpty()) {
            at.ends.remove(interest);
            return;
        }
        String token = tokens.get(0);
        if (token.equals(TopicPattern.REST)) {
            at.rests.remove(interest);
            return;
        }
        Branch child = at.children.get(token);
        if (child != null) {
            uproot(child, tokens.subList(1, tokens.size()), interest);
            if (child.isEmpty()) {
                at.children.remove(token);
            }
        }
    }
}
