package io.plexspaces.processgroups.log.redis.index;

import io.plexspaces.processgroups.domain.GroupId;
import io.plexspaces.processgroups.domain.GroupInfo;
import io.plexspaces.processgroups.domain.Namespace;
import io.plexspaces.processgroups.log.redis.codec.Infos;
import io.plexspaces.processgroups.log.redis.codec.Texts;
import io.plexspaces.processgroups.log.redis.connection.RedisServers;
import io.plexspaces.processgroups.log.redis.store.Keys;
import io.plexspaces.processgroups.log.redis.store.Scripts;
import io.plexspaces.processgroups.log.redis.store.StepSizes;
import io.plexspaces.processgroups.log.redis.store.Store;
import io.vertx.core.Future;
import io.vertx.redis.client.Response;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * Which groups a tenant has: an index that lies in another slot than its groups and follows them. A group that was made
 * or deleted has a note in its partition's outbox until the index is updated.
 */
public final class TenantIndex {
    private static final System.Logger LOG = System.getLogger(TenantIndex.class.getName());

    /** Parts of one look-up that are asked at once, so that other calls are not delayed. */
    private static final int PARTS_AT_ONCE = 4;

    private final Store store;

    public TenantIndex(Store store) {
        this.store = store;
    }

    /** Reserves room for a new epoch of a group; false: the tenant has {@code most} other groups. */
    Future<Boolean> reserve(GroupId group, String epoch, int most) {
        Keys.Index keys = keys(group.namespace());
        return store.call(
                        Scripts.RESERVE,
                        List.of(keys.groups(), keys.epochs(), keys.reserved()),
                        name(group),
                        epoch,
                        most)
                .map(answer -> Store.number(answer) == 1);
    }

    /** Gives the room back. */
    void release(GroupId group, String epoch) {
        forget(keys(group.namespace()).reserved(), name(group) + " " + epoch);
    }

    /** Lists an epoch of a group that was just made; never fails, as the sweep does what is left undone. */
    Future<Void> list(GroupInfo info) {
        return list(info, false)
                .compose(listed -> listed ? settle('+', info.id(), info.epoch()) : verify(info.id(), info.epoch()))
                .recover(failure -> later(failure));
    }

    /**
     * Removes an epoch of a group that was just deleted; never fails, as {@link #list}. When it is still listed under
     * an earlier epoch, as after a recent change of epoch, it is removed under that one.
     */
    Future<Void> unlist(GroupId group, String epoch) {
        return takeOut(group, epoch)
                .compose(
                        listed -> listed.isEmpty() ? Future.<Void>succeededFuture() : takeOutUnlessThere(group, listed))
                .compose(done -> settle('-', group, epoch))
                .recover(failure -> later(failure));
    }

    /** Does what a note of an outbox says, when its writer has not done it. */
    public Future<Void> settle(String note) {
        String[] words = note.substring(1).split(" ", -1);
        GroupId group = GroupId.of(words[0], words[1], words[2]);
        return note.charAt(0) == '+' ? verify(group, words[3]) : unlist(group, words[3]);
    }

    /** What groups are now; those that are not there are left out. */
    Future<Map<GroupId, GroupInfo>> infos(List<GroupId> groups) {
        Map<Integer, List<GroupId>> byPartition = new HashMap<>();
        for (GroupId group : groups) {
            byPartition
                    .computeIfAbsent(store.keys().partition(group), number -> new ArrayList<>())
                    .add(group);
        }
        Queue<List<GroupId>> parts = new ConcurrentLinkedQueue<>();
        byPartition.values().forEach(together -> {
            for (int from = 0; from < together.size(); from += StepSizes.INFOS) {
                parts.add(together.subList(from, Math.min(together.size(), from + StepSizes.INFOS)));
            }
        });
        Map<GroupId, GroupInfo> found = new ConcurrentHashMap<>();
        List<Future<Void>> under = new ArrayList<>(PARTS_AT_ONCE);
        for (int i = 0; i < PARTS_AT_ONCE; i++) {
            under.add(next(parts, found));
        }
        return Future.all(under).map(all -> found);
    }

    /** One part after the other, until none is left. */
    private Future<Void> next(Queue<List<GroupId>> parts, Map<GroupId, GroupInfo> found) {
        List<GroupId> part = parts.poll();
        return part == null
                ? Future.succeededFuture()
                : part(part).compose(infos -> {
                    found.putAll(infos);
                    return next(parts, found);
                });
    }

