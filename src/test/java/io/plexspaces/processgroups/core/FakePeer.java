package io.plexspaces.processgroups.core;

import io.plexspaces.processgroups.core.delivery.Connection;
import io.plexspaces.processgroups.core.delivery.Event;
import io.plexspaces.processgroups.core.delivery.Sink;
import io.plexspaces.processgroups.core.delivery.WireFormat;
import io.plexspaces.processgroups.domain.ErrorCode;
import io.plexspaces.processgroups.domain.GroupException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;

/** The far end of a connection: sees events as they were sent, and reads only while it wants to. */
public final class FakePeer implements Sink<List<byte[]>> {
    /** A message that no format can encode. */
    static final String UNSPEAKABLE = "unspeakable";

    private static final ExecutorService[] LOOPS = {loop("test-loop-0"), loop("test-loop-1")};

    private final Executor loop;
    private final List<Event> seen = new CopyOnWriteArrayList<>();
    private volatile boolean ready = true;
    private volatile boolean closed;
    private volatile boolean broken;
    private volatile @Nullable GroupException cause;
    private @Nullable Connection connection;

    public FakePeer(int loop) {
        this.loop = LOOPS[loop % LOOPS.length];
    }

    public void connected(Connection made) {
        connection = made;
    }

    public List<Event> seen() {
        return seen;
    }

    public <E extends Event> List<E> seen(Class<E> type) {
        return seen.stream().filter(type::isInstance).map(type::cast).toList();
    }

    /** Payloads of the messages it got, as text. */
    public List<String> texts() {
        return seen(Event.Delivered.class).stream().map(FakePeer::text).toList();
    }

    static String text(Event.Delivered delivered) {
        return new String(delivered.entry().message().payload().array(), java.nio.charset.StandardCharsets.UTF_8);
    }

    public boolean isClosed() {
        return closed;
    }

    public @Nullable ErrorCode closeCode() {
        GroupException why = cause;
        return why == null ? null : why.code();
    }

    /** For those that are not of this room. */
    public void readOn(boolean reads) {
        if (reads) {
            readAgain();
        } else {
            stopReading();
        }
    }

    void stopReading() {
        ready = false;
    }

    /** Whatever is written from now on fails. */
    void breakTransport() {
        broken = true;
    }

    /** From its next turn on: what was sent before has found it not reading. */
    void readAgain() {
        Connection made = connection;
        // A turn that is about to end leaves what came meanwhile to the next one, which is then between the two.
        loop.execute(() -> loop.execute(() -> {
            ready = true;
            if (made != null) {
                made.ready();
            }
        }));
    }

    @Override
    public WireFormat<List<byte[]>> format() {
        return Identity.FORMAT;
    }

    @Override
    public Executor loop() {
        return loop;
    }

    @Override
    public int heldBytes() {
        return 0;
    }

    @Override
    public boolean ready() {
        return ready;
    }

    @Override
    public void write(List<byte[]> joined, boolean shared) {
        if (broken) {
            throw new IllegalStateException("the transport is broken");
        }
        for (byte[] part : joined) {
            seen.add(Identity.FORMAT.event(part));
        }
    }

    @Override
    public void flush() {}

    @Override
    public void close(@Nullable GroupException why) {
        cause = why;
        closed = true;
    }

    private static ExecutorService loop(String name) {
        return Executors.newSingleThreadExecutor(task -> {
            Thread thread = new Thread(task, name);
            thread.setDaemon(true);
            return thread;
        });
    }

    /** Encodes an event as bytes of about its size that lead back to the event itself. */
    private static final class Identity implements WireFormat<List<byte[]>> {
        static final Identity FORMAT = new Identity();
        private final Map<byte[], Event> events = Collections.synchronizedMap(new IdentityHashMap<>());

        Event event(byte[] encoded) {
            return events.get(encoded);
        }

        @Override
        public byte[] encode(Event event) {
            int payload = event instanceof Event.Delivered delivered
                    ? delivered.entry().message().payload().size()
                    : 0;
            if (event instanceof Event.Delivered delivered && text(delivered).equals(UNSPEAKABLE)) {
                throw new IllegalArgumentException("cannot be encoded");
            }
            byte[] encoded = new byte[36 + payload];
            events.put(encoded, event);
            return encoded;
        }

        @Override
        public List<byte[]> join(byte[][] parts, int count, int bytes) {
            return new ArrayList<>(Arrays.asList(parts).subList(0, count));
        }

        @Override
        public void release(List<byte[]> joined) {
            joined.clear();
        }
    }
}
