package io.plexspaces.processgroups.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.plexspaces.processgroups.domain.ActorId;
import io.plexspaces.processgroups.domain.Entry;
import io.plexspaces.processgroups.domain.ErrorCode;
import io.plexspaces.processgroups.domain.GroupException;
import io.plexspaces.processgroups.domain.JoinMetadata;
import io.plexspaces.processgroups.domain.Membership;
import io.plexspaces.processgroups.domain.Membership.Holding;
import io.plexspaces.processgroups.domain.NodeId;
import io.plexspaces.processgroups.domain.OperationId;
import io.plexspaces.processgroups.domain.Owner;
import io.plexspaces.processgroups.domain.TopicFilter;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What joins say of their actors, and how that changes. */
abstract class MetadataContract extends LogFixture {
    private static final JoinMetadata IDLE = new JoinMetadata(Map.of("state", "idle"));
    private static final JoinMetadata TYPING = new JoinMetadata(Map.of("state", "typing", "name", "Alice"));
    private static final Owner LEASE = new Owner.Lease("l 1");
    private static final Duration TTL = Duration.ofMillis(500);

    MetadataContract(GroupLogContract contract) {
        super(contract);
    }

    @BeforeEach
    void makeRoom() {
        // A store that several servers share has metadata once all of them know it: each says so with its lease.
        result(leases().acquire(new NodeId("n-" + UUID.randomUUID())));
        create(room);
    }

    private static Command join(ActorId actor, Owner owner, JoinMetadata metadata) {
        Duration ttl = owner instanceof Owner.Lease ? TTL : null;
        return new Command.Join(List.of(actor), TopicFilter.ALL, owner, NODE, ttl, false, metadata);
    }

    private static Command update(ActorId actor, @Nullable Owner owner, JoinMetadata metadata) {
        return new Command.Update(actor, owner, metadata);
    }

    private Membership alice() {
        return snapshot().members().stream()
                .filter(member -> member.actor().equals(ALICE))
                .findFirst()
                .orElseThrow();
    }

    private GroupException refused(Command command) {
        return catchThrowableOfType(GroupException.class, () -> done(command));
    }

    private static JoinMetadata large(int bytes) {
        return new JoinMetadata(Map.of("k", "x".repeat(bytes - 1)));
    }

    @Test
    void join_says_whatItWasGiven() {
        Recorder reader = open(room);
        Appended joined = done(join(ALICE, SESSION, TYPING));
        assertThat(joined.membership().metadata(SESSION)).isEqualTo(TYPING);
        Entry.Joined entry = (Entry.Joined) reader.upTo(joined).last();
        assertThat(entry.membership()).isEqualTo(joined.membership());
        assertThat(alice()).isEqualTo(joined.membership());
    }

    @Test
    void secondJoinOfTheOwner_replacesIt_orLeavesItWithoutAny() {
        done(join(ALICE, SESSION, TYPING));
        assertThat(done(join(ALICE, SESSION)).membership().metadata(SESSION)).isEqualTo(TYPING);
        Membership replaced = done(join(ALICE, SESSION, IDLE)).membership();
        assertThat(replaced.metadata(SESSION)).isEqualTo(IDLE);
        assertThat(replaced.joinCount()).isEqualTo(3);
        assertThat(done(leave(ALICE, SESSION)).membership().metadata(SESSION)).isEqualTo(IDLE);
    }

    @Test
    void update_replacesAllOfIt_andNothingElse() {
        Recorder reader = open(room);
        Membership before = done(join(ALICE, SESSION, TYPING)).membership();
        Appended updated = done(update(ALICE, SESSION, IDLE));
        Entry.Joined entry = (Entry.Joined) reader.upTo(updated).last();
        assertThat(entry.offset()).isEqualTo(3);
        assertThat(entry.by()).isEqualTo(SESSION);
        assertThat(entry.first()).isFalse();
        assertThat(entry.filterChanged()).isFalse();
        assertThat(entry.membership()).isEqualTo(updated.membership());
        assertThat(updated.membership()).isEqualTo(before.update(SESSION, IDLE));
        assertThat(alice()).isEqualTo(updated.membership());
        assertThat(done(update(ALICE, SESSION, JoinMetadata.NONE)).membership().metadata(SESSION))
                .isEqualTo(JoinMetadata.NONE);
    }

