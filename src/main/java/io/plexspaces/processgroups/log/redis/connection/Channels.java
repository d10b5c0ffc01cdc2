package io.plexspaces.processgroups.log.redis.connection;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The channels that one subscriber connection subscribes to, and those that the server has not confirmed yet. Belongs
 * to the connection's serial queue.
 */
final class Channels {
    private static final long ASK_AGAIN_NANOS = 2_000_000_000L;

    private final Set<String> wanted = new HashSet<>();

    /** Those asked for first before the others. */
    private final Map<String, Asked> unconfirmed = new LinkedHashMap<>();

    /** Read by any thread. */
    private volatile @Nullable Long since;

    private static final class Asked {
        final long first = System.nanoTime();
        long last = first;
    }

    void add(Collection<String> names) {
        wanted.addAll(names);
    }

    void remove(Collection<String> names) {
        names.forEach(name -> {
            wanted.remove(name);
            unconfirmed.remove(name);
        });
        show();
    }

    boolean contains(String name) {
        return wanted.contains(name);
    }

    /** On a new connection nothing is confirmed. */
    Collection<String> begin() {
        unconfirmed.clear();
        return wanted;
    }

    /** The server is about to be asked for them. */
    void asked(Collection<String> names) {
        names.forEach(name -> unconfirmed.putIfAbsent(name, new Asked()));
        show();
    }

    void confirmed(String name) {
        unconfirmed.remove(name);
        show();
    }

    /** Those to be asked for again: refused perhaps, or at a server that has them no more. */
    List<String> toAskAgain(int most) {
        long now = System.nanoTime();
        List<String> again = new ArrayList<>();
        for (Map.Entry<String, Asked> one : unconfirmed.entrySet()) {
            if (again.size() < most && now - one.getValue().last > ASK_AGAIN_NANOS) {
                one.getValue().last = now;
                again.add(one.getKey());
            }
        }
        return again;
    }

    /** How long one has waited to be confirmed, in nanoseconds; 0: all are. Any thread. */
    long longestUnconfirmed() {
        Long oldest = since;
        return oldest == null ? 0 : System.nanoTime() - oldest;
    }

    private void show() {
        since = unconfirmed.isEmpty() ? null : unconfirmed.values().iterator().next().first;
    }
}
