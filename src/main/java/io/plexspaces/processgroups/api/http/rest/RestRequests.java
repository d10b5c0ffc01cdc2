package io.plexspaces.processgroups.api.http.rest;

import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.EnumDescriptor;
import com.google.protobuf.Descriptors.EnumValueDescriptor;
import io.plexspaces.processgroups.api.format.JsonMessages;
import io.plexspaces.processgroups.api.format.SubscribeUrl;
import io.plexspaces.processgroups.api.format.UrlQuery;
import io.plexspaces.processgroups.domain.GroupException;
import io.plexspaces.processgroups.proto.v1.CreateGroupRequest;
import io.plexspaces.processgroups.proto.v1.DeleteGroupRequest;
import io.plexspaces.processgroups.proto.v1.Dispatch;
import io.plexspaces.processgroups.proto.v1.FetchMessagesRequest;
import io.plexspaces.processgroups.proto.v1.GetMembersRequest;
import io.plexspaces.processgroups.proto.v1.ListGroupsRequest;
import io.plexspaces.processgroups.proto.v1.Message;
import io.plexspaces.processgroups.proto.v1.PublishAnswer;
import io.plexspaces.processgroups.proto.v1.PublishToGroupRequest;
import io.plexspaces.processgroups.proto.v1.SubscribeRequest;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What short paths ask for, as requests of the service. What does not fit is INVALID_ARGUMENT naming the parameter. */
final class RestRequests {
    static final List<String> OF_PUBLISH = List.of(
            "topic",
            "actor",
            "answer",
            "id",
            "message_type",
            "idempotency_key",
            "ttl",
            "dispatch",
            "dispatch_key",
            "exclude_sender",
            "create_missing",
            "delete_when_empty");
    static final List<String> OF_FETCH = List.of("after", "before", "newest_first", "limit", "actor");
    static final List<String> OF_MEMBERS = List.of("limit", "page_token", "detailed");
    static final List<String> OF_LIST = List.of("pattern", "limit", "page_token");
    static final List<String> OF_EVENTS = SubscribeUrl.NAMES;

    private static final JsonMessages<CreateGroupRequest> SPEC =
            new JsonMessages<>(CreateGroupRequest.getDefaultInstance());

    private RestRequests() {}

    /** @param body settings of the group as in CreateGroup, without names; empty: none */
    static CreateGroupRequest create(Route.Names at, byte[] body) {
        CreateGroupRequest spec = body.length == 0 ? CreateGroupRequest.getDefaultInstance() : SPEC.read(body);
        inThePath("tenant_id", spec.getTenantId());
        inThePath("namespace", spec.getNamespace());
        inThePath("group_name", spec.getGroupName());
        return spec.toBuilder()
                .setTenantId(at.tenant())
                .setNamespace(at.namespace())
                .setGroupName(at.group())
                .build();
    }

    static void inThePath(String field, String value) {
        if (!value.isEmpty()) {
            throw GroupException.invalid(field, "stands in the path");
        }
    }

    static DeleteGroupRequest delete(Route.Names at) {
        return DeleteGroupRequest.newBuilder()
                .setTenantId(at.tenant())
                .setNamespace(at.namespace())
                .setGroupName(at.group())
                .build();
    }

    static GetMembersRequest members(Route.Names at, UrlQuery query) {
        return GetMembersRequest.newBuilder()
                .setTenantId(at.tenant())
                .setNamespace(at.namespace())
                .setGroupName(at.group())
                .setPageSize(limit(query))
                .setPageToken(query.one("page_token"))
                .setDetailed(query.flag("detailed"))
                .build();
    }

    static ListGroupsRequest list(Route.Names at, UrlQuery query) {
        return ListGroupsRequest.newBuilder()
                .setTenantId(at.tenant())
                .setNamespace(at.namespace())
                .setNamePattern(query.one("pattern"))
                .setPageSize(limit(query))
                .setPageToken(query.one("page_token"))
                .build();
    }

    private static int limit(UrlQuery query) {
        int limit = query.number("limit");
        if (limit < 0) {
            throw GroupException.invalid("limit", "must not be negative");
        }
        return limit;
    }

    static FetchMessagesRequest fetch(Route.Names at, UrlQuery query) {
        FetchMessagesRequest.Builder request = FetchMessagesRequest.newBuilder()
                .setTenantId(at.tenant())
                .setNamespace(at.namespace())
                .setGroupName(at.group())
                .setActorId(query.one("actor"))
                .setPageSize(limit(query))
                .setNewestFirst(query.flag("newest_first"));
        if (query.has("after")) {
            request.setAfter(query.position("after"));
        }
        if (query.has("before")) {
            request.setBefore(query.position("before"));
        }
        return request.build();
    }

    /** @param body the payload */
    static PublishToGroupRequest publish(Route.Names at, UrlQuery query, byte[] body) {
        if (body.length == 0) {
            throw GroupException.invalid("message", "is missing: send its payload as the body, JSON or any other");
        }
        Message.Builder message = Message.newBuilder()
                .setPayload(ByteString.copyFrom(body))
                .setSenderId(query.one("actor"))
                .setId(query.one("id"))
                .setMessageType(query.one("message_type"))
                .setIdempotencyKey(query.one("idempotency_key"));
        if (query.has("ttl")) {
            message.setTtl(query.duration("ttl"));
        }
        PublishToGroupRequest.Builder request = PublishToGroupRequest.newBuilder()
                .setTenantId(at.tenant())
                .setNamespace(at.namespace())
                .setGroupName(at.group())
                .setMessage(message)
                .setTopic(query.one("topic"))
                .setDispatchKey(query.one("dispatch_key"))
                .setExcludeSender(query.flag("exclude_sender"))
                .setCreateMissing(query.flag("create_missing"))
                .setAnswerValue(choice(query, "answer", PublishAnswer.getDescriptor()))
                .setDispatchValue(choice(query, "dispatch", Dispatch.getDescriptor()));
        if (query.has("delete_when_empty")) {
            request.setDeleteWhenEmpty(query.duration("delete_when_empty"));
        }
        return request.build();
    }

    private static int choice(UrlQuery query, String name, EnumDescriptor choices) {
        String value = query.one(name);
        if (value.isEmpty()) {
            return 0;
        }
        EnumValueDescriptor chosen = choices.findValueByName(value.toUpperCase(Locale.ROOT));
        if (chosen == null) {
            throw GroupException.invalid(name, "is no known value");
        }
        return chosen.getNumber();
    }

    /** @param lastEventId of a client that comes back; null: it does not */
    static SubscribeRequest events(Route.Names at, @Nullable String query, @Nullable String lastEventId) {
        return SubscribeUrl.read(at.tenant(), at.namespace(), at.group(), query == null ? "" : query, lastEventId);
    }
}
