package io.plexspaces.processgroups.cli.groups;

import io.plexspaces.processgroups.cli.client.Json;
import io.plexspaces.processgroups.cli.options.ServerCommand;
import io.plexspaces.processgroups.cli.terminal.Table;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "list",
        description = "List groups.",
        footer = {
            "",
            "Examples:",
            "  pg list",
            "  pg list 'chat.*'                  names that begin with chat.",
            "  pg list --all-namespaces",
            "  pg list --json | jq -r .groupName"
        })
public final class ListGroups extends ServerCommand {
    private static final int PAGE = 500;

    @Parameters(
            arity = "0..1",
            paramLabel = "PATTERN",
            description = "Of names: * stands for any characters, ? for one.")
    private String pattern = "";

    @Option(
            names = {"-A", "--all-namespaces"},
            description = "Those of all namespaces of the tenant.")
    private boolean all;

    @Override
    protected void run() {
        Table table = new Table(terminal(), "GROUP", "NAMESPACE", "MEMBERS", "CREATED");
        Json request = Json.object()
                .put("tenantId", target().tenant())
                .put("namespace", all ? "" : target().namespace())
                .with("namePattern", pattern)
                .put("pageSize", PAGE);
        Json page;
        do {
            page = calls().call("ListGroups", request);
            for (Json group : page.objects("groups")) {
                if (isJson()) {
                    terminal().line(group.toString());
                } else {
                    table.row(
                            group.text("groupName"),
                            group.text("namespace"),
                            Long.toString(group.number("memberCount")),
                            Table.time(group.text("createdAt")));
                }
            }
            request.put("pageToken", page.text("nextPageToken"));
        } while (page.has("nextPageToken"));
        if (!isJson()) {
            table.print("no groups" + (pattern.isEmpty() ? "" : " like " + pattern) + " in tenant " + target().tenant()
                    + ": create one with `pg create NAME`");
        }
    }
}
