package io.plexspaces.processgroups.log.redis.node;

import io.plexspaces.processgroups.domain.OperationId;
import io.plexspaces.processgroups.domain.Owner;
import io.plexspaces.processgroups.log.SessionOwners.Claim;
import io.plexspaces.processgroups.log.redis.store.Keys;
import io.plexspaces.processgroups.log.redis.store.Scripts;
import io.plexspaces.processgroups.log.redis.store.Store;
import io.vertx.core.Future;
import io.vertx.redis.client.Response;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Claims and ends sessions: the last claim of each is a key of its own, in the partition of its id. Thread-safe. */
public final class SessionClaims {
    private static final String ENDED = "ended";

    private final Store store;
    private final Rounds<Wish, String> rounds;

    public SessionClaims(Store store) {
        this.store = store;
        this.rounds = new Rounds<>(store.settings().patience().toNanos(), this::ask);
    }

    /**
     * @param claim empty: the next one is wanted; '>' and a number: the next one, if that is not the last; else the one
     * under which the session is to end
     */
    private record Wish(String session, String claim, OperationId operation) {}

    public Future<Claim> next(String session, OperationId operation) {
        return claim(new Wish(session, "", operation));
    }

    /** The next claim, if there was one since that of {@code session}; that one, if not. */
    public Future<Claim> again(Owner.Session session, OperationId operation) {
        return claim(new Wish(session.id(), ">" + session.claim(), operation));
    }

    private Future<Claim> claim(Wish wish) {
        return rounds.ask(wish).map(said -> {
            String number = unfenced(said, wish.operation());
            return number.equals(ENDED) ? new Claim(0, true) : new Claim(Long.parseLong(number), false);
        });
    }

    /** False: it was claimed since. */
    public Future<Boolean> end(Owner.Session session, OperationId operation) {
        return rounds.ask(new Wish(session.id(), Long.toString(session.claim()), operation))
                .map(said -> unfenced(said, operation).equals(ENDED));
    }

    private static String unfenced(String said, OperationId operation) {
        if (said.startsWith("!")) {
            throw Store.fenced(operation, said.substring(1));
        }
        return said;
    }

    private Future<List<String>> ask(List<Wish> wishes) {
        Map<Integer, List<Integer>> byPartition = new TreeMap<>();
        for (int i = 0; i < wishes.size(); i++) {
            int partition = store.keys().partition(wishes.get(i).session());
            byPartition.computeIfAbsent(partition, any -> new ArrayList<>()).add(i);
        }
        String[] answers = new String[wishes.size()];
        List<Future<Response>> calls = new ArrayList<>();
        byPartition.forEach(
                (partition, places) -> calls.add(call(partition, places, wishes).map(said -> {
                    for (int i = 0; i < places.size(); i++) {
                        answers[places.get(i)] = said.get(i).toString();
                    }
                    return said;
                })));
        return Future.all(calls).map(all -> Arrays.asList(answers));
    }

    private Future<Response> call(int number, List<Integer> places, List<Wish> wishes) {
        Keys.Partition partition = store.keys().partition(number);
        List<String> keys = new ArrayList<>(2 * places.size());
        List<Object> arguments = new ArrayList<>(2 * places.size());
        for (int place : places) {
            Wish wish = wishes.get(place);
            keys.add(partition.node(wish.operation().node()));
            keys.add(partition.session(wish.session()));
            arguments.add(wish.operation().incarnation());
            arguments.add(wish.claim());
        }
        return store.servers().call(Scripts.CLAIM, keys, arguments);
    }
}
