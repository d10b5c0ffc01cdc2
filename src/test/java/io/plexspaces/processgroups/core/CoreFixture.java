package io.plexspaces.processgroups.core;

import io.plexspaces.processgroups.core.asks.Asks;
import io.plexspaces.processgroups.core.delivery.Connection;
import io.plexspaces.processgroups.core.delivery.DeliveryLoops;
import io.plexspaces.processgroups.core.delivery.DeliveryObserver;
import io.plexspaces.processgroups.core.delivery.DeliveryTracer;
import io.plexspaces.processgroups.core.delivery.ServerBudget;
import io.plexspaces.processgroups.core.group.Replicas;
import io.plexspaces.processgroups.core.group.ReplicatedGroups;
import io.plexspaces.processgroups.core.session.ConnectionWatches;
import io.plexspaces.processgroups.core.session.EvictionFollower;
import io.plexspaces.processgroups.core.session.Session;
import io.plexspaces.processgroups.core.session.Sessions;
import io.plexspaces.processgroups.domain.ActorId;
import io.plexspaces.processgroups.domain.Bytes;
import io.plexspaces.processgroups.domain.GroupId;
import io.plexspaces.processgroups.domain.GroupSpec;
import io.plexspaces.processgroups.domain.JoinMetadata;
import io.plexspaces.processgroups.domain.Message;
import io.plexspaces.processgroups.domain.Namespace;
import io.plexspaces.processgroups.domain.NodeId;
import io.plexspaces.processgroups.domain.OverflowPolicy;
import io.plexspaces.processgroups.domain.Position;
import io.plexspaces.processgroups.domain.Retention;
import io.plexspaces.processgroups.domain.Topic;
import io.plexspaces.processgroups.domain.TopicFilter;
import io.plexspaces.processgroups.log.GroupLog;
import io.plexspaces.processgroups.log.LogLimits;
import io.plexspaces.processgroups.log.NodeLease;
import io.plexspaces.processgroups.log.NodeLeases;
import io.plexspaces.processgroups.log.NodeMail;
import io.plexspaces.processgroups.log.memory.MemoryGroupLog;
import io.plexspaces.processgroups.log.memory.MemoryNodeMail;
import io.plexspaces.processgroups.log.redis.RedisGroupLog;
import io.plexspaces.processgroups.tasks.Delays;
import io.smallrye.mutiny.Uni;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Delayed;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** The core over a log in memory, with peers that the test reads and stalls. */
public final class CoreFixture implements AutoCloseable {
    public static final NodeId NODE = new NodeId("node-1");
    static final long MAILBOX = 10_000;

    /** Longer than a change of any test may be under way. */
    public static final Duration TAKEOVER = Duration.ofSeconds(2);

    public final GroupLog log;
    public final Replicas replicas;
    public final Groups groups;
    public final Sessions sessions;
    public final EvictionFollower evictions;
    public final OperationIds operations;
    public final Asks asks;
    public final String tenant;
    public static final int CONNECTIONS_AT_MOST = 10_000;

    /** Replicas of one node that may be open before unused ones are closed. */
    public static final int OPEN_GROUPS = 100;

    /** Those that are in use included. */
    public static final int MOST_GROUPS = 2_000;

    /** Asks of one node. */
    public static final int ASKS = 100;

    /** Asks of one connection. */
    public static final int ASKS_OF_ONE = 20;

    /** Members of one ask. */
    public static final int ASKED_AT_ONCE = 300;

    private static final NodeMail MAIL = new MemoryNodeMail();
    private static final AtomicLong RUNS = new AtomicLong(new SecureRandom().nextInt(1 << 30) * 1_000L);

    private static final ConnectionSettings CONNECTIONS =
            new ConnectionSettings(10_000, 10_000, Duration.ZERO, Duration.ZERO);

    private final ScheduledThreadPoolExecutor timer = new ScheduledThreadPoolExecutor(1);
    private int peers;

    public CoreFixture(Duration grace) {
        this(grace, newLog(), NODE, "t-" + UUID.randomUUID());
    }

    /** What clients make this node hold. */
    public final ServerBudget budget = new ServerBudget(1 << 30);

