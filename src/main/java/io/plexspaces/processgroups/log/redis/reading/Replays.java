package io.plexspaces.processgroups.log.redis.reading;

import io.plexspaces.processgroups.domain.ErrorCode;
import io.plexspaces.processgroups.domain.GroupException;
import io.plexspaces.processgroups.domain.GroupId;
import io.plexspaces.processgroups.domain.Position;
import io.plexspaces.processgroups.log.Slice;
import io.plexspaces.processgroups.log.redis.connection.Escapes;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads what is retained after a position: a page of it, or everything, page by page; or a page before one. Those who
 * want that of one group while it is read for others are served together by the next reading, and share its messages;
 * and few groups are read at once, so that many clients that reconnect together fill neither the memory nor the
 * connection to the store. Thread-safe.
 */
public final class Replays {
    private static final Escapes ESCAPES = new Escapes(Replays.class);
    private static final int GROUPS_AT_ONCE = 4;
    private static final int ATTEMPTS = 5;

    private final Pages pages;

    // Under this object's lock.
    private final Map<GroupId, List<Reader>> waiting = new HashMap<>();
    private final Queue<GroupId> turns = new ArrayDeque<>();

    /**
     * Groups that are read now: a caller that asks for one of these meanwhile waits for the next reading, as this one
     * may be beyond its position.
     */
    private final Set<GroupId> busy = new HashSet<>();

    /** What one call of the store gives: everything, or as much as fits into one answer. */
    public interface Pages {
        Future<Slice> read(GroupId group, @Nullable Position after, int limit);

        /** The newest first. */
        Future<Slice> back(GroupId group, @Nullable Position before, int limit);
    }

    public Replays(Pages pages) {
        this.pages = pages;
    }

    /** @param back what is before the position, not after it */
    private record Reader(@Nullable Position at, int limit, boolean back, Promise<Slice> answer) {
        /** The least is that of which all others are a part. */
        long offset() {
            long none = back ? Long.MAX_VALUE : -1;
            return (back ? -1 : 1) * (at == null ? none : at.offset());
        }
    }

    /**
     * As {@link io.plexspaces.processgroups.log.GroupLog#read}. What is read is shared by all who ask for as much at
     * once.
     */
    public Future<Slice> read(GroupId group, @Nullable Position after, int limit) {
        return read(group, new Reader(after, limit, false, Promise.promise()));
    }

    /**
     * As {@link io.plexspaces.processgroups.log.GroupLog#readBack}. What is read is shared by all of whose positions
     * the answer is.
     */
    public Future<Slice> readBack(GroupId group, @Nullable Position before, int limit) {
        return read(group, new Reader(before, limit, true, Promise.promise()));
    }

    private Future<Slice> read(GroupId group, Reader reader) {
        synchronized (this) {
            List<Reader> readers = waiting.get(group);
            if (readers == null) {
                readers = new ArrayList<>();
                waiting.put(group, readers);
                if (!busy.contains(group)) {
                    turns.add(group);
                }
            }
            readers.add(reader);
        }
        pump();
        return reader.answer().future();
    }

    private void pump() {
        for (GroupId group = next(); group != null; group = next()) {
            GroupId begun = group;
            List<Reader> readers = taken(begun);
            Future.<Void>future(served -> serve(begun, readers).onComplete(served))
                    .onComplete(done -> {
                        over(begun);
                        if (done.failed()) {
                            readers.forEach(reader -> giveUp(reader, done.cause()));
                        }
                        pump();
                    });
        }
    }

    private synchronized @Nullable GroupId next() {
        if (busy.size() >= GROUPS_AT_ONCE || turns.isEmpty()) {
            return null;
        }
        GroupId group = turns.remove();
        busy.add(group);
        return group;
    }

    private synchronized List<Reader> taken(GroupId group) {
        List<Reader> readers = waiting.remove(group);
        return readers == null ? List.of() : readers;
    }

    private synchronized void over(GroupId group) {
        busy.remove(group);
        if (waiting.containsKey(group)) {
            turns.add(group);
        }
    }