    @Test
    void update_toWhatItIsAlready_isNoEntry() {
        done(join(ALICE, SESSION, TYPING));
        Appended same = done(update(ALICE, SESSION, TYPING));
        assertThat(same.position().offset()).isEqualTo(2);
        assertThat(same.membership().metadata(SESSION)).isEqualTo(TYPING);
        assertThat(snapshot().position().offset()).isEqualTo(2);
    }

    @Test
    void update_isOfOneOwner() {
        done(join(ALICE, SESSION, TYPING));
        done(join(ALICE, LEASE, IDLE));
        done(join(ALICE, DURABLE));
        done(update(ALICE, LEASE, large(10)));
        Membership after = done(update(ALICE, null, IDLE)).membership();
        assertThat(after.metadata(SESSION)).isEqualTo(TYPING);
        assertThat(after.metadata(LEASE)).isEqualTo(large(10));
        assertThat(after.metadata(DURABLE)).isEqualTo(IDLE);
    }

    @Test
    void update_withoutAnOwner_isOfTheOldestDurableJoins() {
        Owner second = new Owner.Durable(new NodeId("node-b"));
        done(join(ALICE, SESSION));
        done(join(ALICE, DURABLE));
        done(join(ALICE, second));
        Membership after = done(update(ALICE, null, IDLE)).membership();
        assertThat(after.metadata(DURABLE)).isEqualTo(IDLE);
        assertThat(after.metadata(second)).isEqualTo(JoinMetadata.NONE);
    }

    @Test
    void update_ofNothing_isRefused() {
        assertThat(failure(append(room, update(ALICE, null, IDLE)))).isEqualTo(ErrorCode.NOT_A_MEMBER);
        done(join(ALICE, SESSION));
        assertThat(failure(append(room, update(ALICE, null, IDLE)))).isEqualTo(ErrorCode.NOT_A_MEMBER);
        assertThat(failure(append(room, update(ALICE, LEASE, IDLE)))).isEqualTo(ErrorCode.LEASE_NOT_FOUND);
        Owner other = new Owner.Session("other", NODE, 1);
        assertThat(failure(append(room, update(ALICE, other, IDLE)))).isEqualTo(ErrorCode.NOT_A_MEMBER);
        assertThat(failure(append(group("nowhere"), update(ALICE, SESSION, IDLE))))
                .isEqualTo(ErrorCode.GROUP_NOT_FOUND);
        assertThat(snapshot().position().offset()).isEqualTo(2);
    }

    @Test
    void update_ofAnOldIncarnation_isRefused() {
        done(join(ALICE, SESSION, TYPING));
        NodeId node = new NodeId("n-" + UUID.randomUUID());
        NodeLease lapsed = result(leases().acquire(node));
        result(leases().acquire(node));
        OperationId late = new OperationId(node, lapsed.incarnation(), 1);
        assertThat(failure(log().append(room, null, update(ALICE, SESSION, IDLE), late)))
                .isEqualTo(ErrorCode.FENCED);
        assertThat(alice().metadata(SESSION)).isEqualTo(TYPING);
    }

    @Test
    void takeover_carriesItAlong_theLatestOfSeveral() {
        String id = "s-" + UUID.randomUUID();
        Owner.Session before = new Owner.Session(id, NODE, 1);
        Owner.Session between = new Owner.Session(id, NODE, 2);
        Owner.Session after = new Owner.Session(id, new NodeId("node-b"), 7);
        done(join(ALICE, DURABLE, IDLE));
        done(join(ALICE, before, IDLE));
        done(join(ALICE, between, TYPING));
        Membership moved = done(new Command.TakeOver(ALICE, after, NODE)).membership();
        assertThat(moved.metadata(after)).isEqualTo(TYPING);
        assertThat(moved.metadata(DURABLE)).isEqualTo(IDLE);
        assertThat(done(update(ALICE, after, IDLE)).membership().metadata(after))
                .isEqualTo(IDLE);
        assertThat(failure(append(room, update(ALICE, before, TYPING)))).isEqualTo(ErrorCode.NOT_A_MEMBER);
    }

    @Test
    void otherChanges_keepIt() {
        done(join(ALICE, LEASE, IDLE));
        done(join(ALICE, SESSION, TYPING));
        done(new Command.Renew(ALICE, "l 1", Duration.ofMinutes(1)));
        done(new Command.Reach(List.of(new Command.Reach.Holder(ALICE, (Owner.Session) SESSION)), true));
        done(join(ALICE, DURABLE, "a.*"));
        done(leave(ALICE, DURABLE));
        Membership after = alice();
        assertThat(after.metadata(LEASE)).isEqualTo(IDLE);
        assertThat(after.metadata(SESSION)).isEqualTo(TYPING);
        assertThat(after.holdings()).extracting(Holding::away).containsExactly(false, true);
    }

