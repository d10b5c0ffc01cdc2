package io.plexspaces.processgroups.log.redis;

import static io.plexspaces.processgroups.log.redis.Writer.failure;
import static io.plexspaces.processgroups.log.redis.Writer.result;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.plexspaces.processgroups.Waiting;
import io.plexspaces.processgroups.domain.ActorId;
import io.plexspaces.processgroups.domain.ErrorCode;
import io.plexspaces.processgroups.domain.GroupException;
import io.plexspaces.processgroups.domain.LeaveReason;
import io.plexspaces.processgroups.domain.Owner;
import io.plexspaces.processgroups.domain.TopicFilter;
import io.plexspaces.processgroups.log.Appended;
import io.plexspaces.processgroups.log.Command;
import io.plexspaces.processgroups.log.LogLimits;
import io.plexspaces.processgroups.log.NodeLease;
import io.plexspaces.processgroups.log.redis.codec.Formats;
import io.plexspaces.processgroups.log.redis.connection.ConnectionSettings;
import io.plexspaces.processgroups.log.redis.connection.RedisServers;
import io.plexspaces.processgroups.log.redis.connection.Slots;
import io.plexspaces.processgroups.log.redis.store.Keys;
import io.plexspaces.processgroups.log.redis.store.RedisSettings;
import io.plexspaces.processgroups.log.redis.store.Scripts;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.subscription.Cancellable;
import io.vertx.core.Vertx;
import io.vertx.redis.client.RedisOptions;
import io.vertx.redis.client.Response;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/**
 * A lease is kept while its node runs, however busy the store is; and it ends when it has expired, whatever the store
 * remembers.
 */
@Waiting
class RedisNodeLeaseTest {
    private static final LogLimits LIMITS = new LogLimits(1_000, 1_000, 8, 8, 1_000, 1 << 20, 100);
    private static final Duration TTL = Duration.ofMillis(1_500);

    private static RedisSettings settings(Duration ttl) {
        return new RedisSettings("test:", 0, Duration.ofSeconds(5), Duration.ofSeconds(1), ttl, LIMITS);
    }

    private static Path binary() {
        return RedisBinaries.installed().orElseGet(RedisBinaries::embedded);
    }

    private static String partition() {
        return "test:{" + Slots.evenTags(1).get(0) + "}:";
    }

    /** A writer with a lease of its own. */
    private static Writer leased(RedisGroupLog log) {
        Writer writer = new Writer(log, Writer.newTenant());
        writer.as(result(log.acquire(writer.node)));
        return writer;
    }

    private static void pass(Duration time) {
        await().pollDelay(time).atMost(time.plusSeconds(10)).until(() -> true);
    }

    @Test
    void nodeThatWasAwayUntilItsLeaseIsForgotten_isFenced_andWhatItWroteEnds() throws Exception {
        RedisProcess redis = RedisProcess.start(binary());
        try (RedisStore store = RedisStore.of(redis)) {
            Writer asleep = leased(store.log(settings(Duration.ofMillis(500))));
            NodeLease lease = new NodeLease(asleep.node, asleep.operation().incarnation());
            asleep.create("room", 10);
            pass(Duration.ofMillis(600));
            // As after a day.
            redis.call("DEL", partition() + "node:" + asleep.node.value());
            redis.call("DEL", partition() + "nodes");
            result(asleep.joining("room", "alice", asleep.session("s")));
            assertThat(failure(asleep.log.renew(lease))).isEqualTo(ErrorCode.FENCED);
            assertThat(failure(asleep.publishing("room", "x"))).isEqualTo(ErrorCode.FENCED);
            Writer other = leased(store.log(settings(Duration.ofSeconds(15))));
            assertThat(other.expire()).isEqualTo(1);
            assertThat(asleep.open("room").last().members()).isEmpty();
        }
    }

