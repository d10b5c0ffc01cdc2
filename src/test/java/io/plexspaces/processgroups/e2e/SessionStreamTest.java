package io.plexspaces.processgroups.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Duration;
import io.grpc.Status;
import io.plexspaces.processgroups.proto.v1.Answer;
import io.plexspaces.processgroups.proto.v1.Event;
import io.plexspaces.processgroups.proto.v1.GroupMembership;
import io.plexspaces.processgroups.proto.v1.Join;
import io.plexspaces.processgroups.proto.v1.JoinGroupRequest;
import io.plexspaces.processgroups.proto.v1.LeaveGroupRequest;
import io.plexspaces.processgroups.proto.v1.Message;
import io.plexspaces.processgroups.proto.v1.Presence;
import io.plexspaces.processgroups.proto.v1.PublishToGroupRequest;
import io.plexspaces.processgroups.proto.v1.RenewLeaseRequest;
import io.plexspaces.processgroups.proto.v1.SessionOpen;
import io.plexspaces.processgroups.proto.v1.SessionOpened;
import io.plexspaces.processgroups.proto.v1.SessionRequest;
import io.plexspaces.processgroups.proto.v1.SubscribeRequest;
import io.plexspaces.processgroups.proto.v1.UpdateRequest;
import io.plexspaces.processgroups.proto.v1.WatchRequest;
import io.quarkus.test.junit.QuarkusTest;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** One actor, many groups, one stream. */
@QuarkusTest
class SessionStreamTest extends LiveServer {
    private static final int MANY_REQUESTS = 150;

    @BeforeEach
    void create() {
        List.of("one", "two", "three").forEach(client::create);
    }

    @Test
    void session_doesEverythingOnOneStream() {
        GrpcSession ann = client.session("ann");
        SessionOpened opened = ann.opened();
        assertThat(opened.getResumeToken()).isNotEmpty();
        assertThat(opened.getResumed()).isFalse();
        assertThat(opened.getGroupsList()).isEmpty();
        assertThat(opened.getGrace().getSeconds()).isPositive();

        assertThat(ann.ask(join("one")).getJoined().getJoinCount()).isEqualTo(1);
        assertThat(ann.ask(join("two", "a.*")).getJoined().getJoinCount()).isEqualTo(1);
        assertThat(ann.ask(watch("three")).hasWatching()).isTrue();
        var published = ann.ask(publish("one", "", "hello")).getPublished();
        assertThat(published.getRecipientIdsList()).containsExactly("ann");
        client.publish("two", "a.x", "matching");
        client.publish("two", "b", "other");
        client.join("three", "bob");

        Event joined = ann.stream().awaitEvent(Event::hasJoined);
        assertThat(joined.getGroupName()).isEqualTo("three");
        assertThat(joined.getJoined().getActorId()).isEqualTo("bob");
        assertThat(ann.stream().awaitTexts(2)).containsExactly("hello", "matching");
        Event own = ann.stream().awaitEvent(Event::hasMessage);
        assertThat(own.getOffset()).isEqualTo(published.getOffset());
        assertThat(own.getMessage().getSenderId()).isEqualTo("ann");
        assertThat(own.getMessage().getReceiverId()).isEmpty();

        assertThat(ann.ask(unwatch("three")).hasUnwatched()).isTrue();
        client.join("three", "cid");
        assertThat(ann.ask(leave("two")).getLeft().getJoinCount()).isZero();
        client.publish("two", "a.x", "too late");
        ann.ask(publish("one", "", "last"));
        assertThat(ann.stream().awaitTexts(3)).containsExactly("hello", "matching", "last");
        assertThat(ann.events()).filteredOn(Event::hasJoined).hasSize(1);
        assertThat(client.members("one")).containsExactly("ann");
        assertThat(client.members("two")).isEmpty();
    }

