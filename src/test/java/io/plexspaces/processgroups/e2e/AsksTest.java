package io.plexspaces.processgroups.e2e;

import static io.plexspaces.processgroups.e2e.GrpcClient.assertFails;
import static io.plexspaces.processgroups.e2e.GrpcClient.text;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.protobuf.Duration;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.plexspaces.processgroups.proto.v1.Answer;
import io.plexspaces.processgroups.proto.v1.AskCompleted;
import io.plexspaces.processgroups.proto.v1.AskRequest;
import io.plexspaces.processgroups.proto.v1.AskResponse;
import io.plexspaces.processgroups.proto.v1.CancelAskRequest;
import io.plexspaces.processgroups.proto.v1.Dispatch;
import io.plexspaces.processgroups.proto.v1.Event;
import io.plexspaces.processgroups.proto.v1.MemberMissing;
import io.plexspaces.processgroups.proto.v1.PublishAnswer;
import io.plexspaces.processgroups.proto.v1.PublishToGroupRequest;
import io.plexspaces.processgroups.proto.v1.PublishToGroupResponse;
import io.plexspaces.processgroups.proto.v1.ReplyRequest;
import io.plexspaces.processgroups.proto.v1.SessionOpen;
import io.plexspaces.processgroups.proto.v1.SessionRequest;
import io.plexspaces.processgroups.proto.v1.SubscribeRequest;
import io.quarkus.test.junit.QuarkusTest;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Asking and replying, on each way that there is. */
@QuarkusTest
class AsksTest extends LiveServer {
    @BeforeEach
    void create() {
        client.create("pool");
    }

    private static PublishToGroupRequest.Builder question(String text) {
        return PublishToGroupRequest.newBuilder().setGroupName("pool").setMessage(text(text));
    }

    private EventStream<AskRequest, AskResponse> ask(AskRequest.Builder request) {
        return client.ask(request);
    }

    private ReplyRequest.Builder reply(PublishToGroupResponse asked, String text) {
        return ReplyRequest.newBuilder()
                .setTenantId(tenant)
                .setGroupName("pool")
                .setEpoch(asked.getEpoch())
                .setOffset(asked.getOffset())
                .setMessage(text(text));
    }

    private static SessionRequest.Builder join() {
        return SessionRequest.newBuilder().setJoin(SubscribeRequest.newBuilder().setGroupName("pool"));
    }

    @Test
    void call_streamsReplies_andEnds_whenNobodyIsMissing() {
        var subscriber = client.subscribe("pool", "sub");
        GrpcSession member = client.session("ses");
        member.ask(join());
        var stream = ask(AskRequest.newBuilder().setPublish(question("?")));
        PublishToGroupResponse asked =
                stream.awaitEvent(Event::hasAsked).getAsked().getPublished();
        assertThat(asked.getRecipientIdsList()).containsExactlyInAnyOrder("sub", "ses");

        Event got = subscriber.awaitEvent(Event::hasMessage);
        assertThat(got.getReplyWanted()).isTrue();
        assertThat(got.getOffset()).isEqualTo(asked.getOffset());
        assertThat(client.calls
                        .reply(reply(asked, "by a call").setActorId("sub").build())
                        .getDuplicate())
                .isFalse();
        assertThat(client.calls
                        .reply(reply(asked, "again").setActorId("sub").build())
                        .getDuplicate())
                .isTrue();
        Answer replied = member.ask(SessionRequest.newBuilder()
                .setReply(reply(asked, "in a session").clearTenantId()));
        assertThat(replied.hasReplied()).isTrue();

        assertThat(stream.awaitEnd().getCode()).isEqualTo(Status.Code.OK);
        assertThat(stream.events()).hasSize(4);
        assertThat(stream.events().get(0).hasAsked()).isTrue();
        assertThat(stream.events())
                .filteredOn(Event::hasReply)
                .extracting(event -> event.getReply().getActorId() + " "
                        + event.getReply().getMessage().getPayload().toStringUtf8())
                .containsExactly("sub by a call", "ses in a session");
        AskCompleted end = stream.events().get(3).getAskCompleted();
        assertThat(end.getComplete()).isTrue();
        assertThat(end.getMissingTotal()).isZero();
        client.publish("pool", "", "plain");
        subscriber.awaitTexts(2);
        assertThat(subscriber.events().get(2).getReplyWanted()).isFalse();
    }

    @Test
    void callThatIsCancelled_wantsNoReplies() {
        client.join("pool", "durable");
        var stream = ask(AskRequest.newBuilder().setPublish(question("?")));
        PublishToGroupResponse asked =
                stream.awaitEvent(Event::hasAsked).getAsked().getPublished();
        stream.cancel();
        ReplyRequest late = reply(asked, "late").setActorId("durable").build();
        EventStream.patiently().until(() -> {
            try {
                client.calls.reply(late);
                return false;
            } catch (StatusRuntimeException refused) {
                return true;
            }
        });
        assertFails("ASK_NOT_FOUND", Status.Code.NOT_FOUND, () -> client.calls.reply(late));
    }

