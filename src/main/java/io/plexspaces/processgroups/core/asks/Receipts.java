package io.plexspaces.processgroups.core.asks;

import io.plexspaces.processgroups.domain.ErrorCode;
import io.plexspaces.processgroups.domain.GroupException;
import io.plexspaces.processgroups.log.Letter;
import io.plexspaces.processgroups.log.NodeMail;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.subscription.UniEmitter;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongFunction;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Replies of members here that were sent to the nodes of their askers, until these say what became of them.
 * Thread-safe.
 */
final class Receipts {
    private static final int MOST = 20_000;
    private static final long PATIENCE_NANOS = 5_000_000_000L;

    private final NodeMail mail;
    private final LongSupplier nanos;
    private final AtomicLong numbers = new AtomicLong();
    private final AtomicInteger count = new AtomicInteger();
    private final Map<Long, Waiting> waiting = new ConcurrentHashMap<>(2);

    private record Waiting(UniEmitter<? super Letter.Outcome> answer, long since) {}

    Receipts(NodeMail mail, LongSupplier nanos) {
        this.mail = mail;
        this.nanos = nanos;
    }

    /**
     * Sends a reply, and waits for its receipt. OVERLOADED; STORE_UNAVAILABLE when nobody knows what became of it.
     *
     * @param letter made for the number of its receipt
     */
    Uni<Letter.Outcome> send(NodeMail.Address to, LongFunction<Letter.Reply> letter) {
        return Uni.createFrom().emitter(answer -> {
            if (count.incrementAndGet() > MOST) {
                count.decrementAndGet();
                answer.fail(GroupException.of(ErrorCode.OVERLOADED, "too many replies are under way, try again"));
                return;
            }
            long number = numbers.incrementAndGet();
            waiting.put(number, new Waiting(answer, nanos.getAsLong()));
            answer.onTermination(() -> take(number));
            mail.send(to, letter.apply(number))
                    .subscribe()
                    .with(
                            heard -> {
                                if (!heard) {
                                    fail(number, unknown("the server of the asker cannot be reached"));
                                }
                            },
                            failure -> fail(number, failure));
        });
    }

    void received(Letter.Receipt receipt) {
        Waiting one = take(receipt.number());
        if (one != null) {
            one.answer().complete(receipt.outcome());
        }
    }

    /** To be called regularly: ends waits that last too long. */
    void tick() {
        long now = nanos.getAsLong();
        waiting.forEach((number, one) -> {
            if (now - one.since() > PATIENCE_NANOS) {
                fail(number, unknown("the server of the asker does not answer"));
            }
        });
    }

    private void fail(long number, Throwable failure) {
        Waiting one = take(number);
        if (one != null) {
            one.answer().fail(failure);
        }
    }

    private @Nullable Waiting take(long number) {
        Waiting taken = waiting.remove(number);
        if (taken != null) {
            count.decrementAndGet();
        }
        return taken;
    }

    private static GroupException unknown(String why) {
        return GroupException.of(ErrorCode.STORE_UNAVAILABLE, "nobody knows whether the reply came: " + why);
    }

    int size() {
        return waiting.size();
    }
}
