package io.plexspaces.processgroups.core.asks;

import static io.plexspaces.processgroups.core.CoreFixture.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import io.plexspaces.processgroups.core.CoreFixture;
import io.plexspaces.processgroups.core.CoreFixture.Client;
import io.plexspaces.processgroups.core.Groups;
import io.plexspaces.processgroups.core.Groups.PublishResult;
import io.plexspaces.processgroups.core.Groups.Spread;
import io.plexspaces.processgroups.core.delivery.Event;
import io.plexspaces.processgroups.core.delivery.Event.AskCompleted;
import io.plexspaces.processgroups.core.delivery.Event.AskCompleted.Missed;
import io.plexspaces.processgroups.core.delivery.Event.MemberMissing;
import io.plexspaces.processgroups.core.delivery.Event.Replied;
import io.plexspaces.processgroups.domain.ActorId;
import io.plexspaces.processgroups.domain.ErrorCode;
import io.plexspaces.processgroups.domain.GroupException;
import io.plexspaces.processgroups.domain.GroupId;
import io.plexspaces.processgroups.domain.MissingReason;
import io.plexspaces.processgroups.domain.NodeId;
import io.plexspaces.processgroups.domain.Position;
import io.plexspaces.processgroups.domain.Topic;
import io.plexspaces.processgroups.domain.TopicFilter;
import io.plexspaces.processgroups.log.LogLimits;
import io.plexspaces.processgroups.log.redis.RedisGroupLog;
import io.plexspaces.processgroups.log.redis.RedisStore;
import io.smallrye.mutiny.Uni;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/**
 * Asks, on one node and across two, in memory and on Redis.
 *
 * <p>One file, as each case runs in both stores.
 */
class AskTest {
    private static final Duration GRACE = Duration.ofSeconds(10);
    private static final Duration LONG = Duration.ofMinutes(1);

    private abstract static class OnTwoNodes {
        abstract void run(TwoNodes test) throws Exception;

        @Test
        void everybodyReplies_isComplete_inOrder() throws Exception {
            run((one, two) -> {
                GroupId room = one.create("room");
                one.connect("a").join(room);
                two.connect("b").join(room);
                Client asker = one.connect("asker");
                PublishResult asked = ask(one, asker, request(room), 1);
                assertThat(asked.ids()).containsExactlyInAnyOrder(actor("a"), actor("b"));

                assertThat(reply(one, asked, "a", "A").duplicate()).isFalse();
                assertThat(reply(two, asked, "b", "B").duplicate()).isFalse();

                AskCompleted end = end(asker, 1);
                assertThat(end.complete()).isTrue();
                assertThat(end.timedOut()).isFalse();
                assertThat(end.missing()).isEmpty();
                assertThat(replies(asker)).containsExactlyInAnyOrder("a A", "b B");
                assertNothingLeft(one, two);
            });
        }

        @Test
        void delivered_saysThatAReplyIsWanted() throws Exception {
            run((one, two) -> {
                GroupId room = one.create("room");
                Client member = two.connect("b");
                member.join(room);
                ask(one, one.connect("asker"), request(room), 1);
                one.publish(room, null, "plain");
                await().until(() -> member.peer().seen(Event.Delivered.class).size() == 2);
                assertThat(member.peer().seen(Event.Delivered.class))
                        .extracting(event -> event.entry().asker() != null)
                        .containsExactly(true, false);
            });
        }

        @Test
        void secondReply_isADuplicate_andNotDelivered() throws Exception {
            run((one, two) -> {
                GroupId room = one.create("room");
                two.connect("b").join(room);
                two.connect("c").join(room);
                Client asker = one.connect("asker");
                PublishResult asked = ask(one, asker, request(room), 1);
                assertThat(reply(two, asked, "b", "1").duplicate()).isFalse();
                assertThat(reply(two, asked, "b", "2").duplicate()).isTrue();
                assertThat(reply(one, asked, "b", "3").duplicate()).isTrue();
                reply(two, asked, "c", "C");
                assertThat(end(asker, 1).complete()).isTrue();
                assertThat(replies(asker)).containsExactlyInAnyOrder("b 1", "c C");
            });
        }

