package io.plexspaces.processgroups.core;

import io.plexspaces.processgroups.domain.ActorId;
import io.plexspaces.processgroups.domain.Dispatch;
import io.plexspaces.processgroups.domain.Topic;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Chooses the one member that gets a message: of those on this node if there are any, and of these one with a live session
 * if there is any; by turns, or for a key by rendezvous hashing, so that a member that comes or goes moves only its own
 * keys. Part of a group's reading, and as little thread-safe as that.
 */
final class OneOf {
    private static final int CACHED_TOPICS = 64;

    private final Map<String, List<Member>> pools = new HashMap<>(2);
    private long turn;

    /** To be called when members change. */
    void forget() {
        pools.clear();
    }

    Dispatch choose(Groups.PublishRequest request, TopicIndex index) {
        ActorId sender = request.excludeSender() ? request.message().sender() : null;
        List<Member> pool = pool(request.topic(), index);
        if (sender != null && pool.stream().anyMatch(member -> is(member, sender))) {
            pool = best(accepting(request.topic(), index).stream()
                    .filter(member -> !is(member, sender))
                    .toList());
        }
        if (pool.isEmpty()) {
            return new Dispatch.Nobody();
        }
        Member chosen = request.key().isEmpty()
                ? pool.get((int) Math.floorMod(turn++, (long) pool.size()))
                : byKey(pool, request.key());
        return new Dispatch.To(chosen.membership().actor(), chosen.membership().joinedOffset());
    }

    private List<Member> pool(@Nullable Topic topic, TopicIndex index) {
        String key = topic == null ? "" : topic.value();
        List<Member> known = pools.get(key);
        if (known != null) {
            return known;
        }
        if (pools.size() == CACHED_TOPICS) {
            pools.clear();
        }
        List<Member> made = best(accepting(topic, index));
        pools.put(key, made);
        return made;
    }

    private static List<Member> accepting(@Nullable Topic topic, TopicIndex index) {
        List<Member> all = new ArrayList<>();
        for (Interest interest : index.wanting(topic)) {
            all.addAll(interest.members());
        }
        all.sort((a, b) -> a.membership().actor().compareTo(b.membership().actor()));
        return all;
    }

    private static List<Member> best(List<Member> all) {
        List<Member> near = preferring(all, Member::isHere);
        List<Member> reachable = preferring(near, member -> !member.isAbsent());
        return preferring(reachable, Member::hasSession);
    }

    /** Those that are so, or all when none is. */
    private static List<Member> preferring(List<Member> all, Predicate<Member> wish) {
        List<Member> some = all.stream().filter(wish).toList();
        return some.isEmpty() ? all : some;
    }

    private static Member byKey(List<Member> pool, String key) {
        Member best = pool.get(0);
        long most = Long.MIN_VALUE;
        for (Member member : pool) {
            long score = mix(key.hashCode() * 0x9E3779B97F4A7C15L
                    ^ member.membership().actor().value().hashCode());
            if (score > most) {
                most = score;
                best = member;
            }
        }
        return best;
    }

    /** The finalizer of SplitMix64: every input bit moves every output bit. */
    private static long mix(long value) {
        long z = (value ^ (value >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return z ^ (z >>> 31);
    }

    private static boolean is(Member member, ActorId actor) {
        return member.membership().actor().equals(actor);
    }
}
