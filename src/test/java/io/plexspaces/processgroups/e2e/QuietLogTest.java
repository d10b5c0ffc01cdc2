package io.plexspaces.processgroups.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.quarkus.test.junit.QuarkusTest;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.jboss.logmanager.ExtLogRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * At any log level, contents of messages are not logged, nor anything that would let another client act as one of them.
 */
@QuarkusTest
class QuietLogTest extends LiveServer {
    /** Kept by name, as loggers that nobody holds lose their levels. */
    private static final Logger SERVICE = Logger.getLogger("io.plexspaces.processgroups");

    private static final Logger REQUESTS = Logger.getLogger("io.plexspaces.processgroups.requests");

    private final List<String> lines = new CopyOnWriteArrayList<>();

    private final Handler handler = new Handler() {
        @Override
        public void publish(LogRecord line) {
            ExtLogRecord wrapped = ExtLogRecord.wrap(line);
            lines.add(wrapped.getLevel() + " " + wrapped.getLoggerName() + " " + wrapped.getFormattedMessage() + " "
                    + wrapped.getMdcCopy() + " " + causes(wrapped.getThrown()));
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
    };

    @BeforeEach
    void logEverything() {
        SERVICE.setLevel(Level.ALL);
        REQUESTS.setLevel(Level.ALL);
        Logger.getLogger("").addHandler(handler);
    }

    @AfterEach
    void logAsBefore() {
        Logger.getLogger("").removeHandler(handler);
        SERVICE.setLevel(null);
        REQUESTS.setLevel(null);
    }

    private static String causes(Throwable thrown) {
        return thrown == null ? "" : thrown + " " + causes(thrown.getCause());
    }

    @Test
    void noLine_holdsContentsTokensOrLeases() {
        AllOperations operations = new AllOperations(this);
        operations.run();

        List<String> ours = lines.stream().filter(line -> line.contains(tenant)).toList();
        assertThat(ours).hasSizeGreaterThan(50).anyMatch(line -> line.startsWith("TRACE "));
        for (String level : List.of("TRACE publish", "DEBUG join", "DEBUG fetch", "WARN create")) {
            String[] parts = level.split(" ");
            assertThat(ours)
                    .as(level)
                    .anyMatch(line -> line.startsWith(parts[0]) && line.contains(".requests " + parts[1]));
        }
        assertThat(operations.secrets()).hasSize(7).noneMatch(String::isEmpty);
        for (String secret : operations.secrets()) {
            assertThat(lines).noneMatch(line -> line.contains(secret));
        }
    }
}
