package io.plexspaces.processgroups.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.plexspaces.processgroups.log.redis.RedisBinaries;
import io.plexspaces.processgroups.log.redis.RedisClusterServers;
import io.plexspaces.processgroups.log.redis.RedisProcess;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/**
 * One of three masters of a cluster dies while clients publish to groups of all of them, and stays away for longer than
 * the leases.
 */
class ClusterFailoverIT extends OnNodes {
    private static final int ALL = 100_000;
    private static final Duration BACK = Duration.ofSeconds(5);

    private RedisClusterServers cluster;

    @Override
    Nodes begin(String test) {
        cluster = closingLast(
                new RedisClusterServers(RedisBinaries.required(test), RedisBinaries.requiredClient(test), 1));
        List<RedisProcess> masters = cluster.masters();
        assertThat(masters).hasSize(3);
        await().atMost(Duration.ofSeconds(30)).until(() -> masters.stream()
                .allMatch(one -> one.call("INFO", "replication").contains("state=online")));
        return new Nodes(
                masters.get(0),
                node -> Map.of(
                        "QUARKUS_REDIS_CLIENT_TYPE",
                        "cluster",
                        "QUARKUS_REDIS_HOSTS",
                        cluster.address(),
                        "PROCESSGROUPS_REDIS_CHECK_INTERVAL",
                        "PT4S"));
    }

    @Test
    void failoverOfOneMaster_isFollowedAndTold() throws Exception {
        List<String> groups = IntStream.range(0, 12).mapToObj(i -> "room-" + i).toList();
        Scene scene = closing(new Scene(nodes, tenant, groups, ALL, 1, 0));
        scene.traffic.begin(4, Duration.ofMillis(8));
        pass(Duration.ofSeconds(2));
        RedisProcess lost = cluster.masters().get(0);
        long fault = System.nanoTime();
        lost.kill();
        await().atMost(Duration.ofSeconds(30))
                .pollInterval(Duration.ofMillis(20))
                .until(() -> cluster.masters().size() == 3 && cluster.isComplete());
        long over = System.nanoTime();
        pass(BACK);
        scene.end();

        say("Cluster failover, Redis away for " + Duration.ofNanos(over - fault).toMillis() + " ms, service back "
                + scene.backAfter(fault, over).toMillis() + " ms later: " + scene.summary());
        scene.assertNothingLostSilently(fault - Duration.ofSeconds(1).toNanos());
        assertThat(scene.backAfter(fault, over)).isLessThan(BACK);
        assertThat(nodes.get("b").isReady()).isTrue();
    }
}
