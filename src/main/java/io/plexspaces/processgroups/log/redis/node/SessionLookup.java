package io.plexspaces.processgroups.log.redis.node;

import io.plexspaces.processgroups.domain.GroupId;
import io.plexspaces.processgroups.log.redis.codec.Texts;
import io.plexspaces.processgroups.log.redis.store.Scripts;
import io.plexspaces.processgroups.log.redis.store.StepSizes;
import io.plexspaces.processgroups.log.redis.store.Store;
import io.vertx.core.Future;
import io.vertx.redis.client.Response;
import java.util.ArrayList;
import java.util.List;

/** Finds the groups that sessions hold joins in: every partition must be asked. Thread-safe. */
public final class SessionLookup {
    private final Store store;
    private final Rounds<String, List<String>> rounds;

    public SessionLookup(Store store) {
        this.store = store;
        this.rounds = new Rounds<>(store.settings().patience().toNanos(), this::ask);
    }

    public Future<List<GroupId>> of(String session) {
        return rounds.ask(Texts.session(session))
                .map(names -> names.stream().map(Texts::group).toList())
                .recover(failure -> Future.failedFuture(store.told("the groups of a session", failure)));
    }

    /**
     * For each session in its order, what all partitions say; what cannot be read among it concerns that session alone.
     */
    private Future<List<List<String>>> ask(List<String> sessions) {
        List<Future<List<List<String>>>> parts = new ArrayList<>();
        for (int i = 0; i < store.keys().partitions(); i++) {
            List<List<String>> found = new ArrayList<>(sessions.size());
            sessions.forEach(session -> found.add(new ArrayList<>(0)));
            parts.add(part(store.keys().partition(i).held(), sessions, 0, found));
        }
        return Future.all(parts).map(all -> {
            List<List<String>> found = parts.get(0).result();
            for (Future<List<List<String>>> part : parts.subList(1, parts.size())) {
                for (int i = 0; i < sessions.size(); i++) {
                    found.get(i).addAll(part.result().get(i));
                }
            }
            return found;
        });
    }

    /**
     * What one partition says, by steps, so that nobody else has to wait for sessions with many groups.
     *
     * @param from the session to go on with, behind what is {@code found} of it
     */
    private Future<List<List<String>>> part(String held, List<String> sessions, int from, List<List<String>> found) {
        List<String> known = found.get(from);
        List<Object> arguments = new ArrayList<>(sessions.size() - from + 2);
        arguments.add(StepSizes.HELD_GROUPS);
        arguments.add(sessions.get(from));
        arguments.add(known.isEmpty() ? "" : known.get(known.size() - 1));
        arguments.addAll(sessions.subList(from + 1, sessions.size()));
        return store.servers().call(Scripts.HELD, List.of(held), arguments).compose(said -> {
            Response lists = said.get(1);
            for (int i = 0; i < lists.size(); i++) {
                List<String> groups = found.get(from + i);
                lists.get(i).forEach(group -> groups.add(group.toString()));
            }
            return said.get(0).toString().equals("1")
                    ? part(held, sessions, from + lists.size() - 1, found)
                    : Future.succeededFuture(found);
        });
    }
}
