package io.plexspaces.processgroups.cluster;

import com.google.protobuf.Duration;
import com.google.protobuf.Message;
import io.plexspaces.processgroups.cluster.RightsTable.Column;
import io.plexspaces.processgroups.cluster.RightsTable.Fit;
import io.plexspaces.processgroups.cluster.RightsTable.Row;
import io.plexspaces.processgroups.proto.v1.AskRequest;
import io.plexspaces.processgroups.proto.v1.CancelAskRequest;
import io.plexspaces.processgroups.proto.v1.CreateGroupRequest;
import io.plexspaces.processgroups.proto.v1.DeleteGroupRequest;
import io.plexspaces.processgroups.proto.v1.EvictRequest;
import io.plexspaces.processgroups.proto.v1.FetchMessagesRequest;
import io.plexspaces.processgroups.proto.v1.GetLocalMembersRequest;
import io.plexspaces.processgroups.proto.v1.GetMembersRequest;
import io.plexspaces.processgroups.proto.v1.JoinGroupRequest;
import io.plexspaces.processgroups.proto.v1.LeaveGroupRequest;
import io.plexspaces.processgroups.proto.v1.ListGroupsRequest;
import io.plexspaces.processgroups.proto.v1.Presence;
import io.plexspaces.processgroups.proto.v1.PublishToGroupRequest;
import io.plexspaces.processgroups.proto.v1.RefreshToken;
import io.plexspaces.processgroups.proto.v1.RenewLeaseRequest;
import io.plexspaces.processgroups.proto.v1.ReplyRequest;
import io.plexspaces.processgroups.proto.v1.SessionOpen;
import io.plexspaces.processgroups.proto.v1.SessionRequest;
import io.plexspaces.processgroups.proto.v1.SubscribeRequest;
import io.plexspaces.processgroups.proto.v1.UpdateRequest;
import io.plexspaces.processgroups.proto.v1.WatchRequest;
import java.util.Map;

/** A well-formed request for each row of {@link RightsTable}. */
record RightsRequests(String tenant) {
    /** Whom evictions are about: what others here have joined stays. */
    static final String EVICTED = "eve";

    private static final String ACTOR = RightsTable.ACTOR;
    private static final String TOPIC = "room.a";

    private io.plexspaces.processgroups.proto.v1.Message.Builder message() {
        return io.plexspaces.processgroups.proto.v1.Message.newBuilder().setSenderId(ACTOR);
    }

    /** A request of a call. */
    Message call(Row row, String group) {
        return switch (row) {
            case CREATE -> fill(CreateGroupRequest.newBuilder(), group);
            case DELETE -> fill(DeleteGroupRequest.newBuilder(), group);
            case JOIN -> fill(JoinGroupRequest.newBuilder().setActorId(ACTOR), group);
            case JOIN_TOPIC ->
                fill(JoinGroupRequest.newBuilder().setActorId(ACTOR).addTopics(TOPIC), group);
            case JOIN_WITH_BOB ->
                fill(JoinGroupRequest.newBuilder().addActorIds(ACTOR).addActorIds("bob"), group);
            case JOIN_MISSING ->
                fill(JoinGroupRequest.newBuilder().setActorId(ACTOR).setCreateMissing(true), group);
            case LEAVE -> fill(LeaveGroupRequest.newBuilder().setActorId(ACTOR), group);
            case RENEW -> fill(RenewLeaseRequest.newBuilder().setActorId(ACTOR), group);
            case UPDATE -> fill(UpdateRequest.newBuilder().setActorId(ACTOR), group);
            case MEMBERS -> fill(GetMembersRequest.newBuilder(), group);
            case LOCAL_MEMBERS -> fill(GetLocalMembersRequest.newBuilder(), group);
            case LIST ->
                ListGroupsRequest.newBuilder()
                        .setTenantId(tenant)
                        .setNamePattern("chat.s*")
                        .build();
            case LIST_NAMESPACE ->
                ListGroupsRequest.newBuilder()
                        .setTenantId(tenant)
                        .setNamespace("default")
                        .build();
            case FETCH -> fill(FetchMessagesRequest.newBuilder(), group);
            case PUBLISH -> fill(PublishToGroupRequest.newBuilder().setMessage(message()), group);
            case PUBLISH_TOPIC ->
                fill(PublishToGroupRequest.newBuilder().setMessage(message()).setTopic(TOPIC), group);
            case PUBLISH_UNSIGNED ->
                fill(PublishToGroupRequest.newBuilder().setMessage(message().clearSenderId()), group);
            case PUBLISH_MISSING ->
                fill(PublishToGroupRequest.newBuilder().setMessage(message()).setCreateMissing(true), group);
            case ASK -> ask(fill(PublishToGroupRequest.newBuilder().setMessage(message()), group));
            case ASK_TOPIC ->
                ask(fill(
                        PublishToGroupRequest.newBuilder().setMessage(message()).setTopic(TOPIC), group));
            case REPLY -> fill(reply().setActorId(ACTOR), group);
            case EVICT -> fill(EvictRequest.newBuilder().setActorId(EVICTED), group);
            case EVICT_EVERYWHERE ->
                EvictRequest.newBuilder()
                        .setTenantId(tenant)
                        .setActorId(EVICTED)
                        .setEverywhere(true)
                        .build();
            case SUBSCRIBE -> fill(SubscribeRequest.newBuilder().setActorId(ACTOR), group);
            case SUBSCRIBE_TOPIC ->
                fill(SubscribeRequest.newBuilder().setActorId(ACTOR).addTopics(TOPIC), group);
            case SUBSCRIBE_SNAPSHOT ->
                fill(SubscribeRequest.newBuilder().setActorId(ACTOR).setSnapshot(true), group);
            case SUBSCRIBE_MISSING ->
                fill(SubscribeRequest.newBuilder().setActorId(ACTOR).setCreateMissing(true), group);
            case SUBSCRIBE_PRESENCE ->
                fill(SubscribeRequest.newBuilder().setActorId(ACTOR).setPresence(Presence.COUNT), group);
            case WATCH -> fill(WatchRequest.newBuilder(), group);
            case WATCH_NAMESPACE ->
                WatchRequest.newBuilder()
                        .setTenantId(tenant)
                        .setWholeNamespace(true)
                        .build();
            default -> throw new IllegalArgumentException(row + " is a request of a session");
        };
    }

