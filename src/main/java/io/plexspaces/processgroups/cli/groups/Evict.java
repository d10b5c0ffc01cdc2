package io.plexspaces.processgroups.cli.groups;

import io.plexspaces.processgroups.cli.client.Failure;
import io.plexspaces.processgroups.cli.client.Json;
import io.plexspaces.processgroups.cli.options.ServerCommand;
import io.plexspaces.processgroups.cli.terminal.Times;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "evict",
        description = "Take all joins of an actor away, whoever made them: in one group, or everywhere in the tenant.",
        footer = {
            "",
            "Examples:",
            "  pg evict events service-1",
            "  pg evict events service-1 --ban 10m        and it may not come back that long",
            "  pg evict events service-1 --ban 0          it may again",
            "  pg evict --everywhere service-1 --ban 7d   in all groups, with its sessions"
        })
public final class Evict extends ServerCommand {
    @Parameters(
            arity = "1..2",
            paramLabel = "GROUP ACTOR",
            hideParamSyntax = true,
            description = "From which group, and whom; with --everywhere only whom.")
    private List<String> names = new ArrayList<>();

    @Option(names = "--ban", paramLabel = "TIME", description = "For how long it may not come back; 0: it may again.")
    private @Nullable String ban;

    @Option(names = "--everywhere", description = "In all groups of the tenant, and end its sessions.")
    private boolean everywhere;

    @Override
    protected String group() {
        return everywhere ? "" : names.get(0);
    }

    @Override
    protected void run() {
        if (names.size() != (everywhere ? 1 : 2)) {
            throw Failure.usage(
                    everywhere
                            ? "with --everywhere only an actor is named: `pg evict --everywhere ACTOR`"
                            : "a group and an actor are needed: `pg evict GROUP ACTOR`");
        }
        String actor = names.get(names.size() - 1);
        Json request =
                everywhere ? Json.object().put("tenantId", target().tenant()).put("everywhere", true) : about(group());
        request.put("actorId", actor);
        if (ban != null) {
            request.put("ban", Times.json(Times.parse("--ban", ban)));
        }
        Json answer = calls().call("Evict", request);
        print(
                answer,
                actor + " was evicted from "
                        + (everywhere ? "tenant " + target().tenant() : group()) + ", joins: "
                        + answer.number("joins"));
    }
}
