package io.plexspaces.processgroups.log.redis.node;

import io.plexspaces.processgroups.domain.ErrorCode;
import io.plexspaces.processgroups.domain.GroupException;
import io.plexspaces.processgroups.domain.GroupId;
import io.plexspaces.processgroups.domain.OperationId;
import io.plexspaces.processgroups.log.Expired;
import io.plexspaces.processgroups.log.redis.codec.Texts;
import io.plexspaces.processgroups.log.redis.codec.UnreadableException;
import io.plexspaces.processgroups.log.redis.connection.RedisServers;
import io.plexspaces.processgroups.log.redis.index.GroupLifecycle;
import io.plexspaces.processgroups.log.redis.index.TenantIndex;
import io.plexspaces.processgroups.log.redis.store.Keys;
import io.plexspaces.processgroups.log.redis.store.Scripts;
import io.plexspaces.processgroups.log.redis.store.StepSizes;
import io.plexspaces.processgroups.log.redis.store.Store;
import io.plexspaces.processgroups.log.redis.store.Unreadables;
import io.vertx.core.Future;
import io.vertx.redis.client.Response;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Ends what has expired, in every partition; deletes groups that have been empty for long enough; and does what other
 * nodes left undone in the index. A failure does not delay the rest, and is tried again after a while.
 */
public final class Sweep {
    /**
     * How long a call begins rounds, however much has expired: it must end before it counts as hanging.
     */
    public static final Duration BEGINS_FOR = Duration.ofSeconds(5);

    /** Milliseconds after which a note in an outbox counts as left behind: its writer would be done by then. */
    private static final int LEFT_BEHIND = 3_000;

    private final Store store;
    private final TenantIndex index;
    private final GroupLifecycle groups;
    private final Aside aside = new Aside(System::nanoTime);

    public Sweep(Store store, TenantIndex index, GroupLifecycle groups) {
        this.store = store;
        this.index = index;
        this.groups = groups;
    }

    /** What has ended; what is more is left to the next call. FENCED. */
    public Future<Expired> run(OperationId operation) {
        long end = System.nanoTime() + BEGINS_FOR.toNanos();
        List<Future<Expired>> parts = new ArrayList<>();
        for (int i = 0; i < store.keys().partitions(); i++) {
            parts.add(partition(store.keys().partition(i), operation, end, Map.of()));
        }
        return Future.join(parts).map(all -> parts.stream().map(Future::result).reduce(Expired.NOTHING, Expired::plus));
    }

    /**
     * @param end no round begins after it, as {@link System#nanoTime}
     * @param failed in the round before: if the store does this round, it is not the store that is away
     */
    private Future<Expired> partition(
            Keys.Partition partition, OperationId operation, long end, Map<String, Throwable> failed) {
        int atOnce = StepSizes.SWEPT + aside.size();
        return store.call(
                        Scripts.SWEEP,
                        List.of(
                                partition.due(),
                                partition.held(),
                                partition.outbox(),
                                partition.nodes(),
                                partition.node(operation.node()),
                                partition.empty()),
                        operation.node().value(),
                        operation.incarnation(),
                        atOnce,
                        LEFT_BEHIND)
                .compose(said -> {
                    Store.unfenced(said, operation);
                    boolean fits = true;
                    for (Map.Entry<String, Throwable> one : failed.entrySet()) {
                        fits &= aside.add(one.getKey(), one.getValue());
                    }
                    if (!fits) {
                        return Future.failedFuture(failed.values().iterator().next());
                    }
                    said.get(1).forEach(note -> settle(note.toString()));
                    Map<GroupId, Due> due = due(said);
                    boolean isFull = said.get(0).size() >= atOnce
                            || said.get(2).size() >= atOnce
                            || said.get(3).size() >= atOnce;
                    boolean more = isFull && (!due.isEmpty() || StepSizes.SWEPT + aside.size() > atOnce);
                    return round(partition, operation, end, due, more);
                });
    }