    /** Removes a listed epoch that does not exist any more. */
    void heal(GroupId group, String epoch) {
        takeOutUnlessThere(group, epoch)
                .onFailure(failure -> LOG.log(System.Logger.Level.DEBUG, "index not mended", failure));
    }

    private Future<Void> takeOutUnlessThere(GroupId group, String epoch) {
        return infos(List.of(group)).compose(found -> {
            GroupInfo info = found.get(group);
            boolean there = info != null && info.epoch().equals(epoch);
            return there
                    ? Future.<Void>succeededFuture()
                    : takeOut(group, epoch).mapEmpty();
        });
    }

    private Future<Map<GroupId, GroupInfo>> part(List<GroupId> groups) {
        List<String> keys = new ArrayList<>(2 * groups.size());
        for (GroupId group : groups) {
            Keys.Group of = store.keys().group(group);
            keys.add(of.group());
            keys.add(of.members());
        }
        return store.call(Scripts.INFOS, keys).map(answer -> {
            Map<GroupId, GroupInfo> found = new HashMap<>();
            for (int i = 0; i < groups.size(); i++) {
                Response epoch = answer.get(4 * i);
                if (!epoch.toString().isEmpty()) {
                    int members = Integer.parseInt(answer.get(4 * i + 3).toString());
                    found.put(
                            groups.get(i),
                            Infos.info(
                                    groups.get(i),
                                    epoch.toString(),
                                    Store.number(answer.get(4 * i + 1)),
                                    answer.get(4 * i + 2).toBytes(),
                                    members));
                }
            }
            return found;
        });
    }

    private Future<Boolean> list(GroupInfo info, boolean forced) {
        GroupId group = info.id();
        return store.call(
                        Scripts.LIST,
                        entryKeys(group),
                        name(group),
                        info.epoch(),
                        Infos.encode(info, store.format().written()),
                        RedisServers.PUBLISH,
                        forced ? "forced" : "")
                .map(answer -> Store.number(answer) == 1);
    }

    /**
     * Lists the epoch if the group has it, and checks once more: the group may have been deleted and unlisted in
     * between.
     */
    private Future<Void> verify(GroupId group, String epoch) {
        return infos(List.of(group)).compose(found -> {
            GroupInfo info = found.get(group);
            if (info == null || !info.epoch().equals(epoch)) {
                return settle('+', group, epoch);
            }
            return list(info, true)
                    .compose(listed -> infos(List.of(group)))
                    .compose(again ->
                            again.containsKey(group) && again.get(group).epoch().equals(epoch)
                                    ? Future.<Void>succeededFuture()
                                    : takeOut(group, epoch).<Void>mapEmpty())
                    .compose(done -> settle('+', group, epoch));
        });
    }

    /** The epoch under which it is listed all the same; empty: none. */
    private Future<String> takeOut(GroupId group, String epoch) {
        return store.call(
                        Scripts.UNLIST,
                        entryKeys(group),
                        name(group),
                        epoch,
                        group.namespace().name(),
                        RedisServers.PUBLISH)
                .map(Response::toString);
    }

    /** The index is updated, so the note is removed. No caller waits for that. */
    private Future<Void> settle(char kind, GroupId group, String epoch) {
        forget(store.keys().group(group).partition().outbox(), kind + Texts.group(group) + " " + epoch);
        return Future.succeededFuture();
    }

    private void forget(String key, String element) {
        store.call(Scripts.FORGET, List.of(key), element)
                .onFailure(failure -> LOG.log(System.Logger.Level.DEBUG, "note left to the sweep", failure));
    }

    private static Future<Void> later(Throwable failure) {
        LOG.log(System.Logger.Level.DEBUG, "index left to the sweep", failure);
        return Future.succeededFuture();
    }

    private List<String> entryKeys(GroupId group) {
        Keys.Index keys = keys(group.namespace());
        return List.of(
                keys.groups(),
                keys.epochs(),
                keys.reserved(),
                keys.version(group.namespace()),
                keys.channel(group.namespace()));
    }

    private Keys.Index keys(Namespace namespace) {
        return store.keys().index(namespace.tenant());
    }

    /** As the index orders them: the space sorts before every character of a name. */
    static String name(GroupId group) {
        return group.namespace().name() + " " + group.name();
    }
}
