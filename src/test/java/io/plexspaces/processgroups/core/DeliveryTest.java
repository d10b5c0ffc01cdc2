package io.plexspaces.processgroups.core;

import static io.plexspaces.processgroups.core.CoreFixture.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.plexspaces.processgroups.core.CoreFixture.Client;
import io.plexspaces.processgroups.core.delivery.Event;
import io.plexspaces.processgroups.domain.ErrorCode;
import io.plexspaces.processgroups.domain.GroupId;
import io.plexspaces.processgroups.domain.LeaveReason;
import io.plexspaces.processgroups.domain.OverflowPolicy;
import io.plexspaces.processgroups.domain.Position;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** One file, as all cases share peers that stop reading. */
class DeliveryTest {
    private final CoreFixture core = new CoreFixture(Duration.ofMillis(300));

    @AfterEach
    void close() {
        core.close();
    }

    @Test
    void subscriber_getsSubscribedThenMessagesInOrder() {
        GroupId group = core.create("g");
        Client a = core.connect("a");
        Groups.JoinResult joined = a.join(group);

        List<String> sent = publishMany(group, 1000);

        await().untilAsserted(() -> assertThat(a.peer().texts()).hasSize(1000));
        assertThat(a.peer().texts()).isEqualTo(sent);
        assertThat(a.peer().seen().get(0)).isInstanceOfSatisfying(Event.Subscribed.class, first -> {
            assertThat(first.position()).isEqualTo(joined.position());
            assertThat(first.recovered()).isFalse();
        });
        assertThat(a.peer().seen(Event.Delivered.class))
                .extracting(event -> event.entry().offset())
                .isSorted()
                .doesNotHaveDuplicates();
    }

    @Test
    void topics_reachOnlyThoseWhoseFilterAccepts_andNoTopicReachesAll() {
        GroupId group = core.create("g");
        Client login = core.connect("login");
        Client any = core.connect("any");
        Client all = core.connect("all");
        login.join(group, "user.login");
        any.join(group, "user.*");
        all.join(group);

        assertThat(core.publish(group, "user.login", "1").recipients()).isEqualTo(3);
        assertThat(core.publish(group, "user.logout", "2").recipients()).isEqualTo(2);
        assertThat(core.publish(group, "system", "3").recipients()).isEqualTo(1);
        assertThat(core.publish(group, null, "4").recipients()).isEqualTo(3);

        await().untilAsserted(() -> {
            assertThat(login.peer().texts()).containsExactly("1", "4");
            assertThat(any.peer().texts()).containsExactly("1", "2", "4");
            assertThat(all.peer().texts()).containsExactly("1", "2", "3", "4");
        });
    }

    @Test
    void filterThatGrows_takesEffectAtTheJoin() {
        GroupId group = core.create("g");
        Client a = core.connect("a");
        a.join(group, "x");
        core.publish(group, "y", "before");
        a.join(group, "y");
        core.publish(group, "y", "after");
        core.publish(group, "x", "x");

        await().untilAsserted(() -> assertThat(a.peer().texts()).containsExactly("after", "x"));
    }

    @Test
    void excludedSender_doesNotGetItsOwn_othersDo() {
        GroupId group = core.create("g");
        Client a = core.connect("a");
        Client b = core.connect("b");
        a.join(group);
        b.join(group);

        for (int i = 0; i < 10; i++) {
            Groups.PublishResult result = await(core.groups.publish(
                    CoreFixture.request(group, null, "m" + i, Groups.Spread.ALL, "", i % 2 == 0 ? "a" : null)));
            assertThat(result.ids()).hasSize(i % 2 == 0 ? 1 : 2);
        }

        await().untilAsserted(() -> assertThat(b.peer().texts()).hasSize(10));
        await().untilAsserted(() -> assertThat(a.peer().texts()).containsExactly("m1", "m3", "m5", "m7", "m9"));
    }

