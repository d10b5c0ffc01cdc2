package io.plexspaces.processgroups.core.delivery;

import io.plexspaces.processgroups.domain.Entry;
import io.plexspaces.processgroups.domain.OverflowPolicy;
import org.jspecify.annotations.Nullable;

/** What waits in a {@link Mailbox}: a frame, or a source of frames; linked in their order. */
final class MailboxItem {
    /** What an item costs beside its bytes. */
    static final int BYTES = 64;

    final @Nullable Subscriber subscriber;
    final @Nullable Frame frame;
    final @Nullable Source source;
    final Frame.@Nullable Encoding encoding;
    final int size;

    @Nullable
    MailboxItem before;

    @Nullable
    MailboxItem after;

    MailboxItem(@Nullable Subscriber subscriber, Frame frame, Frame.Encoding encoding) {
        this.subscriber = subscriber;
        this.frame = frame;
        this.source = null;
        this.encoding = encoding;
        this.size = encoding.length() + BYTES;
    }

    MailboxItem(Source source) {
        this.subscriber = null;
        this.frame = null;
        this.source = source;
        this.encoding = null;
        this.size = BYTES;
    }

    /** It waits; returns what that makes the server hold beside what waits already. */
    int hold() {
        return encoding == null ? size : BYTES + encoding.hold();
    }

    /** It does not wait any more; returns what the server holds less. */
    int release() {
        return encoding == null ? size : BYTES + encoding.release();
    }

    /** The message a full mailbox may drop. */
    Entry.@Nullable Published droppable() {
        return frame == null || subscriber == null || subscriber.policy() == OverflowPolicy.DISCONNECT
                ? null
                : frame.message();
    }
}
