package io.plexspaces.processgroups.log.redis;

import static io.plexspaces.processgroups.log.redis.Writer.failure;
import static io.plexspaces.processgroups.log.redis.Writer.result;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.plexspaces.processgroups.Waiting;
import io.plexspaces.processgroups.domain.ErrorCode;
import io.plexspaces.processgroups.domain.GroupException;
import io.plexspaces.processgroups.log.LogLimits;
import io.plexspaces.processgroups.log.redis.connection.Slots;
import io.plexspaces.processgroups.log.redis.store.RedisSettings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** A replica takes a master's place: service recovers by itself, and no reader is left behind. */
@Waiting
class RedisFailoverTest {
    private static final LogLimits LIMITS = new LogLimits(1_000, 1_000, 8, 8, 1_000, 1 << 20, 100);
    private static final Duration OUTAGE = Duration.ofSeconds(30);

    private static Writer writer(RedisStore store) {
        return new Writer(
                store.log(new RedisSettings(
                        "test:", 0, Duration.ofSeconds(3), Duration.ofSeconds(1), Duration.ofSeconds(15), LIMITS)),
                Writer.newTenant());
    }

    /** Publishes again and again until it is accepted; anything but UNAVAILABLE is a failure. */
    private static void publishDespite(Writer writer, String name, String text) {
        await().atMost(OUTAGE).until(() -> {
            try {
                writer.publish(name, text);
                return true;
            } catch (GroupException failure) {
                assertThat(failure.code()).isEqualTo(ErrorCode.STORE_UNAVAILABLE);
                return false;
            }
        });
    }

    private static void assertComplete(RecordedGroup told, String... texts) {
        await().atMost(Duration.ofSeconds(10)).until(() -> told.texts().contains(texts[texts.length - 1]));
        assertThat(told.holes).isEmpty();
        if (told.snapshots.size() == 1) {
            assertThat(told.texts()).containsSubsequence(texts);
        }
    }

    @Test
    void sentinelFailover_isFollowed() throws Exception {
        Path binary = RedisBinaries.required("RedisFailoverTest.sentinelFailover_isFollowed");
        RedisProcess master = RedisProcess.start(binary);
        RedisProcess replica = RedisProcess.start(binary, "--replicaof", "127.0.0.1 " + master.port());
        await().until(() -> master.call("INFO", "replication").contains("state=online"));
        RedisProcess sentinel = RedisProcess.startSentinel(binary, master);
        await().atMost(Duration.ofSeconds(30))
                .until(() -> sentinel.call("SENTINEL", "replicas", RedisProcess.SENTINEL_MASTER)
                        .contains(Integer.toString(replica.port())));
        AutoCloseable servers = () -> List.of(sentinel, replica, master).forEach(RedisProcess::close);
        try (RedisStore store = RedisStore.ofSentinel(sentinel, servers)) {
            Writer writer = writer(store);
            writer.create("room", 1_000);
            RecordedGroup told = writer.open("room");
            writer.publish("room", "before");
            await().until(() -> told.texts().contains("before"));
            await().until(() -> replica.call("INFO", "keyspace").contains("db0"));
            master.kill();
            publishDespite(writer, "room", "after");
            assertComplete(told, "before", "after");
            await().atMost(Duration.ofSeconds(10)).until(writer.log::isHealthy);
        }
    }

    @Test
    void severalSwitchoversInARow_areFollowed() throws Exception {
        Path binary = RedisBinaries.required("RedisFailoverTest.severalSwitchoversInARow_areFollowed");
        RedisProcess one = RedisProcess.start(binary);
        RedisProcess other = RedisProcess.start(binary, "--replicaof", "127.0.0.1 " + one.port());
        await().until(() -> one.call("INFO", "replication").contains("state=online"));
        RedisProcess sentinel = RedisProcess.startSentinel(binary, one);
        await().atMost(Duration.ofSeconds(30))
                .until(() -> sentinel.call("SENTINEL", "replicas", RedisProcess.SENTINEL_MASTER)
                        .contains(Integer.toString(other.port())));
        AutoCloseable servers = () -> List.of(sentinel, other, one).forEach(RedisProcess::close);
        try (RedisStore store = RedisStore.ofSentinel(sentinel, servers)) {
            Writer writer = writer(store);
            writer.create("room", 1_000);
            RecordedGroup told = writer.open("room");
            for (int i = 0; i < 4; i++) {
                String before = master(sentinel);
                await().atMost(OUTAGE).until(() -> sentinel.call("SENTINEL", "FAILOVER", RedisProcess.SENTINEL_MASTER)
                        .startsWith("+OK"));
                await().atMost(OUTAGE).until(() -> !master(sentinel).equals(before));
                String text = "after " + i;
                publishDespite(writer, "room", text);
                await().atMost(OUTAGE).until(() -> told.texts().contains(text));
                await().atMost(OUTAGE).until(writer.log::isHealthy);
            }
            assertThat(told.holes).isEmpty();
        }
    }