        @Test
        void whoWasNotAsked_isRefused() throws Exception {
            run((one, two) -> {
                GroupId room = one.create("room");
                two.connect("b").join(room);
                Client asker = one.connect("asker");
                PublishResult asked = ask(one, asker, request(room), 1);
                two.connect("late").join(room);
                for (CoreFixture node : List.of(one, two)) {
                    assertRefused(ErrorCode.FAILED_PRECONDITION, replying(node, room, asked.position(), "late"));
                    assertRefused(ErrorCode.NOT_A_MEMBER, replying(node, room, asked.position(), "nobody"));
                }
                Position elsewhere = new Position("other", asked.position().offset());
                assertRefused(ErrorCode.ASK_NOT_FOUND, replying(two, room, elsewhere, "b"));
                PublishResult plain = one.publish(room, null, "plain");
                assertRefused(ErrorCode.ASK_NOT_FOUND, replying(two, room, plain.position(), "b"));
                assertRefused(ErrorCode.ASK_NOT_FOUND, replying(one, room, plain.position(), "b"));
                reply(two, asked, "b", "B");
                assertThat(end(asker, 1).complete()).isTrue();
            });
        }

        @Test
        void replyByATopicTheFilterGotLater_isRefused() throws Exception {
            run((one, two) -> {
                GroupId room = one.create("room");
                Client other = two.connect("other");
                other.join(room, "b");
                two.connect("b").join(room, "a");
                Client asker = one.connect("asker");
                Groups.PublishRequest toA = CoreFixture.request(room, "a", "?", Spread.ALL, "", null);
                PublishResult asked = ask(one, asker, toA, 1);
                other.join(room, "a");
                assertRefused(ErrorCode.FAILED_PRECONDITION, replying(two, room, asked.position(), "other"));
                reply(two, asked, "b", "B");
                assertThat(end(asker, 1).complete()).isTrue();
            });
        }

        @Test
        void silentMember_isMissingAtTheDeadline() throws Exception {
            run((one, two) -> {
                GroupId room = one.create("room");
                one.connect("a").join(room);
                two.connect("b").join(room);
                Client asker = one.connect("asker");
                PublishResult asked = ask(one, asker, request(room), 1, Duration.ofMillis(700), false);
                reply(two, asked, "b", "B");
                AskCompleted end = end(asker, 1);
                assertThat(end.complete()).isFalse();
                assertThat(end.timedOut()).isTrue();
                assertThat(end.missingCount()).isEqualTo(1);
                assertThat(end.missing()).containsExactly(new Missed(actor("a"), MissingReason.NO_REPLY));
                assertRefused(ErrorCode.ASK_NOT_FOUND, replying(one, room, asked.position(), "a"));
                assertNothingLeft(one, two);
            });
        }

        @Test
        void memberThatLeaves_orIsDeleted_isMissingAtOnce() throws Exception {
            run((one, two) -> {
                GroupId room = one.create("room");
                Client left = two.connect("left");
                left.join(room);
                one.connect("stays").join(room);
                Client asker = one.connect("asker");
                ask(one, asker, request(room), 1);
                await(left.opened().session().leave(room, true));
                await().until(() -> !asker.peer().seen(MemberMissing.class).isEmpty());
                assertThat(asker.peer().seen(MemberMissing.class))
                        .containsExactly(new MemberMissing(room, 1, actor("left"), MissingReason.LEFT));
                await(two.groups.delete(room));
                AskCompleted end = end(asker, 1);
                assertThat(end.complete()).isFalse();
                assertThat(end.missing())
                        .containsExactly(
                                new Missed(actor("left"), MissingReason.LEFT),
                                new Missed(actor("stays"), MissingReason.GROUP_DELETED));
                assertNothingLeft(one, two);
            });
        }

