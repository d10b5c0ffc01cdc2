package io.plexspaces.processgroups.app;

import com.sun.management.UnixOperatingSystemMXBean;
import java.lang.management.ManagementFactory;

/** How many files the process may have open: each connection is one. */
final class OpenFiles {
    /** For the process itself, the store, and probes while there are no more places for connections. */
    static final int KEPT = 300;

    private OpenFiles() {}

    /** How many may be connections, ≥ 1; as many as there are numbers where the system does not say. */
    static int forConnections() {
        return ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean system
                ? left(system.getMaxFileDescriptorCount())
                : Integer.MAX_VALUE;
    }

    /** @param most files the process may open; not positive: unknown */
    static int left(long most) {
        return most <= 0 ? Integer.MAX_VALUE : (int) Math.min(Integer.MAX_VALUE, Math.max(1, most - KEPT));
    }
}
