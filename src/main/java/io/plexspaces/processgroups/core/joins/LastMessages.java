package io.plexspaces.processgroups.core.joins;

import io.plexspaces.processgroups.core.ReplayLast;
import io.plexspaces.processgroups.core.Subscription;
import io.plexspaces.processgroups.core.delivery.Event;
import io.plexspaces.processgroups.core.delivery.Frame;
import io.plexspaces.processgroups.core.delivery.Source;
import io.plexspaces.processgroups.domain.Entry;
import io.plexspaces.processgroups.domain.GroupId;
import io.plexspaces.processgroups.domain.Membership;
import io.plexspaces.processgroups.domain.Position;
import io.plexspaces.processgroups.domain.Topic;
import io.plexspaces.processgroups.log.GroupLog;
import io.plexspaces.processgroups.log.Slice;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The last messages up to a position that are for a new subscriber. They are looked for backwards, page by page, until
 * there are enough, or no others are retained. While they are few bytes they are kept, and sent when all are found.
 * Else only their offsets are, and they are read again, in the order of the log, as the client takes them
 * ({@link Replay}).
 *
 * <p>One step at a time, on the threads that answer; nothing more is read for a connection that has ended.
 */
final class LastMessages {
    /** What it may make the server hold at once, about: what is kept, and the page that is looked at. */
    static final long BYTES = 2 * Replay.PAGE_BYTES;

    /** What the topics noted may weigh together: with those beyond, the client is told where the others begin. */
    static final int TOPIC_BYTES = 1024 * 1024;

    /** What a noted topic weighs beside its text. */
    static final int TOPIC_WEIGHT = 64;

    private final GroupLog log;
    private final CatchUp catchUp;
    private final ReplayLast last;
    private final Subscription subscription;
    private final Membership member;
    private final Position position;
    private final Shown shown;
    private final Source source;

    /** All after this offset are wanted, however many; {@link Long#MAX_VALUE}: none are for that. */
    private final long since;

    private final Map<String, int[]> counts = new HashMap<>();
    private long topicBytes;

    /** Offsets of those found, the newest first. */
    private long[] found = new long[16];

    private int count;
    private final List<Long> unreadable = new ArrayList<>(0);

    /** Those found; null: they are too large to be kept. */
    private @Nullable List<Entry.Published> kept = new ArrayList<>();

    private long bytes;

    /** The newest offset that was not looked at, as there are too many topics; 0: there is none. */
    private long cut;

    LastMessages(
            GroupLog log,
            CatchUp catchUp,
            ReplayLast last,
            Subscription subscription,
            Membership member,
            Position position,
            Shown shown,
            Source source) {
        this.log = log;
        this.catchUp = catchUp;
        this.last = last;
        this.subscription = subscription;
        this.member = member;
        this.position = position;
        this.shown = shown;
        this.source = source;
        Position after = subscription.after();
        this.since = after == null ? Long.MAX_VALUE : after.offset();
    }

    void begin() {
        read(new Position(position.epoch(), position.offset() + 1));
    }

    private void read(Position before) {
        if (!subscription.connection().isClosed()) {
            log.readBack(group(), before, limit())
                    .invoke(this::look)
                    .subscribe()
                    .with(looked -> {}, this::failed);
        }
    }

    /** No more than needed, where each is likely to be wanted. */
    private int limit() {
        boolean each = !last.ofEachTopic()
                && since == Long.MAX_VALUE
                && member.filter().isAll();
        return each ? Math.max(1, last.messages() - count) : Replay.PAGE;
    }

    private void look(Slice page) {
        if (!isOfThisLog(page)) {
            supplyNothing();
            return;
        }
        unreadable.addAll(page.unreadable());
        for (Entry.Published entry : page.messages()) {
            if (cut == 0 && !isEnough(entry.offset())) {
                consider(entry);
            }
        }
        if (page.more() && cut == 0 && !isEnough(page.end().offset() - 1)) {
            subscription.connection().soon(() -> read(page.end()));
        } else {
            finish();
        }
    }

    /** Else its client is about to be told that the group is gone, or has begun again. */
    private boolean isOfThisLog(Slice page) {
        return !page.epochChanged() && page.goesOnFrom(position);
    }

    /** Nothing at this offset, or before it, can be wanted. */
    private boolean isEnough(long offset) {
        return !last.ofEachTopic() && count >= last.messages() && offset <= since;
    }

    private void consider(Entry.Published entry) {
        if (entry.isFor(member)) {
            boolean more = countTopic(entry) || entry.offset() > since;
            if (more && cut == 0) {
                add(entry);
            }
        }
    }

    /** Whether it is one of those asked for of its topic. */
    private boolean countTopic(Entry.Published entry) {
        if (!last.ofEachTopic()) {
            return true;
        }
        Topic topic = entry.topic();
        String name = topic == null ? "" : topic.value();
        int[] seen = counts.get(name);
        if (seen == null) {
            topicBytes += TOPIC_WEIGHT + name.length();
            if (topicBytes > TOPIC_BYTES) {
                cut = entry.offset();
                return false;
            }
            seen = new int[1];
            counts.put(name, seen);
        }
        return ++seen[0] <= last.messages();
    }

