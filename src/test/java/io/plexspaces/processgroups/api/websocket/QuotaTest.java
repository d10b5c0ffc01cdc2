package io.plexspaces.processgroups.api.websocket;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.rpc.ErrorInfo;
import com.google.rpc.RetryInfo;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.protobuf.StatusProto;
import io.grpc.stub.MetadataUtils;
import io.micrometer.core.instrument.MeterRegistry;
import io.plexspaces.processgroups.core.Groups;
import io.plexspaces.processgroups.domain.GroupId;
import io.plexspaces.processgroups.domain.GroupSpec;
import io.plexspaces.processgroups.domain.Retention;
import io.plexspaces.processgroups.e2e.WsClient;
import io.plexspaces.processgroups.proto.v1.CreateGroupRequest;
import io.plexspaces.processgroups.proto.v1.GetMembersRequest;
import io.plexspaces.processgroups.proto.v1.GetMembersResponse;
import io.plexspaces.processgroups.proto.v1.JoinGroupRequest;
import io.plexspaces.processgroups.proto.v1.LeaveGroupRequest;
import io.plexspaces.processgroups.proto.v1.ProcessGroupServiceGrpc;
import io.plexspaces.processgroups.token.Issuer;
import io.quarkus.arc.Arc;
import io.quarkus.grpc.runtime.GrpcServer;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import io.quarkus.value.registry.ValueRegistry;
import jakarta.inject.Inject;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** One tenant beside another that floods, on real connections. */
@QuarkusTest
@TestProfile(TokenCarriageTest.Asking.class)
class QuotaTest {
    private static final int FLOOD = 400;
    private static final Issuer ISSUER = Issuer.secret(TokenCarriageTest.SECRET.getBytes(UTF_8));

    private final String group = "g" + UUID.randomUUID();
    private ManagedChannel channel;

    @TestHTTPResource("/ws")
    URI session;

    @Inject
    Groups groups;

    @Inject
    MeterRegistry registry;

    @BeforeEach
    void connect() {
        int port = Arc.container()
                .instance(ValueRegistry.class)
                .get()
                .get(GrpcServer.GRPC_SERVER)
                .getPort();
        channel =
                NettyChannelBuilder.forAddress("127.0.0.1", port).usePlaintext().build();
        GroupSpec spec = new GroupSpec(GroupSpec.Metadata.NONE, new Retention(1, Duration.ofMinutes(1)), null);
        for (String tenant : List.of("loud", "calm", "small")) {
            groups.create(GroupId.of(tenant, "", group), spec).await().indefinitely();
        }
    }

    @AfterEach
    void disconnect() {
        channel.shutdownNow();
    }

    private static String token(String tenant) {
        Map<String, Object> claims = Issuer.claims();
        claims.put("tenant", tenant);
        claims.put("exp", Instant.now().plusSeconds(600).getEpochSecond());
        claims.put("processgroups", List.of(Map.of("ops", List.of("*"), "actors", List.of("*"))));
        return ISSUER.token(claims);
    }

