package io.plexspaces.processgroups.core.group;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import io.plexspaces.processgroups.core.CoreFixture;
import io.plexspaces.processgroups.core.CoreFixture.Client;
import io.plexspaces.processgroups.core.CoreFixture.Watching;
import io.plexspaces.processgroups.core.Groups;
import io.plexspaces.processgroups.core.ScriptedRoom;
import io.plexspaces.processgroups.core.delivery.Event;
import io.plexspaces.processgroups.domain.ErrorCode;
import io.plexspaces.processgroups.domain.GroupException;
import io.plexspaces.processgroups.domain.Membership;
import java.time.Duration;
import java.util.AbstractList;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * A log that cannot be followed any further, or was applied by half: no client is served from what is left, and it is
 * read again.
 */
class LostReadingTest extends ScriptedRoom {
    LostReadingTest() {
        super(Duration.ofSeconds(30));
    }

    private ErrorCode failure() {
        return catchThrowableOfType(GroupException.class, this::memberNames).code();
    }

    /** Members of which only the first can be read. */
    private List<Membership> tooMany() {
        Membership first = log.members.values().iterator().next();
        return new AbstractList<>() {
            @Override
            public Membership get(int index) {
                if (index > 0) {
                    throw new OutOfMemoryError("expected by the test");
                }
                return first;
            }

            @Override
            public int size() {
                return 1_000_000;
            }
        };
    }

    @Test
    void messageThatCannotBeRead_isAGapForEverySubscriber() {
        Client alice = member("alice");
        Client bob = member("bob", "sport");
        Watching watching = core.watch(room);
        log.publish("before");
        log.unreadable();
        log.publish("after");
        long offset = log.offset - 1;

        await().untilAsserted(() -> assertThat(alice.peer().texts()).containsExactly("before", "after"));
        await().untilAsserted(() -> assertThat(bob.peer().texts()).containsExactly("before", "after"));
        Event.Gap gap = new Event.Gap(room, Event.Gap.Reason.UNREADABLE, 1, true, offset - 1, offset + 1);
        assertThat(alice.peer().seen(Event.Gap.class)).containsExactly(gap);
        assertThat(bob.peer().seen(Event.Gap.class)).containsExactly(gap);
        assertThat(watching.peer().seen(Event.Gap.class)).isEmpty();
    }

    @Test
    void readingThatFails_cutsWhoReliedOnIt_andIsOpenedAgain() {
        Client alice = member("alice");
        Watching watching = core.watch(room);
        log.fail(GroupException.of(ErrorCode.STORE_UNAVAILABLE, "cannot be read"));

        await().until(() -> alice.peer().closeCode() == ErrorCode.STORE_UNAVAILABLE);
        await().until(() -> watching.peer().closeCode() == ErrorCode.STORE_UNAVAILABLE);
        log.unreachable = GroupException.of(ErrorCode.STORE_UNAVAILABLE, "cannot be read");
        assertThat(failure()).isEqualTo(ErrorCode.STORE_UNAVAILABLE);
        log.joinElsewhere("bob");
        log.unreachable = null;

        assertThat(memberNames()).containsExactly("alice", "bob");
        Client again = core.connect("alice", alice.opened().resumeToken(), room.namespace());
        assertThat(again.opened().resumed()).isTrue();
        again.join(room);
        log.publish("live");
        await().untilAsserted(() -> assertThat(again.peer().texts()).containsExactly("live"));
    }

    @Test
    void readingThatFails_isOpenedAgainWithoutBeingAsked_whileSessionsNeedIt() {
        Client alice = member("alice");
        int opened = log.opened;
        log.fail(GroupException.of(ErrorCode.STORE_UNAVAILABLE, "cannot be read"));
        await().until(alice.peer()::isClosed);
        assertThat(log.opened).isEqualTo(opened);
        core.replicas.tick();
        assertThat(log.opened).isEqualTo(opened + 1);
        assertThat(core.replicas.size()).isEqualTo(1);
    }

    @Test
    void readingThatFails_andThatNobodyNeeds_isForgotten() {
        memberNames();
        log.fail(GroupException.of(ErrorCode.STORE_UNAVAILABLE, "cannot be read"));
        core.replicas.tick();
        assertThat(core.replicas.size()).isZero();
        assertThat(memberNames()).isEmpty();
    }

    @Test
    void groupThatIsGoneMeanwhile_endsForItsSessions() {
        Client alice = member("alice");
        log.fail(GroupException.of(ErrorCode.STORE_UNAVAILABLE, "cannot be read"));
        await().until(alice.peer()::isClosed);
        log.exists = false;
        core.replicas.tick();
        assertThat(core.replicas.size()).isZero();
        Client again = core.connect("alice", alice.opened().resumeToken(), room.namespace());
        assertThat(again.opened().groups()).isEmpty();
    }

    @Test
    void firstMembersThatFindNoMemory_areNotServedByHalf() {
        log.joinElsewhere("alice");
        log.joinElsewhere("bob");
        log.shown = tooMany();
        assertThat(failure()).isEqualTo(ErrorCode.INTERNAL);
        log.shown = null;
        assertThat(memberNames()).containsExactly("alice", "bob");
    }

    @Test
    void membersThatFindNoMemoryAfterAHole_areReadAnew() {
        Client alice = member("alice");
        log.heard = false;
        log.joinElsewhere("bob");
        log.shown = tooMany();
        log.jump();
        await().until(() -> alice.peer().closeCode() == ErrorCode.INTERNAL);
        assertThat(failure()).isEqualTo(ErrorCode.INTERNAL);
        log.shown = null;

        assertThat(memberNames()).containsExactly("alice", "bob");
        Client again = core.connect("alice", alice.opened().resumeToken(), room.namespace());
        again.join(room);
        log.publish("live");
        await().untilAsserted(() -> assertThat(again.peer().texts()).containsExactly("live"));
        assertThat(CoreFixture.await(core.groups.publish(
                                CoreFixture.request(room, null, "mine", Groups.Spread.ALL, "", null)))
                        .recipients())
                .isEqualTo(2);
    }
}
