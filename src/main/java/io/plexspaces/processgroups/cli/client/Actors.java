package io.plexspaces.processgroups.cli.client;

import java.security.SecureRandom;

/** As whom a session speaks where nobody was named. */
public final class Actors {
    private static final int RANDOM_BITS = 40;

    private Actors() {}

    /** The same, as a random actor where none was named. */
    public static Target named(Target target) {
        return target.actor().isEmpty()
                ? target.as("pg-"
                        + Long.toString(
                                new SecureRandom().nextLong() >>> (Long.SIZE - RANDOM_BITS), Character.MAX_RADIX))
                : target;
    }

    /** The first request of a session. */
    public static Json open(Target target) {
        return Json.object()
                .put("tenantId", target.tenant())
                .put("namespace", target.namespace())
                .put("actorId", named(target).actor());
    }
}
