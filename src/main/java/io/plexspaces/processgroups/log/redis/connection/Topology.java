package io.plexspaces.processgroups.log.redis.connection;

import java.util.List;
import java.util.stream.Stream;

/**
 * Which server has which slots.
 *
 * @param sharded channels belong to slots, and are received from the slot's server alone
 */
record Topology(List<Range> ranges, boolean sharded) {
    /**
     * @param first slot
     * @param last slot, included
     * @param endpoint connection string of the server that takes writes
     */
    record Range(int first, int last, String endpoint) {}

    static Topology of(String endpoint) {
        return new Topology(List.of(new Range(0, Slots.COUNT - 1, endpoint)), false);
    }

    boolean serves(int slot) {
        return ranges.stream().anyMatch(range -> range.first <= slot && slot <= range.last);
    }

    /** @throws IllegalStateException when no server has it now */
    String endpoint(int slot) {
        for (Range range : ranges) {
            if (range.first <= slot && slot <= range.last) {
                return range.endpoint;
            }
        }
        throw new IllegalStateException("no server has slot " + slot);
    }

    /** Each once. */
    Stream<String> endpoints() {
        return ranges.stream().map(Range::endpoint).distinct();
    }
}
