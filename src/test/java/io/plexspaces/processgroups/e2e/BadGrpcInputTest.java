package io.plexspaces.processgroups.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Duration;
import com.google.protobuf.Message;
import com.google.protobuf.Timestamp;
import com.google.protobuf.UnknownFieldSet;
import io.grpc.CallOptions;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.MetadataUtils;
import io.plexspaces.processgroups.proto.v1.CreateGroupRequest;
import io.plexspaces.processgroups.proto.v1.DeleteGroupRequest;
import io.plexspaces.processgroups.proto.v1.EvictRequest;
import io.plexspaces.processgroups.proto.v1.FetchMessagesRequest;
import io.plexspaces.processgroups.proto.v1.GetLocalMembersRequest;
import io.plexspaces.processgroups.proto.v1.GetMembersRequest;
import io.plexspaces.processgroups.proto.v1.JoinGroupRequest;
import io.plexspaces.processgroups.proto.v1.LeaveGroupRequest;
import io.plexspaces.processgroups.proto.v1.ListGroupsRequest;
import io.plexspaces.processgroups.proto.v1.Position;
import io.plexspaces.processgroups.proto.v1.ProcessGroupServiceGrpc;
import io.plexspaces.processgroups.proto.v1.PublishToGroupRequest;
import io.plexspaces.processgroups.proto.v1.RenewLeaseRequest;
import io.plexspaces.processgroups.proto.v1.ReplyRequest;
import io.plexspaces.processgroups.proto.v1.Retention;
import io.plexspaces.processgroups.proto.v1.SubscribeRequest;
import io.plexspaces.processgroups.proto.v1.UpdateRequest;
import io.plexspaces.processgroups.proto.v1.WatchRequest;
import io.quarkus.test.junit.QuarkusTest;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.util.Collections;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Requests of gRPC that nobody should send.
 *
 * <p>One file, as it has one case for each kind of field.
 */
@QuarkusTest
class BadGrpcInputTest extends LiveServer {
    private static final String GROUP = "room";
    private static final Duration MALFORMED =
            Duration.newBuilder().setSeconds(5).setNanos(-1).build();
    private static final Duration OUT_OF_RANGE =
            Duration.newBuilder().setSeconds(Long.MAX_VALUE).build();
    private static final Duration NEGATIVE =
            Duration.newBuilder().setSeconds(-5).build();

    /** Fields that hold a name, with the bytes it may have. */
    private static final Map<String, Integer> NAMES =
            Map.of("tenant_id", 128, "namespace", 128, "group_name", 128, "actor_id", 255, "node_id", 255);

    private static final Set<String> MAY_BE_EMPTY = Set.of("namespace", "node_id");

    private Bystanders bystanders;

    @BeforeEach
    void populate() {
        client.create(GROUP);
        client.join(GROUP, "member");
        bystanders = new Bystanders(this, GROUP);
    }

    @Test
    void names_thatBreakTheRule_areRefusedInEveryFieldOfEveryOperation() {
        valid().forEach((method, valid) -> {
            for (FieldDescriptor field : valid.getDescriptorForType().getFields()) {
                Integer most = NAMES.get(field.getName());
                if (most != null) {
                    for (String bad : badNames(field, valid, most)) {
                        Message request = valid.toBuilder().setField(field, bad).build();
                        assertRefused(method, request, field.getName());
                    }
                }
            }
        });
    }

    private static List<String> badNames(FieldDescriptor field, Message valid, int most) {
        boolean mayBeEmpty =
                MAY_BE_EMPTY.contains(field.getName()) || valid.getField(field).equals("");
        return List.of(
                mayBeEmpty ? "-" : "",
                "a".repeat(most + 1),
                "-a",
                ".a",
                "a b",
                "a/b",
                "a*",
                "\u00e4",
                "a\u0000",
                "a{b}",
                "a\n");
    }

