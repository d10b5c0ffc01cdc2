package io.plexspaces.processgroups.core.asks;

import io.plexspaces.processgroups.domain.ActorId;
import io.plexspaces.processgroups.domain.Asker;
import io.plexspaces.processgroups.domain.Dispatch;
import io.plexspaces.processgroups.domain.Entry;
import io.plexspaces.processgroups.domain.GroupId;
import io.plexspaces.processgroups.domain.KeyedCounts;
import io.plexspaces.processgroups.domain.Membership;
import io.plexspaces.processgroups.domain.Topic;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Who asked lately in the groups that this node reads, while replies are waited for. What finds no room here is found
 * in the log, if that still has it. Thread-safe.
 */
final class RecentAsks {
    /** About 20 MB. */
    private static final int MOST = 100_000;

    private final Map<Key, Asked> byOffset = new ConcurrentHashMap<>(2);

    /** As many as there are, or a few more: the map counts slowly. */
    private final AtomicInteger count = new AtomicInteger();

    /** How many of these are of each tenant. */
    private final KeyedCounts<String> ofTenants = new KeyedCounts<>();

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
        int all = count.get();
        int mine = ofTenants.of(group.tenant());
        // A tenant may have three quarters of what the others leave.
        if (all >= MOST || mine >= (MOST - (all - mine)) * 3L / 4) {
            return;
        }
        if (byOffset.put(new Key(group, asked.offset()), asked) == null) {
            count.incrementAndGet();
            ofTenants.enter(group.tenant(), MOST);
        }
    }

    /** Null: there is none, or it is not here. */
    @Nullable
    Asked get(GroupId group, long offset) {
        return byOffset.get(new Key(group, offset));
    }

    /** The log of a group has begun again. */
    void forget(GroupId group) {
        if (count.get() > 0) {
            byOffset.keySet().forEach(key -> {
                if (key.group().equals(group)) {
                    remove(key);
                }
            });
        }
    }

    /** To be called regularly. */
    void tick(long nanos) {
        if (count.get() > 0) {
            byOffset.forEach((key, asked) -> {
                if (asked.isOver(nanos)) {
                    remove(key);
                }
            });
        }
    }

    private void remove(Key key) {
        if (byOffset.remove(key) != null) {
            ofTenants.leave(key.group().tenant());
            count.decrementAndGet();
        }
    }

    int size() {
        return count.get();
    }
}
