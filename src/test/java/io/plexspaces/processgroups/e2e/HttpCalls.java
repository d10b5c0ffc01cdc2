package io.plexspaces.processgroups.e2e;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.rpc.ErrorInfo;
import io.plexspaces.processgroups.proto.v1.ProcessGroupServiceGrpc;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.Base64;

/** Plain HTTP to the server's port, as any client sends it. */
public final class HttpCalls {
    private static final ObjectMapper MAPPER = new ObjectMapper();

    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final URI server;

    /** @param server any URL of it */
    public HttpCalls(URI server) {
        this.server = server;
    }

    /** What came back. */
    public record Got(int status, HttpResponse<byte[]> response) {
        public byte[] bytes() {
            return response.body();
        }

        public String text() {
            return new String(response.body(), UTF_8);
        }

        public JsonNode json() {
            try {
                return MAPPER.readTree(response.body());
            } catch (IOException malformed) {
                throw new AssertionError(text(), malformed);
            }
        }

        public String header(String name) {
            return response.headers().firstValue(name).orElse("");
        }

        /** The reason in the details of a failure. */
        public String reason() {
            return info().getReason();
        }

        /** The field that a failure is about. */
        public String field() {
            return info().getMetadataOrDefault("field", "");
        }

        private ErrorInfo info() {
            try {
                JsonNode detail = json().at("/details/0");
                return detail.isMissingNode()
                        ? ErrorInfo.getDefaultInstance()
                        : ErrorInfo.parseFrom(
                                Base64.getDecoder().decode(detail.at("/value").asText()));
            } catch (InvalidProtocolBufferException malformed) {
                throw new AssertionError(text(), malformed);
            }
        }
    }

    public HttpRequest.Builder to(String path) {
        return HttpRequest.newBuilder(server.resolve(path));
    }

    public Got send(HttpRequest.Builder request) {
        try {
            HttpResponse<byte[]> response = client.send(request.build(), BodyHandlers.ofByteArray());
            return new Got(response.statusCode(), response);
        } catch (IOException failure) {
            throw new AssertionError(failure);
        } catch (InterruptedException interrupted) {
            throw new IllegalStateException(interrupted);
        }
    }

    /** Calls a method of the service in JSON. */
    public Got call(String method, String json) {
        return send(method(method).header("Content-Type", "application/json").POST(BodyPublishers.ofString(json)));
    }

    /** Calls a method of the service in protobuf. */
    public Got call(String method, com.google.protobuf.Message request) {
        return send(method(method)
                .header("Content-Type", "application/proto")
                .POST(BodyPublishers.ofByteArray(request.toByteArray())));
    }

    public HttpRequest.Builder method(String name) {
        return to("/" + ProcessGroupServiceGrpc.SERVICE_NAME + "/" + name);
    }

    public Got get(String path) {
        return send(to(path).GET());
    }

    public static JsonNode json(String text) {
        try {
            return MAPPER.readTree(text);
        } catch (JsonProcessingException malformed) {
            throw new AssertionError(text, malformed);
        }
    }
}
