package io.plexspaces.processgroups.core;

import static io.plexspaces.processgroups.core.CoreFixture.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.plexspaces.processgroups.core.CoreFixture.Client;
import io.plexspaces.processgroups.core.delivery.Event;
import io.plexspaces.processgroups.domain.GroupId;
import io.plexspaces.processgroups.domain.Position;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * Things that meet: messages and a session that changes nodes, the last leave of an actor and its next subscription.
 */
class CrossingTest {
    private static final int ROUNDS = 40;
    private static final int A_ROUND = 30;

    private final CoreFixture one = new CoreFixture(Duration.ofSeconds(5));
    private final CoreFixture two = one.another("node-2");

    @AfterEach
    void close() {
        one.close();
        two.close();
    }

    private static Position lastSeen(Client client, Position joined) {
        List<Event.Delivered> got = client.peer().seen(Event.Delivered.class);
        return got.isEmpty()
                ? joined
                : new Position(joined.epoch(), got.get(got.size() - 1).entry().offset());
    }

    /** What a client saw up to a position. */
    private static List<String> upTo(Client client, Position last) {
        return client.peer().seen(Event.Delivered.class).stream()
                .filter(seen -> seen.entry().offset() <= last.offset())
                .map(FakePeer::text)
                .toList();
    }

    @Test
    void messagesDuringTakeovers_areSeenOnceEach() {
        GroupId room = one.create("room", 100_000);
        Client client = one.connect("ann");
        Position last = client.join(room).position();
        List<String> seen = new ArrayList<>();
        for (int i = 0; i < ROUNDS; i++) {
            int round = i;
            CompletableFuture<Void> published = CompletableFuture.runAsync(() -> publish(room, round));
            Client before = client;
            client = (i % 2 == 0 ? two : one).connect("ann", client.opened().resumeToken());
            last = lastSeen(before, last);
            seen.addAll(upTo(before, last));
            assertThat(client.opened().resumed()).isTrue();
            client.joinWith(room, last, null);
            published.join();
        }
        Client at = client;
        // The connection before may have had the last one, too.
        String end = "m" + (ROUNDS * A_ROUND - 1);
        await().until(() -> seen.contains(end) || at.peer().texts().contains(end));
        seen.addAll(client.peer().texts());
        assertThat(seen)
                .isEqualTo(IntStream.range(0, ROUNDS * A_ROUND)
                        .mapToObj(i -> "m" + i)
                        .toList());
    }

    private void publish(GroupId room, int round) {
        for (int i = round * A_ROUND; i < (round + 1) * A_ROUND; i++) {
            Groups.Spread spread = i % 2 == 0 ? Groups.Spread.ALL : Groups.Spread.ONE;
            await(two.groups.publish(CoreFixture.request(room, null, "m" + i, spread, "", null)));
        }
    }

    @Test
    void subscriptionThatMeetsTheLastLeave_receives() {
        GroupId room = one.create("room");
        for (int i = 0; i < 100; i++) {
            Client leaving = one.connect("ann");
            leaving.join(room);
            Client coming = (i % 2 == 0 ? one : two).connect("ann");
            CompletableFuture<Void> left = CompletableFuture.runAsync(
                    () -> await(leaving.opened().session().leave(room, true)));
            Groups.JoinResult joined = coming.join(room);
            left.join();
            Groups.PublishResult published = two.publish(room, null, "m" + i);
            assertThat(published.position().offset())
                    .isGreaterThan(joined.position().offset());
            assertThat(published.recipients()).isEqualTo(1);
            String text = "m" + i;
            await().untilAsserted(() -> assertThat(coming.peer().texts()).containsExactly(text));
            await(coming.opened().session().leave(room, true));
            leaving.drop();
            coming.drop();
        }
        assertThat(await(two.groups.members(new Groups.MembersQuery(room, false, null, 10)))
                        .total())
                .isZero();
    }
}
