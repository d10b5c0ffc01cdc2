package io.plexspaces.processgroups.log.redis;

import static io.plexspaces.processgroups.log.redis.Writer.result;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import io.plexspaces.processgroups.domain.ActorId;
import io.plexspaces.processgroups.domain.Bytes;
import io.plexspaces.processgroups.domain.Dispatch;
import io.plexspaces.processgroups.domain.Entry;
import io.plexspaces.processgroups.domain.ErrorCode;
import io.plexspaces.processgroups.domain.Glob;
import io.plexspaces.processgroups.domain.GroupException;
import io.plexspaces.processgroups.domain.GroupId;
import io.plexspaces.processgroups.domain.GroupInfo;
import io.plexspaces.processgroups.domain.GroupSpec;
import io.plexspaces.processgroups.domain.JoinMetadata;
import io.plexspaces.processgroups.domain.LeaveReason;
import io.plexspaces.processgroups.domain.Membership;
import io.plexspaces.processgroups.domain.Message;
import io.plexspaces.processgroups.domain.NodeId;
import io.plexspaces.processgroups.domain.OverflowPolicy;
import io.plexspaces.processgroups.domain.Owner;
import io.plexspaces.processgroups.domain.Position;
import io.plexspaces.processgroups.domain.Retention;
import io.plexspaces.processgroups.domain.TopicFilter;
import io.plexspaces.processgroups.log.Command;
import io.plexspaces.processgroups.log.GroupQuery;
import io.plexspaces.processgroups.log.LogLimits;
import io.plexspaces.processgroups.log.NodeLease;
import io.plexspaces.processgroups.log.redis.codec.Entries;
import io.plexspaces.processgroups.log.redis.codec.Formats;
import io.plexspaces.processgroups.log.redis.store.Keys;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * A store that says its format: what earlier servers wrote is read, and no server writes what another one there cannot
 * read.
 */
class RedisFormatTest {
    private static final GroupId ROOM = GroupId.of("tenant", "space", "room");
    private static final String PARTITION = "processgroups:{0.0}:";

    private RedisProcess redis;
    private RedisStore store;
    private RedisGroupLog log;

    @BeforeEach
    void start() {
        redis = RedisProcess.start(RedisBinaries.installed().orElseGet(RedisBinaries::embedded));
        store = RedisStore.of(redis);
        log = store.log(new LogLimits(1_000, 1_000, 8, 8, 1_000, 1 << 20, 100));
    }

    @AfterEach
    void stop() throws Exception {
        store.close();
    }

    private NodeLease acquire(String node) {
        NodeLease lease = result(log.acquire(new NodeId(node)));
        assertThat(lease).isNotNull();
        return lease;
    }

    private String get(String key) {
        return redis.call("GET", PARTITION + key)
                .replaceFirst("^\\$\\d+\r\n", "")
                .strip();
    }

    /** A server of the version before. */
    private void serverBefore(long secondsFromNow) {
        redis.call("HSET", PARTITION + "formats", "old/1", Integer.toString(Formats.NEWEST - 1));
        oldServer(secondsFromNow);
    }

    /** A server of a version that knows the first format alone, and says nothing of it. */
    private void oldServer(long secondsFromNow) {
        long end = (System.currentTimeMillis() + 1_000 * secondsFromNow) * 1_000;
        redis.call("ZADD", PARTITION + "nodes", Long.toString(end), "old/1");
    }

    /** The number before the body of the newest message. */
    private int writtenFormat(Writer writer) {
        writer.create("g", 1);
        writer.publish("g", "x");
        String found = redis.call(
                "EVAL",
                "return string.byte(redis.call('XREVRANGE', KEYS[1], '+', '-', 'COUNT', '1')[1][2][4])",
                "1",
                new Keys("processgroups:", 1).group(writer.group("g")).messages());
        return Integer.parseInt(found.substring(1).strip()) / 2;
    }

    // ---- what was written before

