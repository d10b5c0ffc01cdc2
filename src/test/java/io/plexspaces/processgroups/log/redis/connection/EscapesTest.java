package io.plexspaces.processgroups.log.redis.connection;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** However often the same fails, it is one line a minute. */
class EscapesTest {
    private final Logger logger = Logger.getLogger(EscapesTest.class.getName());
    private final List<String> lines = new ArrayList<>();
    private final Handler handler = new Handler() {
        @Override
        public void publish(LogRecord line) {
            lines.add(line.getMessage());
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
    };

    @BeforeEach
    void listen() {
        logger.addHandler(handler);
    }

    @AfterEach
    void stop() {
        logger.removeHandler(handler);
    }

    @Test
    void sameRefusal_isOneLine_andAnotherKindHasItsOwn() {
        Escapes escapes = new Escapes(EscapesTest.class);
        for (int i = 0; i < 1_000; i++) {
            escapes.refused("script append", "NOPERM this user has no permissions, call " + i);
        }
        escapes.refused("script append", "READONLY");
        assertThat(lines)
                .containsExactly(
                        "script append refused by the store: NOPERM this user has no permissions, call 0",
                        "script append refused by the store: READONLY");
    }

    @Test
    void sameFailure_isOneLine() {
        Escapes escapes = new Escapes(EscapesTest.class);
        for (int i = 0; i < 1_000; i++) {
            escapes.add("a listener", new IllegalStateException("call " + i));
        }
        assertThat(lines).containsExactly("a listener failed");
    }
}
