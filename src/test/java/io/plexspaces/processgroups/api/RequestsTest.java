package io.plexspaces.processgroups.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import com.google.protobuf.Duration;
import com.google.protobuf.Timestamp;
import io.plexspaces.processgroups.access.Attempt;
import io.plexspaces.processgroups.access.Caller;
import io.plexspaces.processgroups.access.Rule;
import io.plexspaces.processgroups.access.Witness;
import io.plexspaces.processgroups.core.Groups;
import io.plexspaces.processgroups.core.Missing;
import io.plexspaces.processgroups.core.ReplayLast;
import io.plexspaces.processgroups.domain.ActorId;
import io.plexspaces.processgroups.domain.ErrorCode;
import io.plexspaces.processgroups.domain.GroupException;
import io.plexspaces.processgroups.domain.GroupId;
import io.plexspaces.processgroups.domain.GroupInfo;
import io.plexspaces.processgroups.domain.GroupSpec;
import io.plexspaces.processgroups.domain.Namespace;
import io.plexspaces.processgroups.domain.NodeId;
import io.plexspaces.processgroups.domain.OverflowPolicy;
import io.plexspaces.processgroups.domain.Position;
import io.plexspaces.processgroups.domain.Topic;
import io.plexspaces.processgroups.domain.TopicFilter;
import io.plexspaces.processgroups.log.GroupPage;
import io.plexspaces.processgroups.log.GroupQuery;
import io.plexspaces.processgroups.proto.v1.CreateGroupRequest;
import io.plexspaces.processgroups.proto.v1.Dispatch;
import io.plexspaces.processgroups.proto.v1.FetchMessagesRequest;
import io.plexspaces.processgroups.proto.v1.GetLocalMembersRequest;
import io.plexspaces.processgroups.proto.v1.GetMembersRequest;
import io.plexspaces.processgroups.proto.v1.JoinGroupRequest;
import io.plexspaces.processgroups.proto.v1.LeaveGroupRequest;
import io.plexspaces.processgroups.proto.v1.ListGroupsRequest;
import io.plexspaces.processgroups.proto.v1.Message;
import io.plexspaces.processgroups.proto.v1.Metadata;
import io.plexspaces.processgroups.proto.v1.PublishAnswer;
import io.plexspaces.processgroups.proto.v1.PublishToGroupRequest;
import io.plexspaces.processgroups.proto.v1.RenewLeaseRequest;
import io.plexspaces.processgroups.proto.v1.Retention;
import io.plexspaces.processgroups.proto.v1.SubscribeRequest;
import io.plexspaces.processgroups.proto.v1.WatchRequest;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** One file, as it has one case for each field that is checked. */
class RequestsTest {
    private static final GroupId ROOM = GroupId.of("acme", "", "room");

    private final Requests requests = new Requests(TestSettings.defaults(), Caller.anybody());
    private final Requests inSession = requests.in(new Namespace("acme", "prod"), new ActorId("me"));

    @Test
    void create_withoutAnythingTakesDefaults() {
        GroupSpec spec = requests.spec(CreateGroupRequest.getDefaultInstance());

        assertThat(spec.retention()).isEqualTo(TestSettings.defaults().defaultRetention());
        assertThat(spec.overflow()).isNull();
        assertThat(spec.metadata()).isEqualTo(GroupSpec.Metadata.NONE);
    }

