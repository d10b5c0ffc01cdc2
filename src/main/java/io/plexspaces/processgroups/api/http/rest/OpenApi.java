package io.plexspaces.processgroups.api.http.rest;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.MethodDescriptor;
import com.google.protobuf.Descriptors.ServiceDescriptor;
import io.plexspaces.processgroups.api.http.call.Call;
import io.plexspaces.processgroups.proto.v1.Error;
import io.plexspaces.processgroups.proto.v1.PublishToGroupRequest;
import io.plexspaces.processgroups.proto.v1.PublishToGroupResponse;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Describes what can be asked over HTTP, by the rules of OpenAPI 3.1: short paths, and unary methods. */
final class OpenApi {
    private static final ServiceDescriptor SERVICE =
            PublishToGroupRequest.getDescriptor().getFile().findServiceByName("ProcessGroupService");
    private static final String REFUSAL = "#/components/schemas/Refusal";

    /** What a route does, by its method and its tail, and the method of the service whose answer it has. */
    private static final Map<String, Meaning> MEANINGS = Map.of(
            "GET ", new Meaning("listGroups", "Groups of a namespace", "ListGroups"),
            "PUT ", new Meaning("createGroup", "Create a group", "CreateGroup"),
            "DELETE ", new Meaning("deleteGroup", "Delete a group; idempotent", "DeleteGroup"),
            "GET members", new Meaning("getMembers", "Members of a group, in pages", "GetMembers"),
            "GET messages", new Meaning("fetchMessages", "Retained messages of a group", "FetchMessages"),
            "POST messages", new Meaning("publish", "Publish the body as one message", "PublishToGroup"),
            "POST batch", new Meaning("publishBatch", "Publish up to 1,000 messages, each with its own result", null),
            "GET events", new Meaning("events", "Join, and receive server-sent events", null));

    private final ObjectNode root = new ObjectMapper().createObjectNode();
    private final Schemas schemas;

    private record Meaning(
            String id, String summary, @Nullable String method) {}

    OpenApi(List<Route> routes) {
        root.put("openapi", "3.1.0");
        root.putObject("info")
                .put("title", "Process Groups")
                .put("version", "1")
                .put("description", "Groups, their members and their messages, over plain HTTP.");
        ObjectNode paths = root.putObject("paths");
        ObjectNode components = root.putObject("components");
        components
                .putObject("securitySchemes")
                .putObject("bearer")
                .put("type", "http")
                .put("scheme", "bearer");
        root.putArray("security").addObject().putArray("bearer");
        root.withArray("security").addObject();
        schemas = new Schemas(components.putObject("schemas"));
        refusal(components.withObject("/schemas").putObject("Refusal"));
        routes.forEach(route -> route(paths.withObject("/" + escaped(route.template())), route));
        SERVICE.getMethods().stream()
                .filter(method -> !method.isServerStreaming())
                .forEach(method -> method(paths, method));
        description(paths);
    }

    byte[] json() {
        try {
            return new ObjectMapper().writeValueAsBytes(root);
        } catch (JsonProcessingException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    /** As a pointer into JSON spells it. */
    private static String escaped(String path) {
        return path.replace("~", "~0").replace("/", "~1");
    }

    private static void refusal(ObjectNode to) {
        ObjectNode properties = to.put("type", "object").putObject("properties");
        to.putArray("required").add("code").add("message");
        properties.putObject("code").put("type", "string");
        properties.putObject("message").put("type", "string");
        ObjectNode details = properties.putObject("details").put("type", "array");
        details.putObject("items").put("type", "object");
    }

    private void route(ObjectNode path, Route route) {
        Meaning meaning = MEANINGS.get(route.method() + " " + route.tail());
        if (meaning == null) {
            throw new IllegalStateException("nobody describes " + route.method() + " " + route.template());
        }
        ObjectNode operation = path.putObject(route.method().toLowerCase(Locale.ROOT))
                .put("operationId", meaning.id())
                .put("summary", meaning.summary());
        Parameters.path(operation.putArray("parameters"), route.names());
        Parameters.query(operation.withArray("parameters"), route.parameters());
        body(operation, route);
        ObjectNode responses = operation.putObject("responses");
        ObjectNode good = responses
                .putObject(route.method().equals("PUT") ? "201" : "200")
                .put("description", meaning.summary());
        if (meaning.method() != null) {
            Descriptor answer = SERVICE.findMethodByName(meaning.method()).getOutputType();
            json(good).put("$ref", schemas.reference(answer));
        } else if (route.tail().equals("batch")) {
            results(json(good));
        } else {
            good.putObject("content").putObject("text/event-stream");
        }
        otherwise(responses);
    }

    private void body(ObjectNode operation, Route route) {
        if (route.tail().equals("messages") && route.method().equals("POST")) {
            ObjectNode body = operation.putObject("requestBody").put("required", true);
            body.putObject("content").putObject("*/*").putObject("schema");
        } else if (route.tail().equals("batch")) {
            ObjectNode schema = json(operation.putObject("requestBody").put("required", true));
            schema.put("type", "object").putArray("required").add("messages");
            ObjectNode messages = schema.putObject("properties").putObject("messages");
            messages.put("type", "array").put("minItems", 1).put("maxItems", Batch.MOST_MESSAGES);
            messages.putObject("items").put("$ref", schemas.reference(PublishToGroupRequest.getDescriptor()));
        } else if (route.method().equals("PUT")) {
            ObjectNode body = operation.putObject("requestBody").put("required", false);
            Descriptor request = SERVICE.findMethodByName("CreateGroup").getInputType();
            json(body).put("$ref", schemas.reference(request));
        }
    }

    private void results(ObjectNode to) {
        ObjectNode results = to.put("type", "object").putObject("properties").putObject("results");
        ObjectNode result = results.put("type", "array").putObject("items").put("type", "object");
        ObjectNode properties = result.putObject("properties");
        properties.putObject("index").put("type", "integer");
        properties.putObject("published").put("$ref", schemas.reference(PublishToGroupResponse.getDescriptor()));
        properties.putObject("error").put("$ref", schemas.reference(Error.getDescriptor()));
    }

    private void method(ObjectNode paths, MethodDescriptor method) {
        ObjectNode operation = paths.putObject("/" + SERVICE.getFullName() + "/" + method.getName())
                .putObject("post")
                .put("operationId", method.getName())
                .put("summary", method.getName() + ", by the Connect protocol");
        ObjectNode body = operation.putObject("requestBody").put("required", true);
        json(body).put("$ref", schemas.reference(method.getInputType()));
        ObjectNode responses = operation.putObject("responses");
        ObjectNode good = responses.putObject("200").put("description", "Its answer");
        json(good).put("$ref", schemas.reference(method.getOutputType()));
        otherwise(responses);
    }

    private static void description(ObjectNode paths) {
        ObjectNode operation = paths.putObject("/openapi").putObject("get");
        operation.put("operationId", "openapi").put("summary", "This document");
        ObjectNode responses = operation.putObject("responses");
        json(responses.putObject("200").put("description", "This document")).put("type", "object");
    }

    private static void otherwise(ObjectNode responses) {
        ObjectNode failed = responses.putObject("default").put("description", "Why it was refused");
        json(failed).put("$ref", REFUSAL);
    }

    private static ObjectNode json(ObjectNode to) {
        return to.putObject("content").putObject(Call.JSON).putObject("schema");
    }
}
