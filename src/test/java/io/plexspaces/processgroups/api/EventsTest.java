package io.plexspaces.processgroups.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.plexspaces.processgroups.core.Groups;
import io.plexspaces.processgroups.core.delivery.Event;
import io.plexspaces.processgroups.domain.ActorId;
import io.plexspaces.processgroups.domain.Bytes;
import io.plexspaces.processgroups.domain.Dispatch;
import io.plexspaces.processgroups.domain.Entry;
import io.plexspaces.processgroups.domain.GroupId;
import io.plexspaces.processgroups.domain.GroupInfo;
import io.plexspaces.processgroups.domain.GroupSpec;
import io.plexspaces.processgroups.domain.JoinMetadata;
import io.plexspaces.processgroups.domain.LeaveReason;
import io.plexspaces.processgroups.domain.Membership;
import io.plexspaces.processgroups.domain.Message;
import io.plexspaces.processgroups.domain.MissingReason;
import io.plexspaces.processgroups.domain.NodeId;
import io.plexspaces.processgroups.domain.OperationId;
import io.plexspaces.processgroups.domain.Owner;
import io.plexspaces.processgroups.domain.Position;
import io.plexspaces.processgroups.domain.Retention;
import io.plexspaces.processgroups.domain.Topic;
import io.plexspaces.processgroups.domain.TopicFilter;
import io.plexspaces.processgroups.log.Slice;
import io.plexspaces.processgroups.proto.v1.FetchMessagesResponse;
import io.plexspaces.processgroups.proto.v1.Gap;
import io.plexspaces.processgroups.proto.v1.GroupMembership;
import io.plexspaces.processgroups.proto.v1.Join;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Events and results as they look on the wire.
 *
 * <p>One file, as it has one of each kind.
 */
public class EventsTest {
    private static final GroupId ROOM = GroupId.of("acme", "prod", "room");
    private static final Instant AT = Instant.ofEpochSecond(100, 5);
    private static final NodeId NODE = new NodeId("node-1");

    /** One of each kind. */
    private static List<Event> samples() {
        Position position = new Position("e", 9);
        Event.Members members = new Event.Members(ROOM, position, List.of(member("a")), true);
        GroupInfo info = new GroupInfo(
                ROOM,
                new GroupSpec(GroupSpec.Metadata.NONE, new Retention(1, Duration.ofMinutes(1)), null),
                "e",
                AT,
                0);
        return List.of(
                new Event.Draining(Duration.ofSeconds(1)),
                new Event.TokenExpiring(AT),
                new Event.Delivered(ROOM, "e", published(7, "hello", null)),
                new Event.Subscribed(ROOM, position, true, "", null),
                members,
                new Event.Joined(ROOM, 3, member("a")),
                new Event.Left(ROOM, 3, new ActorId("a"), LeaveReason.LEFT),
                new Event.FilterChanged(ROOM, 4, member("a")),
                new Event.Updated(ROOM, 4, member("a")),
                new Event.MemberCount(ROOM, 4, 7),
                new Event.GroupCreated(info),
                new Event.GroupDeleted(ROOM, position),
                new Event.Asked(
                        ROOM, 7, position, 1, 0, Map.of(NODE, 1), List.of(new ActorId("a")), false, false, false),
                new Event.Replied(
                        ROOM, 7, new ActorId("a"), published(7, "r", null).message()),
                new Event.MemberMissing(ROOM, 7, null, MissingReason.LEFT),
                new Event.AskCompleted(ROOM, 7, false, List.of(), 1, false, true),
                new Event.Gap(ROOM, Event.Gap.Reason.TRIMMED, 4, true, 10, 20));
    }

    @Test
    void everyEvent_hasItsOwnKindOnTheWire() {
        assertThat(samples())
                .extracting(Object::getClass)
                .containsExactlyInAnyOrder(Event.class.getPermittedSubclasses());
        assertThat(samples().stream().map(event -> Events.toProto(event).getKindCase()))
                .doesNotHaveDuplicates()
                .doesNotContain(io.plexspaces.processgroups.proto.v1.Event.KindCase.KIND_NOT_SET);
    }

