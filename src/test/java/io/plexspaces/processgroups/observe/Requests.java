package io.plexspaces.processgroups.observe;

import io.plexspaces.processgroups.core.Groups;
import io.plexspaces.processgroups.domain.ActorId;
import io.plexspaces.processgroups.domain.Bytes;
import io.plexspaces.processgroups.domain.Glob;
import io.plexspaces.processgroups.domain.GroupId;
import io.plexspaces.processgroups.domain.GroupSpec;
import io.plexspaces.processgroups.domain.JoinMetadata;
import io.plexspaces.processgroups.domain.LeaveReason;
import io.plexspaces.processgroups.domain.Message;
import io.plexspaces.processgroups.domain.Position;
import io.plexspaces.processgroups.domain.Retention;
import io.plexspaces.processgroups.domain.Topic;
import io.plexspaces.processgroups.domain.TopicFilter;
import io.plexspaces.processgroups.log.GroupQuery;
import io.smallrye.mutiny.Uni;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** One request of each kind. */
final class Requests {
    static final ActorId ACTOR = new ActorId("alice");

    private Requests() {}

    static GroupId group(String name) {
        return GroupId.of("acme", "", name);
    }

    static Uni<?> create(Groups groups, GroupId group) {
        return groups.create(group, new GroupSpec(GroupSpec.Metadata.NONE, new Retention(1, Duration.ZERO), null));
    }

    static Uni<?> join(Groups groups, GroupId group, ActorId... actors) {
        return groups.join(new Groups.JoinRequest(group, List.of(actors), TopicFilter.ALL, null, null, null));
    }

    static Uni<?> leave(Groups groups, GroupId group) {
        return groups.leave(new Groups.LeaveRequest(group, ACTOR, false, null, null, LeaveReason.LEFT));
    }

    static Uni<?> publish(Groups groups, GroupId group, Map<String, String> headers) {
        return groups.publish(publishing(group, headers));
    }

    /** On no connection: none is needed to count it. */
    @SuppressWarnings("NullAway")
    static Uni<?> ask(Groups groups, GroupId group, Map<String, String> headers) {
        return groups.ask(
                new Groups.AskRequest(publishing(group, headers), Duration.ofSeconds(1), false, null, 1, false));
    }

    private static Message message(Map<String, String> headers) {
        return new Message("", ACTOR, "", Bytes.EMPTY, null, 0, null, headers, "", "", "");
    }

    static Groups.PublishRequest publishing(GroupId group, Map<String, String> headers) {
        return new Groups.PublishRequest(
                group,
                message(headers),
                new Topic("user.login"),
                Groups.Spread.ALL,
                "",
                false,
                Groups.RecipientDetail.NONE);
    }

    /** All but watches, which are streams, by the name they are measured under. */
    static Map<String, Uni<?>> all(Groups groups, GroupId group) {
        return Map.ofEntries(
                Map.entry("create", create(groups, group)),
                Map.entry("delete", groups.delete(group)),
                Map.entry("join", join(groups, group, ACTOR)),
                Map.entry("leave", leave(groups, group)),
                Map.entry("evict", groups.evict(group, ACTOR, null)),
                Map.entry(
                        "update", groups.update(new Groups.UpdateRequest(group, ACTOR, null, null, JoinMetadata.NONE))),
                Map.entry("renew", groups.renew(new Groups.RenewRequest(group, ACTOR, null, null))),
                Map.entry("get_members", groups.members(new Groups.MembersQuery(group, false, null, 1))),
                Map.entry("list", groups.list(new GroupQuery("acme", null, Glob.ANY, null, 1))),
                Map.entry("publish", publish(groups, group, Map.of())),
                Map.entry("ask", ask(groups, group, Map.of())),
                Map.entry(
                        "reply",
                        groups.reply(
                                new Groups.ReplyRequest(group, ACTOR, new Position("epoch", 7), message(Map.of())))),
                Map.entry("fetch", groups.fetch(new Groups.FetchRequest(group, null, null, false, 1))));
    }
}