    private CoreFixture(Duration grace, MemoryGroupLog log, NodeId node, String tenant) {
        this(grace, log, log.acquire(node).await().indefinitely(), tenant);
    }

    /** On another log, with a node's lease of it. */
    public CoreFixture(Duration grace, GroupLog log, NodeLease lease) {
        this(grace, log, lease, "t-" + UUID.randomUUID());
    }

    public CoreFixture(Duration grace, GroupLog log, NodeLease lease, String tenant) {
        this(grace, log, lease, tenant, MAILBOX);
    }

    /** @param mailbox bytes that may wait for one connection */
    public CoreFixture(Duration grace, GroupLog log, NodeLease lease, String tenant, long mailbox) {
        this(grace, log, lease, tenant, mailbox, CONNECTIONS);
    }

    private CoreFixture(
            Duration grace,
            GroupLog log,
            NodeLease lease,
            String tenant,
            long mailbox,
            ConnectionSettings connections) {
        this.log = log;
        this.tenant = tenant;
        Settings settings = new Settings(
                lease.node(),
                grace,
                TAKEOVER,
                OverflowPolicy.DISCONNECT,
                CONNECTIONS_AT_MOST,
                1000,
                1000,
                10_000,
                10_000,
                1000,
                OPEN_GROUPS,
                MOST_GROUPS,
                connections);
        DeliveryLoops loops = new DeliveryLoops(System::nanoTime, DeliveryObserver.NONE, mailbox, 64 << 20, budget);
        operations = new OperationIds(lease);
        asks = new Asks(
                log,
                log instanceof RedisGroupLog redis ? redis.mail() : MAIL,
                new NodeMail.Address(lease.node(), RUNS.incrementAndGet()),
                new Asks.Bounds(ASKS, ASKS_OF_ONE, ASKED_AT_ONCE),
                new Asks.Times(Delays.on(timer), System::nanoTime),
                AskObserver.NONE);
        replicas = new Replicas(log, operations, settings, DeliveryTracer.OFF, asks);
        groups = new ReplicatedGroups(log, replicas, loops, operations, settings, CoreFixture::unique);
        sessions = new Sessions(groups, replicas, loops, operations, settings, timer, CoreFixture::unique);
        evictions = new EvictionFollower(log, sessions);
    }

    /** A node that bounds its connections so. */
    public static CoreFixture with(Duration grace, ConnectionSettings connections) {
        MemoryGroupLog log = newLog();
        return new CoreFixture(grace, log, await(log.acquire(NODE)), "t-" + UUID.randomUUID(), MAILBOX, connections);
    }

    private static MemoryGroupLog newLog() {
        return new MemoryGroupLog(
                Clock.systemUTC(),
                new LogLimits(20_000, 200_000, 256, 1000, 1_000, 8 << 20, 1000),
                CoreFixture::unique);
    }

    private static String unique() {
        return UUID.randomUUID().toString();
    }

    /** Another node on the same log in memory, for the same tenant. */
    public CoreFixture another(String node) {
        return new CoreFixture(sessions.grace(), (MemoryGroupLog) log, new NodeId(node), tenant);
    }

    /** A node of a store that several share. */
    public static <L extends GroupLog & NodeLeases> CoreFixture on(L log, Duration grace, NodeId node) {
        return new CoreFixture(grace, log, await(log.acquire(node)));
    }

    /** Another node on the same store, for the same tenant. */
    public <L extends GroupLog & NodeLeases> CoreFixture another(L shared, NodeId node) {
        return new CoreFixture(sessions.grace(), shared, await(shared.acquire(node)), tenant);
    }

    /** As the server does every few seconds. */
    public void renewLease() {
        await(((NodeLeases) log).renew(operations.lease()));
    }

    /** Does now what the timer is to do after more than this time. */
    public void doWhatIsDueAfter(Duration time) {
        for (Runnable waiting : List.copyOf(timer.getQueue())) {
            if (waiting instanceof Delayed later && later.getDelay(TimeUnit.NANOSECONDS) > time.toNanos()) {
                timer.remove(waiting);
                waiting.run();
            }
        }
    }

