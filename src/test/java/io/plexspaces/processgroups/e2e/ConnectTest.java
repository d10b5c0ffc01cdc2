package io.plexspaces.processgroups.e2e;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.MethodDescriptor;
import io.grpc.protobuf.ProtoServiceDescriptorSupplier;
import io.plexspaces.processgroups.proto.v1.CreateGroupRequest;
import io.plexspaces.processgroups.proto.v1.FetchMessagesRequest;
import io.plexspaces.processgroups.proto.v1.FetchMessagesResponse;
import io.plexspaces.processgroups.proto.v1.GetMembersRequest;
import io.plexspaces.processgroups.proto.v1.GetMembersResponse;
import io.plexspaces.processgroups.proto.v1.ProcessGroupServiceGrpc;
import io.plexspaces.processgroups.proto.v1.PublishToGroupRequest;
import io.quarkus.test.junit.QuarkusTest;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.http.HttpRequest.BodyPublishers;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@QuarkusTest
class ConnectTest extends LiveServer {
    private HttpCalls http;

    @BeforeEach
    void open() {
        http = new HttpCalls(webSocket);
    }

    private String of(String rest) {
        return "{\"tenantId\":\"" + tenant + "\",\"groupName\":\"news\"" + rest + "}";
    }

    private static List<MethodDescriptor> methods(boolean streaming) {
        return ((ProtoServiceDescriptorSupplier)
                        ProcessGroupServiceGrpc.getServiceDescriptor().getSchemaDescriptor())
                .getServiceDescriptor().getMethods().stream()
                        .filter(method -> (method.isServerStreaming() || method.isClientStreaming()) == streaming)
                        .toList();
    }

    /** The gate sees each: none is missing, and none takes what it does not know. */
    @TestFactory
    Stream<DynamicTest> unaryMethod_isServed() {
        return methods(false).stream()
                .map(method -> DynamicTest.dynamicTest(method.getName(), () -> {
                    HttpCalls.Got got = http.call(method.getName(), "{\"nothing\":1}");
                    assertThat(got.status()).as(got.text()).isEqualTo(400);
                    assertThat(got.reason()).isEqualTo("INVALID_ARGUMENT");
                    assertThat(got.field()).isEqualTo("nothing");
                }));
    }

    @Test
    void publish_inJson_isFetchedInJson() {
        assertThat(http.call("CreateGroup", of(""))
                        .json()
                        .at("/group/groupName")
                        .asText())
                .isEqualTo("news");
        for (String payload : List.of("\"data\":{\"n\":1}", "\"text\":\"hello\"", "\"payload\":\"/w==\"")) {
            HttpCalls.Got published =
                    http.call("PublishToGroup", of(",\"topic\":\"a.b\",\"message\":{" + payload + "}"));
            assertThat(published.status()).isEqualTo(200);
            assertThat(published.header("Content-Type")).isEqualTo("application/json");
            assertThat(published.json().at("/offset").asInt()).isPositive();
        }
        HttpCalls.Got fetched = http.call("FetchMessages", of(""));
        assertThat(fetched.json().at("/events/0/message/data/n").asInt()).isEqualTo(1);
        assertThat(fetched.json().at("/events/1/message/text").asText()).isEqualTo("hello");
        assertThat(fetched.json().at("/events/2/message/payload").asText()).isEqualTo("/w==");
        assertThat(fetched.json().at("/events/2/topic").asText()).isEqualTo("a.b");
        assertThat(fetched.json().at("/caughtUp").asBoolean()).isTrue();
    }

    @Test
    void methods_inProtobuf() throws IOException {
        client.create("news");
        client.join("news", "ann");
        HttpCalls.Got members = http.call(
                "GetMembers",
                GetMembersRequest.newBuilder()
                        .setTenantId(tenant)
                        .setGroupName("news")
                        .build());
        assertThat(members.header("Content-Type")).isEqualTo("application/proto");
        assertThat(GetMembersResponse.parseFrom(members.bytes()).getMemberIdsList())
                .containsExactly("ann");
        http.call(
                "PublishToGroup",
                PublishToGroupRequest.newBuilder()
                        .setTenantId(tenant)
                        .setGroupName("news")
                        .setMessage(GrpcClient.text("x"))
                        .build());
        HttpCalls.Got fetched = http.call(
                "FetchMessages",
                FetchMessagesRequest.newBuilder()
                        .setTenantId(tenant)
                        .setGroupName("news")
                        .build());
        assertThat(FetchMessagesResponse.parseFrom(fetched.bytes())
                        .getEvents(0)
                        .getMessage()
                        .getPayload())
                .isEqualTo(ByteString.copyFromUtf8("x"));
    }

