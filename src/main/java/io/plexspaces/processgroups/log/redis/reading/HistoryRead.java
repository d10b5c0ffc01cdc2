package io.plexspaces.processgroups.log.redis.reading;

import io.plexspaces.processgroups.domain.Entry;
import io.plexspaces.processgroups.domain.GroupException;
import io.plexspaces.processgroups.domain.GroupId;
import io.plexspaces.processgroups.domain.NodeId;
import io.plexspaces.processgroups.domain.OperationId;
import io.plexspaces.processgroups.domain.Position;
import io.plexspaces.processgroups.log.Slice;
import io.plexspaces.processgroups.log.redis.codec.Entries;
import io.plexspaces.processgroups.log.redis.codec.Texts;
import io.plexspaces.processgroups.log.redis.codec.Times;
import io.plexspaces.processgroups.log.redis.codec.UnreadableException;
import io.plexspaces.processgroups.log.redis.store.Keys;
import io.plexspaces.processgroups.log.redis.store.Scripts;
import io.plexspaces.processgroups.log.redis.store.StepSizes;
import io.plexspaces.processgroups.log.redis.store.Store;
import io.plexspaces.processgroups.log.redis.store.Unreadables;
import io.vertx.core.Future;
import io.vertx.redis.client.Response;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads retained messages, forwards or back, as many as fit into one answer, and counts those that are gone. */
public final class HistoryRead implements Replays.Pages {
    private static final OperationId NOBODY = new OperationId(new NodeId("unknown"), 0, 0);

    private final Store store;

    public HistoryRead(Store store) {
        this.store = store;
    }

    /** The slice says when there is more, though fewer than {@code limit} are in it. */
    @Override
    public Future<Slice> read(GroupId group, @Nullable Position after, int limit) {
        Keys.Group keys = store.keys().group(group);
        return store.call(
                        Scripts.READ,
                        List.of(keys.group(), keys.messages(), keys.changes()),
                        after == null ? "" : after.epoch(),
                        after == null ? "" : after.offset(),
                        Math.min(limit, StepSizes.MESSAGES),
                        StepSizes.MESSAGE_BYTES)
                .map(said -> {
                    if (said.size() == 0) {
                        throw GroupException.groupNotFound(group);
                    }
                    return slice(group, new Answer(said), after);
                });
    }

    @Override
    public Future<Slice> back(GroupId group, @Nullable Position before, int limit) {
        Keys.Group keys = store.keys().group(group);
        return store.call(
                        Scripts.BACK,
                        List.of(keys.group(), keys.messages(), keys.changes()),
                        before == null ? "" : before.epoch(),
                        before == null ? "" : before.offset(),
                        Math.min(limit, StepSizes.MESSAGES),
                        StepSizes.MESSAGE_BYTES)
                .map(said -> {
                    if (said.size() == 0) {
                        throw GroupException.groupNotFound(group);
                    }
                    return sliceBack(group, new Answer(said), before);
                });
    }

    /** Two numbers, or nothing. */
    private record Pair(long first, long second) {
        static @Nullable Pair of(Response said) {
            String[] words = said.toString().split(" ", -1);
            return words.length < 2 ? null : new Pair(Long.parseLong(words[0]), Long.parseLong(words[1]));
        }
    }

    /** What read.lua and back.lua answer. */
    private record Answer(Response said) {
        String epoch() {
            return said.get(0).toString();
        }

        long end() {
            return Store.number(said.get(1));
        }

        long messages() {
            return Store.number(said.get(2));
        }

        boolean forgotChanges() {
            return Store.number(said.get(3)) > Store.number(said.get(4));
        }

        Instant now() {
            return Times.instant(Store.number(said.get(5)));
        }

        boolean epochChanged() {
            return said.get(6).toString().equals("1");
        }

        /** Offset of the oldest change kept, and messages before it. */
        @Nullable
        Pair oldestChange() {
            return Pair.of(said.get(7));
        }

        /** Offset of the first change after the position, and messages before it. */
        @Nullable
        Pair nextChange() {
            return Pair.of(said.get(8));
        }

        /** Ordinal and offset of the oldest message retained. */
        @Nullable
        Pair oldestMessage() {
            return Pair.of(said.get(9));
        }

        boolean more() {
            return said.get(10).toString().equals("1");
        }

        Response entries() {
            return said.get(11);
        }

        /** Of back.lua: the offset of the last of the entries; 0: there are none. */
        long down() {
            return Store.number(said.get(13));
        }

