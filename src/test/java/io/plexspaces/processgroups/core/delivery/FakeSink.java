package io.plexspaces.processgroups.core.delivery;

import io.plexspaces.processgroups.domain.ErrorCode;
import io.plexspaces.processgroups.domain.GroupException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/** A transport that notes what is written to it, by the names that {@link Messages} gives. */
final class FakeSink implements Sink<List<byte[]>> {
    private final Executor loop;
    private final Format format;

    /** What it was given at a time; the same object for what was joined once. */
    final List<List<byte[]>> joined = new ArrayList<>();

    /** The names of all that was written, in order; {@code |} for a flush. */
    final List<String> got = new ArrayList<>();

    /** Whether others might have got the same, for each write. */
    final List<Boolean> shared = new ArrayList<>();

    boolean ready = true;
    boolean copies;
    boolean broken;
    int closes;

    @Nullable
    ErrorCode cause;

    FakeSink(Executor loop) {
        this(loop, new Format());
    }

    FakeSink(Executor loop, Format format) {
        this.loop = loop;
        this.format = format;
    }

    /** Counts what it is asked for. */
    static final class Format implements WireFormat<List<byte[]>> {
        int encodings;
        int joins;
        int releases;

        @Override
        public byte[] encode(Event event) {
            encodings++;
            return Messages.encoded(event);
        }

        @Override
        public List<byte[]> join(byte[][] parts, int count, int bytes) {
            joins++;
            return List.copyOf(Arrays.asList(parts).subList(0, count));
        }

        @Override
        public void release(List<byte[]> joined) {
            releases++;
        }
    }

    /** The names of what was written, without the flushes. */
    List<String> names() {
        return got.stream().filter(name -> !name.equals("|")).toList();
    }

    @Override
    public Format format() {
        return format;
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
    public void write(List<byte[]> bytes, boolean mayBeShared) {
        if (broken) {
            throw new IllegalStateException("expected by the test");
        }
        joined.add(bytes);
        shared.add(mayBeShared);
        bytes.forEach(frame -> got.add(Messages.name(frame)));
    }

    @Override
    public boolean copies() {
        return copies;
    }

    @Override
    public void flush() {
        got.add("|");
    }

    @Override
    public void close(@Nullable GroupException why) {
        closes++;
        cause = why == null ? null : why.code();
    }
}
