package io.plexspaces.processgroups.cli.groups;

import io.plexspaces.processgroups.cli.client.Json;
import io.plexspaces.processgroups.cli.options.ServerCommand;
import io.plexspaces.processgroups.cli.terminal.Times;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "join",
        description = "Add a join of an actor that lasts until it leaves, or with --ttl as long as it is renewed. To"
                + " receive, use subscribe instead.",
        footer = {
            "",
            "Examples:",
            "  pg join events service-1                       for all messages",
            "  pg join events service-1 'user.*' news         for some topics",
            "  pg join events service-1 --ttl 30s --metadata zone=eu"
        })
public final class Join extends ServerCommand {
    @Parameters(index = "0", paramLabel = "GROUP", description = "Which to join.")
    private String group = "";

    @Parameters(index = "1", paramLabel = "ACTOR", description = "Who joins.")
    private String actor = "";

    @Parameters(
            index = "2..*",
            arity = "0..*",
            paramLabel = "TOPIC",
            description = "Patterns; * is one token, > one or more at the end. Without any: all messages.")
    private List<String> topics = new ArrayList<>();

    @Option(names = "--ttl", paramLabel = "TIME", description = "The join ends after this, unless it is renewed.")
    private @Nullable String ttl;

    @Option(
            names = "--node",
            paramLabel = "NAME",
            description = "Where the actor runs; by default the node that answers.")
    private String node = "";

    @Option(names = "--metadata", paramLabel = "KEY=VALUE", description = "What the join says of the actor.")
    private Map<String, String> metadata = new LinkedHashMap<>();

    @Option(names = "--create", description = "Create the group if there is none.")
    private boolean create;

    @Override
    protected String group() {
        return group;
    }

    @Override
    protected void run() {
        Json request = about(group)
                .put("actorId", actor)
                .with("topics", topics)
                .with("nodeId", node)
                .with("createMissing", create);
        if (ttl != null) {
            request.put("ttl", Times.json(Times.parse("--ttl", ttl)));
        }
        if (!metadata.isEmpty()) {
            request.put("metadata", Json.of(metadata));
        }
        Json answer = calls().call("JoinGroup", request);
        print(
                answer,
                actor + " joined " + group + ", joins: " + answer.number("joinCount")
                        + (answer.has("leaseId") ? ", lease: " + answer.text("leaseId") : ""));
    }
}
