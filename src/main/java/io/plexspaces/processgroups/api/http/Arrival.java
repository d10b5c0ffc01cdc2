package io.plexspaces.processgroups.api.http;

import io.vertx.ext.web.RoutingContext;

/** How far one request has come, on a connection that is watched over. On the event loop. */
public final class Arrival {
    private static final String KEY = Arrival.class.getName();

    private final RequestGuard guard;
    private volatile boolean whole;

    private Arrival(RequestGuard guard, boolean whole) {
        this.guard = guard;
        this.whole = whole;
    }

    static Arrival of(RoutingContext context, RequestGuard guard, boolean whole) {
        Arrival made = new Arrival(guard, whole);
        context.put(KEY, made);
        return made;
    }

    /** The body of the request has come: from now on the time for a request to come whole does not end it. */
    public static void whole(RoutingContext context) {
        Arrival arrival = context.get(KEY);
        if (arrival != null && !arrival.whole) {
            arrival.whole = true;
            arrival.guard.whole();
        }
    }

    /** The body has come to its end, of a request that was refused before: nothing is waited for. */
    public static void dropped(RoutingContext context) {
        Arrival arrival = context.get(KEY);
        if (arrival != null) {
            arrival.guard.dropped();
        }
    }

    boolean isWhole() {
        return whole;
    }
}
