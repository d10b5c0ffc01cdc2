package io.plexspaces.processgroups.core.delivery;

import io.plexspaces.processgroups.domain.Entry;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** One event with its encodings, each made at its first use and shared by all connections. Thread-safe. */
public final class Frame {
    private final @Nullable Event event;
    private final DeliveryTracer.@Nullable Delivering traced;

    /** Not volatile: what another thread sees or misses here is complete, as records are, and made again at worst. */
    private @Nullable Encoding encodings;

    private record Encoding(
            WireFormat<?> format, byte[] bytes, @Nullable Encoding next) {}

    private Frame(@Nullable Event event, DeliveryTracer.@Nullable Delivering traced, @Nullable Encoding encodings) {
        this.event = event;
        this.traced = traced;
        this.encodings = encodings;
    }

    public static Frame of(Event event) {
        return new Frame(event, null, null);
    }

    /** @param traced told where it gets to */
    public static Frame of(Event event, DeliveryTracer.@Nullable Delivering traced) {
        return new Frame(event, traced, null);
    }

    /** An answer, made for one connection in its own format. Never dropped. */
    public static Frame control(WireFormat<?> format, byte[] bytes) {
        return new Frame(null, null, new Encoding(format, bytes, null));
    }

    /** May be encoded twice when two threads want it first at once; both encodings are alike. */
    byte[] encoded(WireFormat<?> format) {
        for (Encoding at = encodings; at != null; at = at.next()) {
            if (at.format() == format) {
                return at.bytes();
            }
        }
        if (event == null) {
            throw new IllegalStateException("an answer goes to the connection it was made for");
        }
        byte[] bytes = format.encode(event);
        encodings = new Encoding(format, bytes, encodings);
        return bytes;
    }

    /** The message, when it is one; only messages are ever dropped. */
    Entry.@Nullable Published message() {
        return event instanceof Event.Delivered delivered ? delivered.entry() : null;
    }

    /** Null: nobody wants to know where it gets to. */
    DeliveryTracer.@Nullable Delivering traced() {
        return traced;
    }

    boolean isGap() {
        return event instanceof Event.Gap;
    }

    /** Whether time can make it void. */
    boolean mayExpire() {
        Entry.Published message = message();
        return message != null && message.message().ttl() != null;
    }

    boolean isExpired(Instant now) {
        Entry.Published message = message();
        return message != null && message.isExpired(now);
    }
}