    @Test
    void create_keepsWhatItSays() {
        GroupSpec spec = requests.spec(CreateGroupRequest.newBuilder()
                .setMetadata(Metadata.newBuilder()
                        .setCreatedBy("ann")
                        .putLabels("k", "v")
                        .putAnnotations(
                                "a",
                                Any.newBuilder()
                                        .setTypeUrl("t/x")
                                        .setValue(ByteString.copyFromUtf8("raw"))
                                        .build()))
                .setRetention(Retention.newBuilder().setMessages(10).setMaxAge(seconds(30)))
                .setOverflowPolicyValue(3)
                .build());

        assertThat(spec.retention())
                .isEqualTo(new io.plexspaces.processgroups.domain.Retention(10, java.time.Duration.ofSeconds(30)));
        assertThat(spec.overflow()).isEqualTo(OverflowPolicy.CONFLATE);
        assertThat(spec.metadata().createdBy()).isEqualTo("ann");
        assertThat(spec.metadata().labels()).containsEntry("k", "v");
        assertThat(spec.metadata().annotations().get("a").value().array())
                .isEqualTo("raw".getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void join_ofAnActorNamedTwice_joinsItTwice() {
        Groups.JoinRequest join = requests.join(join().setActorId("b")
                .addActorIds("a")
                .addActorIds("b")
                .addActorIds("a")
                .addTopics("x.*")
                .setNodeId("rack-7")
                .setTtl(seconds(1))
                .build());

        assertThat(join.group()).isEqualTo(ROOM);
        assertThat(join.actors())
                .containsExactly(new ActorId("b"), new ActorId("a"), new ActorId("b"), new ActorId("a"));
        assertThat(join.filter()).isEqualTo(TopicFilter.of(List.of("x.*")));
        assertThat(join.node()).isEqualTo(new NodeId("rack-7"));
        assertThat(join.ttl()).isEqualTo(java.time.Duration.ofSeconds(1));
        assertThat(join.subscription()).isNull();
    }

    @Test
    void join_takesExactlyTheLargestBatch() {
        List<String> thousand = IntStream.range(0, 1000).mapToObj(i -> "a" + i).toList();

        assertThat(requests.join(join().addAllActorIds(thousand).build()).actors())
                .hasSize(1000);
        assertInvalid(
                "actor_ids",
                () -> requests.join(
                        join().addAllActorIds(thousand).addActorIds("one-more").build()));
    }

    @Test
    void publish_mapsEveryField() {
        Groups.PublishRequest publish = requests.publish(publish(Message.newBuilder()
                        .setId("m1")
                        .setSenderId("ann")
                        .setMessageType("greeting")
                        .setPayload(ByteString.copyFromUtf8("hello"))
                        .setTimestamp(Timestamp.newBuilder().setSeconds(5).setNanos(7))
                        .setPriority(-3)
                        .setTtl(seconds(9))
                        .putHeaders("h", "v")
                        .setIdempotencyKey("once")
                        .setUriPath("/p")
                        .setUriMethod("GET"))
                .setTopic("user.login")
                .setDispatch(Dispatch.ONE)
                .setDispatchKey("key")
                .setExcludeSender(true)
                .setAnswer(PublishAnswer.NONE)
                .build());

        assertThat(publish.topic()).isEqualTo(new Topic("user.login"));
        assertThat(publish.spread()).isEqualTo(Groups.Spread.ONE);
        assertThat(publish.key()).isEqualTo("key");
        assertThat(publish.excludeSender()).isTrue();
        assertThat(publish.recipients()).isEqualTo(Groups.RecipientDetail.NONE);
        var message = publish.message();
        assertThat(message.id()).isEqualTo("m1");
        assertThat(message.sender()).isEqualTo(new ActorId("ann"));
        assertThat(message.type()).isEqualTo("greeting");
        assertThat(message.payload().array()).isEqualTo("hello".getBytes(StandardCharsets.UTF_8));
        assertThat(message.timestamp()).isEqualTo(Instant.ofEpochSecond(5, 7));
        assertThat(message.priority()).isEqualTo(-3);
        assertThat(message.ttl()).isEqualTo(java.time.Duration.ofSeconds(9));
        assertThat(message.headers()).containsEntry("h", "v");
        assertThat(message.idempotencyKey()).isEqualTo("once");
        assertThat(message.uriPath()).isEqualTo("/p");
        assertThat(message.uriMethod()).isEqualTo("GET");
    }

    @Test
    void publish_zeroTtlIsNoLimit() {
        assertThat(requests.publish(
                                publish(Message.newBuilder().setTtl(seconds(0))).build())
                        .message()
                        .ttl())
                .isNull();
    }

    @Test
    void publish_tooLargeIsALimit() {
        Message.Builder large = Message.newBuilder().setPayload(ByteString.copyFrom(new byte[1024 * 1024]));

        assertThatThrownBy(() -> requests.publish(publish(large).build()))
                .isInstanceOfSatisfying(GroupException.class, failure -> {
                    assertThat(failure.code()).isEqualTo(ErrorCode.LIMIT_EXCEEDED);
                    assertThat(failure.field()).isEqualTo("message-bytes");
                });
    }

    @Test
    void publish_takesAsManyHeadersAsMayBe_andNoMore() {
        Message.Builder message = Message.newBuilder();
        for (int i = 0; i < 64; i++) {
            message.putHeaders("name-" + i, "value");
        }
        publishing(message);
        message.putHeaders("one more", "");
        assertThatThrownBy(() -> publishing(message)).isInstanceOfSatisfying(GroupException.class, failure -> {
            assertThat(failure.code()).isEqualTo(ErrorCode.INVALID_ARGUMENT);
            assertThat(failure.field()).isEqualTo("message.headers");
        });
    }

    @Test
    void publish_countsTheBytesOfHeaders() {
        publishing(Message.newBuilder().putHeaders("\u00fc", "\u00fc".repeat(8 * 1024 - 1)));
        assertThatThrownBy(() -> publishing(Message.newBuilder().putHeaders("\u00fc", "\u00fc".repeat(8 * 1024))))
                .isInstanceOfSatisfying(GroupException.class, failure -> assertThat(failure.field())
                        .isEqualTo("message.headers"));
    }

    @Test
    void session_fillsInItsNames() {
        Groups.PublishRequest publish = inSession.publish(PublishToGroupRequest.newBuilder()
                .setGroupName("room")
                .setMessage(Message.getDefaultInstance())
                .build());
        Requests.Subscribe join = inSession.subscribe(SubscribeRequest.newBuilder()
                .setGroupName("room")
                .setTenantId("acme")
                .setNamespace("prod")
                .setActorId("me")
                .build());

        assertThat(publish.group()).isEqualTo(GroupId.of("acme", "prod", "room"));
        assertThat(publish.message().sender()).isEqualTo(new ActorId("me"));
        assertThat(join.group()).isEqualTo(GroupId.of("acme", "prod", "room"));
        assertThat(join.actor()).isEqualTo(new ActorId("me"));
        assertThat(join.resumeToken()).isNull();
    }

    @Test
    void session_refusesOtherNames() {
        SubscribeRequest.Builder join = SubscribeRequest.newBuilder().setGroupName("room");
        assertInvalid(
                "tenant_id",
                () -> inSession.subscribe(join.clone().setTenantId("other").build()));
        assertInvalid(
                "namespace",
                () -> inSession.subscribe(join.clone().setNamespace("default").build()));
        assertInvalid(
                "actor_id",
                () -> inSession.subscribe(join.clone().setActorId("you").build()));
        assertInvalid(
                "message.sender_id",
                () -> inSession.publish(PublishToGroupRequest.newBuilder()
                        .setGroupName("room")
                        .setMessage(Message.newBuilder().setSenderId("you"))
                        .build()));
    }

    @Test
    void watch_isOfAGroupOrOfANamespace() {
        WatchRequest.Builder watch = WatchRequest.newBuilder().setTenantId("acme");

        assertThat(requests.watch(watch.clone().setGroupName("room").build()))
                .isEqualTo(new Requests.Watch(ROOM.namespace(), ROOM));
        assertThat(requests.watch(watch.clone().setWholeNamespace(true).build()))
                .isEqualTo(new Requests.Watch(ROOM.namespace(), null));
        assertInvalid(
                "group_name",
                () -> requests.watch(watch.clone()
                        .setGroupName("room")
                        .setWholeNamespace(true)
                        .build()));
        assertInvalid("group_name", () -> requests.watch(watch.build()));
    }

    @Test
    void pageSizes_haveDefaultsAndBounds() {
        assertThat(requests.members(members().build()).limit()).isEqualTo(10_000);
        assertThat(requests.members(members().setPageSize(7).build()).limit()).isEqualTo(7);
        assertThat(requests.members(members().setPageSize(5000).build()).limit())
                .isEqualTo(1000);
        assertThat(requests.localMembers(local().build()).limit()).isEqualTo(10_000);
        assertThat(requests.localMembers(local().setPageSize(50_000).build()).limit())
                .isEqualTo(10_000);
        assertThat(requests.list(list().setPageSize(Integer.MAX_VALUE).build()).limit())
                .isEqualTo(1000);
        assertThat(requests.fetch(fetch().build()).limit()).isEqualTo(100);
    }

    @Test
    void pageToken_continuesItsOwnQueryAlone() {
        Groups.MembersQuery query = requests.members(members().build());
        String token = PageTokens.encode(Pages.members(query.group(), false), "a5");

        assertThat(requests.members(members().setPageToken(token).setPageSize(3).build())
                        .after())
                .isEqualTo(new ActorId("a5"));
        assertInvalid(
                "page_token",
                () -> requests.members(
                        members().setGroupName("other").setPageToken(token).build()));
        assertInvalid(
                "page_token",
                () -> requests.localMembers(local().setPageToken(token).build()));
        assertInvalid(
                "page_token", () -> requests.list(list().setPageToken(token).build()));
    }

    @Test
    void list_goesOnAfterTheLastGroup() {
        GroupQuery query = requests.list(list().setNamePattern("r*").build());
        assertThat(query.namespace()).isNull();
        GroupInfo last = new GroupInfo(
                GroupId.of("acme", "prod", "room"),
                requests.spec(CreateGroupRequest.getDefaultInstance()),
                "e",
                Instant.EPOCH,
                0);
        String token = Answers.groups(requests, query, new GroupPage(List.of(last), true, 9))
                .getNextPageToken();

        assertThat(requests.list(list().setNamePattern("r*").setPageToken(token).build())
                        .after())
                .isEqualTo(GroupId.of("acme", "prod", "room"));
        assertInvalid(
                "page_token", () -> requests.list(list().setPageToken(token).build()));
    }

    @Test
    void fetch_takesAPosition() {
        Groups.FetchRequest fetch =
                requests.fetch(fetch().setAfter(io.plexspaces.processgroups.proto.v1.Position.newBuilder()
                                .setEpoch("e")
                                .setOffset(8))
                        .build());

        assertThat(fetch.from()).isEqualTo(new Position("e", 8));
        assertThat(fetch.actor()).isNull();
        assertThat(fetch.back()).isFalse();
        assertThat(requests.fetch(fetch().build()).from()).isNull();
    }

    @Test
    void createMissing_isMadeWithTheServersDefaults_andTheTimeThatIsAskedFor() {
        Requests.Subscribe subscribe =
                requests.subscribe(subscribing().setCreateMissing(true).build());
        GroupSpec spec = subscribe.missing().spec();
        assertThat(spec)
                .isEqualTo(new GroupSpec(
                        GroupSpec.Metadata.NONE, TestSettings.defaults().defaultRetention(), null));
        assertThat(requests.subscribe(subscribing().build()).missing()).isNull();

        Duration minute = seconds(60);
        assertThat(requests.subscribe(subscribing()
                                .setCreateMissing(true)
                                .setDeleteWhenEmpty(minute)
                                .build())
                        .missing()
                        .spec()
                        .deleteWhenEmpty())
                .isEqualTo(java.time.Duration.ofMinutes(1));
        assertThat(requests.join(join().setActorId("a")
                                .setCreateMissing(true)
                                .setDeleteWhenEmpty(minute)
                                .build())
                        .missing()
                        .spec()
                        .deleteWhenEmpty())
                .isEqualTo(java.time.Duration.ofMinutes(1));
        assertThat(requests.publish(publishing()
                                .setCreateMissing(true)
                                .setDeleteWhenEmpty(minute)
                                .build())
                        .missing()
                        .spec()
                        .deleteWhenEmpty())
                .isEqualTo(java.time.Duration.ofMinutes(1));
        assertThat(requests.spec(CreateGroupRequest.newBuilder()
                                .setDeleteWhenEmpty(minute)
                                .build())
                        .deleteWhenEmpty())
                .isEqualTo(java.time.Duration.ofMinutes(1));
    }

    @Test
    void createMissing_isToldOfLikeAnyCreation() {
        List<String> told = new ArrayList<>();
        Witness witness = new Witness() {
            @Override
            public void denied(Attempt attempt, Right right, String field) {}

            @Override
            public void managed(Attempt attempt, boolean known) {
                told.add(attempt.operation() + " " + attempt.group() + " " + known);
            }
        };
        Requests witnessed = new Requests(TestSettings.defaults(), Caller.anybody(), witness, null);
        Missing missing = witnessed
                .subscribe(subscribing().setCreateMissing(true).build())
                .missing();
        assertThat(told).isEmpty();
        missing.told().accept(true);
        missing.told().accept(false);
        assertThat(told).containsExactly("create room true", "create room false");
    }

    @Test
    void createMissing_needsTheRightToManage_whetherOrNotThereIsTheGroup() {
        Rule joins = Rule.of(null, null, null, List.of("*"), List.of("join", "publish"));
        Requests limited = new Requests(TestSettings.defaults(), Caller.of("acme", "a", List.of(joins), null));
        limited.subscribe(subscribing().build());
        for (ThrowingCallable call : List.<ThrowingCallable>of(
                () -> limited.subscribe(subscribing().setCreateMissing(true).build()),
                () -> limited.join(join().setActorId("a").setCreateMissing(true).build()),
                () -> limited.publish(publishing().setCreateMissing(true).build()))) {
            GroupException refused = catchThrowableOfType(GroupException.class, call);
            assertThat(refused.code()).isEqualTo(ErrorCode.PERMISSION_DENIED);
            assertThat(refused).hasMessageContaining("manage is not permitted");
        }
    }

    @Test
    void subscribe_takesTheLastMessages() {
        SubscribeRequest.Builder request = subscribing();
        assertThat(requests.subscribe(request.build()).last()).isNull();
        assertThat(requests.subscribe(request.setReplayLast(1_000).build()).last())
                .isEqualTo(new ReplayLast(1_000, false));
        assertThat(requests.subscribe(request.setReplayLastOfEachTopic(true).build())
                        .last())
                .isEqualTo(new ReplayLast(1_000, true));
    }

    private static PublishToGroupRequest.Builder publishing() {
        return publish(Message.newBuilder().setSenderId("a"));
    }

    private static SubscribeRequest.Builder subscribing() {
        return SubscribeRequest.newBuilder()
                .setTenantId("acme")
                .setGroupName("room")
                .setActorId("a");
    }

    @Test
    void fetch_goesBackFromAPosition_orFromTheNewest() {
        FetchMessagesRequest.Builder before = fetch().setBefore(position("e", 8));
        Groups.FetchRequest back = requests.fetch(before.build());
        assertThat(back.from()).isEqualTo(new Position("e", 8));
        assertThat(back.back()).isTrue();
        assertThat(requests.fetch(before.setNewestFirst(true).build())).isEqualTo(back);

        Groups.FetchRequest newest = requests.fetch(fetch().setNewestFirst(true).build());
        assertThat(newest.from()).isNull();
        assertThat(newest.back()).isTrue();
        assertThat(requests.fetch(fetch().setBefore(position("", 0)).build())).isEqualTo(newest);
        assertThat(requests.fetch(fetch().build()).back()).isFalse();
    }

    private static io.plexspaces.processgroups.proto.v1.Position position(String epoch, long offset) {
        return io.plexspaces.processgroups.proto.v1.Position.newBuilder()
                .setEpoch(epoch)
                .setOffset(offset)
                .build();
    }

    record Bad(String field, ThrowingCallable call) {
        @Override
        public String toString() {
            return field;
        }
    }

    Stream<Bad> badRequests() {
        return Stream.of(
                new Bad("group_name", () -> requests.group("acme", "", "")),
                new Bad("group_name", () -> requests.group("acme", "", "x".repeat(129))),
                new Bad("tenant_id", () -> requests.group("a/b", "", "room")),
                new Bad("namespace", () -> requests.group("acme", "a b", "room")),
                new Bad("actor_id", () -> requests.join(join().build())),
                new Bad(
                        "actor_ids",
                        () -> requests.join(
                                join().addActorIds("ok").addActorIds("").build())),
                new Bad("actor_ids", () -> requests.join(join().addActorIds("*").build())),
                new Bad(
                        "node_id",
                        () -> requests.join(
                                join().setActorId("a").setNodeId("/").build())),
                new Bad("topics", () -> requests.join(joinWithTopics(10_000))),
                new Bad(
                        "topics",
                        () -> requests.join(join().setActorId("a").addTopics("").build())),
                new Bad(
                        "topics",
                        () -> requests.join(
                                join().setActorId("a").addTopics("a.>.b").build())),
                new Bad("ttl", () -> requests.join(ttl(0, 999_999_999))),
                new Bad("ttl", () -> requests.join(ttl(86_400, 1))),
                new Bad("ttl", () -> requests.join(ttl(-5, 0))),
                new Bad("ttl", () -> requests.join(ttl(5, 2_000_000_000))),
                new Bad("ttl", () -> requests.join(ttl(5, -1))),
                new Bad(
                        "ttl",
                        () -> requests.renew(RenewLeaseRequest.newBuilder()
                                .setTenantId("acme")
                                .setGroupName("room")
                                .setActorId("a")
                                .setTtl(seconds(0))
                                .build())),
                new Bad(
                        "lease_id",
                        () -> requests.leave(LeaveGroupRequest.newBuilder()
                                .setTenantId("acme")
                                .setGroupName("room")
                                .setActorId("a")
                                .setLeaseId("l".repeat(256))
                                .build())),
                new Bad(
                        "page_size",
                        () -> requests.members(members().setPageSize(-1).build())),
                new Bad(
                        "page_size",
                        () -> requests.localMembers(local().setPageSize(-1).build())),
                new Bad(
                        "page_size",
                        () -> requests.list(
                                list().setPageSize(Integer.MIN_VALUE).build())),
                new Bad(
                        "page_size",
                        () -> requests.fetch(fetch().setPageSize(-1).build())),
                new Bad(
                        "page_token",
                        () -> requests.members(members().setPageToken("zzz").build())),
                new Bad("tenant_id", () -> requests.list(ListGroupsRequest.getDefaultInstance())),
                new Bad(
                        "name_pattern",
                        () -> requests.list(
                                list().setNamePattern("ä".repeat(65)).build())),
                new Bad(
                        "after",
                        () -> requests.fetch(fetch().setAfter(io.plexspaces.processgroups.proto.v1.Position.newBuilder()
                                        .setOffset(-1))
                                .build())),
                new Bad(
                        "after",
                        () -> requests.fetch(fetch().setAfter(io.plexspaces.processgroups.proto.v1.Position.newBuilder()
                                        .setEpoch("e".repeat(65)))
                                .build())),
                new Bad(
                        "before",
                        () -> requests.fetch(
                                fetch().setBefore(position("e", -1)).build())),
                new Bad(
                        "before",
                        () -> requests.fetch(
                                fetch().setBefore(position("e".repeat(65), 1)).build())),
                new Bad(
                        "before",
                        () -> requests.fetch(fetch().setAfter(position("e", 1))
                                .setBefore(position("e", 9))
                                .build())),
                new Bad(
                        "newest_first",
                        () -> requests.fetch(fetch().setAfter(position("e", 1))
                                .setNewestFirst(true)
                                .build())),
                new Bad(
                        "delete_when_empty",
                        () -> requests.join(join().setActorId("a")
                                .setDeleteWhenEmpty(seconds(60))
                                .build())),
                new Bad(
                        "delete_when_empty",
                        () -> requests.subscribe(
                                subscribing().setDeleteWhenEmpty(seconds(60)).build())),
                new Bad(
                        "delete_when_empty",
                        () -> requests.publish(
                                publishing().setDeleteWhenEmpty(seconds(60)).build())),
                new Bad(
                        "delete_when_empty",
                        () -> requests.subscribe(subscribing()
                                .setCreateMissing(true)
                                .setDeleteWhenEmpty(seconds(0))
                                .build())),
                new Bad(
                        "delete_when_empty",
                        () -> requests.spec(CreateGroupRequest.newBuilder()
                                .setDeleteWhenEmpty(seconds(86_401))
                                .build())),
                new Bad(
                        "replay_last",
                        () -> requests.subscribe(
                                subscribing().setReplayLast(1_001).build())),
                new Bad(
                        "replay_last",
                        () -> requests.subscribe(subscribing().setReplayLast(-1).build())),
                new Bad(
                        "replay_last",
                        () -> requests.subscribe(subscribing()
                                .setReplayLast(1)
                                .setAfter(position("e", 1))
                                .build())),
                new Bad(
                        "replay_last_of_each_topic",
                        () -> requests.subscribe(
                                subscribing().setReplayLastOfEachTopic(true).build())),
                new Bad(
                        "resume_token",
                        () -> requests.subscribe(SubscribeRequest.newBuilder()
                                .setTenantId("acme")
                                .setGroupName("room")
                                .setActorId("a")
                                .setResumeToken("t".repeat(256))
                                .build())),
                new Bad(
                        "overflow_policy",
                        () -> requests.subscribe(SubscribeRequest.newBuilder()
                                .setTenantId("acme")
                                .setGroupName("room")
                                .setActorId("a")
                                .setOverflowPolicyValue(99)
                                .build())),
                new Bad(
                        "overflow_policy",
                        () -> requests.spec(CreateGroupRequest.newBuilder()
                                .setOverflowPolicyValue(-1)
                                .build())),
                new Bad("retention.messages", () -> requests.spec(retention(100_001, seconds(1)))),
                new Bad("retention.messages", () -> requests.spec(retention(-1, seconds(1)))),
                new Bad("retention.max_age", () -> requests.spec(retention(1, seconds(86_401)))),
                new Bad("retention.max_age", () -> requests.spec(retention(1, seconds(-1)))),
                new Bad(
                        "metadata",
                        () -> requests.spec(CreateGroupRequest.newBuilder()
                                .setMetadata(Metadata.newBuilder().putLabels("k", "v".repeat(16 * 1024)))
                                .build())),
                new Bad(
                        "metadata.created_by",
                        () -> requests.spec(CreateGroupRequest.newBuilder()
                                .setMetadata(Metadata.newBuilder().setCreatedBy("ä".repeat(128)))
                                .build())),
                new Bad(
                        "message",
                        () -> requests.publish(PublishToGroupRequest.newBuilder()
                                .setTenantId("acme")
                                .setGroupName("room")
                                .build())),
                new Bad(
                        "message.receiver_id",
                        () -> publishing(Message.newBuilder().setReceiverId("x"))),
                new Bad(
                        "message.sender_id",
                        () -> publishing(Message.newBuilder().setSenderId("a b"))),
                new Bad("message.id", () -> publishing(Message.newBuilder().setId("ä".repeat(128)))),
                new Bad(
                        "message.message_type",
                        () -> publishing(Message.newBuilder().setMessageType("t".repeat(256)))),
                new Bad(
                        "message.idempotency_key",
                        () -> publishing(Message.newBuilder().setIdempotencyKey("k".repeat(256)))),
                new Bad(
                        "message.uri_path",
                        () -> publishing(Message.newBuilder().setUriPath("p".repeat(2049)))),
                new Bad(
                        "message.uri_method",
                        () -> publishing(Message.newBuilder().setUriMethod("m".repeat(17)))),
                new Bad("message.ttl", () -> publishing(Message.newBuilder().setTtl(seconds(-1)))),
                new Bad(
                        "message.timestamp",
                        () -> publishing(Message.newBuilder()
                                .setTimestamp(Timestamp.newBuilder().setNanos(-1)))),
                new Bad(
                        "topic",
                        () -> requests.publish(
                                publish(Message.newBuilder()).setTopic("user.*").build())),
                new Bad(
                        "topic",
                        () -> requests.publish(
                                publish(Message.newBuilder()).setTopic("a..b").build())),
                new Bad(
                        "dispatch",
                        () -> requests.publish(publish(Message.newBuilder())
                                .setDispatchValue(9)
                                .build())),
                new Bad(
                        "dispatch_key",
                        () -> requests.publish(publish(Message.newBuilder())
                                .setDispatchKey("k".repeat(256))
                                .build())),
                new Bad(
                        "answer",
                        () -> requests.publish(
                                publish(Message.newBuilder()).setAnswerValue(9).build())));
    }

    @Test
    void everyBadValue_isRefusedNamingItsField() {
        assertThat(badRequests()).isNotEmpty().allSatisfy(bad -> assertInvalid(bad.field(), bad.call()));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 256})
    void topics_upToTheLimitAreFine(int count) {
        assertThat(requests.join(joinWithTopics(count)).filter().patterns()).hasSize(count);
    }

    private void publishing(Message.Builder message) {
        requests.publish(publish(message).build());
    }

    private static JoinGroupRequest joinWithTopics(int count) {
        return join().setActorId("a")
                .addAllTopics(IntStream.range(0, count).mapToObj(i -> "t" + i).toList())
                .build();
    }

    private static JoinGroupRequest ttl(long seconds, int nanos) {
        return join().setActorId("a")
                .setTtl(Duration.newBuilder().setSeconds(seconds).setNanos(nanos))
                .build();
    }

    private static CreateGroupRequest retention(int messages, Duration age) {
        return CreateGroupRequest.newBuilder()
                .setRetention(Retention.newBuilder().setMessages(messages).setMaxAge(age))
                .build();
    }

    private static Duration seconds(long seconds) {
        return Duration.newBuilder().setSeconds(seconds).build();
    }

    private static JoinGroupRequest.Builder join() {
        return JoinGroupRequest.newBuilder().setTenantId("acme").setGroupName("room");
    }

    private static GetMembersRequest.Builder members() {
        return GetMembersRequest.newBuilder().setTenantId("acme").setGroupName("room");
    }

    private static GetLocalMembersRequest.Builder local() {
        return GetLocalMembersRequest.newBuilder().setTenantId("acme").setGroupName("room");
    }

    private static ListGroupsRequest.Builder list() {
        return ListGroupsRequest.newBuilder().setTenantId("acme");
    }

    private static FetchMessagesRequest.Builder fetch() {
        return FetchMessagesRequest.newBuilder().setTenantId("acme").setGroupName("room");
    }

    private static PublishToGroupRequest.Builder publish(Message.Builder message) {
        return PublishToGroupRequest.newBuilder()
                .setTenantId("acme")
                .setGroupName("room")
                .setMessage(message);
    }

    private static void assertInvalid(String field, ThrowingCallable call) {
        assertThatThrownBy(call).as(field).isInstanceOfSatisfying(GroupException.class, failure -> {
            assertThat(failure.code()).isEqualTo(ErrorCode.INVALID_ARGUMENT);
            assertThat(failure.field()).isEqualTo(field);
            assertThat(failure.getMessage()).startsWith(field + ": ");
        });
    }
}
