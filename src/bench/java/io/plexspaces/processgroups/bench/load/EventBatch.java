package io.plexspaces.processgroups.bench.load;

import java.nio.ByteBuffer;

/** Walks through protobuf responses whose only field is {@code repeated Event events = 1}. */
public final class EventBatch {
    private static final int EVENT = 0x0A;
    private static final int ANSWER = 0x2A;
    private static final int REQUEST_ID = 0x08;
    private static final int PUBLISHED = 0x32;

    private EventBatch() {}

    /** Takes the events of a batch. */
    public interface Events {
        /** One event, from {@code from} to {@code to} (exclusive). */
        void event(ByteBuffer in, int from, int to);
    }

    /** @throws IllegalArgumentException it has another field */
    public static void walk(ByteBuffer in, int from, int to, Events events) {
        int at = from;
        while (at < to) {
            if (in.get(at) != EVENT) {
                throw new IllegalArgumentException("not a batch of events: " + Texts.shown(in, from, to));
            }
            int length = 0;
            int shift = 0;
            byte part;
            do {
                part = in.get(++at);
                length |= (part & 0x7F) << shift;
                shift += 7;
            } while (part < 0);
            at++;
            events.event(in, at, at + length);
            at += length;
        }
    }

    /** Whether an event is the answer to a publish that succeeded. */
    public static boolean isPublished(ByteBuffer in, int from, int to) {
        if (to - from < 3 || in.get(from) != ANSWER) {
            return false;
        }
        int at = afterVarint(in, from + 1);
        if (in.get(at) == REQUEST_ID) {
            at = afterVarint(in, at + 1);
        }
        return at < to && in.get(at) == PUBLISHED;
    }

    private static int afterVarint(ByteBuffer in, int from) {
        int at = from;
        while (in.get(at) < 0) {
            at++;
        }
        return at + 1;
    }
}