        @Test
        void lostConnection_isMissingAtOnce_andAwayMember_fromTheStart() throws Exception {
            run((one, two) -> {
                GroupId room = one.create("room");
                Client lost = two.connect("lost");
                lost.join(room);
                Client asker = one.connect("asker");
                ask(one, asker, request(room), 1);
                lost.drop();
                AskCompleted end = end(asker, 1);
                assertThat(end.missing()).containsExactly(new Missed(actor("lost"), MissingReason.LOST_CONNECTION));
                ask(one, asker, request(room), 2);
                assertThat(end(asker, 2).missing())
                        .containsExactly(new Missed(actor("lost"), MissingReason.UNREACHABLE));
            });
        }

        @Test
        void replyOfOneThatIsMissing_stillCounts_whileOthersAreWaitedFor() throws Exception {
            run((one, two) -> {
                GroupId room = one.create("room");
                Client lost = two.connect("lost");
                lost.join(room);
                two.connect("b").join(room);
                Client asker = one.connect("asker");
                PublishResult asked = ask(one, asker, request(room), 1);
                lost.drop();
                await().until(() -> !asker.peer().seen(MemberMissing.class).isEmpty());
                reply(two, asked, "lost", "here again");
                reply(two, asked, "b", "B");
                assertThat(end(asker, 1).complete()).isTrue();
                assertThat(replies(asker)).containsExactlyInAnyOrder("lost here again", "b B");
            });
        }

        @Test
        void durableMember_isWaitedFor_andRepliesAnywhere() throws Exception {
            run((one, two) -> {
                GroupId room = one.create("room");
                one.join(room, "durable");
                Client asker = one.connect("asker");
                PublishResult asked = ask(one, asker, request(room), 1);
                // This node finds the message in the log.
                assertThat(reply(two, asked, "durable", "D").duplicate()).isFalse();
                assertThat(end(asker, 1).complete()).isTrue();
            });
        }

        @Test
        void nobodyToAsk_isOverAtOnce() throws Exception {
            run((one, two) -> {
                GroupId room = one.create("room");
                Client asker = one.connect("asker");
                assertThat(ask(one, asker, request(room), 1).recipients()).isZero();
                assertThat(end(asker, 1).complete()).isTrue();
                ask(one, asker, toOne(room), 2, LONG, true);
                assertThat(end(asker, 2).complete()).isFalse();
                assertThat(end(asker, 2).missingCount()).isZero();
                assertNothingLeft(one, two);
            });
        }

        @Test
        void one_isOverWithItsReply() throws Exception {
            run((one, two) -> {
                GroupId room = one.create("room");
                two.connect("b").join(room);
                two.connect("c").join(room);
                Client asker = one.connect("asker");
                PublishResult asked = ask(one, asker, toOne(room), 1);
                assertThat(asked.ids()).hasSize(1);
                String other = asked.ids().get(0).equals(actor("b")) ? "c" : "b";
                assertRefused(ErrorCode.FAILED_PRECONDITION, replying(two, room, asked.position(), other));
                reply(two, asked, asked.ids().get(0).value(), "done");
                assertThat(end(asker, 1).complete()).isTrue();
                assertNothingLeft(one, two);
            });
        }

        @Test
        void retryOther_asksTheNext_whenTheFirstLeaves() throws Exception {
            run((one, two) -> {
                GroupId room = one.create("room");
                Client b = two.connect("b");
                Client c = two.connect("c");
                b.join(room);
                c.join(room);
                Client asker = one.connect("asker");
                PublishResult asked = ask(one, asker, toOne(room), 1, LONG, true);
                ActorId first = asked.ids().get(0);
                Client gone = first.equals(actor("b")) ? b : c;
                await(gone.opened().session().leave(room, true));

                await().until(() -> !asker.peer().seen(Event.Asked.class).isEmpty());
                Event.Asked again = asker.peer().seen(Event.Asked.class).get(0);
                assertThat(again.number()).isEqualTo(1);
                assertThat(again.ids()).hasSize(1).doesNotContain(first);
                replyAt(two, room, again.position(), again.ids().get(0).value(), "done");

                AskCompleted end = end(asker, 1);
                assertThat(end.complete()).isTrue();
                assertThat(end.missing()).isEmpty();
                assertNothingLeft(one, two);
            });
        }

