package io.plexspaces.processgroups.access;

/** What a rule allows to do, in four kinds. */
public enum Operation {
    /** Join, leave, subscribe, and renew leases, as a permitted actor. */
    JOIN("join"),
    /** Publish, with a permitted actor as the sender. */
    PUBLISH("publish"),
    /** See members, list, watch, and fetch messages. */
    READ("read"),
    /** Create and delete groups, evict actors. */
    MANAGE("manage");

    private final String text;

    Operation(String text) {
        this.text = text;
    }

    /** As rules write it. */
    public String text() {
        return text;
    }

    /** @throws IllegalArgumentException for any other text than that of one operation, exactly as it is written */
    static Operation of(String text) {
        for (Operation one : values()) {
            if (one.text.equals(text)) {
                return one;
            }
        }
        throw new IllegalArgumentException("must be join, publish, read, manage or *");
    }
}