    @Test
    void topics_thatBreakTheRule_areRefused() {
        List<String> bad = List.of(
                "a..b",
                ".a",
                "a.",
                "a b",
                "a/b",
                "\u00e4",
                "a".repeat(256),
                String.join(".", Collections.nCopies(17, "a")));
        for (String topic : bad) {
            assertRefused(
                    ProcessGroupServiceGrpc.getPublishToGroupMethod(), publish().setTopic(topic), "topic");
            assertRefused(
                    ProcessGroupServiceGrpc.getJoinGroupMethod(),
                    join().addTopics("ok").addTopics(topic),
                    "topics");
            assertRefused(
                    ProcessGroupServiceGrpc.getSubscribeMethod(), subscribe().addTopics(topic), "topics");
        }
        for (String wildcard : List.of("*", ">", "a.*", "a.>", "*.a")) {
            assertRefused(
                    ProcessGroupServiceGrpc.getPublishToGroupMethod(), publish().setTopic(wildcard), "topic");
        }
        for (String pattern : List.of("", "a*", "a.>.b", ">.a", "**", "a.>>")) {
            assertRefused(ProcessGroupServiceGrpc.getJoinGroupMethod(), join().addTopics(pattern), "topics");
            assertRefused(
                    ProcessGroupServiceGrpc.getSubscribeMethod(), subscribe().addTopics(pattern), "topics");
        }
        List<String> tooMany = IntStream.range(0, 10_000).mapToObj(i -> "t" + i).toList();
        assertRefused(ProcessGroupServiceGrpc.getJoinGroupMethod(), join().addAllTopics(tooMany), "topics");
        assertRefused(ProcessGroupServiceGrpc.getSubscribeMethod(), subscribe().addAllTopics(tooMany), "topics");
    }

