package io.plexspaces.processgroups.core.joins;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.plexspaces.processgroups.core.CoreFixture;
import io.plexspaces.processgroups.core.CoreFixture.Client;
import io.plexspaces.processgroups.core.Groups;
import io.plexspaces.processgroups.domain.ActorId;
import io.plexspaces.processgroups.domain.ErrorCode;
import io.plexspaces.processgroups.domain.GroupException;
import io.plexspaces.processgroups.domain.GroupId;
import io.plexspaces.processgroups.domain.Namespace;
import io.plexspaces.processgroups.domain.OperationId;
import io.plexspaces.processgroups.domain.Owner;
import io.plexspaces.processgroups.domain.Position;
import io.plexspaces.processgroups.domain.TopicFilter;
import io.plexspaces.processgroups.log.Appended;
import io.plexspaces.processgroups.log.Command;
import io.plexspaces.processgroups.log.Expired;
import io.plexspaces.processgroups.log.FirstAnswer;
import io.plexspaces.processgroups.log.GroupLog;
import io.plexspaces.processgroups.log.GroupPage;
import io.plexspaces.processgroups.log.GroupQuery;
import io.plexspaces.processgroups.log.GroupReader;
import io.plexspaces.processgroups.log.LogLimits;
import io.plexspaces.processgroups.log.NamespaceReader;
import io.plexspaces.processgroups.log.NodeLease;
import io.plexspaces.processgroups.log.Slice;
import io.plexspaces.processgroups.log.Tail;
import io.plexspaces.processgroups.log.memory.MemoryGroupLog;
import io.smallrye.mutiny.Uni;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What counts for groups-per-session while joins are under way. */
class JoinLimitTest {
    /** As in the fixture's settings. */
    private static final int LIMIT = 1000;

    private final LateAnswers log = new LateAnswers();
    private final CoreFixture core = new CoreFixture(Duration.ofMillis(300), log, new NodeLease(CoreFixture.NODE, 7));
    private final Client alice = core.connect("alice");

    @AfterEach
    void close() {
        core.close();
    }

    private CompletableFuture<Groups.JoinResult> joining(GroupId group) {
        return alice.opened()
                .session()
                .join(alice.connection(), group, TopicFilter.ALL, null, false, null, false)
                .subscribeAsCompletionStage();
    }

    private List<CompletableFuture<Groups.JoinResult>> joining(int from, int to) {
        List<CompletableFuture<Groups.JoinResult>> all = new ArrayList<>();
        for (int i = from; i < to; i++) {
            all.add(joining(core.create("g" + i)));
        }
        return all;
    }

    private void assertFull() {
        GroupId more = core.create("more");
        assertThatExceptionOfType(GroupException.class)
                .isThrownBy(() -> alice.join(more))
                .satisfies(failure -> assertThat(failure.code()).isEqualTo(ErrorCode.LIMIT_EXCEEDED));
    }

    @Test
    void joinsThatAreReadAndNotAnswered_countOnce() {
        log.holding = true;
        List<CompletableFuture<Groups.JoinResult>> all = joining(0, LIMIT);
        assertThat(all).noneMatch(CompletableFuture::isDone);
        assertFull();
        log.answer();
        assertThat(all).allMatch(join -> join.isDone() && !join.isCompletedExceptionally());
    }

    @Test
    void joinsOfGroupsThatAreHeld_doNotCount() {
        joining(0, LIMIT - 1);
        log.holding = true;
        List<CompletableFuture<Groups.JoinResult>> all = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            all.add(joining(core.group("g" + i)));
        }
        all.addAll(joining(LIMIT - 1, LIMIT));
        assertFull();
        log.answer();
        assertThat(all).allMatch(join -> join.isDone() && !join.isCompletedExceptionally());
    }

    @Test
    void joinThatFails_makesRoom() {
        joining(0, LIMIT - 1);
        for (int i = 0; i < 3; i++) {
            assertThatExceptionOfType(GroupException.class)
                    .isThrownBy(() -> alice.join(core.group("unknown")))
                    .satisfies(failure -> assertThat(failure.code()).isEqualTo(ErrorCode.GROUP_NOT_FOUND));
        }
        joining(LIMIT - 1, LIMIT).forEach(CompletableFuture::join);
        assertFull();
    }

    /** A log in memory whose readers receive joins before their callers get the answer. */
    private static final class LateAnswers implements GroupLog {
        private final GroupLog log = new MemoryGroupLog(
                Clock.systemUTC(), new LogLimits(2_000, 1_000, 8, 8, 1_000, 1 << 20, 100), () -> UUID.randomUUID()
                        .toString());
        private final List<Runnable> held = new ArrayList<>();
        private boolean holding;

        void answer() {
            holding = false;
            List.copyOf(held).forEach(Runnable::run);
            held.clear();
        }

        @Override
        public Duration age(GroupId group, Instant at) {
            return Duration.ZERO;
        }

        @Override
        public Uni<Appended> append(GroupId group, @Nullable String epoch, Command command, OperationId operation) {
            Uni<Appended> done = log.append(group, epoch, command, operation);
            return holding && command instanceof Command.Join ? done.chain(this::late) : done;
        }

        private Uni<Appended> late(Appended done) {
            return Uni.createFrom().emitter(answer -> held.add(() -> answer.complete(done)));
        }

        @Override
        public Uni<Tail> open(GroupId group, GroupReader reader) {
            return log.open(group, reader);
        }

        @Override
        public Uni<Position> end(GroupId group) {
            return log.end(group);
        }

        @Override
        public Uni<Slice> read(GroupId group, @Nullable Position after, int limit) {
            return log.read(group, after, limit);
        }

        @Override
        public Uni<Slice> readBack(GroupId group, @Nullable Position before, int limit) {
            return log.readBack(group, before, limit);
        }

        @Override
        public Uni<GroupPage> groups(GroupQuery query) {
            return log.groups(query);
        }

        @Override
        public Uni<Tail> follow(Namespace namespace, NamespaceReader reader) {
            return log.follow(namespace, reader);
        }

        @Override
        public Uni<List<GroupId>> heldBy(String session) {
            return log.heldBy(session);
        }

        @Override
        public Uni<Optional<FirstAnswer>> firstAnswer(GroupId group, String idempotencyKey, long offset) {
            return log.firstAnswer(group, idempotencyKey, offset);
        }

        @Override
        public Uni<Claim> claim(String session, OperationId operation) {
            return log.claim(session, operation);
        }

        @Override
        public Uni<Claim> claimAgain(Owner.Session session, OperationId operation) {
            return log.claimAgain(session, operation);
        }

        @Override
        public Uni<Boolean> end(Owner.Session session, OperationId operation) {
            return log.end(session, operation);
        }

        @Override
        public Uni<Void> evict(String tenant, ActorId actor, @Nullable Duration ban) {
            return log.evict(tenant, actor, ban);
        }

        @Override
        public Uni<Notes> notesAfter(long number) {
            return log.notesAfter(number);
        }

        @Override
        public Uni<Expired> expire(OperationId operation) {
            return log.expire(operation);
        }
    }
}
