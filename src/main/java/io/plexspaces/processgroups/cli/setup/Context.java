package io.plexspaces.processgroups.cli.setup;

import io.plexspaces.processgroups.cli.client.Failure;
import io.plexspaces.processgroups.cli.client.Json;
import io.plexspaces.processgroups.cli.context.Contexts;
import io.plexspaces.processgroups.cli.options.Globals;
import io.plexspaces.processgroups.cli.terminal.Table;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
        name = "context",
        mixinStandardHelpOptions = true,
        description = "Named servers: save one with its options, and use it without naming them again. Tokens are not"
                + " saved, only the names of their files.",
        footer = {
            "",
            "Examples:",
            "  pg context save prod --server https://groups.example.org --token-file ~/token --tls-ca ca.pem",
            "  pg context list",
            "  pg context use prod",
            "  pg --context prod list"
        })
public final class Context implements Runnable {
    @Spec
    private @Nullable CommandSpec spec;

    private CommandSpec spec() {
        if (spec == null) {
            throw new IllegalStateException("not part of a command line");
        }
        return spec;
    }

    private Globals globals() {
        return (Globals) spec().root().userObject();
    }

    private void say(String sentence) {
        globals().terminal().line(sentence);
    }

    @Override
    public void run() {
        throw new ParameterException(spec().commandLine(), "context needs one of save, use, list, delete");
    }

    @Command(name = "save", description = "Save the options of this command line under a name, and use them.")
    void save(@Parameters(paramLabel = "NAME", description = "Its name.") String name) {
        Json given = globals().given();
        if (!given.has("server")) {
            throw Failure.usage("a context needs a server: `pg context save " + name + " --server URL`");
        } else if (!globals().environment().getOrDefault("PG_TOKEN", "").isEmpty() && !given.has("tokenFile")) {
            globals().terminal().note("note: the token in PG_TOKEN is not saved; name its file with --token-file");
        }
        globals().contexts().save(name, given);
        say("saved " + name + ", which is used from now on");
    }

    @Command(name = "use", description = "Use a context from now on.")
    void use(@Parameters(paramLabel = "NAME", description = "Its name.") String name) {
        globals().contexts().use(name);
        say("using " + name);
    }

    @Command(name = "delete", description = "Forget a context.")
    void delete(@Parameters(paramLabel = "NAME", description = "Its name.") String name) {
        globals().contexts().delete(name);
        say("deleted " + name);
    }

    @Command(name = "list", description = "List the contexts; * is the one that is used.")
    void list() {
        Contexts contexts = globals().contexts();
        String current = contexts.current();
        Table table =
                new Table(globals().terminal(), "", "NAME", "SERVER", "TENANT", "NAMESPACE", "ACTOR", "TOKEN FILE");
        for (String name : contexts.names()) {
            Json one = contexts.named(name);
            if (globals().isJson()) {
                say(Json.object()
                        .put("name", name)
                        .with("current", name.equals(current))
                        .put("context", one)
                        .toString());
            } else {
                table.row(
                        name.equals(current) ? "*" : "",
                        name,
                        one.text("server"),
                        one.text("tenant"),
                        one.text("namespace"),
                        one.text("actor"),
                        one.text("tokenFile"));
            }
        }
        if (!globals().isJson()) {
            table.print("no contexts: save one with `pg context save NAME --server URL`");
        }
    }
}
