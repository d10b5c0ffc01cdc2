package io.plexspaces.processgroups.log.redis;

import io.plexspaces.processgroups.domain.GroupId;
import io.plexspaces.processgroups.domain.OperationId;
import io.plexspaces.processgroups.log.redis.codec.Texts;
import io.plexspaces.processgroups.log.redis.codec.UnreadableException;
import io.plexspaces.processgroups.log.redis.connection.Shards;
import io.vertx.core.Future;
import io.vertx.redis.client.Response;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Ends what is due, in every partition; and does what others left undone in the index. */
final class Sweep {
    private static final int GROUPS_AT_ONCE = 100;
    private static final int ACTORS_AT_ONCE = 200;

    /** Milliseconds after which a note in an outbox is taken for left behind: whoever wrote it would be done. */
    private static final int LEFT_BEHIND = 3_000;

    private final Store store;
    private final Index index;
    private final Groups groups;

    Sweep(Store store, Index index, Groups groups) {
        this.store = store;
        this.index = index;
        this.groups = groups;
    }

    /** How many joins ended. FENCED. */
    Future<Integer> run(OperationId operation) {
        List<Future<Integer>> parts = new ArrayList<>();
        for (int i = 0; i < store.keys().partitions(); i++) {
            parts.add(partition(store.keys().partition(i), operation));
        }
        return Future.all(parts)
                .map(all -> parts.stream().mapToInt(Future::result).sum());
    }

    private Future<Integer> partition(Keys.Partition partition, OperationId operation) {
        return store.call(
                        Scripts.SWEEP,
                        List.of(
                                partition.due(),
                                partition.held(),
                                partition.outbox(),
                                partition.nodes(),
                                partition.node(operation.node())),
                        operation.node().value(),
                        operation.incarnation(),
                        GROUPS_AT_ONCE,
                        LEFT_BEHIND)
                .compose(said -> {
                    Store.unfenced(said, operation);
                    said.get(1).forEach(note -> settle(note.toString()));
                    Map<GroupId, List<String>> due = due(said);
                    return groups(partition, operation, due)
                            .compose(ended -> due.size() < GROUPS_AT_ONCE
                                    ? Future.succeededFuture(ended)
                                    : partition(partition, operation).map(more -> ended + more));
                });
    }

    private void settle(String note) {
        try {
            String[] words = note.substring(1).split(" ", -1);
            if (note.charAt(0) == '*') {
                groups.clear(GroupId.of(words[0], words[1], words[2]), words[3]);
            } else {
                index.settle(note);
            }
        } catch (RuntimeException damaged) {
            store.unreadables().found("the index", "a note of a change, " + Unreadables.reason(damaged));
        }
    }

    /** Groups that have something to end, each with the nodes whose joins are to be ended. */
    private Map<GroupId, List<String>> due(Response said) {
        Map<GroupId, List<String>> due = new LinkedHashMap<>();
        said.get(0).forEach(group -> add(due, group.toString(), null));
        said.get(2).forEach(held -> {
            String[] words = held.toString().split(" ", 2);
            add(due, words[words.length - 1], words[0]);
        });
        return due;
    }

    /** What cannot be read is left out: everything else ends in its time all the same. */
    private void add(Map<GroupId, List<String>> due, String group, @Nullable String lapsed) {
        try {
            List<String> nodes = due.computeIfAbsent(Texts.group(group), known -> new ArrayList<>());
            if (lapsed != null) {
                nodes.add(lapsed);
            }
        } catch (UnreadableException damaged) {
            store.unreadables().found("the timers", Unreadables.reason(damaged));
        }
    }

    private Future<Integer> groups(Keys.Partition partition, OperationId operation, Map<GroupId, List<String>> due) {
        List<Future<Integer>> all = new ArrayList<>();
        due.forEach((group, lapsed) -> all.add(group(partition, group, lapsed, operation)));
        return Future.all(all).map(done -> all.stream().mapToInt(Future::result).sum());
    }

    private Future<Integer> group(Keys.Partition partition, GroupId group, List<String> lapsed, OperationId operation) {
        List<Object> arguments = new ArrayList<>(List.of(
                operation.node().value(),
                operation.incarnation(),
                operation.sequence(),
                Texts.group(group),
                Shards.PUBLISH,
                ACTORS_AT_ONCE));
        arguments.addAll(lapsed);
        List<String> keys = List.of(
                partition.due(),
                partition.held(),
                partition.node(operation.node()),
                partition.nodes(),
                partition.group(group).group());
        return store.shards().call(Scripts.EXPIRE, keys, arguments).compose(said -> {
            Store.unfenced(said, operation);
            int ended = Integer.parseInt(said.get(0).toString());
            return said.get(1).toString().equals("1")
                    ? group(partition, group, lapsed, operation).map(more -> ended + more)
                    : Future.succeededFuture(ended);
        });
    }
}
