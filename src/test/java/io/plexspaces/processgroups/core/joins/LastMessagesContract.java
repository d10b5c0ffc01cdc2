package io.plexspaces.processgroups.core.joins;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.plexspaces.processgroups.core.CoreFixture;
import io.plexspaces.processgroups.core.CoreFixture.Client;
import io.plexspaces.processgroups.core.Groups;
import io.plexspaces.processgroups.core.Presence;
import io.plexspaces.processgroups.core.ReplayLast;
import io.plexspaces.processgroups.core.delivery.Event;
import io.plexspaces.processgroups.core.session.Session;
import io.plexspaces.processgroups.domain.GroupId;
import io.plexspaces.processgroups.domain.JoinMetadata;
import io.plexspaces.processgroups.domain.OverflowPolicy;
import io.plexspaces.processgroups.domain.TopicFilter;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** A subscriber that asks for the last messages gets them first, and then live ones, whichever store keeps them. */
abstract class LastMessagesContract {
    private static final int RETAINED = 2_000;

    /** Messages of the last ones of each of seven topics. */
    private static final int LARGEST = 21;

    abstract CoreFixture core();

    private static Groups.JoinResult join(Client client, GroupId group, ReplayLast last, String... topics) {
        return CoreFixture.await(client.opened()
                .session()
                .join(
                        client.connection(),
                        new Session.Wish(
                                group,
                                TopicFilter.of(List.of(topics)),
                                null,
                                last,
                                false,
                                OverflowPolicy.DISCONNECT,
                                false,
                                JoinMetadata.NONE,
                                Presence.NONE,
                                null)));
    }

    private static ReplayLast last(int messages) {
        return new ReplayLast(messages, false);
    }

    private static ReplayLast lastOfEach(int messages) {
        return new ReplayLast(messages, true);
    }

    private void publishMany(GroupId group, int from, int to) {
        IntStream.rangeClosed(from, to).forEach(i -> core().publish(group, null, "m" + i));
    }

    private static Event.Subscribed subscribed(Client client) {
        await().until(() -> !client.peer().seen(Event.Subscribed.class).isEmpty());
        return client.peer().seen(Event.Subscribed.class).get(0);
    }

    private static void gets(Client client, String... texts) {
        await().untilAsserted(() -> assertThat(client.peer().texts()).containsExactly(texts));
        assertThat(client.peer().seen().get(0)).isInstanceOf(Event.Subscribed.class);
        assertThat(client.peer().seen(Event.Gap.class)).isEmpty();
    }

    @Test
    void lastOnes_comeFirstInLogOrder_thenLiveOnes() {
        GroupId group = core().create("g", RETAINED);
        publishMany(group, 1, 9);
        Client a = core().connect("a");
        join(a, group, last(3));
        publishMany(group, 10, 11);

        gets(a, "m7", "m8", "m9", "m10", "m11");
        assertThat(subscribed(a).position().offset()).as("of m6").isEqualTo(7);
        assertThat(subscribed(a).recovered()).isFalse();
        assertThat(a.peer().seen(Event.Delivered.class))
                .extracting(event -> event.entry().offset())
                .containsExactly(8L, 9L, 10L, 12L, 13L);
    }

    @Test
    void fewerThanAskedFor_areAllThereAre() {
        GroupId group = core().create("g", 4);
        Client first = core().connect("first");
        join(first, group, last(5));
        assertThat(subscribed(first).position().offset()).as("of its join").isEqualTo(2);
        publishMany(group, 1, 6);
        Client second = core().connect("second");
        join(second, group, last(1_000));

        gets(first, "m1", "m2", "m3", "m4", "m5", "m6");
        gets(second, "m3", "m4", "m5", "m6");
        assertThat(subscribed(second).position().offset()).isEqualTo(4);
    }

    @Test
    void filter_isWhatCounts_howeverFarBackTheyAre() {
        GroupId group = core().create("g", RETAINED);
        core().publish(group, "b.x", "b1");
        core().publish(group, "b.y", "b2");
        core().publish(group, "b.z", "b3");
        for (int i = 0; i < 300; i++) {
            core().publish(group, "a", "a" + i);
        }
        Client b = core().connect("b");
        join(b, group, last(2), "b.*");
        core().publish(group, "a", "a");
        core().publish(group, "b.x", "b4");

        gets(b, "b2", "b3", "b4");
    }

    @Test
    void messagesForOneOther_andOwnExcludedOnes_areLeftOut() {
        GroupId group = core().create("g", RETAINED);
        core().join(group, "worker");
        publishMany(group, 1, 2);
        for (String key : List.of("k1", "k2", "k3")) {
            CoreFixture.await(
                    core().groups.publish(CoreFixture.request(group, null, "one", Groups.Spread.ONE, key, null)));
        }
        CoreFixture.await(core().groups.publish(CoreFixture.request(group, null, "own", Groups.Spread.ALL, "", "a")));
        Client a = core().connect("a");
        join(a, group, last(2));
        publishMany(group, 3, 3);

        gets(a, "m1", "m2", "m3");
    }

