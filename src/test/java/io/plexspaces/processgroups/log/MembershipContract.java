package io.plexspaces.processgroups.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.plexspaces.processgroups.domain.ActorId;
import io.plexspaces.processgroups.domain.Entry;
import io.plexspaces.processgroups.domain.ErrorCode;
import io.plexspaces.processgroups.domain.GroupException;
import io.plexspaces.processgroups.domain.LeaveReason;
import io.plexspaces.processgroups.domain.Membership;
import io.plexspaces.processgroups.domain.NodeId;
import io.plexspaces.processgroups.domain.Owner;
import io.plexspaces.processgroups.domain.TopicFilter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Actors join and leave. */
abstract class MembershipContract extends LogFixture {
    MembershipContract(GroupLogContract contract) {
        super(contract);
    }

    @BeforeEach
    void makeRoom() {
        create(room);
    }

    @Test
    void actorThatIsNamedTwice_joinsTwice() {
        Recorder reader = open(room);
        Command twice = new Command.Join(List.of(ALICE, BOB, ALICE), TopicFilter.of(List.of("a")), DURABLE, NODE, null);
        Appended done = done(twice);
        assertThat(done.membership().joinCount()).isEqualTo(2);
        assertThat(done.position().offset()).isEqualTo(4);
        List<Entry.Joined> joined =
                reader.upTo(done).entries.stream().map(Entry.Joined.class::cast).toList();
        assertThat(joined).extracting(Entry.Joined::first).containsExactly(true, true, false);
        assertThat(joined).extracting(entry -> entry.membership().joinCount()).containsExactly(1, 1, 2);
        assertThat(done(leave(ALICE, null)).membership().joinCount()).isEqualTo(1);
        assertThat(done(leave(ALICE, null)).membership()).isNull();
    }

    @Test
    void join_makesAMember() {
        Recorder reader = open(room);
        Appended joined = done(join(ALICE, DURABLE, "user.*"));
        Membership membership = joined.membership();
        assertThat(joined.position().offset()).isEqualTo(2);
        assertThat(membership.actor()).isEqualTo(ALICE);
        assertThat(membership.joinedOffset()).isEqualTo(2);
        assertThat(membership.joinedAt()).isEqualTo(joined.at());
        assertThat(membership.filter().topics()).containsExactly("user.*");
        assertThat(membership.holdings()).containsExactly(new Membership.Holding(DURABLE, NODE, 1, null));
        assertThat(snapshot().members()).containsExactly(membership);

        Entry.Joined entry = (Entry.Joined) reader.upTo(joined).last();
        assertThat(entry.membership()).isEqualTo(membership);
        assertThat(entry.by()).isEqualTo(DURABLE);
        assertThat(entry.first()).isTrue();
        assertThat(entry.filterChanged()).isFalse();
        assertThat(entry.at()).isEqualTo(joined.at());
    }

    @Test
    void join_twice_requiresTwoLeaves() {
        Recorder reader = open(room);
        done(join(ALICE));
        Membership twice = done(join(ALICE)).membership();
        assertThat(twice.joinCount()).isEqualTo(2);
        assertThat(twice.joinedOffset()).isEqualTo(2);
        assertThat(snapshot().members()).hasSize(1);
        assertThat(snapshot().info().memberCount()).isEqualTo(1);
        assertThat(done(leave(ALICE, null)).membership().joinCount()).isEqualTo(1);
        Appended last = done(leave(ALICE, null));
        assertThat(last.membership()).isNull();
        assertThat(snapshot().members()).isEmpty();
        assertThat(snapshot().info().memberCount()).isZero();

        reader.upTo(last);
        assertThat(reader.only(Entry.Joined.class))
                .extracting(Entry.Joined::first)
                .containsExactly(true, false);
        assertThat(reader.only(Entry.Left.class))
                .extracting(left -> left.membership() == null)
                .containsExactly(false, true);
    }

