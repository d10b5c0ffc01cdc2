package io.plexspaces.processgroups.api.format;

import io.plexspaces.processgroups.domain.GroupException;
import io.plexspaces.processgroups.proto.v1.OverflowPolicy;
import io.plexspaces.processgroups.proto.v1.Position;
import io.plexspaces.processgroups.proto.v1.Presence;
import io.plexspaces.processgroups.proto.v1.SubscribeRequest;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What a URL asks for: {@code /ws/{tenant}/{namespace}/{group}?actor=…&topics=a,b.*}, for clients that only listen. */
public final class SubscribeUrl {
    public static final List<String> NAMES = List.of(
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

    private static final String LAST_EVENT_ID = "Last-Event-ID";

    private final UrlQuery query;

    private SubscribeUrl(UrlQuery query) {
        this.query = query;
    }

    /**
     * @param query encoded as in URLs; may be empty
     * @throws GroupException INVALID_ARGUMENT naming the parameter
     */
    public static SubscribeRequest read(String tenant, String namespace, String group, String query) {
        return read(tenant, namespace, group, query, null);
    }

    /**
     * The same for a client that may come back, with the address that it came with at first.
     *
     * @param lastEventId where it goes on, whatever the address says; null or empty: where the address says
     */
    public static SubscribeRequest read(
            String tenant, String namespace, String group, String query, @Nullable String lastEventId) {
        SubscribeUrl url = new SubscribeUrl(UrlQuery.read(query, NAMES));
        SubscribeRequest.Builder request = SubscribeRequest.newBuilder()
                .setTenantId(tenant)
                .setNamespace(namespace)
                .setGroupName(group)
                .setActorId(url.query.one("actor"))
                .setResumeToken(url.query.one("resume"))
                .setSnapshot(url.query.flag("snapshot"))
                .setCreateMissing(url.query.flag("create_missing"))
                .setOverflowPolicy(url.overflow())
                .putAllMetadata(url.metadata())
                .setPresence(url.presence());
        for (String topics : url.query.all("topics")) {
            if (!topics.isEmpty()) {
                request.addAllTopics(List.of(topics.split(",", -1)));
            }
        }
        if (url.query.has("delete_when_empty")) {
            request.setDeleteWhenEmpty(url.query.duration("delete_when_empty"));
        }
        if (lastEventId != null && !lastEventId.isEmpty()) {
            return request.setAfter(UrlQuery.position(LAST_EVENT_ID, lastEventId))
                    .build();
        }
        request.setReplayLast(url.query.number("replay_last"))
                .setReplayLastOfEachTopic(url.query.flag("replay_last_of_each_topic"));
        if (url.query.has("epoch") || url.query.has("offset")) {
            request.setAfter(url.position());
        }
        return request.build();
    }

    /**
     * For URLs that hold no parameters.
     *
     * @param query null: there is none
     * @throws GroupException INVALID_ARGUMENT: it holds a token
     */
    public static void checkNoToken(@Nullable String query) {
        UrlQuery.checkNoToken(query);
    }

    private Presence presence() {
        return switch (query.one("presence").toLowerCase(Locale.ROOT)) {
            case "" -> Presence.PRESENCE_NONE;
            case "members" -> Presence.MEMBERS;
            case "count" -> Presence.COUNT;
            default -> throw GroupException.invalid("presence", "must be members or count");
        };
    }

    private Map<String, String> metadata() {
        String json = query.one("metadata");
        return json.isEmpty() ? Map.of() : JsonTexts.read("metadata", json);
    }

    private OverflowPolicy overflow() {
        return switch (query.one("overflow").toLowerCase(Locale.ROOT)) {
            case "" -> OverflowPolicy.OVERFLOW_POLICY_UNSPECIFIED;
            case "disconnect" -> OverflowPolicy.DISCONNECT;
            case "drop_oldest" -> OverflowPolicy.DROP_OLDEST;
            case "conflate" -> OverflowPolicy.CONFLATE;
            default -> throw GroupException.invalid("overflow", "must be disconnect, drop_oldest or conflate");
        };
    }

    private Position position() {
        if (!query.has("epoch") || !query.has("offset")) {
            throw GroupException.invalid("after", "epoch and offset go together");
        }
        try {
            long offset = Long.parseLong(query.one("offset"));
            return Position.newBuilder()
                    .setEpoch(query.one("epoch"))
                    .setOffset(offset)
                    .build();
        } catch (NumberFormatException malformed) {
            throw GroupException.invalid("offset", "must be a whole number");
        }
    }
}
