package io.plexspaces.processgroups.api.grpc.transport;

/** For how long a peer that owes something has not gone on. On one thread. */
final class Stall {
    private long done;
    private long since;

    Stall(long nanos) {
        since = nanos;
    }

    /**
     * @param owes whether there is anything to be done
     * @param now what has been done so far; a number that grows
     * @param nanos a monotonic clock
     * @return since when nothing was done; 0: something was, or there was nothing to do
     */
    long nanos(boolean owes, long now, long nanos) {
        if (!owes || now > done) {
            done = Math.max(done, now);
            since = nanos;
        }
        return nanos - since;
    }
}
