package io.plexspaces.processgroups.e2e;

import com.google.protobuf.ByteString;
import com.google.protobuf.Duration;
import io.grpc.StatusRuntimeException;
import io.plexspaces.processgroups.proto.v1.AskRequest;
import io.plexspaces.processgroups.proto.v1.CreateGroupRequest;
import io.plexspaces.processgroups.proto.v1.Event;
import io.plexspaces.processgroups.proto.v1.FetchMessagesRequest;
import io.plexspaces.processgroups.proto.v1.GetLocalMembersRequest;
import io.plexspaces.processgroups.proto.v1.JoinGroupRequest;
import io.plexspaces.processgroups.proto.v1.LeaveGroupRequest;
import io.plexspaces.processgroups.proto.v1.Message;
import io.plexspaces.processgroups.proto.v1.PublishToGroupRequest;
import io.plexspaces.processgroups.proto.v1.PublishToGroupResponse;
import io.plexspaces.processgroups.proto.v1.RenewLeaseRequest;
import io.plexspaces.processgroups.proto.v1.ReplyRequest;
import io.plexspaces.processgroups.proto.v1.SessionRequest;
import io.plexspaces.processgroups.proto.v1.SubscribeRequest;
import io.plexspaces.processgroups.proto.v1.UpdateRequest;
import io.plexspaces.processgroups.proto.v1.WatchRequest;
import java.util.ArrayList;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

/**
 * Every operation once with success and once without, over gRPC, a session and WebSockets; messages hold texts that
 * only their clients may see.
 */
final class AllOperations {
    /** Stands in payloads, headers and metadata. */
    static final String CONTENT = "s3cr3t-c0nt3nt";

    private static final String UNKNOWN_LEASE = "l3ase-0f-s0meb0dy";
    private static final String GROUP = "everything";
    private static final String NOWHERE = "nowhere";

    private final LiveServer server;
    private final GrpcClient client;
    private final String tenant;
    private final List<String> secrets = new ArrayList<>(List.of(CONTENT, UNKNOWN_LEASE));

    AllOperations(LiveServer server) {
        this.server = server;
        this.client = server.client;
        this.tenant = server.tenant;
    }

    /** What only the client may receive: contents, resume tokens, leases. */
    List<String> secrets() {
        return List.copyOf(secrets);
    }

    void run() {
        client.create(CreateGroupRequest.newBuilder()
                .setGroupName(GROUP)
                .setMetadata(io.plexspaces.processgroups.proto.v1.Metadata.newBuilder()
                        .putLabels("note", CONTENT)));
        refused(() -> client.create(GROUP));
        streams();
        calls();
        session();
        webSockets();
        client.delete(GROUP);
        refused(() -> client.delete("not a name"));
    }

    private void streams() {
        var stream = client.subscribe(GROUP, "ann");
        secrets.add(stream.awaitEvent(Event::hasSubscribed).getSubscribed().getResumeToken());
        client.watch(GROUP);
        client.watchNamespace();
        client.beginWatch(WatchRequest.newBuilder().setGroupName(NOWHERE)).awaitEnd();
        client.subscribe(SubscribeRequest.newBuilder().setGroupName(NOWHERE).setActorId("ann"));
        client.subscribe(SubscribeRequest.newBuilder().setGroupName(GROUP).setActorId("not a name"));
        client.publish(publish(GROUP));
        stream.awaitTexts(1);
    }

    private void calls() {
        String lease = client.join(JoinGroupRequest.newBuilder()
                        .setGroupName(GROUP)
                        .setActorId("bob")
                        .setTtl(Duration.newBuilder().setSeconds(60)))
                .getLeaseId();
        secrets.add(lease);
        refused(() -> client.join(NOWHERE, "bob"));
        client.calls.renewLease(renewal(lease));
        refused(() -> client.calls.renewLease(renewal(UNKNOWN_LEASE)));
        client.calls.update(update(lease));
        refused(() -> client.calls.update(update(UNKNOWN_LEASE)));
        refused(() -> client.publish(publish(NOWHERE)));
        client.members(GROUP);
        refused(() -> client.members(NOWHERE));
        client.calls.getLocalMembers(GetLocalMembersRequest.newBuilder()
                .setTenantId(tenant)
                .setGroupName(GROUP)
                .build());
        client.list("*", 10, "");
        refused(() -> client.list("*", -1, ""));
        client.calls.fetchMessages(fetch(GROUP));
        refused(() -> client.calls.fetchMessages(fetch(NOWHERE)));
        client.leave(LeaveGroupRequest.newBuilder().setGroupName(GROUP).setActorId("bob"));
        refused(() -> client.leave(GROUP, "bob"));
        client.join(GROUP, "eve");
        client.evict(GROUP, "eve");
        refused(() -> client.evict(GROUP, "eve"));
    }

