package io.plexspaces.processgroups.api.grpc;

import com.google.protobuf.CodedOutputStream;
import io.plexspaces.processgroups.api.Events;
import io.plexspaces.processgroups.core.delivery.Event;
import io.plexspaces.processgroups.core.delivery.Frame;
import io.plexspaces.processgroups.core.delivery.WireFormat;
import io.plexspaces.processgroups.proto.v1.SubscribeResponse;
import java.io.IOException;
import java.io.UncheckedIOException;

/**
 * Events as elements of the field that {@code SubscribeResponse}, {@code WatchResponse} and {@code SessionResponse} have
 * in common: encodings in a row are the encoding of a response that holds them all.
 */
enum GrpcFormat implements WireFormat<byte[]> {
    INSTANCE;

    private static final int EVENTS = SubscribeResponse.EVENTS_FIELD_NUMBER;

    @Override
    public byte[] encode(Event event) {
        return encode(Events.toProto(event));
    }

    /** An answer for one connection. */
    static Frame answer(io.plexspaces.processgroups.proto.v1.Event answer) {
        return Frame.control(INSTANCE, encode(answer));
    }

    static byte[] encode(io.plexspaces.processgroups.proto.v1.Event event) {
        byte[] bytes = new byte[CodedOutputStream.computeMessageSize(EVENTS, event)];
        CodedOutputStream out = CodedOutputStream.newInstance(bytes);
        try {
            out.writeMessage(EVENTS, event);
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
        out.checkNoSpaceLeft();
        return bytes;
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
