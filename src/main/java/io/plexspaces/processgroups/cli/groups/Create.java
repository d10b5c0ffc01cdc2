package io.plexspaces.processgroups.cli.groups;

import io.plexspaces.processgroups.cli.client.Failure;
import io.plexspaces.processgroups.cli.client.Json;
import io.plexspaces.processgroups.cli.options.ServerCommand;
import io.plexspaces.processgroups.cli.terminal.Times;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "create",
        description = "Make a group.",
        footer = {
            "",
            "Examples:",
            "  pg create events",
            "  pg create log --keep 10000 --keep-for 1d       keep messages for whoever comes later",
            "  pg create room-17 --delete-when-empty 1m       gone a minute after its last member"
        })
public final class Create extends ServerCommand {
    @Parameters(paramLabel = "GROUP", description = "Its name.")
    private String group = "";

    @Option(names = "--keep", paramLabel = "NUMBER", description = "Keep the last so many messages; needs --keep-for.")
    private @Nullable Integer keep;

    @Option(names = "--keep-for", paramLabel = "TIME", description = "Keep each message for so long; needs --keep.")
    private @Nullable String keepFor;

    @Option(
            names = "--overflow",
            paramLabel = "POLICY",
            description = "What a full queue does to its subscriber: disconnect, drop_oldest or conflate.")
    private @Nullable String overflow;

    @Option(
            names = "--delete-when-empty",
            paramLabel = "TIME",
            description = "Delete the group when it has had no member for so long.")
    private @Nullable String deleteWhenEmpty;

    @Override
    protected String group() {
        return group;
    }

    @Override
    protected void run() {
        Json request = about(group);
        if ((keep == null) != (keepFor == null)) {
            throw Failure.usage("--keep and --keep-for belong together: how many messages, and for how long at most");
        }
        if (keep != null && keepFor != null) {
            request.put(
                    "retention",
                    Json.object().put("messages", keep).put("maxAge", Times.json(Times.parse("--keep-for", keepFor))));
        }
        if (overflow != null) {
            request.put("overflowPolicy", overflow.toUpperCase(Locale.ROOT).replace('-', '_'));
        }
        if (deleteWhenEmpty != null) {
            request.put("deleteWhenEmpty", Times.json(Times.parse("--delete-when-empty", deleteWhenEmpty)));
        }
        print(calls().call("CreateGroup", request), "created " + group);
    }
}