    private ProcessGroupServiceGrpc.ProcessGroupServiceFutureStub stub(String tenant) {
        Metadata metadata = new Metadata();
        metadata.put(Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER), "Bearer " + token(tenant));
        return ProcessGroupServiceGrpc.newFutureStub(channel)
                .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(metadata));
    }

    private Future<GetMembersResponse> members(String tenant) {
        return stub(tenant)
                .getMembers(GetMembersRequest.newBuilder()
                        .setTenantId(tenant)
                        .setGroupName(group)
                        .build());
    }

    private Browser open(String tenant) {
        return Browser.connect(session, WsClient.JSON, "bearer." + token(tenant))
                .send("{\"requestId\":1,\"open\":{\"tenantId\":\"" + tenant + "\",\"actorId\":\"ann\"}}");
    }

    private JsonNode publish(Browser browser) {
        return browser.send(
                        "{\"requestId\":2,\"publish\":{\"groupName\":\"" + group + "\",\"message\":{\"text\":\"x\"}}}")
                .answer();
    }

    /** Null: it was answered. */
    private static StatusRuntimeException refusal(Future<?> call) throws InterruptedException {
        try {
            call.get();
            return null;
        } catch (ExecutionException failed) {
            return (StatusRuntimeException) failed.getCause();
        }
    }

    private static void assertQuota(StatusRuntimeException refused) throws IOException {
        assertThat(refused.getStatus().getCode()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
        com.google.rpc.Status status = StatusProto.fromThrowable(refused);
        ErrorInfo info = status.getDetails(0).unpack(ErrorInfo.class);
        assertThat(info.getReason()).isEqualTo("QUOTA_EXCEEDED");
        assertThat(info.getMetadataMap()).containsEntry("field", "requests");
        assertThat(status.getDetails(1).unpack(RetryInfo.class).getRetryDelay().getNanos())
                .isBetween(1, 20_000_000);
    }

    private double rejections() {
        return rejections("requests");
    }

    private double rejections(String quota) {
        return registry.get("plexspaces_process_groups_quota_rejections")
                .tag("quota", quota)
                .counter()
                .count();
    }

    @Test
    void tenantThatFloods_isRefused_whileAnotherIsServed() throws Exception {
        double before = rejections();
        try (Browser loud = open("loud");
                Browser calm = open("calm")) {
            assertThat(loud.answer().has("opened")).isTrue();
            assertThat(calm.answer().has("opened")).isTrue();
            List<Future<GetMembersResponse>> flood = new ArrayList<>();
            int refusedInSession = 0;
            for (int i = 0; i < FLOOD; i++) {
                flood.add(members("loud"));
                if (i % 10 == 0) {
                    assertThat(refusal(members("calm"))).isNull();
                    assertThat(publish(calm).has("published")).isTrue();
                    JsonNode answer = publish(loud);
                    if (answer.has("error")) {
                        assertThat(answer.at("/error/reason").asText()).isEqualTo("QUOTA_EXCEEDED");
                        assertThat(answer.at("/error/field").asText()).isEqualTo("requests");
                        assertThat(answer.at("/error/retryAfter").asText()).matches("0\\.\\d+s");
                        refusedInSession++;
                    }
                }
            }
            int refused = 0;
            for (Future<GetMembersResponse> call : flood) {
                StatusRuntimeException refusal = refusal(call);
                if (refusal != null) {
                    assertQuota(refusal);
                    refused++;
                }
            }
            assertThat(refused).isPositive();
            assertThat(refusedInSession).isPositive();
            assertThat(rejections()).isEqualTo(before + refused + refusedInSession);
            await().until(() -> publish(loud).has("published"));
        }
    }

    @Test
    void tenantThatHasAllItsConnections_getsNoMore_andAnotherDoes() {
        try (Browser first = open("small");
                Browser second = open("small")) {
            assertThat(first.answer().has("opened")).isTrue();
            assertThat(second.answer().has("opened")).isTrue();
            try (Browser third = open("small");
                    Browser other = open("calm")) {
                JsonNode refused = third.answer();
                assertThat(refused.at("/error/reason").asText()).isEqualTo("QUOTA_EXCEEDED");
                assertThat(refused.at("/error/field").asText()).isEqualTo("sessions");
                assertThat(refused.at("/error").has("retryAfter")).isFalse();
                assertThat(other.answer().has("opened")).isTrue();
            }
            String url = "/small/default/" + group + "?actor=ann";
            try (Browser subscriber =
                    Browser.connect(URI.create(session + url), WsClient.JSON, "bearer." + token("small"))) {
                assertThat(subscriber.closed().code()).isEqualTo(4431);
            }
        }
    }

    private static void assertFull(String quota, StatusRuntimeException refused) throws IOException {
        assertThat(refused.getStatus().getCode()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
        com.google.rpc.Status status = StatusProto.fromThrowable(refused);
        ErrorInfo info = status.getDetails(0).unpack(ErrorInfo.class);
        assertThat(info.getReason()).isEqualTo("QUOTA_EXCEEDED");
        assertThat(info.getMetadataMap()).containsEntry("field", quota).containsEntry("retryable", "true");
        assertThat(status.getDetailsList()).as("nobody knows when").hasSize(1);
    }

    private Future<?> creating(String name) {
        return stub("full")
                .createGroup(CreateGroupRequest.newBuilder()
                        .setTenantId("full")
                        .setGroupName(name)
                        .build());
    }

    private Future<?> joining(String actor) {
        return stub("full")
                .joinGroup(JoinGroupRequest.newBuilder()
                        .setTenantId("full")
                        .setGroupName(group)
                        .setActorId(actor)
                        .build());
    }

    @Test
    void tenantThatHasItsGroupsAndMembers_getsNoMore_andItsSessionGoesOn() throws Exception {
        double groupsBefore = rejections("groups");
        double membersBefore = rejections("members");
        assertThat(refusal(creating(group))).isNull();
        assertThat(refusal(creating("another"))).isNull();
        assertFull("groups", refusal(creating("third")));
        assertThat(refusal(creating(group)).getStatus().getCode()).isEqualTo(Status.Code.ALREADY_EXISTS);
        for (String actor : List.of("bob", "joe", "sue", "bob")) {
            assertThat(refusal(joining(actor))).as(actor).isNull();
        }
        assertFull("members", refusal(joining("tom")));
        try (Browser session = open("full")) {
            assertThat(session.answer().has("opened")).isTrue();
            String join = "{\"requestId\":3,\"join\":{\"groupName\":\"" + group + "\"}}";
            JsonNode refused = session.send(join).answer();
            assertThat(refused.at("/error/reason").asText()).isEqualTo("QUOTA_EXCEEDED");
            assertThat(refused.at("/error/field").asText()).isEqualTo("members");
            assertThat(refused.at("/error").has("retryAfter")).isFalse();
            assertThat(publish(session).has("published")).isTrue();
            stub("full")
                    .leaveGroup(LeaveGroupRequest.newBuilder()
                            .setTenantId("full")
                            .setGroupName(group)
                            .setActorId("joe")
                            .build())
                    .get();
            assertThat(session.send(join).answer().has("joined")).isTrue();
            URI subscription = URI.create(this.session + "/full/default/" + group + "?actor=tom");
            try (Browser subscriber = Browser.connect(subscription, WsClient.JSON, "bearer." + token("full"))) {
                assertThat(subscriber.closed().code()).isEqualTo(4431);
            }
        }
        assertThat(rejections("groups")).isEqualTo(groupsBefore + 1);
        assertThat(rejections("members")).isEqualTo(membersBefore + 3);
    }
}
