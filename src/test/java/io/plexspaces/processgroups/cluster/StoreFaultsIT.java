package io.plexspaces.processgroups.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.plexspaces.processgroups.e2e.GrpcClient;
import io.plexspaces.processgroups.log.redis.Proxy;
import io.plexspaces.processgroups.log.redis.RedisBinaries;
import io.plexspaces.processgroups.log.redis.RedisProcess;
import io.plexspaces.processgroups.proto.v1.Event;
import io.plexspaces.processgroups.proto.v1.Gap;
import io.plexspaces.processgroups.proto.v1.JoinGroupRequest;
import io.plexspaces.processgroups.proto.v1.Message;
import io.plexspaces.processgroups.proto.v1.PublishToGroupRequest;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.MethodOrderer.OrderAnnotation;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;

/**
 * A store that cuts connections, loses data, falls silent, dies or restarts from an older state: clients miss nothing
 * without a gap.
 */
@TestMethodOrder(OrderAnnotation.class)
class StoreFaultsIT extends OnNodes {
    private static final int ALL = 100_000;
    private static final Duration TOLD = Duration.ofSeconds(10);
    private static final Pattern ID = Pattern.compile("\\bid=\\d+");

    private @Nullable ScheduledExecutorService timer;
    private RedisProcess redis;
    private Proxy proxy;

    /** Node c receives from Redis through a proxy that can fall silent. */
    @Override
    Nodes begin(String test) {
        redis = closingLast(RedisProcess.start(RedisBinaries.required(test)));
        proxy = closingLast(new Proxy(redis.port()));
        return new Nodes(
                redis,
                node -> Map.of(
                        "QUARKUS_REDIS_HOSTS",
                        node.equals("c") ? proxy.address() : redis.address(),
                        "PROCESSGROUPS_REDIS_CHECK_INTERVAL",
                        "PT4S"));
    }

    @AfterEach
    void stopRepeating() {
        if (timer != null) {
            timer.shutdownNow();
            timer = null;
        }
    }

    private Scene scene(int groups, int retained, int each, int padding) {
        List<String> names =
                IntStream.range(0, groups).mapToObj(i -> "room-" + i).toList();
        return closing(new Scene(nodes, tenant, names, retained, each, padding));
    }