    /** A server of an earlier version leaves them where a session has moved. */
    @Test
    void ownersThatHoldNothing_areForgotten_andEndNobodyElse() throws Exception {
        RedisProcess redis = RedisProcess.start(binary());
        try (RedisStore store = RedisStore.of(redis)) {
            Writer writer = leased(store.log(settings(Duration.ofSeconds(15))));
            writer.create("room", 10);
            NodeLease lease = new NodeLease(writer.node, writer.operation().incarnation());
            String served = lease.node().value() + "/" + lease.incarnation();
            String group = new Keys("test:", 1).group(writer.group("room")).group();
            result(writer.joining("room", "alice", writer.session("s")));
            for (int i = 0; i < 250; i++) {
                writer.join("room", "m" + i);
                redis.call("ZADD", group + ":owned", "0", served + " m" + i);
            }
            result(writer.log.release(lease, Duration.ZERO));
            Writer other = leased(store.log(settings(Duration.ofSeconds(15))));
            assertThat(other.expire()).isEqualTo(1);
            assertThat(redis.call("EXISTS", group + ":owned")).startsWith(":0");
            assertThat(redis.call("ZLEXCOUNT", partition() + "held", "[" + served, "(" + served + "~"))
                    .startsWith(":0");
            assertThat(writer.open("room").last().members()).hasSize(250);
        }
    }

    @Test
    void storeThatLostAFreshLease_renewsIt() throws Exception {
        RedisProcess redis = RedisProcess.start(binary());
        try (RedisStore store = RedisStore.of(redis)) {
            Writer writer = leased(store.log(settings(Duration.ofSeconds(15))));
            NodeLease lease = new NodeLease(writer.node, writer.operation().incarnation());
            redis.call("FLUSHALL");
            result(writer.log.renew(lease));
            redis.call("FLUSHALL");
            writer.create("room", 10);
            result(writer.log.renew(lease));
        }
    }

    @Test
    void leaseTakenOnceMoreAfterItLapsed_isRefused() throws Exception {
        RedisProcess redis = RedisProcess.start(binary());
        Vertx vertx = Vertx.vertx();
        try (RedisStore store = RedisStore.of(redis)) {
            RedisSettings settings = settings(Duration.ofMillis(300));
            Writer writer = leased(store.log(settings));
            NodeLease lease = new NodeLease(writer.node, writer.operation().incarnation());
            pass(Duration.ofMillis(400));
            RedisServers shards = new RedisServers(
                    vertx,
                    new RedisOptions().setConnectionString(redis.address()),
                    ConnectionSettings.of(settings.patience(), nanos -> {}),
                    settings.prefix());
            Keys.Partition keys = new Keys(settings.prefix(), 1).partition(0);
            Response said = shards.call(
                            Scripts.LEASE,
                            List.of(keys.node(writer.node), keys.nodes(), keys.format(), keys.formats()),
                            List.of("take", writer.node.value(), lease.incarnation(), 10_000, Formats.NEWEST, 0))
                    .toCompletionStage()
                    .toCompletableFuture()
                    .get(10, TimeUnit.SECONDS);
            assertThat(said.get(0).toString()).isEqualTo("!FENCED");
            assertThat(failure(writer.log.renew(lease))).isEqualTo(ErrorCode.FENCED);
            shards.close();
        } finally {
            vertx.close().toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
        }
    }

    @Test
    void takeoverBehindTheEndOfItsLease_movesNothing() throws Exception {
        try (RedisStore store = RedisStore.of(RedisProcess.start(binary()))) {
            Writer first = leased(store.log(settings(Duration.ofSeconds(15))));
            first.create("room", 10);
            result(first.joining("room", "alice", first.session("s")));
            Writer late = leased(store.log(settings(Duration.ofMillis(300))));
            pass(Duration.ofMillis(400));
            Command move = new Command.TakeOver(new ActorId("alice"), (Owner.Session) late.session("s"), late.node);
            assertThat(failure(late.log.append(first.group("room"), null, move, late.operation())))
                    .isEqualTo(ErrorCode.FENCED);
            assertThat(first.open("room").last().members().get(0).holdings())
                    .extracting(held -> held.owner())
                    .containsExactly(first.session("s"));
        }
    }

