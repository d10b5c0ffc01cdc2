package io.plexspaces.processgroups.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.plexspaces.processgroups.Waiting;
import io.plexspaces.processgroups.core.CoreFixture.Client;
import io.plexspaces.processgroups.core.delivery.Event;
import io.plexspaces.processgroups.domain.ErrorCode;
import io.plexspaces.processgroups.domain.GroupException;
import io.plexspaces.processgroups.domain.GroupId;
import io.plexspaces.processgroups.domain.GroupSpec;
import io.plexspaces.processgroups.domain.NodeId;
import io.plexspaces.processgroups.domain.Position;
import io.plexspaces.processgroups.domain.Retention;
import io.plexspaces.processgroups.log.FewQuotas;
import io.plexspaces.processgroups.log.LogLimits;
import io.plexspaces.processgroups.log.StoreQuotas;
import io.plexspaces.processgroups.log.redis.Proxy;
import io.plexspaces.processgroups.log.redis.RedisBinaries;
import io.plexspaces.processgroups.log.redis.RedisGroupLog;
import io.plexspaces.processgroups.log.redis.RedisProcess;
import io.plexspaces.processgroups.log.redis.store.RedisSettings;
import io.vertx.core.Vertx;
import io.vertx.redis.client.RedisOptions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Two nodes over one Redis that dies, loses data, or falls silent, under traffic: members are members again, and a
 * client that misses a message receives a gap.
 */
@Waiting
class LostStoreTest {
    private static final Duration SOON = Duration.ofSeconds(10);

    /** No member more than there were may join: those that the store has lost are made again all the same. */
    private static final StoreQuotas QUOTAS = new FewQuotas("t", 1, 500);

    private final Vertx vertx = Vertx.vertx();
    private final ScheduledExecutorService timer = Executors.newScheduledThreadPool(2);
    private final String name = "room-" + UUID.randomUUID();
    private final GroupId room = GroupId.of("t", "", name);
    private final List<RedisGroupLog> logs = new ArrayList<>();
    private final List<CoreFixture> nodes = new ArrayList<>();
    private final AtomicInteger published = new AtomicInteger();

    /** Of the publishes that were accepted: text by position. */
    private final Map<Position, String> accepted = new ConcurrentHashMap<>();

    private final Map<ErrorCode, Integer> refused = new ConcurrentHashMap<>();
    private RedisProcess redis;

    @BeforeEach
    void start() {
        redis = RedisProcess.start(RedisBinaries.installed().orElseGet(RedisBinaries::embedded));
    }

    @AfterEach
    void stop() {
        timer.shutdownNow();
        nodes.forEach(CoreFixture::close);
        logs.forEach(RedisGroupLog::close);
        vertx.close().toCompletionStage().toCompletableFuture().join();
        redis.close();
    }

    private CoreFixture node(String id, String address) {
        RedisSettings settings = new RedisSettings(
                "test:",
                0,
                Duration.ofSeconds(5),
                Duration.ofSeconds(4),
                Duration.ofMinutes(10),
                new LogLimits(1_000, 10_000, 16, 16, 1_000, 8 << 20, 100, 512 * 1024, 100, 100, QUOTAS));
        RedisGroupLog log = new RedisGroupLog(
                vertx, new RedisOptions().setConnectionString(address), settings, () -> UUID.randomUUID()
                        .toString());
        logs.add(log);
        CoreFixture node = new CoreFixture(
                Duration.ofSeconds(30), log, CoreFixture.await(log.acquire(new NodeId(id))), "t", 1 << 20);
        node.startTicking();
        nodes.add(node);
        return node;
    }

