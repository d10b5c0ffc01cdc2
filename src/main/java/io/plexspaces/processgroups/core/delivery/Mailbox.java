package io.plexspaces.processgroups.core.delivery;

import io.plexspaces.processgroups.domain.ActorId;
import io.plexspaces.processgroups.domain.Entry;
import io.plexspaces.processgroups.domain.OverflowPolicy;
import io.plexspaces.processgroups.domain.Topic;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What one connection has not taken yet, in order, bounded in bytes. One frame is always accepted where none waits. The
 * bound is lower when all connections together hold much; what several of them wait for is held once. While the store
 * is asked for the first events, the client cannot take any, so the mailbox has more room for later ones. On the
 * connection's loop alone.
 *
 * <p>One file, as what is dropped, counted and given back is one book.
 */
final class Mailbox {
    private static final int ITEM_BYTES = MailboxItem.BYTES;

    /** How much more may wait while the store is asked. */
    private static final int HELD_UP_TIMES = 4;

    /** How much more than otherwise may wait in a burst. */
    private static final int BURST_TIMES = 8;

    /** So many bytes may wait whatever others hold. */
    private static final int LEAST_ROOM = 16 * 1024;

    private final WireFormat<?> format;
    private final long bound;
    private final int transportBytes;
    private final ServerBudget budget;
    private final DeliveryObserver observer;

    // Made when first needed: most mailboxes are always empty, and every message looks whether they are.
    private @Nullable Set<Subscriber> gapped;
    private @Nullable Map<Slot, MailboxItem> newest;
    private @Nullable Set<MailboxItem> droppable;

    /** What members say now, and has not been taken: a later one of the same member takes its place. */
    private @Nullable Map<Slot, MailboxItem> updates;

    private @Nullable MailboxItem first;
    private @Nullable MailboxItem last;
    private long bytes;
    private boolean conflating;
    private int sources;
    private long sourceBytes;

    /** Of a topic, or of an actor. Ordered by it: clients may make hash codes meet. */
    private record Slot(Subscriber subscriber, String topic) implements Comparable<Slot> {
        Slot(Subscriber subscriber, @Nullable Topic topic) {
            this(subscriber, topic == null ? "" : topic.value());
        }

        @Override
        public int compareTo(Slot other) {
            return topic.compareTo(other.topic);
        }
    }

    /** @param transportBytes about what the transport holds while something waits here */
    Mailbox(WireFormat<?> format, long bound, int transportBytes, ServerBudget budget, DeliveryObserver observer) {
        this.format = format;
        this.bound = bound;
        this.transportBytes = transportBytes;
        this.budget = budget;
        this.observer = observer;
    }

    boolean isEmpty() {
        return first == null && gapped == null;
    }

    /**
     * Puts a frame at the end.
     *
     * @param subscriber null: an answer, belonging to no group
     * @param burst as much may wait as in a burst
     * @return false: it does not fit, and policy says to cut the connection
     */
    boolean offer(@Nullable Subscriber subscriber, Frame frame, boolean burst) {
        MailboxItem item = new MailboxItem(subscriber, frame, frame.encoding(format));
        int size = item.size;
        Entry.Published message = item.droppable();
        Slot slot = message != null && subscriber != null && subscriber.policy() == OverflowPolicy.CONFLATE
                ? new Slot(subscriber, message.topic())
                : null;
        if (conflating) {
            dropNewest(slot);
        }
        Slot updated = updateSlot(subscriber, frame);
        if (updated != null) {
            dropUpdate(updated);
        }
        long room = room(burst);
        if (hasFrames() && bytes + size > room && !makeRoom(size, room, message == null, subscriber, slot)) {
            return false;
        }
        append(item);
        if (slot != null) {
            newest = newest == null ? new HashMap<>() : newest;
            newest.put(slot, item);
        }
        if (updated != null) {
            updates = updates == null ? new HashMap<>() : updates;
            updates.put(updated, item);
        }
        return true;
    }

    private static @Nullable Slot updateSlot(@Nullable Subscriber subscriber, Frame frame) {
        ActorId member = subscriber == null ? null : frame.updated();
        return subscriber == null || member == null ? null : new Slot(subscriber, member.value());
    }

