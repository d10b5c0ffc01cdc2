package io.plexspaces.processgroups.log.redis.index;

import io.plexspaces.processgroups.domain.ErrorCode;
import io.plexspaces.processgroups.domain.GroupException;
import io.plexspaces.processgroups.domain.Membership;
import io.plexspaces.processgroups.log.Appended;
import io.plexspaces.processgroups.log.Command;
import io.plexspaces.processgroups.log.StoreQuotas;
import io.plexspaces.processgroups.log.redis.connection.Escapes;
import io.plexspaces.processgroups.log.redis.index.TenantMembers.Joining;
import io.smallrye.mutiny.subscription.UniEmitter;
import io.vertx.core.AsyncResult;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.function.LongSupplier;

/**
 * Lets no more actors join than their tenant may have as members. The groups of a tenant lie in several partitions, and
 * no script sees all of them: so this node counts them now and then, and gives each join the room that is left. The
 * script that makes it refuses actors beyond that, unless they are members already. A join that was refused by an older
 * count is tried once more with a new one. Thread-safe.
 */
public final class MemberQuota {
    /** Tenants that are known at a time; of others there is a count for each join. */
    static final int MOST = 10_000;

    private static final long MILLI = 1_000_000L;

    /** How long a join that would be refused waits until the next count may begin, in nanoseconds. */
    private static final long BEFORE_THE_NEXT = 2_000 * MILLI;

    /** A count that began too early may be under way, and then it is not time yet for the next. */
    private static final int ROUNDS = 3;

    private static final long BETWEEN_LOOKS = 1_000 * MILLI;
    private static final Escapes ESCAPES = new Escapes(MemberQuota.class);

    private final StoreQuotas quotas;
    private final Function<String, Future<Long>> counting;
    private final LongSupplier nanos;
    private final Later later;
    private final long patienceMillis;
    private final Map<String, TenantMembers> known = new ConcurrentHashMap<>();

    /** When those that may be forgotten were last looked for. */
    private final AtomicLong looked;

    /** Runs a task after some time. */
    @FunctionalInterface
    public interface Later {
        void run(long millis, Runnable task);
    }

    /** Sends a join, which tells the receiver how it has ended. */
    @FunctionalInterface
    public interface Sending {
        /** @param newcomers how many of its actors may become members, else QUOTA_EXCEEDED */
        void send(long newcomers, UniEmitter<Appended> receiver);
    }

    /**
     * @param count counts
     * @param nanos a monotonic clock
     * @param patience how long a join waits for a count
     */
    public MemberQuota(StoreQuotas quotas, MemberCount count, LongSupplier nanos, Later later, Duration patience) {
        this(quotas, count::of, nanos, later, patience);
    }

    /** @param counting how many members a tenant has */
    MemberQuota(
            StoreQuotas quotas,
            Function<String, Future<Long>> counting,
            LongSupplier nanos,
            Later later,
            Duration patience) {
        this.quotas = quotas;
        this.counting = counting;
        this.nanos = nanos;
        this.later = later;
        this.patienceMillis = patience.toMillis();
        this.looked = new AtomicLong(nanos.getAsLong());
    }

    /** Whether a tenant has one. */
    public boolean isFor(String tenant) {
        return quotas.members(tenant) > 0;
    }

    /** Sends the join of a tenant that has a quota, perhaps twice. */
    public void join(String tenant, Command.Join join, Sending sending, UniEmitter<? super Appended> answer) {
        Attempt first = new Attempt(tenant, membersOf(tenant), join, sending, answer);
        if (join.again()) {
            first.send(Long.MAX_VALUE, true);
        } else {
            first.begin();
        }
    }

    /** How many tenants are known now. */
    int knownTenants() {
        return known.size();
    }

    private TenantMembers membersOf(String tenant) {
        TenantMembers members = known.get(tenant);
        if (members != null) {
            return members;
        }
        forgetSome();
        // Several threads at once may make it a few more than that.
        return known.size() >= MOST ? made(tenant) : known.computeIfAbsent(tenant, this::made);
    }

    private TenantMembers made(String tenant) {
        return new TenantMembers(() -> counting.apply(tenant), task -> later.run(patienceMillis, task), nanos);
    }

