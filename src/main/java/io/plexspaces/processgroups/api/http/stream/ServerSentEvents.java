package io.plexspaces.processgroups.api.http.stream;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.plexspaces.processgroups.api.Events;
import io.plexspaces.processgroups.api.format.EventBuffer;
import io.plexspaces.processgroups.api.format.JsonEvents;
import io.plexspaces.processgroups.api.http.call.Refusal;
import io.plexspaces.processgroups.core.delivery.Event;
import io.plexspaces.processgroups.domain.Position;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * {@code text/event-stream} (HTML Standard, 9.2): {@code event} is the kind of event, {@code data} the event in JSON.
 * Messages have an {@code id}, with which the client comes back: the epoch and the offset.
 */
final class ServerSentEvents extends StreamFormat {
    private static final int HEAD_BYTES = 96;
    private static final byte[] COMMENT = ":\n\n".getBytes(UTF_8);
    private static final byte[] LINE = "\ndata: ".getBytes(UTF_8);
    private static final byte[] END = "\n\n".getBytes(UTF_8);

    @Override
    public String mediaType() {
        return "text/event-stream";
    }

    @Override
    byte[] beat() {
        return COMMENT;
    }

    @Override
    public byte[] encode(Event event) {
        EventBuffer json = new EventBuffer(0, JsonEvents.expectedBytes(event));
        String head;
        if (event instanceof Event.Delivered message) {
            JsonEvents.write(event, json);
            head = head("message", message.epoch(), message.entry().offset());
        } else {
            io.plexspaces.processgroups.proto.v1.Event shown = Events.toProto(event);
            JsonEvents.write(event, json);
            String name = shown.getKindCase().name().toLowerCase(Locale.ROOT);
            Position at = event instanceof Event.Subscribed subscribed ? subscribed.position() : null;
            head = at == null ? head(name) : head(name, at.epoch(), at.offset());
        }
        return event(head, json.bytes());
    }

    @Override
    public byte[] end(@Nullable Refusal why) {
        if (why == null) {
            return new byte[0];
        }
        String retry =
                why.retryAfter().isZero() ? "" : "retry: " + why.retryAfter().toMillis() + "\n";
        return event(retry + head("closed"), why.json());
    }

    private static String head(String name) {
        return "event: " + name + "\ndata: ";
    }

    private static String head(String name, String epoch, long offset) {
        return "event: " + name + "\nid: " + epoch + ':' + Long.toUnsignedString(offset) + "\ndata: ";
    }

    /** Each line of the data is one of its own: JSON that came from a client may have several. */
    private static byte[] event(String head, byte[] data) {
        EventBuffer event = new EventBuffer(0, HEAD_BYTES + data.length);
        event.write(head.getBytes(UTF_8));
        int from = 0;
        for (int i = 0; i < data.length; i++) {
            if (data[i] == '\n' || data[i] == '\r') {
                event.write(data, from, i - from);
                event.write(LINE);
                from = i + 1;
            }
        }
        event.write(data, from, data.length - from);
        event.write(END);
        return event.bytes();
    }
}
