package io.plexspaces.processgroups.api;

import com.google.protobuf.Message;
import io.plexspaces.processgroups.core.Groups;
import io.plexspaces.processgroups.core.UseCase;
import io.plexspaces.processgroups.domain.GroupId;
import io.plexspaces.processgroups.log.GroupQuery;
import io.plexspaces.processgroups.proto.v1.CreateGroupRequest;
import io.plexspaces.processgroups.proto.v1.CreateGroupResponse;
import io.plexspaces.processgroups.proto.v1.DeleteGroupRequest;
import io.plexspaces.processgroups.proto.v1.DeleteGroupResponse;
import io.plexspaces.processgroups.proto.v1.EvictRequest;
import io.plexspaces.processgroups.proto.v1.EvictResponse;
import io.plexspaces.processgroups.proto.v1.FetchMessagesRequest;
import io.plexspaces.processgroups.proto.v1.FetchMessagesResponse;
import io.plexspaces.processgroups.proto.v1.GetLocalMembersRequest;
import io.plexspaces.processgroups.proto.v1.GetLocalMembersResponse;
import io.plexspaces.processgroups.proto.v1.GetMembersRequest;
import io.plexspaces.processgroups.proto.v1.GetMembersResponse;
import io.plexspaces.processgroups.proto.v1.JoinGroupRequest;
import io.plexspaces.processgroups.proto.v1.JoinGroupResponse;
import io.plexspaces.processgroups.proto.v1.LeaveGroupRequest;
import io.plexspaces.processgroups.proto.v1.LeaveGroupResponse;
import io.plexspaces.processgroups.proto.v1.ListGroupsRequest;
import io.plexspaces.processgroups.proto.v1.ListGroupsResponse;
import io.plexspaces.processgroups.proto.v1.PublishToGroupRequest;
import io.plexspaces.processgroups.proto.v1.PublishToGroupResponse;
import io.plexspaces.processgroups.proto.v1.RenewLeaseRequest;
import io.plexspaces.processgroups.proto.v1.RenewLeaseResponse;
import io.plexspaces.processgroups.proto.v1.ReplyRequest;
import io.plexspaces.processgroups.proto.v1.ReplyResponse;
import io.plexspaces.processgroups.proto.v1.UpdateRequest;
import io.plexspaces.processgroups.proto.v1.UpdateResponse;
import io.smallrye.mutiny.Uni;
import java.util.List;
import java.util.function.BiFunction;
import java.util.function.Predicate;

/** The unary operations of the service, as each protocol serves them: from a request to its answer. Thread-safe. */
public final class Operations {
    /** Of pages, of members without pages, and of retained messages. */
    public static final int LARGEST_ANSWER = Answers.ANSWER_BYTES;

    /** Of all others. */
    public static final int SMALL_ANSWER = 16 * 1024;

    /** The longest id with what it costs in an answer, and the rest of the answer. */
    private static final int ID_BYTES = 260;

    private static final int PAGE_BYTES = 1024;

    private final Groups groups;

    public Operations(Groups groups) {
        this.groups = groups;
    }

    /** All of them. */
    public List<Operation<?, ?>> all() {
        return List.of(
                create(),
                delete(),
                small(UseCase.JOIN, "JoinGroup", JoinGroupRequest.getDefaultInstance(), this::join),
                small(UseCase.LEAVE, "LeaveGroup", LeaveGroupRequest.getDefaultInstance(), this::leave),
                small(UseCase.UPDATE, "Update", UpdateRequest.getDefaultInstance(), this::update),
                small(UseCase.EVICT, "Evict", EvictRequest.getDefaultInstance(), this::evict),
                members(),
                large(
                        UseCase.GET_MEMBERS,
                        "GetLocalMembers",
                        GetLocalMembersRequest.getDefaultInstance(),
                        this::localMembers),
                list(),
                publish(),
                fetch(),
                small(UseCase.RENEW, "RenewLease", RenewLeaseRequest.getDefaultInstance(), this::renew),
                small(UseCase.REPLY, "Reply", ReplyRequest.getDefaultInstance(), this::reply));
    }

    public Operation<CreateGroupRequest, CreateGroupResponse> create() {
        return small(UseCase.CREATE, "CreateGroup", CreateGroupRequest.getDefaultInstance(), this::create);
    }

    public Operation<DeleteGroupRequest, DeleteGroupResponse> delete() {
        return small(UseCase.DELETE, "DeleteGroup", DeleteGroupRequest.getDefaultInstance(), this::delete);
    }

    public Operation<GetMembersRequest, GetMembersResponse> members() {
        return new Operation<>(
                UseCase.GET_MEMBERS,
                "GetMembers",
                GetMembersRequest.getDefaultInstance(),
                this::members,
                Operations::mostMembers);
    }