    /** No gap: whoever gets the next one knows all that this one would have said. */
    private void dropUpdate(Slot slot) {
        MailboxItem replaced = updates == null ? null : updates.get(slot);
        if (replaced != null) {
            remove(replaced);
        }
    }

    /** Puts events that are made later at the end. */
    void offer(Source source) {
        append(new MailboxItem(source));
        source.queued = true;
        sources++;
        sourceBytes += ITEM_BYTES + source.weight;
        budget.add(source.weight);
    }

    /** A source that waits will have events of about so many bytes. */
    void reserve(Source source, long bytes) {
        source.reserved = bytes;
        source.paged = true;
        weighs(source, bytes);
    }

    /** A source that waited has its events, and keeps this many bytes alive. */
    void supplied(Source source, long weight) {
        weighs(source, weight - source.reserved);
        source.reserved = 0;
    }

    private void weighs(Source source, long weight) {
        source.weight += weight;
        if (source.queued) {
            sourceBytes += weight;
            budget.add(weight);
        }
    }

    /**
     * Sources keep more alive than is allowed. One is always; with several, what they keep is bounded like the frames
     * are, but for the page that the first of them had to wait for: there is one of those at a time.
     */
    boolean isOverweight() {
        long page = first == null || first.source == null || !first.source.paged ? 0 : first.source.weight;
        return sources > 1 && sourceBytes - page > bound;
    }

    /** All before it has been taken. */
    boolean isNext(Source source) {
        return first == null || first.source == source;
    }

    /** What comes first has yet to be read from the store. */
    boolean isHeldUp() {
        return first != null && first.source != null && first.source.isWaiting() && !first.source.deferred;
    }

    private boolean hasFrames() {
        return bytes > (long) sources * ITEM_BYTES;
    }

    /** It holds no more than it may outside of a burst. */
    boolean isWithinBound() {
        return bytes <= bound || bytes <= room(false);
    }

    /**
     * Whether it holds no more than its part of what all may hold, or does not any more as what may be dropped was
     * dropped.
     */
    boolean fitsItsShare() {
        long least = Math.min(bound, LEAST_ROOM);
        long share = budget.share(held());
        if (held() - transportBytes <= least || held() <= share) {
            return true;
        }
        makeRoom(0, Math.max(least, share - held() + bytes), true, null, null);
        return held() - transportBytes <= Math.max(least, share - transportBytes);
    }

    /** Enough waits that no more should be asked for. */
    boolean isCrowded() {
        return bytes > bound / 2;
    }

    private long room(boolean burst) {
        long times = isHeldUp() ? HELD_UP_TIMES : burst ? BURST_TIMES : 1;
        long least = Math.min(bound, LEAST_ROOM);
        long most = times * bound;
        return bytes < least ? most : Math.max(least, Math.min(most, budget.share(held())));
    }

    /** What it has in the server's budget, if nobody else waits for the same. */
    private long held() {
        return first == null ? 0 : bytes + sourceBytes - (long) sources * ITEM_BYTES + transportBytes;
    }

    /** The next event; null when there is none, or the next are not made yet. */
    @Nullable
    Frame poll() {
        while (first != null) {
            MailboxItem item = first;
            Source source = item.source;
            if (source != null) {
                if (source.isWaiting()) {
                    return null;
                }
                Frame made = source.next();
                if (made != null) {
                    if (made.isGap()) {
                        observer.gap();
                    }
                    return made;
                }
                if (first != item) {
                    // Further events came at once, and were taken.
                    continue;
                }
                if (source.isWaiting()) {
                    weighs(source, -source.weight);
                    return null;
                }
                sources--;
                sourceBytes -= ITEM_BYTES + source.weight;
                budget.add(-source.weight);
                source.queued = false;
                remove(item);
                continue;
            }
            if (item.subscriber != null && gapped != null && gapped.remove(item.subscriber)) {
                gapped = gapped.isEmpty() ? null : gapped;
                return gapOf(item.subscriber);
            }
            remove(item);
            return item.frame;
        }
        conflating = false;
        if (gapped == null) {
            return null;
        }
        Iterator<Subscriber> untold = gapped.iterator();
        Subscriber subscriber = untold.next();
        untold.remove();
        gapped = untold.hasNext() ? gapped : null;
        return gapOf(subscriber);
    }

