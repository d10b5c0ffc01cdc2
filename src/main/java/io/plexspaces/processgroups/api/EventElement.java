package io.plexspaces.processgroups.api;

import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.WireFormat;
import io.plexspaces.processgroups.core.Groups;
import io.plexspaces.processgroups.core.delivery.Event.Delivered;
import io.plexspaces.processgroups.proto.v1.Event;
import io.plexspaces.processgroups.proto.v1.SessionResponse;
import java.io.IOException;
import java.io.UncheckedIOException;

/**
 * An event as an element of the field {@code events} that {@code SubscribeResponse}, {@code WatchResponse} and
 * {@code SessionResponse} have in common: encodings in a row are the encoding of a response that holds them all.
 */
public abstract sealed class EventElement permits EventElement.Generated, MessageElement, PublishedElement {
    static final int FIELD = SessionResponse.EVENTS_FIELD_NUMBER;

    public static EventElement of(io.plexspaces.processgroups.core.delivery.Event event) {
        return event instanceof Delivered delivered
                ? new MessageElement(delivered.group(), delivered.entry())
                : new Generated(Events.toProto(event));
    }

    public static EventElement of(Event event) {
        return new Generated(event);
    }

    /** The answer of a session to a publish. */
    public static EventElement published(long requestId, Groups.PublishResult result) {
        return new PublishedElement(requestId, result);
    }

    /** Bytes of the encoding. */
    public abstract int size();

    abstract void writeTo(CodedOutputStream out) throws IOException;

    /** The encoding, behind {@code room} bytes for the header that is added later. */
    public final byte[] encode(int room) {
        int size = size();
        byte[] bytes = new byte[room + size];
        CodedOutputStream out = CodedOutputStream.newInstance(bytes, room, size);
        try {
            writeTo(out);
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
        out.checkNoSpaceLeft();
        return bytes;
    }

    // As the generated classes write fields: what is empty is left out.

    static int text(int field, String value) {
        return value.isEmpty() ? 0 : CodedOutputStream.computeStringSize(field, value);
    }

    static void write(CodedOutputStream out, int field, String value) throws IOException {
        if (!value.isEmpty()) {
            out.writeString(field, value);
        }
    }

    static int nested(int field, int size) {
        return CodedOutputStream.computeTagSize(field) + CodedOutputStream.computeUInt32SizeNoTag(size) + size;
    }

    static void begin(CodedOutputStream out, int field, int size) throws IOException {
        out.writeTag(field, WireFormat.WIRETYPE_LENGTH_DELIMITED);
        out.writeUInt32NoTag(size);
    }

    /** Any event, by its generated class. */
    static final class Generated extends EventElement {
        private final Event event;

        Generated(Event event) {
            this.event = event;
        }

        @Override
        public int size() {
            return CodedOutputStream.computeMessageSize(FIELD, event);
        }

        @Override
        void writeTo(CodedOutputStream out) throws IOException {
            out.writeMessage(FIELD, event);
        }
    }
}
