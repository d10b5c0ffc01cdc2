package io.plexspaces.processgroups.cli.options;

import io.plexspaces.processgroups.cli.client.Advice;
import io.plexspaces.processgroups.cli.client.Calls;
import io.plexspaces.processgroups.cli.client.Failure;
import io.plexspaces.processgroups.cli.client.Json;
import io.plexspaces.processgroups.cli.client.Refused;
import io.plexspaces.processgroups.cli.client.Target;
import io.plexspaces.processgroups.cli.terminal.Terminal;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** A command that talks to a server. */
@Command(mixinStandardHelpOptions = true)
public abstract class ServerCommand implements Callable<Integer> {
    @Spec
    private @Nullable CommandSpec spec;

    private @Nullable Target target;

    /** What the command does. Returns when it is done. */
    protected abstract void run();

    /** The group that a refusal is about; empty: none. */
    protected String group() {
        return "";
    }

    @Override
    public final Integer call() {
        try {
            run();
            terminal().flush();
            return Failure.Exit.OK.code();
        } catch (Refused refused) {
            throw new Failure(refused.exit(), new Advice(target()).sentence(refused, group()));
        }
    }

    protected final Globals globals() {
        if (spec == null) {
            throw new IllegalStateException("not part of a command line");
        }
        return (Globals) spec.root().userObject();
    }

    protected final Terminal terminal() {
        return globals().terminal();
    }

    protected final boolean isJson() {
        return globals().isJson();
    }

    /** Found once. */
    protected final Target target() {
        Target found = target;
        if (found == null) {
            found = globals().target();
            target = found;
        }
        return found;
    }

    protected final Calls calls() {
        return new Calls(target());
    }

    /** A request about a group of the tenant and namespace. */
    protected final Json about(String group) {
        return Json.object()
                .put("tenantId", target().tenant())
                .put("namespace", target().namespace())
                .put("groupName", group);
    }

    /** The answer as it is, or what people want to know of it. */
    protected final void print(Json answer, String sentence) {
        terminal().line(isJson() ? answer.toString() : sentence);
    }
}