    @Test
    void one_isSpreadEvenly_andAKeyStaysWithItsMember() {
        GroupId group = core.create("g");
        List<Client> workers =
                IntStream.range(0, 4).mapToObj(i -> core.connect("w" + i)).toList();
        workers.forEach(worker -> worker.join(group));
        core.join(group, "no-connection");

        for (int i = 0; i < 400; i++) {
            assertThat(one(group, "n" + i, "").recipients()).isEqualTo(1);
        }
        await().untilAsserted(() -> assertThat(workers.stream()
                        .mapToInt(worker -> worker.peer().texts().size())
                        .sum())
                .isEqualTo(400));
        assertThat(workers)
                .allSatisfy(worker -> assertThat(worker.peer().texts()).hasSize(100));

        Map<String, String> byKey = new HashMap<>();
        for (int i = 0; i < 200; i++) {
            String key = "k" + i % 20;
            String actor = one(group, "x", key).ids().get(0).value();
            assertThat(byKey.computeIfAbsent(key, k -> actor)).isEqualTo(actor);
        }
        assertThat(byKey.values().stream().distinct().count()).isGreaterThan(1);
    }

    @Test
    void one_withNobody_isForNobody_andStaysFetchable() {
        GroupId group = core.create("g");
        core.join(group, "a", "other");
        Groups.PublishResult result =
                await(core.groups.publish(CoreFixture.request(group, "topic", "m", Groups.Spread.ONE, "", null)));
        assertThat(result.recipients()).isZero();
        assertThat(await(core.groups.fetch(new Groups.FetchRequest(group, null, null, false, 10)))
                        .messages())
                .hasSize(1);
    }

    @Test
    void stalledSubscriber_isCutAtTheBound_whileOthersGetEverything() {
        GroupId group = core.create("g");
        Client slow = core.connect("slow");
        Client fast = core.connect("fast");
        slow.join(group);
        fast.join(group);
        await().until(() -> slow.peer().seen().size() == 1);
        slow.peer().stopReading();

        publishMany(group, 500);

        await().untilAsserted(() -> assertThat(fast.peer().texts()).hasSize(500));
        await().until(() -> slow.peer().isClosed());
        assertThat(slow.peer().closeCode()).isEqualTo(ErrorCode.SLOW_CONSUMER);
    }

    @Test
    void dropOldest_keepsTheNewest_andTellsExactlyWhatIsMissing() {
        GroupId group = core.create("g");
        Client slow = core.connect("slow");
        List<Client> quick = List.of(core.connect("quick"), core.connect("quick-too"));
        slow.joinWith(group, null, OverflowPolicy.DROP_OLDEST);
        quick.forEach(client -> client.join(group));
        await().until(() -> slow.peer().seen().size() == 1);
        slow.peer().stopReading();
        List<String> sent = publishMany(group, 500);
        await(core.groups.publish(CoreFixture.request(group, null, "last", Groups.Spread.ALL, "", null)));
        sent.add("last");
        // One of them is on the same loop.
        quick.forEach(client ->
                await().untilAsserted(() -> assertThat(client.peer().texts()).endsWith("last")));
        slow.peer().readAgain();

        await().untilAsserted(() -> assertThat(slow.peer().texts()).endsWith("last"));
        assertThat(slow.peer().isClosed()).isFalse();
        List<String> got = slow.peer().texts();
        assertThat(got).isEqualTo(sent.subList(sent.size() - got.size(), sent.size()));
        assertThat(slow.peer().seen(Event.Gap.class)).hasSize(1).first().satisfies(gap -> {
            assertThat(gap.missed()).isEqualTo(sent.size() - got.size());
            assertThat(gap.exact()).isTrue();
        });
        assertThat(slow.peer().seen().get(1)).isInstanceOf(Event.Gap.class);
        assertThat(got.size() * 100L).isBetween(CoreFixture.MAILBOX / 2, CoreFixture.MAILBOX * 2);
    }

