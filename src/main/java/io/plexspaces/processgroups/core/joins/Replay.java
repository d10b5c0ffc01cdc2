package io.plexspaces.processgroups.core.joins;

import io.plexspaces.processgroups.core.Subscription;
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
import java.util.Collections;
import java.util.Iterator;
import java.util.function.LongPredicate;

/**
 * The messages that one subscriber missed, page by page: the next one is read when the client has taken the one before,
 * so a client that does not read makes the server hold one page. The client may already have been told that nothing is
 * missing; so when a later page turns out not to follow, as retention went on meanwhile, its connection is cut, and it
 * resumes where it is.
 */
final class Replay {
    /** Messages at most; the log gives fewer when they are large. */
    static final int PAGE = 10_000;

    /** What a page may make the server hold, about: half a megabyte, and the message that goes beyond it. */
    static final long PAGE_BYTES = 1024 * 1024;

    private final GroupLog log;
    private final CatchUp catchUp;
    private final Subscription subscription;
    private final Membership member;
    private final Position position;
    private final Source source;
    private final LongPredicate wanted;

    /**
     * @param position up to which the messages are read
     * @param wanted is given offsets of messages that are for the member
     */
    Replay(
            GroupLog log,
            CatchUp catchUp,
            Subscription subscription,
            Membership member,
            Position position,
            Source source,
            LongPredicate wanted) {
        this.log = log;
        this.catchUp = catchUp;
        this.subscription = subscription;
        this.member = member;
        this.position = position;
        this.source = source;
        this.wanted = wanted;
    }

    /** Sends what was made of a page; the next one is read when that is taken. */
    void supply(Slice page, Iterator<Frame> frames, long weight) {
        boolean more = page.more() && page.goesOnFrom(position) && page.end().offset() < position.offset();
        subscription.connection().supply(source, frames, weight, more ? () -> read(page.end()) : null);
    }

    private void read(Position after) {
        log.read(group(), after, PAGE).invoke(this::supply).subscribe().with(supplied -> {}, this::failed);
    }

    private void supply(Slice page) {
        boolean follows =
                !page.epochChanged() && page.missed() == 0 && page.unreadable().isEmpty() && page.goesOnFrom(position);
        if (!follows) {
            subscription
                    .connection()
                    .cut(GroupException.of(
                            ErrorCode.STORE_UNAVAILABLE, "what is retained changed while it was replayed; resume"));
            return;
        }
        Iterator<Frame> frames = page.messages().stream()
                .filter(this::isWanted)
                .map(entry -> catchUp.frame(group(), position.epoch(), entry, null))
                .iterator();
        supply(page, frames, CatchUp.weight(page));
    }

    boolean isWanted(Entry.Published entry) {
        return entry.offset() <= position.offset() && entry.isFor(member) && wanted.test(entry.offset());
    }

    private void failed(Throwable failure) {
        if (CatchUp.isGone(failure)) {
            // The group says so itself, behind this.
            subscription.connection().supply(source, Collections.emptyIterator(), 0);
        } else {
            CatchUp.giveUp(subscription, failure);
        }
    }

    private GroupId group() {
        return subscription.subscriber().group();
    }
}