    @Test
    void session_asks_isToldWhoIsMissing_andMayCancel() {
        client.join("pool", "durable");
        client.join("pool", "other");
        GrpcSession asker = client.session("asker");
        SessionRequest.Builder ask =
                SessionRequest.newBuilder().setAsk(AskRequest.newBuilder().setPublish(question("?")));
        Answer answer = asker.ask(ask);
        assertThat(answer.getAsked().getRecipientIdsList()).containsExactlyInAnyOrder("durable", "other");
        client.leave("pool", "other");
        Event missing = asker.stream().awaitEvent(Event::hasMemberMissing);
        assertThat(missing.getGroupName()).isEqualTo("pool");
        assertThat(missing.getMemberMissing())
                .isEqualTo(MemberMissing.newBuilder()
                        .setRequestId(answer.getRequestId())
                        .setActorId("other")
                        .setReason(MemberMissing.Reason.LEFT)
                        .build());
        client.calls.reply(reply(answer.getAsked(), "D").setActorId("durable").build());
        AskCompleted end = asker.stream().awaitEvent(Event::hasAskCompleted).getAskCompleted();
        assertThat(end.getRequestId()).isEqualTo(answer.getRequestId());
        assertThat(end.getComplete()).isFalse();
        assertThat(end.getMissingList())
                .containsExactly(MemberMissing.newBuilder()
                        .setActorId("other")
                        .setReason(MemberMissing.Reason.LEFT)
                        .build());

        Answer second = asker.ask(ask);
        CancelAskRequest cancel =
                CancelAskRequest.newBuilder().setAsk(second.getRequestId()).build();
        SessionRequest.Builder cancelling = SessionRequest.newBuilder().setCancelAsk(cancel);
        assertThat(asker.ask(cancelling).getAskCancelled().getCancelled()).isTrue();
        assertThat(asker.ask(cancelling).getAskCancelled().getCancelled()).isFalse();
        assertFails(
                "ASK_NOT_FOUND",
                Status.Code.NOT_FOUND,
                () -> client.calls.reply(
                        reply(second.getAsked(), "late").setActorId("durable").build()));
    }

    @Test
    void webSockets_askAndReply_inJsonAndProto() {
        WsClient tab = browse("pool", "tab");
        String epoch =
                tab.awaitJson("/subscribed/epoch").at("/subscribed/epoch").asText();
        WsClient binary = openWs("", WsClient.PROTO);
        binary.send(SessionRequest.newBuilder()
                .setRequestId(1)
                .setOpen(SessionOpen.newBuilder().setTenantId(tenant).setActorId("bin"))
                .build());
        binary.send(join().setRequestId(2).build());
        EventStream.patiently().until(() -> binary.proto().stream().anyMatch(Event::hasSubscribed));
        WsClient asker = openWs("", WsClient.JSON);
        asker.send("{\"requestId\":1,\"open\":{\"tenantId\":\"" + tenant + "\",\"actorId\":\"asker\"}}");
        asker.send("{\"requestId\":\"7\",\"ask\":{\"publish\":{\"groupName\":\"pool\","
                + "\"message\":{\"data\":{\"q\":1}}},\"timeout\":\"60s\"}}");

        JsonNode answer = asker.awaitJson("/answer/asked");
        assertThat(answer.at("/answer/requestId").asText()).isEqualTo("7");
        JsonNode wanted = tab.awaitJson("/message");
        assertThat(wanted.at("/replyWanted").asBoolean()).isTrue();
        String at = "\"epoch\":\"" + epoch + "\",\"offset\":\""
                + wanted.at("/offset").asText() + "\"";
        tab.send(
                "{\"requestId\":\"1\",\"reply\":{\"groupName\":\"pool\"," + at + ",\"message\":{\"data\":{\"a\":2}}}}");
        assertThat(tab.awaitJson("/answer/replied")
                        .at("/answer/replied/duplicate")
                        .asBoolean())
                .isFalse();
        JsonNode reply = asker.awaitJson("/reply");
        assertThat(reply.at("/groupName").asText()).isEqualTo("pool");
        assertThat(reply.at("/reply/requestId").asText()).isEqualTo("7");
        assertThat(reply.at("/reply/actorId").asText()).isEqualTo("tab");
        assertThat(reply.at("/reply/message/data/a").asInt()).isEqualTo(2);

        EventStream.patiently()
                .until(() -> binary.proto().stream().anyMatch(event -> event.hasMessage() && event.getReplyWanted()));
        binary.send(SessionRequest.newBuilder()
                .setRequestId(3)
                .setReply(ReplyRequest.newBuilder()
                        .setGroupName("pool")
                        .setEpoch(epoch)
                        .setOffset(Long.parseLong(wanted.at("/offset").asText()))
                        .setMessage(text("binary")))
                .build());
        JsonNode end = asker.awaitJson("/askCompleted");
        assertThat(end.at("/askCompleted/requestId").asText()).isEqualTo("7");
        assertThat(end.at("/askCompleted/complete").asBoolean()).isTrue();
        assertThat(asker.json()
                        .get(asker.json().size() - 2)
                        .at("/reply/message/text")
                        .asText())
                .isEqualTo("binary");
    }