    @Test
    void values_outOfTheirRange_areRefused() {
        var create = ProcessGroupServiceGrpc.getCreateGroupMethod();
        assertRefused(create, create(Retention.newBuilder().setMessages(-1)), "retention.messages");
        assertRefused(create, create(Retention.newBuilder().setMessages(200_000)), "retention.messages");
        assertRefused(create, create(Retention.newBuilder().setMaxAge(NEGATIVE)), "retention.max_age");
        assertRefused(create, create(Retention.newBuilder().setMaxAge(MALFORMED)), "retention.max_age");
        assertRefused(create, create(Retention.newBuilder().setMaxAge(seconds(90_000))), "retention.max_age");
        assertRefused(create, create().setOverflowPolicyValue(99), "overflow_policy");
        CreateGroupRequest.Builder labelled = create();
        labelled.getMetadataBuilder().putLabels("k", "v".repeat(20_000));
        assertRefused(create, labelled, "metadata");
        CreateGroupRequest.Builder signed = create();
        signed.getMetadataBuilder().setCreatedBy("x".repeat(256));
        assertRefused(create, signed, "metadata.created_by");

        var join = ProcessGroupServiceGrpc.getJoinGroupMethod();
        for (Duration ttl : List.of(seconds(0), NEGATIVE, MALFORMED, OUT_OF_RANGE, seconds(86_401))) {
            assertRefused(join, join().setTtl(ttl), "ttl");
            assertRefused(ProcessGroupServiceGrpc.getRenewLeaseMethod(), renew().setTtl(ttl), "ttl");
        }
        EvictRequest.Builder evict = EvictRequest.newBuilder()
                .setTenantId(tenant)
                .setGroupName(GROUP)
                .setActorId("member");
        Duration short999 = Duration.newBuilder().setNanos(999_999_999).build();
        for (Duration ban : List.of(NEGATIVE, MALFORMED, OUT_OF_RANGE, short999, seconds(30 * 86_400 + 1))) {
            assertRefused(ProcessGroupServiceGrpc.getEvictMethod(), evict.setBan(ban), "ban");
        }
        var everywhere = ProcessGroupServiceGrpc.getEvictMethod();
        evict.clearBan().setEverywhere(true);
        assertRefused(everywhere, evict, "group_name");
        assertRefused(everywhere, evict.setNamespace("default"), "namespace");
        evict.clearGroupName().clearNamespace();
        assertRefused(everywhere, evict.clone().setActorId("not good"), "actor_id");
        assertRefused(everywhere, evict.clone().setTenantId(""), "tenant_id");
        for (Duration ban : List.of(NEGATIVE, seconds(30 * 86_400 + 1))) {
            assertRefused(everywhere, evict.setBan(ban), "ban");
        }
        assertRefused(join, join().addActorIds("good").addActorIds("not good"), "actor_ids");
        assertRefused(
                join,
                join().addAllActorIds(
                                IntStream.range(0, 1001).mapToObj(i -> "a" + i).toList()),
                "actor_ids");
        assertRefused(ProcessGroupServiceGrpc.getLeaveGroupMethod(), leave().setLeaseId("x".repeat(256)), "lease_id");
        assertRefused(ProcessGroupServiceGrpc.getRenewLeaseMethod(), renew().setLeaseId("x".repeat(256)), "lease_id");
        assertRefused(ProcessGroupServiceGrpc.getUpdateMethod(), update().setLeaseId("x".repeat(256)), "lease_id");
        for (Map<String, String> metadata : List.of(
                Map.of("", "x"),
                Map.of("k", "x".repeat(2_048)),
                IntStream.range(0, 65).boxed().collect(Collectors.toMap(i -> "k" + i, i -> "")))) {
            assertRefused(ProcessGroupServiceGrpc.getUpdateMethod(), update().putAllMetadata(metadata), "metadata");
            assertRefused(join, join().putAllMetadata(metadata), "metadata");
            assertRefused(
                    ProcessGroupServiceGrpc.getSubscribeMethod(), subscribe().putAllMetadata(metadata), "metadata");
        }
        assertRefused(
                ProcessGroupServiceGrpc.getSubscribeMethod(),
                subscribe().setResumeToken("x".repeat(256)),
                "resume_token");
        assertRefused(
                ProcessGroupServiceGrpc.getSubscribeMethod(),
                subscribe().setAfter(Position.newBuilder().setOffset(-1)),
                "after");
        assertRefused(
                ProcessGroupServiceGrpc.getSubscribeMethod(),
                subscribe().setOverflowPolicyValue(99),
                "overflow_policy");
        assertRefused(ProcessGroupServiceGrpc.getSubscribeMethod(), subscribe().setPresenceValue(99), "presence");
        assertRefused(
                ProcessGroupServiceGrpc.getFetchMessagesMethod(),
                fetch().setAfter(Position.newBuilder().setOffset(Long.MIN_VALUE)),
                "after");
        assertRefused(ProcessGroupServiceGrpc.getFetchMessagesMethod(), fetch().setPageSize(-1), "page_size");
        assertRefused(ProcessGroupServiceGrpc.getGetMembersMethod(), members().setPageSize(-1), "page_size");
        assertRefused(
                ProcessGroupServiceGrpc.getGetLocalMembersMethod(),
                localMembers().setPageSize(Integer.MIN_VALUE),
                "page_size");
        assertRefused(ProcessGroupServiceGrpc.getListGroupsMethod(), list().setPageSize(-1), "page_size");
        assertRefused(
                ProcessGroupServiceGrpc.getListGroupsMethod(), list().setNamePattern("x".repeat(129)), "name_pattern");
        assertRefused(ProcessGroupServiceGrpc.getWatchMethod(), watch().setWholeNamespace(true), "group_name");
    }

