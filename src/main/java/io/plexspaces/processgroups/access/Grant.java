package io.plexspaces.processgroups.access;

import io.plexspaces.processgroups.domain.ActorId;
import io.plexspaces.processgroups.domain.GroupId;
import io.plexspaces.processgroups.domain.Topic;
import io.plexspaces.processgroups.domain.TopicPattern;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A rule for one caller. Each question is answered with the first part that does not fit.
 *
 * @param actors those of the rule with the subject in its place; empty: it may be no actor
 */
record Grant(Rule rule, List<NamePattern> actors) {
    /** Without actor and topic. */
    Part missing(Operation operation, GroupId group) {
        if (!rule.allows(operation)) {
            return Part.OPERATION;
        }
        if (!matches(rule.namespaces(), group.namespace().name())) {
            return Part.NAMESPACE;
        }
        return matches(rule.groups(), group.name()) ? Part.NOTHING : Part.GROUP;
    }

    /** Without topic. */
    Part missing(Operation operation, GroupId group, ActorId actor) {
        Part missing = missing(operation, group);
        return missing == Part.NOTHING && !mayBe(actor) ? Part.ACTOR : missing;
    }

    /** @param topic null: the message has none, and reaches everybody */
    Part missingToPublish(GroupId group, @Nullable ActorId sender, @Nullable Topic topic) {
        Part missing = sender == null ? missingWithoutSender(group) : missing(Operation.PUBLISH, group, sender);
        return missing == Part.NOTHING && !isWithinTopics(topic) ? Part.TOPIC : missing;
    }

    private Part missingWithoutSender(GroupId group) {
        Part missing = missing(Operation.PUBLISH, group);
        return missing == Part.NOTHING && !mayBeAnyone() ? Part.ACTOR : missing;
    }

    Part missingToReadAll(String namespace) {
        if (!rule.allows(Operation.READ)) {
            return Part.OPERATION;
        }
        if (!touches(namespace)) {
            return Part.NAMESPACE;
        }
        return hasAny(rule.groups()) ? Part.NOTHING : Part.GROUP;
    }

    /** In each group of the tenant. */
    Part missingEverywhere(Operation operation) {
        if (!rule.allows(operation)) {
            return Part.OPERATION;
        }
        if (!hasAny(rule.namespaces())) {
            return Part.NAMESPACE;
        }
        return hasAny(rule.groups()) ? Part.NOTHING : Part.GROUP;
    }

    boolean mayBe(ActorId actor) {
        return matches(actors, actor.value());
    }

    boolean touches(String namespace) {
        return matches(rule.namespaces(), namespace);
    }

    private boolean mayBeAnyone() {
        return hasAny(actors);
    }

    private static boolean hasAny(List<NamePattern> patterns) {
        for (int i = 0; i < patterns.size(); i++) {
            if (patterns.get(i).isAny()) {
                return true;
            }
        }
        return false;
    }

    private boolean isWithinTopics(@Nullable Topic topic) {
        List<TopicPattern> topics = rule.topics();
        if (topics == null || topic == null) {
            return topics == null;
        }
        for (int i = 0; i < topics.size(); i++) {
            if (topics.get(i).matches(topic)) {
                return true;
            }
        }
        return false;
    }

    /** By index: an iterator would be made for every message. */
    private static boolean matches(List<NamePattern> patterns, String name) {
        for (int i = 0; i < patterns.size(); i++) {
            if (patterns.get(i).matches(name)) {
                return true;
            }
        }
        return false;
    }
}
