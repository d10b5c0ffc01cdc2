package io.plexspaces.processgroups.cli.terminal;

import io.plexspaces.processgroups.cli.client.Json;
import java.nio.charset.StandardCharsets;
import java.util.Base64;

/** Payloads, and what must not reach a terminal as it is. */
public final class Texts {
    private static final char ESCAPE = 0x1b;
    private static final char DELETE = 0x7f;
    private static final char LAST_CONTROL = 0x9f;

    private Texts() {}

    /** The payload of a message as one text: JSON as it stands, else text, else what the bytes are in UTF-8. */
    public static String payload(Json message) {
        if (message.has("text")) {
            return message.text("text");
        } else if (message.has("payload")) {
            return new String(Base64.getDecoder().decode(message.text("payload")), StandardCharsets.UTF_8);
        }
        return message.text("data");
    }

    /**
     * In one line.
     *
     * @param shown whether a terminal would obey what the text holds beside characters: then all of it is escaped
     */
    public static String oneLine(String text, boolean shown) {
        if (text.chars().noneMatch(c -> isSpecial((char) c, shown))) {
            return text;
        }
        StringBuilder line = new StringBuilder(text.length());
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (!isSpecial(c, shown)) {
                line.append(c);
            } else {
                line.append(c == '\n' ? "\\n" : c == '\r' ? "\\r" : String.format("\\u%04x", (int) c));
            }
        }
        return line.toString();
    }

    private static boolean isSpecial(char c, boolean shown) {
        boolean control = c < ' ' || (c >= DELETE && c <= LAST_CONTROL);
        return c == '\n' || c == '\r' || (shown && control && c != '\t') || (shown && c == ESCAPE);
    }
}
