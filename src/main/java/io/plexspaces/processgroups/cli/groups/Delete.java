package io.plexspaces.processgroups.cli.groups;

import io.plexspaces.processgroups.cli.client.Json;
import io.plexspaces.processgroups.cli.options.ServerCommand;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

@Command(
        name = "delete",
        description = "Remove a group, with its members and messages. It is no error if there is none.",
        footer = {"", "Example:", "  pg delete events"})
public final class Delete extends ServerCommand {
    @Parameters(paramLabel = "GROUP", description = "Its name.")
    private String group = "";

    @Override
    protected String group() {
        return group;
    }

    @Override
    protected void run() {
        Json answer = calls().call("DeleteGroup", about(group));
        print(answer, answer.flag("existed") ? "deleted " + group : "there was no group " + group);
    }
}
