package io.plexspaces.processgroups.log.redis.append;

import static io.plexspaces.processgroups.log.redis.Writer.result;
import static org.assertj.core.api.Assertions.assertThat;

import io.plexspaces.processgroups.Waiting;
import io.plexspaces.processgroups.domain.ActorId;
import io.plexspaces.processgroups.domain.Bytes;
import io.plexspaces.processgroups.domain.Dispatch;
import io.plexspaces.processgroups.domain.Entry;
import io.plexspaces.processgroups.domain.Message;
import io.plexspaces.processgroups.domain.NodeId;
import io.plexspaces.processgroups.domain.OperationId;
import io.plexspaces.processgroups.domain.Owner;
import io.plexspaces.processgroups.domain.Topic;
import io.plexspaces.processgroups.domain.TopicFilter;
import io.plexspaces.processgroups.log.Appended;
import io.plexspaces.processgroups.log.Command;
import io.plexspaces.processgroups.log.LogLimits;
import io.plexspaces.processgroups.log.redis.Proxy;
import io.plexspaces.processgroups.log.redis.RedisBinaries;
import io.plexspaces.processgroups.log.redis.RedisProcess;
import io.plexspaces.processgroups.log.redis.RedisStore;
import io.plexspaces.processgroups.log.redis.Writer;
import io.plexspaces.processgroups.log.redis.append.AppendScript.Call;
import io.plexspaces.processgroups.log.redis.connection.ConnectionSettings;
import io.plexspaces.processgroups.log.redis.connection.RedisServers;
import io.plexspaces.processgroups.log.redis.store.Format;
import io.plexspaces.processgroups.log.redis.store.Keys;
import io.plexspaces.processgroups.log.redis.store.RedisSettings;
import io.plexspaces.processgroups.log.redis.store.StepSizes;
import io.plexspaces.processgroups.log.redis.store.Store;
import io.plexspaces.processgroups.log.redis.store.StoreClock;
import io.plexspaces.processgroups.log.redis.store.Unreadables;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.redis.client.RedisOptions;
import io.vertx.redis.client.Response;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Two calls that are under way at once are done in their order, and each once, even when the other fails. */
@Waiting
class AppendScriptTest {
    private static final RedisSettings SETTINGS =
            RedisStore.settings(new LogLimits(1_000, 1_000, 8, 8, 1_000, 1 << 20, 100), Duration.ofSeconds(5));

    private final NodeId node = new NodeId("n-" + UUID.randomUUID());
    private final AtomicLong sequence = new AtomicLong();
    private final List<Appended> done = new ArrayList<>();
    private final Vertx vertx = Vertx.vertx();
    private RedisProcess redis;
    private RedisStore store;
    private Writer writer;
    private RedisServers shards;
    private AppendScript appends;
    private StoreClock clock;

    @BeforeEach
    void start() {
        redis = RedisProcess.start(RedisBinaries.installed().orElseGet(RedisBinaries::embedded));
        store = RedisStore.of(redis);
        writer = new Writer(store.log(SETTINGS), Writer.newTenant());
        writer.create("room", 1_000);
        connect(redis.address(), SETTINGS.patience());
    }

    private void connect(String address, Duration patience) {
        ConnectionSettings connection = ConnectionSettings.of(patience, nanos -> {});
        shards =
                new RedisServers(vertx, new RedisOptions().setConnectionString(address), connection, SETTINGS.prefix());
        Keys keys = new Keys(SETTINGS.prefix(), 1);
        clock = new StoreClock();
        Store own = new Store(
                shards, keys, SETTINGS, () -> "e", List.of(clock), new Unreadables(System::nanoTime), new Format());
        appends = new AppendScript(own, 0, new AtomicLong());
    }

    @AfterEach
    void stop() throws Exception {
        shards.close();
        store.close();
        vertx.close().toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
    }

    @Test
    void callThatArrivesBeforeTheOneItFollows_waitsForIt() throws Exception {
        Call first = appends.next(part("1"), 0, null);
        Call second = appends.next(part("2"), 1, first);
        Future<Response> later = second.send();
        Future<Response> earlier = first.send();

        appends.answer(first, answered(earlier));
        appends.answer(second, answered(later));
        assertThat(texts()).containsExactly("1", "2");
        assertThat(done).extracting(each -> each.position().offset()).containsExactly(2L, 3L);
    }

