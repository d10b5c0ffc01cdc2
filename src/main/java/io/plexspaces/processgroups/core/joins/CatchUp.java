package io.plexspaces.processgroups.core.joins;

import io.plexspaces.processgroups.core.Presence;
import io.plexspaces.processgroups.core.ReplayLast;
import io.plexspaces.processgroups.core.Subscription;
import io.plexspaces.processgroups.core.delivery.DeliveryTracer;
import io.plexspaces.processgroups.core.delivery.Event;
import io.plexspaces.processgroups.core.delivery.Frame;
import io.plexspaces.processgroups.core.delivery.Source;
import io.plexspaces.processgroups.domain.Entry;
import io.plexspaces.processgroups.domain.ErrorCode;
import io.plexspaces.processgroups.domain.GroupException;
import io.plexspaces.processgroups.domain.GroupId;
import io.plexspaces.processgroups.domain.Membership;
import io.plexspaces.processgroups.domain.Position;
import io.plexspaces.processgroups.log.GroupLog;
import io.plexspaces.processgroups.log.Slice;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Catch-up of subscribers: what a client receives before the first live message. That is its position, the members if
 * it asked for them, and the messages it missed.
 *
 * <p>A subscriber enters its audience at one offset of the log, the position. Messages after it arrive live. Messages
 * up to it are read from the retained messages of the log. Until those are there, live frames wait behind a
 * {@link Source} in the connection's mailbox; so the client sees each message once, and in order.
 *
 * <pre>{@code
 *   subscribe without a position -----------------------------> subscribed, [members]
 *   subscribe to the last messages --------------read---------> subscribed, [members], [gap OVERFLOW], those messages
 *   subscribe after a position, same epoch ------read---------> subscribed, [members], [gap TRIMMED], missed messages
 *   subscribe after a position, another epoch ---read---------> subscribed, [members], gap EPOCH_CHANGED, retained ones
 *   resynchronised, same epoch ------------------read once----> [gap TRIMMED], missed messages
 *   resynchronised, log continues in a new epoch-read once----> subscribed, [gap TRIMMED], missed messages
 *   resynchronised, log has begun again ----------------------> subscribed, [members], gap EPOCH_CHANGED
 *                                                               then, in each case, live messages
 * }</pre>
 *
 * <p>A subscription that sees members gets them like one that asked for them. Where the same log goes on, a gap MEMBERS
 * says which changes it was not told.
 *
 * <p>Missed messages are read page by page, as the client takes them ({@link Replay}): only the first page decides what
 * {@code subscribed} says. Which messages are the last ones is found by reading backwards ({@link LastMessages}).
 *
 * <p>A position of an earlier epoch that is part of this log counts as one of the same epoch. A retained message that
 * cannot be read is a gap UNREADABLE in its place. When the read fails, a new subscriber's connection is cut, so that
 * its client tries again; a resynchronised one gets the whole range as a gap.
 *
 * <p>One file, as each of its events follows from the same comparison of two positions.
 */
public final class CatchUp {
    private static final System.Logger LOG = System.getLogger(CatchUp.class.getName());

    /** A longer ttl counts as none. */
    private static final Duration LONGEST = Duration.ofDays(10_000);

    private final GroupLog log;

    public CatchUp(GroupLog log) {
        this.log = log;
    }

    /**
     * A message to be delivered, until its ttl has passed by the store's clock.
     *
     * @param epoch of the log that it is in
     * @param traced notified of where it is delivered; null: it is not traced
     */
    Frame frame(GroupId group, String epoch, Entry.Published entry, DeliveryTracer.@Nullable Delivering traced) {
        Duration ttl = entry.message().ttl();
        long deadline = ttl == null || ttl.isZero() || ttl.compareTo(LONGEST) > 0
                ? Frame.NEVER
                : System.nanoTime() + ttl.minus(log.age(group, entry.at())).toNanos();
        return Frame.of(new Event.Delivered(group, epoch, entry), traced, deadline);
    }

    /**
     * The first events of a subscription that is live from {@code position} on: messages up to there come from the log,
     * and everything queued behind waits for them.
     *
     * @param shown of the members, to be sent first
     */
    Source first(Subscription subscription, Position position, Membership member, Shown shown) {
        Position after = subscription.after();
        ReplayLast last = subscription.last();
        if (last != null) {
            return last(last, subscription, position, member, shown);
        }
        if (after == null) {
            return Source.of(
                    begin(subscription, position, position, false, shown).iterator(), weight(shown.members()));
        }
        Source source = Source.awaited(weight(shown.members()));
        subscription
                .connection()
                .whenRoom(
                        source,
                        Replay.PAGE_BYTES,
                        () -> readFirst(subscription, source, position, member, shown, after));
        return source;
    }

