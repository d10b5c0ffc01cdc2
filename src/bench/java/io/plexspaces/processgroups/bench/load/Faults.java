package io.plexspaces.processgroups.bench.load;

/**
 * What went wrong with deliveries; a run with any of it is worth nothing.
 *
 * @param lost never came
 * @param duplicates came again
 * @param reordered came after a later one of the same stream
 * @param unwanted were for another subscriber, or never published
 */
public record Faults(long lost, long duplicates, long reordered, long unwanted) {
    public static final Faults NONE = new Faults(0, 0, 0, 0);

    public Faults plus(Faults other) {
        return new Faults(
                lost + other.lost,
                duplicates + other.duplicates,
                reordered + other.reordered,
                unwanted + other.unwanted);
    }

    public boolean isNone() {
        return equals(NONE);
    }

    @Override
    public String toString() {
        return lost + " lost, " + duplicates + " duplicate, " + reordered + " reordered, " + unwanted + " unwanted";
    }
}
