package io.plexspaces.processgroups.log.redis.codec;

import io.plexspaces.processgroups.domain.ActorId;
import io.plexspaces.processgroups.domain.Membership;
import io.plexspaces.processgroups.domain.Membership.Holding;
import io.plexspaces.processgroups.domain.Membership.Lease;
import io.plexspaces.processgroups.domain.NodeId;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads memberships as the scripts write them: joined at, joined offset, heartbeat, filter and holdings, separated by
 * spaces; the holdings by commas; within each owner, node, joins, ttl and end by bars, and {@code a} behind them while
 * its session receives nothing.
 */
public final class Memberships {
    private Memberships() {}

    /** @throws UnreadableException when it is not as the scripts write it; more than that may follow each part */
    public static Membership parse(ActorId actor, String text) {
        try {
            return parsed(actor, text);
        } catch (RuntimeException damaged) {
            throw new UnreadableException("the membership of " + actor.value(), damaged);
        }
    }

    /** The same, by the name under which it is stored. */
    public static Membership parse(String actor, String text) {
        try {
            return parsed(new ActorId(actor), text);
        } catch (RuntimeException damaged) {
            throw new UnreadableException("the membership of " + actor, damaged);
        }
    }

    private static Membership parsed(ActorId actor, String text) {
        String[] parts = text.split(" ", -1);
        List<Holding> holdings = new ArrayList<>();
        for (String held : parts[4].split(",")) {
            holdings.add(holding(held.split("\\|", -1)));
        }
        return new Membership(
                actor,
                Texts.filter(parts[3]),
                Times.instant(Long.parseLong(parts[0])),
                Long.parseLong(parts[1]),
                Times.instant(Long.parseLong(parts[2])),
                holdings);
    }

    /** Null for {@code -}: no longer a member. */
    public static @Nullable Membership parseIfAny(ActorId actor, String text) {
        return text.equals("-") ? null : parse(actor, text);
    }

    private static Holding holding(String[] parts) {
        Lease lease = parts[4].isEmpty()
                ? null
                : new Lease(Times.duration(Long.parseLong(parts[3])), Times.instant(Long.parseLong(parts[4])));
        boolean away = parts.length > 5 && parts[5].equals("a");
        return new Holding(Texts.owner(parts[0]), new NodeId(parts[1]), Integer.parseInt(parts[2]), lease, away);
    }
}