    private void every(Duration pause, String... command) {
        ScheduledExecutorService begun = Executors.newSingleThreadScheduledExecutor();
        timer = begun;
        begun.scheduleAtFixedRate(() -> redis.call(command), 0, pause.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** Of the first test; what it left has a minute to go, while others run. */
    private @Nullable String emptied;

    @Test
    @Order(1)
    void everyoneLeavesAndTheGroupsGo() {
        GrpcClient a = on("a");
        GrpcClient elsewhere = closing(a.in("elsewhere"));
        a.create("room");
        elsewhere.create("room");
        var ann = a.subscribe("room", "ann");
        var bob = on("b").subscribe("room", "bob", "news.*");
        var watch = on("c").in("elsewhere").watchNamespace();
        a.join("room", "dur");
        elsewhere.join(JoinGroupRequest.newBuilder()
                .setGroupName("room")
                .setActorId("len")
                .setTtl(com.google.protobuf.Duration.newBuilder().setSeconds(60)));
        for (int i = 0; i < 200; i++) {
            a.publish("room", "news.all", "text " + i);
        }
        a.publish(
                PublishToGroupRequest.newBuilder()
                        .setGroupName("room")
                        .setMessage(Message.newBuilder().setIdempotencyKey("once")),
                "x");
        ann.cancel();
        bob.cancel();
        a.leave("room", "dur");
        elsewhere.leave("room", "len");
        await().atMost(Nodes.GRACE.plusSeconds(5)).until(() -> a.members("room").isEmpty());
        a.delete("room");
        elsewhere.delete("room");
        watch.awaitEvent(Event::hasGroupDeleted);
        emptied = tenant;
    }

    @Test
    @Order(3)
    void ofATenantThatIsGone_noKeyRemains() {
        if (emptied == null) {
            everyoneLeavesAndTheGroupsGo();
        }
        await().atMost(Duration.ofSeconds(90))
                .pollInterval(Duration.ofSeconds(1))
                .untilAsserted(() -> {
                    assertThat(keys(emptied)).isEmpty();
                    for (String shared : keys("}:")) {
                        if (redis.call("TYPE", shared).contains("zset")) {
                            assertThat(redis.call("ZRANGE", shared, "0", "-1")).doesNotContain(emptied);
                        }
                    }
                });
    }

    private List<String> keys(String part) {
        return redis.call("KEYS", "*")
                .lines()
                .filter(line -> line.contains(part))
                .toList();
    }

    @Test
    @Order(2)
    void subscribersOnThreeNodes_seeOneOrder() {
        Scene scene = scene(1, 1_000, 2, 0);
        int publishers = 4;
        int each = 12_500;
        long begin = System.nanoTime();
        List<Burst> bursts = IntStream.range(0, publishers)
                .mapToObj(i -> new Burst(
                        closing(on(Nodes.NAMES.get(i % 3)).session("publisher-" + i)), "room-0", "p" + i, each))
                .toList();
        bursts.forEach(Burst::begin);
        bursts.forEach(Burst::awaitAnswers);
        Duration took = Duration.ofNanos(System.nanoTime() - begin);
        await().atMost(TOLD).untilAsserted(() -> assertThat(scene.followers)
                .allSatisfy(follower -> assertThat(texts(follower)).hasSize(publishers * each)));
        say("four publishers, " + publishers * each + " messages accepted in " + took.toMillis() + " ms; "
                + scene.followers.size() + " followers on three nodes");

        Map<Long, String> first = texts(scene.followers.get(0));
        assertThat(List.copyOf(first.keySet())).isSorted();
        assertThat(first.values()).doesNotHaveDuplicates();
        assertThat(scene.followers).allSatisfy(follower -> {
            assertThat(follower.ends()).isEmpty();
            assertThat(List.copyOf(texts(follower).entrySet())).isEqualTo(List.copyOf(first.entrySet()));
        });
        for (Burst burst : bursts) {
            assertThat(first.values().stream().filter(burst::isMine).toList()).isEqualTo(burst.texts());
            assertThat(first).containsAllEntriesOf(burst.accepted());
        }
    }

    /** By offset, in the order in which they came. */
    private static Map<Long, String> texts(Follower follower) {
        Map<Long, String> texts = new LinkedHashMap<>();
        for (Follower.Heard heard : follower.heard()) {
            if (heard.event().hasMessage()) {
                assertThat(texts.put(heard.event().getOffset(), heard.text())).isNull();
            }
        }
        return texts;
    }

    @Test
    @Order(2)
    void subscriberConnectionsKilled_missNothing() throws Exception {
        Scene scene = scene(2, ALL, 2, 0);
        scene.traffic.begin(1, Duration.ofMillis(2));
        every(Duration.ofMillis(300), "CLIENT", "KILL", "TYPE", "pubsub");
        pass(Duration.ofSeconds(5));
        stopRepeating();
        scene.end();
        say("CLIENT KILL TYPE pubsub every 300 ms: " + scene.summary());
        scene.assertComplete();
        assertThat(scene.slowest()).isLessThan(TOLD);
    }

    @Test
    @Order(2)
    void scriptsFlushed_areLoadedAgain() throws Exception {
        Scene scene = scene(2, ALL, 2, 0);
        scene.traffic.begin(1, Duration.ofMillis(2));
        every(Duration.ofMillis(100), "SCRIPT", "FLUSH");
        pass(Duration.ofSeconds(4));
        stopRepeating();
        scene.end();
        say("SCRIPT FLUSH every 100 ms: " + scene.summary());
        scene.assertComplete();
        assertThat(scene.traffic.failures()).isEmpty();
        assertThat(scene.slowest()).isLessThan(TOLD);
    }

    @Test
    @Order(2)
    void subscriberBufferTooSmall_missesNothing() throws Exception {
        Scene scene = scene(2, 2_000, 2, 12_000);
        String limit = redis.call("CONFIG", "GET", "client-output-buffer-limit");
        String before = limit.substring(limit.indexOf("pubsub")).trim();
        Set<String> cut = subscribers();
        redis.call("CONFIG", "SET", "client-output-buffer-limit", "pubsub 1024 1024 0");
        try {
            scene.traffic.begin(2, Duration.ofMillis(5));
            pass(Duration.ofSeconds(5));
        } finally {
            redis.call("CONFIG", "SET", "client-output-buffer-limit", before);
        }
        scene.end();
        say("pubsub output buffer of 1 KiB: " + scene.summary());
        assertThat(subscribers()).isNotEmpty().doesNotContainAnyElementsOf(cut);
        scene.assertNothingLostSilently(Long.MAX_VALUE);
        assertThat(scene.slowest()).isLessThan(TOLD);
    }

    /** Ids of the connections that subscribe. */
    private Set<String> subscribers() {
        return ID.matcher(redis.call("CLIENT", "LIST", "TYPE", "pubsub"))
                .results()
                .map(MatchResult::group)
                .collect(Collectors.toSet());
    }

    @Test
    @Order(2)
    void nodeThatHearsNothing_isToldInTime() throws Exception {
        Scene kept = scene(2, ALL, 2, 0);
        Scene trimmed = closing(new Scene(nodes, tenant, List.of("short"), 10, 2, 0));
        double gaps = gapsOfC();
        kept.traffic.begin(1, Duration.ofMillis(5));
        trimmed.traffic.begin(1, Duration.ofMillis(20));
        proxy.deaf(true);
        pass(Duration.ofSeconds(20));
        boolean ready = nodes.get("c").isReady();
        proxy.deaf(false);
        await().atMost(TOLD).until(() -> nodes.get("c").isReady());
        kept.end();
        trimmed.end();
        say("node deaf for 20 s, all retained: " + kept.summary());
        say("node deaf for 20 s, 10 retained: " + trimmed.summary());
        assertThat(ready).isFalse();
        kept.assertComplete();
        trimmed.assertNothingLostSilently(Long.MAX_VALUE);
        assertThat(kept.slowest()).isLessThan(TOLD);
        assertThat(trimmed.slowest()).isLessThan(TOLD);
        List<Follower> onC =
                trimmed.followers.stream().filter(one -> one.node.equals("c")).toList();
        assertThat(onC).allSatisfy(follower -> assertThat(Scene.gaps(follower))
                .isNotEmpty()
                .allMatch(gap -> gap.getGap().getReason() == Gap.Reason.TRIMMED));
        assertThat(gapsOfC() - gaps).isEqualTo((double) trimmed.gapsOn("c"));
    }

    private double gapsOfC() {
        return nodes.get("c").metric("plexspaces_process_groups_gaps_total");
    }

    /** Last, as it forgets what the first one left. */
    @Test
    @Order(5)
    void storeThatDiesAndComesBackEmpty_isFilledAgain() throws Exception {
        Scene scene = scene(5, ALL, 34, 0);
        scene.traffic.begin(1, Duration.ofMillis(20));
        pass(Duration.ofSeconds(1));
        long fault = System.nanoTime();
        redis.kill();
        redis.forget();
        pass(Duration.ofSeconds(1));
        redis.begin();
        long back = System.nanoTime();
        await().atMost(TOLD).pollInterval(Duration.ofMillis(50)).until(() -> areBack(scene));
        Duration took = Duration.ofNanos(System.nanoTime() - back);
        scene.end();
        say("Redis killed and restarted empty, " + scene.followers.size() + " members back after " + took.toMillis()
                + " ms: " + scene.summary());
        scene.assertNothingLostSilently(fault);
        assertToldOfAnotherLife(scene);
    }

    /** Every follower is a member again, as every node shows, and was notified. */
    private boolean areBack(Scene scene) {
        int each = scene.followers.size() / scene.groups.size();
        return scene.followers.stream().allMatch(one -> !Scene.gaps(one).isEmpty())
                && Nodes.NAMES.stream().allMatch(node -> scene.groups.stream()
                        .allMatch(group -> scene.client(node).members(group).stream()
                                        .filter(actor -> actor.startsWith("follower-"))
                                        .count()
                                == each));
    }

    private static void assertToldOfAnotherLife(Scene scene) {
        assertThat(scene.followers).allSatisfy(follower -> assertThat(Scene.gaps(follower))
                .extracting(Event::getGap)
                .anyMatch(gap -> gap.getReason() == Gap.Reason.EPOCH_CHANGED));
    }

    @Test
    @Order(4)
    void storeRestoredFromARecentDump_beginsAnotherLife() throws Exception {
        restoreOldDump(Duration.ofSeconds(1));
    }

    @Test
    @Order(4)
    void storeRestoredFromADumpOlderThanTheLeases_beginsAnotherLife() throws Exception {
        restoreOldDump(Nodes.TTL.plusSeconds(2));
    }

    private void restoreOldDump(Duration age) throws Exception {
        Scene scene = scene(3, ALL, 4, 0);
        scene.traffic.begin(2, Duration.ofMillis(3));
        pass(Duration.ofSeconds(1));
        assertThat(redis.call("SAVE")).startsWith("+OK");
        pass(age);
        long fault = System.nanoTime();
        redis.kill();
        redis.begin();
        long back = System.nanoTime();
        await().atMost(TOLD).pollInterval(Duration.ofMillis(50)).until(() -> areBack(scene));
        Duration took = Duration.ofNanos(System.nanoTime() - back);
        pass(Duration.ofSeconds(2));
        scene.end();
        say("dump of " + age.toMillis() + " ms ago restored, members back after " + took.toMillis() + " ms: "
                + scene.summary());
        scene.assertNothingLostSilently(fault);
        assertToldOfAnotherLife(scene);
    }
}
