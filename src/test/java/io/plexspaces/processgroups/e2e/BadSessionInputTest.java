package io.plexspaces.processgroups.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.protobuf.ByteString;
import com.google.protobuf.Duration;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.util.JsonFormat;
import io.plexspaces.processgroups.proto.v1.Answer;
import io.plexspaces.processgroups.proto.v1.AskRequest;
import io.plexspaces.processgroups.proto.v1.CancelAskRequest;
import io.plexspaces.processgroups.proto.v1.Event;
import io.plexspaces.processgroups.proto.v1.LeaveGroupRequest;
import io.plexspaces.processgroups.proto.v1.Message;
import io.plexspaces.processgroups.proto.v1.Position;
import io.plexspaces.processgroups.proto.v1.PublishToGroupRequest;
import io.plexspaces.processgroups.proto.v1.RenewLeaseRequest;
import io.plexspaces.processgroups.proto.v1.ReplyRequest;
import io.plexspaces.processgroups.proto.v1.SessionOpen;
import io.plexspaces.processgroups.proto.v1.SessionRequest;
import io.plexspaces.processgroups.proto.v1.SubscribeRequest;
import io.plexspaces.processgroups.proto.v1.UpdateRequest;
import io.plexspaces.processgroups.proto.v1.WatchRequest;
import io.quarkus.test.junit.QuarkusTest;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Requests of sessions that nobody should send: each gets its answer, and the session goes on.
 *
 * <p>One file, as it has one of each kind.
 */
@QuarkusTest
class BadSessionInputTest extends LiveServer {
    private static final String GROUP = "room";
    private static final List<String> BAD_NAMES =
            List.of("", "a".repeat(129), "-a", "a b", "a/b", "a*", "\u00e4", "a\u0000", "a\"b", "a\n");

    private Bystanders bystanders;
    private long requests;

    /** What a session is spoken over. */
    enum Over {
        GRPC,
        WEBSOCKET_JSON,
        WEBSOCKET_PROTO
    }

    private record Bad(String what, SessionRequest.Builder request, String reason, String field) {}

    @BeforeEach
    void populate() {
        client.create(GROUP);
        client.join(GROUP, "member");
        bystanders = new Bystanders(this, GROUP);
    }

    @ParameterizedTest
    @EnumSource
    void requests_thatBreakARule_areAnsweredWithTheFieldAndTheSessionGoesOn(Over over) {
        Function<SessionRequest, Answer> session = session(over);
        assertThat(session.apply(numbered(open("guest"))).hasOpened()).isTrue();
        List<Bad> all = new ArrayList<>(badNames());
        all.addAll(badValues());
        all.addAll(wrongStates());
        for (Bad bad : all) {
            Answer answer = session.apply(numbered(bad.request()));
            Refusals.assertSame(bad.what(), bad.reason(), bad.field(), answer.getError());
            bystanders.assertUndisturbed(bad.what());
        }
        // Nothing of all that has changed the session.
        assertThat(session.apply(numbered(join(subscribe()))).getJoined().getJoinCount())
                .isEqualTo(1);
        assertThat(session.apply(numbered(leave(GROUP))).hasLeft()).isTrue();
    }

    @ParameterizedTest
    @EnumSource
    void sessions_thatDoNotBeginWithOpen_areToldSo_andMayOpenStill(Over over) {
        Function<SessionRequest, Answer> session = session(over);
        for (SessionRequest.Builder early : List.of(
                join(subscribe()),
                leave(GROUP),
                publish(message()),
                watch(GROUP),
                SessionRequest.newBuilder().setUnwatch(WatchRequest.newBuilder().setGroupName(GROUP)),
                ask(GROUP),
                reply(GROUP),
                SessionRequest.newBuilder().setCancelAsk(CancelAskRequest.newBuilder()),
                renew(GROUP),
                update(GROUP))) {
            Answer answer = session.apply(numbered(early));
            Refusals.assertSame("early " + early.getRequestCase(), "FAILED_PRECONDITION", "", answer.getError());
            bystanders.assertUndisturbed("early " + early.getRequestCase());
        }
        for (String bad : BAD_NAMES) {
            SessionRequest.Builder foreign = open("guest");
            foreign.getOpenBuilder().setTenantId(bad);
            assertAnswered(session, foreign, "tenant_id");
            assertAnswered(session, open(bad.isEmpty() ? bad : bad + "\u00e4"), "actor_id");
        }
        SessionRequest.Builder tooLong = open("guest");
        tooLong.getOpenBuilder().setResumeToken("x".repeat(256));
        assertAnswered(session, tooLong, "resume_token");
        assertThat(session.apply(numbered(open("guest"))).hasOpened()).isTrue();
        Refusals.assertSame(
                "second open",
                "FAILED_PRECONDITION",
                "",
                session.apply(numbered(open("other"))).getError());
        bystanders.assertUndisturbed("a second open");
    }

