package io.plexspaces.processgroups.cli.messages;

import io.plexspaces.processgroups.cli.client.Failure;
import io.plexspaces.processgroups.cli.client.Json;
import io.plexspaces.processgroups.cli.options.ServerCommand;
import io.plexspaces.processgroups.cli.terminal.Template;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "fetch",
        description =
                "Print the messages that a group keeps after a position, and on standard error the position to go on"
                        + " from.",
        footer = {
            "",
            "Examples:",
            "  pg fetch events                            all that is kept",
            "  pg fetch events --after 8kJNiVMb:1042      what came after that",
            "  pg fetch events --as service-1             only what is for that member"
        })
public final class Fetch extends ServerCommand {
    private static final int PAGE = 1_000;

    @Parameters(paramLabel = "GROUP", description = "Whose messages.")
    private String group = "";

    @Option(names = "--after", paramLabel = "EPOCH:OFFSET", description = "Where to begin; else at the oldest.")
    private @Nullable String after;

    @Option(names = "--limit", paramLabel = "NUMBER", description = "At most so many messages.")
    private long limit = Long.MAX_VALUE;

    @Option(names = "--as", paramLabel = "ACTOR", description = "Only messages for this member.")
    private String as = "";

    @Option(names = "--template", paramLabel = "TEXT", description = "A line for each, with " + Template.PLACES + ".")
    private @Nullable String template;

    @Override
    protected String group() {
        return group;
    }

    @Override
    protected void run() {
        Lines lines = new Lines(terminal(), isJson(), template);
        Json request = about(group).with("actorId", as);
        if (after != null) {
            request.put("after", position(after));
        }
        long left = limit;
        Json page = Json.object();
        while (left > 0 && !page.flag("caughtUp")) {
            page = calls().call("FetchMessages", request.put("pageSize", (int) Math.min(left, PAGE)));
            if (page.has("gap")) {
                lines.gap(Json.object().put("gap", page.object("gap")));
            }
            page.objects("events").forEach(lines::message);
            terminal().flush();
            left -= page.objects("events").size();
            request.put("after", page.object("next"));
        }
        Json next = page.object("next");
        if (next.has("epoch")) {
            terminal().note("next: --after " + next.text("epoch") + ":" + next.number("offset"));
        }
    }

    private static Json position(String text) {
        int colon = text.lastIndexOf(':');
        if (colon < 1 || !text.substring(colon + 1).matches("\\d{1,18}")) {
            throw Failure.usage(
                    "--after " + text + " is no position: give EPOCH:OFFSET, as fetch prints it at its end");
        }
        return Json.object()
                .put("epoch", text.substring(0, colon))
                .put("offset", Long.parseLong(text.substring(colon + 1)));
    }
}
