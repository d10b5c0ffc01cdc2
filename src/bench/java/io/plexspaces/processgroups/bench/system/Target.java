package io.plexspaces.processgroups.bench.system;

import io.plexspaces.processgroups.bench.load.Tally;
import java.util.List;
import java.util.Set;

/** Something that takes messages and delivers them, over one protocol. */
public interface Target {
    /** As on the command line; with where the service keeps its groups, unless in its own memory. */
    String name();

    void createGroups(List<String> groups);

    void deleteGroups(List<String> groups);

    /** Processor time its process has used, user and system; -1: it has no process of its own. */
    long cpuNanos();

    /** The same of a store of its own, in another process; -1: it has none. */
    default long storeCpuNanos() {
        return -1;
    }

    /** TLS protocols and cipher suites of its connections until now; empty: they speak plain text. */
    default Set<String> agreed() {
        return Set.of();
    }

    /** What its process holds now. */
    Memory memory();

    /** @param tally counts what the connections get */
    Connections connections(Tally tally);

    /**
     * Memory of a process, in bytes.
     *
     * @param used heap and direct buffers after a garbage collection; -1: unknown
     * @param resident as the system counts it; -1: unknown
     */
    record Memory(long used, long resident) {
        static final Memory UNKNOWN = new Memory(-1, -1);
    }
}
