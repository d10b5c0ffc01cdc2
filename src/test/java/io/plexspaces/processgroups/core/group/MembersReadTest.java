package io.plexspaces.processgroups.core.group;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.plexspaces.processgroups.core.CoreFixture;
import io.plexspaces.processgroups.core.Groups;
import io.plexspaces.processgroups.domain.ActorId;
import io.plexspaces.processgroups.domain.ErrorCode;
import io.plexspaces.processgroups.domain.GroupException;
import io.plexspaces.processgroups.domain.GroupId;
import io.plexspaces.processgroups.domain.GroupSpec;
import io.plexspaces.processgroups.domain.NodeId;
import io.plexspaces.processgroups.domain.Retention;
import io.plexspaces.processgroups.domain.TopicFilter;
import io.plexspaces.processgroups.log.LogLimits;
import io.plexspaces.processgroups.log.redis.RedisBinaries;
import io.plexspaces.processgroups.log.redis.RedisGroupLog;
import io.plexspaces.processgroups.log.redis.RedisProcess;
import io.plexspaces.processgroups.log.redis.store.RedisSettings;
import io.vertx.core.Vertx;
import io.vertx.redis.client.RedisOptions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Two nodes on one Redis: what one of them shows is never older than what the other has answered. */
class MembersReadTest {
    private static final int ROUNDS = 200;

    private final Vertx vertx = Vertx.vertx();
    private final GroupId room = GroupId.of("t", "", "room");
    private final List<RedisGroupLog> logs = new ArrayList<>();
    private RedisProcess redis;
    private CoreFixture one;
    private CoreFixture two;

    @BeforeEach
    void start() {
        redis = RedisProcess.start(RedisBinaries.installed().orElseGet(RedisBinaries::embedded));
        one = node("one");
        two = node("two");
    }

    @AfterEach
    void stop() {
        one.close();
        two.close();
        logs.forEach(RedisGroupLog::close);
        vertx.close().toCompletionStage().toCompletableFuture().join();
        redis.close();
    }

    private CoreFixture node(String id) {
        RedisSettings settings = new RedisSettings(
                "test:",
                0,
                Duration.ofSeconds(5),
                Duration.ofSeconds(4),
                Duration.ofMinutes(10),
                new LogLimits(1_000, 10_000, 16, 16, 1_000, 8 << 20, 100));
        RedisGroupLog log = new RedisGroupLog(
                vertx, new RedisOptions().setConnectionString(redis.address()), settings, () -> UUID.randomUUID()
                        .toString());
        logs.add(log);
        CoreFixture node = new CoreFixture(Duration.ofSeconds(30), log, CoreFixture.await(log.acquire(new NodeId(id))));
        node.startTicking();
        return node;
    }

    private void create() {
        GroupSpec spec = new GroupSpec(GroupSpec.Metadata.NONE, new Retention(10, Duration.ofMinutes(5)), null);
        CoreFixture.await(one.groups.create(room, spec));
    }

    private void join(CoreFixture node, String actor) {
        CoreFixture.await(node.groups.join(
                new Groups.JoinRequest(room, List.of(new ActorId(actor)), TopicFilter.ALL, null, null, null)));
    }

    private List<String> members(CoreFixture node) {
        return CoreFixture.await(node.groups.members(new Groups.MembersQuery(room, false, null, 1_000)))
                .members()
                .stream()
                .map(membership -> membership.actor().value())
                .toList();
    }

    @Test
    void deletedAtOneNode_isDeletedAtTheOther() {
        for (int i = 0; i < ROUNDS; i++) {
            create();
            join(one, "alice");
            assertThat(members(two)).containsExactly("alice");
            CoreFixture.await(one.groups.delete(room));
            GroupException failure = catchThrowableOfType(GroupException.class, () -> members(two));
            assertThat(failure).isNotNull();
            assertThat(failure.code()).isEqualTo(ErrorCode.GROUP_NOT_FOUND);
        }
    }

    @Test
    void deletedAndMadeAgainAtOneNode_hasNoOldMembersAtTheOther() {
        create();
        for (int i = 0; i < ROUNDS; i++) {
            join(one, "alice" + i);
            assertThat(members(two)).containsExactly("alice" + i);
            CoreFixture.await(one.groups.delete(room));
            create();
            assertThat(members(two)).isEmpty();
        }
    }

    @Test
    void joinedAtOneNode_isAMemberAtTheOther() {
        create();
        List<String> joined = new ArrayList<>();
        for (int i = 0; i < ROUNDS; i++) {
            joined.add("%03d".formatted(i));
            join(one, joined.get(i));
            assertThat(members(two)).isEqualTo(joined);
        }
    }
}
