package io.plexspaces.processgroups.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.plexspaces.processgroups.domain.Entry;
import io.plexspaces.processgroups.domain.JoinMetadata;
import io.plexspaces.processgroups.domain.Membership;
import io.plexspaces.processgroups.domain.Membership.Holding;
import io.plexspaces.processgroups.domain.Owner;
import io.plexspaces.processgroups.log.Command.Reach;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What the log knows of sessions that receive nothing for now. */
abstract class ReachContract extends LogFixture {
    private final Owner.Session one = new Owner.Session("one", NODE, 1);
    private final Owner.Session two = new Owner.Session("two", NODE, 1);

    ReachContract(GroupLogContract contract) {
        super(contract);
    }

    @BeforeEach
    void makeRoom() {
        create(room);
    }

    private Appended reach(boolean away, Reach.Holder... holders) {
        return done(new Reach(List.of(holders), away));
    }

    private Membership alice() {
        return snapshot().members().stream()
                .filter(member -> member.actor().equals(ALICE))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void away_isAnEntryThatIsNeitherAJoinNorAChangeOfTheFilter() {
        Recorder reader = open(room);
        done(join(ALICE, one, "a"));
        Membership before = done(join(ALICE, DURABLE)).membership();
        Appended done = reach(true, new Reach.Holder(ALICE, one));
        Entry.Joined entry = (Entry.Joined) reader.upTo(done).last();
        assertThat(entry.by()).isEqualTo(one);
        assertThat(entry.first()).isFalse();
        assertThat(entry.filterChanged()).isFalse();
        assertThat(entry.membership().holdings())
                .usingRecursiveFieldByFieldElementComparatorIgnoringFields("since")
                .containsExactly(
                        new Holding(one, NODE, 1, null, true, null, JoinMetadata.NONE),
                        new Holding(DURABLE, NODE, 1, null));
        assertThat(entry.membership().filter()).isEqualTo(before.filter());
        assertThat(entry.membership().joinedOffset()).isEqualTo(before.joinedOffset());
        assertThat(entry.membership().lastHeartbeat()).isEqualTo(before.lastHeartbeat());
        assertThat(alice()).isEqualTo(entry.membership());
    }

    @Test
    void back_isAnEntryToo_andWhatIsNotedAlreadyIsNone() {
        Recorder reader = open(room);
        done(join(ALICE, one));
        Reach.Holder alice = new Reach.Holder(ALICE, one);
        assertThat(reach(false, alice).position().offset()).isEqualTo(2);
        assertThat(reach(true, alice).position().offset()).isEqualTo(3);
        assertThat(reach(true, alice).position().offset()).isEqualTo(3);
        Appended back = reach(false, alice);
        assertThat(back.position().offset()).isEqualTo(4);
        assertThat(((Entry.Joined) reader.upTo(back).last()).membership().holdings())
                .containsExactly(new Holding(one, NODE, 1, null));
    }

    @Test
    void several_areNotedTogether_andThoseThatHoldNothingPassedOver() {
        done(join(ALICE, one));
        done(join(BOB, two));
        Appended done = reach(
                true,
                new Reach.Holder(ALICE, one),
                new Reach.Holder(ALICE, two),
                new Reach.Holder(BOB, one),
                new Reach.Holder(BOB, two));
        assertThat(done.position().offset()).isEqualTo(5);
        assertThat(snapshot().members()).allSatisfy(member -> assertThat(member.holdings())
                .allSatisfy(held -> assertThat(held.away()).isTrue()));
    }

    @Test
    void furtherJoinOfTheSession_saysThatItReceives() {
        done(join(ALICE, one));
        reach(true, new Reach.Holder(ALICE, one));
        assertThat(done(join(ALICE, one)).membership().holdings()).containsExactly(new Holding(one, NODE, 2, null));
    }

    @Test
    void takeover_saysThatItReceives() {
        done(join(ALICE, one));
        reach(true, new Reach.Holder(ALICE, one));
        Owner.Session next = new Owner.Session("one", NODE, 2);
        assertThat(done(new Command.TakeOver(ALICE, next, NODE)).membership().holdings())
                .containsExactly(new Holding(next, NODE, 1, null));
    }

    @Test
    void otherChanges_keepIt() {
        done(join(ALICE, one));
        done(join(ALICE, one));
        reach(true, new Reach.Holder(ALICE, one));
        done(join(ALICE, DURABLE));
        done(leave(ALICE, DURABLE));
        assertThat(done(leave(ALICE, one)).membership().holdings())
                .containsExactly(new Holding(one, NODE, 1, null, true, null, JoinMetadata.NONE));
        assertThat(done(leave(ALICE, one)).membership()).isNull();
    }
}
