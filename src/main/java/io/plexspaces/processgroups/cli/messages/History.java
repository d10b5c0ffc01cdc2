package io.plexspaces.processgroups.cli.messages;

import io.plexspaces.processgroups.cli.client.Json;
import io.plexspaces.processgroups.cli.options.ServerCommand;
import io.plexspaces.processgroups.cli.terminal.Template;
import io.plexspaces.processgroups.cli.terminal.Times;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "history",
        description = "Print the last messages that a group keeps, oldest first, and end.",
        footer = {
            "",
            "Examples:",
            "  pg history events",
            "  pg history events --last 100 --template '{time} {sender} {data}'",
            "  pg history events --since 10m"
        })
public final class History extends ServerCommand {
    private static final int MOST = 100_000;

    @Parameters(paramLabel = "GROUP", description = "Whose messages.")
    private String group = "";

    @Option(names = "--last", paramLabel = "NUMBER", description = "The last so many; 10 by default.")
    private int last = 10;

    @Option(names = "--since", paramLabel = "TIME", description = "All that are not older than this, such as 5m.")
    private @Nullable String since;

    @Option(names = "--template", paramLabel = "TEXT", description = "A line for each, with " + Template.PLACES + ".")
    private @Nullable String template;

    @Override
    protected String group() {
        return group;
    }

    @Override
    protected void run() {
        Lines lines = new Lines(terminal(), isJson(), template);
        Instant oldest = since == null ? Instant.MIN : Instant.now().minus(Times.parse("--since", since));
        int count = since == null ? Math.min(Math.max(last, 0), MOST) : MOST;
        for (Json event : new Pages(calls(), about(group)).last(count)) {
            if (!Pages.isOlder(event, oldest)) {
                lines.message(event);
            }
        }
    }
}
