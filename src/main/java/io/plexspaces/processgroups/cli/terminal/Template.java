package io.plexspaces.processgroups.cli.terminal;

import io.plexspaces.processgroups.cli.client.Failure;
import io.plexspaces.processgroups.cli.client.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** How one message becomes one line: text with places such as <code>{topic}</code>. */
public final class Template {
    /** What may stand in braces, for help. */
    public static final String PLACES =
            "{data}, {topic}, {group}, {offset}, {sender}, {type}, {id}, {time}, {header.NAME}";

    private static final String HEADER = "header.";
    private static final Pattern PLACE = Pattern.compile("\\{([A-Za-z][A-Za-z0-9._-]*)}|\\\\([nt\\\\])");

    private static final Map<String, Function<Json, String>> KNOWN = new TreeMap<>(Map.of(
            "data", event -> Texts.payload(event.object("message")),
            "topic", event -> event.text("topic"),
            "group", event -> event.text("groupName"),
            "offset", event -> Long.toString(event.number("offset")),
            "sender", event -> event.object("message").text("senderId"),
            "type", event -> event.object("message").text("messageType"),
            "id", event -> event.object("message").text("id"),
            "time", event -> event.object("message").text("timestamp")));

    private final List<Part> parts = new ArrayList<>();

    private interface Part {
        String of(Json event, boolean shown);
    }

    /** @throws Failure it has a place that is not known */
    public Template(String text) {
        Matcher places = PLACE.matcher(text);
        int from = 0;
        while (places.find()) {
            literal(text.substring(from, places.start()));
            if (places.group(1) == null) {
                literal(places.group(2).equals("n") ? "\n" : places.group(2).equals("t") ? "\t" : "\\");
            } else {
                Function<Json, String> place = place(places.group(1));
                parts.add((event, shown) -> Texts.oneLine(place.apply(event), shown));
            }
            from = places.end();
        }
        literal(text.substring(from));
    }

    private void literal(String text) {
        if (!text.isEmpty()) {
            parts.add((event, shown) -> text);
        }
    }

    private static Function<Json, String> place(String name) {
        if (name.startsWith(HEADER)) {
            String header = name.substring(HEADER.length());
            return event -> event.object("message").object("headers").text(header);
        }
        Function<Json, String> known = KNOWN.get(name);
        if (known == null) {
            throw Failure.usage("--template has no place {" + name + "}: there are " + PLACES);
        }
        return known;
    }

    /**
     * @param event one with a message
     * @param shown whether a terminal gets it: what it would obey is escaped
     */
    public String line(Json event, boolean shown) {
        StringBuilder line = new StringBuilder();
        parts.forEach(part -> line.append(part.of(event, shown)));
        return line.toString();
    }
}