    /** Reads from the first position; callers that the result does not serve are served by another reading. */
    private Future<Void> serve(GroupId group, List<Reader> readers) {
        if (readers.isEmpty()) {
            return Future.succeededFuture();
        }
        // Those that read back: after the others.
        Reader first = readers.stream()
                .min(Comparator.comparing(Reader::back).thenComparingLong(Reader::offset))
                .get();
        int most = readers.stream()
                .filter(Reader::back)
                .mapToInt(Reader::limit)
                .max()
                .orElse(0);
        return page(group, first, most).compose(read -> {
            List<Reader> others = new ArrayList<>();
            for (Reader reader : readers) {
                Slice slice = reader.back() == first.back() ? part(read, first, reader) : null;
                if (slice != null) {
                    tell(() -> reader.answer().complete(slice));
                } else {
                    others.add(reader);
                }
            }
            return serve(group, others);
        });
    }

    /** @param most messages that one of those asks for that read back */
    private Future<Slice> page(GroupId group, Reader first, int most) {
        if (first.back()) {
            return pages.back(group, first.at(), most);
        }
        return first.limit() == Integer.MAX_VALUE
                ? whole(group, first.at(), ATTEMPTS)
                : pages.read(group, first.at(), first.limit());
    }

    /** Null: the reading for the first does not answer the other. */
    private static @Nullable Slice part(Slice read, Reader first, Reader reader) {
        if (reader.back()) {
            return partBack(read, first.at(), reader);
        }
        return reader.limit() == first.limit() ? of(read, first.at(), reader.at()) : null;
    }

    private static @Nullable Slice partBack(Slice read, @Nullable Position from, Reader reader) {
        Position before = reader.at();
        if (Objects.equals(before, from)) {
            return Slices.atMost(read, reader.limit());
        }
        if (before == null) {
            return null;
        }
        boolean within = !read.epochChanged()
                && before.epoch().equals(read.end().epoch())
                && (from == null || from.epoch().equals(before.epoch()))
                && before.offset() > read.end().offset();
        return within ? Slices.atMost(Slices.before(read, before.offset()), reader.limit()) : null;
    }

    /** Nothing happens when it has its answer. */
    private static void giveUp(Reader reader, Throwable failure) {
        tell(() -> reader.answer().tryFail(failure));
    }

    /** A failure that one caller throws is logged: the others get their answers all the same. */
    private static void tell(Runnable answer) {
        try {
            answer.run();
        } catch (Throwable escaped) {
            ESCAPES.add("what takes the messages to catch up with", escaped);
        }
    }

    /** The part of a reading that answers another position; null: it does not answer it. */
    private static @Nullable Slice of(Slice read, @Nullable Position from, @Nullable Position after) {
        if (after == null || from == null || after.equals(from)) {
            return Objects.equals(after, from) ? read : null;
        }
        Position end = read.end();
        boolean within = !read.epochChanged()
                && after.epoch().equals(end.epoch())
                && after.epoch().equals(from.epoch())
                && after.offset() <= end.offset();
        boolean complete = read.missed() == 0 && after.offset() >= from.offset()
                || (!read.messages().isEmpty()
                        && after.offset() >= read.messages().get(0).offset());
        return within && complete ? Slices.after(read, after.offset()) : null;
    }

    /** Page after page, until there is no more. */
    private Future<Slice> whole(GroupId group, @Nullable Position after, int attempts) {
        return pages.read(group, after, Integer.MAX_VALUE).compose(first -> more(group, after, attempts, first));
    }

    private Future<Slice> more(GroupId group, @Nullable Position after, int attempts, Slice sofar) {
        if (!sofar.more()) {
            return Future.succeededFuture(sofar);
        }
        return pages.read(group, sofar.end(), Integer.MAX_VALUE).compose(next -> {
            if (!next.epochChanged()) {
                return more(group, after, attempts, Slices.joined(sofar, next, after));
            }
            return attempts > 1
                    ? whole(group, after, attempts - 1)
                    : Future.failedFuture(GroupException.of(
                            ErrorCode.STORE_UNAVAILABLE, "the group is created again and again; try again later"));
        });
    }
}
