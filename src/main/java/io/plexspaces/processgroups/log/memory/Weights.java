package io.plexspaces.processgroups.log.memory;

import io.plexspaces.processgroups.domain.JoinMetadata;
import io.plexspaces.processgroups.domain.Membership;
import io.plexspaces.processgroups.domain.Membership.Holding;
import io.plexspaces.processgroups.domain.Owner;
import io.plexspaces.processgroups.domain.TopicFilter;
import io.plexspaces.processgroups.domain.TopicPattern;
import io.plexspaces.processgroups.log.LogLimits;
import org.jspecify.annotations.Nullable;

/** About what a shared store would write, in bytes, so that one limit means the same everywhere. */
final class Weights {
    private static final int MEMBERSHIP = 48;
    private static final int HOLDING = 16;

    private Weights() {}

    static long of(Membership membership) {
        long bytes = MEMBERSHIP + membership.actor().value().length();
        for (TopicPattern pattern : membership.filter().patterns()) {
            bytes += pattern.value().length() + 1;
        }
        for (Holding held : membership.holdings()) {
            bytes += HOLDING + owner(held.owner()) + held.node().value().length() + of(held.metadata());
        }
        return bytes;
    }

    /** As text it takes a third more. */
    private static long of(JoinMetadata metadata) {
        return metadata.isEmpty() ? 0 : HOLDING * (1L + metadata.values().size()) + metadata.bytes() * 4L / 3;
    }

    private static int owner(Owner owner) {
        if (owner instanceof Owner.Durable durable) {
            return durable.label().value().length();
        }
        if (owner instanceof Owner.Lease lease) {
            return lease.id().length();
        }
        Owner.Session session = (Owner.Session) owner;
        return session.id().length() + session.node().value().length();
    }

    /** For the patterns of two filters that become one. */
    static long merging(@Nullable Membership before, TopicFilter more) {
        if (before == null || before.filter().isAll() || before.filter().equals(more)) {
            return 0;
        }
        return LogLimits.MERGED_PATTERN_BYTES
                * (long) (before.filter().patterns().size() + more.patterns().size());
    }
}
