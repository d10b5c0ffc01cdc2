package io.plexspaces.processgroups.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.plexspaces.processgroups.domain.ActorId;
import io.plexspaces.processgroups.domain.Entry;
import io.plexspaces.processgroups.domain.ErrorCode;
import io.plexspaces.processgroups.domain.GroupException;
import io.plexspaces.processgroups.domain.LeaveReason;
import io.plexspaces.processgroups.domain.Membership;
import io.plexspaces.processgroups.domain.NodeId;
import io.plexspaces.processgroups.domain.Owner;
import io.plexspaces.processgroups.domain.Position;
import io.plexspaces.processgroups.domain.TopicFilter;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Actors are evicted, and may not come back for a time. */
abstract class BanContract extends LogFixture {
    private static final Duration LONG = Duration.ofDays(30);
    private static final Duration SHORT = Duration.ofMillis(400);
    private static final Owner ELSEWHERE = new Owner.Session("s1", new NodeId("elsewhere"), 3, 1);

    BanContract(GroupLogContract contract) {
        super(contract);
    }

    @BeforeEach
    void makeRoom() {
        create(room);
    }

    private static Command evict(ActorId actor, Duration ban) {
        return new Command.Evict(actor, ban);
    }

    private GroupException refused(Command command) {
        GroupException refused = catchThrowableOfType(GroupException.class, () -> done(command));
        assertThat(refused).isNotNull();
        return refused;
    }

    private void isBanned(ActorId actor) {
        GroupException refused = refused(join(actor));
        assertThat(refused.code()).isEqualTo(ErrorCode.BANNED);
        assertThat(refused.field()).isEqualTo("actor_id");
        assertThat(refused).hasMessageContaining(actor.value());
        assertThat(refused.retryAfter()).isPositive();
    }

    private static ActorId someone(int number) {
        return new ActorId("someone-" + number);
    }

    @Test
    void banOfAMember_endsItsJoinsInOneEntry() {
        done(join(ALICE));
        done(join(ALICE, SESSION));
        done(join(BOB));
        Recorder reader = open(room);
        Appended evicted = done(evict(ALICE, LONG));
        assertThat(evicted.ended()).isEqualTo(2);
        assertThat(evicted.membership()).isNull();
        Entry.Left entry = (Entry.Left) reader.upTo(evicted).last();
        assertThat(entry.actor()).isEqualTo(ALICE);
        assertThat(entry.reason()).isEqualTo(LeaveReason.EVICTED);
        assertThat(reader.entries).hasSize(1);
        isBanned(ALICE);
        assertThat(snapshot().members()).extracting(Membership::actor).containsExactly(BOB);
        done(join(BOB));
    }

    @Test
    void banOfAStranger_makesNoEntry() {
        Appended joined = done(join(BOB));
        Recorder reader = open(room);
        Appended evicted = done(evict(ALICE, LONG));
        assertThat(evicted.ended()).isZero();
        assertThat(evicted.position()).isEqualTo(joined.position());
        isBanned(ALICE);
        Appended left = done(leave(BOB, null));
        assertThat(left.position().offset()).isEqualTo(joined.position().offset() + 1);
        assertThat(reader.upTo(left).entries).hasSize(1);
    }

    @Test
    void everyWayIn_isClosed_andNothingIsChanged() {
        done(evict(ALICE, LONG));
        Position before = done(join(BOB)).position();
        List<Command> ways = List.of(
                join(ALICE, SESSION, "a"),
                lease(ALICE, "lease", Duration.ofMinutes(1)),
                new Command.Join(List.of(BOB, ALICE), TopicFilter.ALL, DURABLE, NODE, null),
                new Command.TakeOver(ALICE, (Owner.Session) ELSEWHERE, new NodeId("elsewhere")));
        for (Command way : ways) {
            assertThat(refused(way).code()).as("%s", way).isEqualTo(ErrorCode.BANNED);
        }
        assertThat(refused(ways.get(2)).getMessage()).contains("alice").doesNotContain("bob");
        assertThat(snapshot().position()).isEqualTo(before);
        assertThat(snapshot().members()).extracting(Membership::joinCount).containsExactly(1);
        create(group("another"));
        assertThat(result(append(group("another"), join(ALICE))).membership()).isNotNull();
    }