    @Test
    void fullStore_keepsLeases_andLetsGoOfWhatEnds() throws Exception {
        for (Path binary : List.of(binary(), RedisBinaries.embedded())) {
            RedisProcess redis = RedisProcess.start(binary);
            try (RedisStore store = RedisStore.of(redis)) {
                Writer writer = leased(store.log(settings(Duration.ofSeconds(15))));
                NodeLease lease = new NodeLease(writer.node, writer.operation().incarnation());
                writer.create("room", 10);
                writer.create("doomed", 10);
                for (String actor : List.of("alice", "bob", "carol")) {
                    writer.join("room", actor);
                    result(writer.joining("room", actor, writer.session("s")));
                }
                Command brief = new Command.Join(
                        List.of(new ActorId("alice")),
                        TopicFilter.ALL,
                        new Owner.Lease("l"),
                        writer.node,
                        Duration.ofMillis(200));
                result(writer.log.append(writer.group("room"), null, brief, writer.operation()));
                pass(Duration.ofMillis(250));
                redis.call("CONFIG", "SET", "maxmemory", "1");
                result(writer.log.renew(lease));
                assertThat(writer.expire()).isEqualTo(1);
                List<Uni<String>> all = new ArrayList<>();
                for (String actor : List.of("alice", "bob", "carol")) {
                    all.add(outcome(writer.publishing("room", "x")));
                    Command leave =
                            new Command.Leave(new ActorId(actor), writer.session("s"), true, LeaveReason.DISCONNECTED);
                    all.add(outcome(writer.log.append(writer.group("room"), null, leave, writer.operation())));
                }
                List<String> said = result(Uni.join().all(all).andCollectFailures());
                assertThat(List.of(said.get(1), said.get(3), said.get(5))).containsOnly("done");
                assertThat(failure(writer.joining("room", "dave", writer.session("s"))))
                        .isEqualTo(ErrorCode.STORE_UNAVAILABLE);
                assertThat(failure(writer.publishing("room", "x"))).isEqualTo(ErrorCode.STORE_UNAVAILABLE);
                writer.delete("doomed");
                assertThat(writer.open("room").last().members())
                        .hasSize(3)
                        .allSatisfy(member -> assertThat(member.holdings()).hasSize(1));
                result(writer.log.renew(lease));
                result(writer.log.release(lease, Duration.ZERO));
                redis.call("CONFIG", "SET", "maxmemory", "0");
                Writer next = leased(writer.log);
                next.create("afterwards", 10);
            }
        }
    }

    private static Uni<String> outcome(Uni<Appended> change) {
        return change.map(done -> "done")
                .onFailure(GroupException.class)
                .recoverWithItem(failure -> ((GroupException) failure).code().name());
    }

    @Test
    void thirtyThousandLeavesAtOnce_areDone_andTheLeaseIsKept() throws Exception {
        try (RedisStore store = RedisStore.of(RedisProcess.start(binary()))) {
            Writer writer = leased(store.log(settings(TTL)));
            NodeLease lease = new NodeLease(writer.node, writer.operation().incarnation());
            AtomicInteger refused = new AtomicInteger();
            AtomicInteger renewals = new AtomicInteger();
            Cancellable renewing = Multi.createFrom()
                    .ticks()
                    .every(TTL.dividedBy(5))
                    .subscribe()
                    .with(tick -> writer.log
                            .renew(lease)
                            .subscribe()
                            .with(done -> renewals.incrementAndGet(), failure -> refused.incrementAndGet()));
            for (int i = 0; i < 100; i++) {
                writer.create("room" + i, 10);
                Command join = new Command.Join(actors(), TopicFilter.ALL, writer.session("s"), writer.node, null);
                result(writer.log.append(writer.group("room" + i), null, join, writer.operation()));
            }
            AtomicInteger left = new AtomicInteger();
            AtomicInteger failed = new AtomicInteger();
            for (int i = 0; i < 30_000; i++) {
                Command leave = new Command.Leave(
                        new ActorId("a" + i / 100), writer.session("s"), true, LeaveReason.DISCONNECTED);
                writer.log
                        .append(writer.group("room" + i % 100), null, leave, writer.operation())
                        .subscribe()
                        .with(done -> left.incrementAndGet(), failure -> failed.incrementAndGet());
            }
            await().atMost(Duration.ofSeconds(30)).until(() -> left.get() + failed.get() == 30_000);
            int before = renewals.get();
            await().until(() -> renewals.get() > before + 1);
            renewing.cancel();
            assertThat(failed).hasValue(0);
            assertThat(refused).hasValue(0);
        }
    }

    private static List<ActorId> actors() {
        List<ActorId> actors = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            actors.add(new ActorId("a" + i));
        }
        return actors;
    }
}