    @Test
    void messages_thatBreakTheRule_areRefused() {
        var publish = ProcessGroupServiceGrpc.getPublishToGroupMethod();
        assertRefused(publish, publish().clearMessage(), "message");
        assertRefused(publish, publish().setDispatchValue(99), "dispatch");
        assertRefused(publish, publish().setAnswerValue(99), "answer");
        assertRefused(publish, publish().setDispatchKey("x".repeat(256)), "dispatch_key");
        Map<String, io.plexspaces.processgroups.proto.v1.Message.Builder> messages = new LinkedHashMap<>();
        messages.put("message.sender_id", message().setSenderId("not good"));
        messages.put("message.receiver_id", message().setReceiverId("member"));
        messages.put("message.id", message().setId("x".repeat(256)));
        messages.put("message.message_type", message().setMessageType("x".repeat(256)));
        messages.put("message.idempotency_key", message().setIdempotencyKey("x".repeat(256)));
        messages.put("message.uri_path", message().setUriPath("x".repeat(2049)));
        messages.put("message.uri_method", message().setUriMethod("x".repeat(17)));
        messages.put(
                "message.timestamp",
                message().setTimestamp(Timestamp.newBuilder().setNanos(-1)));
        messages.put("message.ttl", message().setTtl(NEGATIVE));
        messages.forEach((field, message) -> assertRefused(publish, publish().setMessage(message), field));
        assertRefused(publish, publish().setMessage(message().setTtl(MALFORMED)), "message.ttl");
        assertRefused(publish, publish().setMessage(message().setTtl(OUT_OF_RANGE)), "message.ttl");

        ByteString large = ByteString.copyFrom(new byte[1 << 20]);
        assertRefused("LIMIT_EXCEEDED", publish, publish().setMessage(message().setPayload(large)), "message-bytes");
        assertRefusedByTransport(publish, publish().setMessage(message().setPayload(large.concat(large))));
        assertRefusedByTransport(
                ProcessGroupServiceGrpc.getSubscribeMethod(), subscribe().addTopics("x".repeat(2 << 20)));
    }

    @Test
    void batchOfManyBytes_isRefusedBeforeAnythingIsTouched() {
        JoinGroupRequest.Builder join = join();
        for (int i = 0; i < 999; i++) {
            join.addActorIds("a" + i);
        }
        for (int i = 0; i < 250; i++) {
            join.addTopics(i + "." + "x".repeat(240));
        }
        assertRefused("LIMIT_EXCEEDED", ProcessGroupServiceGrpc.getJoinGroupMethod(), join, "batch-bytes");
    }

    @Test
    void pageTokens_thatAreForged_areRefused() {
        client.create("other");
        client.join(JoinGroupRequest.newBuilder().setGroupName("other").addAllActorIds(List.of("a", "b", "c")));
        String others = client.membersPage("other", 1, "").getNextPageToken();
        String own = client.membersPage(GROUP, 1, "").getNextPageToken();
        String groups = client.list("*", 1, "").getNextPageToken();
        assertThat(List.of(others, own, groups)).doesNotContain("");
        List<String> forged = List.of(
                "forged",
                "\u0000",
                "====",
                others,
                groups,
                own.substring(1),
                own.substring(0, own.length() - 1),
                own + own,
                "A".repeat(10_000));
        for (String token : forged) {
            assertRefused(
                    ProcessGroupServiceGrpc.getGetMembersMethod(), members().setPageToken(token), "page_token");
            assertRefused(
                    ProcessGroupServiceGrpc.getGetLocalMembersMethod(),
                    localMembers().setPageToken(token),
                    "page_token");
        }
        for (String token : List.of("forged", own, groups)) {
            assertRefused(
                    ProcessGroupServiceGrpc.getListGroupsMethod(),
                    list().setNamePattern("r*").setPageToken(token),
                    "page_token");
        }
    }

