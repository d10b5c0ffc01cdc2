package io.plexspaces.processgroups.api.http.stream;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.plexspaces.processgroups.api.format.EventBuffer;
import io.plexspaces.processgroups.api.format.JsonEvents;
import io.plexspaces.processgroups.api.http.call.Refusal;
import io.plexspaces.processgroups.core.delivery.Event;
import org.jspecify.annotations.Nullable;

/** {@code application/connect+json}: messages with one event each. */
final class ConnectJson extends StreamFormat {
    private static final byte[] HEAD = "{\"events\":[".getBytes(UTF_8);
    private static final byte[] TAIL = "]}".getBytes(UTF_8);
    private static final byte[] EMPTY = Envelope.around("{}".getBytes(UTF_8));

    @Override
    public String mediaType() {
        return "application/connect+json";
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
        EventBuffer message =
                new EventBuffer(Envelope.HEAD_BYTES, HEAD.length + JsonEvents.expectedBytes(event) + TAIL.length);
        message.write(HEAD);
        JsonEvents.write(event, message);
        message.write(TAIL);
        int length = message.size();
        return message.behind(Envelope.HEAD_BYTES, (into, at) -> Envelope.write(into, at, length));
    }
}