    private void add(Entry.Published entry) {
        if (count == found.length) {
            found = Arrays.copyOf(found, 2 * count);
        }
        found[count++] = entry.offset();
        bytes += entry.message().weight();
        List<Entry.Published> those = kept;
        if (those != null && bytes <= Replay.PAGE_BYTES) {
            those.add(entry);
        } else {
            kept = null;
        }
    }

    private void finish() {
        counts.clear();
        long oldest = count == 0 ? position.offset() + 1 : found[count - 1];
        if (isEnough(oldest)) {
            unreadable.removeIf(offset -> offset < oldest);
        }
        unreadable.removeIf(offset -> offset <= cut || offset > position.offset());
        long first = unreadable.isEmpty() ? oldest : Math.min(oldest, unreadable.get(unreadable.size() - 1));
        List<Entry.Published> those = kept;
        if (those == null || since != Long.MAX_VALUE) {
            readAgain(first);
            return;
        }
        Collections.reverse(those);
        Collections.reverse(unreadable);
        supply(
                first - 1,
                catchUp.inOrder(group(), position.epoch(), those.stream(), gaps())
                        .iterator());
    }

    private List<Event.Gap> gaps() {
        return unreadable.stream()
                .map(at -> new Event.Gap(group(), Event.Gap.Reason.UNREADABLE, 1, true, at - 1, at + 1))
                .toList();
    }

    /** All there is: what comes first is the position, the members, and what was not looked at. */
    private void supply(long before, Iterator<Frame> messages) {
        subscription.connection().supply(source, following(before, messages), bytes);
    }

    private void supplyNothing() {
        bytes = 0;
        cut = 0;
        supply(position.offset(), Collections.emptyIterator());
    }

    private Iterator<Frame> following(long before, Iterator<Frame> messages) {
        long from = cut == 0 ? before : Math.min(cut, before);
        Stream<Frame> begin = CatchUp.begin(subscription, new Position(position.epoch(), from), position, false, shown);
        Stream<Event.Gap> older = cut == 0
                ? Stream.of()
                : Stream.of(new Event.Gap(group(), Event.Gap.Reason.OVERFLOW, cut, false, 0, cut + 1));
        Position after = subscription.after();
        Stream<Event> unseen = after == null ? Stream.of() : CatchUp.unseen(subscription, after, position);
        Iterator<Frame> first = Stream.concat(
                        begin, Stream.concat(unseen, older).map(Frame::of))
                .iterator();
        return new Iterator<>() {
            @Override
            public boolean hasNext() {
                return first.hasNext() || messages.hasNext();
            }

            @Override
            public Frame next() {
                return first.hasNext() ? first.next() : messages.next();
            }
        };
    }

    /** In the order of the log; what retention has given up meanwhile is no longer among the last. */
    private void readAgain(long first) {
        long[] wanted = Arrays.copyOf(found, count);
        Arrays.sort(wanted);
        Replay replay = new Replay(
                log,
                catchUp,
                subscription,
                member,
                position,
                source,
                offset -> Arrays.binarySearch(wanted, offset) >= 0);
        Position after = new Position(position.epoch(), Math.min(first - 1, since));
        log.read(group(), after, Replay.PAGE)
                .invoke(page -> supply(replay, first, after, page))
                .subscribe()
                .with(supplied -> {}, this::failed);
    }

    private void supply(Replay replay, long first, Position after, Slice page) {
        if (!isOfThisLog(page)) {
            supplyNothing();
            return;
        }
        List<Event.Gap> unread = CatchUp.unreadable(group(), page, position).stream()
                .filter(gap -> gap.to() > first)
                .toList();
        Stream<Entry.Published> messages = page.messages().stream().filter(replay::isWanted);
        Stream<Frame> gone = Stream.ofNullable(gone(after, page)).map(Frame::of);
        Iterator<Frame> frames = Stream.concat(gone, catchUp.inOrder(group(), position.epoch(), messages, unread))
                .iterator();
        replay.supply(page, following(after.offset(), frames), CatchUp.weight(page));
    }

    /** What retention no longer has of those that are wanted however many they are; null: nothing. */
    private Event.@Nullable Gap gone(Position after, Slice page) {
        if (since == Long.MAX_VALUE) {
            return null;
        }
        if (after.offset() == since) {
            return CatchUp.trimmed(group(), after, position, page);
        }
        long behind = Math.min(CatchUp.firstOffset(page, position), position.offset() + 1);
        long gone = Math.min(page.missed(), behind - 1 - since);
        return gone > 0 ? new Event.Gap(group(), Event.Gap.Reason.TRIMMED, gone, false, since, behind) : null;
    }

    private void failed(Throwable failure) {
        if (CatchUp.isGone(failure)) {
            // The group says so itself, behind this.
            supplyNothing();
        } else {
            CatchUp.giveUp(subscription, failure);
        }
    }

    private GroupId group() {
        return subscription.subscriber().group();
    }
}
