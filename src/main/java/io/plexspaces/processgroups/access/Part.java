package io.plexspaces.processgroups.access;

/** What a decision failed on. In the order in which rules are asked: a later one means that a rule got further. */
public enum Part {
    /** The caller belongs to another tenant. */
    TENANT("tenant_id"),
    /** No rule gives the operation, wherever it may be. */
    OPERATION(""),
    /** No rule gives it in this namespace. */
    NAMESPACE("namespace"),
    /** No rule gives it for this group. */
    GROUP("group_name"),
    /** No rule gives it to this actor there. */
    ACTOR("actor_id"),
    /** No rule gives it for all of these topics; also where only a rule without topics could. */
    TOPIC("topics"),
    /** Nothing: it is allowed. */
    NOTHING("");

    private final String field;

    Part(String field) {
        this.field = field;
    }

    /** The field of a request that says it, in the spelling of the proto; empty: there is none. */
    String field(Operation operation) {
        if (operation == Operation.PUBLISH && this == ACTOR) {
            return "message.sender_id";
        }
        return operation == Operation.PUBLISH && this == TOPIC ? "topic" : field;
    }
}
