package io.plexspaces.processgroups.log.redis.append;

import io.plexspaces.processgroups.domain.ErrorCode;
import io.plexspaces.processgroups.domain.GroupException;
import io.plexspaces.processgroups.domain.GroupId;
import io.plexspaces.processgroups.log.Appended;
import io.plexspaces.processgroups.log.redis.append.AppendScript.Call;
import io.plexspaces.processgroups.log.redis.store.StepSizes;
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
 * The queue of changes for the groups of one partition: one call of the store after the other, each with the changes of
 * all groups that were queued meanwhile. The changes of a group go in the order they came; tenants take turns, and so
 * do the groups of each, and one with many changes leaves room for the others in each call. Thread-safe.
 */
final class Lane {
    private final AppendScript appends;
    private final long patienceNanos;
    private final Consumer<PendingChange> onEnd;

    // Under this lane's lock.
    private final Map<GroupId, Waiting> groups = new HashMap<>();
    private final Turns<Waiting> ready = new Turns<>(waiting -> waiting.group.tenant());
    private final Queue<Waiting> readyAlone = new ArrayDeque<>();

    /** Those under way, by their tracks. */
    private final Map<Integer, Call> calls = new HashMap<>();

    /** A call is sent before the next is begun, so that they arrive in this order. */
    private boolean sending;

    /**
     * @param patienceNanos how long a change may wait before it is sent
     * @param onEnd notified of each change when it has its answer, or is about to
     */
    Lane(AppendScript appends, long patienceNanos, Consumer<PendingChange> onEnd) {
        this.appends = appends;
        this.patienceNanos = patienceNanos;
        this.onEnd = onEnd;
    }

    /** The changes of one group that are not sent yet; known as long as there are any, or some are under way. */
    private static final class Waiting {
        final GroupId group;
        final Queue<PendingChange> changes = new ArrayDeque<>();

        /** Stands in one of the queues. */
        boolean queued;

        /** How many calls with changes of it are under way, or {@link #ALONE}. */
        int calls;

        static final int ALONE = -1;

        Waiting(GroupId group) {
            this.group = group;
        }
    }

    /** What goes out next: a call with some changes, or one change alone; and changes that have waited for too long. */
    private final class Work {
        final List<AppendScript.Part> parts = new ArrayList<>();
        final List<Waiting> from = new ArrayList<>();
        final List<PendingChange> late = new ArrayList<>();

        @Nullable
        PendingChange alone;

        @Nullable
        Call call;

        int cost;
        int bytes;

        /** What the cost may be when the next group has its turn. */
        int share = StepSizes.CHANGES;

        boolean isFull() {
            return cost >= share || bytes >= StepSizes.CHANGE_BYTES;
        }
    }

