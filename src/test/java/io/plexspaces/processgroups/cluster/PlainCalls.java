package io.plexspaces.processgroups.cluster;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.util.JsonFormat;
import io.grpc.MethodDescriptor;
import io.plexspaces.processgroups.cluster.RightsTable.Row;
import io.plexspaces.processgroups.e2e.HttpCalls;
import io.plexspaces.processgroups.proto.v1.ProcessGroupServiceGrpc;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Unary calls over HTTP, in JSON. */
final class PlainCalls {
    private static final Map<String, Message> ANSWERS =
            ProcessGroupServiceGrpc.getServiceDescriptor().getMethods().stream()
                    .collect(Collectors.toMap(MethodDescriptor::getBareMethodName, PlainCalls::answerOf));

    private PlainCalls() {}

    private static Message answerOf(MethodDescriptor<?, ?> method) {
        return (Message)
                ((MethodDescriptor.PrototypeMarshaller<?>) method.getResponseMarshaller()).getMessagePrototype();
    }

    /**
     * What comes of a call.
     *
     * @param token null: none
     */
    static Outcome ask(HttpCalls http, @Nullable String token, Row row, Message request) {
        try {
            HttpRequest.Builder call = http.method(row.operation)
                    .header("Content-Type", "application/json")
                    .POST(BodyPublishers.ofString(JsonFormat.printer().print(request)));
            HttpCalls.Got got = http.send(token == null ? call : call.header("Authorization", "Bearer " + token));
            if (got.status() != 200) {
                String code = got.json().at("/code").asText().toUpperCase(Locale.ROOT);
                return new Outcome(
                        got.reason(), got.field(), got.json().at("/message").asText(), code, null);
            }
            Message.Builder answer = ANSWERS.get(row.operation).newBuilderForType();
            JsonFormat.parser().ignoringUnknownFields().merge(got.text(), answer);
            return Outcome.done(answer.build());
        } catch (InvalidProtocolBufferException malformed) {
            throw new AssertionError(malformed);
        }
    }
}
