package io.plexspaces.processgroups.log.redis.connection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.plexspaces.processgroups.log.redis.RedisBinaries;
import io.plexspaces.processgroups.log.redis.RedisProcess;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.redis.client.RedisOptions;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Addresses of the store may hold passwords; what is logged of them does not. */
class PasswordsTest {
    private static final String PASSWORD = "s3cr3t";
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    /** Kept, as loggers that nobody holds lose their handlers. */
    private static final Logger LOGGER = Logger.getLogger(PubSubConnection.class.getName());

    private final Vertx vertx = Vertx.vertx();
    private final List<String> lines = new CopyOnWriteArrayList<>();
    private final Handler handler = new Handler() {
        @Override
        public void publish(LogRecord line) {
            lines.add(new SimpleFormatter().format(line));
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
    };

    @BeforeEach
    void listen() {
        LOGGER.addHandler(handler);
    }

    @AfterEach
    void stop() {
        LOGGER.removeHandler(handler);
        vertx.close();
    }

    private PubSubConnection subscriber(String endpoint) {
        return new PubSubConnection(
                vertx, new RedisOptions(), endpoint, false, "beat", PATIENCE, new PubSubConnection.Listener() {
                    @Override
                    public void message(String channel, Buffer payload) {}

                    @Override
                    public void listening(String channel) {}

                    @Override
                    public void displaced() {}
                });
    }

    @Test
    void lostConnection_isLoggedWithoutThePassword() {
        try (RedisProcess redis = RedisProcess.start(RedisBinaries.installed().orElseGet(RedisBinaries::embedded))) {
            redis.call("ACL", "SETUSER", "ann", "on", ">" + PASSWORD, "~*", "&*", "+@all");
            String address = "127.0.0.1:" + redis.port();
            PubSubConnection subscriber = subscriber("redis://ann:" + PASSWORD + "@" + address);
            subscriber.add(List.of("news"));
            await().until(() -> {
                redis.call("PUBLISH", "news", "now");
                return subscriber.isLive(PATIENCE.toNanos());
            });
            subscriber.check(0);

            await().until(() -> lines.size() >= 2);
            subscriber.close();
            assertThat(lines).allMatch(line -> line.contains("redis://" + address));
            assertThat(lines).noneMatch(line -> line.contains(PASSWORD));
        }
    }

    @ParameterizedTest
    @CsvSource({
        "redis://:s3cr3t@store:6379, redis://store:6379",
        "rediss://ann:s3cr3t@[::1]:6380/1, rediss://[::1]:6380",
        "redis://store/0?password=s3cr3t, redis://store",
        "redis://:s3cr3t@under_score:6379, redis://…",
    })
    void address_isShownAsSchemeHostAndPort(String endpoint, String shown) {
        assertThat(TopologyFinder.shown(endpoint)).isEqualTo(shown);
    }
}