    void clear() {
        long given = first == null ? 0 : sourceBytes - (long) sources * ITEM_BYTES + transportBytes;
        for (MailboxItem at = first; at != null; at = at.after) {
            given += at.release();
        }
        budget.add(-given);
        first = null;
        last = null;
        bytes = 0;
        sources = 0;
        sourceBytes = 0;
        gapped = null;
        newest = null;
        droppable = null;
        updates = null;
    }

    /** How many messages wait. */
    int messages() {
        int count = 0;
        for (MailboxItem at = first; at != null; at = at.after) {
            count += at.frame != null && at.frame.message() != null ? 1 : 0;
        }
        return count;
    }

    /**
     * @param room what there is in all
     * @param slot of what is to come; null: it replaces nothing
     * @return false: it does not fit, and is not the only frame either
     */
    private boolean makeRoom(
            int size, long room, boolean control, @Nullable Subscriber subscriber, @Nullable Slot slot) {
        boolean mayDrop = control || (subscriber != null && subscriber.policy() != OverflowPolicy.DISCONNECT);
        if (!mayDrop) {
            return false;
        }
        if (newest != null && !newest.isEmpty() && !conflating) {
            conflate();
            dropNewest(slot);
        }
        while (droppable != null && bytes + size > room) {
            drop(droppable.iterator().next());
        }
        return bytes + size <= room || !hasFrames();
    }

    private void conflate() {
        conflating = true;
        for (MailboxItem at : droppable == null ? List.<MailboxItem>of() : List.copyOf(droppable)) {
            Entry.Published message = at.droppable();
            if (message != null
                    && at.subscriber != null
                    && at.subscriber.policy() == OverflowPolicy.CONFLATE
                    && !isNewest(at, new Slot(at.subscriber, message.topic()))) {
                drop(at);
            }
        }
    }

    private boolean isNewest(MailboxItem item, Slot slot) {
        return newest != null && newest.get(slot) == item;
    }

    private void dropNewest(@Nullable Slot slot) {
        MailboxItem replaced = slot == null || newest == null ? null : newest.get(slot);
        if (replaced != null) {
            drop(replaced);
        }
    }

    private void drop(MailboxItem item) {
        Entry.Published message = item.droppable();
        if (message != null && item.subscriber != null) {
            item.subscriber.missed(message.offset());
            gapped = gapped == null ? new LinkedHashSet<>() : gapped;
            gapped.add(item.subscriber);
            observer.dropped(item.subscriber.policy(), 1);
        }
        remove(item);
    }

    private Frame gapOf(Subscriber subscriber) {
        observer.gap();
        return Frame.of(subscriber.takeGap());
    }

    private void append(MailboxItem item) {
        item.before = last;
        long added = item.hold();
        if (last == null) {
            first = item;
            added += transportBytes;
        } else {
            last.after = item;
        }
        last = item;
        bytes += item.size;
        if (item.droppable() != null) {
            droppable = droppable == null ? new LinkedHashSet<>() : droppable;
            droppable.add(item);
        }
        budget.add(added);
    }

    private void remove(MailboxItem item) {
        if (item.before == null) {
            first = item.after;
        } else {
            item.before.after = item.after;
        }
        if (item.after == null) {
            last = item.before;
        } else {
            item.after.before = item.before;
        }
        bytes -= item.size;
        long given = item.release();
        budget.add(first == null ? -given - transportBytes : -given);
        Entry.Published message = item.droppable();
        if (message != null && droppable != null) {
            droppable.remove(item);
            droppable = droppable.isEmpty() ? null : droppable;
        }
        if (message != null && item.subscriber != null && newest != null) {
            newest.remove(new Slot(item.subscriber, message.topic()), item);
        }
        Slot updated = updates == null || item.frame == null ? null : updateSlot(item.subscriber, item.frame);
        if (updated != null && updates != null && updates.remove(updated, item) && updates.isEmpty()) {
            updates = null;
        }
    }
}
