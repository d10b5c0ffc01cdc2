package io.plexspaces.processgroups.api;

import io.plexspaces.processgroups.access.Attempt;
import io.plexspaces.processgroups.access.Caller;
import io.plexspaces.processgroups.access.Decision;
import io.plexspaces.processgroups.access.Witness;
import io.plexspaces.processgroups.core.Groups;
import io.plexspaces.processgroups.core.Missing;
import io.plexspaces.processgroups.core.Presence;
import io.plexspaces.processgroups.core.ReplayLast;
import io.plexspaces.processgroups.core.UseCase;
import io.plexspaces.processgroups.core.delivery.Connection;
import io.plexspaces.processgroups.core.session.Session;
import io.plexspaces.processgroups.domain.ActorId;
import io.plexspaces.processgroups.domain.Glob;
import io.plexspaces.processgroups.domain.GroupException;
import io.plexspaces.processgroups.domain.GroupId;
import io.plexspaces.processgroups.domain.GroupSpec;
import io.plexspaces.processgroups.domain.JoinMetadata;
import io.plexspaces.processgroups.domain.Namespace;
import io.plexspaces.processgroups.domain.NodeId;
import io.plexspaces.processgroups.domain.OverflowPolicy;
import io.plexspaces.processgroups.domain.Position;
import io.plexspaces.processgroups.domain.Topic;
import io.plexspaces.processgroups.domain.TopicFilter;
import io.plexspaces.processgroups.domain.Utf8;
import io.plexspaces.processgroups.log.GroupQuery;
import io.plexspaces.processgroups.proto.v1.AskRequest;
import io.plexspaces.processgroups.proto.v1.CreateGroupRequest;
import io.plexspaces.processgroups.proto.v1.DeleteGroupRequest;
import io.plexspaces.processgroups.proto.v1.Dispatch;
import io.plexspaces.processgroups.proto.v1.EvictRequest;
import io.plexspaces.processgroups.proto.v1.FetchMessagesRequest;
import io.plexspaces.processgroups.proto.v1.GetLocalMembersRequest;
import io.plexspaces.processgroups.proto.v1.GetMembersRequest;
import io.plexspaces.processgroups.proto.v1.JoinGroupRequest;
import io.plexspaces.processgroups.proto.v1.LeaveGroupRequest;
import io.plexspaces.processgroups.proto.v1.ListGroupsRequest;
import io.plexspaces.processgroups.proto.v1.PublishAnswer;
import io.plexspaces.processgroups.proto.v1.PublishToGroupRequest;
import io.plexspaces.processgroups.proto.v1.RenewLeaseRequest;
import io.plexspaces.processgroups.proto.v1.ReplyRequest;
import io.plexspaces.processgroups.proto.v1.SessionOpen;
import io.plexspaces.processgroups.proto.v1.SubscribeRequest;
import io.plexspaces.processgroups.proto.v1.UpdateRequest;
import io.plexspaces.processgroups.proto.v1.WatchRequest;
import io.plexspaces.processgroups.quota.Quotas;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Requests as the use cases want them: the one gate on the way to them. Checks everything that can be checked without a
 * group: what is beyond a quota is QUOTA_EXCEEDED, what breaks a rule INVALID_ARGUMENT, and what the caller may not do
 * PERMISSION_DENIED, each naming the field, before anything is looked up or touched. Whatever a request is about has a
 * namespace, which comes from {@link #namespace} and {@link #publishing} alone: so none is forgotten by the quotas.
 *
 * <p>One file, as each operation is one method here, and none may pass by another way.
 */
public final class Requests {
    private static final int PAGE = 100;
    private static final int MAX_PAGE = 1000;

    /** Of members, for those who know no pages. */
    private static final int WHOLE_PAGE = 10_000;

    private static final int ID_BYTES = 255;
    private static final Duration MIN_TTL = Duration.ofSeconds(1);
    private static final Duration MAX_TTL = Duration.ofHours(24);
    private static final Duration MIN_BAN = Duration.ofSeconds(1);
    private static final Duration MAX_BAN = Duration.ofDays(30);
    private static final Duration MIN_ASK = Duration.ofMillis(10);
    private static final Duration MAX_ASK = Duration.ofMinutes(5);
    private static final Duration ASK_TIMEOUT = Duration.ofSeconds(5);

    private final ApiSettings settings;
    private final Scope scope;
    private final Caller caller;
    private final @Nullable SocketAddress from;
    private final Witness witness;
    private final Quotas.@Nullable Meter meter;

    /** @param caller whose rights requests need, as long as nobody else is named */
    public Requests(ApiSettings settings, Caller caller) {
        this(settings, caller, Witness.NONE, null);
    }

    /**
     * @param caller whose rights requests need, as long as nobody else is named
     * @param witness of what is denied, and of what was managed
     * @param meter null: there are no quotas
     */
    public Requests(ApiSettings settings, Caller caller, Witness witness, Quotas.@Nullable Meter meter) {
        this(settings, Scope.NONE, caller, null, witness, meter);
    }

    private Requests(
            ApiSettings settings,
            Scope scope,
            Caller caller,
            @Nullable SocketAddress from,
            Witness witness,
            Quotas.@Nullable Meter meter) {
        this.settings = settings;
        this.scope = scope;
        this.caller = caller;
        this.from = from;
        this.witness = witness;
        this.meter = meter;
    }

    /**
     * For requests of this caller.
     *
     * @param address where it is; null: it is not known
     */
    public Requests by(Caller another, @Nullable SocketAddress address) {
        return another == caller && address == from
                ? this
                : new Requests(settings, scope, another, address, witness, meter);
    }

    /** For requests of one connection, which has quotas of its own, and comes from there. */
    Requests ofConnection(@Nullable SocketAddress address) {
        Quotas.Meter counted = meter;
        return counted == null
                ? by(caller, address)
                : new Requests(settings, scope, caller, address, witness, counted.ofSession());
    }

    /** Whether it should be looked where callers are. */
    public boolean askWhere() {
        return witness.asksWhere();
    }

    /** For requests in a session: names left out are the session's, and others are refused. */
    Requests in(Namespace namespace, ActorId actor) {
        return new Requests(settings, new Scope(namespace, actor), caller, from, witness, meter);
    }

    /**
     * A session to be opened, or taken over.
     *
     * @param resumeToken null: none
     */
    public record Open(
            Namespace namespace, ActorId actor, @Nullable String resumeToken) {}

    /** A group to be created. */
    public record Create(GroupId group, GroupSpec spec) {}

    /**
     * An actor whose joins in a group are to end.
     *
     * @param group null: its sessions, too, and its joins in each group of the tenant
     * @param ban zero: an earlier one is lifted; null: stays as it is
     */
    public record Evict(
            String tenant,
            @Nullable GroupId group,
            ActorId actor,
            @Nullable Duration ban) {}

    /**
     * To receive a group's messages.
     *
     * @param after last position the client saw; null: only what comes
     * @param last retained messages to send first; null: none
     * @param policy null: the group's
     * @param resumeToken null: none
     * @param metadata none: as before
     * @param presence what it sees of the members
     * @param missing null: the group must be there
     */
    public record Subscribe(
            GroupId group,
            ActorId actor,
            TopicFilter filter,
            @Nullable Position after,
            @Nullable ReplayLast last,
            boolean snapshot,
            @Nullable OverflowPolicy policy,
            @Nullable String resumeToken,
            JoinMetadata metadata,
            Presence presence,
            @Nullable Missing missing) {
        /** @param only the connection is for this alone */
        public Session.Wish wish(boolean only) {
            return new Session.Wish(group, filter, after, last, snapshot, policy, only, metadata, presence, missing);
        }
    }

    /** @param group null: the whole namespace */
    public record Watch(Namespace namespace, @Nullable GroupId group) {}

    GroupId group(String tenant, String namespace, String name) {
        return new GroupId(namespace(tenant, namespace), name);
    }

    /** Once for each request, which counts here. */
    private Namespace namespace(String tenant, String name) {
        Namespace namespace = scope.namespace(tenant, name);
        Quotas.Meter counted = meter;
        if (counted != null) {
            counted.request(counting(namespace));
        }
        return namespace;
    }

    /** As {@link #namespace}, for a request that publishes: also what it publishes counts. */
    private Namespace publishing(String tenant, String name, int messageBytes) {
        Namespace namespace = scope.namespace(tenant, name);
        Quotas.Meter counted = meter;
        if (counted != null) {
            counted.publish(counting(namespace), messageBytes);
        }
        return namespace;
    }

    /** The tenant whose quotas a request uses up: the caller's, also where it names another. */
    private String counting(Namespace namespace) {
        String own = caller.tenant();
        return own == null ? namespace.tenant() : own;
    }

    /** A request about nothing but the session itself counts, too. */
    void ofSession() {
        namespace("", "");
    }

    /** What a group is to be, whoever asks for it. */
    public GroupSpec spec(CreateGroupRequest request) {
        return GroupSpecs.read(request, settings);
    }

    public Open open(SessionOpen request) {
        Namespace namespace = namespace(request.getTenantId(), request.getNamespace());
        ActorId actor = Values.actor("actor_id", request.getActorId());
        String resume = resumeToken(request.getResumeToken());
        needBeing(namespace, actor);
        return new Open(namespace, actor, resume);
    }

    public Create create(CreateGroupRequest request) {
        GroupId group = group(request.getTenantId(), request.getNamespace(), request.getGroupName());
        GroupSpec spec = spec(request);
        need(caller.mayManage(group), UseCase.CREATE, group, null);
        return new Create(group, spec);
    }

    public GroupId delete(DeleteGroupRequest request) {
        GroupId group = group(request.getTenantId(), request.getNamespace(), request.getGroupName());
        need(caller.mayManage(group), UseCase.DELETE, group, null);
        return group;
    }

    public Groups.JoinRequest join(JoinGroupRequest request) {
        GroupId group = group(request.getTenantId(), request.getNamespace(), request.getGroupName());
        List<ActorId> actors = actors(request);
        TopicFilter filter = filter(request.getTopicsList());
        GroupSpec spec =
                missing(request.getCreateMissing(), request.hasDeleteWhenEmpty(), request.getDeleteWhenEmpty());
        Groups.JoinRequest wish = new Groups.JoinRequest(
                group,
                actors,
                filter,
                request.getNodeId().isEmpty() ? null : new NodeId(request.getNodeId()),
                request.hasTtl() ? ttl(request.getTtl()) : null,
                null,
                Values.metadata(request.getMetadataMap()),
                making(group, spec));
        actors.forEach(actor -> need(caller.mayJoin(group, actor, filter), UseCase.JOIN, group, actor));
        needMaking(wish.missing(), UseCase.JOIN, group);
        return wish;
    }

    public Groups.LeaveRequest leave(LeaveGroupRequest request) {
        Groups.LeaveRequest wish = new Groups.LeaveRequest(
                group(request.getTenantId(), request.getNamespace(), request.getGroupName()),
                scope.actor("actor_id", request.getActorId()),
                request.getAll(),
                lease(request.getLeaseId()),
                null);
        need(caller.mayLeave(wish.group(), wish.actor()), UseCase.LEAVE, wish.group(), wish.actor());
        return wish;
    }

    public Groups.UpdateRequest update(UpdateRequest request) {
        Groups.UpdateRequest wish = new Groups.UpdateRequest(
                group(request.getTenantId(), request.getNamespace(), request.getGroupName()),
                scope.actor("actor_id", request.getActorId()),
                lease(request.getLeaseId()),
                null,
                Values.metadata(request.getMetadataMap()));
        need(caller.mayLeave(wish.group(), wish.actor()), UseCase.UPDATE, wish.group(), wish.actor());
        return wish;
    }

    public Evict evict(EvictRequest request) {
        if (request.getEverywhere()) {
            return evictEverywhere(request);
        }
        GroupId group = group(request.getTenantId(), request.getNamespace(), request.getGroupName());
        Evict wish = new Evict(group.tenant(), group, new ActorId(request.getActorId()), ban(request));
        need(caller.mayManage(group), UseCase.EVICT, group, wish.actor());
        return wish;
    }

    private Evict evictEverywhere(EvictRequest request) {
        String tenant = namespace(request.getTenantId(), "").tenant();
        if (!request.getNamespace().isEmpty()) {
            throw GroupException.invalid("namespace", "must be empty with everywhere");
        }
        if (!request.getGroupName().isEmpty()) {
            throw GroupException.invalid("group_name", "must be empty with everywhere");
        }
        Evict wish = new Evict(tenant, null, new ActorId(request.getActorId()), ban(request));
        need(caller.mayManageAll(tenant), UseCase.EVICT, tenant, null, null, wish.actor());
        return wish;
    }

    public Groups.RenewRequest renew(RenewLeaseRequest request) {
        Groups.RenewRequest wish = new Groups.RenewRequest(
                group(request.getTenantId(), request.getNamespace(), request.getGroupName()),
                scope.actor("actor_id", request.getActorId()),
                lease(request.getLeaseId()),
                request.hasTtl() ? ttl(request.getTtl()) : null);
        need(caller.mayLeave(wish.group(), wish.actor()), UseCase.RENEW, wish.group(), wish.actor());
        return wish;
    }

    public Groups.MembersQuery members(GetMembersRequest request) {
        GroupId group = group(request.getTenantId(), request.getNamespace(), request.getGroupName());
        Groups.MembersQuery query = new Groups.MembersQuery(
                group,
                false,
                afterMember(Pages.members(group, false), request.getPageToken()),
                pageSize(request.getPageSize(), WHOLE_PAGE, MAX_PAGE));
        need(caller.mayRead(group), UseCase.GET_MEMBERS, group, null);
        return query;
    }

    public Groups.MembersQuery localMembers(GetLocalMembersRequest request) {
        GroupId group = group(request.getTenantId(), request.getNamespace(), request.getGroupName());
        Groups.MembersQuery query = new Groups.MembersQuery(
                group,
                true,
                afterMember(Pages.members(group, true), request.getPageToken()),
                pageSize(request.getPageSize(), WHOLE_PAGE, WHOLE_PAGE));
        need(caller.mayRead(group), UseCase.GET_MEMBERS, group, null);
        return query;
    }

    /** What it finds, {@link Answers#groups} looks through. */
    public GroupQuery list(ListGroupsRequest request) {
        Namespace namespace = namespace(request.getTenantId(), request.getNamespace());
        boolean all = request.getNamespace().isEmpty();
        GroupQuery query = new GroupQuery(
                namespace.tenant(),
                all ? null : namespace.name(),
                new Glob(Utf8.atMost(128, "name_pattern", request.getNamePattern())),
                null,
                pageSize(request.getPageSize(), PAGE, MAX_PAGE));
        Decision decision = caller.mayList(query.tenant(), query.namespace());
        need(decision, UseCase.LIST, query.tenant(), query.namespace(), null, null);
        if (request.getPageToken().isEmpty()) {
            return query;
        }
        GroupId after = Pages.group(query, PageTokens.decode(Pages.groups(query), request.getPageToken()));
        return new GroupQuery(query.tenant(), query.namespace(), query.names(), after, query.limit());
    }

    /** Whether the caller may see this group, which was found. */
    public boolean reads(GroupId group) {
        return caller.mayRead(group).allowed();
    }

    /** Whether it may see each group there. */
    boolean readsAll(Namespace namespace) {
        return caller.mayReadAll(namespace).allowed();
    }

    /**
     * Whether it could join so, what it has joined.
     *
     * @param filter null: not known, and so as if it were for all
     */
    public boolean joins(GroupId group, ActorId actor, @Nullable TopicFilter filter) {
        return caller.mayJoin(group, actor, filter == null ? TopicFilter.ALL : filter)
                .allowed();
    }

    /** Whether it could ask so, what it has asked. */
    boolean asks(Groups.AskedAs asked) {
        return caller.mayPublish(asked.group(), asked.sender(), asked.topic()).allowed()
                && (!asked.named() || caller.mayRead(asked.group()).allowed());
    }

    /** Whether it may see all that can be found. */
    boolean readsAll(GroupQuery query) {
        String namespace = query.namespace();
        Decision decision = namespace == null
                ? caller.mayReadAll(query.tenant())
                : caller.mayReadAll(new Namespace(query.tenant(), namespace));
        return decision.allowed();
    }

    /** Who received it is said to nobody who may not read the group. */
    public Groups.PublishRequest publish(PublishToGroupRequest request) {
        return publish(request, UseCase.PUBLISH);
    }

    private Groups.PublishRequest publish(PublishToGroupRequest request, UseCase operation) {
        Namespace namespace = publishing(
                request.getTenantId(),
                request.getNamespace(),
                request.getMessage().getSerializedSize());
        GroupId group = new GroupId(namespace, request.getGroupName());
        GroupSpec spec =
                missing(request.getCreateMissing(), request.hasDeleteWhenEmpty(), request.getDeleteWhenEmpty());
        if (!request.hasMessage()) {
            throw GroupException.invalid("message", "must be set");
        }
        Groups.PublishRequest wish = new Groups.PublishRequest(
                group,
                Messages.read(
                        request.getMessage(), scope.sender(request.getMessage().getSenderId()), settings),
                request.getTopic().isEmpty() ? null : new Topic(request.getTopic()),
                spread(request),
                Utf8.atMost(ID_BYTES, "dispatch_key", request.getDispatchKey()),
                request.getExcludeSender(),
                recipients(request, group),
                null,
                making(group, spec));
        ActorId sender = wish.message().sender();
        need(caller.mayPublish(group, sender, wish.topic()), operation, group, sender);
        needMaking(wish.missing(), operation, group);
        return wish;
    }

    /**
     * A message that asks, as it is published.
     *
     * @param timeout from when the log has it
     */
    public record Ask(Groups.PublishRequest publish, Duration timeout, boolean retryOther) {
        /** @param number names it on the connection */
        public Groups.AskRequest on(Connection connection, long number, boolean only) {
            return new Groups.AskRequest(publish, timeout, retryOther, connection, number, only);
        }
    }

    public Ask ask(AskRequest request) {
        PublishToGroupRequest publish = request.getPublish();
        if (publish.getAnswer() != PublishAnswer.RECIPIENT_IDS) {
            throw GroupException.invalid("publish.answer", "must not be given");
        }
        Duration timeout = request.hasTimeout() ? Values.duration("timeout", request.getTimeout()) : ASK_TIMEOUT;
        if (timeout.compareTo(MIN_ASK) < 0 || timeout.compareTo(MAX_ASK) > 0) {
            throw GroupException.invalid("timeout", "must be from 10 milliseconds to 5 minutes");
        }
        if (request.getRetryOther() && publish.getDispatch() != Dispatch.ONE) {
            throw GroupException.invalid("retry_other", "goes with dispatch ONE alone");
        }
        return new Ask(publish(publish, UseCase.ASK), timeout, request.getRetryOther());
    }

    /** It is told to one who asked: what is asked of it is what a publish would be. */
    public Groups.ReplyRequest reply(ReplyRequest request) {
        Namespace namespace = publishing(
                request.getTenantId(),
                request.getNamespace(),
                request.getMessage().getSerializedSize());
        GroupId group = new GroupId(namespace, request.getGroupName());
        ActorId actor = scope.actor("actor_id", request.getActorId());
        if (!request.hasMessage()) {
            throw GroupException.invalid("message", "must be set");
        }
        String sender = request.getMessage().getSenderId();
        if (!sender.isEmpty() && !sender.equals(actor.value())) {
            throw GroupException.invalid("message.sender_id", "must be empty, or the actor's");
        }
        if (request.getEpoch().isEmpty()) {
            throw GroupException.invalid("epoch", "must be set, to that of the message");
        }
        if (request.getOffset() < 1) {
            throw GroupException.invalid("offset", "must be from 1 to 2^63 - 1");
        }
        Groups.ReplyRequest wish = new Groups.ReplyRequest(
                group,
                actor,
                new Position(Utf8.atMost(ID_BYTES, "epoch", request.getEpoch()), request.getOffset()),
                Messages.read(request.getMessage(), sender.isEmpty() ? null : actor, settings));
        need(caller.mayLeave(group, actor), UseCase.REPLY, group, actor);
        return wish;
    }

    /** Whatever the filter of the actor is: to read messages takes the right to read all of them. */
    public Groups.FetchRequest fetch(FetchMessagesRequest request) {
        Groups.FetchRequest wish = new Groups.FetchRequest(
                group(request.getTenantId(), request.getNamespace(), request.getGroupName()),
                request.getActorId().isEmpty() ? null : new ActorId(request.getActorId()),
                from(request),
                request.hasBefore() || request.getNewestFirst(),
                pageSize(request.getPageSize(), PAGE, MAX_PAGE));
        need(caller.mayFetch(wish.group(), TopicFilter.ALL), UseCase.FETCH, wish.group(), wish.actor());
        return wish;
    }

    private static @Nullable Position from(FetchMessagesRequest request) {
        if (!request.hasAfter()) {
            boolean named = request.hasBefore() && request.getBefore().getSerializedSize() > 0;
            return named ? Values.position("before", request.getBefore()) : null;
        }
        if (request.hasBefore()) {
            throw GroupException.invalid("before", "must not be set together with after");
        }
        if (request.getNewestFirst()) {
            throw GroupException.invalid("newest_first", "must not be set together with after");
        }
        return Values.position(request.getAfter());
    }

    public Subscribe subscribe(SubscribeRequest request) {
        GroupId group = group(request.getTenantId(), request.getNamespace(), request.getGroupName());
        GroupSpec spec =
                missing(request.getCreateMissing(), request.hasDeleteWhenEmpty(), request.getDeleteWhenEmpty());
        Subscribe wish = new Subscribe(
                group,
                scope.actor("actor_id", request.getActorId()),
                filter(request.getTopicsList()),
                request.hasAfter() ? Values.position(request.getAfter()) : null,
                replayLast(request),
                request.getSnapshot(),
                Values.policy(request.getOverflowPolicy()),
                resumeToken(request.getResumeToken()),
                Values.metadata(request.getMetadataMap()),
                presence(request),
                making(group, spec));
        Decision join = caller.mayJoin(wish.group(), wish.actor(), wish.filter());
        need(join, UseCase.JOIN, wish.group(), wish.actor());
        if (wish.snapshot() || wish.presence() != Presence.NONE) {
            need(caller.mayRead(wish.group()), UseCase.JOIN, wish.group(), wish.actor());
        }
        needMaking(wish.missing(), UseCase.JOIN, group);
        return wish;
    }

    /** What a group is made with that is missing; null: it is not made. */
    private @Nullable GroupSpec missing(boolean create, boolean waits, com.google.protobuf.Duration wait) {
        if (create) {
            return GroupSpecs.missing(settings, waits ? GroupSpecs.deleteWhenEmpty(wait) : null);
        }
        if (waits) {
            throw GroupException.invalid("delete_when_empty", "needs create_missing");
        }
        return null;
    }

    /** Who has it made is told of like others who create a group. */
    private @Nullable Missing making(GroupId group, @Nullable GroupSpec spec) {
        return spec == null ? null : new Missing(spec, known -> managed(UseCase.CREATE, group, known));
    }

    /** Whether or not there is such a group: a refusal does not tell. */
    private void needMaking(@Nullable Missing missing, UseCase operation, GroupId group) {
        if (missing != null) {
            need(caller.mayManage(group), operation, group, null);
        }
    }

    private static @Nullable ReplayLast replayLast(SubscribeRequest request) {
        int messages = request.getReplayLast();
        if (messages < 0 || messages > ReplayLast.MOST) {
            throw GroupException.invalid("replay_last", "must be at most " + ReplayLast.MOST);
        }
        if (messages == 0) {
            if (request.getReplayLastOfEachTopic()) {
                throw GroupException.invalid("replay_last_of_each_topic", "needs replay_last");
            }
            return null;
        }
        if (request.hasAfter()) {
            throw GroupException.invalid("replay_last", "must not be set together with after");
        }
        return new ReplayLast(messages, request.getReplayLastOfEachTopic());
    }

    public Watch watch(WatchRequest request) {
        Namespace namespace = namespace(request.getTenantId(), request.getNamespace());
        if (!request.getWholeNamespace()) {
            GroupId group = new GroupId(namespace, request.getGroupName());
            need(caller.mayRead(group), UseCase.WATCH, group, null);
            return new Watch(namespace, group);
        }
        if (!request.getGroupName().isEmpty()) {
            throw GroupException.invalid("group_name", "must be empty with whole_namespace");
        }
        need(caller.mayReadAll(namespace), UseCase.WATCH, namespace.tenant(), namespace.name(), null, null);
        return new Watch(namespace, null);
    }

    private static Presence presence(SubscribeRequest request) {
        return switch (request.getPresence()) {
            case PRESENCE_NONE -> Presence.NONE;
            case MEMBERS -> Presence.MEMBERS;
            case COUNT -> Presence.COUNT;
            case UNRECOGNIZED -> throw Values.unknownValue("presence");
        };
    }

    private static @Nullable String resumeToken(String token) {
        return token.isEmpty() ? null : Utf8.atMost(ID_BYTES, "resume_token", token);
    }

    /** @throws GroupException INVALID_ARGUMENT naming {@code topics} */
    public TopicFilter filter(List<String> topics) {
        if (topics.size() > settings.maxTopics()) {
            throw GroupException.invalid("topics", "must be at most " + settings.maxTopics());
        }
        return TopicFilter.of(topics);
    }

    private List<ActorId> actors(JoinGroupRequest request) {
        List<ActorId> actors = new ArrayList<>();
        if (!request.getActorId().isEmpty() || request.getActorIdsCount() == 0) {
            actors.add(new ActorId(request.getActorId()));
        }
        int number = 0;
        for (String id : request.getActorIdsList()) {
            actors.add(Values.actor("actor_ids", ++number, id));
            if (actors.size() > settings.maxBatchActors()) {
                throw GroupException.invalid("actor_ids", "must be at most " + settings.maxBatchActors());
            }
        }
        return actors;
    }

    private static Groups.Spread spread(PublishToGroupRequest request) {
        return switch (request.getDispatch()) {
            case DISPATCH_UNSPECIFIED, ALL -> Groups.Spread.ALL;
            case ONE -> Groups.Spread.ONE;
            case LOCAL -> Groups.Spread.LOCAL;
            case UNRECOGNIZED -> throw Values.unknownValue("dispatch");
        };
    }

    private Groups.RecipientDetail recipients(PublishToGroupRequest request, GroupId group) {
        return switch (request.getAnswer()) {
            case RECIPIENT_IDS ->
                caller.mayRead(group).allowed() ? Groups.RecipientDetail.IDS : Groups.RecipientDetail.COUNTS;
            case COUNTS -> Groups.RecipientDetail.COUNTS;
            case NONE -> Groups.RecipientDetail.NONE;
            case UNRECOGNIZED -> throw Values.unknownValue("answer");
        };
    }

    private void need(Decision decision, UseCase operation, GroupId group, @Nullable ActorId actor) {
        if (!decision.allowed()) {
            need(decision, operation, group.tenant(), group.namespace().name(), group.name(), actor);
        }
    }

    private void need(
            Decision decision,
            UseCase operation,
            String tenant,
            @Nullable String namespace,
            @Nullable String group,
            @Nullable ActorId actor) {
        if (!decision.allowed()) {
            Attempt attempt = attempt(operation.label(), tenant, namespace, group, actor);
            witness.denied(attempt, Witness.Right.of(decision.operation()), decision.field());
            throw GroupException.denied(decision.field(), decision.operation().text() + " is not permitted");
        }
    }

    /**
     * What was created or deleted is told of.
     *
     * @param known false: nobody knows whether it was done
     */
    public void managed(UseCase operation, GroupId group, boolean known) {
        String namespace = group.namespace().name();
        witness.managed(attempt(operation.label(), group.tenant(), namespace, group.name(), null), known);
    }

    /**
     * Who was evicted is told of.
     *
     * @param known false: nobody knows whether it was done, or all of it
     */
    public void managed(Evict done, boolean known) {
        GroupId group = done.group();
        String namespace = group == null ? null : group.namespace().name();
        String name = group == null ? null : group.name();
        Attempt made = attempt(UseCase.EVICT.label(), done.tenant(), namespace, name, done.actor());
        witness.managed(made.banning(done.ban()), known);
    }

    private Attempt attempt(
            String operation,
            String tenant,
            @Nullable String namespace,
            @Nullable String group,
            @Nullable ActorId actor) {
        return new Attempt(caller, from, operation, tenant, namespace, group, actor == null ? null : actor.value());
    }

    /** @throws GroupException PERMISSION_DENIED: none of its rights is for this actor */
    void needBeing(Namespace namespace, ActorId actor) {
        String tenant = namespace.tenant();
        if (!caller.mayBe(tenant, actor)) {
            boolean another = caller.tenant() != null && !tenant.equals(caller.tenant());
            String field = another ? "tenant_id" : "actor_id";
            Witness.Right right = Witness.Right.OPEN;
            witness.denied(attempt(right.label(), tenant, namespace.name(), null, actor), right, field);
            throw GroupException.denied(field, "no right is for it");
        }
    }

    private static @Nullable String lease(String id) {
        return id.isEmpty() ? null : Utf8.atMost(ID_BYTES, "lease_id", id);
    }

    private static Duration ttl(com.google.protobuf.Duration value) {
        Duration ttl = Values.duration("ttl", value);
        if (ttl.compareTo(MIN_TTL) < 0 || ttl.compareTo(MAX_TTL) > 0) {
            throw GroupException.invalid("ttl", "must be from 1 second to 24 hours");
        }
        return ttl;
    }

    private static @Nullable Duration ban(EvictRequest request) {
        if (!request.hasBan()) {
            return null;
        }
        Duration ban = Values.duration("ban", request.getBan());
        if (!ban.isZero() && (ban.compareTo(MIN_BAN) < 0 || ban.compareTo(MAX_BAN) > 0)) {
            throw GroupException.invalid("ban", "must be 0, or from 1 second to 30 days");
        }
        return ban;
    }

    private static @Nullable ActorId afterMember(List<String> query, String token) {
        if (token.isEmpty()) {
            return null;
        }
        return Values.actor("page_token", PageTokens.decode(query, token));
    }

    private static int pageSize(int asked, int usual, int most) {
        if (asked < 0) {
            throw GroupException.invalid("page_size", "must not be negative");
        }
        return asked == 0 ? usual : Math.min(asked, most);
    }
}