    private Source last(ReplayLast last, Subscription subscription, Position position, Membership member, Shown shown) {
        Source source = Source.awaited(weight(shown.members()));
        LastMessages messages = new LastMessages(log, this, last, subscription, member, position, shown, source);
        subscription.connection().whenRoom(source, LastMessages.BYTES, messages::begin);
        return source;
    }

    private void readFirst(
            Subscription subscription,
            Source source,
            Position position,
            Membership member,
            Shown shown,
            Position after) {
        Replay replay = new Replay(log, this, subscription, member, position, source, offset -> true);
        log.read(subscription.subscriber().group(), after, Replay.PAGE)
                .invoke(slice -> {
                    Iterator<Frame> frames = replay(subscription, position, member, shown, after, slice);
                    replay.supply(slice, frames, weight(slice));
                })
                .onFailure(CatchUp::isGone)
                .invoke(gone -> {
                    Iterator<Frame> frames = begin(subscription, position, position, false, shown)
                            .iterator();
                    subscription.connection().supply(source, frames, 0);
                })
                .subscribe()
                .with(supplied -> {}, failure -> giveUp(subscription, failure));
    }

    private Iterator<Frame> replay(
            Subscription subscription, Position position, Membership member, Shown shown, Position after, Slice slice) {
        GroupId group = subscription.subscriber().group();
        // The log may continue under a new epoch, which the client is notified of after this.
        boolean goesOn = slice.goesOnFrom(position);
        boolean sameLife = !slice.epochChanged() && goesOn;
        long first = Math.min(firstOffset(slice, position), position.offset() + 1);
        Event.Gap missing = sameLife ? trimmed(group, after, position, slice) : null;
        Stream<Event> gap = sameLife ? Stream.ofNullable(missing) : Stream.of(epochChanged(group, first));
        Stream<Event> unseen = sameLife ? unseen(subscription, after, position) : Stream.of();
        // A slice of a later epoch has nothing for this subscription: its client is about to receive that the group is
        // gone.
        List<Event.Gap> unreadable = goesOn ? unreadable(group, slice, position) : List.of();
        Stream<Entry.Published> wanted = slice.messages().stream()
                .filter(entry -> goesOn && entry.offset() <= position.offset() && entry.isFor(member));
        Stream<Frame> missed = inOrder(group, position.epoch(), wanted, unreadable);
        Position from = sameLife ? named(after, position) : new Position(position.epoch(), first - 1);
        boolean recovered = sameLife && missing == null && unreadable.isEmpty();
        Stream<Frame> begin = begin(subscription, from, position, recovered, shown);
        return Stream.concat(begin, Stream.concat(Stream.concat(unseen, gap).map(Frame::of), missed))
                .iterator();
    }

    /** Changes of members between two positions of one log, which nobody keeps. Those that followed are shown. */
    static Stream<Event> unseen(Subscription subscription, Position after, Position position) {
        long missed = position.offset() - after.offset();
        return subscription.presence() == Presence.MEMBERS && missed > 0
                ? Stream.of(new Event.Gap(
                        subscription.subscriber().group(),
                        Event.Gap.Reason.MEMBERS,
                        missed,
                        false,
                        after.offset(),
                        position.offset() + 1))
                : Stream.of();
    }

    /** What a client has seen, by the epoch of what it gets next. */
    private static Position named(Position after, Position position) {
        return after.epoch().equals(position.epoch())
                ? after
                : new Position(position.epoch(), Math.min(after.offset(), position.offset()));
    }

    private static Event.Gap epochChanged(GroupId group, long first) {
        return new Event.Gap(group, Event.Gap.Reason.EPOCH_CHANGED, 0, false, 0, first);
    }

    /** What is retained up to the position, and cannot be read. */
    static List<Event.Gap> unreadable(GroupId group, Slice slice, Position position) {
        return slice.unreadable().stream()
                .filter(offset -> offset <= position.offset())
                .map(offset -> new Event.Gap(group, Event.Gap.Reason.UNREADABLE, 1, true, offset - 1, offset + 1))
                .toList();
    }

