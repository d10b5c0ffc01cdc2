package io.plexspaces.processgroups.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.plexspaces.processgroups.core.AskObserver;
import io.plexspaces.processgroups.core.ConnectionSettings;
import io.plexspaces.processgroups.core.OperationIds;
import io.plexspaces.processgroups.core.Settings;
import io.plexspaces.processgroups.core.asks.Asks;
import io.plexspaces.processgroups.core.delivery.DeliveryTracer;
import io.plexspaces.processgroups.core.group.Housekeeping;
import io.plexspaces.processgroups.core.group.Replicas;
import io.plexspaces.processgroups.domain.NodeId;
import io.plexspaces.processgroups.domain.OverflowPolicy;
import io.plexspaces.processgroups.log.GroupLog;
import io.plexspaces.processgroups.log.LogLimits;
import io.plexspaces.processgroups.log.NodeLease;
import io.plexspaces.processgroups.log.NodeMail;
import io.plexspaces.processgroups.log.redis.RedisBinaries;
import io.plexspaces.processgroups.log.redis.RedisGroupLog;
import io.plexspaces.processgroups.log.redis.RedisProcess;
import io.plexspaces.processgroups.log.redis.store.RedisSettings;
import io.plexspaces.processgroups.tasks.Delays;
import io.plexspaces.processgroups.tasks.PeriodicTasks;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Vertx;
import io.vertx.redis.client.RedisOptions;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/**
 * Fifty starts on an empty store that is there, or that answers late: in each, leases are ended once the node has its
 * own.
 */
class StartsTest {
    private static final int STARTS = 50;
    private static final int LATEST_MILLIS = 300;

    private static final Settings SETTINGS = new Settings(
            new NodeId("node-1"),
            Duration.ZERO,
            Duration.ofSeconds(1),
            OverflowPolicy.DISCONNECT,
            10,
            10,
            10,
            10,
            10,
            10,
            10,
            10,
            new ConnectionSettings(10, 10, Duration.ZERO, Duration.ZERO));

    @Test
    void reaper_livesInAll() {
        Vertx vertx = Vertx.vertx();
        ScheduledExecutorService timer = Executors.newScheduledThreadPool(1);
        try (RedisProcess redis = RedisProcess.start(RedisBinaries.installed().orElseGet(RedisBinaries::embedded))) {
            for (int i = 0; i < STARTS; i++) {
                redis.call("FLUSHALL");
                if (i % 2 == 1) {
                    redis.signal("STOP");
                    timer.schedule(() -> redis.signal("CONT"), (i * 37L) % LATEST_MILLIS, TimeUnit.MILLISECONDS);
                }
                start(vertx, redis);
            }
        } finally {
            timer.shutdownNow();
            vertx.close();
        }
    }

    private static void start(Vertx vertx, RedisProcess redis) {
        PeriodicTasks tasks = new PeriodicTasks(System::nanoTime);
        OperationIds operations = new OperationIds();
        AtomicInteger passes = new AtomicInteger();
        LogLimits limits = new LogLimits(10, 10, 10, 10, 1_000, 1_000, 10);
        RedisSettings settings = new RedisSettings(
                "processgroups:", 0, Duration.ofSeconds(1), Duration.ofSeconds(1), Duration.ofSeconds(15), limits);
        ScheduledExecutorService timer = Executors.newScheduledThreadPool(1);
        try (RedisGroupLog log = new RedisGroupLog(
                vertx, new RedisOptions().setConnectionString(redis.address()), settings, () -> UUID.randomUUID()
                        .toString())) {
            Asks asks = new Asks(
                    log,
                    log.mail(),
                    new NodeMail.Address(SETTINGS.node(), 1),
                    new Asks.Bounds(1, 1, 1),
                    new Asks.Times(Delays.on(timer), System::nanoTime),
                    AskObserver.NONE);
            Replicas replicas = new Replicas(log, operations, SETTINGS, DeliveryTracer.OFF, asks);
            Housekeeping.Times times =
                    new Housekeeping.Times(Duration.ofMillis(10), Duration.ofSeconds(3), Duration.ofMinutes(3));
            new Housekeeping(counting(log, passes), replicas, operations, times, none -> {})
                    .start(tasks, Delays.on(timer));
            NodeLease lease = log.acquire(SETTINGS.node())
                    .onFailure()
                    .retry()
                    .atMost(5)
                    .await()
                    .atMost(Duration.ofSeconds(10));
            operations.continueUnder(lease);

            int before = passes.get();
            await().atMost(Duration.ofSeconds(5))
                    .pollInterval(Duration.ofMillis(5))
                    .until(() -> passes.get() > before + 1);
            assertThat(tasks.stalled()).isEmpty();
        } finally {
            timer.shutdownNow();
        }
    }

    /** Counts the passes that end expired joins. */
    private static GroupLog counting(GroupLog log, AtomicInteger passes) {
        return (GroupLog) Proxy.newProxyInstance(
                StartsTest.class.getClassLoader(), new Class<?>[] {GroupLog.class}, (proxy, method, arguments) -> {
                    try {
                        Object answer = method.invoke(log, arguments);
                        return method.getName().equals("expire")
                                ? ((Uni<?>) answer).invoke(ended -> passes.incrementAndGet())
                                : answer;
                    } catch (InvocationTargetException failure) {
                        throw failure.getCause();
                    }
                });
    }
}
