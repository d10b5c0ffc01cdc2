package io.plexspaces.processgroups.api;

import io.plexspaces.processgroups.core.delivery.ServerBudget;
import java.util.function.BooleanSupplier;

/**
 * Requests of one connection that wait for their answer, and when another may be read: while these are few enough, they
 * and their answers are small enough, and the peer takes its answers. Thread-safe.
 */
final class InFlight {
    /** So many bytes more or fewer are told to the server's budget at once. */
    private static final int LOT = 64 * 1024;

    /** How large the first answer may be: this part of all bytes. Small ones let more requests be read soon. */
    private static final int FIRST_ANSWER_PART = 16;

    /** How far requests that were read ahead may go beyond the bound. */
    private static final int READ_AHEAD_TIMES = 8;

    private final int max;
    private final long maxBytes;
    private final ServerBudget budget;
    private final BooleanSupplier crowded;
    private final Runnable readMore;

    // Guarded by this.
    private int waiting;
    private long bytes;
    private long charged;

    /** About how large an answer is: as the largest of late. */
    private long answer;

    /** Requests for which {@link #readMore} is still to be called. */
    private int owed;

    /** Somebody has asked, and waits for {@link #readMore}. */
    private boolean turnedAway;

    private boolean closed;

    /**
     * What may be on the way.
     *
     * @param requests that wait for their answer
     * @param bytes of these, and of their answers as far as known; one request more may go beyond
     * @param budget in which the requests count
     */
    record Bounds(int requests, long bytes, ServerBudget budget) {}

    /**
     * @param crowded whether the peer leaves so many answers that it should get no more; {@link #room} tells when not
     * @param readMore called once for each request, when another one may be read; and once more after
     *     {@link #isFull} has turned somebody away
     */
    InFlight(Bounds bounds, BooleanSupplier crowded, Runnable readMore) {
        this.max = bounds.requests();
        this.maxBytes = bounds.bytes();
        this.budget = bounds.budget();
        this.crowded = crowded;
        this.readMore = readMore;
        this.answer = maxBytes / FIRST_ANSWER_PART;
    }

    /**
     * Whether no other request may be read.
     *
     * @return true: {@link #readMore} is called when one may
     */
    synchronized boolean isFull() {
        boolean full = full();
        turnedAway |= full;
        return full;
    }

    /**
     * How many requests may be asked for, which then come, whatever their answers turn out to be; 0: none, and
     * {@link #readMore} is called when one may.
     */
    synchronized int most() {
        if (full()) {
            turnedAway = true;
            return 0;
        }
        long fitting = (maxBytes - bytes) / Math.max(1, answer) - waiting;
        return (int) Math.max(1, Math.min(max - waiting, fitting));
    }

    private boolean full() {
        return waiting >= max || isHeavy(maxBytes) || crowded.getAsBoolean();
    }

    /** More bytes have come than can be kept: requests were read ahead, and turned out to be large. */
    synchronized boolean isTooMuch() {
        return bytes > 2 * maxBytes && bytes > Math.min(READ_AHEAD_TIMES * maxBytes, budget.share(charged));
    }

    synchronized boolean isEmpty() {
        return waiting == 0;
    }

    /**
     * A request has come.
     *
     * @param size its bytes
     * @return whether {@link #readMore} is to be called for it as soon as it has been started; else it is called later
     */
    synchronized boolean begin(int size) {
        waiting++;
        bytes += size;
        charge();
        boolean mayReadMore = !full();
        if (!mayReadMore) {
            owed++;
        }
        return mayReadMore;
    }

    /** A request has come that will not be started. */
    synchronized void beginEnded() {
        waiting++;
        owed++;
    }

    /**
     * A request has got its answer.
     *
     * @param size as it came with
     * @param answered bytes of the answer; 0: it got none
     * @return whether it was the last
     */
    boolean end(int size, int answered) {
        boolean last;
        int due;
        synchronized (this) {
            waiting--;
            bytes -= size;
            answer = Math.max(answered, answer - answer / 8);
            charge();
            last = waiting == 0;
            due = due();
        }
        pay(due);
        return last;
    }

    /** The peer has taken enough of its answers. */
    void room() {
        int due;
        synchronized (this) {
            due = due();
        }
        pay(due);
    }

    /** Those owed, once so little waits that a lot can be read. */
    private int due() {
        boolean room = waiting <= max - Math.max(1, max / 4) && !isHeavy(maxBytes - maxBytes / 4);
        if (crowded.getAsBoolean() || !(room || waiting == 0)) {
            return 0;
        }
        int due = owed == 0 && turnedAway ? 1 : owed;
        owed = 0;
        turnedAway = false;
        return due;
    }

    /** The connection has ended: nothing counts in the server's budget any more. */
    synchronized void close() {
        closed = true;
        budget.add(-charged);
        charged = 0;
    }

    private void pay(int due) {
        for (int i = 0; i < due; i++) {
            readMore.run();
        }
    }

    private boolean isHeavy(long most) {
        long all = bytes + waiting * answer;
        return all >= most || (bytes > LOT && bytes >= budget.share(charged));
    }

    private void charge() {
        long more = bytes - charged;
        if (closed) {
            return;
        }
        if (more > LOT || more < -LOT || (bytes == 0 && charged > 0)) {
            charged += more;
            budget.add(more);
        }
    }
}
