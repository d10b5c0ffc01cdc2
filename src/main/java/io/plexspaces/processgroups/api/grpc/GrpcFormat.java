package io.plexspaces.processgroups.api.grpc;

import io.plexspaces.processgroups.api.AnswerFormat;
import io.plexspaces.processgroups.api.EventElement;
import io.plexspaces.processgroups.core.Groups;
import io.plexspaces.processgroups.core.delivery.Event;
import io.plexspaces.processgroups.core.delivery.Frame;
import io.plexspaces.processgroups.core.delivery.WireFormat;

/** Events as elements of a response: encodings in a row are the encoding of a response that holds them all. */
enum GrpcFormat implements WireFormat<byte[]>, AnswerFormat {
    INSTANCE;

    @Override
    public byte[] encode(Event event) {
        return EventElement.of(event).encode(0);
    }

    @Override
    public Frame frame(io.plexspaces.processgroups.proto.v1.Event answer) {
        return Frame.control(this, EventElement.of(answer).encode(0));
    }

    @Override
    public Frame published(long requestId, Groups.PublishResult result) {
        return Frame.control(this, EventElement.published(requestId, result).encode(0));
    }

    /** A single part is not copied: encodings are never changed. */
    @Override
    public byte[] join(byte[][] parts, int count, int bytes) {
        if (count == 1) {
            return parts[0];
        }
        byte[] joined = new byte[bytes];
        int at = 0;
        for (int i = 0; i < count; i++) {
            System.arraycopy(parts[i], 0, joined, at, parts[i].length);
            at += parts[i].length;
        }
        return joined;
    }

    @Override
    public void release(byte[] joined) {
        // left to the garbage collector
    }
}
