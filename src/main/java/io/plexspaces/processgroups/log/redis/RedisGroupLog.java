package io.plexspaces.processgroups.log.redis;

import io.plexspaces.processgroups.domain.ActorId;
import io.plexspaces.processgroups.domain.GroupId;
import io.plexspaces.processgroups.domain.Namespace;
import io.plexspaces.processgroups.domain.NodeId;
import io.plexspaces.processgroups.domain.OperationId;
import io.plexspaces.processgroups.domain.Owner;
import io.plexspaces.processgroups.domain.Position;
import io.plexspaces.processgroups.log.Appended;
import io.plexspaces.processgroups.log.Command;
import io.plexspaces.processgroups.log.Expired;
import io.plexspaces.processgroups.log.FirstAnswer;
import io.plexspaces.processgroups.log.GroupLog;
import io.plexspaces.processgroups.log.GroupPage;
import io.plexspaces.processgroups.log.GroupQuery;
import io.plexspaces.processgroups.log.GroupReader;
import io.plexspaces.processgroups.log.NamespaceReader;
import io.plexspaces.processgroups.log.NodeLease;
import io.plexspaces.processgroups.log.NodeLeases;
import io.plexspaces.processgroups.log.NodeMail;
import io.plexspaces.processgroups.log.Slice;
import io.plexspaces.processgroups.log.Tail;
import io.plexspaces.processgroups.log.redis.append.FirstAnswers;
import io.plexspaces.processgroups.log.redis.append.Lanes;
import io.plexspaces.processgroups.log.redis.connection.ConnectionSettings;
import io.plexspaces.processgroups.log.redis.connection.RedisServers;
import io.plexspaces.processgroups.log.redis.index.GroupLifecycle;
import io.plexspaces.processgroups.log.redis.index.MemberCount;
import io.plexspaces.processgroups.log.redis.index.MemberQuota;
import io.plexspaces.processgroups.log.redis.index.TenantIndex;
import io.plexspaces.processgroups.log.redis.index.TenantListing;
import io.plexspaces.processgroups.log.redis.node.Leases;
import io.plexspaces.processgroups.log.redis.node.RedisNodeMail;
import io.plexspaces.processgroups.log.redis.node.SessionClaims;
import io.plexspaces.processgroups.log.redis.node.SessionLookup;
import io.plexspaces.processgroups.log.redis.node.Sweep;
import io.plexspaces.processgroups.log.redis.node.TenantEvictions;
import io.plexspaces.processgroups.log.redis.reading.Feeds;
import io.plexspaces.processgroups.log.redis.reading.GroupAccess;
import io.plexspaces.processgroups.log.redis.reading.GroupFeed;
import io.plexspaces.processgroups.log.redis.reading.GroupReading;
import io.plexspaces.processgroups.log.redis.reading.HistoryRead;
import io.plexspaces.processgroups.log.redis.reading.NamespaceFeed;
import io.plexspaces.processgroups.log.redis.reading.NamespaceReading;
import io.plexspaces.processgroups.log.redis.reading.PositionCheck;
import io.plexspaces.processgroups.log.redis.reading.Replays;
import io.plexspaces.processgroups.log.redis.store.Format;
import io.plexspaces.processgroups.log.redis.store.Keys;
import io.plexspaces.processgroups.log.redis.store.RedisSettings;
import io.plexspaces.processgroups.log.redis.store.Store;
import io.plexspaces.processgroups.log.redis.store.StoreClock;
import io.plexspaces.processgroups.log.redis.store.Unreadables;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.redis.client.RedisOptions;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongConsumer;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The log in Redis, shared by all servers that use the same store and prefix. Answers, and calls of readers, come on
 * the threads of the connections.
 *
 * <p>Besides what the port says, every operation can fail with STORE_UNAVAILABLE: the store did not answer within the
 * patience of the settings (three times that, behind a call that fails), and a change may or may not have been made; or
 * with OVERLOADED: too much waits for the store, and nothing was done.
 */
public final class RedisGroupLog implements GroupLog, NodeLeases, AutoCloseable {
    /**
     * How long {@link #expire} begins calls of the store, however many joins have expired. A round that it has begun is
     * two calls at most, one after the other.
     */
    public static final Duration EXPIRY_BEGINS_FOR = Sweep.BEGINS_FOR;

    private static final int PARTITIONS_OF_A_CLUSTER = 64;

