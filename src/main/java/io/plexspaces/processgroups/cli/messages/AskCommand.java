package io.plexspaces.processgroups.cli.messages;

import io.plexspaces.processgroups.cli.client.Actors;
import io.plexspaces.processgroups.cli.client.Failure;
import io.plexspaces.processgroups.cli.client.Json;
import io.plexspaces.processgroups.cli.client.Lost;
import io.plexspaces.processgroups.cli.client.Session;
import io.plexspaces.processgroups.cli.options.ServerCommand;
import io.plexspaces.processgroups.cli.terminal.Ended;
import io.plexspaces.processgroups.cli.terminal.Interrupt;
import io.plexspaces.processgroups.cli.terminal.Terminal;
import io.plexspaces.processgroups.cli.terminal.Texts;
import io.plexspaces.processgroups.cli.terminal.Times;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "ask",
        description =
                "Publish a message, print the replies of those it was for, and say at the end who is missing. Exit"
                        + " code 1: somebody is.",
        footer = {
            "",
            "Examples:",
            "  pg ask workers 'who is there?'",
            "  pg ask workers 'resize 17' --one --retry-other --wait 10s"
        })
public final class AskCommand extends ServerCommand {
    @Parameters(index = "0", paramLabel = "GROUP", description = "Whom to ask.")
    private String group = "";

    @Parameters(index = "1", paramLabel = "TEXT", description = "What.")
    private String text = "";

    @Option(names = "--topic", paramLabel = "TOPIC", description = "Only members that want it; else all.")
    private String topic = "";

    @Option(names = "--wait", paramLabel = "TIME", description = "How long to wait for replies: 5s by default.")
    private String wait = "5s";

    @Option(names = "--one", description = "Ask one of the members.")
    private boolean one;

    @Option(names = "--retry-other", description = "With --one: ask another one when that one is silent or gone.")
    private boolean retryOther;

    @Override
    protected String group() {
        return group;
    }

    @Override
    protected void run() {
        Interrupt interrupt = Interrupt.heeded();
        CompletableFuture<Json> completed = new CompletableFuture<>();
        long recipients = 0;
        try (Session session = Session.connect(target(), events -> print(events, completed))) {
            session.request("open", Actors.open(target()));
            Json asked = session.request("ask", request());
            recipients = asked.number("recipientsCount");
            terminal().hint("asked " + recipients + ": " + String.join(", ", asked.texts("recipientIds")));
            CompletableFuture.anyOf(completed, session.lost(), interrupt.code()).join();
            if (interrupt.code().isDone()) {
                throw new Ended(interrupt.code().join());
            } else if (!completed.isDone()) {
                Lost lost = session.lost().join();
                throw lost.why();
            }
        } catch (CompletionException failed) {
            throw failed.getCause() instanceof RuntimeException known ? known : failed;
        }
        conclude(completed.join(), recipients);
    }

    private Json request() {
        Json message = Json.object();
        Payloads.put(message, text.getBytes(StandardCharsets.UTF_8));
        return Json.object()
                .put("timeout", Times.json(Times.parse("--wait", wait)))
                .with("retryOther", retryOther)
                .put(
                        "publish",
                        Json.object()
                                .put("groupName", group)
                                .put("message", message)
                                .with("topic", topic)
                                .with("dispatch", one ? "ONE" : ""));
    }

    private void print(List<Json> events, CompletableFuture<Json> completed) {
        Terminal terminal = terminal();
        for (Json event : events) {
            if (event.has("askCompleted")) {
                completed.complete(event.object("askCompleted"));
            } else if (isJson() && (event.has("reply") || event.has("memberMissing"))) {
                terminal.line(event.toString());
            } else if (event.has("reply")) {
                Json reply = event.object("reply");
                String payload = Texts.oneLine(Texts.payload(reply.object("message")), terminal.isTerminal());
                terminal.line(terminal.faint(reply.text("actorId")) + " " + payload);
            }
        }
        terminal.flush();
    }

    private void conclude(Json completed, long recipients) {
        if (isJson()) {
            terminal().line(completed.toString());
            terminal().flush();
        }
        if (recipients == 0) {
            throw Failure.refused("there was nobody to ask in " + group);
        } else if (completed.flag("complete")) {
            return;
        }
        for (Json missing : completed.objects("missing")) {
            terminal().note("missing: " + Events.missing(missing));
        }
        long total = completed.number("missingTotal");
        throw Failure.refused(total + " did not reply; more time is given with --wait");
    }
}