    @Test
    void ofEachTopic_isTheLastKnownValueOfEach() {
        GroupId group = core().create("g", RETAINED);
        core().publish(group, "room.kitchen", "kitchen1");
        core().publish(group, "room.hall", "hall1");
        core().publish(group, null, "all1");
        core().publish(group, "room.hall", "hall2");
        core().publish(group, "other", "other1");
        core().publish(group, null, "all2");
        core().publish(group, "room.hall", "hall3");
        Client a = core().connect("a");
        join(a, group, lastOfEach(1));
        Client rooms = core().connect("rooms");
        join(rooms, group, lastOfEach(2), "room.*");
        core().publish(group, "room.hall", "hall4");

        gets(a, "kitchen1", "other1", "all2", "hall3", "hall4");
        gets(rooms, "kitchen1", "all1", "hall2", "all2", "hall3", "hall4");
        assertThat(subscribed(a).position().offset()).isEqualTo(1);
    }

    @Test
    void moreBytesThanAreKept_areReadAgain_asTheClientTakesThem() {
        GroupId group = core().create("g", RETAINED);
        String large = "x".repeat(100_000);
        for (int i = 0; i < 30; i++) {
            core().publish(group, i % 2 == 0 ? "even" : "odd", i + large);
        }
        Client a = core().connect("a");
        a.peer().readOn(false);
        join(a, group, last(14), "even");
        core().publish(group, "even", "live");
        a.peer().readOn(true);

        await().untilAsserted(() -> assertThat(a.peer().texts()).hasSize(15));
        assertThat(a.peer().texts().stream().map(text -> text.replace(large, "")))
                .containsExactly(
                        "2", "4", "6", "8", "10", "12", "14", "16", "18", "20", "22", "24", "26", "28", "live");
        assertThat(subscribed(a).position().offset()).isEqualTo(3);
        assertThat(a.peer().isClosed()).isFalse();
    }

    @Test
    void whilePublishesGoOn_noneIsMissingOrComesTwice() throws Exception {
        GroupId group = core().create("g", 50);
        List<Client> clients = new ArrayList<>();
        List<Groups.JoinResult> joins = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            CompletableFuture<Void> publishing = CompletableFuture.runAsync(() -> {
                for (int p = 0; p < 30; p++) {
                    core().publish(group, "t" + p % 7, "x");
                }
            });
            Client client = core().connect("a" + i);
            joins.add(join(client, group, i % 2 == 0 ? last(10) : lastOfEach(3)));
            clients.add(client);
            publishing.get();
        }
        long end = core().publish(group, null, "end").position().offset();
        for (Client client : clients) {
            await().untilAsserted(() -> assertThat(offsets(client)).last().isEqualTo(end));
            assertThat(offsets(client)).isSorted().doesNotHaveDuplicates();
            assertThat(client.peer().seen(Event.Gap.class)).isEmpty();
        }
        // Messages are numbered without holes: whoever asked for the last ones alone has all since the first it got.
        for (int i = 0; i < clients.size(); i++) {
            List<Long> ordinals = clients.get(i).peer().seen(Event.Delivered.class).stream()
                    .map(event -> event.entry().ordinal())
                    .toList();
            long first = ordinals.get(i % 2 == 0 ? 0 : Math.min(LARGEST, ordinals.size()) - 1);
            long last = ordinals.get(ordinals.size() - 1);
            assertThat(ordinals.stream().filter(at -> at >= first))
                    .containsExactlyElementsOf(
                            LongStream.rangeClosed(first, last).boxed().toList());
            long joined = joins.get(i).position().offset();
            long before =
                    offsets(clients.get(i)).stream().filter(at -> at < joined).count();
            assertThat(before).isLessThanOrEqualTo(i % 2 == 0 ? 10 : LARGEST);
        }
    }

    private static List<Long> offsets(Client client) {
        return client.peer().seen(Event.Delivered.class).stream()
                .map(event -> event.entry().offset())
                .toList();
    }

    @Test
    void manyTopics_theNewestOfThemCome_andAGapForTheRest() {
        GroupId group = core().create("g", 100_000);
        String suffix = "t".repeat(240);
        int most = LastMessages.TOPIC_BYTES / (LastMessages.TOPIC_WEIGHT + 246);
        int topics = most + 200;
        List<CompletableFuture<Groups.PublishResult>> all = new ArrayList<>();
        for (int i = 0; i < topics; i++) {
            String topic = String.format("t%05d%s", i, suffix);
            all.add(core().groups
                    .publish(CoreFixture.request(group, topic, "v" + i, Groups.Spread.ALL, "", null))
                    .subscribe()
                    .asCompletionStage()
                    .toCompletableFuture());
        }
        all.forEach(CompletableFuture::join);
        Client a = core().connect("a");
        join(a, group, lastOfEach(1));

        await().untilAsserted(() -> assertThat(a.peer().texts()).hasSize(most));
        assertThat(a.peer().texts()).last().isEqualTo("v" + (topics - 1));
        assertThat(a.peer().seen(Event.Gap.class)).singleElement().satisfies(gap -> {
            assertThat(gap.reason()).isEqualTo(Event.Gap.Reason.OVERFLOW);
            assertThat(gap.exact()).isFalse();
            assertThat(gap.missed()).isGreaterThanOrEqualTo(200);
            assertThat(gap.to()).isEqualTo(offsets(a).get(0));
        });
        assertThat(subscribed(a).position().offset()).isEqualTo(offsets(a).get(0) - 1);
    }

    @Test
    void sessionThatComesBack_getsTheLastOnesAgain() {
        GroupId group = core().create("g", RETAINED);
        publishMany(group, 1, 3);
        Client a = core().connect("a");
        join(a, group, last(2));
        gets(a, "m2", "m3");
        a.drop();
        publishMany(group, 4, 4);
        Client again = core().connect("a", a.opened().resumeToken());
        join(again, group, last(2));

        gets(again, "m3", "m4");
    }
}