        @Test
        void retryOther_asksSilentOnesOnce_andTakesWhoeverRepliesFirst() throws Exception {
            run((one, two) -> {
                GroupId room = one.create("room");
                two.connect("b").join(room);
                one.connect("c").join(room);
                Client asker = one.connect("asker");
                PublishResult asked = ask(one, asker, toOne(room), 1, Duration.ofSeconds(4), true);
                await().until(() -> !asker.peer().seen(Event.Asked.class).isEmpty());
                Event.Asked again = asker.peer().seen(Event.Asked.class).get(0);
                assertThat(again.ids()).doesNotContainAnyElementsOf(asked.ids());

                reply(one, asked, asked.ids().get(0).value(), "late");
                assertThat(end(asker, 1).complete()).isTrue();
                assertThat(replies(asker)).containsExactly(asked.ids().get(0).value() + " late");
                assertThat(asker.peer().seen(Event.Asked.class)).hasSize(1);
                assertRefused(
                        ErrorCode.ASK_NOT_FOUND,
                        replying(two, room, again.position(), again.ids().get(0).value()));
            });
        }

        @Test
        void retryOther_withNobodyElse_endsWithAllThatWereAsked() throws Exception {
            run((one, two) -> {
                GroupId room = one.create("room");
                Client b = two.connect("b");
                b.join(room);
                Client asker = one.connect("asker");
                ask(one, asker, toOne(room), 1, LONG, true);
                await(b.opened().session().leave(room, true));
                AskCompleted end = end(asker, 1);
                assertThat(end.complete()).isFalse();
                assertThat(end.missing()).containsExactly(new Missed(actor("b"), MissingReason.LEFT));
            });
        }

        @Test
        void askerThatDisappears_freesEverything() throws Exception {
            run((one, two) -> {
                GroupId room = one.create("room");
                two.connect("b").join(room);
                Client asker = one.connect("asker");
                PublishResult asked = ask(one, asker, request(room), 1);
                long held = one.budget.held();
                asker.drop();
                await().until(() -> one.asks.held() == 0);
                assertThat(one.budget.held()).isLessThan(held);
                assertRefused(ErrorCode.ASK_NOT_FOUND, replying(two, room, asked.position(), "b"));
                assertNothingLeft(one, two);
            });
        }

        @Test
        void cancelledAsk_isOver_withoutAnEvent() throws Exception {
            run((one, two) -> {
                GroupId room = one.create("room");
                two.connect("b").join(room);
                Client asker = one.connect("asker");
                PublishResult asked = ask(one, asker, request(room), 1);
                assertThat(one.groups.endAsk(asker.connection(), 1)).isTrue();
                ask(one, asker, request(room), 1);
                assertThat(one.asks.open())
                        .as("the number is free at once, and the end of the first is not its end")
                        .isEqualTo(1);
                assertThat(one.groups.endAsk(asker.connection(), 1)).isTrue();
                assertThat(one.groups.endAsk(asker.connection(), 1)).isFalse();
                assertRefused(ErrorCode.ASK_NOT_FOUND, replying(two, room, asked.position(), "b"));
                assertThat(asker.peer().seen(AskCompleted.class)).isEmpty();
                assertNothingLeft(one, two);
            });
        }

        @Test
        void askThatIsNotAllowedAnyMore_isOver_andOthersGoOn() throws Exception {
            run((one, two) -> {
                GroupId room = one.create("room");
                two.connect("b").join(room, "a", "b");
                Client asker = one.connect("asker");
                ask(one, asker, CoreFixture.request(room, "a", "?", Spread.ALL, "", null), 1);
                PublishResult kept = ask(one, asker, CoreFixture.request(room, "b", "?", Spread.ALL, "", null), 2);
                one.groups.keepAsks(asker.connection(), ask -> new Topic("b").equals(ask.topic()));
                await().until(() -> one.asks.open() == 1);
                AskCompleted withdrawn = end(asker, 1);
                assertThat(withdrawn.complete()).isFalse();
                assertThat(withdrawn.missing()).isEmpty();
                reply(two, kept, "b", "B");
                assertThat(end(asker, 2).complete()).isTrue();
                assertThat(asker.peer().seen(AskCompleted.class)).hasSize(2);
                assertNothingLeft(one, two);
            });
        }

