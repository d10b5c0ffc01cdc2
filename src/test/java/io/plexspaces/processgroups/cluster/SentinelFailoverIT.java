package io.plexspaces.processgroups.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.plexspaces.processgroups.log.redis.Proxy;
import io.plexspaces.processgroups.log.redis.RedisBinaries;
import io.plexspaces.processgroups.log.redis.RedisProcess;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/**
 * A replica takes its master's place while clients publish: they go on soon, and what it had not copied yet is reported
 * as a gap.
 */
class SentinelFailoverIT extends OnNodes {
    /** Of the log of writes: tens of messages. */
    private static final long LEAST_LOST_BYTES = 8 * 1024;

    private static final int ALL = 100_000;
    private static final Duration BACK = Duration.ofSeconds(5);

    private RedisProcess master;
    private RedisProcess replica;
    private RedisProcess sentinel;
    private Proxy copying;

    /** The replica copies through something that can hold back what the master has said. */
    @Override
    Nodes begin(String test) {
        Path binary = RedisBinaries.required(test);
        master = closingLast(RedisProcess.start(binary));
        copying = closingLast(new Proxy(master.port()));
        replica = closingLast(RedisProcess.start(binary, "--replicaof", "127.0.0.1 " + copying.port()));
        await().until(() -> master.call("INFO", "replication").contains("state=online"));
        sentinel = closingLast(RedisProcess.startSentinel(binary, master));
        await().atMost(Duration.ofSeconds(30))
                .until(() -> sentinel.call("SENTINEL", "replicas", RedisProcess.SENTINEL_MASTER)
                        .contains(Integer.toString(replica.port())));
        return new Nodes(
                master,
                node -> Map.of(
                        "QUARKUS_REDIS_CLIENT_TYPE",
                        "sentinel",
                        "QUARKUS_REDIS_MASTER_NAME",
                        RedisProcess.SENTINEL_MASTER,
                        "QUARKUS_REDIS_HOSTS",
                        sentinel.address(),
                        "PROCESSGROUPS_NODE_LEASE_TTL",
                        "PT15S",
                        "PROCESSGROUPS_REDIS_CHECK_INTERVAL",
                        "PT4S"));
    }

    @Test
    void failoverThatLosesWrites_isFollowedAndTold() throws Exception {
        Scene scene = closing(new Scene(nodes, tenant, List.of("room", "hall"), ALL, 2, 0));
        Scene forgetful = closing(new Scene(nodes, tenant, List.of("none"), 0, 2, 0));
        scene.traffic.begin(2, Duration.ofMillis(4));
        forgetful.traffic.begin(1, Duration.ofMillis(4));
        pass(Duration.ofSeconds(2));
        holdUpCopying();
        long fault = System.nanoTime();
        master.kill();
        await().atMost(Duration.ofSeconds(30))
                .pollInterval(Duration.ofMillis(20))
                .until(this::isOver);
        long over = System.nanoTime();
        pass(BACK);
        scene.end();
        forgetful.end();

        say("Sentinel failover, Redis away for "
                + Duration.ofNanos(over - fault).toMillis() + " ms, service back "
                + scene.backAfter(fault, over).toMillis() + " ms later: " + scene.summary());
        say("the same, nothing retained, " + forgetful.backAfter(fault, over).toMillis() + " ms later: "
                + forgetful.summary());
        long lately = fault - Duration.ofSeconds(1).toNanos();
        scene.assertNothingLostSilently(lately);
        forgetful.assertNothingLostSilently(lately);
        assertThat(scene.backAfter(fault, over)).isLessThan(BACK);
        assertThat(forgetful.backAfter(fault, over)).isLessThan(BACK);
        // The leases outlived it: no client was sent away, and clients that had received lost messages got a gap.
        assertThat(scene.ends()).isEmpty();
        assertThat(scene.followers)
                .allSatisfy(follower -> assertThat(Scene.gaps(follower)).isNotEmpty());
        assertThat(nodes.get("a").isReady()).isTrue();
    }

    /**
     * The replica receives no more of its master's writes, and lacks some. After a while, the sentinel has a replica
     * copy from the address of its master itself: then it is sent back to the proxy first.
     */
    private void holdUpCopying() {
        await().atMost(Duration.ofSeconds(60)).until(() -> {
            copying.hold(false);
            replica.call("REPLICAOF", "127.0.0.1", Integer.toString(copying.port()));
            await().atMost(Duration.ofSeconds(20))
                    .until(() -> replica.call("INFO", "replication").contains("master_link_status:up"));
            copying.hold(true);
            pass(Duration.ofMillis(300));
            return written(master) - written(replica) > LEAST_LOST_BYTES;
        });
    }

    private static long written(RedisProcess redis) {
        return redis.call("INFO", "replication")
                .lines()
                .filter(line -> line.startsWith("master_repl_offset:"))
                .mapToLong(line ->
                        Long.parseLong(line.substring(line.indexOf(':') + 1).strip()))
                .findFirst()
                .orElseThrow();
    }

    private boolean isOver() {
        try {
            return replica.call("ROLE").contains("master")
                    && sentinel.call("SENTINEL", "get-master-addr-by-name", RedisProcess.SENTINEL_MASTER)
                            .contains(Integer.toString(replica.port()));
        } catch (UncheckedIOException reset) {
            // A replica that becomes the master disconnects its clients.
            return false;
        }
    }
}