    @Test
    void requestReply_withAWorker_goesOnToTheNext() {
        var first = client.subscribe("pool", "one");
        var second = client.subscribe("pool", "two");
        var stream = ask(AskRequest.newBuilder()
                .setPublish(question("job").setDispatch(Dispatch.ONE))
                .setTimeout(Duration.newBuilder().setSeconds(60))
                .setRetryOther(true));
        PublishToGroupResponse asked =
                stream.awaitEvent(Event::hasAsked).getAsked().getPublished();
        boolean isFirst = asked.getRecipientIds(0).equals("one");
        client.leave("pool", asked.getRecipientIds(0));
        var next = isFirst ? second : first;
        Event job = next.awaitEvent(Event::hasMessage);
        assertThat(job.getReplyWanted()).isTrue();
        client.calls.reply(reply(asked, "done")
                .setActorId(isFirst ? "two" : "one")
                .setOffset(job.getOffset())
                .build());
        assertThat(stream.awaitEnd().getCode()).isEqualTo(Status.Code.OK);
        assertThat(stream.events()).filteredOn(Event::hasAsked).hasSize(2);
        assertThat(stream.events()).filteredOn(Event::hasReply).hasSize(1);
        assertThat(stream.awaitEvent(Event::hasAskCompleted).getAskCompleted().getComplete())
                .isTrue();
    }

    @Test
    void badAsks_areRefused_namingTheField() {
        assertAskFails(
                "timeout",
                AskRequest.newBuilder().setTimeout(Duration.newBuilder().setNanos(9_999_999)));
        assertAskFails(
                "timeout",
                AskRequest.newBuilder().setTimeout(Duration.newBuilder().setSeconds(301)));
        assertAskFails(
                "timeout",
                AskRequest.newBuilder().setTimeout(Duration.newBuilder().setSeconds(-1)));
        assertAskFails("retry_other", AskRequest.newBuilder().setRetryOther(true));
        AskRequest.Builder counts =
                AskRequest.newBuilder().setPublish(question("?").setAnswer(PublishAnswer.COUNTS));
        assertAskFails("publish.answer", counts);
        GrpcSession session = client.session("asker");
        session.sendRaw(SessionRequest.newBuilder()
                .setAsk(AskRequest.newBuilder().setPublish(question("?")))
                .build());
        Answer refused = session.stream()
                .awaitEvent(event -> event.hasAnswer() && event.getAnswer().hasError())
                .getAnswer();
        assertThat(refused.getError().getField()).isEqualTo("request_id");
        var unknown = ask(AskRequest.newBuilder().setPublish(question("?").setGroupName("nowhere")));
        assertThat(unknown.awaitEnd().getCode()).isEqualTo(Status.Code.NOT_FOUND);
        assertThat(GrpcClient.reasonOf(unknown.failure())).isEqualTo("GROUP_NOT_FOUND");
    }

    private void assertAskFails(String field, AskRequest.Builder request) {
        if (!request.hasPublish()) {
            request.setPublish(question("?"));
        }
        var stream = ask(request);
        assertThat(stream.awaitEnd().getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
        assertThat(stream.awaitEnd().getDescription()).startsWith(field + ": ");
    }

    @Test
    void badReplies_areRefused_namingTheField() {
        client.join("pool", "durable");
        ReplyRequest.Builder good = ReplyRequest.newBuilder()
                .setTenantId(tenant)
                .setGroupName("pool")
                .setActorId("durable")
                .setEpoch("e")
                .setOffset(1)
                .setMessage(text("r"));
        assertReplyFails("epoch", good.clone().clearEpoch());
        assertReplyFails("epoch", good.clone().setEpoch("e".repeat(256)));
        assertReplyFails("offset", good.clone().clearOffset());
        assertReplyFails("offset", good.clone().setOffset(-1));
        assertReplyFails("message", good.clone().clearMessage());
        assertReplyFails("message.sender_id", good.clone().setMessage(text("r").setSenderId("other")));
        assertFails("ASK_NOT_FOUND", Status.Code.NOT_FOUND, () -> client.calls.reply(good.build()));
        assertFails(
                "GROUP_NOT_FOUND",
                Status.Code.NOT_FOUND,
                () -> client.calls.reply(good.clone().setGroupName("nowhere").build()));
    }

    private void assertReplyFails(String field, ReplyRequest.Builder request) {
        assertFails("INVALID_ARGUMENT", Status.Code.INVALID_ARGUMENT, () -> {
            try {
                client.calls.reply(request.build());
            } catch (StatusRuntimeException refused) {
                assertThat(refused.getStatus().getDescription()).startsWith(field + ": ");
                throw refused;
            }
        });
    }
}
