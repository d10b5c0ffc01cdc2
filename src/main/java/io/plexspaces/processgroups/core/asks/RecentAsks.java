package io.plexspaces.processgroups.core.asks;

import io.plexspaces.processgroups.domain.ActorId;
import io.plexspaces.processgroups.domain.Asker;
import io.plexspaces.processgroups.domain.Dispatch;
import io.plexspaces.processgroups.domain.Entry;
import io.plexspaces.processgroups.domain.GroupId;
import io.plexspaces.processgroups.domain.Membership;
import io.plexspaces.processgroups.domain.TenantPlaces;
import io.plexspaces.processgroups.domain.Topic;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Who asked lately in the groups that this node reads, while replies are waited for. What finds no room here is found
 * in the log, if that still has it. Thread-safe.
 */
final class RecentAsks {
    /** About 20 MB. */
    private static final int MOST = 100_000;

    private final Map<Key, Asked> byOffset = new ConcurrentHashMap<>(2);

    private final TenantPlaces places = new TenantPlaces(MOST);

    /** Comparable, as clients choose the names: those of one hash code are found by their order. */
    private record Key(GroupId group, long offset) implements Comparable<Key> {
        @Override
        public int compareTo(Key other) {
            int groups = group.compareTo(other.group);
            return groups != 0 ? groups : Long.compare(offset, other.offset);
        }
    }

    /**
     * A message that asks.
     *
     * @param epoch in which it was read
     * @param end when nobody waits for replies any more, by {@link System#nanoTime}
     * @param except not for this actor; null: for all
     */
    record Asked(
            String epoch,
            long offset,
            Asker asker,
            long end,
            @Nullable Topic topic,
            Dispatch dispatch,
            @Nullable ActorId except) {
        static Asked of(Entry.Published entry, Asker asker, String epoch, long end) {
            return new Asked(
                    epoch,
                    entry.offset(),
                    asker,
                    end,
                    entry.topic(),
                    entry.dispatch(),
                    entry.excludeSender() ? entry.message().sender() : null);
        }

        /**
         * Whether it was for a member with this membership, as far as that shows: its filter may have grown since. The
         * asker's node knows it exactly.
         */
        boolean mayBeFor(Membership member) {
            if (member.joinedOffset() > offset || member.actor().equals(except)) {
                return false;
            }
            if (dispatch instanceof Dispatch.To to) {
                return to.actor().equals(member.actor());
            }
            if (dispatch instanceof Dispatch.Nobody) {
                return false;
            }
            return member.filter().accepts(topic);
        }

        boolean isOver(long nanos) {
            return nanos - end > 0;
        }
    }

    void add(GroupId group, Asked asked) {
        if (places.hasRoom(group.tenant()) && byOffset.put(new Key(group, asked.offset()), asked) == null) {
            places.take(group.tenant());
        }
    }

    /** Null: there is none, or it is not here. */
    @Nullable
    Asked get(GroupId group, long offset) {
        return byOffset.get(new Key(group, offset));
    }

    /** The log of a group has begun again. */
    void forget(GroupId group) {
        if (places.taken() > 0) {
            byOffset.keySet().forEach(key -> {
                if (key.group().equals(group)) {
                    remove(key);
                }
            });
        }
    }

    /** To be called regularly. */
    void tick(long nanos) {
        if (places.taken() > 0) {
            byOffset.forEach((key, asked) -> {
                if (asked.isOver(nanos)) {
                    remove(key);
                }
            });
        }
    }

    private void remove(Key key) {
        if (byOffset.remove(key) != null) {
            places.giveBack(key.group().tenant());
        }
    }

    int size() {
        return places.taken();
    }
}