        @Test
        void whoMayNotKnowTheMembers_isToldNumbers() throws Exception {
            run((one, two) -> {
                GroupId room = one.create("room");
                two.connect("b").join(room);
                one.connect("a").join(room);
                Client asker = one.connect("asker");
                Groups.PublishRequest request = request(room);
                PublishResult asked = ask(
                        one,
                        asker,
                        new Groups.PublishRequest(
                                room, request.message(), null, Spread.ALL, "", false, Groups.RecipientDetail.COUNTS),
                        1);
                assertThat(asked.recipients()).isEqualTo(2);
                assertThat(asked.ids()).isEmpty();
                assertThat(asked.truncated()).isFalse();
                reply(two, asked, "b", "B");
                await(two.groups.delete(room));
                AskCompleted end = end(asker, 1);
                assertThat(end.missing()).isEmpty();
                assertThat(end.missingCount()).isEqualTo(1);
                assertThat(asker.peer().seen(MemberMissing.class))
                        .containsExactly(new MemberMissing(room, 1, null, MissingReason.GROUP_DELETED));
            });
        }

        @Test
        void asks_areBounded_perConnection_andPerNode() throws Exception {
            run((one, two) -> {
                GroupId room = one.create("room");
                two.connect("b").join(room);
                Client asker = one.connect("asker");
                ask(one, asker, request(room), 1);
                assertRefused(ErrorCode.FAILED_PRECONDITION, asking(one, asker, request(room), 1));
                for (int i = 2; i <= CoreFixture.ASKS_OF_ONE; i++) {
                    ask(one, asker, request(room), i);
                }
                assertRefused(ErrorCode.LIMIT_EXCEEDED, asking(one, asker, request(room), 1_000));
                int open = CoreFixture.ASKS_OF_ONE;
                while (open < CoreFixture.ASKS * 3 / 4) {
                    Client another = one.connect("asker" + open);
                    for (int i = 0; i < CoreFixture.ASKS_OF_ONE; i++) {
                        if (open < CoreFixture.ASKS * 3 / 4) {
                            ask(one, another, request(room), i);
                            open++;
                        }
                    }
                }
                Client last = one.connect("last");
                assertRefused(ErrorCode.OVERLOADED, asking(one, last, request(room), 1));
                asker.drop();
                await().until(() -> one.asks.open() == CoreFixture.ASKS * 3 / 4 - CoreFixture.ASKS_OF_ONE);
                assertThat(ask(one, last, request(room), 1).recipients()).isEqualTo(1);
            });
        }

        @Test
        void moreMembersThanMayBeAsked_areALimit() throws Exception {
            run((one, two) -> {
                GroupId room = one.create("room");
                List<ActorId> many = IntStream.rangeClosed(0, CoreFixture.ASKED_AT_ONCE)
                        .mapToObj(i -> actor("m" + i))
                        .toList();
                await(two.groups.join(new Groups.JoinRequest(room, many, TopicFilter.ALL, null, null, null)));
                Client asker = one.connect("asker");
                assertRefused(ErrorCode.LIMIT_EXCEEDED, asking(one, asker, request(room), 1));
                assertNothingLeft(one, two);
                one.leave(room, "m0");
                assertThat(ask(one, asker, request(room), 1).recipients()).isEqualTo(CoreFixture.ASKED_AT_ONCE);
            });
        }

        @Test
        void unknownGroup_andFailedPublish_leaveNothing() throws Exception {
            run((one, two) -> {
                Client asker = one.connect("asker");
                assertRefused(ErrorCode.GROUP_NOT_FOUND, asking(one, asker, request(one.group("none")), 1));
                assertRefused(ErrorCode.GROUP_NOT_FOUND, replying(one, one.group("none"), new Position("e", 1), "a"));
                assertNothingLeft(one, two);
            });
        }

