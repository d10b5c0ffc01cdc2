package io.plexspaces.processgroups.api.format;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.protobuf.Duration;
import com.google.protobuf.util.Durations;
import io.netty.handler.codec.http.QueryStringDecoder;
import io.plexspaces.processgroups.domain.GroupException;
import io.plexspaces.processgroups.proto.v1.OverflowPolicy;
import io.plexspaces.processgroups.proto.v1.Position;
import io.plexspaces.processgroups.proto.v1.Presence;
import io.plexspaces.processgroups.proto.v1.SubscribeRequest;
import java.text.ParseException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What a URL asks for: {@code /ws/{tenant}/{namespace}/{group}?actor=…&topics=a,b.*}, for clients that only listen. */
public final class SubscribeUrl {
    private static final Set<String> NAMES = Set.of(
            "actor",
            "topics",
            "resume",
            "epoch",
            "offset",
            "snapshot",
            "overflow",
            "metadata",
            "presence",
            "replay_last",
            "replay_last_of_each_topic",
            "create_missing",
            "delete_when_empty");
    private static final int MAX_PARAMETERS = 64;

    private final Map<String, List<String>> query;

    private SubscribeUrl(Map<String, List<String>> query) {
        this.query = query;
    }

    /**
     * @param query encoded as in URLs; may be empty
     * @throws GroupException INVALID_ARGUMENT naming the parameter
     */
    public static SubscribeRequest read(String tenant, String namespace, String group, String query) {
        SubscribeUrl url = new SubscribeUrl(parse(query));
        url.checkNames();
        SubscribeRequest.Builder request = SubscribeRequest.newBuilder()
                .setTenantId(tenant)
                .setNamespace(namespace)
                .setGroupName(group)
                .setActorId(url.one("actor"))
                .setResumeToken(url.one("resume"))
                .setSnapshot(url.flag("snapshot"))
                .setReplayLast(url.replayLast())
                .setReplayLastOfEachTopic(url.flag("replay_last_of_each_topic"))
                .setCreateMissing(url.flag("create_missing"))
                .setOverflowPolicy(url.overflow())
                .putAllMetadata(url.metadata())
                .setPresence(url.presence());
        for (String topics : url.query.getOrDefault("topics", List.of())) {
            if (!topics.isEmpty()) {
                request.addAllTopics(List.of(topics.split(",", -1)));
            }
        }
        if (!url.one("epoch").isEmpty() || !url.one("offset").isEmpty()) {
            request.setAfter(url.position());
        }
        if (!url.one("delete_when_empty").isEmpty()) {
            request.setDeleteWhenEmpty(url.deleteWhenEmpty());
        }
        return request.build();
    }

    private static Map<String, List<String>> parse(String query) {
        try {
            // A semicolon is a character like others (WHATWG URL): nothing is split at it that its writer did not
            // split.
            return new QueryStringDecoder(query, UTF_8, false, MAX_PARAMETERS, true).parameters();
        } catch (IllegalArgumentException malformed) {
            throw GroupException.invalid("query", "is not encoded as in URLs");
        }
    }

    /**
     * For URLs that hold no parameters.
     *
     * @param query null: there is none
     * @throws GroupException INVALID_ARGUMENT: it holds a token
     */
    public static void checkNoToken(@Nullable String query) {
        if (query != null) {
            new SubscribeUrl(parse(query)).checkNoToken();
        }
    }

    /** Addresses are logged, shown and sent on. */
    private void checkNoToken() {
        if (query.containsKey("token") || query.containsKey("access_token")) {
            throw GroupException.invalid(
                    "query", "tokens do not belong into a URL: send the header Authorization, or subprotocol bearer.…");
        }
    }

    private void checkNames() {
        checkNoToken();
        for (String name : query.keySet()) {
            if (!NAMES.contains(name)) {
                throw GroupException.invalid(
                        "query",
                        "has a parameter that is none of actor, topics, resume, epoch, "
                                + "offset, snapshot, overflow, metadata, presence, replay_last, "
                                + "replay_last_of_each_topic, create_missing, delete_when_empty");
            }
        }
    }

    /** @return empty: not given */
    private String one(String name) {
        List<String> values = query.getOrDefault(name, List.of(""));
        if (values.size() > 1) {
            throw GroupException.invalid(name, "is given more than once");
        }
        return values.get(0);
    }

    private boolean flag(String name) {
        return switch (one(name)) {
            case "true" -> true;
            case "", "false" -> false;
            default -> throw GroupException.invalid(name, "must be true or false");
        };
    }

    private Presence presence() {
        return switch (one("presence").toLowerCase(Locale.ROOT)) {
            case "" -> Presence.PRESENCE_NONE;
            case "members" -> Presence.MEMBERS;
            case "count" -> Presence.COUNT;
            default -> throw GroupException.invalid("presence", "must be members or count");
        };
    }

    private Map<String, String> metadata() {
        String json = one("metadata");
        return json.isEmpty() ? Map.of() : JsonTexts.read("metadata", json);
    }

    private Duration deleteWhenEmpty() {
        try {
            return Durations.parse(one("delete_when_empty"));
        } catch (ParseException malformed) {
            throw GroupException.invalid("delete_when_empty", "must be seconds, as in 60s");
        }
    }

    private int replayLast() {
        String value = one("replay_last");
        try {
            return value.isEmpty() ? 0 : Integer.parseInt(value);
        } catch (NumberFormatException malformed) {
            throw GroupException.invalid("replay_last", "must be a whole number");
        }
    }

    private OverflowPolicy overflow() {
        return switch (one("overflow").toLowerCase(Locale.ROOT)) {
            case "" -> OverflowPolicy.OVERFLOW_POLICY_UNSPECIFIED;
            case "disconnect" -> OverflowPolicy.DISCONNECT;
            case "drop_oldest" -> OverflowPolicy.DROP_OLDEST;
            case "conflate" -> OverflowPolicy.CONFLATE;
            default -> throw GroupException.invalid("overflow", "must be disconnect, drop_oldest or conflate");
        };
    }

    private Position position() {
        if (one("epoch").isEmpty() || one("offset").isEmpty()) {
            throw GroupException.invalid("after", "epoch and offset go together");
        }
        try {
            long offset = Long.parseLong(one("offset"));
            return Position.newBuilder()
                    .setEpoch(one("epoch"))
                    .setOffset(offset)
                    .build();
        } catch (NumberFormatException malformed) {
            throw GroupException.invalid("offset", "must be a whole number");
        }
    }
}
