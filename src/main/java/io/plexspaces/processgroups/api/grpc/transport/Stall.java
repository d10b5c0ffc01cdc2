package io.plexspaces.processgroups.api.grpc.transport;

/** For how long a peer has not gone on with what it has to do. On one thread. */
final class Stall {
    private long done;
    private long since;

    Stall(long nanos) {
        since = nanos;
    }

    /**
     * @param owes whether there is anything to do
     * @param doneSoFar a number that grows with what is done
     * @param nanos a monotonic clock
     * @return for how many nanoseconds nothing was done; 0: something was just done, or there is nothing to do
     */
    long nanos(boolean owes, long doneSoFar, long nanos) {
        if (!owes || doneSoFar > done) {
            done = Math.max(done, doneSoFar);
            since = nanos;
        }
        return nanos - since;
    }
}
