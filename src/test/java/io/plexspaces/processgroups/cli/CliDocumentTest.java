package io.plexspaces.processgroups.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.plexspaces.processgroups.cli.terminal.Terminal;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/**
 * The second part of docs/cli.md is what the commands say of themselves. To write it again, run this test with
 * {@code -DargLine=-Dpg.write=true}.
 */
class CliDocumentTest {
    private static final Path DOCUMENT = Path.of("docs/cli.md");
    private static final String MARK = "<!-- From here on made by CliDocumentTest. -->\n";
    private static final int WIDEST = 120;

    private static CommandLine line() {
        return Pg.commandLine(
                new Terminal(
                        InputStream.nullInputStream(),
                        OutputStream.nullOutputStream(),
                        OutputStream.nullOutputStream(),
                        false,
                        false,
                        false),
                Map.of(),
                List.of());
    }

    @Test
    void document_isWhatTheCommandsSay() throws IOException {
        String document = Files.readString(DOCUMENT);
        String written = document.substring(0, document.indexOf(MARK)) + MARK + commands();
        if (Boolean.getBoolean("pg.write")) {
            Files.writeString(DOCUMENT, written);
        }

        assertThat(document.indexOf(MARK)).isPositive();
        assertThat(Files.readString(DOCUMENT)).isEqualTo(written);
    }

    private static String commands() {
        StringBuilder text = new StringBuilder();
        CommandLine pg = line();
        text.append("\n## Options of every command\n\n");
        options(text, pg.getCommandSpec(), true);
        text.append("\n## Commands\n");
        pg.getSubcommands().forEach((name, command) -> command(text, command.getCommandSpec()));
        return text.toString();
    }

    private static void command(StringBuilder text, CommandSpec spec) {
        text.append("\n### ").append(spec.qualifiedName()).append("\n\n");
        text.append(wrapped(String.join(" ", spec.usageMessage().description())))
                .append("\n");
        text.append("\n    ").append(synopsis(spec)).append("\n");
        options(text, spec, false);
        examples(text, spec);
        spec.subcommands().values().forEach(sub -> command(text, sub.getCommandSpec()));
    }

    private static String synopsis(CommandSpec spec) {
        List<String> words = new ArrayList<>(List.of(spec.qualifiedName()));
        if (!spec.subcommands().isEmpty()) {
            words.add(String.join("|", spec.subcommands().keySet()));
        }
        for (PositionalParamSpec one : spec.positionalParameters()) {
            String label = one.paramLabel()
                    + (one.arity().max() > 1 && !one.paramLabel().contains(" ") ? "..." : "");
            words.add(one.arity().min() == 0 ? "[" + label + "]" : label);
        }
        return String.join(" ", words);
    }

    private static void options(StringBuilder text, CommandSpec spec, boolean inherited) {
        List<ArgSpec> all = new ArrayList<>(spec.positionalParameters());
        spec.options().stream().filter(one -> isOwn(one, inherited)).forEach(all::add);
        if (all.isEmpty()) {
            return;
        }
        text.append(inherited ? "" : "\n").append("| | |\n| --- | --- |\n");
        for (ArgSpec one : all) {
            text.append("| `")
                    .append(name(one))
                    .append("` | ")
                    .append(description(one))
                    .append(" |\n");
        }
    }

    private static boolean isOwn(OptionSpec option, boolean inherited) {
        boolean help = option.usageHelp() || option.versionHelp();
        return inherited ? option.scopeType() == CommandLine.ScopeType.INHERIT : !option.inherited() && !help;
    }

    private static String name(ArgSpec spec) {
        if (!spec.isOption()) {
            return spec.paramLabel();
        }
        OptionSpec option = (OptionSpec) spec;
        return String.join("`, `", option.names()) + (option.arity().max() == 0 ? "" : " " + option.paramLabel());
    }

    private static String description(ArgSpec spec) {
        return String.join(" ", spec.description()).replace("|", "\\|");
    }

    private static void examples(StringBuilder text, CommandSpec spec) {
        String[] footer = spec.usageMessage().footer();
        if (footer.length > 0) {
            text.append("\n```\n");
            for (String line : footer) {
                if (line.startsWith("  ")) {
                    text.append(line.substring(2)).append("\n");
                } else if (!line.isEmpty() && !line.startsWith("Example")) {
                    text.append(line).append("\n");
                }
            }
            text.append("```\n");
        }
    }

    private static String wrapped(String sentence) {
        StringBuilder lines = new StringBuilder();
        int column = 0;
        for (String word : sentence.split(" ")) {
            if (column > 0 && column + 1 + word.length() > WIDEST) {
                lines.append("\n");
                column = 0;
            }
            lines.append(column == 0 ? "" : " ").append(word);
            column += word.length() + 1;
        }
        return lines.toString();
    }
}