    private final Store store;
    private final Changes changes;
    private final TenantListing listing;
    private final Replays replays;
    private final Sweep sweep;
    private final FirstAnswers firstAnswers;
    private final SessionLookup heldBy;
    private final SessionClaims claims;
    private final Leases leases;
    private final TenantEvictions evictions;
    private final NodeMail mail;
    private final GroupAccess access;
    private final Feeds<GroupId, GroupFeed> groupFeeds;
    private final Feeds<Namespace, NamespaceFeed> namespaceFeeds;

    /** Identifies the writes that repair a lost group. */
    private final NodeId mender = new NodeId("log-" + UUID.randomUUID());

    private final AtomicLong mended = new AtomicLong();

    /**
     * @param options where the store is and how to connect: standalone, Sentinel or cluster
     * @param epochs a new one at each call, at most 64 characters of letters, digits, {@code -} and {@code _}; called
     *     by many threads
     */
    public RedisGroupLog(Vertx vertx, RedisOptions options, RedisSettings settings, Supplier<String> epochs) {
        this(vertx, options, settings, epochs, nanos -> {});
    }

    /** @param roundTrips receives the time from each call of the store to its answer, in nanoseconds; must be quick */
    public RedisGroupLog(
            Vertx vertx,
            RedisOptions options,
            RedisSettings settings,
            Supplier<String> epochs,
            LongConsumer roundTrips) {
        RedisServers servers = new RedisServers(
                vertx, options, ConnectionSettings.of(settings.patience(), roundTrips), settings.prefix());
        int byKind = servers.isCluster() ? PARTITIONS_OF_A_CLUSTER : 1;
        Keys keys = new Keys(settings.prefix(), settings.partitions() > 0 ? settings.partitions() : byKind);
        AtomicLong calls = new AtomicLong(System.currentTimeMillis() * 1_000);
        List<StoreClock> clocks =
                Stream.generate(StoreClock::new).limit(keys.partitions()).toList();
        this.store =
                new Store(servers, keys, settings, epochs, clocks, new Unreadables(System::nanoTime), new Format());
        TenantIndex index = new TenantIndex(store);
        GroupLifecycle groups = new GroupLifecycle(store, index, calls);
        this.listing = new TenantListing(store, index);
        this.replays = new Replays(new HistoryRead(store));
        this.sweep = new Sweep(store, index, groups);
        this.firstAnswers = new FirstAnswers(store);
        MemberQuota quota = new MemberQuota(
                settings.limits().quotas(),
                new MemberCount(store, listing),
                System::nanoTime,
                servers::later,
                settings.patience());
        this.changes = new Changes(store, new Lanes(store, calls), groups, quota, firstAnswers);
        this.heldBy = new SessionLookup(store);
        this.claims = new SessionClaims(store);
        this.leases = new Leases(store);
        this.evictions = new TenantEvictions(store);
        this.mail = new RedisNodeMail(store);
        this.groupFeeds = new Feeds<>(
                servers, group -> new GroupFeed(group, keys.group(group).channel(), store.unreadables()));
        this.namespaceFeeds = new Feeds<>(
                servers,
                namespace -> new NamespaceFeed(
                        namespace, keys.index(namespace.tenant()).channel(namespace), store.unreadables()));
        this.access = new GroupAccess(store, groups, groupFeeds::release);
        PositionCheck check = new PositionCheck(store, listing, groupFeeds, namespaceFeeds);
        servers.regularly("the check of positions", settings.check().toMillis(), check::run);
    }

    @Override
    public Uni<Optional<FirstAnswer>> firstAnswer(GroupId group, String idempotencyKey, long offset) {
        return Store.uni(() -> firstAnswers.find(group, idempotencyKey, offset));
    }

    @Override
    public Uni<Appended> append(GroupId group, @Nullable String epoch, Command command, OperationId operation) {
        return changes.append(group, epoch, command, operation);
    }

    @Override
    public Uni<Tail> open(GroupId group, GroupReader reader) {
        return tail(() -> {
            GroupFeed feed = groupFeeds.acquire(group);
            OperationId operation = new OperationId(mender, 1, mended.incrementAndGet());
            GroupReading reading = new GroupReading(feed, reader, access, operation);
            feed.add(reading);
            giveUpLater(reading.opened(), reading::giveUpWaiting);
            return reading.opened();
        });
    }

    @Override
    public Uni<Position> end(GroupId group) {
        return Store.uni(() -> access.end(group));
    }

    @Override
    public Uni<Slice> read(GroupId group, @Nullable Position after, int limit) {
        return Store.uni(() -> replays.read(group, after, limit));
    }

    @Override
    public Uni<Slice> readBack(GroupId group, @Nullable Position before, int limit) {
        return Store.uni(() -> replays.readBack(group, before, limit));
    }

