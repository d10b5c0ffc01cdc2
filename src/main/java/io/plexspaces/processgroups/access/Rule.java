package io.plexspaces.processgroups.access;

import io.plexspaces.processgroups.domain.TopicPattern;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One right: what may be done, where, as whom and about what. A caller may do what one of its rules allows as a whole.
 * Knows no subject, so that all callers with a role share its rules.
 *
 * @param namespaces one of them matches
 * @param groups one of them matches
 * @param topics what may be published and asked for. Null: no limits. Any list is a limit, also {@code >}: it leaves
 *     out the messages without a topic, and the filter ALL
 * @param actors as whom; reading and managing have no actor
 * @param operations never empty
 */
public record Rule(
        List<NamePattern> namespaces,
        List<NamePattern> groups,
        @Nullable List<TopicPattern> topics,
        List<ActorPattern> actors,
        Set<Operation> operations) {
    private static final List<NamePattern> ANY = List.of(NamePattern.ANY);
    private static final String EVERY_OPERATION = "*";

    /** @throws IllegalArgumentException naming the field, when a list is empty or has more than 100 entries */
    public Rule {
        namespaces = checked("namespaces", namespaces);
        groups = checked("groups", groups);
        topics = topics == null ? null : checked("topics", topics);
        actors = checked("actors", actors);
        Entries.checkSize("ops", List.copyOf(operations));
        operations = EnumSet.copyOf(operations);
    }

    /**
     * From the text of a token or of the configuration.
     *
     * @param namespaces patterns, {@code *} for any characters; null: any
     * @param groups the same
     * @param topics patterns as in a topic filter; null: no limits
     * @param actors patterns in which {@code ${sub}} is the subject; null: {@code ${sub}} alone
     * @param ops {@code join}, {@code publish}, {@code read}, {@code manage}, or {@code *} for all; null: {@code read}
     * @throws IllegalArgumentException naming the list and the index of what is wrong, as in {@code topics[2]}: an
     *     empty list, more than 100 entries, an entry that is empty, longer than 256 characters or not to be read.
     *     Never says the entry itself, which may be anything
     */
    public static Rule of(
            @Nullable List<String> namespaces,
            @Nullable List<String> groups,
            @Nullable List<String> topics,
            @Nullable List<String> actors,
            @Nullable List<String> ops) {
        return new Rule(
                namespaces == null ? ANY : Entries.read("namespaces", namespaces, NamePattern::of),
                groups == null ? ANY : Entries.read("groups", groups, NamePattern::of),
                topics == null ? null : Entries.read("topics", topics, TopicPattern::new),
                actors == null ? List.of(ActorPattern.OWN) : Entries.read("actors", actors, ActorPattern::new),
                ops == null ? Set.of(Operation.READ) : operations(ops));
    }

    /** A copy. */
    @Override
    public Set<Operation> operations() {
        return EnumSet.copyOf(operations);
    }

    boolean allows(Operation operation) {
        return operations.contains(operation);
    }

    private static <T> List<T> checked(String field, List<T> list) {
        Entries.checkSize(field, list);
        return List.copyOf(list);
    }

    private static Set<Operation> operations(List<String> ops) {
        Set<Operation> all = EnumSet.noneOf(Operation.class);
        Entries.read(
                        "ops",
                        ops,
                        op -> EVERY_OPERATION.equals(op)
                                ? EnumSet.allOf(Operation.class)
                                : EnumSet.of(Operation.of(op)))
                .forEach(all::addAll);
        return all;
    }
}
