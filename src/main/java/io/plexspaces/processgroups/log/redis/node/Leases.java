package io.plexspaces.processgroups.log.redis.node;

import io.plexspaces.processgroups.domain.ErrorCode;
import io.plexspaces.processgroups.domain.GroupException;
import io.plexspaces.processgroups.domain.NodeId;
import io.plexspaces.processgroups.domain.OperationId;
import io.plexspaces.processgroups.log.NodeLease;
import io.plexspaces.processgroups.log.NodeLeases;
import io.plexspaces.processgroups.log.redis.codec.Formats;
import io.plexspaces.processgroups.log.redis.store.Format;
import io.plexspaces.processgroups.log.redis.store.Keys;
import io.plexspaces.processgroups.log.redis.store.Scripts;
import io.plexspaces.processgroups.log.redis.store.Store;
import io.plexspaces.processgroups.log.redis.store.StoreClock;
import io.vertx.core.Future;
import io.vertx.redis.client.Response;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The leases of nodes: the same in every partition, since a script sees the copy of its own partition alone. On
 * connections of their own: a lease must not be lost because the other connections are busy.
 */
public final class Leases {
    private static final int ATTEMPTS = 5;
    private static final long NONE = 0;

    private final Store store;

    /** Numbers kept of calls without an answer: the last of them may still reach the store. */
    private static final int MOST_DOUBTFUL = 64;

    /**
     * Incarnations that this server asked for without an answer: when one is found later, it is not another server's.
     * The oldest first; under its own lock.
     */
    private final Deque<Long> doubtful = new ArrayDeque<>();

    /** When each was last taken or renewed, by the store's clock in microseconds. */
    private final Map<NodeLease, Long> renewed = new ConcurrentHashMap<>();

    public Leases(Store store) {
        this.store = store;
    }

    /** Agrees on the format that every server with a lease reads in all partitions. */
    private NodeLease agreed(List<Response> answers, NodeLease lease) {
        long least = Long.MAX_VALUE;
        for (Response answer : answers) {
            least = Math.min(least, Store.number(answer.get(3)));
        }
        store.format().agree((int) Math.min(Formats.NEWEST, least));
        return lease;
    }

    private static Response readable(Response answer) {
        if (answer.get(0).toString().equals("!FORMAT")) {
            throw Format.refused(Store.number(answer.get(1)));
        }
        return answer;
    }

    /**
     * Greater than every incarnation any partition knows. FAILED_PRECONDITION when the store is in a format that this
     * server does not read.
     */
    public Future<NodeLease> acquire(NodeId node) {
        return acquire(node, Long.MAX_VALUE, ATTEMPTS);
    }

    /** FENCED when another server has taken the node's name since. */
    public Future<NodeLease> reacquire(NodeLease lapsed) {
        return acquire(lapsed.node(), lapsed.incarnation(), 1);
    }

    /** @param newest FENCED when a partition knows a newer one, unless it was ours to be */
    private Future<NodeLease> acquire(NodeId node, long newest, int attempts) {
        return everywhere("look", node, 0, NONE).compose(known -> {
            long next = 0;
            for (Response one : known) {
                long present = Store.number(one.get(1));
                if (present > newest && !mayBeOurs(present)) {
                    throw Store.fenced(
                            new OperationId(node, newest, 0), one.get(1).toString());
                }
                // The store's microseconds: two servers that start at once do not meet in one number.
                next = Math.max(next, Math.max(present + 1, Store.number(one.get(2))));
            }
            doubt(next);
            NodeLease lease = new NodeLease(node, next);
            return everywhere("take", node, next, ttl())
                    .map(taken -> taken(agreed(taken, lease), taken))
                    .recover(failure -> isFenced(failure) && attempts > 1
                            ? acquire(node, newest, attempts - 1)
                            : Future.failedFuture(failure));
        });
    }

    private boolean mayBeOurs(long incarnation) {
        synchronized (doubtful) {
            return doubtful.contains(incarnation);
        }
    }

    private void doubt(long incarnation) {
        synchronized (doubtful) {
            if (doubtful.size() == MOST_DOUBTFUL) {
                doubtful.remove();
            }
            doubtful.add(incarnation);
        }
    }

    private NodeLease taken(NodeLease lease, List<Response> said) {
        synchronized (doubtful) {
            doubtful.clear();
        }
        renewed.put(lease, earliest(said));
        return lease;
    }

    /** FENCED when a newer one was taken, or this one has lapsed, which the store need not know any more. */
    public Future<Void> renew(NodeLease lease) {
        return everywhere("renew", lease.node(), lease.incarnation(), ttl())
                .map(said -> {
                    renewed.replace(agreed(said, lease), earliest(said));
                    return (Void) null;
                })
                .onFailure(failure -> {
                    if (isFenced(failure)) {
                        renewed.remove(lease);
                    }
                });
    }

    private static long earliest(List<Response> said) {
        return said.stream().mapToLong(one -> Store.number(one.get(2))).min().orElse(NONE);
    }

    /** The joins of its sessions end after the grace as if it had lapsed then. */
    public Future<Void> release(NodeLease lease, Duration grace) {
        renewed.remove(lease);
        return everywhere("release", lease.node(), lease.incarnation(), grace.toMillis())
                .mapEmpty();
    }

    /** As the first partition knows them. */
    public Future<List<NodeLeases.Known>> known(int most) {
        return store.servers()
                .call(Scripts.NODES, List.of(store.keys().partition(0).nodes()), List.of(most))
                .map(said -> {
                    List<NodeLeases.Known> known = new ArrayList<>();
                    for (int i = 0; i + 1 < said.size(); i += 2) {
                        known.add(new NodeLeases.Known(
                                lease(said.get(i).toString()), Duration.ofMillis(Store.number(said.get(i + 1)))));
                    }
                    return known;
                });
    }

    /** @param served node and incarnation, as in the partition's leases */
    private static NodeLease lease(String served) {
        int slash = served.lastIndexOf('/');
        return new NodeLease(new NodeId(served.substring(0, slash)), Long.parseLong(served.substring(slash + 1)));
    }

    private long ttl() {
        return store.settings().leaseTtl().toMillis();
    }

    private Future<List<Response>> everywhere(String step, NodeId node, long incarnation, long millis) {
        Long before = renewed.get(new NodeLease(node, incarnation));
        List<Future<Response>> all = new ArrayList<>();
        for (int i = 0; i < store.keys().partitions(); i++) {
            Keys.Partition partition = store.keys().partition(i);
            StoreClock clock = store.clocks().get(i);
            long called = System.nanoTime();
            all.add(store.servers()
                    .callUrgently(
                            Scripts.LEASE,
                            List.of(partition.node(node), partition.nodes(), partition.format(), partition.formats()),
                            List.of(
                                    step,
                                    node.value(),
                                    incarnation,
                                    millis,
                                    Formats.NEWEST,
                                    before == null ? NONE : before))
                    .map(Leases::readable)
                    .map(said -> Store.unfenced(said, new OperationId(node, incarnation, 0)))
                    .map(said -> {
                        clock.told(Store.number(said.get(2)), called);
                        return said;
                    }));
        }
        return Future.all(all).map(done -> all.stream().map(Future::result).toList());
    }

    private static boolean isFenced(Throwable failure) {
        return GroupException.is(failure, ErrorCode.FENCED);
    }
}
