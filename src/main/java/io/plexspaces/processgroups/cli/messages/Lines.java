package io.plexspaces.processgroups.cli.messages;

import io.plexspaces.processgroups.cli.client.Json;
import io.plexspaces.processgroups.cli.terminal.Template;
import io.plexspaces.processgroups.cli.terminal.Terminal;
import io.plexspaces.processgroups.cli.terminal.Texts;
import org.jspecify.annotations.Nullable;

/** Prints messages, one a line, and tells on the side what is no message. */
final class Lines {
    private final Terminal terminal;
    private final boolean json;
    private final @Nullable Template template;

    /** @param template null: the topic, if there is one, and the payload */
    Lines(Terminal terminal, boolean json, @Nullable String template) {
        this.terminal = terminal;
        this.json = json;
        this.template = template == null ? null : new Template(template);
    }

    /** @param event one with a message */
    void message(Json event) {
        terminal.line(json ? event.toString() : text(event));
    }

    private String text(Json event) {
        boolean shown = terminal.isTerminal();
        if (template != null) {
            return template.line(event, shown);
        }
        String payload = Texts.oneLine(Texts.payload(event.object("message")), shown);
        String topic = event.text("topic");
        return topic.isEmpty() ? payload : terminal.faint(topic) + " " + payload;
    }

    /** A gap, said on the side, so that the lines stay messages alone; in JSON it is a line, too. */
    void gap(Json event) {
        if (json) {
            terminal.line(event.toString());
        }
        terminal.note("gap: " + Events.gap(event.object("gap")));
    }

    /** Something else than a message, as a line. */
    void other(Json event) {
        of(event, false);
    }

    /** The same, on request with the name of its group before it. */
    void of(Json event, boolean named) {
        String group = named && event.has("groupName") ? event.text("groupName") + " " : "";
        terminal.line(json ? event.toString() : group + Texts.oneLine(Events.sentence(event), terminal.isTerminal()));
    }
}