    /** Once a second at most, as it looks at all of them. */
    private void forgetSome() {
        long now = nanos.getAsLong();
        long before = looked.get();
        if (now - before >= BETWEEN_LOOKS && looked.compareAndSet(before, now)) {
            known.values().removeIf(TenantMembers::isIdle);
        }
    }

    /** One join until it is answered. */
    private final class Attempt {
        private final String tenant;
        private final TenantMembers members;
        private final Command.Join join;
        private final Sending sending;
        private final UniEmitter<? super Appended> answer;
        private final long asked = nanos.getAsLong();

        Attempt(
                String tenant,
                TenantMembers members,
                Command.Join join,
                Sending sending,
                UniEmitter<? super Appended> answer) {
            this.tenant = tenant;
            this.members = members;
            this.join = join;
            this.sending = sending;
            this.answer = answer;
        }

        void begin() {
            members.known(quotas.members(tenant)).onComplete(done -> guarded(() -> counted(done, false)));
        }

        private void counted(AsyncResult<Void> done, boolean last) {
            if (done.failed()) {
                answer.fail(done.cause());
            } else {
                send(quotas.members(tenant), last);
            }
        }

        /** @param last it is not tried again */
        void send(long quota, boolean last) {
            Joining joining = members.join(join.actors().size(), quota);
            Receiver receiver = new Receiver(this, joining, last);
            try {
                sending.send(joining.room(), receiver);
            } catch (Throwable failure) {
                receiver.fail(failure);
            }
        }

        /** There was no room by what was known; that may have been long ago. */
        void refused(int rounds) {
            long wait = members.untilCountedAfter(asked);
            if (wait < 0 || wait > BEFORE_THE_NEXT || rounds == 0) {
                exceeded();
            } else if (wait > 0) {
                later.run((wait + MILLI - 1) / MILLI, () -> guarded(() -> refused(rounds - 1)));
            } else {
                members.count()
                        .onComplete(done -> guarded(() -> {
                            if (members.untilCountedAfter(asked) < 0) {
                                counted(done, true);
                            } else {
                                refused(rounds - 1);
                            }
                        }));
            }
        }

        void exceeded() {
            answer.fail(quotas.membersExceeded(tenant));
        }

        /** Others wait for the same count: what fails here must not keep them from going on. */
        void guarded(Runnable step) {
            try {
                step.run();
            } catch (Throwable escaped) {
                ESCAPES.add("a join of a tenant with a quota", escaped);
                answer.fail(escaped);
            }
        }

        int newcomers(Appended done) {
            int actors = join.actors().size();
            Membership last = done.membership();
            boolean known = actors == 1
                    && last != null
                    && last.joinedOffset() != done.position().offset();
            return known ? 0 : actors;
        }
    }

    /** Is told once how an attempt has ended. */
    private static final class Receiver implements UniEmitter<Appended> {
        private final Attempt attempt;
        private final Joining joining;
        private final boolean last;
        private final AtomicBoolean told = new AtomicBoolean();

        Receiver(Attempt attempt, Joining joining, boolean last) {
            this.attempt = attempt;
            this.joining = joining;
            this.last = last;
        }

        @Override
        public void complete(Appended done) {
            if (told.compareAndSet(false, true)) {
                joining.over(attempt.newcomers(done));
                attempt.answer.complete(done);
            }
        }

        @Override
        public void fail(Throwable failure) {
            if (!told.compareAndSet(false, true)) {
                return;
            }
            boolean perhapsMade =
                    !(failure instanceof GroupException) || GroupException.is(failure, ErrorCode.STORE_UNAVAILABLE);
            joining.over(perhapsMade ? attempt.join.actors().size() : 0);
            if (!GroupException.is(failure, ErrorCode.QUOTA_EXCEEDED)) {
                attempt.answer.fail(failure);
            } else if (last) {
                attempt.exceeded();
            } else {
                attempt.guarded(() -> attempt.refused(ROUNDS));
            }
        }

        /** Whoever waits may go: the join is counted until it is over. */
        @Override
        public UniEmitter<Appended> onTermination(Runnable callback) {
            return this;
        }
    }
}
