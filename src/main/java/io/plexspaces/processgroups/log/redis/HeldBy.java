package io.plexspaces.processgroups.log.redis;

import io.plexspaces.processgroups.domain.ErrorCode;
import io.plexspaces.processgroups.domain.GroupException;
import io.plexspaces.processgroups.domain.GroupId;
import io.plexspaces.processgroups.log.redis.codec.Texts;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.redis.client.Response;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/**
 * Finds the groups that sessions hold joins in. Every partition must be asked; so the sessions that come while some are looked up go
 * together next, as many do when a server is gone. Thread-safe.
 */
final class HeldBy {
    private static final int SESSIONS_AT_ONCE = 256;

    private final Store store;

    // Under this object's lock.
    private final Queue<Question> waiting = new ArrayDeque<>();
    private boolean busy;

    HeldBy(Store store) {
        this.store = store;
    }

    private record Question(String session, long since, Promise<List<GroupId>> answer) {}

    /** What is asked next, and what has waited for too long. */
    private record Round(List<Question> questions, List<Question> late) {}

    Future<List<GroupId>> of(String session) {
        Question question = new Question(Texts.session(session), System.nanoTime(), Promise.promise());
        synchronized (this) {
            waiting.add(question);
        }
        pump();
        return question.answer().future();
    }

    private void pump() {
        Round round = next();
        if (round == null) {
            return;
        }
        round.late().forEach(question -> question.answer()
                .fail(GroupException.of(
                        ErrorCode.STORE_UNAVAILABLE, "the store has not answered those before; try again later")));
        List<Question> questions = round.questions();
        if (questions.isEmpty()) {
            return;
        }
        ask(questions).onComplete(done -> {
            synchronized (this) {
                busy = false;
            }
            pump();
            for (int i = 0; i < questions.size(); i++) {
                Promise<List<GroupId>> answer = questions.get(i).answer();
                if (done.succeeded()) {
                    answer.complete(done.result().get(i));
                } else {
                    answer.fail(done.cause());
                }
            }
        });
    }

    private synchronized @Nullable Round next() {
        if (busy || waiting.isEmpty()) {
            return null;
        }
        long oldest = System.nanoTime() - store.settings().patience().toNanos();
        Round round = new Round(new ArrayList<>(), new ArrayList<>());
        while (round.questions().size() < SESSIONS_AT_ONCE && !waiting.isEmpty()) {
            Question question = waiting.remove();
            (question.since() - oldest < 0 ? round.late() : round.questions()).add(question);
        }
        busy = !round.questions().isEmpty();
        return round;
    }

    /** For each question in its order, what all partitions say. */
    private Future<List<List<GroupId>>> ask(List<Question> round) {
        List<String> sessions = round.stream().map(Question::session).toList();
        List<Future<Response>> parts = new ArrayList<>();
        for (int i = 0; i < store.keys().partitions(); i++) {
            List<String> keys = List.of(store.keys().partition(i).held());
            parts.add(store.shards().call(Scripts.HELD, keys, sessions));
        }
        return Future.all(parts).map(all -> {
            List<List<GroupId>> found = new ArrayList<>();
            for (int i = 0; i < sessions.size(); i++) {
                List<GroupId> groups = new ArrayList<>();
                for (Future<Response> part : parts) {
                    part.result().get(i).forEach(group -> groups.add(Texts.group(group.toString())));
                }
                found.add(groups);
            }
            return found;
        });
    }
}
