package io.plexspaces.processgroups.bench.system;

import io.plexspaces.processgroups.bench.load.EventBatch;
import io.plexspaces.processgroups.bench.load.Subscriber;
import io.plexspaces.processgroups.bench.load.WebSocketWire;
import java.nio.ByteBuffer;

/** A subscriber on a connection on which each message is a batch of events. */
record ReceivingBatches(Subscriber subscriber, SessionFormat format)
        implements WebSocketWire.Receiver, EventBatch.Events {
    @Override
    public void message(ByteBuffer in, int from, int to) {
        format.walk(in, from, to, this);
    }

    @Override
    public void event(ByteBuffer in, int from, int to) {
        subscriber.event(in, from, to);
    }

    @Override
    public void batchDone() {
        subscriber.batchDone();
    }

    @Override
    public void failed(String what) {
        subscriber.failed(what);
    }
}
