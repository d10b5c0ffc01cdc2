package io.plexspaces.processgroups.cli.messages;

import io.plexspaces.processgroups.cli.client.Failure;
import io.plexspaces.processgroups.cli.client.Json;
import io.plexspaces.processgroups.cli.options.ServerCommand;
import io.plexspaces.processgroups.cli.terminal.Interrupt;
import io.plexspaces.processgroups.cli.terminal.Template;
import io.plexspaces.processgroups.cli.terminal.Times;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "subscribe",
        description = "Join a group, and print its messages, one a line, until Ctrl-C. When the connection is lost, it"
                + " connects again and goes on where it was; gaps are told on standard error.",
        footer = {
            "",
            "Examples:",
            "  pg subscribe events",
            "  pg subscribe events 'user.*' news --actor service-1",
            "  pg subscribe events --since 5m --template '{time} {topic} {data}'",
            "  pg subscribe events --count 1 --json | jq .message.data",
            "  pg subscribe room --presence              also who comes and goes"
        })
public final class Subscribe extends ServerCommand {
    private static final int MOST_LAST = 1_000;

    @Parameters(index = "0", paramLabel = "GROUP", description = "Which to join.")
    private String group = "";

    @Parameters(
            index = "1..*",
            arity = "0..*",
            paramLabel = "TOPIC",
            description = "Patterns; * is one token, > one or more at the end. Without any: all messages.")
    private List<String> topics = new ArrayList<>();

    @Option(names = "--template", paramLabel = "TEXT", description = "A line for each, with " + Template.PLACES + ".")
    private @Nullable String template;

    @Option(names = "--count", paramLabel = "NUMBER", description = "End after so many messages.")
    private long count = Long.MAX_VALUE;

    @Option(names = "--since", paramLabel = "TIME", description = "First what is kept and not older, such as 5m.")
    private @Nullable String since;

    @Option(
            names = "--last",
            paramLabel = "NUMBER",
            description = "First the last so many that are kept: 1,000 at most.")
    private int last;

    @Option(names = "--presence", description = "Also print who is here, and who comes and goes.")
    private boolean presence;

    @Option(names = "--metadata", paramLabel = "KEY=VALUE", description = "What the join says of the actor.")
    private Map<String, String> metadata = new LinkedHashMap<>();

    @Option(names = "--create", description = "Create the group if there is none.")
    private boolean create;

    private long printed;

    @Override
    protected String group() {
        return group;
    }

    @Override
    protected void run() {
        if (count < 1) {
            throw Failure.usage("--count " + count + " is not 1 or more");
        } else if (last < 0 || last > MOST_LAST) {
            throw Failure.usage("--last " + last + " is not from 0 to " + MOST_LAST);
        } else if (last > 0 && since != null) {
            throw Failure.usage("--last and --since say two beginnings: give one of them");
        }
        Lines lines = new Lines(terminal(), isJson(), template);
        Interrupt interrupt = Interrupt.heeded();
        Following following = new Following(
                globals()::target,
                terminal(),
                new Backoff(Math::random),
                "join",
                request(),
                event -> print(lines, event));
        terminal().hint("subscribing as " + following.actor() + "; Ctrl-C ends");
        following.follow(interrupt);
    }

    private Json request() {
        Json request = Json.object()
                .put("groupName", group)
                .with("topics", topics)
                .with("replayLast", last)
                .with("presence", presence ? "MEMBERS" : "")
                .with("createMissing", create);
        if (since != null) {
            request.with("after", beginning(Instant.now().minus(Times.parse("--since", since))));
        }
        if (!metadata.isEmpty()) {
            request.put("metadata", Json.of(metadata));
        }
        return request;
    }

    private @Nullable Json beginning(Instant oldest) {
        Json position = new Pages(calls(), about(group)).since(oldest);
        return position.has("epoch") ? position : null;
    }

    /** Whether there is more to print. */
    private boolean print(Lines lines, Json event) {
        if (event.has("message")) {
            lines.message(event);
            printed++;
        } else if (event.has("gap")) {
            lines.gap(event);
        } else if (event.has("draining") || event.has("tokenExpiring")) {
            terminal().hint(Events.sentence(event));
        } else if (presence) {
            presence(lines, event);
        }
        return printed < count;
    }

    private static void presence(Lines lines, Json event) {
        if (!event.has("subscribed")) {
            lines.other(event);
        } else if (event.object("subscribed").has("snapshot")) {
            lines.other(Json.object()
                    .copy("groupName", event)
                    .copy("offset", event)
                    .copy("snapshot", event.object("subscribed")));
        }
    }
}
