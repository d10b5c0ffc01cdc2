package io.plexspaces.processgroups.cli.groups;

import io.plexspaces.processgroups.cli.client.Json;
import io.plexspaces.processgroups.cli.options.ServerCommand;
import io.plexspaces.processgroups.cli.terminal.Table;
import java.util.List;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "members",
        description = "List the members of a group, with their topics and what they say of themselves.",
        footer = {
            "",
            "Examples:",
            "  pg members events",
            "  pg members events --local         those joined at the node that answers",
            "  pg members events --json | jq -r .actorId"
        })
public final class Members extends ServerCommand {
    private static final int PAGE = 500;

    @Parameters(paramLabel = "GROUP", description = "Whose members.")
    private String group = "";

    @Option(names = "--local", description = "Only those with a join at the node that answers; their names alone.")
    private boolean local;

    @Override
    protected String group() {
        return group;
    }

    @Override
    protected void run() {
        if (local) {
            names();
        } else {
            details();
        }
    }

    private void names() {
        Json request = about(group).put("pageSize", PAGE);
        Json page;
        do {
            page = calls().call("GetLocalMembers", request);
            for (String member : page.texts("memberIds")) {
                terminal().line(isJson() ? Json.object().put("actorId", member).toString() : member);
            }
            request.put("pageToken", page.text("nextPageToken"));
        } while (page.has("nextPageToken"));
    }

    private void details() {
        Table table = new Table(terminal(), "ACTOR", "JOINS", "TOPICS", "NODE", "SINCE", "METADATA");
        Json request = about(group).put("pageSize", PAGE).put("detailed", true);
        Json page;
        do {
            page = calls().call("GetMembers", request);
            for (Json member : page.objects("memberships")) {
                if (isJson()) {
                    terminal().line(member.toString());
                } else {
                    table.row(row(member));
                }
            }
            request.put("pageToken", page.text("nextPageToken"));
        } while (page.has("nextPageToken"));
        if (!isJson()) {
            table.print("no members in " + group + ": join with `pg subscribe " + group + "`");
        }
    }

    private static String[] row(Json member) {
        List<String> topics = member.texts("topics");
        String metadata = member.objects("joins").stream()
                .map(join -> join.object("metadata"))
                .flatMap(said -> said.names().stream().map(name -> name + "=" + said.text(name)))
                .distinct()
                .collect(Collectors.joining(" "));
        return new String[] {
            member.text("actorId"),
            Long.toString(member.number("joinCount")),
            topics.isEmpty() ? "all" : String.join(",", topics),
            member.text("nodeId"),
            Table.time(member.text("joinedAt")),
            metadata
        };
    }
}
