package io.plexspaces.processgroups.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import org.junit.jupiter.api.Test;

class OutOfMemoryTest {
    private final AtomicInteger ends = new AtomicInteger();
    private final OutOfMemory.Watch watch = new OutOfMemory.Watch(ends::incrementAndGet);

    private void log(Throwable failure) {
        LogRecord line = new LogRecord(Level.WARNING, "a task raised an exception");
        line.setThrown(failure);
        watch.publish(line);
    }

    @Test
    void lineWithoutMemory_endsTheProcess() {
        log(new OutOfMemoryError("Java heap space"));
        assertThat(ends).hasValue(1);
    }

    @Test
    void cause_isFound() {
        log(new CompletionException(new IllegalStateException(new OutOfMemoryError())));
        assertThat(ends).hasValue(1);
    }

    @Test
    void otherLines_endNothing() {
        log(new StackOverflowError());
        log(new IllegalStateException("no memory"));
        log(null);
        assertThat(ends).hasValue(0);
    }
}
