package io.plexspaces.processgroups.log.redis.codec;

import io.plexspaces.processgroups.domain.ActorId;
import io.plexspaces.processgroups.domain.JoinMetadata;
import io.plexspaces.processgroups.domain.Membership;
import io.plexspaces.processgroups.domain.Membership.Holding;
import io.plexspaces.processgroups.domain.Membership.Lease;
import io.plexspaces.processgroups.domain.NodeId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads memberships as the scripts write them: joined at, joined offset, heartbeat, filter and holdings, separated by
 * spaces; the holdings by commas; within each owner, node, joins, ttl and end by bars. Behind them may stand {@code a}
 * while its session receives nothing, {@code t} and when its first join was made, if another owner's made the actor a
 * member, and {@code m} and its metadata.
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

    /** Others with this letter are of later versions. */
    private static boolean isNumbered(String part, char letter) {
        return part.length() > 1 && part.charAt(0) == letter && part.charAt(1) >= '0' && part.charAt(1) <= '9';
    }

    private static Holding holding(String[] parts) {
        Lease lease = parts[4].isEmpty()
                ? null
                : new Lease(Times.duration(Long.parseLong(parts[3])), Times.instant(Long.parseLong(parts[4])));
        boolean away = false;
        Instant since = null;
        JoinMetadata metadata = JoinMetadata.NONE;
        for (int i = 5; i < parts.length; i++) {
            String part = parts[i];
            if (part.equals("a")) {
                away = true;
            } else if (isNumbered(part, 't')) {
                since = Times.instant(Long.parseLong(part.substring(1)));
            } else if (isNumbered(part, 'm')) {
                metadata = MetadataText.parse(part.substring(1));
            }
        }
        int joins = Integer.parseInt(parts[2]);
        return new Holding(Texts.owner(parts[0]), new NodeId(parts[1]), joins, lease, away, since, metadata);
    }
}
