package io.plexspaces.processgroups.bench.load;

import java.nio.ByteBuffer;

/** How the bytes of one connection are read. Called by the connection's read loop alone. */
public interface Wire {
    /** Takes whole frames from {@code in}; what is left is offered again with what follows. */
    void read(ByteBuffer in, Link link);

    /** The other side has closed, or the connection broke. */
    void ended(String why);
}
