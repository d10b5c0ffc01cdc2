package io.plexspaces.processgroups.core.publish;

import static io.plexspaces.processgroups.core.CoreFixture.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.plexspaces.processgroups.core.CoreFixture;
import io.plexspaces.processgroups.core.CoreFixture.Client;
import io.plexspaces.processgroups.core.Groups;
import io.plexspaces.processgroups.domain.GroupId;
import io.plexspaces.processgroups.domain.NodeId;
import io.plexspaces.processgroups.domain.Position;
import io.plexspaces.processgroups.domain.Topic;
import io.plexspaces.processgroups.log.GroupLog;
import io.plexspaces.processgroups.log.LogLimits;
import io.plexspaces.processgroups.log.NodeLease;
import io.plexspaces.processgroups.log.NodeLeases;
import io.plexspaces.processgroups.log.memory.MemoryGroupLog;
import io.plexspaces.processgroups.log.redis.RedisGroupLog;
import io.plexspaces.processgroups.log.redis.RedisStore;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * Messages of one publisher, with any dispatch, have their offsets in the order in which it sent them, while
 * members come and go.
 */
class MixedDispatchTest {
    private static final int NODES = 3;
    private static final int PUBLISHERS = 4;
    private static final int MESSAGES = Integer.getInteger("processgroups.test.mixed-messages", 20_000);
    private static final int IN_FLIGHT = 512;
    private static final LogLimits LIMITS = new LogLimits(20_000, 200_000, 256, 1000, 1_000, 8 << 20, 1000);

    private final AtomicBoolean over = new AtomicBoolean();

    @Test
    void inMemory() throws Exception {
        MemoryGroupLog log = new MemoryGroupLog(
                Clock.systemUTC(), LIMITS, () -> UUID.randomUUID().toString());
        assertNoInversions(node -> log);
    }

    @Test
    void inRedis() throws Exception {
        try (RedisStore store = RedisStore.any()) {
            List<RedisGroupLog> logs = new ArrayList<>();
            for (int i = 0; i < NODES; i++) {
                logs.add(store.log(LIMITS));
            }
            assertNoInversions(logs::get);
        }
    }

    private <L extends GroupLog & NodeLeases> void assertNoInversions(IntFunction<L> logs) throws Exception {
        List<CoreFixture> nodes = new ArrayList<>();
        ScheduledExecutorService renewals = Executors.newScheduledThreadPool(1);
        String tenant = "t-" + UUID.randomUUID();
        for (int i = 0; i < NODES; i++) {
            L log = logs.apply(i);
            NodeId node = new NodeId("node-" + UUID.randomUUID());
            NodeLease lease = await(log.acquire(node));
            nodes.add(new CoreFixture(Duration.ofSeconds(2), log, lease, tenant));
            renewals.scheduleWithFixedDelay(() -> await(log.renew(lease)), 2, 2, TimeUnit.SECONDS);
        }
        GroupId group = nodes.get(0).create("room");
        ExecutorService threads = Executors.newCachedThreadPool();
        try {
            List<Future<?>> churn = new ArrayList<>();
            for (CoreFixture node : nodes) {
                churn.add(threads.submit(() -> comeAndGo(node, group)));
                churn.add(threads.submit(() -> connectAndDrop(node, group)));
            }
            List<Future<List<Position>>> published = new ArrayList<>();
            for (int i = 0; i < PUBLISHERS; i++) {
                CoreFixture node = nodes.get(i % NODES);
                int publisher = i;
                published.add(threads.submit(() -> publish(node, group, publisher)));
            }
            for (Future<List<Position>> one : published) {
                assertThat(inversions(one.get())).isZero();
            }
            over.set(true);
            for (Future<?> one : churn) {
                one.get();
            }
        } finally {
            over.set(true);
            renewals.shutdownNow();
            threads.shutdown();
            nodes.forEach(CoreFixture::close);
        }
    }

    private static int inversions(List<Position> positions) {
        assertThat(positions).hasSize(MESSAGES);
        int found = 0;
        for (int i = 1; i < positions.size(); i++) {
            found += positions.get(i).offset() <= positions.get(i - 1).offset() ? 1 : 0;
        }
        return found;
    }

    /** Sends without waiting for answers. */
    private static List<Position> publish(CoreFixture node, GroupId group, int publisher) throws Exception {
        Semaphore free = new Semaphore(IN_FLIGHT);
        List<CompletableFuture<Groups.PublishResult>> answers = new ArrayList<>(MESSAGES);
        for (int i = 0; i < MESSAGES; i++) {
            free.acquire();
            CompletableFuture<Groups.PublishResult> answer =
                    node.groups.publish(request(group, publisher, i)).subscribeAsCompletionStage();
            answer.whenComplete((done, failure) -> free.release());
            answers.add(answer);
        }
        List<Position> positions = new ArrayList<>(MESSAGES);
        for (CompletableFuture<Groups.PublishResult> answer : answers) {
            positions.add(answer.get().position());
        }
        return positions;
    }

    private static Groups.PublishRequest request(GroupId group, int publisher, int i) {
        Groups.Spread spread =
                switch (i % 5) {
                    case 0, 2 -> Groups.Spread.ONE;
                    case 4 -> Groups.Spread.LOCAL;
                    default -> Groups.Spread.ALL;
                };
        @Nullable Topic topic = i % 3 == 0 ? new Topic("a." + i % 7) : null;
        String key = i % 4 == 0 ? "key" + i % 10 : "";
        String repeatable = i % 100 == 99 ? "publisher " + publisher + " message " + i : "";
        return new Groups.PublishRequest(
                group,
                CoreFixture.message("m", "sender", repeatable),
                topic,
                spread,
                key,
                i % 6 == 0,
                Groups.RecipientDetail.values()[i % 3]);
    }

    private void comeAndGo(CoreFixture node, GroupId group) {
        ThreadLocalRandom random = ThreadLocalRandom.current();
        while (!over.get()) {
            String actor =
                    node.tenant + random.nextInt(20) + node.sessions.node().value();
            node.join(group, actor, random.nextBoolean() ? new String[0] : new String[] {"a.*"});
            node.leave(group, actor);
        }
    }

    private void connectAndDrop(CoreFixture node, GroupId group) {
        while (!over.get()) {
            Client client = node.connect("worker-" + node.sessions.node().value());
            client.join(group);
            await(client.opened().session().leave(group, true));
            client.drop();
        }
    }
}
