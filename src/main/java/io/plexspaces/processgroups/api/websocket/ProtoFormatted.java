package io.plexspaces.processgroups.api.websocket;

import com.google.protobuf.CodedOutputStream;
import io.plexspaces.processgroups.api.ApiSettings;
import io.plexspaces.processgroups.api.Events;
import io.plexspaces.processgroups.core.delivery.Event;
import io.plexspaces.processgroups.proto.v1.SessionRequest;
import io.plexspaces.processgroups.proto.v1.SessionResponse;
import java.io.IOException;
import java.io.UncheckedIOException;

/** {@code processgroups.v1.proto}: binary frames with protobuf. */
final class ProtoFormatted extends FrameFormat {
    @Override
    String subprotocol() {
        return "processgroups.v1.proto";
    }

    @Override
    boolean isText() {
        return false;
    }

    @Override
    int maxRequestBytes(ApiSettings settings) {
        return settings.maxRequestBytes();
    }

    @Override
    SessionRequest read(byte[] request) throws UnreadableRequest {
        return JsonRequests.readProto(request);
    }

    @Override
    public byte[] encode(Event event) {
        return encode(Events.toProto(event));
    }

    @Override
    byte[] encode(io.plexspaces.processgroups.proto.v1.Event event) {
        int payload = CodedOutputStream.computeMessageSize(SessionResponse.EVENTS_FIELD_NUMBER, event);
        int header = FrameHeader.size(payload);
        byte[] frame = new byte[header + payload];
        FrameHeader.write(frame, 0, FrameHeader.BINARY, payload);
        CodedOutputStream out = CodedOutputStream.newInstance(frame, header, payload);
        try {
            out.writeMessage(SessionResponse.EVENTS_FIELD_NUMBER, event);
            out.checkNoSpaceLeft();
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
        return frame;
    }
}
