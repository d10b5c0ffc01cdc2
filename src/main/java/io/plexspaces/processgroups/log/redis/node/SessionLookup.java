package io.plexspaces.processgroups.log.redis.node;

import io.plexspaces.processgroups.domain.GroupId;
import io.plexspaces.processgroups.log.redis.codec.Texts;
import io.plexspaces.processgroups.log.redis.store.Scripts;
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
        List<Future<Response>> parts = new ArrayList<>();
        for (int i = 0; i < store.keys().partitions(); i++) {
            List<String> keys = List.of(store.keys().partition(i).held());
            parts.add(store.servers().call(Scripts.HELD, keys, sessions));
        }
        return Future.all(parts).map(all -> {
            List<List<String>> found = new ArrayList<>();
            for (int i = 0; i < sessions.size(); i++) {
                List<String> groups = new ArrayList<>();
                for (Future<Response> part : parts) {
                    part.result().get(i).forEach(group -> groups.add(group.toString()));
                }
                found.add(groups);
            }
            return found;
        });
    }
}