    @Test
    void everyRecordOfTheFormatBefore_isRead() {
        StoredFormat.of(Formats.NEWEST - 1).restore(redis);
        RecordedGroup told = new RecordedGroup();
        result(log.open(ROOM, told));

        GroupInfo info = told.last().info();
        assertThat(info.spec())
                .isEqualTo(new GroupSpec(
                        new GroupSpec.Metadata(
                                "me",
                                "you",
                                Map.of("a", "b", "ключ", "значение"),
                                Map.of("c", new GroupSpec.Annotation("type.example/x", Bytes.wrap(new byte[] {0, 1, -1
                                })))),
                        new Retention(100, Duration.ofMinutes(30)),
                        OverflowPolicy.CONFLATE));
        Map<ActorId, Membership> members = told.members();
        assertThat(members)
                .containsOnlyKeys(new ActorId("alice"), new ActorId("bob"), new ActorId("carol"), new ActorId("dave"));
        assertThat(members.get(new ActorId("alice")).filter()).isEqualTo(TopicFilter.ALL);
        assertThat(members.get(new ActorId("bob")).filter()).isEqualTo(TopicFilter.of(List.of("a.*", "b.>")));
        assertThat(members.get(new ActorId("bob")).holdings().get(0).lease()).isNotNull();
        Owner carol = members.get(new ActorId("carol")).holdings().get(0).owner();
        assertThat(carol).isInstanceOf(Owner.Session.class);
        assertThat(((Owner.Session) carol).incarnation()).isEqualTo(StoredFormat.INCARNATION);
        assertThat(result(log.heldBy(((Owner.Session) carol).id()))).containsExactly(ROOM);
        assertThat(result(log.groups(new GroupQuery("tenant", "space", Glob.ANY, null, 10)))
                        .groups())
                .extracting(group -> group.id().name())
                .containsExactly("empty", "room");
    }

    @Test
    void everyMessageOfTheFormatBefore_isRead() {
        List<Entry.Published> messages = StoredFormat.of(Formats.NEWEST - 1).announcements.stream()
                .flatMap(said -> Entries.announcement(said).entries().stream())
                .filter(Entry.Published.class::isInstance)
                .map(Entry.Published.class::cast)
                .toList();

        assertThat(messages).hasSize(5);
        Message full = messages.get(1).message();
        assertThat(full)
                .isEqualTo(new Message(
                        "id-1",
                        new ActorId("alice"),
                        "type ü",
                        Bytes.wrap(new byte[] {0, ' ', 13, 10, -1}),
                        Instant.ofEpochSecond(-5, 123_456_789),
                        -3,
                        Duration.ofSeconds(86_400L * 3_650, 7),
                        full.headers(),
                        "key-1",
                        "/a b",
                        "GET"));
        assertThat(full.headers()).containsEntry("trace", "1").containsEntry("ключ", "значение");
        assertThat(messages.get(1).excludeSender()).isTrue();
        assertThat(messages.get(1).topic().value()).isEqualTo("a.b");
        assertThat(messages)
                .extracting(message -> (Object) message.dispatch().getClass())
                .containsExactly(
                        Dispatch.ALL.getClass(),
                        Dispatch.ALL.getClass(),
                        Dispatch.To.class,
                        Dispatch.OnNode.class,
                        Dispatch.Nobody.class);
    }

    @Test
    void everyChangeOfTheFormatBefore_isRead() {
        List<Entry> changes = StoredFormat.of(Formats.NEWEST - 1).announcements.stream()
                .flatMap(said -> Entries.announcement(said).entries().stream())
                .filter(entry -> !(entry instanceof Entry.Published))
                .toList();
        assertThat(changes).noneMatch(Entry.Unreadable.class::isInstance);
        assertThat(changes).hasAtLeastOneElementOfType(Entry.Joined.class);
        assertThat(changes).hasAtLeastOneElementOfType(Entry.Deleted.class);
        assertThat(changes.stream().filter(Entry.Left.class::isInstance).map(entry -> ((Entry.Left) entry).reason()))
                .containsOnly(LeaveReason.LEFT)
                .hasSize(2);
    }

    @Test
    void groupsOfTheFormatBefore_goOnInTheNewOne() {
        StoredFormat.of(Formats.NEWEST - 1).restore(redis);
        RecordedGroup told = new RecordedGroup();
        result(log.open(ROOM, told));
        Writer writer = new Writer(log, "tenant");
        writer.as(acquire(writer.node.value()));
        assertThat(get("format")).isEqualTo(Integer.toString(Formats.NEWEST));
        Command join = new Command.Join(
                List.of(new ActorId("alice")), TopicFilter.ALL, new Owner.Durable(writer.node), writer.node, null);
        assertThat(result(log.append(ROOM, null, join, writer.operation()))
                        .membership()
                        .joinCount())
                .isEqualTo(2);
        writer.expire();
        assertThat(told.holes).isEmpty();
        assertThat(log.unreadable()).isZero();
    }

    // ---- who is there

    @Test
    void serversThatAllReadTheNewest_writeIt() {
        Writer writer = new Writer(log, Writer.newTenant());
        assertThat(writtenFormat(writer)).as("before it knows who is there").isEqualTo(Formats.FIRST);
        acquire("n");
        assertThat(writtenFormat(new Writer(log, Writer.newTenant()))).isEqualTo(Formats.FIELDS);
        assertThat(get("format")).isEqualTo(Integer.toString(Formats.NEWEST));
    }

