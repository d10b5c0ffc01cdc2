package io.plexspaces.processgroups.log.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import io.plexspaces.processgroups.domain.ErrorCode;
import io.plexspaces.processgroups.domain.GroupException;
import io.plexspaces.processgroups.domain.NodeId;
import io.plexspaces.processgroups.log.LogLimits;
import io.plexspaces.processgroups.log.NodeLease;
import io.plexspaces.processgroups.log.redis.store.Keys;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Vertx;
import io.vertx.redis.client.RedisOptions;
import java.io.IOException;
import java.time.Duration;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** A lease that is taken while its answer is lost. */
class RedisLeaseTest {
    private static final NodeId NODE = new NodeId("node-1");
    private static final Duration PATIENCE = Duration.ofMillis(500);

    private static ErrorCode failure(Uni<?> call) {
        return catchThrowableOfType(GroupException.class, () -> call.await().atMost(Duration.ofSeconds(10)))
                .code();
    }

    private static <T> T result(Uni<T> call) {
        return call.onFailure().retry().atMost(10).await().atMost(Duration.ofSeconds(20));
    }

    @Test
    void lostAnswer_isNotTakenForAnotherServer() throws IOException {
        Vertx vertx = Vertx.vertx();
        try (RedisProcess redis = RedisProcess.start(RedisBinaries.installed().orElseGet(RedisBinaries::embedded));
                Proxy proxy = new Proxy(redis.port());
                RedisGroupLog log = log(vertx, proxy.address());
                RedisGroupLog other = log(vertx, redis.address())) {
            NodeLease first = result(log.acquire(NODE));

            proxy.holdFrom("take");
            assertThat(failure(log.reacquire(first))).isEqualTo(ErrorCode.STORE_UNAVAILABLE);
            proxy.hold(false);
            NodeLease again = result(log.reacquire(first));
            assertThat(again.incarnation()).isGreaterThan(first.incarnation());

            result(other.acquire(NODE));
            assertThat(failure(log.reacquire(again))).isEqualTo(ErrorCode.FENCED);
        } finally {
            vertx.close();
        }
    }

    @Test
    void anyOfItsOwnThatComesLate_isNotTakenForAnotherServer() throws IOException {
        Vertx vertx = Vertx.vertx();
        try (RedisProcess redis = RedisProcess.start(RedisBinaries.installed().orElseGet(RedisBinaries::embedded));
                Proxy proxy = new Proxy(redis.port());
                RedisGroupLog log = log(vertx, proxy.address())) {
            NodeLease first = result(log.acquire(NODE));
            String key = new Keys("processgroups:", 1).partition(0).node(NODE);
            proxy.holdFrom("take");
            assertThat(failure(log.reacquire(first))).isEqualTo(ErrorCode.STORE_UNAVAILABLE);
            proxy.hold(false);
            await().until(() -> !redis.call("GET", key).contains(first.incarnation() + " "));
            String late = redis.call("GET", key).split("\r\n", -1)[1];
            proxy.holdFrom("take");
            await().until(() -> failure(log.reacquire(first)) == ErrorCode.STORE_UNAVAILABLE);
            proxy.hold(false);
            await().until(() -> !redis.call("GET", key).contains(late));
            redis.call("SET", key, late);
            assertThat(result(log.reacquire(first)).incarnation()).isGreaterThan(first.incarnation());
        } finally {
            vertx.close();
        }
    }

    private static RedisGroupLog log(Vertx vertx, String address) {
        LogLimits limits = new LogLimits(10, 10, 10, 10, 1_000, 1_000, 10);
        return new RedisGroupLog(
                vertx,
                new RedisOptions().setConnectionString(address),
                RedisStore.settings(limits, PATIENCE),
                () -> UUID.randomUUID().toString());
    }
}