    @Test
    void refusedRequests_leaveTheStreamGoing() {
        GrpcSession ann = client.session("ann");
        ann.ask(join("one"));
        assertRefused("GROUP_NOT_FOUND", Status.Code.NOT_FOUND, ann.ask(join("nowhere")));
        assertRefused("GROUP_NOT_FOUND", Status.Code.NOT_FOUND, ann.ask(publish("nowhere", "", "x")));
        assertRefused("NOT_A_MEMBER", Status.Code.NOT_FOUND, ann.ask(leave("two")));
        assertRefused("INVALID_ARGUMENT", Status.Code.INVALID_ARGUMENT, ann.ask(join("not a name")));
        assertRefused("INVALID_ARGUMENT", Status.Code.INVALID_ARGUMENT, ann.ask(publish("one", "a.*", "x")));
        assertRefused("INVALID_ARGUMENT", Status.Code.INVALID_ARGUMENT, ann.ask(SessionRequest.newBuilder()));
        assertRefused("GROUP_NOT_FOUND", Status.Code.NOT_FOUND, ann.ask(watch("nowhere")));
        assertRefused("FAILED_PRECONDITION", Status.Code.FAILED_PRECONDITION, ann.ask(unwatch("one")));
        assertRefused(
                "FAILED_PRECONDITION",
                Status.Code.FAILED_PRECONDITION,
                ann.ask(SessionRequest.newBuilder()
                        .setOpen(SessionOpen.newBuilder().setTenantId(tenant).setActorId("ann"))));
        assertRefused(
                "LEASE_NOT_FOUND",
                Status.Code.NOT_FOUND,
                ann.ask(SessionRequest.newBuilder()
                        .setRenew(RenewLeaseRequest.newBuilder().setGroupName("one"))));

        ann.ask(publish("one", "", "still here"));
        assertThat(ann.stream().awaitTexts(1)).containsExactly("still here");
        assertThat(ann.stream().end()).isNull();
    }

    private static void assertRefused(String reason, Status.Code status, Answer answer) {
        assertThat(answer.getError().getReason()).as("%s", answer).isEqualTo(reason);
        assertThat(answer.getError().getStatus()).isEqualTo(status.value());
        assertThat(answer.getError().getMessage()).isNotEmpty();
    }

    @Test
    void session_renewsLeasesOfItsActor() {
        GrpcSession ann = client.session("ann");
        client.join(JoinGroupRequest.newBuilder()
                .setGroupName("one")
                .setActorId("ann")
                .setTtl(Duration.newBuilder().setSeconds(60)));
        Answer renewed = ann.ask(SessionRequest.newBuilder()
                .setRenew(RenewLeaseRequest.newBuilder().setGroupName("one")));
        assertThat(renewed.getRenewed().getRenewed()).isEqualTo(1);
        assertThat(renewed.getRenewed().getExpiresAt().getSeconds()).isPositive();
    }

    @Test
    void session_changesWhatItsJoinsSay_andOthersSeeIt() {
        GrpcSession ann = client.session("ann");
        GrpcSession bob = client.session("bob");
        bob.ask(SessionRequest.newBuilder().setWatch(WatchRequest.newBuilder().setGroupName("one")));
        ann.ask(SessionRequest.newBuilder()
                .setJoin(SubscribeRequest.newBuilder().setGroupName("one").putMetadata("state", "idle")));
        Answer updated = ann.ask(SessionRequest.newBuilder()
                .setUpdate(UpdateRequest.newBuilder().setGroupName("one").putMetadata("state", "typing")));
        assertThat(updated.getUpdated().getOffset()).isPositive();

        Event joined = bob.stream().awaitEvent(Event::hasJoined);
        assertThat(joined.getJoined().getJoins(0).getMetadataMap()).containsEntry("state", "idle");
        assertThat(joined.getJoined().getJoins(0).getKind()).isEqualTo(Join.Kind.SESSION);
        Event told = bob.stream().awaitEvent(Event::hasUpdated);
        assertThat(told.getOffset()).isEqualTo(updated.getUpdated().getOffset());
        assertThat(told.getUpdated().getActorId()).isEqualTo("ann");
        assertThat(told.getUpdated().getJoins(0).getMetadataMap()).containsEntry("state", "typing");
    }

    @Test
    void sessionsJoin_seesMembersAmongItsMessages() {
        GrpcSession ann = client.session("ann");
        GrpcSession bob = client.session("bob");
        ann.ask(SessionRequest.newBuilder()
                .setJoin(SubscribeRequest.newBuilder().setGroupName("one").setPresence(Presence.MEMBERS)));
        bob.ask(publish("one", "", "before"));
        bob.ask(join("one"));
        bob.ask(publish("one", "", "after"));
        ann.stream().awaitTexts(2);
        assertThat(ann.events().stream()
                        .filter(event -> !event.hasAnswer())
                        .map(event -> event.hasMessage()
                                ? event.getMessage().getPayload().toStringUtf8()
                                : event.getKindCase().name())
                        .toList())
                .containsExactly("SUBSCRIBED", "before", "JOINED", "after");
        assertThat(bob.events().stream().filter(Event::hasJoined)).isEmpty();
    }

    @Test
    void everyRequest_getsOneAnswer_inManyAtOnce() {
        GrpcSession ann = client.session("ann");
        ann.ask(join("one"));
        long first = 0;
        long last = 0;
        for (int i = 0; i < 1000; i++) {
            last = ann.send(publish("one", "", String.valueOf(i)));
            first = first == 0 ? last : first;
        }
        long expectedLast = last;
        ann.stream().awaitEvent(event -> event.getAnswer().getRequestId() == expectedLast);
        assertThat(ann.stream().awaitTexts(1000))
                .isEqualTo(IntStream.range(0, 1000).mapToObj(String::valueOf).toList());
        long begin = first;
        List<Long> answered = ann.events().stream()
                .filter(event -> event.hasAnswer() && event.getAnswer().getRequestId() >= begin)
                .map(event -> event.getAnswer().getRequestId())
                .sorted()
                .toList();
        assertThat(answered)
                .isEqualTo(LongStream.rangeClosed(first, last).boxed().toList());
    }

