package io.plexspaces.processgroups.api.http.stream;

import io.plexspaces.processgroups.api.EventElement;
import io.plexspaces.processgroups.api.http.call.Refusal;
import io.plexspaces.processgroups.core.delivery.Event;
import org.jspecify.annotations.Nullable;

/** {@code application/connect+proto}: messages with one event each. */
final class ConnectProto extends StreamFormat {
    private static final byte[] EMPTY = Envelope.around(new byte[0]);

    @Override
    public String mediaType() {
        return "application/connect+proto";
    }

    @Override
    byte[] beat() {
        return EMPTY;
    }

    @Override
    public byte[] end(@Nullable Refusal why) {
        return Envelope.last(why);
    }

    @Override
    public byte[] encode(Event event) {
        EventElement element = EventElement.of(event);
        byte[] message = element.encode(Envelope.HEAD_BYTES);
        Envelope.write(message, 0, message.length - Envelope.HEAD_BYTES);
        return message;
    }
}