    /** Does regularly what the server's timer does. */
    public void startTicking() {
        timer.scheduleWithFixedDelay(replicas::tick, 1, 1, TimeUnit.SECONDS);
    }

    public GroupId group(String name) {
        return GroupId.of(tenant, "", name);
    }

    public GroupId create(String name) {
        return create(name, 128);
    }

    public GroupId create(String name, int retained) {
        GroupSpec spec = new GroupSpec(GroupSpec.Metadata.NONE, new Retention(retained, Duration.ofMinutes(5)), null);
        await(groups.create(group(name), spec));
        return group(name);
    }

    public Client connect(String actor) {
        return connect(actor, null);
    }

    public Client connect(String actor, @Nullable String resumeToken) {
        return connect(actor, resumeToken, group("any").namespace());
    }

    public Client connect(String actor, @Nullable String resumeToken, Namespace namespace) {
        FakePeer peer = new FakePeer(peers++);
        Connection connection = sessions.connect(peer);
        peer.connected(connection);
        Sessions.Opened opened = await(sessions.open(connection, namespace, new ActorId(actor), resumeToken));
        return new Client(peer, connection, opened);
    }

    public Watching watch(GroupId group) {
        FakePeer peer = new FakePeer(peers++);
        Connection connection = sessions.connect(peer);
        peer.connected(connection);
        ConnectionWatches watcher = sessions.watcher(connection, true);
        await(watcher.watch(group));
        return new Watching(peer, connection, watcher);
    }

    public Groups.JoinResult join(GroupId group, String actor, String... topics) {
        return await(groups.join(new Groups.JoinRequest(
                group, List.of(new ActorId(actor)), TopicFilter.of(List.of(topics)), null, null, null)));
    }

    public Groups.LeaveResult leave(GroupId group, String actor) {
        return await(groups.leave(new Groups.LeaveRequest(group, new ActorId(actor), false, null, null)));
    }

    public Groups.PublishResult publish(GroupId group, @Nullable String topic, String text) {
        return await(groups.publish(request(group, topic, text, Groups.Spread.ALL, "", null)));
    }

    public static Groups.PublishRequest request(
            GroupId group,
            @Nullable String topic,
            String text,
            Groups.Spread spread,
            String key,
            @Nullable String excludedSender) {
        return new Groups.PublishRequest(
                group,
                message(text, excludedSender, ""),
                topic == null ? null : new Topic(topic),
                spread,
                key,
                excludedSender != null,
                Groups.RecipientDetail.IDS);
    }

    public static Message message(String text, @Nullable String sender, String idempotencyKey) {
        return new Message(
                "",
                sender == null ? null : new ActorId(sender),
                "",
                Bytes.wrap(text.getBytes(StandardCharsets.UTF_8)),
                null,
                0,
                null,
                Map.of(),
                idempotencyKey,
                "",
                "");
    }

    public static <T> T await(Uni<T> uni) {
        return uni.await().atMost(Duration.ofSeconds(20));
    }

    @Override
    public void close() {
        timer.shutdownNow();
    }

    /** A session on a connection. */
    public record Client(FakePeer peer, Connection connection, Sessions.Opened opened) {
        public Groups.JoinResult join(GroupId group, String... topics) {
            return joinWith(group, null, null, topics);
        }

        public Groups.JoinResult joinWith(
                GroupId group, @Nullable Position after, @Nullable OverflowPolicy policy, String... topics) {
            return await(opened.session()
                    .join(connection, group, TopicFilter.of(List.of(topics)), after, false, policy, false));
        }

        public Groups.JoinResult seeing(
                GroupId group, Presence presence, @Nullable Position after, JoinMetadata metadata, String... topics) {
            TopicFilter filter = TopicFilter.of(List.of(topics));
            Session.Wish wish =
                    new Session.Wish(group, filter, after, null, false, null, false, metadata, presence, null);
            return await(opened.session().join(connection, wish));
        }

        public void drop() {
            connection.lost();
        }
    }

    /** A watch on a connection. */
    public record Watching(FakePeer peer, Connection connection, ConnectionWatches watcher) {}
}
