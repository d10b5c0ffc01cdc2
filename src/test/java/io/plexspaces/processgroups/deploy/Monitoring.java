package io.plexspaces.processgroups.deploy;

import static io.plexspaces.processgroups.deploy.Documents.DEPLOY;
import static io.plexspaces.processgroups.deploy.Documents.each;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** The dashboard and the rules. */
public final class Monitoring {
    static final Path FOLDER = DEPLOY.resolve("monitoring");

    private Monitoring() {}

    static JsonNode dashboard() {
        return Documents.json(FOLDER.resolve("dashboard.json"));
    }

    static JsonNode ruleGroups() {
        return Documents.only(FOLDER.resolve("alerts.yaml")).path("groups");
    }

    static Stream<JsonNode> rules() {
        return each(ruleGroups()).flatMap(group -> each(group.path("rules")));
    }

    static Stream<JsonNode> alerts() {
        return rules().filter(rule -> rule.has("alert"));
    }

    static List<Query> queries() {
        Stream<Query> ofRules = rules().map(rule -> new Query(
                "rule " + rule.path("alert").asText(rule.path("record").asText()),
                rule.path("expr").asText()));
        Stream<Query> ofPanels = each(dashboard().path("panels")).flatMap(panel -> each(panel.path("targets"))
                .map(target -> new Query(
                        "panel " + panel.path("title").asText(),
                        target.path("expr").asText())));
        return Stream.concat(ofRules, ofPanels).toList();
    }

    /** Names of everything that is queried and that servers must export. */
    public static Set<String> queried() {
        Set<String> names = new HashSet<>();
        queries().forEach(query -> names.addAll(query.series()));
        rules().forEach(rule -> names.remove(rule.path("record").asText()));
        // Prometheus makes it.
        names.remove("up");
        return names;
    }
}
