package io.plexspaces.processgroups.core;

/** What is measured: one for each use case, named as in metrics and spans. */
public enum UseCase {
    CREATE("create"),
    DELETE("delete"),
    JOIN("join"),
    LEAVE("leave"),
    EVICT("evict"),
    RENEW("renew"),
    UPDATE("update"),
    GET_MEMBERS("get_members"),
    LIST("list"),
    PUBLISH("publish"),
    ASK("ask"),
    REPLY("reply"),
    FETCH("fetch"),
    WATCH("watch");

    private final String label;

    UseCase(String label) {
        this.label = label;
    }

    public String label() {
        return label;
    }
}
