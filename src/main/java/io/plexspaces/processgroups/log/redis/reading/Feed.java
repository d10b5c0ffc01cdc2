package io.plexspaces.processgroups.log.redis.reading;

import io.plexspaces.processgroups.log.SerialQueue;
import io.plexspaces.processgroups.log.redis.connection.ChannelListener;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * One channel and those who read what it announces. Everything about them happens in its serial queue.
 *
 * @param <R> the kind of reading
 */
abstract class Feed<R extends Reading> implements ChannelListener {
    final SerialQueue serial = new SerialQueue();
    private final String channel;
    private final List<R> readings = new ArrayList<>();
    private boolean listening;

    /** Readings that are open or wanted; belongs to {@link Feeds}. */
    int wanted;

    Feed(String channel) {
        this.channel = channel;
    }

    String channel() {
        return channel;
    }

    public void add(R reading) {
        serial.execute(() -> {
            readings.add(reading);
            if (listening) {
                reading.listening();
            }
        });
    }

    /** In the serial queue. False when it was removed before. */
    boolean remove(R reading) {
        return readings.remove(reading);
    }

    /** In the serial queue: a copy, as a reading may end during a call. */
    List<R> readings() {
        return List.copyOf(readings);
    }

    /** In the serial queue: the first for which this holds; null: none. */
    @Nullable
    R firstOf(Predicate<R> holds) {
        for (R reading : readings) {
            if (holds.test(reading)) {
                return reading;
            }
        }
        return null;
    }

    @Override
    public void listening() {
        serial.execute(() -> {
            listening = true;
            readings().forEach(Reading::listening);
        });
    }
}
