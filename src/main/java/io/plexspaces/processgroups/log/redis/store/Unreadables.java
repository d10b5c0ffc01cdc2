package io.plexspaces.processgroups.log.redis.store;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What this server found in the store and could not read: counted, said in the log once a minute at most, and known for
 * a while. Thread-safe.
 */
public final class Unreadables {
    /** How long one is spoken of: long enough for a probe to fail more than once. */
    static final Duration REMEMBERED = Duration.ofSeconds(60);

    private static final System.Logger LOG = System.getLogger(Unreadables.class.getName());

    private final LongSupplier nanos;
    private final AtomicLong count = new AtomicLong();
    private final AtomicReference<@Nullable Found> last = new AtomicReference<>();
    private final AtomicReference<@Nullable Found> said = new AtomicReference<>();

    private record Found(String what, long at, long count) {}

    /** @param nanos the time, as that of {@link System#nanoTime} */
    public Unreadables(LongSupplier nanos) {
        this.nanos = nanos;
    }

    /**
     * @param where in words for an operator: the group or namespace
     * @param why what about it is not known here
     */
    public void found(String where, String why) {
        Found found = new Found(where + ": " + why, nanos.getAsLong(), count.incrementAndGet());
        last.set(found);
        Found before = said.get();
        if ((before == null || isOver(before)) && said.compareAndSet(before, found)) {
            long unsaid = found.count() - (before == null ? 0 : before.count()) - 1;
            LOG.log(
                    System.Logger.Level.ERROR,
                    "what a newer server wrote, or is damaged, cannot be read here ({0} more since the last such line):"
                            + " {1}",
                    unsaid,
                    found.what());
        }
    }

    /** What a failure to read says, or what kind of failure it is. */
    public static String reason(Throwable failure) {
        String message = failure.getMessage();
        return message == null ? failure.getClass().getSimpleName() : message;
    }

    public long count() {
        return count.get();
    }

    /** What was found last, for as long as it is remembered; null: nothing lately. */
    public @Nullable String lately() {
        Found found = last.get();
        return found == null || isOver(found) ? null : found.what();
    }

    private boolean isOver(Found found) {
        return nanos.getAsLong() - found.at() > REMEMBERED.toNanos();
    }
}
