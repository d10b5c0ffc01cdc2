package io.plexspaces.processgroups.log.redis.index;

import static org.assertj.core.api.Assertions.assertThat;

import io.plexspaces.processgroups.domain.ActorId;
import io.plexspaces.processgroups.domain.ErrorCode;
import io.plexspaces.processgroups.domain.GroupException;
import io.plexspaces.processgroups.domain.Membership;
import io.plexspaces.processgroups.domain.NodeId;
import io.plexspaces.processgroups.domain.Owner;
import io.plexspaces.processgroups.domain.Position;
import io.plexspaces.processgroups.domain.TopicFilter;
import io.plexspaces.processgroups.log.Appended;
import io.plexspaces.processgroups.log.Command;
import io.plexspaces.processgroups.log.StoreQuotas;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.subscription.UniEmitter;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;

/** Joins of tenants with a quota, in a store of which the test is the hand: it counts and makes joins, or does not. */
abstract class StoreByHand {
    static final int QUOTA = 10;
    static final long MILLI = 1_000_000L;
    static final Duration PATIENCE = Duration.ofSeconds(5);
    static final NodeId NODE = new NodeId("n");

    final AtomicLong clock = new AtomicLong(-5_000 * MILLI);
    final Queue<Promise<Long>> counts = new ArrayDeque<>();
    final Queue<Sent> sent = new ArrayDeque<>();
    final Queue<Runnable> timers = new ArrayDeque<>();
    final List<Long> waits = new ArrayList<>();
    final AtomicInteger exceeded = new AtomicInteger();

    /** What ends the waiting for a count. */
    final Queue<Runnable> ends = new ArrayDeque<>();

    final MemberQuota quota = new MemberQuota(new Quotas(), tenant -> count(), clock::get, this::later, PATIENCE);

    record Sent(long room, UniEmitter<Appended> receiver) {}

    final class Quotas implements StoreQuotas {
        @Override
        public int groups(String tenant) {
            return 0;
        }

        @Override
        public int members(String tenant) {
            return tenant.equals("free") ? 0 : QUOTA;
        }

        @Override
        public GroupException groupsExceeded(String tenant) {
            throw new AssertionError();
        }

        @Override
        public GroupException membersExceeded(String tenant) {
            exceeded.incrementAndGet();
            return beyond();
        }
    }

    static GroupException beyond() {
        return GroupException.quota("members", QUOTA, Duration.ZERO);
    }

    Future<Long> count() {
        Promise<Long> promise = Promise.promise();
        counts.add(promise);
        return promise.future();
    }

    private void later(long millis, Runnable task) {
        if (millis == PATIENCE.toMillis()) {
            ends.add(task);
        } else {
            waits.add(millis);
            timers.add(task);
        }
    }

    void pass(long millis) {
        clock.addAndGet(millis * MILLI);
    }

    void counted(long members) {
        counts.remove().complete(members);
    }

    CompletableFuture<Appended> join(String tenant, int actors, boolean again) {
        List<ActorId> all =
                IntStream.range(0, actors).mapToObj(i -> new ActorId("a" + i)).toList();
        Command.Join join = new Command.Join(all, TopicFilter.ALL, new Owner.Durable(NODE), NODE, null, again);
        return Uni.createFrom()
                .<Appended>emitter(answer ->
                        quota.join(tenant, join, (room, receiver) -> sent.add(new Sent(room, receiver)), answer))
                .subscribeAsCompletionStage();
    }

    CompletableFuture<Appended> join() {
        return join("acme", 1, false);
    }

    static Appended done(boolean newcomer) {
        Membership.Holding holding = new Membership.Holding(new Owner.Durable(NODE), NODE, 1, null);
        Membership membership =
                Membership.first(new ActorId("a0"), TopicFilter.ALL, holding, Instant.EPOCH, newcomer ? 7 : 2);
        return new Appended(new Position("e", 7), Instant.EPOCH, membership, false);
    }

    /** The store makes the join of somebody who was no member. */
    long letIn() {
        Sent next = sent.remove();
        next.receiver().complete(done(true));
        return next.room();
    }

    long refuse() {
        Sent next = sent.remove();
        next.receiver().fail(beyond());
        return next.room();
    }

    static void isExceeded(CompletableFuture<Appended> join) {
        assertThat(code(join)).isEqualTo(ErrorCode.QUOTA_EXCEEDED);
    }

    static ErrorCode code(CompletableFuture<Appended> join) {
        assertThat(join).isCompletedExceptionally();
        return ((GroupException) join.handle((done, failure) -> failure).join()).code();
    }
}
