package io.plexspaces.processgroups.log.redis.append;

import io.plexspaces.processgroups.domain.ActorId;
import io.plexspaces.processgroups.domain.ErrorCode;
import io.plexspaces.processgroups.domain.GroupException;
import io.plexspaces.processgroups.domain.GroupId;
import io.plexspaces.processgroups.domain.Membership;
import io.plexspaces.processgroups.domain.OperationId;
import io.plexspaces.processgroups.domain.Position;
import io.plexspaces.processgroups.log.Appended;
import io.plexspaces.processgroups.log.Command;
import io.plexspaces.processgroups.log.LogLimits;
import io.plexspaces.processgroups.log.redis.codec.Memberships;
import io.plexspaces.processgroups.log.redis.codec.Texts;
import io.plexspaces.processgroups.log.redis.codec.Times;
import io.plexspaces.processgroups.log.redis.connection.Escapes;
import io.plexspaces.processgroups.log.redis.connection.RedisServers;
import io.plexspaces.processgroups.log.redis.store.Keys;
import io.plexspaces.processgroups.log.redis.store.Scripts;
import io.plexspaces.processgroups.log.redis.store.Store;
import io.plexspaces.processgroups.log.redis.store.StoreClock;
import io.vertx.core.AsyncResult;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.redis.client.Response;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** Calls append.lua for one partition: changes as its arguments, its answers as what they did. */
public final class AppendScript {
    private static final Escapes ESCAPES = new Escapes(AppendScript.class);
    private static final String FENCED = "!FENCED";
    private static final String EARLY = "!EARLY";

    /**
     * How many calls of one partition may be under way: one is made while another is done, so that neither side waits
     * for the other.
     */
    static final int TRACKS = 2;

    private final Store store;
    private final Keys.Partition partition;
    private final StoreClock clock;
    private final AtomicLong calls;
    private final Refusals refusals;
    private final LargeMemberships large = new LargeMemberships();

    /**
     * @param partition its number
     * @param calls numbers of the calls that write: each greater than every one before, also of an earlier process
     */
    AppendScript(Store store, int partition, AtomicLong calls) {
        this.store = store;
        this.partition = store.keys().partition(partition);
        this.clock = store.clocks().get(partition);
        this.calls = calls;
        this.refusals = new Refusals(store.settings().limits());
    }

    /**
     * Changes of one group that go together.
     *
     * @param changes at least one, all of one writer, and meant for one epoch
     */
    record Part(GroupId group, List<PendingChange> changes) {}

    /**
     * One call, repeated under the same number until its result is certain. Calls are applied in the order of their
     * numbers, although one is sent before the other is answered.
     */
    final class Call {
        final List<Part> parts;
        final OperationId writer;
        final int track;

        private final long number = calls.incrementAndGet();
        private final Promise<Response> answer = Promise.promise();

        /** Completed before {@link #answer}, so that a call that waited for this one goes out before any later one. */
        private final Promise<Void> over = Promise.promise();

        /** Set to null when sent: otherwise each call would keep all earlier ones in memory. */
        private @Nullable Call before;

        /** Before {@link #answer} is completed, as {@link System#nanoTime}. */
        private long called;

        private Call(List<Part> parts, int track, @Nullable Call before) {
            this.parts = parts;
            this.writer = parts.get(0).changes().get(0).operation;
            this.track = track;
            this.before = before;
        }

        /** To be called once. Never fails at once. */
        Future<Response> send() {
            Call after = before;
            before = null;
            guarded(() -> send(after));
            return answer.future();
        }

        private void send(@Nullable Call after) {
            called = System.nanoTime();
            store.servers()
                    .call(Scripts.APPEND, keys(this), arguments(this, after))
                    .onComplete(done -> guarded(() -> answered(done, after)));
        }

        private void answered(AsyncResult<Response> done, @Nullable Call after) {
            if (after != null && done.succeeded() && done.result().toString().equals(EARLY)) {
                after.over.future().onComplete(any -> guarded(() -> send(null)));
            } else {
                end(done);
            }
        }

        /**
         * Even when memory runs out, the partition must not wait for a call that was never made, or for an answer that
         * was dropped.
         */
        private void guarded(Runnable step) {
            try {
                step.run();
            } catch (Throwable failure) {
                if (answer.future().isComplete()) {
                    throw failure;
                }
                end(Future.failedFuture(failure));
            }
        }

        private void end(AsyncResult<Response> done) {
            try {
                over.tryComplete();
            } finally {
                answer.handle(done);
            }
        }
    }

    /**
     * The next call.
     *
     * @param parts all of one writer
     * @param before on the other track, of the same writer, and under way; null: none is
     */
    Call next(List<Part> parts, int track, @Nullable Call before) {
        return new Call(parts, track, before);
    }

    private List<String> keys(Call call) {
        List<String> all = new ArrayList<>(5 + call.parts.size());
        OperationId writer = call.writer;
        all.add(partition.due());
        all.add(partition.held());
        all.add(partition.node(writer.node()));
        for (int i = 0; i < TRACKS; i++) {
            all.add(partition.answer((call.track + i) % TRACKS, writer.node(), writer.incarnation()));
        }
        for (Part part : call.parts) {
            all.add(partition.group(part.group()).group());
        }
        return all;
    }