    @Test
    void topics_mergeByUnionAndStayUntilTheEnd() {
        Recorder reader = open(room);
        done(join(ALICE, DURABLE, "b", "a.*"));
        done(join(ALICE, DURABLE, "a.*"));
        Membership merged = done(join(ALICE, SESSION, "c.>")).membership();
        assertThat(merged.filter().topics()).containsExactly("a.*", "b", "c.>");
        Appended left = done(leave(ALICE, SESSION));
        assertThat(left.membership().filter()).isEqualTo(merged.filter());
        assertThat(reader.upTo(left).only(Entry.Joined.class))
                .extracting(Entry.Joined::filterChanged)
                .containsExactly(false, false, true);
    }

    @Test
    void joinWithoutTopics_absorbsAllTopics() {
        done(join(ALICE, DURABLE, "a"));
        assertThat(done(join(ALICE)).membership().filter()).isEqualTo(TopicFilter.ALL);
        assertThat(done(join(ALICE, DURABLE, "b")).membership().filter()).isEqualTo(TopicFilter.ALL);
    }

    @Test
    void unnamedLeave_takesDurableThenLeaseThenSession() {
        done(join(ALICE, SESSION));
        done(lease(ALICE, "later", Duration.ofMinutes(9)));
        done(lease(ALICE, "sooner", Duration.ofMinutes(5)));
        done(join(ALICE));
        List<Owner> left = new ArrayList<>();
        Membership before = snapshot().members().get(0);
        while (before != null) {
            Membership after = done(leave(ALICE, null)).membership();
            left.addAll(gone(before, after));
            before = after;
        }
        assertThat(left).containsExactly(DURABLE, new Owner.Lease("sooner"), new Owner.Lease("later"), SESSION);
    }

    private static List<Owner> gone(Membership before, Membership after) {
        return before.holdings().stream()
                .map(Membership.Holding::owner)
                .filter(owner -> after == null || !after.heldBy(owner))
                .toList();
    }

    @Test
    void leaveByOwner_takesThatOwnersJoinsAlone() {
        done(join(ALICE, DURABLE));
        done(join(ALICE, SESSION));
        done(join(ALICE, SESSION));
        Membership left = done(leaveAll(ALICE, SESSION)).membership();
        assertThat(left.holdings()).extracting(Membership.Holding::owner).containsExactly(DURABLE);
        assertThat(failure(append(room, leave(ALICE, SESSION)))).isEqualTo(ErrorCode.NOT_A_MEMBER);
        assertThat(failure(append(room, leave(ALICE, new Owner.Lease("none"))))).isEqualTo(ErrorCode.LEASE_NOT_FOUND);
        assertThat(snapshot().members()).containsExactly(left);
    }

    @Test
    void leaveAll_dropsEveryJoinInOneEntry() {
        done(join(ALICE, DURABLE));
        done(join(ALICE, SESSION));
        Recorder reader = open(room);
        Appended left = done(leaveAll(ALICE, null));
        assertThat(left.membership()).isNull();
        Entry.Left entry = (Entry.Left) reader.upTo(left).last();
        assertThat(entry.reason()).isEqualTo(LeaveReason.DISCONNECTED);
        assertThat(entry.membership()).isNull();
        assertThat(reader.entries).hasSize(1);
    }

    @Test
    void leave_saysHowManyJoinsEnded() {
        done(join(ALICE, DURABLE));
        done(join(ALICE, DURABLE));
        done(join(ALICE, SESSION));
        done(join(ALICE, SESSION));
        done(lease(ALICE, "lease", Duration.ofMinutes(1)));
        assertThat(done(leave(ALICE, null)).ended()).isEqualTo(1);
        assertThat(done(leave(ALICE, SESSION)).ended()).isEqualTo(1);
        done(join(ALICE, SESSION));
        assertThat(done(leaveAll(ALICE, SESSION)).ended()).isEqualTo(2);
        done(join(ALICE, SESSION));
        assertThat(done(leaveAll(ALICE, null)).ended()).isEqualTo(3);
    }