    @Test
    void unknownGroups_andStrangers_areToldApart() {
        Set<MethodDescriptor<?, ?>> indifferent = Set.of(
                ProcessGroupServiceGrpc.getCreateGroupMethod(),
                ProcessGroupServiceGrpc.getDeleteGroupMethod(),
                ProcessGroupServiceGrpc.getListGroupsMethod());
        valid().forEach((method, valid) -> {
            if (!indifferent.contains(method)) {
                FieldDescriptor name = valid.getDescriptorForType().findFieldByName("group_name");
                Message request = valid.toBuilder().setField(name, "nosuch").build();
                assertRefused("GROUP_NOT_FOUND", method, request, "group_name");
            }
        });
        assertThat(client.delete("nosuch")).isFalse();
        assertRefused(
                "NOT_A_MEMBER",
                ProcessGroupServiceGrpc.getLeaveGroupMethod(),
                leave().setActorId("stranger"),
                "actor_id");
        assertRefused(
                "NOT_A_MEMBER",
                ProcessGroupServiceGrpc.getLeaveGroupMethod(),
                leave().setActorId("stranger").setAll(true),
                "actor_id");
        assertRefused("LEASE_NOT_FOUND", ProcessGroupServiceGrpc.getLeaveGroupMethod(), leave().setLeaseId("none"), "");
        assertRefused(
                "NOT_A_MEMBER",
                ProcessGroupServiceGrpc.getRenewLeaseMethod(),
                renew().setActorId("stranger"),
                "actor_id");
        assertRefused("LEASE_NOT_FOUND", ProcessGroupServiceGrpc.getRenewLeaseMethod(), renew(), "");
        assertRefused(
                "NOT_A_MEMBER", ProcessGroupServiceGrpc.getUpdateMethod(), update().setActorId("stranger"), "actor_id");
        assertRefused("LEASE_NOT_FOUND", ProcessGroupServiceGrpc.getUpdateMethod(), update().setLeaseId("none"), "");
        assertRefused(
                "NOT_A_MEMBER",
                ProcessGroupServiceGrpc.getFetchMessagesMethod(),
                fetch().setActorId("stranger"),
                "actor_id");
    }

    @Test
    void publish_toAnEmptyGroup_hasNoRecipients() {
        client.create("empty");
        var published = client.publish("empty", "some.topic", "to nobody");

        assertThat(published.getRecipientsCount()).isZero();
        assertThat(published.getFailuresCount()).isZero();
        assertThat(published.getRecipientIdsList()).isEmpty();
        assertThat(published.getOffset()).isPositive();
        bystanders.assertUndisturbed("a publish to an empty group");
    }

    @Test
    void unknownFields_areIgnored() {
        UnknownFieldSet later = UnknownFieldSet.newBuilder()
                .addField(999, UnknownFieldSet.Field.newBuilder().addVarint(1).build())
                .build();
        JoinGroupRequest request =
                join().setGroupName("more").setUnknownFields(later).build();
        client.create("more");

        assertThat(client.calls.joinGroup(request).getJoinCount()).isEqualTo(1);
        bystanders.assertUndisturbed("a request with unknown fields");
    }

    @Test
    void bytes_thatAreNoRequest_areRefused() {
        List<byte[]> garbage = List.of(
                new byte[] {10, (byte) 200, 1},
                new byte[] {(byte) 0xFF},
                new byte[] {7},
                new byte[] {10, 2, (byte) 0xC0, (byte) 0xAF},
                "{\"group_name\":\"room\"}".getBytes(java.nio.charset.StandardCharsets.UTF_8));
        for (MethodDescriptor<?, ?> method : valid().keySet()) {
            MethodDescriptor<byte[], byte[]> raw = method.toBuilder(RAW, RAW).build();
            for (byte[] bytes : garbage) {
                assertRefused("INVALID_ARGUMENT", raw, bytes, "request");
            }
        }
    }

