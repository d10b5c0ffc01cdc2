package io.plexspaces.processgroups.core.members;

import io.plexspaces.processgroups.domain.Dispatch;
import io.plexspaces.processgroups.domain.Membership;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Chooses candidates for a message to one member: of those that can be reached, the nearest ones in turn; for a key,
 * by rendezvous hashing among all that can be reached on any node, so that every node chooses alike, and a member that
 * comes or goes moves only its own keys. Part of a group's reading, and as little thread-safe as that.
 */
final class OneMember {
    /** The chosen member may leave before the message has its offset, and so may the next ones. */
    static final int CANDIDATES = 3;

    private long turn;

    /** @param wanting those who accept the message; {@code except}: must not get it, few */
    Dispatch.AnyOf choose(List<Interest> wanting, String key, List<Member> except) {
        List<Dispatch.To> chosen = key.isEmpty() ? byTurns(wanting, except) : byKey(wanting, key, except);
        return new Dispatch.AnyOf(chosen);
    }

    private List<Dispatch.To> byTurns(List<Interest> wanting, List<Member> except) {
        List<Dispatch.To> chosen = new ArrayList<>(CANDIDATES);
        for (Reach reach : Reach.ALL) {
            int count = 0;
            for (int i = 0; i < wanting.size(); i++) {
                count += wanting.get(i).count(reach);
            }
            for (int i = 0; i < count && i < CANDIDATES + except.size() && chosen.size() < CANDIDATES; i++) {
                Member member = at(wanting, reach, (int) Math.floorMod(turn + i, (long) count));
                if (!except.contains(member)) {
                    chosen.add(to(member));
                }
            }
            if (!chosen.isEmpty()) {
                break;
            }
        }
        turn++;
        return chosen;
    }

    private static Member at(List<Interest> wanting, Reach reach, int place) {
        int left = place;
        int i = 0;
        while (left >= wanting.get(i).count(reach)) {
            left -= wanting.get(i++).count(reach);
        }
        return wanting.get(i).member(reach, left);
    }

    private static List<Dispatch.To> byKey(List<Interest> wanting, String key, List<Member> except) {
        Best best = new Best(key);
        for (Reach reach : Reach.ALL) {
            if (reach == Reach.HERE && best.count > 0) {
                break;
            }
            for (int i = 0; i < wanting.size(); i++) {
                Interest interest = wanting.get(i);
                for (int j = interest.count(reach) - 1; j >= 0; j--) {
                    long score = best.score(interest.hash(reach, j));
                    if (best.mayTake(score)) {
                        Member member = interest.member(reach, j);
                        if (!except.contains(member)) {
                            best.offer(member, score);
                        }
                    }
                }
            }
        }
        return best.chosen();
    }

    private static Dispatch.To to(Member member) {
        Membership membership = member.membership();
        return new Dispatch.To(membership.actor(), membership.joinedOffset());
    }

    /** The members with the highest scores for a key; of equal scores, the lower id. */
    private static final class Best {
        private final long key;
        private final @Nullable Member[] members = new Member[CANDIDATES];
        private final long[] scores = new long[CANDIDATES];
        private int count;

        Best(String key) {
            this.key = key.hashCode() * 0x9E3779B97F4A7C15L;
        }

        long score(int hash) {
            return mix(key ^ hash);
        }

        /** False: hardly any member has to be looked at. */
        boolean mayTake(long score) {
            return count < CANDIDATES || score >= scores[CANDIDATES - 1];
        }

        void offer(Member member, long score) {
            int at = count;
            while (at > 0 && isBetter(member, score, at - 1)) {
                at--;
            }
            if (at == CANDIDATES) {
                return;
            }
            count = Math.min(count + 1, CANDIDATES);
            for (int i = count - 1; i > at; i--) {
                members[i] = members[i - 1];
                scores[i] = scores[i - 1];
            }
            members[at] = member;
            scores[at] = score;
        }

        private boolean isBetter(Member member, long score, int at) {
            Member other = members[at];
            return score > scores[at]
                    || (score == scores[at]
                            && other != null
                            && member.membership()
                                            .actor()
                                            .compareTo(other.membership().actor())
                                    < 0);
        }

        List<Dispatch.To> chosen() {
            List<Dispatch.To> chosen = new ArrayList<>(count);
            for (Member member : members) {
                if (member != null) {
                    chosen.add(to(member));
                }
            }
            return chosen;
        }
    }

    /** The finalizer of SplitMix64: every input bit moves every output bit. */
    private static long mix(long value) {
        long z = (value ^ (value >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return z ^ (z >>> 31);
    }
}