    private void assertAnswered(
            Function<SessionRequest, Answer> session, SessionRequest.Builder request, String field) {
        Answer answer = session.apply(numbered(request));
        Refusals.assertSame(String.valueOf(request), "INVALID_ARGUMENT", field, answer.getError());
        bystanders.assertUndisturbed(String.valueOf(request));
    }

    private static SessionRequest.Builder ask(String group) {
        return SessionRequest.newBuilder()
                .setAsk(AskRequest.newBuilder()
                        .setPublish(PublishToGroupRequest.newBuilder()
                                .setGroupName(group)
                                .setMessage(GrpcClient.text("?"))));
    }

    private static SessionRequest.Builder reply(String group) {
        return SessionRequest.newBuilder()
                .setReply(ReplyRequest.newBuilder()
                        .setGroupName(group)
                        .setEpoch("epoch")
                        .setOffset(1)
                        .setMessage(GrpcClient.text("!")));
    }

    private static List<Bad> badNames() {
        List<Bad> all = new ArrayList<>();
        for (String name : BAD_NAMES) {
            List<SessionRequest.Builder> requests = List.of(
                    join(subscribe().setGroupName(name)),
                    leave(name),
                    publish(message(), name),
                    watch(name),
                    SessionRequest.newBuilder()
                            .setUnwatch(WatchRequest.newBuilder().setGroupName(name)),
                    ask(name),
                    reply(name),
                    renew(name),
                    update(name));
            requests.forEach(request ->
                    all.add(new Bad(request.getRequestCase() + " " + name, request, "INVALID_ARGUMENT", "group_name")));
        }
        // In a session these are its own, whatever they look like.
        for (String other : List.of("another", "a b")) {
            all.add(invalid("tenant_id", join(subscribe().setTenantId(other))));
            all.add(invalid("namespace", join(subscribe().setNamespace(other))));
            all.add(invalid("actor_id", join(subscribe().setActorId(other))));
            all.add(invalid("message.sender_id", publish(message().setSenderId(other))));
        }
        return all;
    }

    private static List<Bad> badValues() {
        List<Bad> all = new ArrayList<>();
        for (String topic : List.of("a..b", "a.*", "*", ">", "a b", "a".repeat(256))) {
            SessionRequest.Builder request = publish(message());
            request.getPublishBuilder().setTopic(topic);
            all.add(invalid("topic", request));
        }
        for (String pattern : List.of("", "a*", "a.>.b", "a..b")) {
            all.add(invalid("topics", join(subscribe().addTopics(pattern))));
        }
        all.add(invalid(
                "topics",
                join(subscribe()
                        .addAllTopics(IntStream.range(0, 10_000)
                                .mapToObj(i -> "t" + i)
                                .toList()))));
        all.add(invalid(
                "message",
                SessionRequest.newBuilder()
                        .setPublish(PublishToGroupRequest.newBuilder().setGroupName(GROUP))));
        all.add(invalid(
                "message.ttl", publish(message().setTtl(Duration.newBuilder().setSeconds(-1)))));
        all.add(invalid("message.receiver_id", publish(message().setReceiverId("member"))));
        all.add(invalid("message.id", publish(message().setId("x".repeat(256)))));
        all.add(new Bad(
                "a message beyond the limit",
                publish(message().setPayload(ByteString.copyFrom(new byte[1 << 20]))),
                "LIMIT_EXCEEDED",
                "message-bytes"));
        all.add(invalid("resume_token", join(subscribe().setResumeToken("x"))));
        all.add(invalid("after", join(subscribe().setAfter(Position.newBuilder().setOffset(-1)))));
        SessionRequest.Builder lease = leave(GROUP);
        lease.getLeaveBuilder().setLeaseId("x");
        all.add(invalid("lease_id", lease));
        SessionRequest.Builder both = watch(GROUP);
        both.getWatchBuilder().setWholeNamespace(true);
        all.add(invalid("group_name", both));
        SessionRequest.Builder brief = renew(GROUP);
        brief.getRenewBuilder().setTtl(Duration.newBuilder().setNanos(1));
        all.add(invalid("ttl", brief));
        SessionRequest.Builder ofALease = update(GROUP);
        ofALease.getUpdateBuilder().setLeaseId("l");
        all.add(invalid("lease_id", ofALease));
        SessionRequest.Builder empty = update(GROUP);
        empty.getUpdateBuilder().putMetadata("", "x");
        all.add(invalid("metadata", empty));
        all.add(invalid("metadata", join(subscribe().putMetadata("k", "x".repeat(2_048)))));
        all.add(invalid("request", SessionRequest.newBuilder()));
        return all;
    }