    /** Messages, with gaps where they belong. */
    Stream<Frame> inOrder(GroupId group, String epoch, Stream<Entry.Published> messages, List<Event.Gap> gaps) {
        if (gaps.isEmpty()) {
            return messages.map(entry -> frame(group, epoch, entry, null));
        }
        List<Frame> all = new ArrayList<>();
        int[] next = {0};
        messages.forEach(entry -> {
            while (next[0] < gaps.size() && gaps.get(next[0]).to() <= entry.offset()) {
                all.add(Frame.of(gaps.get(next[0]++)));
            }
            all.add(frame(group, epoch, entry, null));
        });
        gaps.subList(next[0], gaps.size()).forEach(gap -> all.add(Frame.of(gap)));
        return all.stream();
    }

    /** What retention no longer has between two positions of one epoch; null: nothing is missing. */
    static Event.@Nullable Gap trimmed(GroupId group, Position after, Position position, Slice slice) {
        long firstRetained = firstOffset(slice, position);
        // The log may have grown and been trimmed since: messages after the position arrive live, and are not missing.
        boolean trimmedBeyond = firstRetained > position.offset() + 1;
        long first = Math.min(firstRetained, position.offset() + 1);
        long gone = Math.min(slice.missed(), first - 1 - after.offset());
        boolean exact = slice.exact() && !trimmedBeyond;
        return gone > 0 ? new Event.Gap(group, Event.Gap.Reason.TRIMMED, gone, exact, after.offset(), first) : null;
    }

    /** The first events of a subscription after the log has begun again under a new epoch, from {@code position} on. */
    static Source newLife(Subscription subscription, Position position, Shown shown) {
        Event.Gap gap = epochChanged(subscription.subscriber().group(), position.offset() + 1);
        Stream<Frame> begin = begin(subscription, position, position, false, shown);
        return Source.of(Stream.concat(begin, Stream.of(Frame.of(gap))).iterator(), weight(shown.members()));
    }

    /**
     * A subscriber that did not read the log up to where it is now.
     *
     * @param source where it waits for what it missed
     * @param renamed the log continues under a new epoch, which the client must receive first
     */
    record Behind(Subscription subscription, Membership member, Source source, boolean renamed) {}

    /** @param entry null: it is a gap, which is for everyone */
    private record Missed(long offset, Entry.@Nullable Published entry, Frame frame) {
        boolean isFor(Membership member) {
            return entry == null || entry.isFor(member);
        }
    }

    /**
     * Gives each subscriber that is behind the messages after {@code before} and up to {@code position}, from one
     * reading of the log. Messages that cannot be read become a gap.
     *
     * @param members as they are at {@code position}, for those that see them
     */
    void all(GroupId group, Position before, Position position, List<Behind> behind, List<Membership> members) {
        Missing all = new Missing(before, position, behind, members);
        if (before.offset() == position.offset()) {
            all.supply(null, List.of(), 0);
            return;
        }
        log.read(group, before, Integer.MAX_VALUE)
                .<Runnable>map(slice -> () -> tell(group, all, slice))
                .onFailure()
                .recoverWithItem(() -> () -> all.supply(unread(group, before, position), List.of(), 0))
                .invoke(Runnable::run)
                .subscribe()
                .with(told -> {}, failure -> cut(behind, failure));
    }

    private static void cut(List<Behind> behind, Throwable failure) {
        GroupException cause = reported(failure);
        behind.forEach(one -> one.subscription().connection().cut(cause));
    }

    private void tell(GroupId group, Missing all, Slice slice) {
        Position position = all.position();
        if (slice.epochChanged() || !slice.goesOnFrom(position)) {
            all.supply(unread(group, all.before(), position), List.of(), 0);
            return;
        }
        Stream<Missed> messages = slice.messages().stream()
                .filter(entry -> entry.offset() <= position.offset())
                .map(entry -> new Missed(entry.offset(), entry, frame(group, position.epoch(), entry, null)));
        Stream<Missed> gaps =
                unreadable(group, slice, position).stream().map(gap -> new Missed(gap.from() + 1, null, Frame.of(gap)));
        List<Missed> missed = Stream.concat(messages, gaps)
                .sorted(Comparator.comparingLong(Missed::offset))
                .toList();
        all.supply(trimmed(group, all.before(), position, slice), missed, bytes(missed));
    }

