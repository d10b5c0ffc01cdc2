package io.plexspaces.processgroups.log.redis.reading;

import io.plexspaces.processgroups.domain.Entry;
import io.plexspaces.processgroups.domain.GroupException;
import io.plexspaces.processgroups.domain.GroupId;
import io.plexspaces.processgroups.domain.GroupInfo;
import io.plexspaces.processgroups.domain.Membership;
import io.plexspaces.processgroups.domain.OperationId;
import io.plexspaces.processgroups.domain.Position;
import io.plexspaces.processgroups.log.Snapshot;
import io.plexspaces.processgroups.log.redis.codec.Entries;
import io.plexspaces.processgroups.log.redis.codec.Infos;
import io.plexspaces.processgroups.log.redis.codec.Memberships;
import io.plexspaces.processgroups.log.redis.codec.Texts;
import io.plexspaces.processgroups.log.redis.index.GroupLifecycle;
import io.plexspaces.processgroups.log.redis.store.Keys;
import io.plexspaces.processgroups.log.redis.store.Scripts;
import io.plexspaces.processgroups.log.redis.store.StepSizes;
import io.plexspaces.processgroups.log.redis.store.Store;
import io.vertx.core.Future;
import io.vertx.redis.client.Response;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** What a reading asks of the store. */
public final class GroupAccess {
    private final Store store;
    private final GroupLifecycle groups;
    private final Consumer<GroupId> release;

    /** @param release called when a reading has ended */
    public GroupAccess(Store store, GroupLifecycle groups, Consumer<GroupId> release) {
        this.store = store;
        this.groups = groups;
        this.release = release;
    }

    /**
     * A group as it is.
     *
     * @param last time of the entry at the snapshot's position, as scripts write it; empty: not known
     * @param lineage of the server that has it; empty: not known
     * @param past the ends of earlier epochs that are part of this log: epoch and offset by turns
     */
    record Opened(Snapshot snapshot, String last, String lineage, String past) {
        /** Whether the log continues: every entry up to a position of an earlier epoch is part of it. */
        boolean goesOnFrom(Position position) {
            String[] words = past.split(" ", -1);
            for (int i = 0; i + 1 < words.length; i += 2) {
                if (words[i].equals(position.epoch())) {
                    return position.offset() <= Long.parseLong(words[i + 1]);
                }
            }
            return false;
        }
    }

    /**
     * The group as it is; empty: there is none. Many members, or large ones, are read by steps, so that no other caller
     * has to wait for them.
     */
    Future<Optional<Opened>> open(GroupId group) {
        return state(group).compose(said -> {
            if (said.size() == 0) {
                return Future.succeededFuture(Optional.empty());
            }
            boolean left = said.get(6).size() == 0 && Store.number(said.get(5)) > 0;
            return left
                    ? new MemberScan(store, this, group).run(said)
                    : Future.succeededFuture(Optional.of(opened(
                            group, said, Store.number(said.get(1)), said.get(7).toString(), all(said))));
        });
    }

    /** Where its log ends. GROUP_NOT_FOUND. */
    public Future<Position> end(GroupId group) {
        return store.call(Scripts.POSITIONS, List.of(store.keys().group(group).group()))
                .map(said -> {
                    String epoch = said.get(0).toString();
                    if (epoch.isEmpty()) {
                        throw GroupException.groupNotFound(group);
                    }
                    return new Position(epoch, Store.number(said.get(1)));
                });
    }

    /** What open.lua says. */
    Future<Response> state(GroupId group) {
        Keys.Group keys = store.keys().group(group);
        return store.call(
                Scripts.OPEN,
                List.of(keys.group(), keys.members(), keys.partition().birth()));
    }

    private static List<Membership> all(Response said) {
        List<Membership> members = new ArrayList<>();
        eachMember(said.get(6), members::add);
        return List.copyOf(members);
    }

    /** @param pairs actor and membership by turns */
    static void eachMember(Response pairs, Consumer<Membership> told) {
        for (int i = 0; i < pairs.size(); i += 2) {
            told.accept(
                    Memberships.parse(pairs.get(i).toString(), pairs.get(i + 1).toString()));
        }
    }

    /**
     * @param said by open.lua
     * @param offset that the members are of, perhaps a later one
     * @param last time of the entry there
     */
    static Opened opened(GroupId group, Response said, long offset, String last, List<Membership> members) {
        String epoch = said.get(0).toString();
        GroupInfo info =
                Infos.info(group, epoch, Store.number(said.get(2)), said.get(3).toBytes(), members.size());
        return new Opened(
                new Snapshot(info, new Position(epoch, offset), members),
                last,
                lineage(said),
                said.get(9).toString());
    }

    /** Of the server that answered open.lua. */
    static String lineage(Response said) {
        return said.get(8).toString();
    }

    /**
     * The entries after a position, as tail.lua answers.
     *
     * @param last time of the entry at the position, by which the log is known again; empty: not known
     * @param lineage of the server that had it; empty: not known
     */
    Future<Response> tail(GroupId group, Position position, String last, String lineage) {
        Keys.Group keys = store.keys().group(group);
        return store.call(
                Scripts.TAIL,
                List.of(
                        keys.group(),
                        keys.messages(),
                        keys.changes(),
                        keys.deleted() + position.epoch(),
                        keys.partition().birth()),
                position.epoch(),
                position.offset(),
                last,
                StepSizes.ENTRIES,
                lineage,
                StepSizes.ENTRY_BYTES);
    }

    List<Entry> entries(Response list) {
        List<Entry> entries = new ArrayList<>(list.size());
        for (Response entry : list) {
            entries.add(Entries.parse(entry.toBytes()));
        }
        return entries;
    }

    /** An entry, or more, of a group cannot be read here. */
    void unreadable(GroupId group, String why) {
        store.unreadables().found(named(group), why);
    }

    /** The error that clients receive when a group cannot be read. */
    Throwable told(GroupId group, Throwable failure) {
        return store.told(named(group), failure);
    }

    private static String named(GroupId group) {
        return "group " + Texts.group(group);
    }

    Future<Void> fork(GroupId group, String epoch) {
        return groups.fork(group, epoch);
    }

    Future<Void> revive(GroupInfo lost, OperationId mender) {
        return groups.revive(lost, mender);
    }

    void later(long millis, Runnable task) {
        store.servers().later(millis, task);
    }

    /** Runs a task that takes long, where it keeps no answer of the store waiting. */
    void aside(Runnable task) {
        store.servers().aside(task);
    }

    void release(GroupId group) {
        release.accept(group);
    }
}
