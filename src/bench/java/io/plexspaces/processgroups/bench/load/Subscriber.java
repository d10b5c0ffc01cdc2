package io.plexspaces.processgroups.bench.load;

import java.nio.ByteBuffer;
import java.util.function.IntPredicate;
import java.util.function.IntUnaryOperator;

/** One receiver: checks each delivery as it comes. Called by one thread at a time. */
public final class Subscriber {
    private final Tally tally;
    private final DeliveryCheck check;

    /** Events without payload may come at any time. */
    private final boolean others;

    private boolean ready;
    private int likely;

    /**
     * @param others events without payload may come at any time, for instance of who has left
     * @see DeliveryCheck#DeliveryCheck
     */
    public Subscriber(Tally tally, int firstStream, int streams, IntPredicate wanted, boolean others) {
        this.others = others;
        this.tally = tally;
        this.check = new DeliveryCheck(firstStream, streams, wanted);
    }

    /**
     * One event or message stands from {@code from} to {@code to} (exclusive). One without payload must be the first
     * one, which says that the subscription has begun.
     */
    public void event(ByteBuffer in, int from, int to) {
        int at = from + likely;
        if (at > to - Payload.BYTES || !Payload.isAt(in, at)) {
            at = Payload.find(in, from, to);
            if (at < 0) {
                withoutPayload(in, from, to);
                return;
            }
            likely = at - from;
        }
        Lane lane = tally.lane();
        check.accept(Payload.stream(in, at), Payload.number(in, at));
        lane.received();
        long since = tally.latenciesFrom();
        if (since != Long.MAX_VALUE) {
            long due = Payload.due(in, at);
            if (due - since >= 0) {
                lane.took(System.nanoTime() - due);
            }
        }
    }

    /** The subscription has begun. */
    public void begun() {
        ready = true;
        tally.subscriberReady();
    }

    /** All events that came together were handed over. */
    public void batchDone() {
        tally.batchDone();
    }

    public void failed(String what) {
        tally.failed(what);
    }

    /**
     * What was wrong with the deliveries until now. To be called when nothing is received any more.
     *
     * @param published how many messages each stream had
     */
    public Faults faults(IntUnaryOperator published) {
        return check.faults(published);
    }

    private void withoutPayload(ByteBuffer in, int from, int to) {
        if (ready && others) {
            return;
        }
        if (ready) {
            tally.failed("a subscriber got: " + Texts.shown(in, from, to));
        } else {
            begun();
        }
    }
}
