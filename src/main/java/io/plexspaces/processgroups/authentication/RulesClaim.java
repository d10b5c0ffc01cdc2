package io.plexspaces.processgroups.authentication;

import io.plexspaces.processgroups.access.Caller;
import io.plexspaces.processgroups.access.Rule;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads the rules that a token brings itself. Each is an object with the lists {@code namespaces}, {@code groups},
 * {@code topics}, {@code actors} and {@code ops}, all of which may be left out; {@link Rule#of} says what they mean.
 */
final class RulesClaim {
    private static final String NAMESPACES = "namespaces";
    private static final String GROUPS = "groups";
    private static final String TOPICS = "topics";
    private static final String ACTORS = "actors";
    private static final String OPS = "ops";
    private static final Set<String> LISTS = Set.of(NAMESPACES, GROUPS, TOPICS, ACTORS, OPS);

    private final String name;

    /** @param name of the claim as configured, for what is said about it */
    RulesClaim(String name) {
        this.name = name;
    }

    /**
     * @param claim as JSON has it
     * @throws IllegalArgumentException naming the claim, the index and the list of what is wrong first, as in
     *     {@code claim processgroups[0].topics[2]}. Says nothing of the content
     */
    List<Rule> read(List<?> claim) {
        if (claim.size() > Caller.MOST_RULES) {
            throw new IllegalArgumentException("claim " + name + ": must have at most " + Caller.MOST_RULES + " rules");
        }
        List<Rule> rules = new ArrayList<>(claim.size());
        for (int i = 0; i < claim.size(); i++) {
            rules.add(rule("claim " + name + "[" + i + "]", claim.get(i)));
        }
        return List.copyOf(rules);
    }

    private static Rule rule(String place, Object value) {
        if (!(value instanceof Map<?, ?> rule)) {
            throw new IllegalArgumentException(place + ": must be an object");
        }
        // A list that is misspelt would be one that is left out, which allows more.
        if (!LISTS.containsAll(rule.keySet())) {
            throw new IllegalArgumentException(
                    place + ": must have nothing but namespaces, groups, topics, actors and ops");
        }
        List<String> namespaces = texts(place, rule, NAMESPACES);
        List<String> groups = texts(place, rule, GROUPS);
        List<String> topics = texts(place, rule, TOPICS);
        List<String> actors = texts(place, rule, ACTORS);
        List<String> ops = texts(place, rule, OPS);
        try {
            return Rule.of(namespaces, groups, topics, actors, ops);
        } catch (IllegalArgumentException refused) {
            throw new IllegalArgumentException(place + "." + refused.getMessage(), refused);
        }
    }

    /** Null: there is no such list. */
    private static @Nullable List<String> texts(String place, Map<?, ?> rule, String field) {
        Object value = rule.get(field);
        if (value == null && !rule.containsKey(field)) {
            return null;
        }
        if (!(value instanceof List<?> list)) {
            throw new IllegalArgumentException(place + "." + field + ": must be a list of texts");
        }
        List<String> texts = new ArrayList<>(list.size());
        for (int i = 0; i < list.size(); i++) {
            if (!(list.get(i) instanceof String text)) {
                throw new IllegalArgumentException(place + "." + field + "[" + i + "]: must be a text");
            }
            texts.add(text);
        }
        return texts;
    }
}
