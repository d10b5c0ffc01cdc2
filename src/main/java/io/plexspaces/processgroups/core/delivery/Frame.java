package io.plexspaces.processgroups.core.delivery;

import io.plexspaces.processgroups.domain.ActorId;
import io.plexspaces.processgroups.domain.Entry;
import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;
import org.jspecify.annotations.Nullable;

/** One event with its encodings, each made at its first use and shared by all connections. Thread-safe. */
public final class Frame {
    public static final long NEVER = Long.MAX_VALUE;

    private final @Nullable Event event;
    private final DeliveryTracer.@Nullable Delivering traced;

    /** Until when it may be delivered, by {@link System#nanoTime}; {@link #NEVER}: for ever. */
    private final long deadline;

    /** Not volatile: what another thread sees or misses here is complete, by final fields, and made again at worst. */
    private @Nullable Encoding encodings;

    /** The bytes of a frame in one format, and in how many mailboxes they wait. */
    static final class Encoding {
        private static final AtomicIntegerFieldUpdater<Encoding> HOLDERS =
                AtomicIntegerFieldUpdater.newUpdater(Encoding.class, "holders");

        private final WireFormat<?> format;
        private final byte[] bytes;
        private final @Nullable Encoding next;

        @SuppressWarnings("UnusedVariable")
        private volatile int holders;

        private Encoding(WireFormat<?> format, byte[] bytes, @Nullable Encoding next) {
            this.format = format;
            this.bytes = bytes;
            this.next = next;
        }

        int length() {
            return bytes.length;
        }

        /** It waits in one mailbox more; returns what that makes the server hold: nothing, where it waits already. */
        int hold() {
            return HOLDERS.getAndIncrement(this) == 0 ? bytes.length : 0;
        }

        /** It waits in one mailbox less; returns what the server does not hold any more. */
        int release() {
            return HOLDERS.decrementAndGet(this) == 0 ? bytes.length : 0;
        }
    }

    private Frame(
            @Nullable Event event,
            DeliveryTracer.@Nullable Delivering traced,
            @Nullable Encoding encodings,
            long deadline) {
        this.event = event;
        this.traced = traced;
        this.encodings = encodings;
        this.deadline = deadline;
    }

    public static Frame of(Event event) {
        return new Frame(event, null, null, NEVER);
    }

    /**
     * A message.
     *
     * @param traced notified of where the message is delivered
     * @param deadline until when it may be delivered, by {@link System#nanoTime}, not by wall clocks;
     *     {@link #NEVER}: for ever
     */
    public static Frame of(Event.Delivered event, DeliveryTracer.@Nullable Delivering traced, long deadline) {
        return new Frame(event, traced, null, deadline);
    }

    /** An answer, made for one connection in its own format. Never dropped. */
    public static Frame control(WireFormat<?> format, byte[] bytes) {
        return new Frame(null, null, new Encoding(format, bytes, null), NEVER);
    }

    /** Bytes of an answer; 0: it is none. */
    public int answerBytes() {
        return event == null && encodings != null ? encodings.length() : 0;
    }

    byte[] encoded(WireFormat<?> format) {
        return encoding(format).bytes;
    }

    /** May be encoded twice when two threads want it first at once; both encodings are alike. */
    Encoding encoding(WireFormat<?> format) {
        for (Encoding at = encodings; at != null; at = at.next) {
            if (at.format == format) {
                return at;
            }
        }
        if (event == null) {
            throw new IllegalStateException("an answer goes to the connection it was made for");
        }
        Encoding made = new Encoding(format, format.encode(event), encodings);
        encodings = made;
        return made;
    }

    /** The message, when it is one; only messages are ever dropped. */
    Entry.@Nullable Published message() {
        return event instanceof Event.Delivered delivered ? delivered.entry() : null;
    }

    /** Null: the message is not traced. */
    DeliveryTracer.@Nullable Delivering traced() {
        return traced;
    }

    /** Of which member it says what its joins say now; null: it says something else. */
    @Nullable
    ActorId updated() {
        return event instanceof Event.Updated updated ? updated.membership().actor() : null;
    }

    boolean isGap() {
        return event instanceof Event.Gap;
    }

    /** Whether time can make it void. */
    boolean mayExpire() {
        return deadline != NEVER;
    }

    /** @param nanos as {@link System#nanoTime} now */
    boolean isExpired(long nanos) {
        return deadline != NEVER && nanos - deadline > 0;
    }
}