    @Test
    void calls_thatDoNotExist_orHaveTooMuchAround_areRefused() {
        MethodDescriptor<byte[], byte[]> nosuch = ProcessGroupServiceGrpc.getJoinGroupMethod().toBuilder(RAW, RAW)
                .setFullMethodName("plexspaces.processgroups.v1.ProcessGroupService/Explode")
                .build();
        StatusRuntimeException unknown =
                catchThrowableOfType(StatusRuntimeException.class, () -> call(nosuch, new byte[0]));
        assertThat(unknown.getStatus().getCode()).isEqualTo(Status.Code.UNIMPLEMENTED);
        bystanders.assertUndisturbed("an unknown method");

        Metadata headers = new Metadata();
        headers.put(Metadata.Key.of("x-large", Metadata.ASCII_STRING_MARSHALLER), "x".repeat(20_000));
        StatusRuntimeException refused = catchThrowableOfType(StatusRuntimeException.class, () -> newClient()
                .calls
                .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers))
                .joinGroup(join().build()));
        assertThat(refused).isNotNull();
        bystanders.assertUndisturbed("oversized headers");
    }

    private void assertRefused(MethodDescriptor<?, ?> method, Message.Builder request, String field) {
        assertRefused("INVALID_ARGUMENT", method, request, field);
    }

    private void assertRefused(String reason, MethodDescriptor<?, ?> method, Message.Builder request, String field) {
        assertRefused(reason, method, request.build(), field);
    }

    private void assertRefused(MethodDescriptor<?, ?> method, Message request, String field) {
        assertRefused("INVALID_ARGUMENT", method, request, field);
    }

    private void assertRefused(String reason, MethodDescriptor<?, ?> method, Object request, String field) {
        String shown = String.valueOf(request);
        String what = method.getBareMethodName() + " " + shown.substring(0, Math.min(300, shown.length()));
        Refusals.assertRefused(what, reason, field, () -> call(method, request));
        bystanders.assertUndisturbed(what);
    }

    private void assertRefusedByTransport(MethodDescriptor<?, ?> method, Message.Builder request) {
        StatusRuntimeException failure =
                catchThrowableOfType(StatusRuntimeException.class, () -> call(method, request.build()));
        assertThat(failure).isNotNull();
        assertThat(failure.getStatus().getCode()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
        Refusals.assertClean(method.getBareMethodName(), failure.getMessage());
        bystanders.assertUndisturbed(method.getBareMethodName() + " beyond what the transport takes");
    }

    @SuppressWarnings("unchecked") // each method is called with a request of its own type
    private <Q, A> void call(MethodDescriptor<Q, A> method, Object request) {
        CallOptions options = CallOptions.DEFAULT.withDeadlineAfter(10, TimeUnit.SECONDS);
        if (method.getType() == MethodDescriptor.MethodType.UNARY) {
            ClientCalls.blockingUnaryCall(client.calls.getChannel(), method, options, (Q) request);
        } else {
            Iterator<A> events =
                    ClientCalls.blockingServerStreamingCall(client.calls.getChannel(), method, options, (Q) request);
            events.next();
        }
    }

    /** A valid request of every operation. */
    private Map<MethodDescriptor<?, ?>, Message> valid() {
        Map<MethodDescriptor<?, ?>, Message> valid = new LinkedHashMap<>();
        valid.put(ProcessGroupServiceGrpc.getCreateGroupMethod(), create().build());
        valid.put(
                ProcessGroupServiceGrpc.getEvictMethod(),
                EvictRequest.newBuilder()
                        .setTenantId(tenant)
                        .setGroupName(GROUP)
                        .setActorId("stranger")
                        .build());
        valid.put(
                ProcessGroupServiceGrpc.getDeleteGroupMethod(),
                DeleteGroupRequest.newBuilder()
                        .setTenantId(tenant)
                        .setGroupName(GROUP)
                        .build());
        valid.put(ProcessGroupServiceGrpc.getJoinGroupMethod(), join().build());
        valid.put(ProcessGroupServiceGrpc.getLeaveGroupMethod(), leave().build());
        valid.put(ProcessGroupServiceGrpc.getGetMembersMethod(), members().build());
        valid.put(
                ProcessGroupServiceGrpc.getGetLocalMembersMethod(),
                localMembers().build());
        valid.put(ProcessGroupServiceGrpc.getListGroupsMethod(), list().build());
        valid.put(ProcessGroupServiceGrpc.getPublishToGroupMethod(), publish().build());
        valid.put(
                ProcessGroupServiceGrpc.getReplyMethod(),
                ReplyRequest.newBuilder()
                        .setTenantId(tenant)
                        .setGroupName(GROUP)
                        .setActorId("member")
                        .setEpoch("epoch")
                        .setOffset(1)
                        .setMessage(GrpcClient.text("reply"))
                        .build());
        valid.put(ProcessGroupServiceGrpc.getFetchMessagesMethod(), fetch().build());
        valid.put(ProcessGroupServiceGrpc.getRenewLeaseMethod(), renew().build());
        valid.put(ProcessGroupServiceGrpc.getUpdateMethod(), update().build());
        valid.put(ProcessGroupServiceGrpc.getSubscribeMethod(), subscribe().build());
        valid.put(ProcessGroupServiceGrpc.getWatchMethod(), watch().build());
        return valid;
    }

    private CreateGroupRequest.Builder create() {
        return CreateGroupRequest.newBuilder().setTenantId(tenant).setGroupName("another");
    }

    private CreateGroupRequest.Builder create(Retention.Builder retention) {
        return create().setRetention(retention);
    }

    private JoinGroupRequest.Builder join() {
        return JoinGroupRequest.newBuilder()
                .setTenantId(tenant)
                .setGroupName(GROUP)
                .setActorId("guest");
    }

    private LeaveGroupRequest.Builder leave() {
        return LeaveGroupRequest.newBuilder()
                .setTenantId(tenant)
                .setGroupName(GROUP)
                .setActorId("member");
    }

    private GetMembersRequest.Builder members() {
        return GetMembersRequest.newBuilder().setTenantId(tenant).setGroupName(GROUP);
    }

    private GetLocalMembersRequest.Builder localMembers() {
        return GetLocalMembersRequest.newBuilder().setTenantId(tenant).setGroupName(GROUP);
    }

    private ListGroupsRequest.Builder list() {
        return ListGroupsRequest.newBuilder().setTenantId(tenant);
    }

    private PublishToGroupRequest.Builder publish() {
        return PublishToGroupRequest.newBuilder()
                .setTenantId(tenant)
                .setGroupName(GROUP)
                .setMessage(message());
    }

    private static io.plexspaces.processgroups.proto.v1.Message.Builder message() {
        return GrpcClient.text("never to be seen");
    }

    private FetchMessagesRequest.Builder fetch() {
        return FetchMessagesRequest.newBuilder().setTenantId(tenant).setGroupName(GROUP);
    }

    private RenewLeaseRequest.Builder renew() {
        return RenewLeaseRequest.newBuilder()
                .setTenantId(tenant)
                .setGroupName(GROUP)
                .setActorId("member");
    }

    private UpdateRequest.Builder update() {
        return UpdateRequest.newBuilder()
                .setTenantId(tenant)
                .setGroupName(GROUP)
                .setActorId("member");
    }

    private SubscribeRequest.Builder subscribe() {
        return SubscribeRequest.newBuilder()
                .setTenantId(tenant)
                .setGroupName(GROUP)
                .setActorId("guest");
    }

    private WatchRequest.Builder watch() {
        return WatchRequest.newBuilder().setTenantId(tenant).setGroupName(GROUP);
    }

    private static Duration seconds(long seconds) {
        return Duration.newBuilder().setSeconds(seconds).build();
    }

    private static final MethodDescriptor.Marshaller<byte[]> RAW = new MethodDescriptor.Marshaller<>() {
        @Override
        public InputStream stream(byte[] bytes) {
            return new ByteArrayInputStream(bytes);
        }

        @Override
        public byte[] parse(InputStream stream) {
            return new byte[0];
        }
    };
}
