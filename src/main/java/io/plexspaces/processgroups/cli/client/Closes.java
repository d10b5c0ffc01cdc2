package io.plexspaces.processgroups.cli.client;

import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** How a server ended a connection, by the close codes of {@code docs/errors.md}. */
final class Closes {
    /** After these the same connection may be made again. */
    private static final Set<Integer> COME_BACK = Set.of(1001, 1006, 1011, 1012, 1013, 4408, 4430, 4431, 4500, 4503);

    private static final Pattern NAMED = Pattern.compile("([A-Z][A-Z_]+): (.*)", Pattern.DOTALL);

    private Closes() {}

    static Lost lost(int code, String reason) {
        Matcher named = NAMED.matcher(reason);
        Refused refused = named.matches()
                ? new Refused(named.group(1), named.group(2), "")
                : new Refused(
                        "",
                        "the server ended the connection (" + code + (reason.isEmpty() ? "" : ": " + reason) + ")",
                        "");
        return new Lost(refused, COME_BACK.contains(code));
    }
}