    @Test
    void message_hasNoReceiverAndAlwaysATime() {
        var event = Events.toProto(new Event.Delivered(ROOM, "e", published(7, "hello", "user.login")));

        assertThat(event.getGroupName()).isEqualTo("room");
        assertThat(event.getOffset()).isEqualTo(7);
        assertThat(event.getTopic()).isEqualTo("user.login");
        assertThat(event.getMessage().getReceiverId()).isEmpty();
        assertThat(event.getMessage().getSenderId()).isEqualTo("ann");
        assertThat(event.getMessage().getPayload().toStringUtf8()).isEqualTo("hello");
        assertThat(event.getMessage().getTimestamp().getSeconds()).isEqualTo(100);
        assertThat(event.getMessage().getTimestamp().getNanos()).isEqualTo(5);
        assertThat(event.getMessage().getHeadersMap()).containsEntry("h", "v");
    }

    @Test
    void subscribed_tellsPositionTokenAndMembers() {
        Position position = new Position("e", 9);
        var event = Events.toProto(new Event.Subscribed(
                ROOM,
                position,
                true,
                "secret",
                new Event.Members(ROOM, position, List.of(member("a", "x.*", "b"), member("b")), true)));

        assertThat(event.getOffset()).isEqualTo(9);
        assertThat(event.getSubscribed().getEpoch()).isEqualTo("e");
        assertThat(event.getSubscribed().getOffset()).isEqualTo(9);
        assertThat(event.getSubscribed().getRecovered()).isTrue();
        assertThat(event.getSubscribed().getResumeToken()).isEqualTo("secret");
        assertThat(event.getSubscribed().getSnapshot().getLast()).isTrue();
        assertThat(event.getSubscribed().getSnapshot().getMembersList())
                .extracting(GroupMembership::getActorId)
                .containsExactly("a", "b");
        GroupMembership first = event.getSubscribed().getSnapshot().getMembers(0);
        assertThat(first.getTopicsList()).containsExactly("b", "x.*");
        assertThat(first.getJoinCount()).isEqualTo(1);
        assertThat(first.getNodeId()).isEqualTo("node-1");
        assertThat(first.getNamespace()).isEqualTo("prod");
        assertThat(first.getTenantId()).isEqualTo("acme");
    }

    @Test
    void membershipEvents_carryTheirOffsets() {
        assertThat(Events.toProto(new Event.Joined(ROOM, 3, member("a")))
                        .getJoined()
                        .getActorId())
                .isEqualTo("a");
        assertThat(Events.toProto(new Event.FilterChanged(ROOM, 4, member("a"))).getOffset())
                .isEqualTo(4);
        var deleted = Events.toProto(new Event.GroupDeleted(ROOM, new Position("e", 5)));
        assertThat(deleted.getOffset()).isEqualTo(5);
        assertThat(deleted.getGroupDeleted().getEpoch()).isEqualTo("e");
    }

    @Test
    void joins_areShownWithoutWhatTheyCouldBeEndedWith() {
        NodeId other = new NodeId("node-2");
        JoinMetadata typing = new JoinMetadata(Map.of("state", "typing"));
        Membership member = Membership.first(
                        new ActorId("a"),
                        TopicFilter.ALL,
                        new Membership.Holding(new Owner.Session("s3cret", NODE, 7), NODE, 1, null),
                        AT,
                        2)
                .join(
                        new Membership.Holding(
                                new Owner.Lease("s3cret"),
                                other,
                                2,
                                Membership.Lease.starting(AT, Duration.ofSeconds(9)),
                                false,
                                null,
                                typing),
                        TopicFilter.ALL,
                        AT.plusSeconds(5))
                .join(new Membership.Holding(new Owner.Durable(other), other, 1, null), TopicFilter.ALL, AT);
        var updated = Events.toProto(new Event.Updated(ROOM, 4, member));

        assertThat(updated.getOffset()).isEqualTo(4);
        assertThat(updated.getUpdated().getJoinsList())
                .containsExactly(
                        Join.newBuilder()
                                .setKind(Join.Kind.SESSION)
                                .setNodeId("node-1")
                                .setJoinedAt(Values.instant(AT))
                                .setJoinCount(1)
                                .build(),
                        Join.newBuilder()
                                .setKind(Join.Kind.LEASE)
                                .setNodeId("node-2")
                                .setJoinedAt(Values.instant(AT.plusSeconds(5)))
                                .putMetadata("state", "typing")
                                .setJoinCount(2)
                                .build(),
                        Join.newBuilder()
                                .setKind(Join.Kind.DURABLE)
                                .setNodeId("node-2")
                                .setJoinedAt(Values.instant(AT))
                                .setJoinCount(1)
                                .build());
        assertThat(updated.toString()).doesNotContain("s3cret");
    }