    private List<Object> arguments(Call call, @Nullable Call after) {
        LogLimits limits = store.settings().limits();
        List<Object> all = new ArrayList<>(16 + 12 * call.parts.size());
        all.add(call.writer.node().value());
        all.add(call.writer.incarnation());
        all.add(call.number);
        all.add(RedisServers.PUBLISH);
        all.add(limits.membersPerGroup());
        all.add(limits.topicsPerMember());
        all.add(limits.ownersPerMember());
        all.add(limits.nodeLabelsPerGroup());
        all.add(limits.retainedBytes());
        all.add(limits.idempotencyKeys());
        all.add(after == null ? "" : after.number);
        all.add(limits.batchBytes());
        all.add(limits.bansPerGroup());
        for (Part part : call.parts) {
            String epoch = part.changes().get(0).epoch;
            all.add(Texts.group(part.group()));
            all.add(epoch == null ? "" : epoch);
            all.add(part.changes().size());
            int count = 0;
            for (PendingChange change : part.changes()) {
                count += change.arguments.size();
            }
            all.add(count);
            for (PendingChange change : part.changes()) {
                all.addAll(change.arguments);
            }
        }
        return all;
    }

    /**
     * Gives each change its answer or failure. An answer that cannot be read fails those it does not reach, and is
     * thrown.
     */
    void answer(Call call, Future<Response> said) {
        try {
            tell(call, said);
        } catch (Throwable unreadable) {
            failAll(call.parts, unreadable);
            throw unreadable;
        }
    }

    private void tell(Call call, Future<Response> answer) {
        List<Part> parts = call.parts;
        if (answer.failed()) {
            failAll(parts, answer.cause());
            return;
        }
        Lines said = new Lines(answer.result().toString());
        String first = said.next();
        if (first.equals(FENCED)) {
            failAll(parts, Store.fenced(parts.get(0).changes().get(0).operation, said.next()));
            return;
        }
        long micros = Long.parseLong(first);
        clock.told(micros, call.called);
        Instant at = Times.instant(micros);
        for (Part part : parts) {
            answer(part, said.next(), at, said);
        }
    }

    private static void failAll(List<Part> parts, Throwable failure) {
        parts.forEach(part -> part.changes().forEach(change -> change.fail(failure)));
    }

    private void answer(Part part, String epoch, Instant at, Lines said) {
        if (epoch.isEmpty()) {
            GroupException unknown = GroupException.groupNotFound(part.group());
            part.changes().forEach(change -> change.fail(unknown));
        } else if (epoch.charAt(0) == '!') {
            ESCAPES.refused("changes of groups", epoch.substring(1) + " (" + Texts.group(part.group()) + ")");
            GroupException refused =
                    GroupException.of(ErrorCode.STORE_UNAVAILABLE, "the store refused the request; try again later");
            part.changes().forEach(change -> change.fail(refused));
        } else {
            part.changes().forEach(change -> answer(change, epoch, at, said.next()));
        }
    }

    private void answer(PendingChange change, String epoch, Instant at, String said) {
        Appended done;
        try {
            done = appended(change.group, change.command, epoch, at, said);
        } catch (Throwable failure) {
            change.fail(failure);
            return;
        }
        change.complete(done);
    }

    private Appended appended(GroupId group, Command command, String epoch, Instant at, String said) {
        char kind = said.charAt(0);
        if (kind >= '0' && kind <= '9') {
            return new Appended(new Position(epoch, Long.parseLong(said)), at, null, false);
        }
        String[] words = said.substring(1).split(" ", 2);
        switch (kind) {
            case '+':
                Position position = new Position(epoch, Long.parseLong(words[0]));
                return changed(group, command, position, at, words[1]);
            case '=':
                Position first = new Position(epoch, Long.parseLong(words[0]));
                return new Appended(first, Times.instant(Long.parseLong(words[1])), null, true);
            default:
                throw refusals.of(group, words[0], words[1]);
        }
    }

    /** @param text the membership after it; of a leave with the number of joins that ended before it */
    private Appended changed(GroupId group, Command command, Position position, Instant at, String text) {
        ActorId actor;
        if (command instanceof Command.Join join) {
            actor = join.actors().get(join.actors().size() - 1);
        } else if (command instanceof Command.TakeOver takeOver) {
            actor = takeOver.actor();
        } else if (command instanceof Command.Leave leave) {
            return ended(group, leave.actor(), position, at, text);
        } else if (command instanceof Command.Evict evict) {
            return ended(group, evict.actor(), position, at, text);
        } else if (command instanceof Command.Update update) {
            actor = update.actor();
        } else {
            actor = ((Command.Renew) command).actor();
        }
        large.changed(group, actor, text);
        return new Appended(position, at, Memberships.parseIfAny(actor, text), false);
    }

    private Appended ended(GroupId group, ActorId actor, Position position, Instant at, String text) {
        String[] words = text.split(" ", 2);
        large.changed(group, actor, words[1]);
        Membership after = Memberships.parseIfAny(actor, words[1]);
        return new Appended(position, at, after, Integer.parseInt(words[0]), false);
    }

    /** What a change costs the store, as far as is known, counted in messages. */
    int cost(PendingChange change) {
        return change.cost + large.cost(change.group, change.command);
    }

    public static GroupException epochChanged(GroupId group, String epoch) {
        return GroupException.of(ErrorCode.EPOCH_CHANGED, group.name() + " is in epoch " + epoch);
    }
}
