package io.plexspaces.processgroups.core.session;

import io.plexspaces.processgroups.domain.GroupException;
import io.plexspaces.processgroups.tasks.PeriodicTasks;
import java.util.Iterator;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** The sessions of this node by their ids, connected or in their grace. Thread-safe. */
final class KnownSessions {
    private final Map<String, Session> byId = new ConcurrentHashMap<>();
    private final int most;

    KnownSessions(int most) {
        this.most = most;
    }

    int size() {
        return byId.size();
    }

    @Nullable
    Session get(String id) {
        return byId.get(id);
    }

    /** @throws GroupException LIMIT_EXCEEDED */
    void add(Session session) {
        requireRoom();
        byId.put(session.owner().id(), session);
    }

    /**
     * The one of the two that has the later claim, which is known from now on: one that was known before it has been
     * replaced.
     */
    Session replace(Session arriving) {
        String id = arriving.owner().id();
        AtomicReference<@Nullable Session> replaced = new AtomicReference<>();
        Session latest = byId.compute(id, (same, known) -> {
            if (known != null && known.owner().claim() > arriving.owner().claim()) {
                return known;
            }
            replaced.set(known);
            return arriving;
        });
        Session gone = replaced.get();
        if (gone != null) {
            gone.replacedBy(arriving);
        }
        return latest;
    }

    /** @throws GroupException LIMIT_EXCEEDED */
    void requireRoom() {
        if (byId.size() >= most) {
            throw GroupException.limit("sessions", most);
        }
    }

    /** Whether a takeover of a session with this id is under way here. */
    boolean isComing(String id) {
        Session known = byId.get(id);
        return known != null && !known.isComplete();
    }

    void forget(Session session) {
        byId.remove(session.owner().id(), session);
    }

    /** All of them, in no order; those that come meanwhile perhaps. */
    Iterator<Session> all() {
        return byId.values().iterator();
    }

    /** All of them, even when some fail. */
    void dropAll() {
        PeriodicTasks.withEach(byId.values(), Session::drop);
    }
}