    @ParameterizedTest
    @EnumSource(LeaveReason.class)
    void leaveReasons_haveOneNameOnBothSides(LeaveReason reason) {
        var event = Events.toProto(new Event.Left(ROOM, 3, new ActorId("a"), reason));

        assertThat(event.getLeft().getReason().name()).isEqualTo(reason.name());
        assertThat(event.getLeft().getActorId()).isEqualTo("a");
    }

    @ParameterizedTest
    @EnumSource(Event.Gap.Reason.class)
    void gapReasons_haveOneNameOnBothSides(Event.Gap.Reason reason) {
        var event = Events.toProto(new Event.Gap(ROOM, reason, 4, true, 10, 20));

        String name = reason == Event.Gap.Reason.MEMBERS ? "MEMBERS_CHANGED" : reason.name();
        assertThat(event.getGap().getReason().name()).isEqualTo(name);
        assertThat(event.getGap().getMissed()).isEqualTo(4);
        assertThat(event.getGap().getExact()).isTrue();
        assertThat(event.getGap().getFromOffset()).isEqualTo(10);
        assertThat(event.getGap().getToOffset()).isEqualTo(20);
    }

    @Test
    void fetched_endsWhereTheSliceEnds() {
        FetchMessagesResponse response = Answers.fetched(
                fetch(new Position("e", 2), false),
                new Slice(
                        List.of(published(6, "a", null), published(8, "b", null)),
                        3,
                        true,
                        false,
                        new Position("e", 9),
                        false));

        assertThat(response.getEventsList())
                .extracting(io.plexspaces.processgroups.proto.v1.Event::getOffset)
                .containsExactly(6L, 8L);
        assertThat(response.getGap().getReason()).isEqualTo(Gap.Reason.TRIMMED);
        assertThat(response.getGap().getMissed()).isEqualTo(3);
        assertThat(response.getGap().getFromOffset()).isEqualTo(2);
        assertThat(response.getGap().getToOffset()).isEqualTo(6);
        assertThat(response.getNext().getOffset()).isEqualTo(9);
        assertThat(response.getCaughtUp()).isTrue();
    }

    @Test
    void fetched_ofAnotherEpochSaysSo() {
        FetchMessagesResponse response = Answers.fetched(
                fetch(new Position("old", 2), false),
                new Slice(List.of(), 0, false, true, new Position("e", 4), false));

        assertThat(response.getGap().getReason()).isEqualTo(Gap.Reason.EPOCH_CHANGED);
        assertThat(response.getNext().getEpoch()).isEqualTo("e");
    }

    @Test
    void fetched_isCutAtItsBound() {
        List<Entry.Published> messages = new ArrayList<>();
        for (int i = 1; i <= 5; i++) {
            messages.add(published(i * 2L, "x".repeat(600_000), null));
        }
        FetchMessagesResponse response =
                Answers.fetched(fetch(null, false), new Slice(messages, 0, true, false, new Position("e", 20), false));

        assertThat(response.getEventsCount()).isEqualTo(3);
        assertThat(response.getSerializedSize()).isLessThanOrEqualTo(Answers.ANSWER_BYTES + 100);
        assertThat(response.getNext().getOffset()).isEqualTo(6);
        assertThat(response.getCaughtUp()).isFalse();
        assertThat(response.hasGap()).isFalse();
    }

