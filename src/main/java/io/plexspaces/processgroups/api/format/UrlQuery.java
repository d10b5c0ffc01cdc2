package io.plexspaces.processgroups.api.format;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.protobuf.Duration;
import com.google.protobuf.util.Durations;
import io.netty.handler.codec.http.QueryStringDecoder;
import io.plexspaces.processgroups.domain.GroupException;
import io.plexspaces.processgroups.proto.v1.Position;
import java.text.ParseException;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The parameters of a URL. What does not fit is INVALID_ARGUMENT naming the parameter. */
public final class UrlQuery {
    private static final int MAX_PARAMETERS = 64;
    private static final int SHOWN_CHARS = 64;

    private final Map<String, List<String>> parameters;

    private UrlQuery(Map<String, List<String>> parameters) {
        this.parameters = parameters;
    }

    /**
     * Reads parameters of these names alone.
     *
     * @param query encoded as in URLs; null or empty: there are none
     * @param names in the order in which they are told to who gives another
     * @throws GroupException INVALID_ARGUMENT naming {@code query}: there is another one
     */
    public static UrlQuery read(@Nullable String query, List<String> names) {
        UrlQuery read = parse(query);
        read.checkNoToken();
        for (String name : read.parameters.keySet()) {
            if (!names.contains(name)) {
                throw GroupException.invalid("query", unknown(name, names));
            }
        }
        return read;
    }

    private static String unknown(String name, List<String> names) {
        String none = "has no parameter " + shown(name) + " here";
        return names.isEmpty() ? none + ", and no other" : none + ", but " + String.join(", ", names);
    }

    /**
     * For URLs whose parameters nobody looks at.
     *
     * @throws GroupException INVALID_ARGUMENT: one is a token
     */
    static void checkNoToken(@Nullable String query) {
        parse(query).checkNoToken();
    }

    private static UrlQuery parse(@Nullable String query) {
        try {
            // A semicolon is a character like others (WHATWG URL): nothing is split at it that its writer did not
            // split.
            return new UrlQuery(
                    query == null
                            ? Map.of()
                            : new QueryStringDecoder(query, UTF_8, false, MAX_PARAMETERS, true).parameters());
        } catch (IllegalArgumentException malformed) {
            throw GroupException.invalid("query", "is not encoded as in URLs");
        }
    }

    /** Addresses are logged, shown and sent on. */
    private void checkNoToken() {
        if (parameters.containsKey("token") || parameters.containsKey("access_token")) {
            throw GroupException.invalid(
                    "query", "tokens do not belong into a URL: send the header Authorization, or subprotocol bearer.…");
        }
    }

    public List<String> all(String name) {
        return parameters.getOrDefault(name, List.of());
    }

    /** @return empty: not given */
    public String one(String name) {
        List<String> values = all(name);
        if (values.size() > 1) {
            throw GroupException.invalid(name, "is given more than once");
        }
        return values.isEmpty() ? "" : values.get(0);
    }

    public boolean has(String name) {
        return !one(name).isEmpty();
    }

    public boolean flag(String name) {
        return switch (one(name)) {
            case "true" -> true;
            case "", "false" -> false;
            default -> throw GroupException.invalid(name, "must be true or false");
        };
    }

    /** @return 0: not given */
    public int number(String name) {
        String value = one(name);
        try {
            return value.isEmpty() ? 0 : Integer.parseInt(value);
        } catch (NumberFormatException malformed) {
            throw GroupException.invalid(name, "must be a whole number");
        }
    }

    /** In seconds, as in {@code 60s}. */
    public Duration duration(String name) {
        try {
            return Durations.parse(one(name));
        } catch (ParseException | IllegalArgumentException malformed) {
            throw GroupException.invalid(name, "must be seconds, as in 60s");
        }
    }

    /** A place in a log, as in {@code epoch:offset}. */
    public Position position(String name) {
        return position(name, one(name));
    }

    /** The same from elsewhere. */
    static Position position(String name, String text) {
        int colon = text.lastIndexOf(':');
        try {
            if (colon > 0) {
                return Position.newBuilder()
                        .setEpoch(text.substring(0, colon))
                        .setOffset(Long.parseLong(text.substring(colon + 1)))
                        .build();
            }
        } catch (NumberFormatException malformed) {
            throw GroupException.invalid(name, "must be epoch:offset, as an answer gave them");
        }
        throw GroupException.invalid(name, "must be epoch:offset, as an answer gave them");
    }

    /** A name that a client made up, as it may appear in an answer. */
    private static String shown(String name) {
        StringBuilder shown = new StringBuilder();
        for (int i = 0; i < Math.min(name.length(), SHOWN_CHARS); i++) {
            char c = name.charAt(i);
            shown.append(c > ' ' && c < 127 ? c : '?');
        }
        return shown.toString();
    }
}
