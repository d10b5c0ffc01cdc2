package io.plexspaces.processgroups.core;

import static io.plexspaces.processgroups.core.CoreFixture.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.plexspaces.processgroups.core.CoreFixture.Client;
import io.plexspaces.processgroups.core.delivery.Event;
import io.plexspaces.processgroups.core.delivery.Frame;
import io.plexspaces.processgroups.core.session.Session;
import io.plexspaces.processgroups.domain.Bytes;
import io.plexspaces.processgroups.domain.ErrorCode;
import io.plexspaces.processgroups.domain.GroupException;
import io.plexspaces.processgroups.domain.GroupId;
import io.plexspaces.processgroups.domain.Message;
import io.plexspaces.processgroups.domain.OverflowPolicy;
import io.plexspaces.processgroups.domain.Position;
import io.plexspaces.processgroups.domain.TopicFilter;
import io.plexspaces.processgroups.log.LogLimits;
import io.plexspaces.processgroups.log.memory.MemoryGroupLog;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;

/** What goes wrong for one connection, and must stay with it. */
class HardTimesTest {
    private final CoreFixture core = new CoreFixture(Duration.ofMillis(300));

    @AfterEach
    void close() {
        core.close();
    }

    @Test
    void eventThatCannotBeSent_endsItsConnectionAlone() {
        GroupId bad = core.create("bad");
        GroupId good = core.create("good");
        List<Client> victims = List.of(core.connect("a"), core.connect("b"));
        List<Client> others = List.of(core.connect("c"), core.connect("d"));
        victims.forEach(victim -> victim.join(bad));
        others.forEach(other -> other.join(good));

        core.publish(bad, null, FakePeer.UNSPEAKABLE);
        await().untilAsserted(() -> assertThat(victims)
                .allSatisfy(victim -> assertThat(victim.peer().closeCode()).isEqualTo(ErrorCode.INTERNAL)));
        core.publish(good, null, "1");
        core.publish(good, null, "2");

        await().untilAsserted(() -> assertThat(others)
                .allSatisfy(other -> assertThat(other.peer().texts()).containsExactly("1", "2")));
        assertThat(others).allSatisfy(other -> assertThat(other.peer().seen(Event.Delivered.class))
                .allSatisfy(event -> assertThat(event.group()).isEqualTo(good)));
    }

    @Test
    void eventThatCannotBeSent_fromAMailbox_endsItsConnectionAlone() {
        GroupId bad = core.create("bad");
        GroupId good = core.create("good");
        Client victim = core.connect("a");
        victim.joinWith(bad, null, OverflowPolicy.DROP_OLDEST);
        Client first = core.connect("b");
        Client second = core.connect("c");
        first.join(good);
        second.join(good);
        await().until(() -> victim.peer().seen().size() == 1);
        victim.peer().stopReading();
        core.publish(bad, null, FakePeer.UNSPEAKABLE);

        await().until(() -> victim.peer().closeCode() == ErrorCode.INTERNAL);
        core.publish(good, null, "1");
        await().untilAsserted(() -> {
            assertThat(first.peer().texts()).containsExactly("1");
            assertThat(second.peer().texts()).containsExactly("1");
        });
    }

    @Test
    void answerThatCannotBeWritten_endsItsConnection_whoeverWritesIt() {
        Frame answer = Frame.of(new Event.GroupDeleted(core.create("g"), new Position("e", 1)));
        Client flushed = core.connect("flushed");
        Client cut = core.connect("cut");
        flushed.peer().breakTransport();
        cut.peer().breakTransport();
        AtomicInteger ended = new AtomicInteger();
        flushed.connection().onEnd(cause -> ended.incrementAndGet());
        cut.connection().onEnd(cause -> ended.incrementAndGet());

        flushed.connection().send(answer);
        cut.connection().send(answer);
        cut.connection().cut(GroupException.of(ErrorCode.SLOW_CONSUMER, "too slow"));

        await().untilAsserted(() -> assertThat(ended).hasValue(2));
        assertThat(flushed.peer().closeCode()).isEqualTo(ErrorCode.INTERNAL);
        assertThat(cut.peer().isClosed()).isTrue();
    }

    @Test
    void manyExpiredMessages_doNotHoldUpWhatComesAfter() {
        GroupId group = core.create("g");
        Client slow = core.connect("a");
        slow.join(group);
        await().until(() -> slow.peer().seen().size() == 1);
        slow.peer().stopReading();
        Instant until = Instant.now().plusMillis(200);
        for (int i = 0; i < 80; i++) {
            publishWithTtl(group, Duration.ofMillis(100), Groups.Spread.ALL);
        }
        await().until(() -> Instant.now().isAfter(until));
        core.publish(group, null, "live");
        slow.peer().readAgain();

        await().untilAsserted(() -> assertThat(slow.peer().texts()).containsExactly("live"));
        core.publish(group, null, "more");
        await().untilAsserted(() -> assertThat(slow.peer().texts()).containsExactly("live", "more"));
    }

