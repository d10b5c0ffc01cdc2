package io.plexspaces.processgroups.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.plexspaces.processgroups.domain.ActorId;
import io.plexspaces.processgroups.domain.Dispatch;
import io.plexspaces.processgroups.domain.Entry;
import io.plexspaces.processgroups.domain.Message;
import io.plexspaces.processgroups.domain.NodeId;
import io.plexspaces.processgroups.domain.Owner;
import io.plexspaces.processgroups.domain.Topic;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A message for one member: the log chooses who gets it, and never refuses it. */
abstract class OneOfContract extends LogFixture {
    private static final ActorId CAROL = new ActorId("carol");

    OneOfContract(GroupLogContract contract) {
        super(contract);
    }

    @BeforeEach
    void makeRoom() {
        create(room);
    }

    private static Command.Publish publish(
            @Nullable String topic, @Nullable ActorId excepted, Dispatch.To... candidates) {
        return new Command.Publish(
                new Message(
                        "id",
                        excepted,
                        "type",
                        message("text", "", null).payload(),
                        null,
                        3,
                        null,
                        Map.of("header", "value"),
                        "",
                        "/path",
                        "GET"),
                topic == null ? null : new Topic(topic),
                new Dispatch.AnyOf(List.of(candidates)),
                excepted != null);
    }

    private Dispatch.To member(ActorId actor, Owner owner, String... topics) {
        return new Dispatch.To(
                actor, done(join(actor, owner, topics)).membership().joinedOffset());
    }

    private static Owner session(String id, NodeId node) {
        return new Owner.Session(id, node, 1);
    }

    private Entry.Published settled(Command.Publish publish) {
        Appended done = done(publish);
        Entry.Published last = read(null).messages().get(read(null).messages().size() - 1);
        assertThat(last.offset()).isEqualTo(done.position().offset());
        assertThat(last.message()).isEqualTo(publish.message());
        assertThat(last.topic()).isEqualTo(publish.topic());
        assertThat(last.excludeSender()).isEqualTo(publish.excludeSender());
        return last;
    }

    @Test
    void firstCandidateWhoseMembershipIsStillTheOne_getsIt() {
        Dispatch.To alice = member(ALICE, DURABLE);
        Dispatch.To bob = member(BOB, DURABLE);
        Recorder reader = open(room);
        assertThat(settled(publish(null, null, alice, bob)).dispatch()).isEqualTo(alice);
        done(join(ALICE));
        assertThat(settled(publish("a.b", null, alice, bob)).dispatch()).isEqualTo(alice);
        done(leaveAll(ALICE, null));
        assertThat(settled(publish("a.b", null, alice, bob)).dispatch()).isEqualTo(bob);
        Dispatch.To again = member(ALICE, DURABLE);
        Command.Publish last = publish(null, null, alice, bob);
        Appended done = done(last);
        assertThat(((Entry.Published) reader.upTo(done).last()).dispatch()).isEqualTo(bob);
        assertThat(again).isNotEqualTo(alice);
    }

    @Test
    void allCandidatesGone_anotherWhoAcceptsItGetsIt() {
        Dispatch.To gone = member(ALICE, DURABLE);
        done(leaveAll(ALICE, null));
        member(BOB, DURABLE, "other", "a.c", "a.*.c");
        Dispatch.To carol = member(CAROL, DURABLE, "x", "a.*");
        assertThat(settled(publish("a.b", null, gone)).dispatch()).isEqualTo(carol);
        done(leaveAll(CAROL, null));
        assertThat(settled(publish("a.b", null, gone)).dispatch()).isInstanceOf(Dispatch.Nobody.class);
        assertThat(settled(publish("a.b.c", null, gone)).dispatch())
                .isInstanceOfSatisfying(
                        Dispatch.To.class, to -> assertThat(to.actor()).isEqualTo(BOB));
    }

    @Test
    void patterns_matchByToken() {
        Dispatch.To bob = member(BOB, DURABLE, "a-b.>");
        for (String topic : List.of("a-b.x", "a-b.x.y")) {
            assertThat(settled(publish(topic, null)).dispatch()).isEqualTo(bob);
        }
        for (String topic : List.of("a-b", "aab.x", "a-bc.x", "x.a-b.x")) {
            assertThat(settled(publish(topic, null)).dispatch()).isInstanceOf(Dispatch.Nobody.class);
        }
        assertThat(settled(publish(null, null)).dispatch()).isEqualTo(bob);
    }

    @Test
    void sessionThatReceives_comesBeforeTheRest_andTheNearestFirst() {
        NodeId here = operation().node();
        Dispatch.To alice = member(ALICE, DURABLE);
        assertThat(settled(publish(null, null)).dispatch()).isEqualTo(alice);
        Dispatch.To bob = member(BOB, session("b", new NodeId("elsewhere")));
        assertThat(settled(publish(null, null)).dispatch()).isEqualTo(bob);
        Owner near = session("c", here);
        Dispatch.To carol = member(CAROL, near);
        assertThat(settled(publish(null, null)).dispatch()).isEqualTo(carol);
        done(new Command.Reach(List.of(new Command.Reach.Holder(CAROL, (Owner.Session) near)), true));
        assertThat(settled(publish(null, null)).dispatch()).isEqualTo(bob);
    }

    @Test
    void senderThatIsExcepted_doesNotGetIt() {
        member(ALICE, session("a", NODE));
        assertThat(settled(publish(null, ALICE)).dispatch()).isInstanceOf(Dispatch.Nobody.class);
        Dispatch.To bob = member(BOB, DURABLE);
        assertThat(settled(publish(null, ALICE)).dispatch()).isEqualTo(bob);
    }

    @Test
    void emptyGroup_isForNobody() {
        assertThat(settled(publish(null, null)).dispatch()).isInstanceOf(Dispatch.Nobody.class);
    }

    @Test
    void repeat_settlesNothingAnew() {
        Dispatch.To alice = member(ALICE, DURABLE);
        Command once =
                new Command.Publish(message("text", "key", null), null, new Dispatch.AnyOf(List.of(alice)), false);
        Appended first = done(once);
        done(leaveAll(ALICE, null));
        Appended repeat = done(once);
        assertThat(repeat.repeated()).isTrue();
        assertThat(repeat.position()).isEqualTo(first.position());
        assertThat(read(null).messages()).hasSize(1);
    }

    @Test
    void largeGroup_isNotLookedThroughWhole() {
        IntStream.range(0, 90).forEach(i -> done(join(new ActorId("m" + i), DURABLE, "other")));
        Dispatch.To bob = member(BOB, DURABLE, "a");
        assertThat(settled(publish("a", null)).dispatch()).isEqualTo(bob);
    }

    @Test
    void numbersOfAnyLength_areKept() {
        IntStream.range(0, 200).forEach(i -> {
            done(join(BOB));
            done(leaveAll(BOB, null));
        });
        ActorId longest = new ActorId("a" + "x".repeat(254));
        Dispatch.To late = member(longest, DURABLE);
        assertThat(late.joinedOffset()).isGreaterThan(127);
        assertThat(settled(publish(null, null)).dispatch()).isEqualTo(late);
    }
}