    /** @param more has expired than that */
    private Future<Expired> round(
            Keys.Partition partition, OperationId operation, long end, Map<GroupId, Due> due, boolean more) {
        Map<GroupId, Future<Expired>> all = new LinkedHashMap<>();
        due.forEach((group, what) -> all.put(group, group(partition, group, what, operation, end)));
        return Future.join(List.copyOf(all.values())).transform(done -> {
            Expired ended = Expired.NOTHING;
            Map<String, Throwable> failed = new LinkedHashMap<>();
            for (Map.Entry<GroupId, Future<Expired>> one : all.entrySet()) {
                Throwable cause = one.getValue().cause();
                if (cause == null) {
                    ended = ended.plus(one.getValue().result());
                } else if (isOfAll(cause)) {
                    return Future.failedFuture(cause);
                } else {
                    failed.put(Texts.group(one.getKey()), cause);
                }
            }
            Expired before = ended;
            if (!more && failed.isEmpty()) {
                return Future.succeededFuture(before);
            } else if (System.nanoTime() - end >= 0) {
                return failed.isEmpty()
                        ? Future.succeededFuture(before)
                        : Future.failedFuture(failed.values().iterator().next());
            }
            return partition(partition, operation, end, failed).map(before::plus);
        });
    }

    /** A failure that is not about one group. */
    private static boolean isOfAll(Throwable failure) {
        return failure instanceof Error || GroupException.is(failure, ErrorCode.FENCED, ErrorCode.OVERLOADED);
    }

    private void settle(String note) {
        if (aside.has(note)) {
            return;
        }
        try {
            String[] words = note.substring(1).split(" ", -1);
            if (note.charAt(0) == '*') {
                groups.clear(GroupId.of(words[0], words[1], words[2]), words[3]);
            } else {
                index.settle(note);
            }
        } catch (RuntimeException damaged) {
            store.unreadables().found("the index", "a note of a change, " + Unreadables.reason(damaged));
            aside.add(note);
        }
    }

    /** What is to be done in a group. */
    private static final class Due {
        /** Nodes whose joins are to be ended. */
        final List<String> lapsed = new ArrayList<>(0);

        boolean expired;
        boolean empty;
    }

    /** Groups with something to do that are not left out. */
    private Map<GroupId, Due> due(Response said) {
        Map<GroupId, Due> due = new LinkedHashMap<>();
        said.get(0).forEach(group -> add(due, group.toString(), what -> what.expired = true));
        said.get(2).forEach(held -> {
            String[] words = held.toString().split(" ", 2);
            add(due, words[words.length - 1], what -> {
                what.expired = true;
                what.lapsed.add(words[0]);
            });
        });
        said.get(3).forEach(group -> add(due, group.toString(), what -> what.empty = true));
        return due;
    }

    /** What cannot be read is left out: everything else ends in its time all the same. */
    private void add(Map<GroupId, Due> due, String group, Consumer<Due> what) {
        if (aside.has(group)) {
            return;
        }
        try {
            what.accept(due.computeIfAbsent(Texts.group(group), known -> new Due()));
        } catch (UnreadableException damaged) {
            store.unreadables().found("the timers", Unreadables.reason(damaged));
            aside.add(group);
        }
    }

    private Future<Expired> group(Keys.Partition partition, GroupId group, Due what, OperationId operation, long end) {
        Future<Expired> ended = what.expired
                ? expire(partition, group, what.lapsed, operation, end)
                : Future.succeededFuture(Expired.NOTHING);
        return what.empty
                ? ended.compose(before -> groups.deleteIfVacant(group, operation)
                        .map(deleted -> before.plus(new Expired(0, deleted ? 1 : 0))))
                : ended;
    }

    private Future<Expired> expire(
            Keys.Partition partition, GroupId group, List<String> lapsed, OperationId operation, long end) {
        List<Object> arguments = new ArrayList<>(List.of(
                operation.node().value(),
                operation.incarnation(),
                operation.sequence(),
                Texts.group(group),
                RedisServers.PUBLISH,
                StepSizes.EXPIRED_ACTORS));
        arguments.addAll(lapsed);
        List<String> keys = List.of(
                partition.due(),
                partition.held(),
                partition.node(operation.node()),
                partition.nodes(),
                partition.group(group).group());
        return store.servers().call(Scripts.EXPIRE, keys, arguments).compose(said -> {
            Store.unfenced(said, operation);
            Expired ended = new Expired(Integer.parseInt(said.get(0).toString()), 0);
            return said.get(1).toString().equals("1") && System.nanoTime() - end < 0
                    ? expire(partition, group, lapsed, operation, end).map(ended::plus)
                    : Future.succeededFuture(ended);
        });
    }
}
