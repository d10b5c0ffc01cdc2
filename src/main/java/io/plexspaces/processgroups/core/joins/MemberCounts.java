package io.plexspaces.processgroups.core.joins;

import io.plexspaces.processgroups.core.Presence;
import io.plexspaces.processgroups.core.Subscription;
import io.plexspaces.processgroups.core.delivery.Audience;
import io.plexspaces.processgroups.core.delivery.Event;
import io.plexspaces.processgroups.core.delivery.Frame;
import io.plexspaces.processgroups.core.delivery.Subscriber;
import io.plexspaces.processgroups.core.members.Members;
import io.plexspaces.processgroups.core.replica.AppliedPosition;
import io.plexspaces.processgroups.domain.ErrorCode;
import io.plexspaces.processgroups.domain.GroupException;
import io.plexspaces.processgroups.domain.GroupId;
import io.plexspaces.processgroups.domain.OverflowPolicy;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The subscriptions of this node that see how many members one group has. Each is told with its first event, and after
 * that once a second at most, when the number has changed. No join and no leave does anything for it: {@link #tick}
 * looks, once for all of them. Part of the group's reading, and as little thread-safe as that, but for {@link #isUsed}.
 */
public final class MemberCounts {
    private static final int WEIGHT = 64;

    private final GroupId group;
    private final AppliedPosition applied;
    private final Members members;
    private final Audience audience = new Audience();

    /** Where each is told of it: beside its messages. */
    private final Map<Subscription, Subscriber> told = new HashMap<>(2);

    /** Those that came since the last tick, with the number they were told. */
    private Map<Subscription, Integer> fresh = new HashMap<>(2);

    /** Those that came between the two before: theirs is a second old at the next. The others are in the audience. */
    private Map<Subscription, Integer> settling = new HashMap<>(2);

    private int last;
    private volatile boolean used;

    MemberCounts(GroupId group, AppliedPosition applied, Members members) {
        this.group = group;
        this.applied = applied;
        this.members = members;
    }

    /** Any thread. */
    public boolean isUsed() {
        return used;
    }

    /** It is being told the present number with its first event. */
    void add(Subscription subscription) {
        if (subscription.presence() == Presence.COUNT) {
            Subscriber subscriber = new Subscriber(subscription.connection(), group, null, OverflowPolicy.DISCONNECT);
            told.put(subscription, subscriber);
            fresh.put(subscription, members.count());
            used = true;
        }
    }

    void remove(Subscription subscription) {
        Subscriber subscriber = told.remove(subscription);
        if (subscriber == null) {
            return;
        }
        if (fresh.remove(subscription) == null && settling.remove(subscription) == null) {
            audience.remove(subscriber);
        }
        used = !told.isEmpty();
    }

    /** Nobody receives anything any more. */
    public void clear() {
        List.copyOf(told.keySet()).forEach(this::remove);
    }

    /** To be called once a second. */
    public void tick() {
        int now = members.count();
        Frame frame = Frame.of(new Event.MemberCount(group, applied.offset(), now));
        if (now != last) {
            audience.deliver(frame, WEIGHT, null);
            last = now;
        }
        Map<Subscription, Integer> due = settling;
        settling = fresh;
        fresh = new HashMap<>(2);
        Throwable first = null;
        for (Map.Entry<Subscription, Integer> one : due.entrySet()) {
            try {
                settle(one.getKey(), one.getValue(), now, frame);
            } catch (RuntimeException | Error defect) {
                // It is cut; the others are told.
                first = first == null ? defect : first;
            }
        }
        if (first instanceof Error error) {
            throw error;
        } else if (first instanceof RuntimeException failure) {
            throw failure;
        }
    }

    /** Whoever cannot be told any more must not believe the last number for ever. */
    private void settle(Subscription subscription, int known, int now, Frame frame) {
        Subscriber subscriber = told.get(subscription);
        if (subscriber == null) {
            return;
        }
        try {
            audience.add(subscriber, null);
            if (known != now) {
                audience.send(subscriber, frame);
            }
        } catch (RuntimeException | Error defect) {
            told.remove(subscription);
            subscription.connection().cut(GroupException.of(ErrorCode.INTERNAL, "the members could not be counted"));
            throw defect;
        }
    }
}
