package io.plexspaces.processgroups.log.redis;

import static io.plexspaces.processgroups.log.redis.Writer.failure;
import static io.plexspaces.processgroups.log.redis.Writer.result;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.plexspaces.processgroups.core.CoreFixture;
import io.plexspaces.processgroups.core.Presence;
import io.plexspaces.processgroups.core.ReplayLast;
import io.plexspaces.processgroups.core.delivery.Event;
import io.plexspaces.processgroups.core.session.Session;
import io.plexspaces.processgroups.domain.ActorId;
import io.plexspaces.processgroups.domain.Entry;
import io.plexspaces.processgroups.domain.ErrorCode;
import io.plexspaces.processgroups.domain.Glob;
import io.plexspaces.processgroups.domain.GroupException;
import io.plexspaces.processgroups.domain.GroupInfo;
import io.plexspaces.processgroups.domain.JoinMetadata;
import io.plexspaces.processgroups.domain.NodeId;
import io.plexspaces.processgroups.domain.Position;
import io.plexspaces.processgroups.domain.TopicFilter;
import io.plexspaces.processgroups.log.GroupQuery;
import io.plexspaces.processgroups.log.LogLimits;
import io.plexspaces.processgroups.log.NamespaceReader;
import io.plexspaces.processgroups.log.NodeLease;
import io.plexspaces.processgroups.log.Slice;
import io.plexspaces.processgroups.log.redis.store.RedisSettings;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * A store that holds what only a newer server can read, or no server: it is reported, and never skipped silently.
 */
class RedisUnreadableTest {
    private static final String PREFIX = "test:";
    private static final RedisSettings SETTINGS = new RedisSettings(
            PREFIX,
            0,
            Duration.ofSeconds(5),
            Duration.ofSeconds(1),
            Duration.ofSeconds(15),
            new LogLimits(1_000, 1_000, 8, 8, 1_000, 1 << 20, 100));

    private RedisStore store;
    private RedisGroupLog log;
    private Writer writer;
    private NewerWriter newer;

    @BeforeEach
    void start() {
        RedisProcess redis = RedisProcess.start(RedisBinaries.installed().orElseGet(RedisBinaries::embedded));
        store = RedisStore.of(redis);
        log = store.log(SETTINGS);
        writer = new Writer(log, Writer.newTenant());
        newer = new NewerWriter(redis, PREFIX);
        writer.create("room", 100);
    }

    @AfterEach
    void stop() throws Exception {
        store.close();
    }

    private Entry.Unreadable onlyUnreadable(RecordedGroup told) {
        return told.entries.stream()
                .filter(Entry.Unreadable.class::isInstance)
                .map(Entry.Unreadable.class::cast)
                .findFirst()
                .orElseThrow();
    }

    @Test
    void messageOfANewerFormat_isToldAsOneThatCannotBeRead_andTheLogGoesOn() {
        RecordedGroup told = writer.open("room");
        writer.publish("room", "before");
        newer.message(writer.group("room"));
        writer.publish("room", "after");

        await().untilAsserted(() -> assertThat(told.texts()).containsExactly("before", "after"));
        assertThat(told.holes).isEmpty();
        assertThat(told.snapshots).hasSize(1);
        Entry.Unreadable unreadable = onlyUnreadable(told);
        assertThat(unreadable.offset()).isEqualTo(3);
        assertThat(unreadable.message()).isTrue();
        assertThat(unreadable.why()).contains("format 9");
        assertThat(log.unreadable()).isEqualTo(1);
        assertThat(log.unreadableLately().orElseThrow())
                .contains("room")
                .contains("entry 3")
                .contains("format 9");
    }

    @Test
    void messageOfANewerFormat_thatWasMissed_isToldAllTheSame() throws Exception {
        RedisProcess redis = RedisProcess.start(RedisBinaries.installed().orElseGet(RedisBinaries::embedded));
        try (RedisStore own = RedisStore.of(redis);
                Proxy proxy = new Proxy(redis.port());
                RedisStore far = RedisStore.at(proxy.address())) {
            Writer near = new Writer(own.log(SETTINGS), writer.tenant);
            near.create("room", 100);
            RecordedGroup told = new RecordedGroup();
            result(far.log(SETTINGS).open(near.group("room"), told));
            proxy.deaf(true);
            new NewerWriter(redis, PREFIX).message(near.group("room"));
            near.publish("room", "after");
            await().atMost(Duration.ofSeconds(20))
                    .untilAsserted(() -> assertThat(told.texts()).containsExactly("after"));
            assertThat(told.holes).isEmpty();
            assertThat(onlyUnreadable(told).offset()).isEqualTo(2);
        }
    }

    @Test
    void messageOfANewerFormat_isCountedAmongTheRetained() {
        Position before = writer.publish("room", "before").position();
        newer.message(writer.group("room"));
        writer.publish("room", "after");

        Slice slice = result(log.read(writer.group("room"), before, 100));

        assertThat(slice.unreadable()).containsExactly(3L);
        assertThat(slice.messages()).extracting(Entry::offset).containsExactly(4L);
        assertThat(slice.missed()).isZero();
        assertThat(slice.end().offset()).isEqualTo(4);

        Slice back = result(log.readBack(writer.group("room"), null, 2));
        assertThat(back.messages()).extracting(Entry::offset).containsExactly(4L);
        assertThat(back.unreadable()).containsExactly(3L);
        assertThat(back.end().offset()).isEqualTo(3);
        assertThat(back.more()).isTrue();
        assertThat(result(log.readBack(writer.group("room"), back.end(), 2)).messages())
                .extracting(Entry::offset)
                .containsExactly(2L);
    }