    /** What all subscribers get that are behind by the same entries. */
    private record Missing(Position before, Position position, List<Behind> behind, List<Membership> members) {
        void supply(Event.@Nullable Gap gap, List<Missed> missed, long weight) {
            Position from = new Position(position.epoch(), before.offset());
            List<Frame> first = gap == null ? List.of() : List.of(Frame.of(gap));
            for (Behind one : behind) {
                Stream<Frame> begin = Stream.concat(
                        one.renamed()
                                ? begin(one.subscription(), from, position, gap == null, Shown.NOTHING)
                                : Stream.of(),
                        members(one.subscription(), from));
                Stream<Frame> wanted = missed.stream()
                        .filter(message -> message.isFor(one.member()))
                        .map(Missed::frame);
                one.subscription()
                        .connection()
                        .supply(
                                one.source(),
                                Stream.concat(begin, Stream.concat(first.stream(), wanted))
                                        .iterator(),
                                weight);
            }
        }

        /** For one that sees them, and has missed changes. */
        private Stream<Frame> members(Subscription subscription, Position from) {
            return subscription.presence() == Presence.MEMBERS && before.offset() != position.offset()
                    ? Stream.concat(
                                    unseen(subscription, from, position),
                                    MemberEvents.parts(subscription.subscriber().group(), position, members, 0))
                            .map(Frame::of)
                    : Stream.of();
        }
    }

    /** Nothing between the two positions can be read: at most, every entry there was a message. */
    private static Event.Gap unread(GroupId group, Position before, Position position) {
        return new Event.Gap(
                group,
                Event.Gap.Reason.TRIMMED,
                position.offset() - before.offset(),
                false,
                before.offset(),
                position.offset() + 1);
    }

    /**
     * A group that is gone ends the subscription itself. After any other failure the client would miss messages without
     * notice: its connection is cut.
     */
    static void giveUp(Subscription subscription, Throwable failure) {
        if (!isGone(failure)) {
            subscription.connection().cut(reported(failure));
        }
    }

    static boolean isGone(Throwable failure) {
        return GroupException.is(failure, ErrorCode.GROUP_NOT_FOUND);
    }

    /** Of the oldest message that is retained; behind the log's end when none is. */
    static long firstOffset(Slice slice, Position position) {
        long end = Math.max(slice.end().offset(), position.offset()) + 1;
        long message =
                slice.messages().isEmpty() ? end : slice.messages().get(0).offset();
        long unreadable =
                slice.unreadable().isEmpty() ? end : slice.unreadable().get(0);
        return Math.min(message, unreadable);
    }

    /** @param from messages after it follow; {@code position} is that of the members shown */
    static Stream<Frame> begin(
            Subscription subscription, Position from, Position position, boolean recovered, Shown shown) {
        GroupId group = subscription.subscriber().group();
        List<Membership> members = shown.members();
        Event.Members first = members == null ? null : MemberEvents.first(group, position, members);
        Event subscribed = new Event.Subscribed(group, from, recovered, subscription.announcedToken(), first);
        Stream<Event> parts = members == null || first == null || first.last()
                ? Stream.of()
                : MemberEvents.parts(group, position, members, first.members().size());
        Stream<Event> count = shown.count() == Shown.UNCOUNTED
                ? Stream.of()
                : Stream.of(new Event.MemberCount(group, position.offset(), shown.count()));
        return Stream.concat(Stream.concat(Stream.of(subscribed), parts), count).map(Frame::of);
    }

    private static long weight(@Nullable List<Membership> shown) {
        return shown == null ? 0 : MemberEvents.weight(shown);
    }

    private static long bytes(List<Missed> missed) {
        return missed.stream()
                .map(Missed::entry)
                .filter(Objects::nonNull)
                .mapToLong(entry -> entry.message().weight())
                .sum();
    }

    static long weight(Slice slice) {
        long weight = 0;
        for (Entry.Published entry : slice.messages()) {
            weight += entry.message().weight();
        }
        return weight;
    }

    private static GroupException reported(Throwable failure) {
        if (failure instanceof GroupException expected) {
            return expected;
        }
        LOG.log(System.Logger.Level.ERROR, "messages to catch up with could not be sent", failure);
        return GroupException.of(ErrorCode.STORE_UNAVAILABLE, "the messages to catch up with could not be read");
    }
}
