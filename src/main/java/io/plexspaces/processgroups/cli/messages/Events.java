package io.plexspaces.processgroups.cli.messages;

import io.plexspaces.processgroups.cli.client.Json;
import java.util.List;
import java.util.stream.Collectors;

/** Events that are no messages, in words. */
final class Events {
    private Events() {}

    /** Empty: nothing that people want to know. */
    static String sentence(Json event) {
        for (String kind : event.names()) {
            String said = sentence(kind, event);
            if (!said.isEmpty()) {
                return said;
            }
        }
        return "";
    }

    private static String sentence(String kind, Json event) {
        Json what = event.object(kind);
        return switch (kind) {
            case "joined" -> "joined " + member(what);
            case "left" -> "left " + what.text("actorId") + ": " + what.text("reason");
            case "filterChanged" -> "topics " + member(what);
            case "updated" -> "updated " + member(what);
            case "snapshot" -> members(what);
            case "memberCount" -> what.number("count") + " members";
            case "groupCreated" -> "created";
            case "groupDeleted" -> "deleted";
            case "gap" -> "gap " + gap(what);
            case "draining" -> "this server stops: moving to another connection";
            case "tokenExpiring" -> "the token ends soon, at " + what.text("expiresAt");
            case "reply" -> "reply " + what.text("actorId");
            case "memberMissing" -> "missing " + missing(what);
            default -> "";
        };
    }

    static String members(Json snapshot) {
        List<Json> members = snapshot.objects("members");
        return members.isEmpty()
                ? "nobody is here"
                : "here: " + members.stream().map(Events::member).collect(Collectors.joining(", "));
    }

    private static String member(Json member) {
        List<String> topics = member.texts("topics");
        String metadata = member.objects("joins").stream()
                .map(join -> join.object("metadata"))
                .flatMap(said -> said.names().stream().map(name -> name + "=" + said.text(name)))
                .distinct()
                .collect(Collectors.joining(" "));
        return member.text("actorId")
                + (topics.isEmpty() ? "" : " (" + String.join(",", topics) + ")")
                + (metadata.isEmpty() ? "" : " [" + metadata + "]");
    }

    static String gap(Json gap) {
        String reason =
                switch (gap.text("reason")) {
                    case "OVERFLOW" -> "this client read too slowly";
                    case "TRIMMED" -> "the group no longer keeps them";
                    case "EPOCH_CHANGED" -> "the group's log has begun anew";
                    case "UNREADABLE" -> "the server cannot read them";
                    case "MEMBERS_CHANGED" -> "changes of members are not told one by one";
                    default -> gap.text("reason");
                };
        long missed = gap.number("missed");
        return (missed == 0
                        ? "something is missing"
                        : (gap.flag("exact") ? "" : "up to ") + missed + (missed == 1 ? " message is" : " messages are")
                                + " missing")
                + ": " + reason;
    }

    static String missing(Json missing) {
        return missing.text("actorId") + ": "
                + switch (missing.text("reason")) {
                    case "NO_REPLY" -> "no reply in time";
                    case "LEFT" -> "it has left";
                    case "LOST_CONNECTION" -> "its connection was lost";
                    case "NODE_DOWN" -> "its server is gone";
                    case "UNREACHABLE" -> "it could not be reached";
                    case "GROUP_DELETED" -> "the group was deleted";
                    case "REPLIED_BEFORE" -> "it had replied before";
                    default -> missing.text("reason");
                };
    }
}