    private static Groups.FetchRequest fetch(@Nullable Position from, boolean back) {
        return new Groups.FetchRequest(ROOM, null, from, back, 100);
    }

    private static FetchMessagesResponse fetchedBack(
            List<Entry.Published> messages,
            List<Long> unreadable,
            long missed,
            boolean changed,
            long end,
            boolean more) {
        Position down = new Position("e", end);
        Slice slice = new Slice(messages, unreadable, missed, true, changed, down, more, List.of());
        return Answers.fetched(fetch(new Position("e", 20), true), slice);
    }

    @Test
    void fetchedBack_saysWithItsLastPageAlone_howManyAreGone() {
        List<Entry.Published> messages = List.of(published(9, "b", null), published(6, "a", null));

        FetchMessagesResponse last = fetchedBack(messages, List.of(), 3, false, 6, false);
        assertThat(last.getEventsList())
                .extracting(io.plexspaces.processgroups.proto.v1.Event::getOffset)
                .containsExactly(9L, 6L);
        assertThat(last.getGap().getReason()).isEqualTo(Gap.Reason.TRIMMED);
        assertThat(last.getGap().getMissed()).isEqualTo(3);
        assertThat(last.getGap().getToOffset()).isEqualTo(6);
        assertThat(last.getNext().getOffset()).isEqualTo(6);
        assertThat(last.getCaughtUp()).isTrue();

        assertThat(fetchedBack(messages, List.of(), 0, false, 6, true).hasGap()).isFalse();
        assertThat(fetchedBack(messages, List.of(), 0, true, 6, true).getGap().getReason())
                .isEqualTo(Gap.Reason.EPOCH_CHANGED);
    }

    @Test
    void fetchedBack_countsWhatCannotBeRead() {
        FetchMessagesResponse response =
                fetchedBack(List.of(published(9, "b", null)), List.of(10L, 8L), 0, false, 8, true);
        assertThat(response.getGap().getReason()).isEqualTo(Gap.Reason.UNREADABLE);
        assertThat(response.getGap().getMissed()).isEqualTo(2);
        assertThat(response.getGap().getFromOffset()).isEqualTo(7);
        assertThat(response.getGap().getToOffset()).isEqualTo(11);

        FetchMessagesResponse last = fetchedBack(List.of(), List.of(10L, 8L), 4, false, 8, false);
        assertThat(last.getGap().getReason()).isEqualTo(Gap.Reason.TRIMMED);
        assertThat(last.getGap().getMissed()).isEqualTo(6);
        assertThat(last.getGap().getFromOffset()).isZero();
    }

    @Test
    void fetchedBack_isCutAtItsBound_andTheNextPageBeginsThere() {
        List<Entry.Published> messages = new ArrayList<>();
        for (int i = 5; i >= 1; i--) {
            messages.add(published(i * 2L, "x".repeat(600_000), null));
        }
        FetchMessagesResponse response = fetchedBack(messages, List.of(3L), 7, false, 2, false);

        assertThat(response.getEventsCount()).isEqualTo(3);
        assertThat(response.getNext().getOffset()).isEqualTo(6);
        assertThat(response.getCaughtUp()).isFalse();
        assertThat(response.hasGap()).isFalse();
    }

    public static Entry.Published published(long offset, String text, String topic) {
        Message message = new Message(
                "m" + offset,
                new ActorId("ann"),
                "text",
                Bytes.wrap(text.getBytes(java.nio.charset.StandardCharsets.UTF_8)),
                null,
                0,
                null,
                Map.of("h", "v"),
                "",
                "",
                "");
        return new Entry.Published(
                offset,
                AT,
                new OperationId(NODE, 1, offset),
                offset,
                message,
                topic == null ? null : new Topic(topic),
                Dispatch.ALL,
                false);
    }

    private static Membership member(String actor, String... topics) {
        return Membership.first(
                new ActorId(actor),
                TopicFilter.of(List.of(topics)),
                new Membership.Holding(new Owner.Durable(NODE), NODE, 1, null),
                AT,
                2);
    }
}
