package io.plexspaces.processgroups.log.redis.connection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.plexspaces.processgroups.Waiting;
import io.plexspaces.processgroups.log.redis.Proxy;
import io.plexspaces.processgroups.log.redis.RedisBinaries;
import io.plexspaces.processgroups.log.redis.RedisProcess;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.redis.client.RedisOptions;
import io.vertx.redis.client.Response;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Connections to a store that works while what uses them fails; and to one that refuses, falls silent or takes its
 * time.
 */
@Waiting
class RedisServersTest {
    /** Answers its first argument. */
    private static final Script ECHO = new Script("echo", "return ARGV[1]", sha("return ARGV[1]"));

    private final Vertx vertx = Vertx.vertx();
    private RedisProcess redis;
    private RedisServers shards;

    @BeforeEach
    void start() {
        redis = RedisProcess.start(RedisBinaries.installed().orElseGet(RedisBinaries::embedded));
        shards = shards(redis.address(), Duration.ofSeconds(5));
    }

    private RedisServers shards(String address, Duration patience) {
        return shards(address, patience, patience.dividedBy(2));
    }

    private RedisServers shards(String address, Duration patience, Duration silence) {
        ConnectionSettings settings =
                new ConnectionSettings(patience, silence, Duration.ofMillis(200), Duration.ofSeconds(1), nanos -> {});
        return new RedisServers(vertx, new RedisOptions().setConnectionString(address), settings, "test:");
    }

    @AfterEach
    void stop() throws Exception {
        shards.close();
        vertx.close().toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
        redis.close();
    }