    @Test
    void conflate_keepsTheNewestOfEachTopic_inOrder() {
        GroupId group = core.create("g");
        Client slow = core.connect("slow");
        slow.joinWith(group, null, OverflowPolicy.CONFLATE);
        await().until(() -> slow.peer().seen().size() == 1);
        slow.peer().stopReading();
        for (int i = 0; i < 600; i++) {
            core.publish(group, "t" + i % 3, "m" + i);
        }
        slow.peer().readAgain();

        await().untilAsserted(() -> assertThat(slow.peer().texts()).endsWith("m599"));
        List<Event.Delivered> got = slow.peer().seen(Event.Delivered.class);
        assertThat(got).extracting(event -> event.entry().offset()).isSorted();
        assertThat(slow.peer().texts()).contains("m597", "m598", "m599");
        long missed = slow.peer().seen(Event.Gap.class).stream()
                .mapToLong(Event.Gap::missed)
                .sum();
        assertThat(missed + got.size()).isEqualTo(600);
    }

    @Test
    void resume_withinTheGrace_replaysWhatWasMissed_andNobodySeesItLeave() {
        GroupId group = core.create("g", 2000);
        Client first = core.connect("a");
        first.join(group);
        CoreFixture.Watching watch = core.watch(group);
        List<String> sent = publishMany(group, 10);
        await().untilAsserted(() -> assertThat(first.peer().texts()).hasSize(10));
        Position seen = lastSeen(first, group);

        first.drop();
        sent.addAll(publishMany(group, 1000));
        Client second = core.connect("a", first.opened().resumeToken());
        assertThat(second.opened().resumed()).isTrue();
        assertThat(second.opened().groups()).containsExactly(group);
        Groups.JoinResult again = second.joinWith(group, seen, null);
        assertThat(again.joinCount()).isEqualTo(1);
        sent.addAll(publishMany(group, 10));

        await().untilAsserted(() -> assertThat(second.peer().texts()).isEqualTo(sent.subList(10, sent.size())));
        assertThat(second.peer().seen(Event.Subscribed.class))
                .singleElement()
                .satisfies(subscribed -> assertThat(subscribed.recovered()).isTrue());
        assertThat(watch.peer().seen(Event.Left.class)).isEmpty();
        assertThat(watch.peer().seen(Event.Joined.class)).isEmpty();
    }

    @Test
    void resume_afterRetention_saysHowManyAreGone() {
        GroupId group = core.create("g", 10);
        Client first = core.connect("a");
        first.join(group);
        Position seen = new Position(
                await(core.groups.members(new Groups.MembersQuery(group, false, null, 1)))
                        .position()
                        .epoch(),
                2);
        first.drop();
        List<String> sent = publishMany(group, 1000);
        Client second = core.connect("a", first.opened().resumeToken());
        second.joinWith(group, seen, null);

        await().untilAsserted(() -> assertThat(second.peer().texts()).isEqualTo(sent.subList(990, 1000)));
        assertThat(second.peer().seen(Event.Gap.class)).singleElement().satisfies(gap -> {
            assertThat(gap.missed()).isEqualTo(990);
            assertThat(gap.exact()).isTrue();
            assertThat(gap.reason()).isEqualTo(Event.Gap.Reason.TRIMMED);
        });
        assertThat(second.peer().seen(Event.Subscribed.class).get(0).recovered())
                .isFalse();
    }

    @Test
    void lostConnection_leavesAfterTheGrace_withTheReason() {
        GroupId group = core.create("g");
        Client a = core.connect("a");
        a.join(group);
        CoreFixture.Watching watch = core.watch(group);
        a.drop();
        Groups.PublishResult during = core.publish(group, null, "during grace");
        assertThat(during.recipients()).isEqualTo(1);
        await().untilAsserted(() -> assertThat(watch.peer().seen(Event.Left.class))
                .singleElement()
                .satisfies(left -> assertThat(left.reason()).isEqualTo(LeaveReason.DISCONNECTED)));
        assertThat(core.publish(group, null, "after").recipients()).isZero();
        assertThat(core.sessions.size()).isZero();
    }

