package io.plexspaces.processgroups.core;

import io.plexspaces.processgroups.domain.NodeId;
import io.plexspaces.processgroups.log.LogLimits;
import io.plexspaces.processgroups.log.NodeLeases;
import io.plexspaces.processgroups.log.redis.RedisBinaries;
import io.plexspaces.processgroups.log.redis.RedisGroupLog;
import io.plexspaces.processgroups.log.redis.RedisProcess;
import io.plexspaces.processgroups.log.redis.store.RedisSettings;
import io.plexspaces.processgroups.tasks.Delays;
import io.plexspaces.processgroups.tasks.PeriodicTasks;
import io.vertx.core.Vertx;
import io.vertx.redis.client.RedisOptions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;

/** The callbacks of the log in Redis, with two nodes. */
class CallbackFaultsOnRedisTest extends CallbackFaults {
    /** More than the store tells at once. */
    private static final int MANY = 260;

    private static final List<String> POINTS = List.of(
            "core.group.LogFollower#published",
            "core.group.LogFollower#joined",
            "core.publish.PendingPublish#appended",
            "log.redis.reading.GroupFeed#message",
            "log.redis.reading.Feed#add",
            "log.redis.reading.Feeds#release",
            "log.redis.reading.GroupReading#listening",
            "log.redis.reading.GroupReading#announced",
            "log.redis.reading.GroupReading#apply",
            "log.redis.reading.GroupReading#opened",
            "log.redis.reading.GroupReading#loaded",
            "log.redis.reading.GroupReading#catchUp",
            "log.redis.reading.GroupReading#caughtUp",
            "log.redis.reading.GroupReading#missed",
            "log.redis.reading.GroupReading#seen",
            "log.redis.reading.GroupReading#tell",
            "log.redis.reading.NamespaceFeed#message",
            "log.redis.reading.NamespaceReading#announced",
            "log.redis.reading.NamespaceReading#apply",
            "log.redis.reading.NamespaceReading#loaded",
            "log.redis.codec.Entries#parse",
            "log.redis.codec.Entries#announcement",
            "log.redis.codec.Bodies#decode",
            "log.redis.codec.Memberships#parse",
            "log.redis.codec.NamespaceChange#parse",
            "log.redis.codec.Infos#decode",
            "log.redis.reading.GroupAccess#opened",
            "log.redis.reading.GroupAccess#entries",
            "log.redis.reading.MemberScan#next",
            "log.redis.reading.MemberScan#read",
            "log.redis.reading.HistoryRead#slice",
            "log.redis.reading.HistoryRead#sliceBack",
            "log.redis.reading.Replays#serve",
            "log.redis.reading.Replays#more",
            "log.redis.append.Arguments#of",
            "log.redis.append.AppendScript$Call#send",
            "log.redis.append.AppendScript#tell",
            "log.redis.append.AppendScript#appended",
            "log.redis.append.AppendScript#arguments",
            "log.redis.node.SessionLookup#ask",
            "log.redis.node.SessionClaims#ask",
            "log.redis.node.SessionClaims#call",
            "log.redis.append.FirstAnswers#arguments",
            "log.redis.append.FirstAnswers#find",
            "log.redis.index.GroupLifecycle#make",
            "log.redis.index.GroupLifecycle#deleted",
            "log.redis.index.TenantListing#names",
            "log.redis.node.Sweep#due",
            "log.redis.node.Sweep#group",
            "log.redis.index.TenantIndex#name",
            "log.redis.index.TenantIndex#settle",
            "log.redis.index.TenantIndex#list",
            "log.redis.reading.PositionCheck#seen",
            "log.redis.connection.ScriptCall#send",
            "log.redis.connection.ScriptCall#request",
            "log.redis.connection.ScriptCall#answered",
            "log.redis.connection.ScriptCall#again",
            "log.redis.connection.PubSubConnection#pushed",
            "log.redis.connection.PubSubConnection#subscribed",
            "log.redis.connection.PubSubConnection#connected",
            "log.redis.connection.PubSubConnection#ended",
            "log.redis.connection.PubSubConnection#subscribe",
            "log.redis.connection.PubSubConnection#send",
            "log.redis.connection.CommandConnection#send",
            "log.redis.connection.CommandConnection#check",
            "log.redis.connection.CommandConnection#begin",
            "log.redis.connection.ServerConnection#send",
            "log.redis.connection.RedisServers#check",
            "log.redis.connection.RedisServers#place",
            "log.redis.connection.RedisServers#commands");

    private @Nullable RedisProcess redis;
    private @Nullable Vertx vertx;
    private final List<RedisGroupLog> logs = new ArrayList<>();

    CallbackFaultsOnRedisTest() {
        super(POINTS, 9);
    }

    @BeforeAll
    void startStore() {
        redis = RedisProcess.start(RedisBinaries.installed().orElseGet(RedisBinaries::embedded));
        vertx = Vertx.vertx();
    }

    @AfterAll
    void stopStore() {
        vertx.close().toCompletionStage().toCompletableFuture().join();
        redis.close();
    }

    @AfterEach
    void closeLogs() {
        logs.forEach(RedisGroupLog::close);
        logs.clear();
    }

    @Override
    List<CoreFixture> begin() {
        String prefix = UUID.randomUUID() + ":";
        Duration grace = Duration.ofMillis(100);
        CoreFixture first = CoreFixture.on(log(prefix), grace, new NodeId("one"));
        return List.of(first, first.another(log(prefix), new NodeId("two")));
    }

    @Override
    void work(CoreFixture node, PeriodicTasks tasks, Delays timer) {
        NodeLeases leases = (NodeLeases) node.log;
        tasks.every(
                Duration.ofMillis(500),
                Duration.ofSeconds(15),
                "renewing the lease",
                timer,
                () -> leases.renew(node.operations.lease()));
    }

    @Override
    void disturb() {
        redis.call("CLIENT", "KILL", "TYPE", "normal");
        redis.call("CLIENT", "KILL", "TYPE", "pubsub");
    }

    @Override
    boolean isHealthy() {
        return logs.stream().allMatch(RedisGroupLog::isHealthy);
    }

    @Override
    int absent(String point) {
        return point.contains("MemberScan") ? MANY : 1;
    }

    private RedisGroupLog log(String prefix) {
        RedisSettings settings = new RedisSettings(
                prefix,
                0,
                Duration.ofSeconds(5),
                Duration.ofMillis(200),
                Duration.ofMinutes(10),
                new LogLimits(1_000, 10_000, 16, 1000, 1_000, 8 << 20, 100));
        RedisGroupLog log = new RedisGroupLog(
                vertx, new RedisOptions().setConnectionString(redis.address()), settings, () -> UUID.randomUUID()
                        .toString());
        logs.add(log);
        return log;
    }
}
