package io.plexspaces.processgroups.cli.groups;

import io.plexspaces.processgroups.cli.client.Json;
import io.plexspaces.processgroups.cli.options.ServerCommand;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "leave",
        description = "Take one join of an actor away, or all of them. At none it is no member any more.",
        footer = {"", "Examples:", "  pg leave events service-1", "  pg leave events service-1 --all"})
public final class Leave extends ServerCommand {
    @Parameters(index = "0", paramLabel = "GROUP", description = "Which to leave.")
    private String group = "";

    @Parameters(index = "1", paramLabel = "ACTOR", description = "Who leaves.")
    private String actor = "";

    @Option(names = "--all", description = "All joins at once.")
    private boolean all;

    @Option(names = "--lease", paramLabel = "ID", description = "The join that this lease holds.")
    private String lease = "";

    @Override
    protected String group() {
        return group;
    }

    @Override
    protected void run() {
        Json answer = calls().call(
                        "LeaveGroup",
                        about(group).put("actorId", actor).with("all", all).with("leaseId", lease));
        print(answer, actor + " left " + group + ", joins: " + answer.number("joinCount"));
    }
}
