package io.plexspaces.processgroups.api.http.rest;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.plexspaces.processgroups.api.Errors;
import io.plexspaces.processgroups.api.Operation;
import io.plexspaces.processgroups.api.format.EventBuffer;
import io.plexspaces.processgroups.api.format.JsonAnswers;
import io.plexspaces.processgroups.api.format.JsonMessages;
import io.plexspaces.processgroups.api.format.JsonText;
import io.plexspaces.processgroups.api.http.call.Call;
import io.plexspaces.processgroups.api.http.call.Outcome;
import io.plexspaces.processgroups.domain.GroupException;
import io.plexspaces.processgroups.proto.v1.PublishAnswer;
import io.plexspaces.processgroups.proto.v1.PublishToGroupRequest;
import io.plexspaces.processgroups.proto.v1.PublishToGroupResponse;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Publishes many messages of one request, {@code {"messages": […]}}: each passes the gate by itself and has its own
 * result. They are published in their order, some at a time; a client that goes away ends what has not begun.
 */
final class Batch implements Route.Action {
    static final int MOST_MESSAGES = 1_000;

    private static final int LEAST_BYTES = 4 * 1024 * 1024;
    private static final int RESULT_BYTES = 512;
    private static final int OK = 200;
    private static final JsonMessages<PublishToGroupRequest> MESSAGE =
            new JsonMessages<>(PublishToGroupRequest.getDefaultInstance());

    private final Operation<PublishToGroupRequest, PublishToGroupResponse> publish;
    private final int maxBytes;

    /** @param requestBytes of the largest request with one message */
    Batch(Operation<PublishToGroupRequest, PublishToGroupResponse> publish, int requestBytes) {
        this.publish = publish;
        this.maxBytes = Math.max(LEAST_BYTES, requestBytes);
    }

    int maxBytes() {
        return maxBytes;
    }

    @Override
    public void answer(Call call, Route.Names at) {
        call.executeAll(
                publish,
                () -> split(call.body()),
                MOST_MESSAGES * RESULT_BYTES,
                message -> read(message, at),
                outcomes -> call.answer(OK, Call.JSON, json(outcomes)));
    }

    /** The messages as they stand in the request. */
    static List<byte[]> split(byte[] body) {
        if (!JsonText.isUtf8(body) || !JsonText.isPlainUtf8(body)) {
            throw malformed();
        }
        List<byte[]> messages = new ArrayList<>();
        try (JsonParser in = JsonText.parser(body)) {
            if (in.nextToken() != JsonToken.START_OBJECT
                    || in.nextToken() != JsonToken.FIELD_NAME
                    || !in.currentName().equals("messages")
                    || in.nextToken() != JsonToken.START_ARRAY) {
                throw malformed();
            }
            while (in.nextToken() != JsonToken.END_ARRAY) {
                if (messages.size() == MOST_MESSAGES) {
                    throw GroupException.invalid("messages", "must be at most " + MOST_MESSAGES);
                }
                messages.add(JsonText.value(in, body));
            }
            if (in.nextToken() != JsonToken.END_OBJECT || in.nextToken() != null) {
                throw malformed();
            }
        } catch (IOException malformed) {
            throw malformed();
        }
        if (messages.isEmpty()) {
            throw GroupException.invalid("messages", "must not be empty");
        }
        return messages;
    }

    private static GroupException malformed() {
        return GroupException.invalid("messages", "must be an array, alone in a JSON object: {\"messages\": [...]}");
    }

    private static PublishToGroupRequest read(byte[] message, Route.Names at) {
        PublishToGroupRequest read = MESSAGE.read(message);
        RestRequests.inThePath("tenant_id", read.getTenantId());
        RestRequests.inThePath("namespace", read.getNamespace());
        RestRequests.inThePath("group_name", read.getGroupName());
        if (read.getAnswer() == PublishAnswer.COUNTS) {
            throw GroupException.invalid("answer", "must not be given in a batch");
        }
        return read.toBuilder()
                .setTenantId(at.tenant())
                .setNamespace(at.namespace())
                .setGroupName(at.group())
                .setAnswer(PublishAnswer.NONE)
                .build();
    }

    private static byte[] json(List<Outcome<PublishToGroupResponse>> outcomes) {
        EventBuffer json = new EventBuffer(0, RESULT_BYTES + outcomes.size() * RESULT_BYTES / 4);
        try (JsonGenerator out = JsonText.generator(json)) {
            out.writeStartObject();
            out.writeArrayFieldStart("results");
            for (int i = 0; i < outcomes.size(); i++) {
                out.writeStartObject();
                out.writeNumberField("index", i);
                write(out, outcomes.get(i));
                out.writeEndObject();
            }
            out.writeEndArray();
            out.writeEndObject();
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
        return json.bytes();
    }

    private static void write(JsonGenerator out, Outcome<PublishToGroupResponse> outcome) throws IOException {
        PublishToGroupResponse answer = outcome.answer();
        GroupException failure = outcome.failure();
        if (answer != null) {
            out.writeFieldName("published");
            JsonAnswers.write(answer, out);
        } else if (failure != null) {
            out.writeFieldName("error");
            JsonAnswers.write(Errors.toProto(failure), out);
        }
    }
}
