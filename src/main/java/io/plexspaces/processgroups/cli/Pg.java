package io.plexspaces.processgroups.cli;

import io.plexspaces.processgroups.cli.client.Failure;
import io.plexspaces.processgroups.cli.options.Globals;
import io.plexspaces.processgroups.cli.terminal.Ended;
import io.plexspaces.processgroups.cli.terminal.OutputGone;
import io.plexspaces.processgroups.cli.terminal.Terminal;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.Spec;
import picocli.CommandLine.UnmatchedArgumentException;

/** The command line, put together. */
@Command(
        name = "pg",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        header = "Process groups from a shell: members, messages, history.",
        synopsisHeading = "%nUsage: ",
        optionListHeading = "%nOptions, before or behind a command:%n",
        commandListHeading = "%nCommands (`pg COMMAND --help` has examples of each):%n",
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:done",
            "1:the server refused it",
            "2:the command line is wrong",
            "3:the server cannot be reached",
            "130:ended by Ctrl-C"
        },
        footer = {
            "",
            "Examples:",
            "  pg create events",
            "  pg subscribe events 'user.*'",
            "  pg publish events '{\"name\":\"Ada\"}' --topic user.login"
        })
public final class Pg extends Globals implements Runnable {
    private static final String ERROR = "error: ";

    @Spec
    private CommandSpec spec;

    @SuppressWarnings("NullAway.Init")
    Pg(Terminal terminal, Map<String, String> environment) {
        super(terminal, environment);
    }

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "no command was given");
    }

    /**
     * @param arguments with the name of a command among them, or an option such as {@code --help}
     * @return the exit code
     */
    public static int run(List<String> arguments, Terminal terminal, Map<String, String> environment) {
        CommandLine line = commandLine(terminal, environment, arguments);
        try {
            int code = line.execute(arguments.toArray(String[]::new));
            terminal.flush();
            return code;
        } catch (OutputGone quietly) {
            return Failure.Exit.OK.code();
        } catch (UncheckedIOException unwritten) {
            return unwritten(terminal.err(), unwritten);
        }
    }

    private static int unwritten(PrintStream err, UncheckedIOException failure) {
        err.println(ERROR + "the output cannot be written: " + failure.getMessage());
        return Failure.Exit.REFUSED.code();
    }

    /**
     * @param arguments of the commands only those that are named here are part of it: each takes time to set up
     */
    static CommandLine commandLine(Terminal terminal, Map<String, String> environment, List<String> arguments) {
        CommandLine line = new CommandLine(new Pg(terminal, environment));
        Commands.addTo(line, arguments);
        return line.setOut(new PrintWriter(terminal.out(), false, StandardCharsets.UTF_8))
                .setErr(new PrintWriter(terminal.err(), true, StandardCharsets.UTF_8))
                .setColorScheme(CommandLine.Help.defaultColorScheme(terminal.hasColours() ? Ansi.ON : Ansi.OFF))
                .setExecutionExceptionHandler(Pg::failed)
                .setParameterExceptionHandler(Pg::misused)
                .setUsageHelpWidth(100)
                .setAbbreviatedOptionsAllowed(false)
                .setExpandAtFiles(false);
    }

    /** A failure is one sentence; anything else is a defect of this program, and one sentence, too. */
    private static int failed(Exception failure, CommandLine line, ParseResult parsed) {
        if (failure instanceof Failure expected) {
            line.getErr().println(ERROR + expected.sentence());
            return expected.exit().code();
        } else if (failure instanceof Ended ended) {
            return ended.code();
        } else if (failure instanceof OutputGone) {
            return Failure.Exit.OK.code();
        } else if (failure instanceof UncheckedIOException unwritten) {
            throw unwritten;
        }
        line.getErr().println(ERROR + "this is a defect of pg, please report it: " + failure);
        return Failure.Exit.REFUSED.code();
    }

    private static int misused(ParameterException failure, String[] arguments) {
        CommandLine line = failure.getCommandLine();
        PrintWriter err = line.getErr();
        String name = line.getCommandSpec().qualifiedName();
        err.println(ERROR + complaint(failure) + "; see `" + name + " --help`");
        return Failure.Exit.USAGE.code();
    }

    private static String complaint(ParameterException failure) {
        if (!(failure instanceof UnmatchedArgumentException unmatched)) {
            return lowered(String.valueOf(failure.getMessage()));
        }
        String word = unmatched.getUnmatched().get(0);
        boolean isRoot = unmatched.getCommandLine().getParent() == null;
        String what = unmatched.isUnknownOption()
                ? "there is no option " + word
                : isRoot ? "there is no command " + word : word + " is one word too many";
        return unmatched.getSuggestions().isEmpty()
                ? what
                : what + ", did you mean " + unmatched.getSuggestions().get(0) + "?";
    }

    private static String lowered(String message) {
        String sentence = message.lines().findFirst().orElse("");
        return sentence.isEmpty() ? sentence : Character.toLowerCase(sentence.charAt(0)) + sentence.substring(1);
    }
}
