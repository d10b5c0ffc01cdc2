package io.plexspaces.processgroups.cli;

import io.plexspaces.processgroups.cli.groups.Create;
import io.plexspaces.processgroups.cli.groups.Delete;
import io.plexspaces.processgroups.cli.groups.Evict;
import io.plexspaces.processgroups.cli.groups.Join;
import io.plexspaces.processgroups.cli.groups.Leave;
import io.plexspaces.processgroups.cli.groups.ListGroups;
import io.plexspaces.processgroups.cli.groups.Members;
import io.plexspaces.processgroups.cli.measure.Bench;
import io.plexspaces.processgroups.cli.measure.Check;
import io.plexspaces.processgroups.cli.measure.Top;
import io.plexspaces.processgroups.cli.messages.AskCommand;
import io.plexspaces.processgroups.cli.messages.Fetch;
import io.plexspaces.processgroups.cli.messages.History;
import io.plexspaces.processgroups.cli.messages.Publish;
import io.plexspaces.processgroups.cli.messages.Subscribe;
import io.plexspaces.processgroups.cli.messages.Watch;
import io.plexspaces.processgroups.cli.setup.Completion;
import io.plexspaces.processgroups.cli.setup.Context;
import io.plexspaces.processgroups.cli.setup.Token;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import picocli.CommandLine;

/** Every command, in the order of the help. */
final class Commands {
    private static final Map<String, Supplier<Object>> ALL = all();

    private Commands() {}

    private static Map<String, Supplier<Object>> all() {
        Map<String, Supplier<Object>> all = new LinkedHashMap<>();
        all.put("create", Create::new);
        all.put("delete", Delete::new);
        all.put("list", ListGroups::new);
        all.put("members", Members::new);
        all.put("join", Join::new);
        all.put("leave", Leave::new);
        all.put("evict", Evict::new);
        all.put("publish", Publish::new);
        all.put("subscribe", Subscribe::new);
        all.put("watch", Watch::new);
        all.put("ask", AskCommand::new);
        all.put("fetch", Fetch::new);
        all.put("history", History::new);
        all.put("top", Top::new);
        all.put("bench", Bench::new);
        all.put("check", Check::new);
        all.put("token", Token::new);
        all.put("context", Context::new);
        all.put("completion", Completion::new);
        all.put("serve", Serve::new);
        return all;
    }

    /** Their names. */
    static List<String> names() {
        return List.copyOf(ALL.keySet());
    }

    /** Those that the arguments name; all of them, where they name none, or ask for help before they do. */
    static void addTo(CommandLine line, List<String> arguments) {
        List<String> named = arguments.stream()
                .takeWhile(word -> !word.equals("--help") && !word.equals("-h"))
                .filter(ALL::containsKey)
                .distinct()
                .toList();
        List<String> wanted = named.isEmpty() || named.contains("completion") ? names() : named;
        ALL.forEach((name, command) -> {
            if (wanted.contains(name)) {
                line.addSubcommand(name, command.get());
            }
        });
    }
}