    @Test
    void eviction_endsJoinsOfEveryOwner_inOneEntry() {
        done(join(ALICE, DURABLE));
        done(join(ALICE, SESSION));
        done(lease(ALICE, "lease", Duration.ofMinutes(1)));
        done(join(BOB));
        Recorder reader = open(room);
        Command evict = new Command.Leave(ALICE, null, true, LeaveReason.EVICTED);
        Appended evicted = done(evict);
        Entry.Left entry = (Entry.Left) reader.upTo(evicted).last();
        assertThat(entry.reason()).isEqualTo(LeaveReason.EVICTED);
        assertThat(entry.membership()).isNull();
        assertThat(reader.entries).hasSize(1);
        assertThat(snapshot().members()).extracting(Membership::actor).containsExactly(BOB);
        assertThat(failure(append(room, evict))).isEqualTo(ErrorCode.NOT_A_MEMBER);
        assertThat(failure(append(group("none"), evict))).isEqualTo(ErrorCode.GROUP_NOT_FOUND);
        assertThat(failure(append(room, new Command.Renew(ALICE, "lease", null))))
                .isEqualTo(ErrorCode.NOT_A_MEMBER);
    }

    @Test
    void leaveOfAStranger_changesNothing() {
        Appended joined = done(join(ALICE));
        for (Command command : List.of(
                leave(BOB, null), leave(BOB, DURABLE), leaveAll(BOB, null), leave(BOB, new Owner.Lease("none")))) {
            assertThat(failure(append(room, command))).isEqualTo(ErrorCode.NOT_A_MEMBER);
        }
        assertThat(snapshot().position()).isEqualTo(joined.position());
        assertThat(snapshot().members()).containsExactly(joined.membership());
    }

    @Test
    void rejoin_isANewMembership() {
        done(join(ALICE, DURABLE, "a"));
        done(leave(ALICE, null));
        Membership again = done(join(ALICE, DURABLE, "b")).membership();
        assertThat(again.joinedOffset()).isEqualTo(4);
        assertThat(again.filter().topics()).containsExactly("b");
    }

    @Test
    void labels_areKeptPerOwner() {
        NodeId elsewhere = new NodeId("elsewhere");
        done(join(ALICE));
        Membership both = done(new Command.Join(
                        List.of(ALICE), TopicFilter.ALL, new Owner.Durable(elsewhere), elsewhere, null))
                .membership();
        assertThat(both.isOn(NODE)).isTrue();
        assertThat(both.isOn(elsewhere)).isTrue();
        assertThat(both.holdings()).hasSize(2);
    }

    @Test
    void batch_joinsAllWithOneEntryEach() {
        Recorder reader = open(room);
        Appended joined = done(batch(3));
        assertThat(joined.position().offset()).isEqualTo(4);
        assertThat(joined.membership().actor()).isEqualTo(new ActorId("a2"));
        assertThat(reader.upTo(joined).only(Entry.Joined.class))
                .extracting(entry -> entry.membership().joinedOffset())
                .containsExactly(2L, 3L, 4L);
    }

    @Test
    void batchThatWouldPassALimit_joinsNone() {
        done(batch(GroupLogContract.LIMITS.membersPerGroup() - 1));
        Snapshot before = snapshot();
        Command two = new Command.Join(List.of(ALICE, BOB), TopicFilter.ALL, DURABLE, NODE, null);
        assertThat(failure(append(room, two))).isEqualTo(ErrorCode.LIMIT_EXCEEDED);
        assertThat(snapshot())
                .usingRecursiveComparison()
                .ignoringCollectionOrder()
                .isEqualTo(before);
        done(join(ALICE));
        assertThat(failure(append(room, join(BOB)))).isEqualTo(ErrorCode.LIMIT_EXCEEDED);
        // Those who are members already take no room.
        assertThat(done(batch(2)).membership().joinCount()).isEqualTo(2);
    }

