package io.plexspaces.processgroups.bench.system;

import io.plexspaces.processgroups.bench.load.Link;
import io.plexspaces.processgroups.bench.load.ReadLoop;
import io.plexspaces.processgroups.bench.load.TlsClient;
import io.plexspaces.processgroups.bench.load.Wire;
import java.net.SocketAddress;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** TCP connections to one address, read by several loops by turns. */
final class Links implements AutoCloseable {
    private final SocketAddress address;
    private final List<ReadLoop> loops;
    private final @Nullable TlsClient tls;
    private final List<Link> links = new ArrayList<>();

    /** @param tls how they speak TLS; null: they speak plain text */
    Links(SocketAddress address, List<ReadLoop> loops, @Nullable TlsClient tls) {
        this.address = address;
        this.loops = loops;
        this.tls = tls;
    }

    /** Connects, blocking. */
    Link connect(Wire wire) {
        Link link = loops.get(links.size() % loops.size()).connect(address, wire, tls);
        links.add(link);
        return link;
    }

    @Override
    public void close() {
        links.forEach(Link::close);
    }
}