    @Override
    public Uni<GroupPage> groups(GroupQuery query) {
        return Store.uni(() -> listing.page(query));
    }

    @Override
    public Uni<Tail> follow(Namespace namespace, NamespaceReader reader) {
        return tail(() -> {
            NamespaceFeed feed = namespaceFeeds.acquire(namespace);
            NamespaceReading reading = new NamespaceReading(
                    feed,
                    reader,
                    listing,
                    ended -> namespaceFeeds.release(ended.feed().namespace()));
            feed.add(reading);
            giveUpLater(reading.opened(), reading::giveUpWaiting);
            return reading.opened();
        });
    }

    @Override
    public Duration age(GroupId group, Instant at) {
        return store.clocks().get(store.keys().partition(group)).age(at);
    }

    @Override
    public Uni<List<GroupId>> heldBy(String session) {
        return Store.uni(() -> heldBy.of(session));
    }

    @Override
    public Uni<Claim> claim(String session, OperationId operation) {
        return Store.uni(() -> claims.next(session, operation));
    }

    @Override
    public Uni<Claim> claimAgain(Owner.Session session, OperationId operation) {
        return Store.uni(() -> claims.again(session, operation));
    }

    @Override
    public Uni<Boolean> end(Owner.Session session, OperationId operation) {
        return Store.uni(() -> claims.end(session, operation));
    }

    @Override
    public Uni<Void> evict(String tenant, ActorId actor, @Nullable Duration ban) {
        return Store.uni(() -> evictions.evict(tenant, actor, ban));
    }

    @Override
    public Uni<Notes> notesAfter(long number) {
        return Store.uni(() -> evictions.notesAfter(number));
    }

    @Override
    public Uni<Expired> expire(OperationId operation) {
        return Store.uni(() -> sweep.run(operation));
    }

    @Override
    public Uni<NodeLease> acquire(NodeId node) {
        return Store.uni(() -> leases.acquire(node));
    }

    @Override
    public Uni<NodeLease> reacquire(NodeLease lapsed) {
        return Store.uni(() -> leases.reacquire(lapsed));
    }

    @Override
    public Uni<Void> renew(NodeLease lease) {
        return Store.uni(() -> leases.renew(lease));
    }

    @Override
    public Uni<Void> release(NodeLease lease, Duration grace) {
        return Store.uni(() -> leases.release(lease, grace));
    }

    @Override
    public Uni<List<Known>> known(int most) {
        return Store.uni(() -> leases.known(most));
    }

    /** Letters between the nodes of this store. */
    public NodeMail mail() {
        return mail;
    }

    /** Whether the store answers, and announcements arrive from every part of it. */
    public boolean isHealthy() {
        return store.servers().isHealthy();
    }

    /** How much this server found in the store that it cannot read; never less than before. */
    public long unreadable() {
        return store.unreadables().count();
    }

    /** What it could not read within the last minute, in words; empty: nothing. */
    public Optional<String> unreadableLately() {
        return Optional.ofNullable(store.unreadables().lately());
    }

    /** How long the command that waits longest has waited for its answer, in nanoseconds; 0: none waits. */
    public long longestUnanswered() {
        return store.servers().longestUnanswered();
    }

    /** The store's policy for a full memory, if it may take keys of groups; empty: none is taken, as far as known. */
    public Optional<String> eviction() {
        return store.servers().eviction();
    }

    /** Entries by which the reading that is furthest behind its log was behind it at the last check. */
    public long lag() {
        AtomicLong most = new AtomicLong();
        groupFeeds.forEach(feed -> most.accumulateAndGet(feed.behind(), Math::max));
        return most.get();
    }

    /** Ends all connections: calls under way fail, and readers receive nothing more. */
    @Override
    public void close() {
        store.servers().close();
    }

    private void giveUpLater(Future<Tail> opened, Runnable giveUp) {
        if (!opened.isComplete()) {
            store.servers().later(store.settings().patience().toMillis(), giveUp);
        }
    }

    /** A reading whose caller is gone before it begins ends at once. */
    private static Uni<Tail> tail(Supplier<Future<Tail>> opening) {
        return Uni.createFrom().emitter(emitter -> {
            Future<Tail> opened = opening.get();
            AtomicBoolean taken = new AtomicBoolean();
            emitter.onTermination(() -> {
                if (!taken.get()) {
                    opened.onSuccess(Tail::close);
                }
            });
            opened.onComplete(
                    tail -> {
                        taken.set(true);
                        emitter.complete(tail);
                    },
                    emitter::fail);
        });
    }
}