    private static AskRequest ask(Message publish) {
        return AskRequest.newBuilder()
                .setPublish((PublishToGroupRequest) publish)
                .setTimeout(Duration.newBuilder().setNanos(10_000_000))
                .build();
    }

    private ReplyRequest.Builder reply() {
        return ReplyRequest.newBuilder().setEpoch("epoch").setOffset(1).setMessage(message());
    }

    /** The tenant and the group have the same names everywhere. */
    private Message fill(Message.Builder request, String group) {
        Map.of("tenant_id", tenant, "group_name", group)
                .forEach((field, value) ->
                        request.setField(request.getDescriptorForType().findFieldByName(field), value));
        return request.build();
    }

    /** What subscribes, of a URL. */
    String path(Row row, String group) {
        String more =
                switch (row) {
                    case SUBSCRIBE -> "";
                    case SUBSCRIBE_TOPIC -> "&topics=" + TOPIC;
                    case SUBSCRIBE_SNAPSHOT -> "&snapshot=true";
                    case SUBSCRIBE_MISSING -> "&create_missing=true";
                    case SUBSCRIBE_PRESENCE -> "&presence=count";
                    default -> throw new IllegalArgumentException(row + " is not asked for by a URL");
                };
        return "/ws/" + tenant + "/default/" + group + "?actor=" + ACTOR + more;
    }

    /**
     * A request of a session.
     *
     * @param token of {@code open} and {@code refresh}; empty: none
     */
    SessionRequest inSession(Row row, String group, String token) {
        SubscribeRequest.Builder join = SubscribeRequest.newBuilder().setGroupName(group);
        PublishToGroupRequest.Builder publish =
                PublishToGroupRequest.newBuilder().setGroupName(group).setMessage(message());
        WatchRequest watch = WatchRequest.newBuilder().setGroupName(group).build();
        WatchRequest watchAll =
                WatchRequest.newBuilder().setWholeNamespace(true).build();
        SessionRequest.Builder request = SessionRequest.newBuilder();
        return switch (row) {
            case OPEN ->
                request.setOpen(SessionOpen.newBuilder()
                                .setTenantId(tenant)
                                .setActorId(ACTOR)
                                .setToken(token))
                        .build();
            case THEN_JOIN_TOPIC -> request.setJoin(join.addTopics(TOPIC)).build();
            case THEN_JOIN -> request.setJoin(join).build();
            case THEN_JOIN_SNAPSHOT -> request.setJoin(join.setSnapshot(true)).build();
            case THEN_JOIN_MISSING ->
                request.setJoin(join.setCreateMissing(true)).build();
            case THEN_JOIN_PRESENCE ->
                request.setJoin(join.setPresence(Presence.MEMBERS)).build();
            case THEN_PUBLISH -> request.setPublish(publish).build();
            case THEN_PUBLISH_MISSING ->
                request.setPublish(publish.setCreateMissing(true)).build();
            case THEN_PUBLISH_TOPIC ->
                request.setPublish(publish.setTopic(TOPIC)).build();
            case THEN_ASK -> request.setAsk(ask(publish.build())).build();
            case THEN_REPLY -> request.setReply(reply().setGroupName(group)).build();
            case THEN_CANCEL ->
                request.setCancelAsk(CancelAskRequest.newBuilder().setAsk(99)).build();
            case THEN_LEAVE ->
                request.setLeave(LeaveGroupRequest.newBuilder().setGroupName(group))
                        .build();
            case THEN_RENEW ->
                request.setRenew(RenewLeaseRequest.newBuilder().setGroupName(group))
                        .build();
            case THEN_UPDATE ->
                request.setUpdate(UpdateRequest.newBuilder().setGroupName(group))
                        .build();
            case THEN_WATCH -> request.setWatch(watch).build();
            case THEN_UNWATCH -> request.setUnwatch(watch).build();
            case THEN_WATCH_NAMESPACE -> request.setWatch(watchAll).build();
            case THEN_UNWATCH_NAMESPACE -> request.setUnwatch(watchAll).build();
            case REFRESH ->
                request.setRefresh(RefreshToken.newBuilder().setToken(token)).build();
            default -> throw new IllegalArgumentException(row + " is no request of a session");
        };
    }

    /** A join about what these rules allow, so that there is something to leave. */
    SessionRequest joinAsFarAsAllowed(Column column, String group) {
        boolean others = column.rules.stream().anyMatch(rule -> rule.topics() == Fit.OTHERS);
        return SessionRequest.newBuilder()
                .setJoin(SubscribeRequest.newBuilder().setGroupName(group).addTopics(others ? "stock.a" : TOPIC))
                .build();
    }
}
