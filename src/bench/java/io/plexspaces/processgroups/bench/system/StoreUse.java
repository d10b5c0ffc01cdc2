package io.plexspaces.processgroups.bench.system;

/**
 * What a store did, by its own count.
 *
 * @param cpuMicros processor time, user and system
 * @param entries messages and changes it has added to logs
 * @param calls of scripts
 * @param announcements published, whoever listened
 * @param bytesIn received by it
 * @param bytesOut sent by it
 */
public record StoreUse(double cpuMicros, long entries, long calls, long announcements, long bytesIn, long bytesOut) {
    static final StoreUse NONE = new StoreUse(0, 0, 0, 0, 0, 0);

    public StoreUse plus(StoreUse other) {
        return new StoreUse(
                cpuMicros + other.cpuMicros,
                entries + other.entries,
                calls + other.calls,
                announcements + other.announcements,
                bytesIn + other.bytesIn,
                bytesOut + other.bytesOut);
    }

    public StoreUse since(StoreUse before) {
        return new StoreUse(
                cpuMicros - before.cpuMicros,
                entries - before.entries,
                calls - before.calls,
                announcements - before.announcements,
                bytesIn - before.bytesIn,
                bytesOut - before.bytesOut);
    }
}