    void add(PendingChange change) {
        synchronized (this) {
            Waiting waiting = groups.computeIfAbsent(change.group, Waiting::new);
            waiting.changes.add(change);
            queue(waiting);
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
        PendingChange alone = work.alone;
        Call call = work.call;
        if (alone != null) {
            Future<Appended> done = alone.begin();
            whenDone(work, done, () -> {
                onEnd.accept(alone);
                done.onComplete(alone::complete, alone::fail);
            });
        } else if (call != null) {
            Future<Response> done;
            try {
                done = call.send();
            } catch (Throwable failure) {
                done = Future.failedFuture(failure);
            } finally {
                sent();
            }
            Future<Response> said = done;
            whenDone(work, said, () -> {
                call.parts.forEach(part -> part.changes().forEach(onEnd));
                appends.answer(call, said);
            });
        }
        work.late.forEach(this::late);
    }

    private synchronized void sent() {
        sending = false;
    }

    /** The next call is sent before callers are notified of this one, even when sending fails. */
    private void whenDone(Work work, Future<?> call, Runnable tell) {
        if (call.isComplete()) {
            release(work);
            tell.run();
        } else {
            call.onComplete(done -> {
                try {
                    release(work);
                    pump();
                } finally {
                    tell.run();
                }
            });
        }
    }

    private void late(PendingChange change) {
        onEnd.accept(change);
        change.fail(GroupException.of(
                ErrorCode.STORE_UNAVAILABLE, "the store has not answered those before; try again later"));
    }

    private synchronized void release(Work work) {
        if (work.call != null) {
            calls.remove(work.call.track);
        }
        for (Waiting waiting : work.from) {
            waiting.calls = work.call == null ? 0 : waiting.calls - 1;
            queue(waiting);
        }
    }

    /**
     * Queues the group if it may be sent. A change that must go alone waits until nothing of the group is under way,
     * and so do the changes behind it.
     */
    private void queue(Waiting waiting) {
        PendingChange first = waiting.changes.peek();
        if (waiting.queued || waiting.calls == Waiting.ALONE) {
            return;
        }
        if (first == null) {
            if (waiting.calls == 0) {
                groups.remove(waiting.group);
            }
        } else if (!first.isAlone()) {
            waiting.queued = true;
            ready.add(waiting);
        } else if (waiting.calls == 0) {
            waiting.queued = true;
            readyAlone.add(waiting);
        }
    }

    private synchronized @Nullable Work next() {
        Work work = new Work();
        Waiting one = readyAlone.poll();
        if (one != null) {
            one.queued = false;
            one.calls = Waiting.ALONE;
            work.from.add(one);
            work.alone = one.changes.remove();
            return work;
        }
        int track = calls.containsKey(0) ? 1 : 0;
        if (sending || calls.containsKey(track)) {
            return null;
        }
        Call before = calls.get(1 - track);
        Waiting first = ready.peek();
        if (before != null && first != null && !first.changes.element().isOf(before.writer)) {
            // Its turn comes when that call is over: otherwise those of the other writer would always go first.
            return null;
        }
        takeTurns(work, before, Math.max(1, StepSizes.CHANGES / Math.max(1, ready.size())));
        takeTurns(work, before, StepSizes.CHANGES);
        if (!work.parts.isEmpty()) {
            Call call = appends.next(work.parts, track, before);
            work.call = call;
            calls.put(track, call);
            sending = true;
        }
        return work.call == null && work.late.isEmpty() ? null : work;
    }

    /** @param most what each group may add */
    private void takeTurns(Work work, @Nullable Call before, int most) {
        for (int left = ready.size(); left > 0; left--) {
            work.share = Math.min(StepSizes.CHANGES, work.cost + most);
            if (work.isFull()) {
                return;
            }
            Waiting waiting = ready.remove();
            waiting.queued = false;
            take(waiting, work, before);
            queue(waiting);
        }
    }

    private void take(Waiting waiting, Work work, @Nullable Call before) {
        long oldest = System.nanoTime() - patienceNanos;
        PendingChange head = waiting.changes.peek();
        while (head != null && !head.isAlone() && head.since - oldest < 0) {
            work.late.add(waiting.changes.remove());
            head = waiting.changes.peek();
        }
        int partsBefore = work.parts.size();
        while (head != null && !head.isAlone() && mayGoWith(head, work, before) && !work.isFull()) {
            work.parts.add(new AppendScript.Part(waiting.group, together(waiting, head, work)));
            head = waiting.changes.peek();
        }
        work.cost += work.parts.size() - partsBefore;
        if (work.parts.size() > partsBefore) {
            waiting.calls++;
            work.from.add(waiting);
        }
    }

    /** What one call does has one writer, and so have calls that are under way together. */
    private static boolean mayGoWith(PendingChange change, Work work, @Nullable Call before) {
        if (before != null) {
            return change.isOf(before.writer);
        }
        return work.parts.isEmpty() || change.isOf(work.parts.get(0).changes().get(0).operation);
    }

    /** Takes the next changes that are meant for the same epoch: a request may name it or not. */
    private List<PendingChange> together(Waiting waiting, PendingChange first, Work work) {
        List<PendingChange> changes = new ArrayList<>(Math.min(waiting.changes.size(), StepSizes.CHANGES));
        PendingChange head = first;
        while (head != null && head.goesWith(first) && !work.isFull()) {
            changes.add(waiting.changes.remove());
            work.cost += appends.cost(head);
            work.bytes += head.weight;
            head = waiting.changes.peek();
        }
        return changes;
    }
}
