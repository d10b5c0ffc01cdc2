package io.plexspaces.processgroups.cli.messages;

import io.plexspaces.processgroups.cli.client.Json;
import io.plexspaces.processgroups.cli.options.ServerCommand;
import io.plexspaces.processgroups.cli.terminal.Interrupt;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "watch",
        description =
                "Print who is in a group, and then who comes and goes, until Ctrl-C, without joining it. Without a"
                        + " group: of all groups of the namespace.",
        footer = {"", "Examples:", "  pg watch events", "  pg watch", "  pg watch events --json"})
public final class Watch extends ServerCommand {
    @Parameters(arity = "0..1", paramLabel = "GROUP", description = "Which one; else all.")
    private String group = "";

    @Option(names = "--count", paramLabel = "NUMBER", description = "End after so many lines.")
    private long count = Long.MAX_VALUE;

    private long printed;

    @Override
    protected String group() {
        return group;
    }

    @Override
    protected void run() {
        Json request = Json.object().with("groupName", group).with("wholeNamespace", group.isEmpty());
        Lines lines = new Lines(terminal(), isJson(), null);
        Interrupt interrupt = Interrupt.heeded();
        Following following = new Following(
                globals()::target,
                terminal(),
                new Backoff(Math::random),
                "watch",
                request,
                event -> print(lines, event));
        terminal().hint("watching; Ctrl-C ends");
        following.follow(interrupt);
    }

    private boolean print(Lines lines, Json event) {
        if (event.has("draining") || event.has("tokenExpiring")) {
            terminal().hint(Events.sentence(event));
        } else {
            lines.of(event, group.isEmpty());
            printed++;
        }
        return printed < count;
    }
}
