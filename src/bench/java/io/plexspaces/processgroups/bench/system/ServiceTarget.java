package io.plexspaces.processgroups.bench.system;

import io.plexspaces.processgroups.bench.load.TlsClient;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The service, over one of its protocols. */
abstract sealed class ServiceTarget implements Target permits WebSocketTarget, GrpcTarget {
    final Server server;
    /** Publishers want an answer with counts for each message; else none. */
    final boolean answers;
    /** How its connections speak TLS; null: they speak plain text. */
    final @Nullable TlsClient tls;

    ServiceTarget(Server server, boolean answers, @Nullable TlsClient tls) {
        this.server = server;
        this.answers = answers;
        this.tls = tls;
    }

    @Override
    public final Set<String> agreed() {
        return tls == null ? Set.of() : tls.agreed();
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
