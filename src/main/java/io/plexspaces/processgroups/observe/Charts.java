package io.plexspaces.processgroups.observe;

import java.util.List;
import java.util.function.DoubleSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What a node did over the last while: a few numbers, sampled at even times into a ring of fixed size. Costs nothing
 * between two samples. Thread-safe.
 */
public final class Charts {
    private static final double MILLIS_A_SECOND = 1e3;

    private final List<Series> series;
    private final long[] times;
    private final double[][] ring;

    // Guarded by this.
    private int next;
    private int size;
    private double @Nullable [] before;
    private long sampled;

    /**
     * One number.
     *
     * @param name in the document that shows it
     * @param isCount it only grows, and its growth a second is shown
     */
    public record Series(String name, boolean isCount, DoubleSupplier value) {
        /** What it is now. */
        public static Series level(String name, DoubleSupplier value) {
            return new Series(name, false, value);
        }

        /** How fast it grows. */
        public static Series rate(String name, DoubleSupplier count) {
            return new Series(name, true, count);
        }
    }

    /** A copy: {@code values[i]} are those of {@code names.get(i)}, as old as those of {@code times}, oldest first. */
    public record Taken(List<String> names, long[] times, double[][] values) {}

    /** @param samples how many are kept, > 0 */
    public Charts(int samples, List<Series> series) {
        this.series = List.copyOf(series);
        times = new long[samples];
        ring = new double[series.size()][samples];
    }

    /**
     * Takes a sample.
     *
     * @param millis since 1970, later than at the sample before
     */
    public void sample(long millis) {
        double[] now =
                series.stream().mapToDouble(each -> each.value().getAsDouble()).toArray();
        keep(millis, now);
    }

    private synchronized void keep(long millis, double[] now) {
        double[] earlier = before == null ? now : before;
        double seconds = Math.max(1, millis - sampled) / MILLIS_A_SECOND;
        for (int i = 0; i < now.length; i++) {
            ring[i][next] = series.get(i).isCount() ? Math.max(0, now[i] - earlier[i]) / seconds : now[i];
        }
        times[next] = millis;
        next = (next + 1) % times.length;
        size = Math.min(size + 1, times.length);
        before = now;
        sampled = millis;
    }

    /** What the ring holds. */
    public synchronized Taken taken() {
        long[] when = new long[size];
        double[][] values = new double[ring.length][size];
        int first = Math.floorMod(next - size, times.length);
        for (int i = 0; i < size; i++) {
            int at = (first + i) % times.length;
            when[i] = times[at];
            for (int each = 0; each < ring.length; each++) {
                values[each][i] = ring[each][at];
            }
        }
        return new Taken(series.stream().map(Series::name).toList(), when, values);
    }
}