        @Test
        void repeat_whileTheFirstIsOpen_getsTheRepliesFromThenOn() throws Exception {
            run((one, two) -> {
                GroupId room = one.create("room");
                two.connect("b").join(room);
                two.connect("c").join(room);
                Client first = one.connect("first");
                Client again = one.connect("again");
                PublishResult asked = ask(one, first, keyed(room), 1);
                reply(two, asked, "b", "B");
                PublishResult repeat = ask(one, again, keyed(room), 2);
                assertThat(repeat.repeated()).isTrue();
                assertThat(repeat.position()).isEqualTo(asked.position());
                reply(two, asked, "c", "C");
                assertThat(end(first, 1).complete()).isTrue();
                AskCompleted end = end(again, 2);
                assertThat(end.complete()).isFalse();
                assertThat(end.missing()).containsExactly(new Missed(actor("b"), MissingReason.REPLIED_BEFORE));
                assertThat(replies(again)).containsExactly("c C");
                assertNothingLeft(one, two);
            });
        }

        @Test
        void repeat_whenTheFirstAskerIsGone_takesItsPlace() throws Exception {
            run((one, two) -> {
                GroupId room = one.create("room");
                two.connect("b").join(room);
                Client left = two.connect("c");
                left.join(room);
                Client first = one.connect("first");
                PublishResult asked = ask(one, first, keyed(room), 1);
                first.drop();
                await().until(() -> one.asks.held() == 0);
                await(left.opened().session().leave(room, true));
                Client again = one.connect("again");
                assertThat(ask(one, again, keyed(room), 2).position()).isEqualTo(asked.position());
                reply(two, asked, "b", "B");
                AskCompleted end = end(again, 2);
                assertThat(end.missing()).containsExactly(new Missed(actor("c"), MissingReason.LEFT));
                assertThat(replies(again)).containsExactly("b B");
                assertNothingLeft(one, two);
            });
        }

        @Test
        void repeat_atAnotherNode_orOfAPlainMessage_isRefused() throws Exception {
            run((one, two) -> {
                GroupId room = one.create("room");
                two.connect("b").join(room);
                Client first = one.connect("first");
                ask(one, first, keyed(room), 1);
                Client elsewhere = two.connect("elsewhere");
                assertRefused(ErrorCode.ASKED_BEFORE, asking(two, elsewhere, keyed(room), 1));
                Groups.PublishRequest plain = request(room).with(CoreFixture.message("plain", null, "plain key"));
                await(one.groups.publish(plain));
                assertRefused(ErrorCode.ASKED_BEFORE, asking(one, first, plain, 2));
                assertThat(two.asks.held()).isZero();
            });
        }

        @Test
        void manyMembers_onBothNodes_allReplyOnce() throws Exception {
            run((one, two) -> {
                GroupId room = one.create("room");
                List<Client> members = IntStream.range(0, 200)
                        .mapToObj(i -> (i % 2 == 0 ? one : two).connect("m" + i))
                        .toList();
                members.forEach(member -> member.join(room));
                Client asker = one.connect("asker");
                PublishResult asked = ask(one, asker, request(room), 1);
                List<Uni<Groups.ReplyResult>> replying = IntStream.range(0, 400)
                        .mapToObj(i -> replying(i % 2 == 0 ? one : two, room, asked.position(), "m" + i % 200))
                        .toList();
                replying.forEach(reply -> reply.subscribe().with(done -> {}, failure -> {}));
                AskCompleted end = end(asker, 1);
                assertThat(end.complete()).isTrue();
                assertThat(asker.peer().seen(Replied.class))
                        .extracting(event -> event.actor().value())
                        .containsExactlyInAnyOrderElementsOf(
                                IntStream.range(0, 200).mapToObj(i -> "m" + i).toList());
                assertNothingLeft(one, two);
            });
        }

        // ---- how

        private static ActorId actor(String id) {
            return new ActorId(id);
        }

        private static Groups.PublishRequest request(GroupId room) {
            return CoreFixture.request(room, null, "?", Spread.ALL, "", null);
        }

