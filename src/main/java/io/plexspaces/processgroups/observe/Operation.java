package io.plexspaces.processgroups.observe;

/** What is measured: one for each use case, named as in metrics and spans. */
enum Operation {
    CREATE("create"),
    DELETE("delete"),
    JOIN("join"),
    LEAVE("leave"),
    RENEW("renew"),
    GET_MEMBERS("get_members"),
    LIST("list"),
    PUBLISH("publish"),
    FETCH("fetch");

    private final String label;

    Operation(String label) {
        this.label = label;
    }

    String label() {
        return label;
    }
}
