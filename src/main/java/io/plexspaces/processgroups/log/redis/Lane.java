package io.plexspaces.processgroups.log.redis;

import io.plexspaces.processgroups.domain.ErrorCode;
import io.plexspaces.processgroups.domain.GroupException;
import io.plexspaces.processgroups.domain.GroupId;
import io.plexspaces.processgroups.log.Appended;
import io.vertx.core.Future;
import io.vertx.redis.client.Response;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The changes of some groups of one partition on their way to the store: one call at a time, with what has gathered of all groups
 * meanwhile. The changes of a group go in the order they came; those of different groups take turns. Thread-safe.
 */
final class Lane {
    private static final int CHANGES_AT_ONCE = 256;
    private static final int BYTES_AT_ONCE = 256 * 1024;

    private final Appends appends;
    private final long patienceNanos;
    private final Consumer<Change> onEnd;

    // Under this lane's lock.
    private final Map<GroupId, Waiting> groups = new HashMap<>();
    private final Queue<Waiting> ready = new ArrayDeque<>();
    private final Queue<Waiting> readyAlone = new ArrayDeque<>();
    private boolean busy;

    /**
     * @param patienceNanos how long a change may wait before it is sent
     * @param onEnd told of each change when it has its answer, or is about to
     */
    Lane(Appends appends, long patienceNanos, Consumer<Change> onEnd) {
        this.appends = appends;
        this.patienceNanos = patienceNanos;
        this.onEnd = onEnd;
    }

    /** Changes of one group that are not sent yet. It stands in one of the queues, or has a call under way, or is forgotten. */
    private static final class Waiting {
        final GroupId group;
        final Queue<Change> changes = new ArrayDeque<>();

        Waiting(GroupId group) {
            this.group = group;
        }
    }

    /** What goes out next: a call with some changes, or one change alone; and changes that have waited for too long. */
    private final class Work {
        final List<Appends.Part> parts = new ArrayList<>();
        final List<Waiting> from = new ArrayList<>();
        final List<Change> late = new ArrayList<>();

        @Nullable
        Change alone;

        int changes;
        int bytes;

        boolean isFull() {
            return changes >= CHANGES_AT_ONCE || bytes >= BYTES_AT_ONCE;
        }
    }

    void add(Change change) {
        synchronized (this) {
            Waiting waiting = groups.get(change.group);
            if (waiting == null) {
                waiting = new Waiting(change.group);
                groups.put(change.group, waiting);
                waiting.changes.add(change);
                queue(waiting);
            } else {
                waiting.changes.add(change);
            }
        }
        pump();
    }

    /** Sends what may be sent now. */
    private void pump() {
        for (Work work = next(); work != null; work = next()) {
            begin(work);
        }
    }

    private void begin(Work work) {
        work.late.forEach(this::late);
        Change alone = work.alone;
        if (alone != null) {
            Future<Appended> call = alone.begin();
            whenDone(work, call, () -> {
                onEnd.accept(alone);
                call.onComplete(alone::complete, alone::fail);
            });
        } else if (work.parts.isEmpty()) {
            release(work);
        } else {
            Future<Response> call = appends.send(work.parts);
            whenDone(work, call, () -> {
                work.parts.forEach(part -> part.changes().forEach(onEnd));
                appends.answer(work.parts, call);
            });
        }
    }

    /** The next call goes out before anybody hears of this one. */
    private void whenDone(Work work, Future<?> call, Runnable tell) {
        if (call.isComplete()) {
            release(work);
            tell.run();
        } else {
            call.onComplete(done -> {
                release(work);
                pump();
                tell.run();
            });
        }
    }

    private void late(Change change) {
        onEnd.accept(change);
        change.fail(GroupException.of(
                ErrorCode.STORE_UNAVAILABLE, "the store has not answered those before; try again later"));
    }

    private synchronized void release(Work work) {
        if (work.alone == null) {
            busy = false;
        }
        work.from.forEach(this::queue);
    }

    private void queue(Waiting waiting) {
        Change first = waiting.changes.peek();
        if (first == null) {
            groups.remove(waiting.group);
        } else if (first.isAlone()) {
            readyAlone.add(waiting);
        } else {
            ready.add(waiting);
        }
    }

    private synchronized @Nullable Work next() {
        Waiting one = readyAlone.poll();
        if (one != null) {
            Work work = new Work();
            work.from.add(one);
            work.alone = one.changes.remove();
            return work;
        }
        if (busy || ready.isEmpty()) {
            return null;
        }
        busy = true;
        Work work = new Work();
        for (int left = ready.size(); left > 0 && !work.isFull(); left--) {
            Waiting waiting = ready.remove();
            if (take(waiting, work)) {
                work.from.add(waiting);
            } else {
                ready.add(waiting);
            }
        }
        return work;
    }

    /** False: its next change has another writer than those of the call. */
    private boolean take(Waiting waiting, Work work) {
        long oldest = System.nanoTime() - patienceNanos;
        Change head = waiting.changes.peek();
        while (head != null && !head.isAlone() && head.since - oldest < 0) {
            work.late.add(waiting.changes.remove());
            head = waiting.changes.peek();
        }
        if (head == null || head.isAlone()) {
            return true;
        }
        if (!work.parts.isEmpty()
                && !head.hasWriterOf(work.parts.get(0).changes().get(0))) {
            return false;
        }
        Change first = head;
        while (head != null && !head.isAlone() && head.hasWriterOf(first) && !work.isFull()) {
            work.parts.add(new Appends.Part(waiting.group, together(waiting, head, work)));
            head = waiting.changes.peek();
        }
        return true;
    }

    /** Takes the next changes that are meant for the same life: a request may name it or not, as a connection does. */
    private static List<Change> together(Waiting waiting, Change first, Work work) {
        List<Change> changes = new ArrayList<>(Math.min(waiting.changes.size(), CHANGES_AT_ONCE));
        Change head = first;
        while (head != null && head.goesWith(first) && !work.isFull()) {
            changes.add(waiting.changes.remove());
            work.changes++;
            work.bytes += head.weight;
            head = waiting.changes.peek();
        }
        return changes;
    }
}