        private static Groups.PublishRequest toOne(GroupId room) {
            return CoreFixture.request(room, null, "?", Spread.ONE, "", null);
        }

        private static Groups.PublishRequest keyed(GroupId room) {
            return request(room).with(CoreFixture.message("?", null, "key"));
        }

        private static PublishResult ask(CoreFixture node, Client asker, Groups.PublishRequest request, long number) {
            return ask(node, asker, request, number, LONG, false);
        }

        private static PublishResult ask(
                CoreFixture node,
                Client asker,
                Groups.PublishRequest request,
                long number,
                Duration timeout,
                boolean retry) {
            return await(
                    node.groups.ask(new Groups.AskRequest(request, timeout, retry, asker.connection(), number, false)));
        }

        private static Uni<PublishResult> asking(
                CoreFixture node, Client asker, Groups.PublishRequest request, long number) {
            return node.groups.ask(new Groups.AskRequest(request, LONG, false, asker.connection(), number, false));
        }

        private static Groups.ReplyResult reply(CoreFixture node, PublishResult asked, String actor, String text) {
            return replyAt(node, node.group("room"), asked.position(), actor, text);
        }

        private static Groups.ReplyResult replyAt(
                CoreFixture node, GroupId room, Position at, String actor, String text) {
            return await(node.groups.reply(
                    new Groups.ReplyRequest(room, actor(actor), at, CoreFixture.message(text, null, ""))));
        }

        private static Uni<Groups.ReplyResult> replying(CoreFixture node, GroupId room, Position at, String actor) {
            return node.groups.reply(
                    new Groups.ReplyRequest(room, actor(actor), at, CoreFixture.message("r", null, "")));
        }

        private static void assertRefused(ErrorCode code, Uni<?> request) {
            GroupException refused =
                    catchThrowableOfType(GroupException.class, () -> await((Uni<? extends Object>) request));
            assertThat(refused).isNotNull();
            assertThat(refused.code()).isEqualTo(code);
        }

        private static AskCompleted end(Client asker, long number) {
            await().until(() -> ended(asker, number) != null);
            return Objects.requireNonNull(ended(asker, number));
        }

        private static @Nullable AskCompleted ended(Client asker, long number) {
            return asker.peer().seen(AskCompleted.class).stream()
                    .filter(event -> event.number() == number)
                    .findFirst()
                    .orElse(null);
        }

        private static List<String> replies(Client asker) {
            return asker.peer().seen(Replied.class).stream()
                    .map(event -> event.actor().value() + " "
                            + new String(event.message().payload().array(), StandardCharsets.UTF_8))
                    .toList();
        }

        private static void assertNothingLeft(CoreFixture... nodes) {
            for (CoreFixture node : nodes) {
                await().untilAsserted(() -> {
                    assertThat(node.asks.open()).isZero();
                    assertThat(node.asks.held()).isZero();
                });
            }
        }
    }

    private interface TwoNodes {
        void run(CoreFixture one, CoreFixture two);
    }

    @Nested
    class InMemory extends OnTwoNodes {
        @Override
        void run(TwoNodes test) {
            try (CoreFixture one = new CoreFixture(GRACE);
                    CoreFixture two = one.another("node-2")) {
                test.run(one, two);
            }
        }
    }

    @Nested
    class OnRedis extends OnTwoNodes {
        private static final LogLimits LIMITS = new LogLimits(20_000, 200_000, 256, 1000, 1_000, 8 << 20, 1000);
        private static RedisStore store;
        private static RedisGroupLog first;
        private static RedisGroupLog second;

        @BeforeAll
        static void open() {
            store = RedisStore.any();
            first = store.log(LIMITS);
            second = store.log(LIMITS);
        }

        @AfterAll
        static void close() throws Exception {
            store.close();
        }

        @Override
        void run(TwoNodes test) {
            try (CoreFixture one = CoreFixture.on(first, GRACE, CoreFixture.NODE);
                    CoreFixture two = one.another(second, new NodeId("node-2"))) {
                test.run(one, two);
            }
        }
    }
}
