package io.plexspaces.processgroups.bench.system;

import io.plexspaces.processgroups.bench.load.EventBatch;
import io.plexspaces.processgroups.bench.load.Tally;
import io.plexspaces.processgroups.bench.load.Texts;
import io.plexspaces.processgroups.bench.load.WebSocketWire;
import java.nio.ByteBuffer;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** What a publisher's session gets: that it is open, then answers to its publishes; and more only if it joins. */
class SessionAnswers implements WebSocketWire.Receiver, EventBatch.Events {
    private static final int PATIENCE_SECONDS = 10;

    private final Tally tally;
    private final SessionFormat format;
    private final CountDownLatch open = new CountDownLatch(1);

    /** It gets what members get, too. */
    private final boolean joins;

    private int answered;

    SessionAnswers(Tally tally, SessionFormat format, boolean joins) {
        this.joins = joins;
        this.tally = tally;
        this.format = format;
    }

    /** @throws IllegalStateException it is not open after ten seconds */
    final void awaitOpen() {
        try {
            if (!open.await(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                throw new IllegalStateException("a publisher's session did not open " + tally.firstFailures());
            }
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(stop);
        }
    }

    @Override
    public final void message(ByteBuffer in, int from, int to) {
        format.walk(in, from, to, this);
    }

    @Override
    public final void event(ByteBuffer in, int from, int to) {
        if (format.isPublished(in, from, to)) {
            answered++;
        } else if (open.getCount() > 0 && format.isOpened(in, from, to)) {
            open.countDown();
        } else if (!joins || format.isError(in, from, to)) {
            failed("it got " + Texts.shown(in, from, to));
        }
    }

    @Override
    public final void batchDone() {
        if (answered > 0) {
            tally.answered(answered);
            answered = 0;
        }
    }

    @Override
    public final void failed(String what) {
        tally.failed("a publisher: " + what);
    }
}
