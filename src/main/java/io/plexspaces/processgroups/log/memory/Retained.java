package io.plexspaces.processgroups.log.memory;

import io.plexspaces.processgroups.domain.Entry.Published;
import io.plexspaces.processgroups.domain.Retention;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The messages one group keeps, oldest first: bounded by count, age and bytes, and by the room of the whole store.
 * Always the last ones of the log, without holes. Used by one thread at a time.
 */
final class Retained {
    private static final int LEAST = 16;
    private static final Duration LONGEST = Duration.ofDays(36_500);

    private final int most;
    private final long ageMillis;
    private final long mostBytes;
    private final Room room;

    // A ring: its length is a power of two.
    private @Nullable Published[] messages = new Published[0];
    private int[] weights = new int[0];

    /** When each was appended, in milliseconds since 1970: a look at the oldest message itself would miss the cache. */
    private long[] times = new long[0];

    private int head;
    private int size;
    private long bytes;

    Retained(Retention retention, long mostBytes, Room room) {
        this.room = room;
        this.most = retention.keepsNone() ? 0 : retention.messages();
        this.ageMillis = millis(retention.age().compareTo(LONGEST) > 0 ? LONGEST : retention.age());
        this.mostBytes = mostBytes;
    }

    void add(Published message) {
        if (most == 0) {
            return;
        }
        long now = message.at().toEpochMilli();
        trim(now);
        if (size == most) {
            removeOldest();
        }
        if (size == messages.length) {
            grow();
        }
        int slot = slot(size++);
        messages[slot] = message;
        weights[slot] = message.message().weight();
        times[slot] = now;
        bytes += weights[slot];
        room.add(weights[slot]);
        while (bytes > mostBytes || (size > 0 && room.isFull())) {
            removeOldest();
        }
    }

    /** Forgets messages that are too old. */
    void trim(Instant now) {
        trim(now.toEpochMilli());
    }

    private void trim(long nowMillis) {
        while (size > 0 && times[head] + ageMillis <= nowMillis) {
            removeOldest();
        }
        if (size == 0 && messages.length > LEAST) {
            messages = new Published[0];
            weights = new int[0];
            times = new long[0];
            head = 0;
        }
    }

    /** The group has ended. */
    void clear() {
        while (size > 0) {
            removeOldest();
        }
    }

    int size() {
        return size;
    }

    /** @param index 0 is the oldest */
    Published get(int index) {
        return Objects.requireNonNull(messages[slot(index)]);
    }

    /** Index of the first message after {@code offset}; {@link #size} when there is none. */
    int indexAfter(long offset) {
        int low = 0;
        int high = size;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (get(middle).offset() > offset) {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        return low;
    }

    /** When the oldest message will be too old, in milliseconds since 1970. */
    long nextDue() {
        return size == 0 ? Expiries.NEVER : times[head] + ageMillis;
    }

    private void removeOldest() {
        messages[head] = null;
        bytes -= weights[head];
        room.add(-weights[head]);
        head = slot(1);
        size--;
    }

    private void grow() {
        int length = Math.max(LEAST, 2 * messages.length);
        @Nullable Published[] grown = new Published[length];
        int[] grownWeights = new int[length];
        long[] grownTimes = new long[length];
        for (int i = 0; i < size; i++) {
            grown[i] = messages[slot(i)];
            grownWeights[i] = weights[slot(i)];
            grownTimes[i] = times[slot(i)];
        }
        messages = grown;
        weights = grownWeights;
        times = grownTimes;
        head = 0;
    }

    private int slot(int index) {
        return (head + index) & (messages.length - 1);
    }

    /** Rounded up. */
    private static long millis(Duration duration) {
        return duration.plusNanos(999_999).toMillis();
    }
}