    @Test
    void secondConnection_replacesTheFirst() {
        GroupId group = core.create("g");
        Client first = core.connect("a");
        first.join(group);
        Client second = core.connect("a", first.opened().resumeToken());
        second.joinWith(group, null, null);
        await().until(() -> first.peer().isClosed());
        assertThat(first.peer().closeCode()).isEqualTo(ErrorCode.SESSION_REPLACED);
        core.publish(group, null, "m");
        await().untilAsserted(() -> assertThat(second.peer().texts()).containsExactly("m"));
        assertThat(first.peer().texts()).isEmpty();
    }

    @Test
    void twoSessionsOfOneActor_bothGetIt_andCountTwoJoins() {
        GroupId group = core.create("g");
        Client one = core.connect("a");
        Client two = core.connect("a");
        one.join(group);
        assertThat(two.join(group).joinCount()).isEqualTo(2);
        Groups.PublishResult result = core.publish(group, null, "m");
        assertThat(result.recipients()).isEqualTo(1);
        await().untilAsserted(() -> {
            assertThat(one.peer().texts()).containsExactly("m");
            assertThat(two.peer().texts()).containsExactly("m");
        });
        one.drop();
        await().untilAsserted(
                        () -> assertThat(await(core.groups.members(new Groups.MembersQuery(group, false, null, 10)))
                                        .members()
                                        .get(0)
                                        .joinCount())
                                .isEqualTo(1));
    }

    @Test
    void deletedGroup_isToldToSubscribersAndWatchers() {
        GroupId group = core.create("g");
        Client a = core.connect("a");
        a.join(group);
        core.join(group, "b");
        CoreFixture.Watching watch = core.watch(group);
        assertThat(await(core.groups.delete(group))).isTrue();

        await().untilAsserted(() ->
                assertThat(a.peer().seen(Event.GroupDeleted.class)).hasSize(1));
        await().until(() -> watch.peer().isClosed());
        assertThat(watch.peer().seen(Event.Left.class)).hasSize(2).allSatisfy(left -> assertThat(left.reason())
                .isEqualTo(LeaveReason.GROUP_DELETED));
        assertThat(watch.peer().closeCode()).isEqualTo(ErrorCode.GROUP_DELETED);
        assertThat(a.peer().isClosed()).isFalse();
        core.create("g");
        assertThat(core.publish(group, null, "m").recipients()).isZero();
        assertThat(a.join(group).joinCount()).isEqualTo(1);
        core.publish(group, null, "again");
        await().untilAsserted(() -> assertThat(a.peer().texts()).containsExactly("again"));
    }

    @Test
    void idempotencyKey_repeatGetsTheFirstAnswer() {
        GroupId group = core.create("g");
        core.join(group, "a");
        Groups.PublishRequest request = new Groups.PublishRequest(
                group,
                CoreFixture.message("m", null, "key"),
                null,
                Groups.Spread.ALL,
                "",
                false,
                Groups.RecipientDetail.IDS);
        Groups.PublishResult first = await(core.groups.publish(request));
        core.join(group, "b");
        Groups.PublishResult second = await(core.groups.publish(request));
        assertThat(second.repeated()).isTrue();
        assertThat(second.position()).isEqualTo(first.position());
        assertThat(second.ids()).isEqualTo(first.ids());
        assertThat(second.recipients()).isEqualTo(1);
    }

    private Groups.PublishResult one(GroupId group, String text, String key) {
        return await(core.groups.publish(CoreFixture.request(group, null, text, Groups.Spread.ONE, key, null)));
    }

    private List<String> publishMany(GroupId group, int count) {
        List<String> sent = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            String text = "message " + System.nanoTime() + " " + i;
            core.publish(group, null, text);
            sent.add(text);
        }
        return sent;
    }

    private Position lastSeen(Client client, GroupId group) {
        List<Event.Delivered> got = client.peer().seen(Event.Delivered.class);
        String epoch =
                client.peer().seen(Event.Subscribed.class).get(0).position().epoch();
        assertThat(got.get(0).group()).isEqualTo(group);
        return new Position(epoch, got.get(got.size() - 1).entry().offset());
    }
}
