package io.plexspaces.processgroups.core.members;

/**
 * How much one publish answer tells; it says when that is not all. Encoded it has at most {@value #BYTES} bytes, of the
 * 4 MiB that clients of gRPC take by default.
 *
 * @param ids recipients it names at most
 * @param nodes nodes it counts recipients of at most; 1 to {@value #MOST_NODES}
 */
public record AnswerBounds(int ids, int nodes) {
    static final int BYTES = 2 * 1024 * 1024;

    /** With more of them, the longest names would leave no room for ids. */
    static final int MOST_NODES = 5_000;

    private static final int REST_BYTES = 1024;
    private static final int NODE_BYTES = 270;

    /** What goes before an id. */
    static final int ID_BYTES = 4;

    /** @throws IllegalArgumentException for more nodes than an answer has room for */
    public AnswerBounds {
        if (nodes < 1 || nodes > MOST_NODES) {
            throw new IllegalArgumentException("nodes must be 1 to " + MOST_NODES + ", is " + nodes);
        }
    }

    /** Bytes for ids, beside the counts of this many nodes. */
    int idRoom(int counted) {
        return BYTES - REST_BYTES - counted * NODE_BYTES;
    }
}
