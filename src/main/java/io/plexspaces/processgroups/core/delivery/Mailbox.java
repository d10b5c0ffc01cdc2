package io.plexspaces.processgroups.core.delivery;

import io.plexspaces.processgroups.domain.Entry;
import io.plexspaces.processgroups.domain.OverflowPolicy;
import io.plexspaces.processgroups.domain.Topic;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What one connection has not taken yet, in order, bounded in bytes. One frame is always accepted where none waits.
 * While the store is asked for the first events, the client cannot take any, so the mailbox has more room for later
 * ones. On the connection's loop alone.
 */
final class Mailbox {
    /** What an item costs beside its bytes. */
    private static final int ITEM_BYTES = 64;

    /** How much more may wait while the store is asked. */
    private static final int HELD_UP_TIMES = 4;

    private final WireFormat<?> format;
    private final long bound;
    private final DeliveryObserver observer;

    // Made when first needed: most mailboxes are always empty, and every message looks whether they are.
    private @Nullable Set<Subscriber> gapped;
    private @Nullable Map<Slot, Item> newest;

    private @Nullable Item first;
    private @Nullable Item last;
    private long bytes;
    private boolean conflating;
    private int sources;
    private long sourceBytes;

    private record Slot(Subscriber subscriber, @Nullable Topic topic) {}

    private static final class Item {
        final @Nullable Subscriber subscriber;
        final @Nullable Frame frame;
        final @Nullable Source source;
        final int size;

        @Nullable
        Item before;

        @Nullable
        Item after;

        Item(@Nullable Subscriber subscriber, @Nullable Frame frame, @Nullable Source source, int size) {
            this.subscriber = subscriber;
            this.frame = frame;
            this.source = source;
            this.size = size;
        }

        /** The message a full mailbox may drop. */
        Entry.@Nullable Published droppable() {
            return frame == null || subscriber == null || subscriber.policy() == OverflowPolicy.DISCONNECT
                    ? null
                    : frame.message();
        }
    }

    Mailbox(WireFormat<?> format, long bound, DeliveryObserver observer) {
        this.format = format;
        this.bound = bound;
        this.observer = observer;
    }

    boolean isEmpty() {
        return first == null && gapped == null;
    }

    /**
     * Puts a frame at the end.
     *
     * @param subscriber null: an answer, belonging to no group
     * @return false: it does not fit, and policy says to cut the connection
     */
    boolean offer(@Nullable Subscriber subscriber, Frame frame) {
        int size = frame.encoded(format).length + ITEM_BYTES;
        Item item = new Item(subscriber, frame, null, size);
        Entry.Published message = item.droppable();
        Slot slot = message != null && subscriber != null && subscriber.policy() == OverflowPolicy.CONFLATE
                ? new Slot(subscriber, message.topic())
                : null;
        if (conflating) {
            dropNewest(slot);
        }
        if (hasFrames() && bytes + size > room() && !makeRoom(size, message == null, subscriber, slot)) {
            return false;
        }
        append(item);
        if (slot != null) {
            newest = newest == null ? new HashMap<>() : newest;
            newest.put(slot, item);
        }
        return true;
    }

    /** Puts events that are made later at the end. */
    void offer(Source source) {
        append(new Item(null, null, source, ITEM_BYTES));
        source.queued = true;
        sources++;
        sourceBytes += ITEM_BYTES + source.weight;
    }

    /** A source that waited has its events, and keeps this many bytes alive. */
    void weighs(Source source, long weight) {
        source.weight += weight;
        sourceBytes += source.queued ? weight : 0;
    }

    /**
     * Sources keep more alive than is allowed. One is always; with several, what they keep is bounded like the frames
     * are.
     */
    boolean isOverweight() {
        return sources > 1 && sourceBytes > bound;
    }

    /** What comes first has yet to be read from the store. */
    boolean isHeldUp() {
        return first != null && first.source != null && first.source.isWaiting();
    }

    private boolean hasFrames() {
        return bytes > (long) sources * ITEM_BYTES;
    }

    private long room() {
        return isHeldUp() ? HELD_UP_TIMES * bound : bound;
    }

    /** The next event; null when there is none, or the next are not made yet. */
    @Nullable
    Frame poll() {
        while (first != null) {
            Item item = first;
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
                remove(item);
                sources--;
                sourceBytes -= ITEM_BYTES + source.weight;
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
        observer.queued(-bytes);
        first = null;
        last = null;
        bytes = 0;
        sources = 0;
        sourceBytes = 0;
        gapped = null;
        newest = null;
    }

    /** How many messages wait. */
    int messages() {
        int count = 0;
        for (Item at = first; at != null; at = at.after) {
            count += at.frame != null && at.frame.message() != null ? 1 : 0;
        }
        return count;
    }

    /**
     * @param slot of what is to come; null: it replaces nothing
     * @return false: it does not fit, and is not the only frame either
     */
    private boolean makeRoom(int size, boolean control, @Nullable Subscriber subscriber, @Nullable Slot slot) {
        boolean mayDrop = control || (subscriber != null && subscriber.policy() != OverflowPolicy.DISCONNECT);
        if (!mayDrop) {
            return false;
        }
        if (newest != null && !newest.isEmpty() && !conflating) {
            conflate();
            dropNewest(slot);
        }
        long room = room();
        for (Item at = first; at != null && bytes + size > room; at = at.after) {
            if (at.droppable() != null) {
                drop(at);
            }
        }
        return bytes + size <= room || !hasFrames();
    }

    private void conflate() {
        conflating = true;
        for (Item at = first; at != null; at = at.after) {
            Entry.Published message = at.droppable();
            if (message != null
                    && at.subscriber != null
                    && at.subscriber.policy() == OverflowPolicy.CONFLATE
                    && !isNewest(at, new Slot(at.subscriber, message.topic()))) {
                drop(at);
            }
        }
    }

    private boolean isNewest(Item item, Slot slot) {
        return newest != null && newest.get(slot) == item;
    }

    private void dropNewest(@Nullable Slot slot) {
        Item replaced = slot == null || newest == null ? null : newest.get(slot);
        if (replaced != null) {
            drop(replaced);
        }
    }

    private void drop(Item item) {
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

    private void append(Item item) {
        item.before = last;
        if (last == null) {
            first = item;
        } else {
            last.after = item;
        }
        last = item;
        bytes += item.size;
        observer.queued(item.size);
    }

    /** Unlinks the item but leaves its own links, so that a walk may go on from it. */
    private void remove(Item item) {
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
        observer.queued(-item.size);
        Entry.Published message = item.droppable();
        if (message != null && item.subscriber != null && newest != null) {
            newest.remove(new Slot(item.subscriber, message.topic()), item);
        }
    }
}
