package io.plexspaces.processgroups.log.redis.node;

import io.plexspaces.processgroups.domain.ErrorCode;
import io.plexspaces.processgroups.domain.GroupException;
import io.plexspaces.processgroups.log.redis.connection.Escapes;
import io.plexspaces.processgroups.log.redis.store.StepSizes;
import io.vertx.core.AsyncResult;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Look-ups in the store that are sent together: those that arrive while some are under way go next. When a server is
 * gone, many arrive at once. Thread-safe.
 */
final class Rounds<Q, A> {
    private static final Escapes ESCAPES = new Escapes(Rounds.class);

    private final long patienceNanos;
    private final Function<List<Q>, Future<List<A>>> ask;

    // Under this object's lock.
    private final Queue<Asked<Q, A>> waiting = new ArrayDeque<>();
    private boolean busy;

    /**
     * @param patienceNanos how long a question may wait before it is asked
     * @param ask asks some of them, and gives an answer to each in their order
     */
    Rounds(long patienceNanos, Function<List<Q>, Future<List<A>>> ask) {
        this.patienceNanos = patienceNanos;
        this.ask = ask;
    }

    private record Asked<Q, A>(Q question, long since, Promise<A> answer) {}

    /** What is asked next, and what has waited for too long. */
    private record Round<Q, A>(List<Asked<Q, A>> questions, List<Asked<Q, A>> late) {}

    /** STORE_UNAVAILABLE when those before have no answer for too long. */
    Future<A> ask(Q question) {
        Asked<Q, A> asked = new Asked<>(question, System.nanoTime(), Promise.promise());
        synchronized (this) {
            waiting.add(asked);
        }
        pump();
        return asked.answer().future();
    }

    private void pump() {
        Round<Q, A> round = next();
        if (round == null) {
            return;
        }
        GroupException late = GroupException.of(
                ErrorCode.STORE_UNAVAILABLE, "the store has not answered those before; try again later");
        round.late().forEach(asked -> tell(asked, Future.failedFuture(late)));
        List<Asked<Q, A>> questions = round.questions();
        if (!questions.isEmpty()) {
            answers(questions).onComplete(done -> {
                synchronized (this) {
                    busy = false;
                }
                pump();
                for (int i = 0; i < questions.size(); i++) {
                    int at = i;
                    tell(questions.get(i), done.map(all -> all.get(at)));
                }
            });
        }
    }

    /** A failure that one caller throws is logged: the others get their answers all the same. */
    private static <Q, A> void tell(Asked<Q, A> asked, AsyncResult<A> said) {
        try {
            asked.answer().handle(said);
        } catch (Throwable escaped) {
            ESCAPES.add("what takes an answer to a question", escaped);
        }
    }

    /** Never fails at once: what waits behind would wait forever. */
    private Future<List<A>> answers(List<Asked<Q, A>> questions) {
        try {
            return ask.apply(questions.stream().map(Asked::question).toList());
        } catch (Throwable failure) {
            return Future.failedFuture(failure);
        }
    }

    private synchronized @Nullable Round<Q, A> next() {
        if (busy || waiting.isEmpty()) {
            return null;
        }
        long oldest = System.nanoTime() - patienceNanos;
        Round<Q, A> round = new Round<>(new ArrayList<>(), new ArrayList<>());
        while (round.questions().size() < StepSizes.SESSIONS && !waiting.isEmpty()) {
            Asked<Q, A> asked = waiting.remove();
            (asked.since() - oldest < 0 ? round.late() : round.questions()).add(asked);
        }
        busy = !round.questions().isEmpty();
        return round;
    }
}
