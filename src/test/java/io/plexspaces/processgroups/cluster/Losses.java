package io.plexspaces.processgroups.cluster;

import io.plexspaces.processgroups.proto.v1.Event;
import io.plexspaces.processgroups.proto.v1.Gap;
import io.plexspaces.processgroups.proto.v1.Position;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Compares the answers of publishers with what one follower received: each missing message must lie in a gap that it
 * received.
 */
final class Losses {
    private final Map<String, Long> heardAt = new HashMap<>();
    private final Map<String, Life> lives = new HashMap<>();
    private final List<String> wrong = new ArrayList<>();

    /** Between two offsets, both of them not in it. */
    private record Hole(long from, long to, long at) {
        boolean holds(long offset) {
            return from < offset && offset < to;
        }
    }

    /** What was received of one epoch. */
    private static final class Life {
        final Map<Long, String> texts = new HashMap<>();
        final Set<String> heard = new HashSet<>();

        /** The last number of each publisher. */
        final Map<String, Integer> numbers = new HashMap<>();

        final List<Hole> holes = new ArrayList<>();
        long last;

        /** When a gap said that this epoch is over; 0: none did. */
        long over;
    }

    private Losses(Follower follower) {
        for (Follower.Heard heard : follower.heard()) {
            Event event = heard.event();
            Life life = lives.computeIfAbsent(heard.epoch(), none -> new Life());
            if (event.hasMessage()) {
                message(heard, life);
            } else if (event.hasGap()) {
                gap(event.getGap(), heard.at(), life);
            }
        }
    }

    private void gap(Gap gap, long at, Life life) {
        life.holes.add(new Hole(gap.getFromOffset(), gap.getToOffset(), at));
        if (gap.getReason() == Gap.Reason.EPOCH_CHANGED) {
            for (Life before : lives.values()) {
                before.over = before == life || before.over > 0 ? before.over : at;
            }
        } else if (gap.getMissed() > gap.getToOffset() - gap.getFromOffset() - 1) {
            wrong.add("a gap of more messages than offsets: " + gap);
        }
    }

    private void message(Follower.Heard heard, Life life) {
        String text = heard.text();
        long offset = heard.event().getOffset();
        heardAt.putIfAbsent(text, heard.at());
        if (!life.heard.add(text)) {
            wrong.add(text + " was heard twice");
        }
        if (offset <= life.last) {
            wrong.add(text + " at " + offset + " came after " + life.last);
        }
        life.last = Math.max(life.last, offset);
        life.texts.put(offset, text);
    }

    /**
     * Messages that are missing without a gap, or were received twice or out of order; in words.
     *
     * @param fault when the store began to fail: what was accepted later may belong to an epoch that is lost since
     */
    static List<String> untold(Follower follower, List<Traffic.Sent> sent, long fault) {
        Losses losses = new Losses(follower);
        Map<String, Traffic.Sent> accepted = new HashMap<>();
        for (Traffic.Sent one : sent) {
            if (one.group().equals(follower.group) && one.isAccepted()) {
                accepted.put(one.text(), one);
                losses.check(one, fault);
            }
        }
        for (Follower.Heard heard : follower.heard()) {
            // One whose answer was lost may be applied after the next one.
            Traffic.Sent one = accepted.get(heard.text());
            if (one != null) {
                losses.checkOrder(one, losses.lives.get(heard.epoch()));
            }
        }
        return losses.wrong;
    }

    private void checkOrder(Traffic.Sent sent, Life life) {
        Integer before = life.numbers.put(sent.publisher(), sent.number());
        if (before != null && before > sent.number()) {
            wrong.add(sent.text() + " came after number " + before);
        }
    }

    private void check(Traffic.Sent sent, long fault) {
        if (heardAt.containsKey(sent.text()) || toldAt(sent, fault) != null) {
            return;
        }
        Position position = sent.position();
        wrong.add(sent.text() + " is missing, accepted at " + position.getEpoch() + " " + position.getOffset());
    }

    /** When a gap was received that names a message which was not received; null: never. */
    private @Nullable Long toldAt(Traffic.Sent sent, long fault) {
        Position position = sent.position();
        Life life = lives.get(position.getEpoch());
        if (life == null) {
            // An epoch of which nothing was received: any gap that skips it.
            return lives.values().stream()
                    .flatMap(other -> other.holes.stream())
                    .filter(hole -> hole.from() == 0 && hole.at() > sent.start())
                    .map(Hole::at)
                    .findFirst()
                    .orElse(null);
        }
        for (Hole hole : life.holes) {
            if (hole.holds(position.getOffset())) {
                return hole.at();
            }
        }
        boolean lost =
                position.getOffset() > life.last || sent.end() > fault || life.texts.containsKey(position.getOffset());
        return life.over > 0 && lost ? life.over : null;
    }

    /** The longest time in nanoseconds from the answer to a publish until the message or its gap was received. */
    static long slowest(Follower follower, List<Traffic.Sent> sent) {
        Losses losses = new Losses(follower);
        long slowest = 0;
        for (Traffic.Sent one : sent) {
            if (one.group().equals(follower.group) && one.isAccepted()) {
                Long heard = losses.heardAt.get(one.text());
                Long known = heard != null ? heard : losses.toldAt(one, Long.MAX_VALUE);
                slowest = known == null ? slowest : Math.max(slowest, known - one.end());
            }
        }
        return slowest;
    }
}
