package io.plexspaces.processgroups.cli.messages;

import io.plexspaces.processgroups.cli.client.Actors;
import io.plexspaces.processgroups.cli.client.Failure;
import io.plexspaces.processgroups.cli.client.Json;
import io.plexspaces.processgroups.cli.client.Session;
import io.plexspaces.processgroups.cli.client.Target;
import io.plexspaces.processgroups.cli.terminal.LineReader;
import io.plexspaces.processgroups.cli.terminal.Terminal;
import java.io.IOException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Publishes lines in their order, with a bounded number and size of them under way. Ends with the first that is
 * refused, and says how many are known to be published.
 */
final class Pipe implements AutoCloseable {
    private static final int MOST_LINES = 256;

    /** Of a line that is under way, in bytes. A larger one waits until it is alone. */
    private static final int MOST_BYTES = 1 << 20;

    private final Session session;
    private final Terminal terminal;
    private final Semaphore lines = new Semaphore(MOST_LINES);
    private final Semaphore bytes = new Semaphore(MOST_BYTES);
    private final AtomicLong published = new AtomicLong();
    private final AtomicReference<@Nullable Failure> failed = new AtomicReference<>();

    /** Connects. */
    Pipe(Target target, Terminal terminal) {
        this.terminal = terminal;
        this.session = Session.connect(target, events -> {});
        session.request("open", Actors.open(target));
    }

    /**
     * Until the end of standard input, and until all of it is published.
     *
     * @param request of a line
     */
    void publish(Function<byte[], Json> request) throws IOException {
        LineReader reader = new LineReader(terminal.in());
        long sent = 0;
        byte[] line = reader.next();
        while (line != null && failed.get() == null) {
            send(request.apply(line), Math.min(line.length, MOST_BYTES));
            sent++;
            line = reader.next();
        }
        lines.acquireUninterruptibly(MOST_LINES);
        Failure failure = failed.get();
        if (failure != null) {
            long unknown = sent - published.get() - 1;
            terminal.note(published.get() + " lines were published"
                    + (unknown > 0 ? ", and perhaps some of the " + unknown + " behind the one that failed" : ""));
            throw failure;
        }
        terminal.note(published.get() + (published.get() == 1 ? " line" : " lines") + " published");
    }

    private void send(Json request, int size) {
        lines.acquireUninterruptibly();
        bytes.acquireUninterruptibly(size);
        session.send("publish", request, (answer, failure) -> {
            if (failure == null) {
                published.incrementAndGet();
            } else {
                failed.compareAndSet(null, asFailure(failure));
            }
            bytes.release(size);
            lines.release();
        });
    }

    private static Failure asFailure(Throwable failure) {
        return failure instanceof Failure expected ? expected : Failure.unreachable(String.valueOf(failure));
    }

    @Override
    public void close() {
        session.close();
    }
}