    @Test
    void banThatHasRunOut_isOver() {
        done(join(ALICE));
        done(evict(ALICE, SHORT));
        done(evict(BOB, LONG));
        GroupException refused = refused(join(ALICE));
        assertThat(refused.code()).isEqualTo(ErrorCode.BANNED);
        assertThat(refused.retryAfter()).isPositive().isLessThanOrEqualTo(SHORT);
        advance(SHORT);
        done(join(ALICE));
        isBanned(BOB);
    }

    @Test
    void lastBan_counts() {
        done(evict(ALICE, LONG));
        done(evict(ALICE, SHORT));
        advance(SHORT);
        done(join(ALICE));
        done(evict(ALICE, SHORT));
        done(evict(ALICE, LONG));
        advance(SHORT);
        isBanned(ALICE);
    }

    @Test
    void banOfNoTime_liftsIt() {
        done(evict(ALICE, LONG));
        done(evict(BOB, LONG));
        assertThat(done(evict(ALICE, Duration.ZERO)).ended()).isZero();
        done(join(ALICE));
        isBanned(BOB);
        assertThat(done(evict(ALICE, Duration.ZERO)).ended()).isEqualTo(1);
        done(join(ALICE));
    }

    @Test
    void evictionThatSaysNothingOfIt_leavesTheBan() {
        done(evict(ALICE, LONG));
        assertThat(refused(new Command.Leave(ALICE, null, true, LeaveReason.EVICTED))
                        .code())
                .isEqualTo(ErrorCode.NOT_A_MEMBER);
        isBanned(ALICE);
    }

    @Test
    void groupThatIsDeleted_forgetsItsBans() {
        done(evict(ALICE, LONG));
        result(deleting(room));
        assertThat(refused(evict(ALICE, LONG)).code()).isEqualTo(ErrorCode.GROUP_NOT_FOUND);
        create(room);
        done(join(ALICE));
        done(evict(BOB, LONG));
        done(join(ALICE));
    }

    @Test
    void bansOfAGroup_areLimited_andThoseThatHaveRunOutMakeRoom() {
        int most = GroupLogContract.LIMITS.bansPerGroup();
        IntStream.range(0, most - 1).forEach(i -> done(evict(someone(i), LONG)));
        done(evict(someone(most), SHORT));
        done(join(ALICE));
        GroupException refused = refused(evict(ALICE, LONG));
        assertThat(refused.code()).isEqualTo(ErrorCode.LIMIT_EXCEEDED);
        assertThat(refused.field()).isEqualTo("ban");
        assertThat(refused).hasMessageContaining("bans-per-group = " + most);
        assertThat(snapshot().members()).extracting(Membership::actor).containsExactly(ALICE);
        done(join(ALICE));
        done(evict(someone(0), LONG));
        done(evict(ALICE, Duration.ZERO));
        advance(SHORT);
        done(evict(ALICE, LONG));
        isBanned(ALICE);
        done(join(someone(most)));
    }

    @Test
    void batch_isRefusedForOneOfMany() {
        List<ActorId> actors = Stream.concat(IntStream.range(0, 90).mapToObj(BanContract::someone), Stream.of(ALICE))
                .toList();
        done(evict(ALICE, LONG));
        Command batch = new Command.Join(actors, TopicFilter.ALL, DURABLE, NODE, null);
        assertThat(refused(batch).code()).isEqualTo(ErrorCode.BANNED);
        assertThat(snapshot().members()).isEmpty();
        done(evict(ALICE, Duration.ZERO));
        assertThat(done(batch).position().offset()).isEqualTo(1 + actors.size());
    }
}
