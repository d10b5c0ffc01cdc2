package io.plexspaces.processgroups.core.group;

import io.plexspaces.processgroups.core.delivery.Audience;
import io.plexspaces.processgroups.core.delivery.Event;
import io.plexspaces.processgroups.core.delivery.Frame;
import io.plexspaces.processgroups.core.delivery.Source;
import io.plexspaces.processgroups.core.delivery.Subscriber;
import io.plexspaces.processgroups.core.joins.MemberEvents;
import io.plexspaces.processgroups.domain.GroupException;
import io.plexspaces.processgroups.domain.Membership;
import io.plexspaces.processgroups.domain.Position;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * The watches of one group's membership on this node. Each gets a snapshot, then every change after it. Part of the
 * group's reading, and as little thread-safe as that.
 */
final class GroupWatches {
    private static final System.Logger LOG = System.getLogger(GroupWatches.class.getName());
    private static final int EVENT_WEIGHT = 256;

    private final Audience audience = new Audience();
    private final Map<Subscriber, Consumer<GroupException>> ends = new HashMap<>(2);

    /**
     * @param first what it gets before every change
     * @param onEnd called when the group is gone, after the last event
     */
    void add(Subscriber subscriber, Source first, Consumer<GroupException> onEnd) {
        ends.put(subscriber, onEnd);
        audience.add(subscriber, first);
    }

    /** Whether it was there. */
    boolean remove(Subscriber subscriber) {
        if (ends.remove(subscriber) == null) {
            return false;
        }
        audience.remove(subscriber);
        return true;
    }

    void tell(Frame change, int weight) {
        if (!ends.isEmpty()) {
            audience.deliver(change, weight, null);
        }
    }

    /** About what a change keeps alive. */
    static int weight(Event change) {
        return EVENT_WEIGHT + metadataBytes(change);
    }

    private static int metadataBytes(Event event) {
        if (event instanceof Event.Joined joined) {
            return joined.membership().metadataBytes();
        }
        if (event instanceof Event.FilterChanged changed) {
            return changed.membership().metadataBytes();
        }
        return event instanceof Event.Updated updated ? updated.membership().metadataBytes() : 0;
    }

    /** Changes were missed: sends the gap, and the members as they are now. */
    void begin(Event.Gap gap, Position position, List<Membership> members) {
        for (Subscriber subscriber : ends.keySet()) {
            audience.send(subscriber, MemberEvents.again(gap, position, members));
        }
    }

    boolean isEmpty() {
        return ends.isEmpty();
    }

    /** Ends the connections of all watches: what they received is no longer reliable. */
    void cut(GroupException cause) {
        ends.keySet().forEach(subscriber -> subscriber.connection().cut(cause));
    }

    /**
     * Sends that all members have left and that the group is gone, and ends all watches.
     *
     * @return how many there were
     */
    int end(Event.GroupDeleted deleted, List<Membership> last, GroupException cause) {
        Map<Subscriber, Consumer<GroupException>> ended = new HashMap<>(ends);
        ended.forEach((subscriber, onEnd) -> {
            try {
                audience.send(subscriber, MemberEvents.farewell(deleted, last));
                remove(subscriber);
                onEnd.accept(cause);
            } catch (RuntimeException | Error failure) {
                LOG.log(System.Logger.Level.ERROR, "a watch could not be notified that its group is gone", failure);
                subscriber.connection().cut(cause);
            }
        });
        return ended.size();
    }
}