    private static String master(RedisProcess sentinel) {
        return sentinel.call("SENTINEL", "get-master-addr-by-name", RedisProcess.SENTINEL_MASTER);
    }

    @Test
    void clusterFailover_isFollowed() throws Exception {
        String test = "RedisFailoverTest.clusterFailover_isFollowed";
        RedisClusterServers cluster =
                new RedisClusterServers(RedisBinaries.required(test), RedisBinaries.requiredClient(test), 1);
        try (RedisStore store = RedisStore.of(cluster)) {
            Writer writer = writer(store);
            Map<String, RecordedGroup> rooms = new LinkedHashMap<>();
            for (int i = 0; i < 12; i++) {
                writer.create("room" + i, 1_000);
                rooms.put("room" + i, writer.open("room" + i));
                writer.publish("room" + i, "before");
            }
            List<RedisProcess> masters = new ArrayList<>(cluster.masters());
            assertThat(masters).hasSize(3);
            await().until(() -> masters.stream()
                    .allMatch(one -> one.call("INFO", "replication").contains("state=online")));
            masters.get(0).kill();
            rooms.keySet().forEach(name -> publishDespite(writer, name, "after"));
            rooms.values().forEach(told -> assertComplete(told, "before", "after"));
            await().atMost(Duration.ofSeconds(10)).until(writer.log::isHealthy);
            assertThat(result(writer.log.acquire(writer.node)).incarnation()).isPositive();
        }
    }

    @Test
    void slotOnItsWay_refusesChangesWholeAndMakesThemAfterwards() throws Exception {
        String test = "RedisFailoverTest.slotOnItsWay_refusesChangesWholeAndMakesThemAfterwards";
        RedisClusterServers cluster =
                new RedisClusterServers(RedisBinaries.required(test), RedisBinaries.requiredClient(test), 0);
        try (RedisStore store = RedisStore.of(cluster)) {
            Writer writer = writer(store);
            writer.create("room", 1_000);
            writer.join("room", "alice");
            RecordedGroup told = writer.open("room");
            setSlots(cluster, "MIGRATING");
            List<ErrorCode> said = List.of(
                    failure(writer.joining("room", "alice", writer.session("s"))),
                    failure(writer.publishing("room", "during")),
                    failure(writer.deleting("room")));
            assertThat(said).containsOnly(ErrorCode.STORE_UNAVAILABLE);
            setSlots(cluster, "STABLE");
            assertThat(result(writer.joining("room", "alice", writer.session("s")))
                            .membership()
                            .joinCount())
                    .isEqualTo(2);
            long end = writer.publish("room", "after").position().offset();
            assertThat(end).isEqualTo(4);
            await().until(() -> told.offset() == end);
            assertThat(told.holes).isEmpty();
            assertThat(told.snapshots).hasSize(1);
        }
    }

    /** Of every partition, at the master it is at: on their way to another one, or not. */
    private static void setSlots(RedisClusterServers cluster, String state) {
        List<RedisProcess> masters = cluster.masters();
        List<String> ids = masters.stream()
                .map(one -> one.call("CLUSTER", "MYID").lines().toList().get(1))
                .toList();
        for (String tag : Slots.evenTags(64)) {
            String slot = Integer.toString(Slots.of(tag));
            for (int i = 0; i < masters.size(); i++) {
                // A master that has not the slot says so.
                String other = ids.get((i + 1) % ids.size());
                String said = state.equals("STABLE")
                        ? masters.get(i).call("CLUSTER", "SETSLOT", slot, state)
                        : masters.get(i).call("CLUSTER", "SETSLOT", slot, state, other);
                assertThat(said).satisfiesAnyOf(ok -> assertThat(ok).startsWith("+OK"), no -> assertThat(no)
                        .contains("not the owner"));
            }
        }
    }
}
