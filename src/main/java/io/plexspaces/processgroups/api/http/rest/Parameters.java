package io.plexspaces.processgroups.api.http.rest;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Map;

/** The parameters of short paths, as their document describes them. */
final class Parameters {
    private static final String TEXT = "string";
    private static final String FLAG = "boolean";
    private static final String NUMBER = "integer";

    /**
     * One parameter.
     *
     * @param type of JSON Schema
     */
    private record Parameter(String type, String text) {}

    private static final Map<String, Parameter> ALL = Map.ofEntries(
            Map.entry("actor", new Parameter(TEXT, "Who does it: publishes, receives, or whose messages these are.")),
            Map.entry("topic", new Parameter(TEXT, "Tokens joined by dots. Without one the message is for everybody.")),
            Map.entry("topics", new Parameter(TEXT, "Patterns separated by commas. Without them: every message.")),
            Map.entry("answer", new Parameter(TEXT, "recipient_ids (default), counts or none.")),
            Map.entry("id", new Parameter(TEXT, "Of the message, as its publisher likes.")),
            Map.entry("message_type", new Parameter(TEXT, "Of the message, as its publisher likes.")),
            Map.entry(
                    "idempotency_key",
                    new Parameter(TEXT, "A message with a key takes effect once within two minutes.")),
            Map.entry("ttl", new Parameter(TEXT, "Seconds, as in 60s, after which it is not delivered any more.")),
            Map.entry("dispatch", new Parameter(TEXT, "all (default), one or local.")),
            Map.entry("dispatch_key", new Parameter(TEXT, "With dispatch one: the same member for the same key.")),
            Map.entry("exclude_sender", new Parameter(FLAG, "Do not deliver it to the actor.")),
            Map.entry("create_missing", new Parameter(FLAG, "Create the group if there is none.")),
            Map.entry("delete_when_empty", new Parameter(TEXT, "With create_missing: seconds, as in 60s.")),
            Map.entry("after", new Parameter(TEXT, "epoch:offset, as an answer gave them.")),
            Map.entry("before", new Parameter(TEXT, "epoch:offset; backwards from there.")),
            Map.entry("newest_first", new Parameter(FLAG, "Backwards from the newest message.")),
            Map.entry("limit", new Parameter(NUMBER, "Elements of one page, 1,000 at most.")),
            Map.entry("page_token", new Parameter(TEXT, "nextPageToken of the page before.")),
            Map.entry("detailed", new Parameter(FLAG, "Whole memberships.")),
            Map.entry("pattern", new Parameter(TEXT, "Of names: * any characters, ? one character.")),
            Map.entry("resume", new Parameter(TEXT, "The resume token of a session.")),
            Map.entry("epoch", new Parameter(TEXT, "With offset: go on after this position.")),
            Map.entry("offset", new Parameter(NUMBER, "With epoch: go on after this position.")),
            Map.entry("snapshot", new Parameter(FLAG, "The members first.")),
            Map.entry("overflow", new Parameter(TEXT, "disconnect, drop_oldest or conflate.")),
            Map.entry("metadata", new Parameter(TEXT, "Of the join: a JSON object of texts.")),
            Map.entry("presence", new Parameter(TEXT, "members or count.")),
            Map.entry("replay_last", new Parameter(NUMBER, "So many retained messages first.")),
            Map.entry("replay_last_of_each_topic", new Parameter(FLAG, "With replay_last: of each topic.")));

    private Parameters() {}

    static void path(ArrayNode to, int names) {
        for (String name : List.of("tenant", "namespace", "group").subList(0, names)) {
            ObjectNode parameter = to.addObject().put("name", name).put("in", "path");
            parameter.put("required", true).putObject("schema").put("type", TEXT);
        }
    }

    static void query(ArrayNode to, List<String> names) {
        for (String name : names) {
            Parameter known = ALL.get(name);
            if (known == null) {
                throw new IllegalStateException("nobody describes the parameter " + name);
            }
            to.addObject()
                    .put("name", name)
                    .put("in", "query")
                    .put("description", known.text())
                    .putObject("schema")
                    .put("type", known.type());
        }
    }
}
