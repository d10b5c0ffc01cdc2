package io.plexspaces.processgroups.cli.terminal;

import io.plexspaces.processgroups.cli.client.Failure;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Times as people type them, and as the service's JSON has them. */
public final class Times {
    private static final Pattern TYPED = Pattern.compile("(\\d{1,9})(ms|s|m|h|d)?");

    private Times() {}

    /** @throws Failure it is none such as {@code 500ms}, {@code 30s}, {@code 10m}, {@code 2h}, {@code 7d} or 0 */
    public static Duration parse(String option, String text) {
        Matcher typed = TYPED.matcher(text);
        if (!typed.matches()) {
            throw Failure.usage(option + " " + text + " is no time: give one such as 30s, 10m, 2h or 7d");
        }
        long number = Long.parseLong(typed.group(1));
        String unit = typed.group(2);
        return unit == null
                ? Duration.ofSeconds(number)
                : switch (unit) {
                    case "ms" -> Duration.ofMillis(number);
                    case "m" -> Duration.ofMinutes(number);
                    case "h" -> Duration.ofHours(number);
                    case "d" -> Duration.ofDays(number);
                    default -> Duration.ofSeconds(number);
                };
    }

    /** As in the service's JSON. */
    public static String json(Duration time) {
        return time.toMillisPart() == 0
                ? time.toSeconds() + "s"
                : String.format("%d.%03ds", time.toSeconds(), time.toMillisPart());
    }
}
