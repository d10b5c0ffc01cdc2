package io.plexspaces.processgroups.core.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.plexspaces.processgroups.core.CoreFixture;
import io.plexspaces.processgroups.core.CoreFixture.Client;
import io.plexspaces.processgroups.core.Groups;
import io.plexspaces.processgroups.core.Resumes;
import io.plexspaces.processgroups.domain.ActorId;
import io.plexspaces.processgroups.domain.ErrorCode;
import io.plexspaces.processgroups.domain.GroupId;
import io.plexspaces.processgroups.domain.Membership;
import io.plexspaces.processgroups.domain.NodeId;
import io.plexspaces.processgroups.domain.Owner;
import io.plexspaces.processgroups.log.LogLimits;
import io.plexspaces.processgroups.log.redis.RedisStore;
import io.smallrye.mutiny.Uni;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** Two connections that take one session over at once, on two nodes: one of them gets all of it, with any store. */
class TwoResumesTest {
    private static final int GROUPS = 6;
    private static final Duration GRACE = Duration.ofSeconds(2);

    private record Nodes(CoreFixture began, CoreFixture one, CoreFixture two) implements AutoCloseable {
        List<CoreFixture> all() {
            return List.of(began, one, two);
        }

        @Override
        public void close() {
            all().forEach(CoreFixture::close);
        }
    }

    @Nested
    class InMemory {
        @Test
        void resumesAtOnce_leaveOneOwnerOfAllJoins() {
            CoreFixture began = new CoreFixture(GRACE);
            try (Nodes nodes = new Nodes(began, began.another("one"), began.another("two"))) {
                resumeAtOnce(nodes, 200);
            }
        }
    }

    @Nested
    class OnRedis {
        @Test
        void resumesAtOnce_leaveOneOwnerOfAllJoins() throws Exception {
            LogLimits limits = new LogLimits(20_000, 200_000, 256, 1000, 1_000, 8 << 20, 1000);
            try (RedisStore store = RedisStore.any();
                    Nodes nodes = onRedis(store, limits)) {
                resumeAtOnce(nodes, 200);
            }
        }

        private Nodes onRedis(RedisStore store, LogLimits limits) {
            CoreFixture began = CoreFixture.on(store.log(limits), GRACE, new NodeId("node-1"));
            return new Nodes(
                    began,
                    began.another(store.log(limits), new NodeId("one")),
                    began.another(store.log(limits), new NodeId("two")));
        }
    }

    private static void resumeAtOnce(Nodes nodes, int rounds) {
        List<GroupId> groups = IntStream.range(0, GROUPS)
                .mapToObj(i -> nodes.began().create("g" + i))
                .toList();
        for (int round = 0; round < rounds; round++) {
            String actor = "actor-" + round;
            nodes.all().forEach(CoreFixture::renewLease);
            Client first = nodes.began().connect(actor);
            groups.forEach(first::join);
            if (round % 2 == 0) {
                first.drop();
            }
            List<Resumes.Attempt> attempts =
                    Resumes.atOnce(actor, first.opened().resumeToken(), nodes.one(), nodes.two());
            assertThat(attempts).allMatch(attempt -> attempt.isResumed() || attempt.isReplaced());
            await().until(() -> attempts.stream()
                            .filter(attempt -> attempt.peer().isClosed())
                            .count()
                    == 1);
            Resumes.Attempt winner = attempts.stream()
                    .filter(attempt -> !attempt.peer().isClosed())
                    .findFirst()
                    .orElseThrow();
            assertThat(winner.isResumed()).isTrue();
            Owner owner = winner.opened().session().owner();
            assertThat(winner.opened().groups())
                    .containsExactlyElementsOf(groups.stream().sorted().toList());
            assertThat(attempts)
                    .filteredOn(attempt -> !attempt.equals(winner))
                    .allMatch(attempt -> attempt.peer().closeCode() == ErrorCode.SESSION_REPLACED);
            // The node that had the session reads of it a moment later.
            await().untilAsserted(() -> assertThat(groups).allSatisfy(group -> {
                Membership member = member(nodes.began(), group, actor);
                assertThat(member.heldBy(owner)).as("%s", member).isTrue();
                assertThat(member.joinCount()).isEqualTo(1);
            }));
            assertThat(nodes.one().sessions.size() + nodes.two().sessions.size())
                    .isEqualTo(round + 1);
        }
        assertThat(nodes.began().sessions.size()).isZero();
        // What those that lost would end, they have ended by then.
        await().pollDelay(GRACE.plusSeconds(7)).atMost(Duration.ofMinutes(1)).until(() -> true);
        for (GroupId group : groups) {
            assertThat(CoreFixture.await(nodes.one().groups.members(new Groups.MembersQuery(group, false, null, 1_000)))
                            .total())
                    .isEqualTo(rounds);
        }
    }

    private static Membership member(CoreFixture node, GroupId group, String actor) {
        return CoreFixture.await(node.replicas.with(group, replica -> Uni.createFrom()
                .item(replica.members().get(new ActorId(actor)).membership())));
    }
}