    private static String sha(String text) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-1").digest(text.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest);
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }

    private Future<String> echo(String text) {
        return shards.call(ECHO, List.of("{a}"), List.of(text)).map(Response::toString);
    }

    private static <T> T result(Future<T> future) throws Exception {
        return future.toCompletionStage().toCompletableFuture().get(20, TimeUnit.SECONDS);
    }

    /** What native images throw where a class was not registered is an error, not an exception. */
    private static void fail(Random chance) {
        switch (chance.nextInt(3)) {
            case 0 -> throw new IllegalStateException("thrown on purpose");
            case 1 -> throw new NoClassDefFoundError("thrown on purpose");
            default -> throw new StackOverflowError("thrown on purpose");
        }
    }

    @Test
    void callbacksThatThrow_neverMakeTheConnectionAnswerTheWrongCalls() throws Exception {
        Random chance = new Random(7);
        List<Future<String>> all = new ArrayList<>();
        for (int i = 0; i < 5_000; i++) {
            all.add(echo("text-" + i));
            if (i % 50 == 49) {
                throwAtAnswer(chance);
            }
            if (i % 500 == 499) {
                // Calls that were under way when one threw are repeated, and get their own answers.
                result(Future.join(all));
            }
        }
        for (int i = 0; i < all.size(); i++) {
            assertThat(all.get(i).result()).isEqualTo("text-" + i);
        }
        assertThat(result(echo("after"))).isEqualTo("after");
        assertThat(shards.longestUnanswered()).isZero();
        await().atMost(Duration.ofSeconds(10)).until(shards::isHealthy);
    }

    private void throwAtAnswer(Random chance) {
        Future<String> answer = echo("thrown at");
        Thread here = Thread.currentThread();
        answer.onComplete(done -> {
            // A call that was answered already gets its failure here, without effect on its connection.
            if (Thread.currentThread() != here) {
                fail(chance);
            }
        });
    }

    @Test
    void listenersThatThrow_areToldAgainFromAnotherConnection() {
        AtomicInteger listening = new AtomicInteger();
        AtomicBoolean failing = new AtomicBoolean(true);
        AtomicInteger told = new AtomicInteger();
        shards.subscribe("room", new ChannelListener() {
            @Override
            public void message(Buffer payload) {
                if (failing.get()) {
                    throw new NoClassDefFoundError("thrown on purpose");
                }
                told.incrementAndGet();
            }

            @Override
            public void listening() {
                listening.incrementAndGet();
            }
        });
        await().until(() -> listening.get() == 1);
        redis.call("PUBLISH", "room", "x");
        await().atMost(Duration.ofSeconds(10)).until(() -> listening.get() > 1);
        failing.set(false);
        await().atMost(Duration.ofSeconds(10)).until(() -> {
            redis.call("PUBLISH", "room", "y");
            return told.get() > 0;
        });
        await().atMost(Duration.ofSeconds(10)).until(shards::isHealthy);
    }

    @Test
    void regularTaskThatThrows_isRunAgain_andSeenMeanwhile() {
        AtomicInteger passes = new AtomicInteger();
        AtomicBoolean failing = new AtomicBoolean(true);
        shards.regularly("a test's task", 10, () -> {
            passes.incrementAndGet();
            if (failing.get()) {
                throw new StackOverflowError("thrown on purpose");
            }
        });
        await().until(shards::isHealthy);
        await().until(() -> passes.get() > 100);
        await().atMost(Duration.ofSeconds(10)).until(() -> !shards.isHealthy());
        failing.set(false);
        await().until(shards::isHealthy);
    }

    @Test
    void refusedSubscriptions_areNoSignOfLife() {
        AtomicInteger listening = new AtomicInteger();
        shards.subscribe("room", new ChannelListener() {
            @Override
            public void message(Buffer payload) {}

            @Override
            public void listening() {
                listening.incrementAndGet();
            }
        });
        await().until(() -> shards.isHealthy() && listening.get() == 1);
        redis.call("ACL", "SETUSER", "default", "-subscribe", "-ssubscribe", "-psubscribe");
        redis.call("CLIENT", "KILL", "TYPE", "pubsub");
        await().atMost(Duration.ofSeconds(5)).until(() -> !shards.isHealthy());
        await().during(Duration.ofSeconds(5)).atMost(Duration.ofSeconds(6)).until(() -> !shards.isHealthy());
        redis.call("ACL", "SETUSER", "default", "+subscribe", "+ssubscribe", "+psubscribe");
        await().atMost(Duration.ofSeconds(10)).until(() -> shards.isHealthy() && listening.get() > 1);
    }

    @Test
    void oneRefusedChannel_isSeen_andHeardOnceItIsAllowed() {
        AtomicInteger listening = new AtomicInteger();
        redis.call("ACL", "SETUSER", "default", "resetchannels", "&test:*");
        shards.subscribe("room", new ChannelListener() {
            @Override
            public void message(Buffer payload) {}

            @Override
            public void listening() {
                listening.incrementAndGet();
            }
        });
        await().during(Duration.ofSeconds(2)).atMost(Duration.ofSeconds(10)).until(() -> !shards.isHealthy());
        redis.call("ACL", "SETUSER", "default", "allchannels");
        await().atMost(Duration.ofSeconds(10)).until(() -> shards.isHealthy() && listening.get() > 0);
    }

    @Test
    void channelGivenUpAndTakenAgain_isHeard_whateverThreadsDoIt() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(4);
        List<AtomicInteger> heard = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            String name = "room-" + i;
            AtomicInteger told = new AtomicInteger();
            heard.add(told);
            threads.execute(() -> {
                for (int again = ThreadLocalRandom.current().nextInt(6); again > 0; again--) {
                    ChannelListener gone = new Counting(new AtomicInteger());
                    shards.subscribe(name, gone);
                    shards.unsubscribe(name, gone);
                }
                shards.subscribe(name, new Counting(told));
            });
        }
        threads.shutdown();
        assertThat(threads.awaitTermination(10, TimeUnit.SECONDS)).isTrue();
        await().atMost(Duration.ofSeconds(10)).until(() -> {
            for (int i = 0; i < heard.size(); i++) {
                redis.call("PUBLISH", "room-" + i, "x");
            }
            return heard.stream().allMatch(told -> told.get() > 0);
        });
    }

    private record Counting(AtomicInteger told) implements ChannelListener {
        @Override
        public void message(Buffer payload) {
            told.incrementAndGet();
        }

        @Override
        public void listening() {}
    }

    @Test
    void silentStore_showsHowLongItOwesAnAnswer_andFailsWhatWaits() throws Exception {
        try (Proxy proxy = new Proxy(redis.port())) {
            shards.close();
            shards = shards(proxy.address(), Duration.ofSeconds(2));
            assertThat(result(echo("x"))).isEqualTo("x");
            await().until(shards::isHealthy);
            proxy.hold(true);
            Future<String> waiting = echo("y");
            await().atMost(Duration.ofSeconds(5)).until(() -> shards.longestUnanswered() > 500_000_000);
            await().atMost(Duration.ofSeconds(8)).until(() -> !shards.isHealthy());
            await().atMost(Duration.ofSeconds(8)).until(waiting::failed);
            proxy.hold(false);
            await().atMost(Duration.ofSeconds(10)).until(shards::isHealthy);
            assertThat(result(echo("z"))).isEqualTo("z");
        }
    }

    @Test
    void serverThatTakesItsTime_isNotTakenForDead() throws Exception {
        shards.close();
        // However busy the machine is, the calls end in time, though not within one connection's silence.
        shards = shards(redis.address(), Duration.ofSeconds(19), Duration.ofSeconds(2));
        String text = "for i = 1, 20000000 do end return '1'";
        Script slow = new Script("slow", text, sha(text));
        long begin = System.nanoTime();
        result(shards.call(slow, List.of("{a}"), List.of()));
        long one = System.nanoTime() - begin;
        String before = redis.call("CLIENT", "LIST");
        // Large enough to be read alone: what Redis reads at once it answers at once, after all of it.
        String room = "x".repeat(64 * 1024);
        List<Future<Response>> all = new ArrayList<>();
        // Together longer than a connection may be silent, each for itself not.
        for (long nanos = 0; nanos < 3_500_000_000L; nanos += one) {
            all.add(shards.call(slow, List.of("{a}"), List.of(room)));
        }
        result(Future.join(all));
        assertThat(ids(redis.call("CLIENT", "LIST"))).containsAll(ids(before));
    }

    /** Of the connections for commands. */
    private static List<String> ids(String clients) {
        return clients.lines()
                .filter(line -> line.contains("cmd=eval"))
                .map(line -> line.split(" ")[0])
                .toList();
    }

    @Test
    void evictionPolicy_isSaid() {
        await().until(shards::isHealthy);
        assertThat(shards.eviction()).isEmpty();
        redis.call("CONFIG", "SET", "maxmemory-policy", "allkeys-lru");
        shards.close();
        shards = shards(redis.address(), Duration.ofSeconds(2));
        await().until(() -> shards.eviction().orElse("").equals("allkeys-lru"));
    }
}