    private List<Client> members(CoreFixture node, int count) {
        List<Client> clients = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            Client client = node.connect("m" + nodes.indexOf(node) + "-" + i, null, room.namespace());
            client.join(room);
            clients.add(client);
        }
        return clients;
    }

    /** A message from every node, every few milliseconds, until the test ends. */
    private void publishAllTheTime(int everyMillis, int size) {
        String padding = "x".repeat(size);
        timer.scheduleAtFixedRate(
                () -> nodes.forEach(node -> publish(node, published.incrementAndGet() + padding)),
                0,
                everyMillis,
                TimeUnit.MILLISECONDS);
    }

    private void publish(CoreFixture node, String text) {
        node.groups
                .publish(CoreFixture.request(room, null, text, Groups.Spread.ALL, "", null))
                .subscribe()
                .with(
                        result -> accepted.put(result.position(), text),
                        failure -> refused.merge(
                                failure instanceof GroupException known ? known.code() : ErrorCode.INTERNAL,
                                1,
                                Integer::sum));
    }

    private void create(CoreFixture node, int retained) {
        CoreFixture.await(node.groups.create(
                room, new GroupSpec(GroupSpec.Metadata.NONE, new Retention(retained, Duration.ofMinutes(5)), null)));
    }

    /** Over the life of the server; each question takes one too. */
    private long connectionsMade() {
        String said = redis.call("INFO", "stats");
        Matcher made = Pattern.compile("total_connections_received:(\\d+)").matcher(said);
        assertThat(made.find()).isTrue();
        return Long.parseLong(made.group(1));
    }

    private static int membersSeenBy(CoreFixture node, GroupId room) {
        return CoreFixture.await(node.groups.members(new Groups.MembersQuery(room, false, null, 1)))
                .total();
    }

    private void onlyUnavailable() {
        assertThat(refused.keySet()).isSubsetOf(Set.of(ErrorCode.STORE_UNAVAILABLE));
    }

    /** What a client has, in order: each offset at most once in an epoch, and nothing missing without a gap. */
    private void nothingMissesSilently(Client client, Set<Position> upTo) {
        Account account = Account.of(client.peer().seen());
        assertThat(account.repeated).isEmpty();
        assertThat(upTo)
                .allSatisfy(position ->
                        assertThat(account.covers(position)).as("%s", position).isTrue());
    }

    private void everyoneGets(List<Client> clients, String last) {
        publish(nodes.get(0), last);
        await().atMost(SOON).untilAsserted(() -> assertThat(clients)
                .allSatisfy(client -> assertThat(client.peer().texts()).contains(last)));
    }

    private record Account(
            Set<Position> delivered, List<Position> repeated, Map<String, List<Event.Gap>> gaps, Set<String> left) {
        static Account of(List<Event> seen) {
            Account account =
                    new Account(new HashSet<>(), new ArrayList<>(), new ConcurrentHashMap<>(), new HashSet<>());
            String epoch = "";
            for (Event event : seen) {
                if (event instanceof Event.Subscribed subscribed) {
                    if (!epoch.isEmpty() && !epoch.equals(subscribed.position().epoch())) {
                        account.left.add(epoch);
                    }
                    epoch = subscribed.position().epoch();
                } else if (event instanceof Event.Delivered delivered) {
                    Position position = new Position(epoch, delivered.entry().offset());
                    if (!account.delivered.add(position)) {
                        account.repeated.add(position);
                    }
                } else if (event instanceof Event.Gap gap) {
                    account.gaps
                            .computeIfAbsent(epoch, life -> new ArrayList<>())
                            .add(gap);
                }
            }
            return account;
        }

        boolean covers(Position position) {
            return delivered.contains(position)
                    || left.contains(position.epoch())
                    || gaps.getOrDefault(position.epoch(), List.of()).stream()
                            .anyMatch(gap -> gap.from() < position.offset() && position.offset() < gap.to());
        }
    }

    @Test
    void restartedEmpty_under500Members_allAreBackSoon() {
        CoreFixture one = node("one", redis.address());
        CoreFixture two = node("two", redis.address());
        create(one, 1_000);
        List<Client> clients = new ArrayList<>(members(one, 250));
        clients.addAll(members(two, 250));
        await().until(() -> membersSeenBy(one, room) == 500 && membersSeenBy(two, room) == 500);
        publishAllTheTime(5, 100);
        await().until(() -> accepted.size() > 200);
        redis.kill();
        redis.begin();

        await().atMost(SOON).untilAsserted(() -> {
            assertThat(clients).allSatisfy(client -> assertThat(client.peer().seen(Event.Gap.class))
                    .anyMatch(gap -> gap.reason() == Event.Gap.Reason.EPOCH_CHANGED));
            assertThat(membersSeenBy(one, room)).isEqualTo(500);
            assertThat(membersSeenBy(two, room)).isEqualTo(500);
        });
        everyoneGets(clients, "after all");
        timer.shutdownNow();
        onlyUnavailable();
        Set<Position> all = Set.copyOf(accepted.keySet());
        await().atMost(SOON).untilAsserted(() -> clients.forEach(client -> nothingMissesSilently(client, all)));
        assertThat(clients).allSatisfy(client -> {
            assertThat(client.peer().seen(Event.Left.class)).isEmpty();
            assertThat(client.peer().isClosed()).isFalse();
        });
        assertThat(one.replicas.waiting()).isZero();
        assertThat(two.replicas.waiting()).isZero();
    }

    @Test
    void connectionsKilledAndScriptsFlushed_nothingMissesSilently() {
        CoreFixture one = node("one", redis.address());
        CoreFixture two = node("two", redis.address());
        create(one, 50);
        List<Client> clients = new ArrayList<>(members(one, 20));
        clients.addAll(members(two, 20));
        timer.scheduleAtFixedRate(() -> redis.call("SCRIPT", "FLUSH"), 0, 100, TimeUnit.MILLISECONDS);
        timer.scheduleAtFixedRate(() -> redis.call("CLIENT", "KILL", "TYPE", "pubsub"), 50, 400, TimeUnit.MILLISECONDS);
        publishAllTheTime(2, 100);
        await().atMost(Duration.ofSeconds(60)).until(() -> accepted.size() > 3_000);
        timer.shutdownNow();
        everyoneGets(clients, "after all");
        onlyUnavailable();
        Set<Position> all = Set.copyOf(accepted.keySet());
        await().atMost(SOON).untilAsserted(() -> clients.forEach(client -> nothingMissesSilently(client, all)));
    }

    @Test
    void outputLimitOfSubscribersTooLow_nothingMissesSilently() {
        CoreFixture one = node("one", redis.address());
        create(one, 20);
        List<Client> clients = members(one, 20);
        long connectionsBefore = connectionsMade();
        redis.call("CONFIG", "SET", "client-output-buffer-limit", "pubsub 4096 4096 1");
        publishAllTheTime(5, 40_000);
        await().atMost(Duration.ofSeconds(60))
                .until(() -> accepted.size() > 300 && connectionsMade() > connectionsBefore + 10);
        timer.shutdownNow();
        everyoneGets(clients, "after all");
        onlyUnavailable();
        Set<Position> all = Set.copyOf(accepted.keySet());
        await().atMost(SOON).untilAsserted(() -> clients.forEach(client -> nothingMissesSilently(client, all)));
    }

    @Test
    void deafFor20Seconds_writesPass_andWhatIsMissedIsTold() throws Exception {
        try (Proxy proxy = new Proxy(redis.port())) {
            CoreFixture deaf = node("deaf", proxy.address());
            CoreFixture other = node("other", redis.address());
            create(other, 10);
            List<Client> clients = members(deaf, 20);
            publishAllTheTime(20, 100);
            await().until(() -> accepted.size() > 100);
            proxy.deaf(true);
            long end = System.nanoTime() + Duration.ofSeconds(20).toNanos();
            while (System.nanoTime() < end) {
                Set<Position> known = Set.copyOf(accepted.keySet());
                await().atMost(SOON)
                        .pollInterval(Duration.ofMillis(200))
                        .untilAsserted(() -> clients.forEach(client -> nothingMissesSilently(client, known)));
            }
            proxy.deaf(false);
            everyoneGets(clients, "after all");
            timer.shutdownNow();
            onlyUnavailable();
            assertThat(clients).allSatisfy(client -> {
                assertThat(client.peer().isClosed()).isFalse();
                assertThat(client.peer().seen(Event.Gap.class)).isNotEmpty();
            });
        }
    }
}
