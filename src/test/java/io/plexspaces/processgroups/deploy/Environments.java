package io.plexspaces.processgroups.deploy;

import static io.plexspaces.processgroups.deploy.Documents.DEPLOY;
import static io.plexspaces.processgroups.deploy.Documents.each;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/** Environment variables that deployed servers are started with. */
public final class Environments {
    /** In the place of what is given when it is started. */
    private static final String GIVEN = "a-value-that-somebody-has-chosen-here";

    private Environments() {}

    /**
     * Of one server.
     *
     * @param place where it is written
     */
    public record Environment(String place, Map<String, String> variables) {
        @Override
        public String toString() {
            return place;
        }
    }

    /** Of every overlay, and of every node of the compose file. */
    public static Stream<Environment> all() {
        Stream<Environment> overlays = Overlay.names()
                .map(name -> new Environment(
                        "overlay " + name, ofContainer(Overlay.of(name).server())));
        JsonNode services = Documents.only(DEPLOY.resolve("compose.yaml")).path("services");
        JsonNode tokens = Documents.only(DEPLOY.resolve("compose.tokens.yaml")).path("services");
        Stream<Environment> nodes = Stream.of("node-a", "node-b")
                .flatMap(name -> Stream.of(
                        new Environment("compose " + name, ofService(services.path(name))),
                        new Environment(
                                "compose " + name + " with tokens",
                                ofService(services.path(name), tokens.path(name)))));
        return Stream.concat(overlays, nodes);
    }

    /** Keys of the file that the component {@code secure} gives to servers. */
    public static Map<String, String> secured() {
        Map<String, String> keys = new HashMap<>();
        Service.properties(DEPLOY.resolve("kubernetes/components/secure/application.properties"))
                .forEach((key, value) -> keys.put((String) key, (String) value));
        return keys;
    }

    /** Variables of all keys that are documented. */
    public static Set<String> documented() {
        return Service.variables();
    }

    private static Map<String, String> ofContainer(JsonNode container) {
        Map<String, String> variables = new HashMap<>();
        each(container.path("env"))
                .forEach(variable -> variables.put(
                        variable.path("name").asText(), variable.path("value").asText("a-value-of-the-cluster")));
        return variables;
    }

    /** @param files the same service, in one file after the other */
    private static Map<String, String> ofService(JsonNode... files) {
        Map<String, String> variables = new HashMap<>();
        for (JsonNode service : files) {
            service.path("environment")
                    .properties()
                    .forEach(variable -> variables.put(
                            variable.getKey(), variable.getValue().asText().replaceAll("\\$\\{.*}", GIVEN)));
        }
        return variables;
    }
}