    @Test
    void itEnds_withTheJoinsOfItsOwner() {
        Recorder reader = open(room);
        done(join(ALICE, LEASE, IDLE));
        done(join(ALICE, SESSION, TYPING));
        advance(TTL);
        result(log().expire(operation()));
        Entry.Left left = (Entry.Left) reader.upTo(4).last();
        assertThat(left.membership().holdings()).extracting(Holding::metadata).containsExactly(TYPING);
        assertThat(done(leaveAll(ALICE, SESSION)).membership()).isNull();
        assertThat(done(join(ALICE, SESSION)).membership().metadata(SESSION)).isEqualTo(JoinMetadata.NONE);
        assertThat(snapshot().members())
                .containsExactlyElementsOf(reader.upTo(6).members().values());
    }

    @Test
    void anyTexts_areKeptAsTheyAre() {
        JoinMetadata odd = new JoinMetadata(Map.of(
                "a|b,c d", "x\n\r\t\0|,= %25",
                "ключ", "значение \ud83d\ude00",
                "json", "{\"typing\":true,\"at\":[1,2]}",
                "empty", "",
                "|a", "|m1:x"));
        done(join(ALICE, SESSION, odd));
        done(join(ALICE, DURABLE, IDLE));
        done(join(BOB, SESSION));
        assertThat(alice().metadata(SESSION)).isEqualTo(odd);
        assertThat(alice().metadata(DURABLE)).isEqualTo(IDLE);
        assertThat(done(update(BOB, SESSION, odd)).membership().metadata(SESSION))
                .isEqualTo(odd);
    }

    @Test
    void metadataOfAMember_isLimitedInAll_andNothingChanges() {
        int third = JoinMetadata.MOST_BYTES_OF_A_MEMBER / 3;
        int rest = JoinMetadata.MOST_BYTES_OF_A_MEMBER - 2 * third;
        done(join(ALICE, SESSION, large(third)));
        done(join(ALICE, DURABLE, large(third)));
        done(join(ALICE, LEASE, large(third)));
        long before = snapshot().position().offset();
        Owner another = new Owner.Durable(new NodeId("node-b"));
        for (Command more : List.of(
                join(ALICE, another, large(third)),
                join(ALICE, SESSION, large(rest + 1)),
                update(ALICE, SESSION, large(rest + 1)))) {
            GroupException refused = refused(more);
            assertThat(refused.code()).isEqualTo(ErrorCode.LIMIT_EXCEEDED);
            assertThat(refused.field()).isEqualTo("metadata");
        }
        assertThat(snapshot().position().offset()).isEqualTo(before);
        done(join(ALICE, another));
        done(update(ALICE, SESSION, large(rest)));
        done(update(ALICE, SESSION, IDLE));
    }

    @Test
    void batch_saysTheSameOfEach_andItsBytesCount() {
        done(new Command.Join(List.of(ALICE, BOB), TopicFilter.ALL, DURABLE, NODE, null, false, IDLE));
        assertThat(snapshot().members())
                .allSatisfy(member -> assertThat(member.metadata(DURABLE)).isEqualTo(IDLE));
        List<ActorId> many = java.util.stream.IntStream.range(0, 50)
                .mapToObj(i -> new ActorId("m" + i))
                .toList();
        Command heavy = new Command.Join(many, TopicFilter.ALL, DURABLE, NODE, null, false, large(2_000));
        assertThat(refused(heavy).field()).isEqualTo("batch-bytes");
        assertThat(snapshot().members()).hasSize(2);
    }

    @Test
    void joinsOfALaterOwner_sayWhenTheyBegan() {
        done(join(ALICE, SESSION));
        Appended second = done(join(ALICE, DURABLE));
        Appended again = done(join(ALICE, DURABLE));
        assertThat(again.membership().holdings()).extracting(Holding::since).containsExactly(null, second.at());
        assertThat(done(leaveAll(ALICE, SESSION)).membership().holdings())
                .extracting(Holding::since)
                .containsExactly(second.at());
    }

    @Test
    void groupThatIsCreatedAgain_hasNone() {
        done(join(ALICE, SESSION, TYPING));
        result(deleting(room));
        create(room);
        assertThat(done(join(ALICE, SESSION)).membership().metadata(SESSION)).isEqualTo(JoinMetadata.NONE);
    }
}