    @Test
    void nodeWhoseClockIsAhead_deliversWhatIsNotExpiredByTheStores() {
        MemoryGroupLog past = new MemoryGroupLog(
                () -> Instant.now().minus(Duration.ofHours(1)),
                new LogLimits(20_000, 200_000, 256, 1000, 1_000, 8 << 20, 1000),
                () -> "e-" + System.nanoTime());
        try (CoreFixture node = new CoreFixture(Duration.ofMillis(300), past, await(past.acquire(CoreFixture.NODE)))) {
            GroupId group = node.create("g");
            Client client = node.connect("a");
            client.join(group);
            publishWithTtl(node, group, Duration.ofSeconds(2), Groups.Spread.ALL);
            await().untilAsserted(() -> assertThat(client.peer().texts()).hasSize(1));
        }
    }

    @Test
    void expiredMessageForOneMember_isNotDelivered() {
        GroupId group = core.create("g");
        Client late = core.connect("a");
        late.join(group);
        await().until(() -> late.peer().seen().size() == 1);
        CompletableFuture<Void> free = new CompletableFuture<>();
        late.peer().loop().execute(free::join);
        publishWithTtl(group, Duration.ofMillis(50), Groups.Spread.ONE);
        Instant until = Instant.now().plusMillis(100);
        await().until(() -> Instant.now().isAfter(until));
        await(core.groups.publish(CoreFixture.request(group, null, "live", Groups.Spread.ONE, "", null)));
        free.complete(null);

        await().untilAsserted(() -> assertThat(late.peer().texts()).containsExactly("live"));
    }

    @RepeatedTest(5)
    void pipelinedJoinsAndLeaves_keepTheirOrder_andLeaveNobodyBehind() throws Exception {
        GroupId group = core.create("g");
        List<Client> clients = new ArrayList<>();
        List<Future<?>> answers = new ArrayList<>();
        ExecutorService threads = Executors.newFixedThreadPool(4);
        for (int i = 0; i < 4; i++) {
            Client client = core.connect("actor-" + i);
            clients.add(client);
            answers.add(threads.submit(() -> pipeline(client, group)));
        }
        threads.shutdown();
        for (Future<?> answer : answers) {
            answer.get(20, TimeUnit.SECONDS);
        }
        assertThat(core.publish(group, null, "end").recipients()).isEqualTo(4);
        await().untilAsserted(() -> assertThat(clients)
                .allSatisfy(client -> assertThat(client.peer().texts()).containsExactly("end")));

        clients.forEach(Client::drop);
        await().untilAsserted(() ->
                assertThat(core.publish(group, null, "gone").recipients()).isZero());
    }

    @Test
    void sessionWithoutJoins_endsWithItsConnection() {
        Client client = core.connect("a");
        assertThat(core.sessions.size()).isEqualTo(1);
        client.drop();
        await().until(() -> core.sessions.size() == 0);
        assertThat(core.connect("a", client.opened().resumeToken()).opened().resumed())
                .isFalse();
    }

    @Test
    void connectionCutBeforeTheReplay_comesBackWithTheOffsetOfSubscribed_andMissesNothing() {
        GroupId group = core.create("g");
        Client first = core.connect("a");
        Position joined = first.join(group).position();
        first.drop();
        core.publish(group, null, "1");
        core.publish(group, null, "2");
        Client second = core.connect("a", first.opened().resumeToken());
        second.joinWith(group, joined, null);
        await().until(() -> second.peer().seen().size() == 3);
        Event.Subscribed subscribed = second.peer().seen(Event.Subscribed.class).get(0);

        second.drop();
        Client third = core.connect("a", first.opened().resumeToken());
        third.joinWith(group, subscribed.position(), null);
        await().untilAsserted(() -> assertThat(third.peer().texts()).containsExactly("1", "2"));
    }

    private static void pipeline(Client client, GroupId group) {
        Session session = client.opened().session();
        List<CompletableFuture<?>> answers = new ArrayList<>();
        answers.add(join(client, group));
        for (int i = 0; i < 2000; i++) {
            answers.add(session.leave(group, false).subscribeAsCompletionStage());
            answers.add(join(client, group));
        }
        answers.forEach(CompletableFuture::join);
    }

    private static CompletableFuture<?> join(Client client, GroupId group) {
        return client.opened()
                .session()
                .join(client.connection(), group, TopicFilter.ALL, null, false, null, false)
                .subscribeAsCompletionStage();
    }

    private void publishWithTtl(GroupId group, Duration ttl, Groups.Spread spread) {
        publishWithTtl(core, group, ttl, spread);
    }

    private static void publishWithTtl(CoreFixture node, GroupId group, Duration ttl, Groups.Spread spread) {
        Message message = new Message("", null, "", Bytes.wrap(new byte[] {'x'}), null, 0, ttl, Map.of(), "", "", "");
        await(node.groups.publish(
                new Groups.PublishRequest(group, message, null, spread, "", false, Groups.RecipientDetail.NONE)));
    }
}