    private void session() {
        GrpcSession session = client.session("cid");
        secrets.add(session.opened().getResumeToken());
        for (String group : List.of(GROUP, NOWHERE)) {
            session.ask(SessionRequest.newBuilder()
                    .setJoin(SubscribeRequest.newBuilder().setGroupName(group)));
            session.ask(SessionRequest.newBuilder().setPublish(publish(group)));
            session.ask(SessionRequest.newBuilder()
                    .setWatch(WatchRequest.newBuilder().setGroupName(group)));
            session.ask(SessionRequest.newBuilder()
                    .setUpdate(UpdateRequest.newBuilder().setGroupName(group).putMetadata("note", CONTENT)));
            session.ask(SessionRequest.newBuilder()
                    .setLeave(LeaveGroupRequest.newBuilder().setGroupName(group)));
        }
        asks(session);
        session.close();
    }

    private void asks(GrpcSession session) {
        for (String group : List.of(GROUP, NOWHERE)) {
            session.ask(SessionRequest.newBuilder()
                    .setAsk(AskRequest.newBuilder()
                            .setPublish(publish(group))
                            .setTimeout(Duration.newBuilder().setNanos(10_000_000))));
        }
        client.join(GROUP, "fay");
        var stream = client.ask(AskRequest.newBuilder().setPublish(publish(GROUP)));
        PublishToGroupResponse asked =
                stream.awaitEvent(Event::hasAsked).getAsked().getPublished();
        ReplyRequest reply = ReplyRequest.newBuilder()
                .setTenantId(tenant)
                .setGroupName(GROUP)
                .setActorId("fay")
                .setEpoch(asked.getEpoch())
                .setOffset(asked.getOffset())
                .setMessage(publish(GROUP).getMessage())
                .build();
        client.calls.reply(reply);
        refused(() -> client.calls.reply(reply.toBuilder().setOffset(1).build()));
        stream.cancel();
        client.leave(GROUP, "fay");
    }

    private void webSockets() {
        WsClient tab = server.browse(GROUP, "tab");
        secrets.add(tab.awaitJson("/subscribed/resumeToken")
                .at("/subscribed/resumeToken")
                .asText());
        WsClient socket = server.openWs("", WsClient.JSON);
        socket.send("{\"requestId\":1,\"open\":{\"tenantId\":\"" + tenant + "\",\"actorId\":\"dan\"}}");
        secrets.add(socket.awaitJson("/answer/opened/resumeToken")
                .at("/answer/opened/resumeToken")
                .asText());
        socket.send("{\"requestId\":2,\"publish\":{\"groupName\":\"" + GROUP + "\",\"message\":{\"text\":\"" + CONTENT
                + "\",\"headers\":{\"authorization\":\"" + CONTENT + "\"}}}}");
        tab.awaitTexts(1);
        socket.send("{\"requestId\":3,\"publish\":{\"" + CONTENT + "\":1}}");
        socket.send("{\"requestId\":4,\"open\":" + CONTENT);
        socket.awaitJson(event -> event.at("/answer/requestId").asText().equals("3"));
        String token = secrets.get(secrets.size() - 1);
        server.openWs("/" + tenant + "/default/" + NOWHERE + "?actor=tab&resume=" + token, WsClient.JSON)
                .awaitClosed();
    }

    private PublishToGroupRequest.Builder publish(String group) {
        return PublishToGroupRequest.newBuilder()
                .setGroupName(group)
                .setMessage(Message.newBuilder()
                        .setPayload(ByteString.copyFromUtf8(CONTENT))
                        .putHeaders("authorization", CONTENT));
    }

    private RenewLeaseRequest renewal(String lease) {
        return RenewLeaseRequest.newBuilder()
                .setTenantId(tenant)
                .setGroupName(GROUP)
                .setActorId("bob")
                .setLeaseId(lease)
                .build();
    }

    private UpdateRequest update(String lease) {
        return UpdateRequest.newBuilder()
                .setTenantId(tenant)
                .setGroupName(GROUP)
                .setActorId("bob")
                .setLeaseId(lease)
                .putMetadata("note", CONTENT)
                .build();
    }

    private FetchMessagesRequest fetch(String group) {
        return FetchMessagesRequest.newBuilder()
                .setTenantId(tenant)
                .setGroupName(group)
                .build();
    }

    private static void refused(ThrowingCallable call) {
        try {
            call.call();
        } catch (StatusRuntimeException expected) {
            return;
        } catch (Throwable other) {
            throw new AssertionError(other);
        }
        throw new AssertionError("was not refused");
    }
}
