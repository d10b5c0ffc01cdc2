package io.plexspaces.processgroups.bench;

import java.util.List;

/** What is measured. */
enum Scenario {
    A("1 group, 100 subscribers, saturated", "deliveries/s", List.of("redis", "socket")),
    B("1 group, 1,000 subscribers, saturated", "deliveries/s", List.of("redis", "socket")),
    C("1 group, 1,000 subscribers, 50 publishes/s", "p99 ms", List.of("redis", "socket")),
    D("1,000 groups, 1 subscriber each, 4 publishers, saturated", "deliveries/s", List.of("redis")),
    E("connections that subscribe", "connections/s", List.of("redis")),
    F("membership beside 0, 1,000 and 100,000 members (gRPC calls)", "changes/s", List.of("redis")),
    G("100 topics, 100 subscribers with wildcards, saturated", "deliveries/s", List.of("redis")),
    H("10 groups of 10 subscribers, 5,000 publishes/s", "p99 ms", List.of("redis")),
    P(
            "1 group, 500 subscribers with presence, 100 joins and leaves and 100 publishes/s",
            "p99 ms",
            List.of("socketio")),
    Q("1,000 members, each replies to each message", "rounds/s", List.of());

    private final String title;
    private final String mainMetric;
    /** Targets outside the service that can do it too. */
    private final List<String> references;

    Scenario(String title, String mainMetric, List<String> references) {
        this.title = title;
        this.mainMetric = mainMetric;
        this.references = references;
    }

    String title() {
        return title;
    }

    /** What is compared with the references. */
    String mainMetric() {
        return mainMetric;
    }

    /** Whether a target can do it. */
    boolean runsOn(String target) {
        return switch (target) {
            case "redis", "socket", "socketio" -> references.contains(target);
            default ->
                (this != F || target.startsWith("grpc"))
                        && (this != P || target.startsWith("ws"))
                        && (this != Q || target.startsWith("ws-proto"));
        };
    }
}