        List<Position> past() {
            String[] words = said.get(12).toString().split(" ", -1);
            List<Position> ends = new ArrayList<>(words.length / 2);
            for (int i = 0; i + 1 < words.length; i += 2) {
                ends.add(new Position(words[i], Long.parseLong(words[i + 1])));
            }
            return List.copyOf(ends);
        }
    }

    private Slice slice(GroupId group, Answer answer, @Nullable Position after) {
        long missed = 0;
        boolean exact = true;
        if (after != null && !answer.epochChanged()) {
            // The first entry of every epoch is the group's creation, which is no message.
            long from = Math.max(1, after.offset());
            missed = missed(answer, from);
            exact = missed == 0 || covers(answer, from);
        }
        Found found = entries(group, answer, 0, 1);
        Position end = new Position(answer.epoch(), answer.more() ? found.last() : answer.end());
        return found.slice(answer, missed, exact, end);
    }

    private Slice sliceBack(GroupId group, Answer answer, @Nullable Position before) {
        long asked = before == null || answer.epochChanged() ? answer.end() + 1 : before.offset();
        Found found = entries(group, answer, asked, -1);
        long down = answer.down() > 0 ? answer.down() : asked;
        Position end = new Position(answer.epoch(), down);
        Pair oldest = answer.oldestMessage();
        if (answer.more() || asked <= 2) {
            return found.slice(answer, 0, true, end);
        }
        if (oldest != null && oldest.second() < asked) {
            return found.slice(answer, oldest.first() - 1, true, end);
        }
        long gone = oldest == null ? answer.messages() : oldest.first() - 1;
        boolean exact = covers(answer, asked - 1);
        long most = exact ? messagesUpTo(answer, asked - 1) : asked - 2;
        return found.slice(answer, Math.min(gone, most), exact, end);
    }

    /** @param last the offset of the last entry; where there is none, the one before the first */
    private record Found(List<Entry.Published> messages, List<Long> unreadable, long last) {
        Slice slice(Answer answer, long missed, boolean exact, Position end) {
            return new Slice(
                    List.copyOf(messages),
                    List.copyOf(unreadable),
                    missed,
                    exact,
                    answer.epochChanged(),
                    end,
                    answer.more(),
                    answer.past());
        }
    }

    /**
     * @param from the offset before that of the first entry
     * @param step 1: they are in log order; -1: against it
     */
    private Found entries(GroupId group, Answer answer, long from, int step) {
        List<Entry.Published> found = new ArrayList<>();
        List<Long> unreadable = new ArrayList<>(0);
        long last = from;
        for (Response entry : answer.entries()) {
            Entry read = entry(group, entry, last + step);
            last = read.offset();
            if (!(read instanceof Entry.Published message)) {
                unreadable.add(last);
            } else if (!message.isExpired(answer.now())) {
                found.add(message);
            }
        }
        return new Found(found, unreadable, last);
    }

    /** @param next the offset it has where it does not say any */
    private Entry entry(GroupId group, Response said, long next) {
        Entry entry;
        try {
            entry = Entries.parse(said.toBytes());
        } catch (UnreadableException damaged) {
            entry = new Entry.Unreadable(next, Instant.EPOCH, NOBODY, true, Unreadables.reason(damaged));
        }
        if (entry instanceof Entry.Unreadable unreadable) {
            store.unreadables()
                    .found("group " + Texts.group(group), "entry " + unreadable.offset() + ", " + unreadable.why());
        }
        return entry;
    }

    /** Messages after the offset that are not retained; when that is not exact, the most it can be. */
    private static long missed(Answer answer, long after) {
        Pair oldest = answer.oldestMessage();
        long gone = oldest == null ? answer.messages() : oldest.first() - 1;
        long between = (oldest == null ? answer.end() + 1 : oldest.second()) - 1 - after;
        if (gone == 0 || between <= 0) {
            return 0;
        }
        return Math.max(0, Math.min(between, gone - messagesUpTo(answer, after)));
    }

    /** Every change after the offset is still known. */
    private static boolean covers(Answer answer, long after) {
        Pair oldest = answer.oldestChange();
        return !answer.forgotChanges() || (oldest != null && after >= oldest.first() - 1);
    }

    /**
     * Messages up to the offset; when that is not exact, the least it can be. All entries up to the next change are
     * messages.
     */
    private static long messagesUpTo(Answer answer, long after) {
        Pair next = answer.nextChange();
        long end = next == null ? answer.end() + 1 : next.first();
        long messages = next == null ? answer.messages() : next.second();
        return Math.max(0, messages - (end - after - 1));
    }
}
