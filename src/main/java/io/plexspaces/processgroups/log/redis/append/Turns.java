package io.plexspaces.processgroups.log.redis.append;

import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.Queue;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Who is next: those of different tenants by turns, those of one tenant in the order they came. So a tenant with
 * thousands of groups keeps another with one of them waiting no longer than one with a single group does. Not
 * thread-safe.
 */
final class Turns<T> {
    private final Function<T, String> tenant;
    private final Map<String, Queue<T>> ofTenants = new HashMap<>();

    /** Those with somebody in them. */
    private final Queue<Queue<T>> tenants = new ArrayDeque<>();

    private int size;

    Turns(Function<T, String> tenant) {
        this.tenant = tenant;
    }

    int size() {
        return size;
    }

    void add(T last) {
        Queue<T> others = ofTenants.computeIfAbsent(tenant.apply(last), unknown -> new ArrayDeque<>());
        if (others.isEmpty()) {
            tenants.add(others);
        }
        others.add(last);
        size++;
    }

    @Nullable
    T peek() {
        Queue<T> first = tenants.peek();
        return first == null ? null : first.peek();
    }

    /** @throws java.util.NoSuchElementException nobody is there */
    T remove() {
        Queue<T> first = tenants.remove();
        T next = first.remove();
        if (first.isEmpty()) {
            ofTenants.remove(tenant.apply(next));
        } else {
            tenants.add(first);
        }
        size--;
        return next;
    }
}