    private List<Bad> wrongStates() {
        List<Bad> all = new ArrayList<>();
        all.add(new Bad("open twice", open("guest"), "FAILED_PRECONDITION", ""));
        all.add(new Bad("leave of a stranger", leave(GROUP), "NOT_A_MEMBER", "actor_id"));
        all.add(new Bad("renewal of a stranger", renew(GROUP), "NOT_A_MEMBER", "actor_id"));
        all.add(new Bad("update of a stranger", update(GROUP), "NOT_A_MEMBER", "actor_id"));
        all.add(new Bad("update", update("nosuch"), "GROUP_NOT_FOUND", "group_name"));
        all.add(new Bad("join", join(subscribe().setGroupName("nosuch")), "GROUP_NOT_FOUND", "group_name"));
        all.add(new Bad("publish", publish(message(), "nosuch"), "GROUP_NOT_FOUND", "group_name"));
        all.add(new Bad("watch", watch("nosuch"), "GROUP_NOT_FOUND", "group_name"));
        all.add(new Bad("renew", renew("nosuch"), "GROUP_NOT_FOUND", "group_name"));
        return all;
    }

    private static Bad invalid(String field, SessionRequest.Builder request) {
        String shown = String.valueOf(request);
        return new Bad(shown.substring(0, Math.min(300, shown.length())), request, "INVALID_ARGUMENT", field);
    }

    /** One session; what is put in is sent, what comes out is its answer. */
    private Function<SessionRequest, Answer> session(Over over) {
        if (over == Over.GRPC) {
            GrpcSession session = client.unopenedSession();
            return request -> {
                session.sendRaw(request);
                return answer(session::events, request);
            };
        }
        if (over == Over.WEBSOCKET_PROTO) {
            WsClient socket = openWs("", WsClient.PROTO);
            return request -> {
                socket.send(request);
                return answer(socket::proto, request);
            };
        }
        WsClient socket = openWs("", WsClient.JSON);
        return request -> {
            socket.send(json(request));
            String id = String.valueOf(request.getRequestId());
            return quickly()
                    .until(
                            () -> socket.json().stream()
                                    .filter(event -> event.at("/answer/requestId")
                                            .asText()
                                            .equals(id))
                                    .findFirst(),
                            Optional::isPresent)
                    .map(event -> answer(event.get("answer")))
                    .orElseThrow();
        };
    }

    private static Answer answer(Supplier<List<Event>> received, SessionRequest request) {
        return quickly()
                .until(
                        () -> received.get().stream()
                                .filter(event -> isAnswer(event, request))
                                .findFirst(),
                        Optional::isPresent)
                .orElseThrow()
                .getAnswer();
    }

    private static ConditionFactory quickly() {
        return await().atMost(EventStream.PATIENCE)
                .pollDelay(java.time.Duration.ZERO)
                .pollInterval(java.time.Duration.ofMillis(1));
    }

    private static boolean isAnswer(Event event, SessionRequest request) {
        return event.hasAnswer() && event.getAnswer().getRequestId() == request.getRequestId();
    }

    private static String json(SessionRequest request) {
        try {
            return JsonFormat.printer().print(request);
        } catch (InvalidProtocolBufferException impossible) {
            throw new AssertionError(impossible);
        }
    }

    private static Answer answer(JsonNode json) {
        try {
            Answer.Builder answer = Answer.newBuilder();
            JsonFormat.parser().merge(json.toString(), answer);
            return answer.build();
        } catch (InvalidProtocolBufferException notAsProtoSays) {
            throw new AssertionError(notAsProtoSays);
        }
    }

    private SessionRequest numbered(SessionRequest.Builder request) {
        return request.setRequestId(++requests).build();
    }

    private SessionRequest.Builder open(String actor) {
        return SessionRequest.newBuilder()
                .setOpen(SessionOpen.newBuilder().setTenantId(tenant).setActorId(actor));
    }

    private static SessionRequest.Builder join(SubscribeRequest.Builder subscribe) {
        return SessionRequest.newBuilder().setJoin(subscribe);
    }

    private static SubscribeRequest.Builder subscribe() {
        return SubscribeRequest.newBuilder().setGroupName(GROUP);
    }

    private static SessionRequest.Builder leave(String group) {
        return SessionRequest.newBuilder()
                .setLeave(LeaveGroupRequest.newBuilder().setGroupName(group));
    }

    private static SessionRequest.Builder publish(Message.Builder message) {
        return publish(message, GROUP);
    }

    private static SessionRequest.Builder publish(Message.Builder message, String group) {
        return SessionRequest.newBuilder()
                .setPublish(
                        PublishToGroupRequest.newBuilder().setGroupName(group).setMessage(message));
    }

    private static Message.Builder message() {
        return GrpcClient.text("never to be seen");
    }

    private static SessionRequest.Builder watch(String group) {
        return SessionRequest.newBuilder().setWatch(WatchRequest.newBuilder().setGroupName(group));
    }

    private static SessionRequest.Builder update(String group) {
        return SessionRequest.newBuilder().setUpdate(UpdateRequest.newBuilder().setGroupName(group));
    }

    private static SessionRequest.Builder renew(String group) {
        return SessionRequest.newBuilder()
                .setRenew(RenewLeaseRequest.newBuilder().setGroupName(group));
    }
}
