package io.plexspaces.processgroups.api.websocket.format;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.plexspaces.processgroups.api.ApiSettings;
import io.plexspaces.processgroups.api.format.EventBuffer;
import io.plexspaces.processgroups.api.format.JsonEvents;
import io.plexspaces.processgroups.api.format.JsonText;
import io.plexspaces.processgroups.core.delivery.Event;
import io.plexspaces.processgroups.proto.v1.SessionRequest;

/** {@code processgroups.v1.json}: text frames, each with a {@code SessionResponse} of one event in proto3 JSON. */
final class JsonFormatted extends FrameFormat {
    private static final int ANSWER_BYTES = 320;
    private static final byte[] HEAD = "{\"events\":[".getBytes(UTF_8);
    private static final byte[] TAIL = "]}".getBytes(UTF_8);

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
        return JsonText.maxRequestBytes(settings);
    }

    @Override
    public SessionRequest read(byte[] request) throws UnreadableRequest {
        return JsonRequests.read(request);
    }

    @Override
    public byte[] encode(Event event) {
        EventBuffer frame = begin(JsonEvents.expectedBytes(event));
        JsonEvents.write(event, frame);
        return end(frame);
    }

    @Override
    byte[] encode(io.plexspaces.processgroups.proto.v1.Event event) {
        EventBuffer frame = begin(ANSWER_BYTES);
        JsonEvents.write(event, frame);
        return end(frame);
    }

    private static EventBuffer begin(int expected) {
        EventBuffer frame = new EventBuffer(FrameHeader.MAX_BYTES, HEAD.length + expected + TAIL.length);
        frame.write(HEAD);
        return frame;
    }

    private static byte[] end(EventBuffer frame) {
        frame.write(TAIL);
        int payload = frame.size();
        return frame.behind(
                FrameHeader.size(payload), (into, at) -> FrameHeader.write(into, at, FrameHeader.TEXT, payload));
    }
}
