package io.plexspaces.processgroups.cli.setup;

import io.plexspaces.processgroups.cli.options.Globals;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.AutoComplete;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

@Command(
        name = "completion",
        mixinStandardHelpOptions = true,
        description = "Print the script by which bash and zsh complete commands and options of pg.",
        footer = {
            "",
            "Examples:",
            "  source <(pg completion)                                      for this shell",
            "  pg completion > ~/.local/share/bash-completion/completions/pg    for all to come"
        })
public final class Completion implements Callable<Integer> {
    @Spec
    private @Nullable CommandSpec spec;

    @Override
    public Integer call() {
        if (spec == null) {
            throw new IllegalStateException("not part of a command line");
        }
        Globals globals = (Globals) spec.root().userObject();
        globals.terminal().out().print(AutoComplete.bash("pg", spec.root().commandLine()));
        globals.terminal().flush();
        return 0;
    }
}