    @Test
    void callAfterOneThatNeverArrives_isMade() throws Exception {
        AppendScript working = appends;
        RedisServers reached = shards;
        connect("redis://127.0.0.1:1", Duration.ofMillis(200));
        Call first = appends.next(part("1"), 0, null);
        Call second = working.next(part("2"), 1, first);
        Future<Response> later = second.send();
        first.send();

        working.answer(second, answered(later));
        assertThat(texts()).containsExactly("2");
        reached.close();
    }

    @Test
    void answersLostOfBoth_eachIsMadeOnce_inOrder() throws Exception {
        try (Proxy proxy = new Proxy(redis.port())) {
            shards.close();
            connect(proxy.address(), SETTINGS.patience());
            List<String> expected = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                expected.add("a" + i);
                expected.add("b" + i);
                Call first = appends.next(part("a" + i), i % 2, null);
                Call second = appends.next(part("b" + i), 1 - i % 2, first);
                proxy.loseAnswers(1 + i % 3);
                Future<Response> earlier = first.send();
                Future<Response> later = second.send();
                appends.answer(first, answered(earlier));
                appends.answer(second, answered(later));
            }
            assertThat(texts()).isEqualTo(expected);
            assertThat(proxy.answersLost).hasValueGreaterThan(20);
        }
        assertThat(done).extracting(each -> each.position().offset()).isSorted().doesNotHaveDuplicates();
    }

    @Test
    void everyAnswer_tellsTheStoresTime() throws Exception {
        clock.told(TimeUnit.SECONDS.toMicros(Instant.now().plusSeconds(60).getEpochSecond()), System.nanoTime());
        call(List.of(change(forOne("t"))));
        assertThat(clock.age(done.get(0).at())).isLessThan(Duration.ofSeconds(30));
    }

    /** When no member accepts a topic, each message of it comes without a candidate. */
    @Test
    void messagesForOneThatNobodyAccepts_costOneCallFewLooks() throws Exception {
        List<PendingChange> joins = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            TopicFilter filter = TopicFilter.of(List.of("other.x", "a.*"));
            List<ActorId> actors = List.of(new ActorId("m" + i));
            joins.add(change(new Command.Join(actors, filter, new Owner.Durable(node), node, null)));
        }
        call(joins);
        List<PendingChange> publishes = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            publishes.add(change(forOne("t." + i % 100)));
        }
        publishes.add(change(forOne("a.b", new Dispatch.To(new ActorId("gone"), 2))));
        call(publishes);

        List<Entry.Published> settled =
                result(writer.log.read(writer.group("room"), null, 1_000)).messages();
        assertThat(settled.subList(0, 200))
                .allSatisfy(entry -> assertThat(entry.dispatch()).isInstanceOf(Dispatch.Nobody.class));
        assertThat(settled.get(200).dispatch()).isInstanceOf(Dispatch.To.class);
        Matcher looks = Pattern.compile("cmdstat_hrandfield:calls=(\\d+)").matcher(redis.call("INFO", "commandstats"));
        assertThat(looks.find()).isTrue();
        assertThat(Integer.parseInt(looks.group(1))).isBetween(1, 4);
    }

    private static Command forOne(String topic, Dispatch.To... candidates) {
        return new Command.Publish(message("m"), new Topic(topic), new Dispatch.AnyOf(List.of(candidates)), false);
    }

    private void call(List<PendingChange> changes) throws Exception {
        Call call = appends.next(List.of(new AppendScript.Part(writer.group("room"), changes)), 0, null);
        appends.answer(call, answered(call.send()));
    }

    /** A group with a thousand joins takes neither the whole of a call, nor calls that take long. */
    @Test
    void groupWithManyChanges_leavesRoomForAnother_inTheNextCall() throws Exception {
        writer.create("another", 10);
        Lane lane = new Lane(appends, SETTINGS.patience().toNanos(), change -> {});
        List<String> answered = Collections.synchronizedList(new ArrayList<>());
        List<CompletableFuture<Appended>> all = new ArrayList<>();
        for (int i = 0; i < 1_000; i++) {
            Command join = new Command.Join(
                    List.of(new ActorId("a" + i)), TopicFilter.ALL, new Owner.Durable(node), node, null);
            all.add(added(lane, "room", join, answered));
        }
        int already = answered.size();
        all.add(added(lane, "another", new Command.Publish(message("m"), null, Dispatch.ALL, false), answered));

        CompletableFuture.allOf(all.toArray(new CompletableFuture<?>[0])).get(20, TimeUnit.SECONDS);
        // It came with the next call: two were under way, and answers of a few more were not given yet.
        int joins = StepSizes.CHANGES / StepSizes.MEMBERSHIP;
        assertThat(answered.indexOf("another") - already).isLessThan(6 * joins);
        assertThat(already).as("joins that were not answered when it came").isLessThan(1_000 - 6 * joins);
    }

    private CompletableFuture<Appended> added(Lane lane, String group, Command command, List<String> answered) {
        OperationId operation = new OperationId(node, 1, sequence.incrementAndGet());
        return Uni.createFrom()
                .<Appended>emitter(answer ->
                        lane.add(new PendingChange(writer.group(group), operation, null, command, 2, null, answer)))
                .invoke(() -> answered.add(group))
                .subscribeAsCompletionStage();
    }

    @Test
    void callThatCannotBeBuilt_failsAlone() throws Exception {
        Lane lane = new Lane(appends, SETTINGS.patience().toNanos(), change -> {});
        // The first before it is known where the servers are.
        for (int i = 0; i < 3; i++) {
            CompletableFuture<Appended> impossible = new CompletableFuture<>();
            PendingChange change = joining(impossible);
            Object unspeakable = new Object() {
                @Override
                public String toString() {
                    throw new StackOverflowError("no room to build it");
                }
            };
            @SuppressWarnings("unchecked")
            List<Object> arguments = (List<Object>) (List<?>) change.arguments;
            arguments.add(unspeakable);
            lane.add(change);
            assertThat(impossible)
                    .failsWithin(Duration.ofSeconds(10))
                    .withThrowableOfType(ExecutionException.class)
                    .withCauseInstanceOf(StackOverflowError.class);

            CompletableFuture<Appended> next = new CompletableFuture<>();
            lane.add(joining(next));
            assertThat(next).succeedsWithin(Duration.ofSeconds(10));
        }
    }

    private PendingChange joining(CompletableFuture<Appended> answer) {
        OperationId operation = new OperationId(node, 1, sequence.incrementAndGet());
        List<ActorId> actors = List.of(new ActorId("alice"));
        Command join = new Command.Join(actors, TopicFilter.ALL, new Owner.Durable(node), node, null);
        List<PendingChange> changes = new ArrayList<>();
        Uni.createFrom()
                .<Appended>emitter(made ->
                        changes.add(new PendingChange(writer.group("room"), operation, null, join, 2, null, made)))
                .subscribe()
                .with(answer::complete, answer::completeExceptionally);
        return changes.get(0);
    }

    private static Future<Response> answered(Future<Response> call) throws Exception {
        call.toCompletionStage().toCompletableFuture().get(20, TimeUnit.SECONDS);
        return call;
    }

    private static Message message(String text) {
        Bytes payload = Bytes.wrap(text.getBytes(StandardCharsets.UTF_8));
        return new Message("", null, "", payload, null, 0, null, Map.of(), "", "", "");
    }

    private List<AppendScript.Part> part(String text) {
        Command publish = new Command.Publish(message(text), null, Dispatch.ALL, false);
        return List.of(new AppendScript.Part(writer.group("room"), List.of(change(publish))));
    }

    private PendingChange change(Command command) {
        OperationId operation = new OperationId(node, 1, sequence.incrementAndGet());
        List<PendingChange> changes = new ArrayList<>();
        Uni.createFrom()
                .<Appended>emitter(answer ->
                        changes.add(new PendingChange(writer.group("room"), operation, null, command, 2, null, answer)))
                .subscribe()
                .with(done::add);
        return changes.get(0);
    }

    private List<String> texts() {
        return result(writer.log.read(writer.group("room"), null, 100)).messages().stream()
                .map(entry -> new String(entry.message().payload().array(), StandardCharsets.UTF_8))
                .toList();
    }
}
