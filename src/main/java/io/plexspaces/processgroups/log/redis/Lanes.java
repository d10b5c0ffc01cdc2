package io.plexspaces.processgroups.log.redis;

import io.plexspaces.processgroups.domain.ErrorCode;
import io.plexspaces.processgroups.domain.GroupException;
import io.plexspaces.processgroups.domain.GroupId;
import io.plexspaces.processgroups.domain.OperationId;
import io.plexspaces.processgroups.log.Appended;
import io.plexspaces.processgroups.log.Command;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.redis.client.Response;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The changes of each group on their way to the store: one call at a time for a group, in the order they came. Those that come while a
 * call is under way go together in the next one. Thread-safe.
 */
final class Lanes {
    private static final int COMMANDS_AT_ONCE = 256;
    private static final int BYTES_AT_ONCE = 256 * 1024;
    private static final long MOST_BYTES = 64L * 1024 * 1024;
    private static final int CHANGE_WEIGHT = 256;

    private final Appends appends;
    private final Map<GroupId, Lane> lanes = new ConcurrentHashMap<>();
    private final AtomicLong waitingBytes = new AtomicLong();

    Lanes(Appends appends) {
        this.appends = appends;
    }

    /** A change that waits for its turn: one for append.lua, or with {@code alone} a call of its own. */
    static final class Change {
        final OperationId operation;
        final @Nullable String epoch;
        final Command command;
        final int weight;
        final Promise<Appended> promise = Promise.promise();
        private final @Nullable Supplier<Future<Appended>> alone;

        private Change(
                OperationId operation,
                @Nullable String epoch,
                Command command,
                @Nullable Supplier<Future<Appended>> alone) {
            this.operation = operation;
            this.epoch = epoch;
            this.command = command;
            this.alone = alone;
            this.weight = weight(command);
        }

        private boolean goesWith(Change first) {
            return alone == null
                    && first.alone == null
                    && operation.incarnation() == first.operation.incarnation()
                    && operation.node().equals(first.operation.node());
        }

        private static int weight(Command command) {
            if (command instanceof Command.Publish publish) {
                return CHANGE_WEIGHT + publish.message().weight();
            }
            return command instanceof Command.Join join
                    ? CHANGE_WEIGHT * (1 + join.actors().size())
                    : CHANGE_WEIGHT;
        }
    }

    /** OVERLOADED when too much waits already. */
    Future<Appended> append(GroupId group, @Nullable String epoch, Command command, OperationId operation) {
        return add(group, new Change(operation, epoch, command, null));
    }

    /** A call that must not overtake the changes of the group, nor be overtaken. */
    Future<Appended> alone(GroupId group, Command command, OperationId operation, Supplier<Future<Appended>> call) {
        return add(group, new Change(operation, null, command, call));
    }

    private Future<Appended> add(GroupId group, Change change) {
        if (waitingBytes.addAndGet(change.weight) > MOST_BYTES) {
            waitingBytes.addAndGet(-change.weight);
            return Future.failedFuture(
                    GroupException.of(ErrorCode.OVERLOADED, "too much waits for the store; try again later"));
        }
        Lane lane = lanes.compute(group, (id, present) -> {
            Lane used = present == null ? new Lane(id) : present;
            used.waiting.add(change);
            return used;
        });
        lane.pump();
        return change.promise.future();
    }

    private final class Lane {
        private final GroupId group;
        private final Queue<Change> waiting = new ConcurrentLinkedQueue<>();
        private final AtomicBoolean busy = new AtomicBoolean();

        Lane(GroupId group) {
            this.group = group;
        }

        /** Sends what waits, unless a call is under way: its end does it. */
        void pump() {
            while (!waiting.isEmpty() && busy.compareAndSet(false, true)) {
                List<Change> batch = next();
                if (!batch.isEmpty()) {
                    Sent sent = send(batch);
                    if (!sent.call.isComplete()) {
                        // The next call goes out before anybody hears of this one.
                        sent.call.onComplete(done -> {
                            busy.set(false);
                            pump();
                            finish(batch, sent);
                        });
                        return;
                    }
                    finish(batch, sent);
                }
                busy.set(false);
            }
            // Whoever adds a change does so under the same lock of the map.
            lanes.computeIfPresent(group, (id, lane) -> lane == this && waiting.isEmpty() && !busy.get() ? null : lane);
        }

        private void finish(List<Change> batch, Sent sent) {
            batch.forEach(change -> waitingBytes.addAndGet(-change.weight));
            sent.tell.run();
        }

        private List<Change> next() {
            List<Change> batch = new ArrayList<>();
            int bytes = 0;
            Change head = waiting.peek();
            while (head != null
                    && batch.size() < COMMANDS_AT_ONCE
                    && bytes < BYTES_AT_ONCE
                    && (batch.isEmpty() || head.goesWith(batch.get(0)))) {
                batch.add(head);
                bytes += head.weight;
                waiting.remove();
                head = waiting.peek();
            }
            return batch;
        }

        private Sent send(List<Change> batch) {
            Change first = batch.get(0);
            Supplier<Future<Appended>> alone = first.alone;
            if (alone == null) {
                Future<Response> call = appends.send(group, batch);
                return new Sent(call, () -> appends.answer(group, batch, call));
            }
            Future<Appended> call;
            try {
                call = alone.get();
            } catch (RuntimeException failure) {
                call = Future.failedFuture(failure);
            }
            Future<Appended> begun = call;
            return new Sent(begun, () -> begun.onComplete(first.promise));
        }
    }

    /**
     * A call under way.
     *
     * @param tell passes its result on, once it is complete
     */
    private record Sent(Future<?> call, Runnable tell) {}
}