    @Test
    void failure_hasTheReasonAndStatus() {
        HttpCalls.Got missing = http.call("GetMembers", of(""));
        assertThat(missing.status()).isEqualTo(404);
        assertThat(missing.header("Content-Type")).isEqualTo("application/json");
        assertThat(missing.reason()).isEqualTo("GROUP_NOT_FOUND");
        assertThat(missing.json().at("/code").asText()).isEqualTo("not_found");
        assertThat(missing.json().at("/message").asText()).contains("news");
        assertThat(missing.json().at("/details/0/type").asText()).isEqualTo("google.rpc.ErrorInfo");
        assertThat(missing.json().at("/details/0/value").asText()).doesNotEndWith("=");
        assertThat(missing.json().at("/details/0/debug/reason").asText()).isEqualTo("GROUP_NOT_FOUND");
        assertThat(http.call("CreateGroup", CreateGroupRequest.getDefaultInstance())
                        .field())
                .isEqualTo("tenant_id");
        client.create("news");
        HttpCalls.Got twice = http.call("CreateGroup", of(""));
        assertThat(twice.status()).isEqualTo(409);
        assertThat(twice.json().at("/code").asText()).isEqualTo("already_exists");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "GetMembers|text/plain|415",
                "GetMembers|application/connect+json|415",
                "GetMembers|application/json;charset=latin1|415",
                "GetMembers|application/json; charset=utf-8|404",
                "NoSuch|application/json|404",
                "GetMembers/x|application/json|404"
            })
    void request_thatIsNoneOfOurs(String method, String type, int status) {
        HttpCalls.Got got =
                http.send(http.method(method).header("Content-Type", type).POST(BodyPublishers.ofString(of(""))));
        assertThat(got.status()).isEqualTo(status);
        assertThat(got.json().at("/code").asText()).isNotEmpty();
        assertThat(got.json().at("/message").asText()).isNotEmpty();
    }

    @Test
    void otherVerb_isToldWhichOneIs() {
        HttpCalls.Got got = http.send(http.method("GetMembers").GET());
        assertThat(got.status()).isEqualTo(405);
        assertThat(got.header("Allow")).isEqualTo("POST");
    }

    @ParameterizedTest
    @CsvSource({
        "Connect-Protocol-Version,2,400,invalid_argument",
        "Connect-Protocol-Version,1,404,not_found",
        "Connect-Timeout-Ms,10000,404,not_found",
        "Connect-Timeout-Ms,12345678901,400,invalid_argument",
        "Connect-Timeout-Ms,-1,400,invalid_argument",
        "Content-Encoding,gzip,501,unimplemented",
        "Content-Encoding,identity,404,not_found"
    })
    void header_ofTheProtocol(String header, String value, int status, String code) {
        HttpCalls.Got got = http.send(http.method("GetMembers")
                .header("Content-Type", "application/json")
                .header(header, value)
                .POST(BodyPublishers.ofString(of(""))));
        assertThat(got.status()).isEqualTo(status);
        assertThat(got.json().at("/code").asText()).isEqualTo(code);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            nullValues = "-",
            value = {"{|-", "[]|-", "''|-", "{} {}|-", "{\"tenantId\":5}|tenant_id", "{\"pageSize\":\"x\"}|page_size"})
    void malformedJson_isToldSo(String json, String field) {
        HttpCalls.Got got = http.call("GetMembers", json);
        assertThat(got.status()).isEqualTo(400);
        assertThat(got.reason()).isEqualTo("INVALID_ARGUMENT");
        assertThat(got.field()).isEqualTo(field == null ? "" : field);
    }

    @Test
    void malformedProtobuf_isToldSo() {
        HttpCalls.Got got = http.send(http.method("GetMembers")
                .header("Content-Type", "application/proto")
                .POST(BodyPublishers.ofByteArray(new byte[] {(byte) 0xFF, 1, 2})));
        assertThat(got.status()).isEqualTo(400);
        assertThat(got.field()).isEqualTo("request");
    }

    @Test
    void tokenInTheUrl_isRefused() {
        HttpCalls.Got got = http.send(http.to("/" + ProcessGroupServiceGrpc.SERVICE_NAME + "/ListGroups?token=x")
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString("{\"tenantId\":\"demo\"}")));
        assertThat(got.status()).isEqualTo(400);
        assertThat(got.text()).contains("tokens do not belong into a URL");
    }

    /** Before it has come. */
    @Test
    void largeBody_isRefusedAtOnce() throws IOException {
        String head =
                "POST /" + ProcessGroupServiceGrpc.SERVICE_NAME + "/PublishToGroup HTTP/1.1\r\nHost: 127.0.0.1\r\n"
                        + "Content-Type: application/json\r\nContent-Length: 900000000\r\n\r\n{";
        assertThat(answerTo(head)).contains(" 429 ").contains("LIMIT_EXCEEDED");
    }

    /** A body that is dropped is no request that waits for an answer. */
    @Test
    void connection_goesOnAfterABodyThatIsRefused() throws IOException {
        int tooLarge = 3 << 20;
        String head = "POST /v1/demo/default/news/messages HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: " + tooLarge
                + "\r\n\r\n";
        String next = "GET /v1/demo/default?limit=x HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n";
        String answers = answersTo(head + "x".repeat(tooLarge) + next);
        assertThat(answers).contains(" 429 ").contains("LIMIT_EXCEEDED").contains("HTTP/1.1 400");
    }

    @Test
    void largeBody_thatWaitsForLeave_endsItsConnection() throws IOException {
        String head = "POST /v1/demo/default/news/messages HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 900000000"
                + "\r\nExpect: 100-continue\r\n\r\n";
        assertThat(answerTo(head)).contains(" 429 ").containsIgnoringCase("connection: close");
    }

    @Test
    void largeBody_inParts_isRefusedWhenTooMuchHasCome() {
        byte[] large = new byte[3 << 20];
        HttpCalls.Got got = http.send(http.method("PublishToGroup")
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofByteArrays(List.of(large))));
        assertThat(got.status()).isEqualTo(429);
        assertThat(got.reason()).isEqualTo("LIMIT_EXCEEDED");
    }

    @Test
    void largestMessage_isPublished() {
        client.create("news");
        String text = "x".repeat((1 << 20) - 1024);
        HttpCalls.Got got = http.call("PublishToGroup", of(",\"message\":{\"text\":\"" + text + "\"}"));
        assertThat(got.status()).as(got.text()).isEqualTo(200);
        assertThat(http.call("FetchMessages", of(""))
                        .json()
                        .at("/events/0/message/text")
                        .asText())
                .isEqualTo(text);
    }

    @Test
    void expectation_isContinued() throws IOException {
        String body = of("");
        try (Socket socket = new Socket(webSocket.getHost(), webSocket.getPort())) {
            socket.setSoTimeout(10_000);
            socket.getOutputStream()
                    .write(("POST /" + ProcessGroupServiceGrpc.SERVICE_NAME
                                    + "/GetMembers HTTP/1.1\r\nHost: 127.0.0.1\r\n"
                                    + "Content-Type: application/json\r\nExpect: 100-continue\r\nContent-Length: "
                                    + body.length() + "\r\n\r\n")
                            .getBytes(UTF_8));
            assertThat(read(socket.getInputStream())).startsWith("HTTP/1.1 100 ");
            socket.getOutputStream().write(body.getBytes(UTF_8));
            assertThat(read(socket.getInputStream())).startsWith("HTTP/1.1 404 ");
        }
    }

    private String answerTo(String request) throws IOException {
        try (Socket socket = new Socket(webSocket.getHost(), webSocket.getPort())) {
            socket.setSoTimeout(10_000);
            socket.getOutputStream().write(request.getBytes(UTF_8));
            return read(socket.getInputStream());
        }
    }

    /** All that comes until the server ends the connection. */
    private String answersTo(String requests) throws IOException {
        try (Socket socket = new Socket(webSocket.getHost(), webSocket.getPort())) {
            socket.setSoTimeout(10_000);
            socket.getOutputStream().write(requests.getBytes(UTF_8));
            return new String(socket.getInputStream().readAllBytes(), UTF_8);
        }
    }

    /** What has come in one go. */
    private static String read(InputStream from) throws IOException {
        byte[] some = new byte[16 * 1024];
        int count = from.read(some);
        return count < 0 ? "" : new String(some, 0, count, UTF_8);
    }
}