    public Operation<ListGroupsRequest, ListGroupsResponse> list() {
        return large(UseCase.LIST, "ListGroups", ListGroupsRequest.getDefaultInstance(), this::list);
    }

    public Operation<PublishToGroupRequest, PublishToGroupResponse> publish() {
        return small(UseCase.PUBLISH, "PublishToGroup", PublishToGroupRequest.getDefaultInstance(), this::publish);
    }

    public Operation<FetchMessagesRequest, FetchMessagesResponse> fetch() {
        return large(UseCase.FETCH, "FetchMessages", FetchMessagesRequest.getDefaultInstance(), this::fetch);
    }

    private static <Q extends Message, A extends Message> Operation<Q, A> small(
            UseCase name, String method, Q prototype, BiFunction<Requests, Q, Uni<A>> execution) {
        return new Operation<>(name, method, prototype, execution, request -> SMALL_ANSWER);
    }

    private static <Q extends Message, A extends Message> Operation<Q, A> large(
            UseCase name, String method, Q prototype, BiFunction<Requests, Q, Uni<A>> execution) {
        return new Operation<>(name, method, prototype, execution, request -> LARGEST_ANSWER);
    }

    private Uni<CreateGroupResponse> create(Requests by, CreateGroupRequest request) {
        Requests.Create wish = by.create(request);
        return Managing.told(
                        groups.create(wish.group(), wish.spec()),
                        created -> true,
                        Managing::isUnanswered,
                        known -> by.managed(UseCase.CREATE, wish.group(), known))
                .map(Answers::created);
    }

    private Uni<DeleteGroupResponse> delete(Requests by, DeleteGroupRequest request) {
        GroupId group = by.delete(request);
        return Managing.told(
                        groups.delete(group),
                        existed -> existed,
                        Managing::isUnanswered,
                        known -> by.managed(UseCase.DELETE, group, known))
                .map(Answers::deleted);
    }

    private Uni<EvictResponse> evict(Requests by, EvictRequest request) {
        Requests.Evict wish = by.evict(request);
        GroupId group = wish.group();
        Uni<Groups.EvictResult> evicting = group == null
                ? groups.evictEverywhere(wish.tenant(), wish.actor(), wish.ban())
                : groups.evict(group, wish.actor(), wish.ban());
        Predicate<Throwable> isPerhapsDone = group == null ? Managing::isPerhapsDoneInPart : Managing::isUnanswered;
        return Managing.told(evicting, evicted -> true, isPerhapsDone, known -> by.managed(wish, known))
                .map(Answers::evicted);
    }

    private Uni<JoinGroupResponse> join(Requests by, JoinGroupRequest request) {
        return groups.join(by.join(request)).map(Answers::joined);
    }

    private Uni<LeaveGroupResponse> leave(Requests by, LeaveGroupRequest request) {
        return groups.leave(by.leave(request)).map(Answers::left);
    }

    private Uni<UpdateResponse> update(Requests by, UpdateRequest request) {
        return groups.update(by.update(request)).map(Answers::updated);
    }

    private Uni<RenewLeaseResponse> renew(Requests by, RenewLeaseRequest request) {
        return groups.renew(by.renew(request)).map(Answers::renewed);
    }

    private Uni<ReplyResponse> reply(Requests by, ReplyRequest request) {
        return groups.reply(by.reply(request)).map(Answers::replied);
    }

    private Uni<PublishToGroupResponse> publish(Requests by, PublishToGroupRequest request) {
        return groups.publish(by.publish(request)).map(Answers::published);
    }

    private Uni<GetMembersResponse> members(Requests by, GetMembersRequest request) {
        Groups.MembersQuery query = by.members(request);
        return groups.members(query).map(page -> Answers.members(query, page, request.getDetailed()));
    }

    /** A page of ids that was asked to be small does not count as if it could be as large as any answer. */
    private static long mostMembers(GetMembersRequest request) {
        return request.getPageSize() <= 0 || request.getDetailed()
                ? LARGEST_ANSWER
                : PAGE_BYTES + (long) request.getPageSize() * ID_BYTES;
    }

    private Uni<GetLocalMembersResponse> localMembers(Requests by, GetLocalMembersRequest request) {
        Groups.MembersQuery query = by.localMembers(request);
        return groups.members(query).map(page -> Answers.localMembers(query, page));
    }

    private Uni<ListGroupsResponse> list(Requests by, ListGroupsRequest request) {
        GroupQuery query = by.list(request);
        return groups.list(query).map(page -> Answers.groups(by, query, page));
    }

    private Uni<FetchMessagesResponse> fetch(Requests by, FetchMessagesRequest request) {
        Groups.FetchRequest wish = by.fetch(request);
        return groups.fetch(wish).map(slice -> Answers.fetched(wish, slice));
    }
}
