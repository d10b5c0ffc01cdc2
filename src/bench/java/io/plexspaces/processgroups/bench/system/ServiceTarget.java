package io.plexspaces.processgroups.bench.system;

import java.util.List;

/** The service, over one of its protocols. */
abstract sealed class ServiceTarget implements Target permits WebSocketTarget, GrpcTarget {
    final Server server;
    /** Publishers want an answer with counts for each message; else none. */
    final boolean answers;

    ServiceTarget(Server server, boolean answers) {
        this.server = server;
        this.answers = answers;
    }

    @Override
    public final void createGroups(List<String> groups) {
        server.createGroups(groups);
    }

    @Override
    public final void deleteGroups(List<String> groups) {
        server.deleteGroups(groups);
    }

    @Override
    public final long cpuNanos() {
        return server.cpuNanos();
    }

    @Override
    public final long storeCpuNanos() {
        return server.storeCpuNanos();
    }

    @Override
    public final Memory memory() {
        return server.memory();
    }
}