    @Test
    void batchWhereOneMemberWouldPassALimit_joinsNone() {
        done(join(BOB, DURABLE, "1", "2", "3", "4", "5", "6", "7", "8"));
        Snapshot before = snapshot();
        Command two = new Command.Join(List.of(ALICE, BOB), TopicFilter.of(List.of("9")), DURABLE, NODE, null);
        assertThat(failure(append(room, two))).isEqualTo(ErrorCode.LIMIT_EXCEEDED);
        assertThat(snapshot()).isEqualTo(before);
    }

    private static TopicFilter large(int from, int to) {
        return TopicFilter.of(
                IntStream.range(from, to).mapToObj(i -> i + "x".repeat(240)).toList());
    }

    private static Command batch(int count, TopicFilter filter) {
        List<ActorId> actors =
                IntStream.range(0, count).mapToObj(i -> new ActorId("a" + i)).toList();
        return new Command.Join(actors, filter, DURABLE, NODE, null);
    }

    private void assertRefusedForItsBytes(Command join) {
        Snapshot before = snapshot();
        assertThatThrownBy(() -> result(append(room, join))).isInstanceOfSatisfying(GroupException.class, failure -> {
            assertThat(failure.code()).isEqualTo(ErrorCode.LIMIT_EXCEEDED);
            assertThat(failure.field()).isEqualTo("batch-bytes");
        });
        assertThat(snapshot())
                .usingRecursiveComparison()
                .ignoringCollectionOrder()
                .isEqualTo(before);
    }

    @Test
    void batchOfManyBytes_joinsNone() {
        assertRefusedForItsBytes(batch(50, large(0, 8)));
        done(batch(15, large(0, 8)));
        assertThat(snapshot().members()).hasSize(15);
    }

    @Test
    void batchThatWritesLargeFiltersAgain_joinsNone() {
        for (int from = 0; from < 100; from += 20) {
            List<ActorId> actors = IntStream.range(from, from + 20)
                    .mapToObj(i -> new ActorId("a" + i))
                    .toList();
            done(new Command.Join(actors, large(0, 7), DURABLE, NODE, null));
        }
        assertRefusedForItsBytes(batch(100, TopicFilter.of(List.of("one"))));
        assertThat(done(batch(100, TopicFilter.ALL)).membership().filter()).isEqualTo(TopicFilter.ALL);
    }

    @Test
    void batchNamingNobody_isInvalid() {
        assertThatThrownBy(() -> new Command.Join(List.of(), TopicFilter.ALL, DURABLE, NODE, null))
                .isInstanceOfSatisfying(GroupException.class, failure -> assertThat(failure.code())
                        .isEqualTo(ErrorCode.INVALID_ARGUMENT));
    }

    @Test
    void topicsPerMember_countTheUnion() {
        done(join(ALICE, DURABLE, "1", "2", "3", "4", "5"));
        assertThat(failure(append(room, join(ALICE, DURABLE, "6", "7", "8", "9"))))
                .isEqualTo(ErrorCode.LIMIT_EXCEEDED);
        assertThat(snapshot().members().get(0).joinCount()).isEqualTo(1);
        assertThat(done(join(ALICE, DURABLE, "5", "6", "7", "8"))
                        .membership()
                        .filter()
                        .patterns())
                .hasSize(8);
        assertThat(done(join(ALICE)).membership().filter()).isEqualTo(TopicFilter.ALL);
    }

    @Test
    void ownersPerMember_areLimited() {
        for (int i = 0; i < GroupLogContract.LIMITS.ownersPerMember(); i++) {
            done(join(ALICE, new Owner.Session("s" + i, NODE, 1)));
        }
        assertThat(failure(append(room, join(ALICE)))).isEqualTo(ErrorCode.LIMIT_EXCEEDED);
        assertThat(done(join(ALICE, new Owner.Session("s0", NODE, 1)))
                        .membership()
                        .joinCount())
                .isEqualTo(GroupLogContract.LIMITS.ownersPerMember() + 1);
    }

    private static Command batch(int count) {
        return batch(count, TopicFilter.ALL);
    }
}