    @Test
    void messageOfANewerFormat_amongTheLast_isAGapInItsPlace() {
        writer.publish("room", "before");
        newer.message(writer.group("room"));
        writer.publish("room", "after");
        NodeLease lease = result(log.acquire(new NodeId("reader")));
        try (CoreFixture core = new CoreFixture(Duration.ofSeconds(1), log, lease, writer.tenant)) {
            CoreFixture.Client client = core.connect("a");
            Session.Wish last = new Session.Wish(
                    writer.group("room"),
                    TopicFilter.ALL,
                    null,
                    new ReplayLast(5, false),
                    false,
                    null,
                    false,
                    JoinMetadata.NONE,
                    Presence.NONE,
                    null);
            result(client.opened().session().join(client.connection(), last));

            await().untilAsserted(() -> assertThat(client.peer().texts()).containsExactly("before", "after"));
            assertThat(client.peer().seen(Event.Gap.class)).singleElement().satisfies(gap -> {
                assertThat(gap.reason()).isEqualTo(Event.Gap.Reason.UNREADABLE);
                assertThat(gap.from()).isEqualTo(2);
                assertThat(gap.to()).isEqualTo(4);
            });
            assertThat(client.peer().seen()).element(2).isInstanceOf(Event.Gap.class);
        }
    }

    @Test
    void changeOfAKindThatIsNotKnown_isFollowedByTheMembersAsTheyAre() {
        writer.join("room", "alice");
        RecordedGroup told = writer.open("room");
        newer.change(writer.group("room"));
        writer.join("room", "bob");
        writer.publish("room", "after");

        await().untilAsserted(() -> assertThat(told.snapshots).hasSizeGreaterThan(1));
        await().until(() -> told.offset() == 5);
        assertThat(told.entries).noneMatch(Entry.Unreadable.class::isInstance);
        assertThat(told.members()).containsOnlyKeys(new ActorId("alice"), new ActorId("bob"));
        writer.publish("room", "live");
        await().untilAsserted(() -> assertThat(told.texts()).endsWith("live"));
        assertThat(told.holes).isEmpty();
    }

    @Test
    void announcementThatCannotBeRead_isReadFromTheLog() {
        RecordedGroup told = writer.open("room");
        newer.announce(writer.group("room"), "epoch 99999 P");
        newer.announce(writer.group("room"), "epoch 3 xyz");
        writer.publish("room", "after");
        await().untilAsserted(() -> assertThat(told.texts()).containsExactly("after"));
        assertThat(told.holes).isEmpty();
        assertThat(log.unreadable()).isEqualTo(2);
    }

    @Test
    void membersThatCannotBeRead_endTheReading_andAreNotServed() {
        RecordedGroup told = writer.open("room");
        newer.membership(writer.group("room"), "mallory", "what is this");
        newer.change(writer.group("room"));

        await().untilAsserted(() -> assertThat(told.failures).hasSize(1));
        assertThat(told.failures.get(0).code()).isEqualTo(ErrorCode.STORE_UNAVAILABLE);
        assertThat(failure(log.open(writer.group("room"), new RecordedGroup()))).isEqualTo(ErrorCode.STORE_UNAVAILABLE);
        assertThat(log.unreadableLately().orElseThrow()).contains("mallory");
        writer.publish("room", "after");
        assertThat(told.texts()).isEmpty();
        assertThat(told.snapshots).hasSize(1);
    }

    @Test
    void groupThatCannotBeRead_isNotLeftOutOfAListing_butNamed() {
        writer.create("other", 100);
        newer.spec(writer.group("room"), "~");
        GroupQuery query = new GroupQuery(writer.tenant, null, Glob.ANY, null, 10);
        assertThat(failure(log.groups(query))).isEqualTo(ErrorCode.STORE_UNAVAILABLE);
        assertThat(log.unreadableLately().orElseThrow()).contains("room");
    }

    @Test
    void namespaceThatCannotBeRead_endsItsReading() {
        List<String> told = new CopyOnWriteArrayList<>();
        NamespaceReader reader = new NamespaceReader() {
            @Override
            public void snapshot(List<GroupInfo> groups) {
                told.add("snapshot of " + groups.size());
            }

            @Override
            public void created(GroupInfo group) {
                told.add("created " + group.id().name());
            }

            @Override
            public void deleted(GroupInfo group) {
                told.add("deleted");
            }

            @Override
            public void failed(GroupException cause) {
                told.add("failed " + cause.code());
            }
        };
        result(log.follow(writer.group("room").namespace(), reader));
        newer.spec(writer.group("room"), "~");
        newer.announceNamespace(writer.group("room").namespace(), "no number");
        await().untilAsserted(() -> assertThat(told).containsExactly("snapshot of 1", "failed STORE_UNAVAILABLE"));
        assertThat(failure(log.follow(writer.group("room").namespace(), reader)))
                .isEqualTo(ErrorCode.STORE_UNAVAILABLE);
    }

    @Test
    void timersThatCannotBeRead_doNotKeepOthersFromEnding() {
        newer.due("what is this");
        newer.due("a b");
        writer.join("room", "alice");
        assertThat(writer.expire()).isZero();
        assertThat(log.unreadable()).isGreaterThan(0);
    }
}
