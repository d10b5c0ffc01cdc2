package io.plexspaces.processgroups.core.publish;

import static io.plexspaces.processgroups.core.CoreFixture.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.plexspaces.processgroups.core.CoreFixture;
import io.plexspaces.processgroups.core.Groups;
import io.plexspaces.processgroups.core.Groups.PublishResult;
import io.plexspaces.processgroups.domain.ActorId;
import io.plexspaces.processgroups.domain.Dispatch;
import io.plexspaces.processgroups.domain.GroupId;
import io.plexspaces.processgroups.domain.NodeId;
import io.plexspaces.processgroups.domain.OperationId;
import io.plexspaces.processgroups.domain.Topic;
import io.plexspaces.processgroups.log.Appended;
import io.plexspaces.processgroups.log.Command;
import io.plexspaces.processgroups.log.LogLimits;
import io.plexspaces.processgroups.log.redis.RedisBinaries;
import io.plexspaces.processgroups.log.redis.RedisProcess;
import io.plexspaces.processgroups.log.redis.RedisStore;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** A message that is published again, with the same idempotency key, at another node than the first time. */
class RepeatsTest {
    private static final Duration GRACE = Duration.ofSeconds(10);

    private abstract static class OnTwoNodes {
        abstract void run(TwoNodes test) throws Exception;

        @Test
        void repeat_atANodeThatHasNotReadTheMessage_getsTheFirstAnswer() throws Exception {
            run((one, two) -> {
                GroupId room = members(one);
                PublishResult first = publish(one, room, "key", "a", Groups.RecipientDetail.IDS);
                assertThat(first.recipients()).isEqualTo(3);
                one.join(room, "late", "a");
                one.leave(room, "m1");
                assertRepeats(first, publish(two, room, "key", "a", Groups.RecipientDetail.IDS));
                assertRepeats(first, publish(one, room, "key", "a", Groups.RecipientDetail.IDS));
                assertThat(publish(two, room, "key", "a", Groups.RecipientDetail.NONE)
                                .recipients())
                        .isEqualTo(3);
                PublishResult counts = publish(two, room, "key", "a", Groups.RecipientDetail.COUNTS);
                assertThat(counts.perNode()).isEqualTo(first.perNode());
                assertThat(counts.ids()).isEmpty();
                assertThat(counts.truncated()).isFalse();
            });
        }

        @Test
        void repeat_atANodeThatReadTheMessage_getsTheAnswerOfItsPublisher() throws Exception {
            run((one, two) -> {
                GroupId room = members(one);
                two.publish(room, null, "opens it");
                for (int i = 0; i < 50; i++) {
                    PublishResult first = publish(one, room, "key" + i, null, Groups.RecipientDetail.IDS);
                    assertThat(first.recipients()).isEqualTo(4);
                    assertRepeats(first, publish(two, room, "key" + i, null, Groups.RecipientDetail.IDS));
                }
            });
        }

        /** What is kept of the answers goes with the group, and the publishing node knows that. */
        @Test
        void repeat_inTheNextLifeOfTheGroup_getsItsFirstAnswer() throws Exception {
            run((one, two) -> {
                GroupId room = members(one);
                publish(one, room, "key", "a", Groups.RecipientDetail.IDS);
                await(one.groups.delete(room));
                assertThat(members(one)).isEqualTo(room);
                PublishResult first = publish(one, room, "key", "a", Groups.RecipientDetail.IDS);
                assertThat(first.ids()).hasSize(3);
                assertThat(first.repeated()).isFalse();
                assertRepeats(first, publish(two, room, "key", "a", Groups.RecipientDetail.IDS));
            });
        }

        /** The first publisher died before its answer was kept. */
        @Test
        void repeat_ofWhatNobodyKept_isAnsweredOnce_fromThoseWhoWereMembersThen() throws Exception {
            run((one, two) -> {
                GroupId room = members(one);
                Command lost =
                        new Command.Publish(CoreFixture.message("m", null, "key"), new Topic("a"), Dispatch.ALL, false);
                OperationId operation = new OperationId(new NodeId("gone"), 1, 1);
                Appended published = await(two.log.append(room, null, lost, operation));
                one.join(room, "late", "a");
                PublishResult first = publish(two, room, "key", "a", Groups.RecipientDetail.IDS);
                assertThat(first.repeated()).isTrue();
                assertThat(first.position()).isEqualTo(published.position());
                assertThat(first.ids())
                        .containsExactlyInAnyOrder(new ActorId("m0"), new ActorId("m1"), new ActorId("m2"));
                assertThat(first.perNode()).isEqualTo(Map.of(CoreFixture.NODE, 3));
                one.leave(room, "m2");
                assertRepeats(first, publish(two, room, "key", "a", Groups.RecipientDetail.IDS));
                assertRepeats(first, publish(one, room, "key", "a", Groups.RecipientDetail.IDS));
            });
        }

