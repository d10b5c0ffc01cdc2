package io.plexspaces.processgroups.app;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.quarkus.runtime.LaunchMode;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import org.jboss.logging.Logger;
import org.jboss.logmanager.LogContext;
import org.jspecify.annotations.Nullable;

/**
 * Ends the process when memory has run out, however it was started: a thread may have left its work unfinished
 * anywhere. Event loops and libraries catch such an error and go on; but they log it, so this reads the log.
 */
@Singleton
final class OutOfMemory {
    private static final Logger LOG = Logger.getLogger(OutOfMemory.class);
    private static final int CAUSES = 16;

    private final byte[] line =
            ("Memory has run out, and the server ends with exit code " + Exit.OUT_OF_MEMORY + ".\n").getBytes(UTF_8);

    void watch(@Observes StartupEvent started) {
        if (LaunchMode.current() != LaunchMode.NORMAL) {
            return;
        }
        Thread.setDefaultUncaughtExceptionHandler((thread, failure) -> {
            endIf(failure);
            LOG.errorf(failure, "Thread %s has ended", thread.getName());
        });
        org.jboss.logmanager.Logger root = LogContext.getLogContext().getLogger("");
        Handler[] others = root.getHandlers();
        Handler[] all = new Handler[others.length + 1];
        // First, since the others need memory.
        all[0] = new Watch(this::end);
        System.arraycopy(others, 0, all, 1, others.length);
        root.setHandlers(all);
    }

    private void endIf(Throwable failure) {
        if (isOutOfMemory(failure)) {
            end();
        }
    }

    /** At once, as any other step needs memory, too. */
    private void end() {
        try (FileOutputStream err = new FileOutputStream(FileDescriptor.err)) {
            err.write(line);
        } catch (IOException nobodyReads) {
            // It ends all the same.
        } finally {
            Runtime.getRuntime().halt(Exit.OUT_OF_MEMORY);
        }
    }

    static boolean isOutOfMemory(@Nullable Throwable failure) {
        Throwable at = failure;
        for (int i = 0; i < CAUSES && at != null; i++) {
            if (at instanceof OutOfMemoryError) {
                return true;
            }
            at = at.getCause();
        }
        return false;
    }

    /** Sees every line of the log. */
    static final class Watch extends Handler {
        private final Runnable end;

        Watch(Runnable end) {
            this.end = end;
        }

        @Override
        public void publish(LogRecord line) {
            if (line.getThrown() != null && isOutOfMemory(line.getThrown())) {
                end.run();
            }
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
    }
}
