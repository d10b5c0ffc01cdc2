package io.plexspaces.processgroups.cli.messages;

import io.plexspaces.processgroups.cli.client.Failure;
import io.plexspaces.processgroups.cli.client.Json;
import io.plexspaces.processgroups.cli.options.ServerCommand;
import io.plexspaces.processgroups.cli.terminal.Terminal;
import io.plexspaces.processgroups.cli.terminal.Times;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "publish",
        description = "Publish a message: the text that is given, a file, or each line of standard input, in order.",
        footer = {
            "",
            "Examples:",
            "  pg publish events '{\"name\":\"Ada\"}' --topic user.login",
            "  pg publish events --file photo.jpg --type image/jpeg",
            "  tail -F app.log | pg publish log        each line a message",
            "  pg publish jobs 'resize 17' --to one    to one member"
        })
public final class Publish extends ServerCommand {
    @Parameters(index = "0", paramLabel = "GROUP", description = "To whom.")
    private String group = "";

    @Parameters(
            index = "1",
            arity = "0..1",
            paramLabel = "TEXT",
            description = "The message. Without it, each line of standard input is one.")
    private @Nullable String text;

    @Option(names = "--topic", paramLabel = "TOPIC", description = "Only to members that want it; else to all.")
    private String topic = "";

    @Option(names = "--file", paramLabel = "FILE", description = "The message is what this file holds; - is input.")
    private @Nullable String file;

    @Option(names = "--type", paramLabel = "TEXT", description = "The message's type.")
    private String type = "";

    @Option(names = "--header", paramLabel = "KEY=VALUE", description = "A header of the message.")
    private Map<String, String> headers = new LinkedHashMap<>();

    @Option(names = "--to", paramLabel = "WHOM", description = "all, one of the members, or local: this node's.")
    private String to = "all";

    @Option(names = "--key", paramLabel = "TEXT", description = "With --to one: the same member for the same key.")
    private String key = "";

    @Option(names = "--ttl", paramLabel = "TIME", description = "Not to be delivered later than this.")
    private @Nullable String ttl;

    @Option(names = "--once", paramLabel = "KEY", description = "Takes effect once within two minutes for this key.")
    private String once = "";

    @Option(names = "--exclude-self", description = "Do not deliver it to --actor.")
    private boolean excludeSelf;

    @Option(names = "--create", description = "Create the group if there is none.")
    private boolean create;

    @Override
    protected String group() {
        return group;
    }

    @Override
    protected void run() {
        if (!List.of("all", "one", "local").contains(to.toLowerCase(Locale.ROOT))) {
            throw Failure.usage("--to " + to + " is not known: give all, one or local");
        } else if (text != null && file != null) {
            throw Failure.usage("a text and --file are two messages: give one of them");
        }
        if (text != null) {
            one(text.getBytes(StandardCharsets.UTF_8));
        } else if (file != null) {
            one(content(file));
        } else {
            lines();
        }
    }

    private byte[] content(String from) {
        try {
            return from.equals("-") ? terminal().in().readAllBytes() : Files.readAllBytes(Path.of(from));
        } catch (IOException unreadable) {
            throw Failure.usage("--file " + from + " cannot be read: " + unreadable.getMessage());
        }
    }

    private void one(byte[] payload) {
        Json request = request(payload);
        if (!target().actor().isEmpty()) {
            request.object("message").put("senderId", target().actor());
        }
        Json answer = calls().call("PublishToGroup", request);
        long recipients = answer.number("recipientsCount");
        print(
                answer,
                "offset " + answer.number("offset") + ", " + recipients
                        + (recipients == 1 ? " recipient" : " recipients")
                        + named(answer.texts("recipientIds"))
                        + (answer.has("duplicate") ? ", published before" : ""));
    }

    private static String named(List<String> recipients) {
        int most = 10;
        return recipients.isEmpty()
                ? ""
                : ": " + String.join(", ", recipients.subList(0, Math.min(most, recipients.size())))
                        + (recipients.size() > most ? ", ..." : "");
    }

    private Json request(byte[] payload) {
        Json message = Json.object().with("messageType", type).with("idempotencyKey", once);
        Payloads.put(message, payload);
        if (!headers.isEmpty()) {
            message.put("headers", Json.of(headers));
        }
        if (ttl != null) {
            message.put("ttl", Times.json(Times.parse("--ttl", ttl)));
        }
        return about(group)
                .put("message", message)
                .with("topic", topic)
                .with("dispatch", to.equalsIgnoreCase("all") ? "" : to.toUpperCase(Locale.ROOT))
                .with("dispatchKey", key)
                .with("excludeSender", excludeSelf)
                .with("createMissing", create);
    }

    private void lines() {
        if (Terminal.isInputATerminal()) {
            terminal().note("each line is a message; Ctrl-D ends");
        }
        if (!once.isEmpty()) {
            throw Failure.usage("--once is for one message: with lines, only the first of them would take effect");
        }
        try (Pipe pipe = new Pipe(target(), terminal())) {
            pipe.publish(line -> request(line).put("answer", "NONE"));
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }
}
