package io.plexspaces.processgroups.api.websocket.format;

import com.google.protobuf.InvalidProtocolBufferException;
import io.plexspaces.processgroups.api.ApiSettings;
import io.plexspaces.processgroups.api.Encoded;
import io.plexspaces.processgroups.api.EventElement;
import io.plexspaces.processgroups.core.Groups;
import io.plexspaces.processgroups.core.delivery.Event;
import io.plexspaces.processgroups.core.delivery.Frame;
import io.plexspaces.processgroups.domain.ErrorCode;
import io.plexspaces.processgroups.domain.GroupException;
import io.plexspaces.processgroups.proto.v1.SessionRequest;

/** {@code processgroups.v1.proto}: binary frames with protobuf. */
final class ProtoFormatted extends FrameFormat {
    @Override
    public String subprotocol() {
        return "processgroups.v1.proto";
    }

    @Override
    public boolean isText() {
        return false;
    }

    @Override
    public int maxRequestBytes(ApiSettings settings) {
        return settings.maxRequestBytes();
    }

    @Override
    public SessionRequest read(byte[] request) throws UnreadableRequest {
        try {
            return Encoded.parse(SessionRequest.getDefaultInstance(), request);
        } catch (GroupException refused) {
            throw new UnreadableRequest(0, refused);
        } catch (InvalidProtocolBufferException malformed) {
            throw new UnreadableRequest(0, GroupException.of(ErrorCode.INVALID_ARGUMENT, "malformed protobuf"));
        }
    }

    @Override
    public byte[] encode(Event event) {
        return encode(EventElement.of(event));
    }

    @Override
    byte[] encode(io.plexspaces.processgroups.proto.v1.Event event) {
        return encode(EventElement.of(event));
    }

    @Override
    public Frame published(long requestId, Groups.PublishResult result) {
        return Frame.control(this, encode(EventElement.published(requestId, result)));
    }

    private static byte[] encode(EventElement event) {
        int payload = event.size();
        byte[] frame = event.encode(FrameHeader.size(payload));
        FrameHeader.write(frame, 0, FrameHeader.BINARY, payload);
        return frame;
    }
}
