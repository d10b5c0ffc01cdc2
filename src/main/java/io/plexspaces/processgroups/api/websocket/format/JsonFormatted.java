package io.plexspaces.processgroups.api.websocket.format;

import io.plexspaces.processgroups.api.ApiSettings;
import io.plexspaces.processgroups.api.Events;
import io.plexspaces.processgroups.core.delivery.Event;
import io.plexspaces.processgroups.proto.v1.SessionRequest;

/** {@code processgroups.v1.json}: text frames with proto3 JSON. */
final class JsonFormatted extends FrameFormat {
    /** Base64 makes four bytes of three. */
    private static final double GROWTH = 4.0 / 3;

    private static final int NAMES_BYTES = 16 * 1024;

    @Override
    public String subprotocol() {
        return "processgroups.v1.json";
    }

    @Override
    public boolean isText() {
        return true;
    }

    @Override
    public int maxRequestBytes(ApiSettings settings) {
        return (int) Math.min(Integer.MAX_VALUE, Math.ceil(settings.maxRequestBytes() * GROWTH) + NAMES_BYTES);
    }

    @Override
    public SessionRequest read(byte[] request) throws UnreadableRequest {
        return JsonRequests.read(request);
    }

    @Override
    public byte[] encode(Event event) {
        if (event instanceof Event.Delivered message) {
            return JsonEvents.encode(message);
        }
        return event instanceof Event.Replied reply
                ? JsonEvents.encode(reply)
                : JsonEvents.encode(Events.toProto(event));
    }

    @Override
    byte[] encode(io.plexspaces.processgroups.proto.v1.Event event) {
        return JsonEvents.encode(event);
    }
}
