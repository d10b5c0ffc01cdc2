package io.plexspaces.processgroups.bench.system;

import io.plexspaces.processgroups.bench.load.Link;
import io.plexspaces.processgroups.bench.load.ReadLoop;
import io.plexspaces.processgroups.bench.load.Wire;
import java.net.SocketAddress;
import java.util.ArrayList;
import java.util.List;

/** TCP connections to one address, read by several loops by turns. */
final class Links implements AutoCloseable {
    private final SocketAddress address;
    private final List<ReadLoop> loops;
    private final List<Link> links = new ArrayList<>();

    Links(SocketAddress address, List<ReadLoop> loops) {
        this.address = address;
        this.loops = loops;
    }

    /** Connects, blocking. */
    Link connect(Wire wire) {
        Link link = loops.get(links.size() % loops.size()).connect(address, wire);
        links.add(link);
        return link;
    }

    @Override
    public void close() {
        links.forEach(Link::close);
    }
}