    /** Three of their answers are as large as the queue of a connection, and the client reads them. */
    @Test
    void requestsWithLargeAnswers_sentAtOnce_areAllAnswered() {
        int actors = 10_000;
        client.create("crowd");
        for (int first = 0; first < actors; first += 1_000) {
            client.join(JoinGroupRequest.newBuilder()
                    .setGroupName("crowd")
                    .addAllActorIds(IntStream.range(first, first + 1_000)
                            .mapToObj(i -> "an-actor-with-a-name-of-its-own-" + i)
                            .toList()));
        }
        try (GrpcSession session = client.session("sender")) {
            session.opened();
            for (int i = 0; i < MANY_REQUESTS; i++) {
                session.send(SessionRequest.newBuilder()
                        .setPublish(PublishToGroupRequest.newBuilder()
                                .setGroupName("crowd")
                                .setMessage(Message.newBuilder())));
            }
            assertThat(session.stream().awaitEvents(1 + MANY_REQUESTS).subList(1, 1 + MANY_REQUESTS))
                    .allSatisfy(
                            event -> assertThat(event.getAnswer().getPublished().getRecipientIdsCount())
                                    .isEqualTo(actors));
        }
    }

    @Test
    void nextConnection_takesTheJoinsOver_andNobodySeesItLeave() {
        GrpcClient breaking = newClient();
        GrpcSession before = breaking.session("ann");
        before.ask(join("one"));
        before.ask(join("two"));
        var watch = client.watch("one");
        String token = before.opened().getResumeToken();
        client.publish("one", "", "1");
        long seen = before.stream().awaitEvent(Event::hasMessage).getOffset();
        String epoch =
                before.stream().awaitEvent(Event::hasSubscribed).getSubscribed().getEpoch();
        breaking.close();
        client.publish("one", "", "2");
        client.publish("one", "", "3");

        GrpcSession after =
                client.session(SessionOpen.newBuilder().setActorId("ann").setResumeToken(token));
        assertThat(after.opened().getResumed()).isTrue();
        assertThat(after.opened().getResumeToken()).isEqualTo(token);
        assertThat(after.opened().getGroupsList()).containsExactly("one", "two");
        SubscribeRequest.Builder again = SubscribeRequest.newBuilder().setGroupName("one");
        again.getAfterBuilder().setEpoch(epoch).setOffset(seen);
        assertThat(after.ask(SessionRequest.newBuilder().setJoin(again))
                        .getJoined()
                        .getJoinCount())
                .isEqualTo(1);
        client.publish("one", "", "4");
        assertThat(after.stream().awaitTexts(3)).containsExactly("2", "3", "4");
        assertThat(after.stream()
                        .awaitEvent(Event::hasSubscribed)
                        .getSubscribed()
                        .getRecovered())
                .isTrue();
        assertThat(watch.events()).noneMatch(event -> event.hasLeft() || event.hasJoined());
        assertThat(client.memberships("one"))
                .extracting(GroupMembership::getJoinCount)
                .containsExactly(1);

        GrpcSession thief =
                client.session(SessionOpen.newBuilder().setActorId("eve").setResumeToken(token));
        assertThat(thief.opened().getResumed()).isFalse();
        assertThat(after.stream().end()).isNull();
    }

    private static SessionRequest.Builder join(String group, String... topics) {
        return SessionRequest.newBuilder()
                .setJoin(SubscribeRequest.newBuilder().setGroupName(group).addAllTopics(List.of(topics)));
    }

    private static SessionRequest.Builder leave(String group) {
        return SessionRequest.newBuilder()
                .setLeave(LeaveGroupRequest.newBuilder().setGroupName(group));
    }

    private static SessionRequest.Builder publish(String group, String topic, String text) {
        return SessionRequest.newBuilder()
                .setPublish(PublishToGroupRequest.newBuilder()
                        .setGroupName(group)
                        .setTopic(topic)
                        .setMessage(GrpcClient.text(text)));
    }

    private static SessionRequest.Builder watch(String group) {
        return SessionRequest.newBuilder().setWatch(WatchRequest.newBuilder().setGroupName(group));
    }

    private static SessionRequest.Builder unwatch(String group) {
        return SessionRequest.newBuilder().setUnwatch(WatchRequest.newBuilder().setGroupName(group));
    }
}
