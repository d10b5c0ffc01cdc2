package io.plexspaces.processgroups.access;

/** Is told of what callers may not do, and of what they managed. Must be quick and never throw. Thread-safe. */
public interface Witness {
    /** Cares for nothing. */
    Witness NONE = new Witness() {
        @Override
        public void denied(Attempt attempt, Right right, String field) {}

        @Override
        public void managed(Attempt attempt, boolean known) {}
    };

    /** What can be missing: an operation of the rules, or any right for the actor of a session. */
    enum Right {
        JOIN("join"),
        PUBLISH("publish"),
        READ("read"),
        MANAGE("manage"),
        /** To be this actor, in a session that is opened or goes on. */
        OPEN("open");

        private final String label;

        Right(String label) {
            this.label = label;
        }

        public String label() {
            return label;
        }

        public static Right of(Operation operation) {
            return switch (operation) {
                case JOIN -> JOIN;
                case PUBLISH -> PUBLISH;
                case READ -> READ;
                case MANAGE -> MANAGE;
            };
        }
    }

    /**
     * Once for each request that is refused for this, before anything is looked up.
     *
     * @param field of the request that the rights do not cover; empty: none in particular
     */
    void denied(Attempt attempt, Right right, String field);

    /**
     * Something was created or deleted, or somebody evicted.
     *
     * @param known false: perhaps, or in part; the store has not answered
     */
    void managed(Attempt attempt, boolean known);

    /** Whether it matters where callers are, also of those that are not asked who they are. */
    default boolean asksWhere() {
        return false;
    }
}
