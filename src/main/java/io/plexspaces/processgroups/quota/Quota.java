package io.plexspaces.processgroups.quota;

/** What there can be too much of. */
public enum Quota {
    /** Requests of a tenant, a second. */
    REQUESTS("requests"),
    /** Messages that a tenant publishes, a second. */
    PUBLISHES("publishes"),
    /** Bytes of these, a second. */
    PUBLISHED_BYTES("published-bytes"),
    /** Live connections of a tenant. */
    SESSIONS("sessions"),
    /** Groups of a tenant, on all nodes together. */
    GROUPS("groups"),
    /** Members of all of these. */
    MEMBERS("members"),
    /** Requests on one connection, a second. */
    SESSION_REQUESTS("session.requests"),
    /** Messages published on one connection, a second. */
    SESSION_PUBLISHES("session.publishes"),
    /** Bytes of these, a second. */
    SESSION_PUBLISHED_BYTES("session.published-bytes");

    private final String label;

    Quota(String label) {
        this.label = label;
    }

    /** As errors and metrics name it; its key ends in the same way. */
    public String label() {
        return label;
    }
}
