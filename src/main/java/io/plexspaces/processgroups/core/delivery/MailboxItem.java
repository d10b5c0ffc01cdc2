package io.plexspaces.processgroups.core.delivery;

import io.plexspaces.processgroups.domain.Entry;
import io.plexspaces.processgroups.domain.OverflowPolicy;
import org.jspecify.annotations.Nullable;

/** What waits in a {@link Mailbox}: a frame, or a source of frames; linked in their order. */
final class MailboxItem {
    final @Nullable Subscriber subscriber;
    final @Nullable Frame frame;
    final @Nullable Source source;
    final int size;

    @Nullable
    MailboxItem before;

    @Nullable
    MailboxItem after;

    MailboxItem(@Nullable Subscriber subscriber, @Nullable Frame frame, @Nullable Source source, int size) {
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
