package io.plexspaces.processgroups.api;

import io.plexspaces.processgroups.domain.GroupException;
import io.plexspaces.processgroups.domain.GroupId;
import io.plexspaces.processgroups.log.GroupQuery;
import java.util.List;

/** What page tokens are bound to, and where a page of groups ended. */
final class Pages {
    /** In no name. */
    private static final char SEPARATOR = '/';

    private Pages() {}

    static List<String> members(GroupId group, boolean local) {
        return List.of(
                local ? "local" : "members", group.tenant(), group.namespace().name(), group.name());
    }

    static List<String> groups(GroupQuery query) {
        return List.of(
                "groups",
                query.tenant(),
                query.namespace() == null ? "" : query.namespace(),
                query.names().value());
    }

    static String end(GroupId last) {
        return last.namespace().name() + SEPARATOR + last.name();
    }

    static GroupId group(GroupQuery query, String end) {
        int at = end.indexOf(SEPARATOR);
        if (at < 1) {
            throw PageTokens.invalid();
        }
        try {
            return GroupId.of(query.tenant(), end.substring(0, at), end.substring(at + 1));
        } catch (GroupException badName) {
            throw PageTokens.invalid();
        }
    }
}