        @Test
        void repeatToOneMember_goesToNobodyElse() throws Exception {
            run((one, two) -> {
                GroupId room = members(one);
                PublishResult first = one(one, room);
                assertThat(first.recipients()).isEqualTo(1);
                for (int i = 0; i < 5; i++) {
                    assertRepeats(first, one(two, room));
                    assertRepeats(first, one(one, room));
                }
            });
        }

        /** Its publisher died before its answer was kept, and this node would choose another member now. */
        @Test
        void repeatToOneMember_thatNobodyKept_namesWhoGotIt() throws Exception {
            run((one, two) -> {
                GroupId room = members(one);
                Command lost = new Command.Publish(
                        CoreFixture.message("m", null, "key"), null, new Dispatch.AnyOf(List.of()), false);
                Appended published = await(one.log.append(room, null, lost, new OperationId(new NodeId("gone"), 1, 1)));
                Dispatch.To got = (Dispatch.To)
                        await(one.log.read(room, null, 100)).messages().get(0).dispatch();
                for (CoreFixture node : List.of(two, one, two)) {
                    PublishResult repeat = one(node, room);
                    assertThat(repeat.position()).isEqualTo(published.position());
                    assertThat(repeat.ids()).containsExactly(got.actor());
                    assertThat(repeat.repeated()).isTrue();
                }
            });
        }

        private static PublishResult one(CoreFixture node, GroupId room) {
            return await(node.groups.publish(new Groups.PublishRequest(
                    room,
                    CoreFixture.message("m", null, "key"),
                    null,
                    Groups.Spread.ONE,
                    "",
                    false,
                    Groups.RecipientDetail.IDS)));
        }

        private static GroupId members(CoreFixture node) {
            GroupId room = node.create("room");
            for (int i = 0; i < 3; i++) {
                node.join(room, "m" + i, "a");
            }
            node.join(room, "other", "b");
            return room;
        }

        private static PublishResult publish(
                CoreFixture node, GroupId room, String key, @Nullable String topic, Groups.RecipientDetail wanted) {
            return await(node.groups.publish(new Groups.PublishRequest(
                    room,
                    CoreFixture.message("m", null, key),
                    topic == null ? null : new Topic(topic),
                    Groups.Spread.ALL,
                    "",
                    false,
                    wanted)));
        }

        private static void assertRepeats(PublishResult first, PublishResult repeat) {
            assertThat(repeat)
                    .isEqualTo(new PublishResult(
                            first.position(),
                            first.recipients(),
                            first.failures(),
                            first.perNode(),
                            first.ids(),
                            first.truncated(),
                            first.nodesTruncated(),
                            true));
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

        @Override
        void run(TwoNodes test) throws Exception {
            try (RedisStore store = RedisStore.any()) {
                run(store, test);
            }
        }

        private static void run(RedisStore store, TwoNodes test) {
            try (CoreFixture one = CoreFixture.on(store.log(LIMITS), GRACE, CoreFixture.NODE);
                    CoreFixture two = one.another(store.log(LIMITS), new NodeId("node-2"))) {
                test.run(one, two);
            }
        }

        @Test
        void idsBeyondTheBound_areNotSentAgain() throws Exception {
            RedisProcess server = RedisProcess.start(RedisBinaries.installed().orElseGet(RedisBinaries::embedded));
            try (RedisStore store = RedisStore.of(server)) {
                run(store, (one, two) -> idsBeyondTheBound_areNotSentAgain(server, one, two));
            }
        }

        private static void idsBeyondTheBound_areNotSentAgain(RedisProcess server, CoreFixture one, CoreFixture two) {
            GroupId room = OnTwoNodes.members(one);
            OnTwoNodes.publish(one, room, "opens it", "a", Groups.RecipientDetail.IDS);
            await().until(() -> !count(server, room).isEmpty());
            server.call("SET", count(server, room), Integer.toString(8 << 20));
            one.join(room, "late", "a");
            PublishResult first = OnTwoNodes.publish(one, room, "key", "a", Groups.RecipientDetail.IDS);
            PublishResult repeat = OnTwoNodes.publish(two, room, "key", "a", Groups.RecipientDetail.IDS);
            assertThat(repeat.recipients()).isEqualTo(first.recipients());
            assertThat(repeat.ids()).isEmpty();
            assertThat(repeat.truncated()).isTrue();
            String refused = server.call("GET", count(server, room));
            one.join(room, "later", "a");
            OnTwoNodes.publish(one, room, "other", "a", Groups.RecipientDetail.IDS);
            assertThat(OnTwoNodes.publish(two, room, "other", "a", Groups.RecipientDetail.IDS)
                            .truncated())
                    .isTrue();
            assertThat(server.call("GET", count(server, room))).isEqualTo(refused);
        }

        /** The key that counts bytes of ids of the group; empty: there is none yet. */
        private static String count(RedisProcess server, GroupId room) {
            return server.call("KEYS", "*" + room.namespace().tenant() + "*:idbytes")
                    .lines()
                    .filter(line -> line.endsWith(":idbytes"))
                    .findFirst()
                    .orElse("");
        }
    }
}