    /** It would lose both without notice when it changes the membership. */
    @Test
    void besideAServerOfTheFormatBefore_joinsHaveNoTimesAndNoMetadata_untilItIsGone() {
        serverBefore(60);
        Writer writer = new Writer(log, Writer.newTenant());
        NodeLease lease = acquire(writer.node.value());
        writer.as(lease);
        writer.create("g", 10);
        writer.join("g", "ann");
        Owner session = writer.session("s");
        assertThat(result(writer.joining("g", "ann", session)).membership().holdings())
                .extracting(Membership.Holding::since)
                .containsOnlyNulls();
        JoinMetadata metadata = new JoinMetadata(Map.of("state", "idle"));
        List<Command> says = List.of(
                new Command.Update(new ActorId("ann"), session, metadata),
                new Command.Join(
                        List.of(new ActorId("bob")), TopicFilter.ALL, session, writer.node, null, false, metadata));
        for (Command command : says) {
            assertThat(Writer.failure(log.append(writer.group("g"), null, command, writer.operation())))
                    .isEqualTo(ErrorCode.STORE_UNAVAILABLE);
        }
        result(log.append(
                writer.group("g"),
                null,
                new Command.Update(new ActorId("ann"), session, JoinMetadata.NONE),
                writer.operation()));

        serverBefore(-1);
        result(log.renew(lease));
        for (Command command : says) {
            assertThat(result(log.append(writer.group("g"), null, command, writer.operation()))
                            .membership()
                            .metadata(session))
                    .isEqualTo(metadata);
        }
        assertThat(result(writer.joining("g", "ann", new Owner.Lease("l")))
                        .membership()
                        .holdings())
                .extracting(held -> held.since() != null)
                .containsExactly(false, false, true);
    }

    @Test
    void besideAServerThatReadsTheFirstAlone_theFirstIsWritten_untilItIsGone() {
        oldServer(60);
        NodeLease lease = acquire("n");
        assertThat(writtenFormat(new Writer(log, Writer.newTenant()))).isEqualTo(Formats.FIRST);
        assertThat(get("format")).isEqualTo("1");
        result(log.renew(lease));
        assertThat(writtenFormat(new Writer(log, Writer.newTenant()))).isEqualTo(Formats.FIRST);

        oldServer(-1);
        result(log.renew(lease));
        assertThat(get("format")).isEqualTo(Integer.toString(Formats.NEWEST));
        assertThat(writtenFormat(new Writer(log, Writer.newTenant()))).isEqualTo(Formats.FIELDS);
    }

    /** It would take a group under another epoch for one that was deleted. */
    @Test
    void besideAServerThatReadsTheFirstAlone_groupsKeepTheirEpoch_untilItIsGone() {
        oldServer(60);
        Writer writer = new Writer(log, Writer.newTenant());
        NodeLease lease = acquire(writer.node.value());
        writer.as(lease);
        Position made = writer.create("g", 10).position();
        RecordedGroup told = writer.open("g");
        // It says of none under which token it is.
        redis.call(
                "HDEL", new Keys("processgroups:", 1).group(writer.group("g")).group(), "g");
        Position beside = writer.publish("g", "beside").position();
        assertThat(beside.epoch()).isEqualTo(made.epoch());

        oldServer(-1);
        result(log.renew(lease));
        Position alone = writer.publish("g", "alone").position();
        assertThat(alone.epoch()).isNotEqualTo(made.epoch());
        await().until(() -> told.offset() == alone.offset());
        assertThat(told.snapshots).hasSize(1);
        assertThat(told.holes).isEmpty();
        assertThat(told.texts()).containsExactly("beside", "alone");
        assertThat(result(log.read(writer.group("g"), beside, 10)).messages()).hasSize(1);
    }

    @Test
    void theFormatThatWasReached_staysWhenAnOldServerComes() {
        NodeLease lease = acquire("n");
        oldServer(60);
        result(log.renew(lease));
        assertThat(get("format")).isEqualTo(Integer.toString(Formats.NEWEST));
    }

    @Test
    void besideNewerServers_noLeaseIsGiven_andNothingIsTouched() {
        redis.call("SET", PARTITION + "format", "4");
        GroupException refused = catchThrowableOfType(GroupException.class, () -> result(log.acquire(new NodeId("n"))));
        assertThat(refused.code()).isEqualTo(ErrorCode.FAILED_PRECONDITION);
        assertThat(refused)
                .hasMessageContaining("format 4 of newer servers")
                .hasMessageContaining("reads 2 and 3")
                .hasMessageContaining("processgroups.redis.prefix");
        assertThat(redis.call("EXISTS", PARTITION + "node:n")).isEqualTo(":0\r\n");
        assertThat(redis.call("ZCARD", PARTITION + "nodes")).isEqualTo(":0\r\n");
    }

    @Test
    void incarnationsThatAreGone_areForgotten() {
        redis.call("HSET", PARTITION + "formats", "gone/1", "1");
        acquire("n");
        acquire("n");
        assertThat(redis.call("HLEN", PARTITION + "formats")).isEqualTo(":2\r\n");
    }
}
