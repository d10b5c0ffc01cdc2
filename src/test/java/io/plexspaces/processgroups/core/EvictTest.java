package io.plexspaces.processgroups.core;

import static io.plexspaces.processgroups.core.CoreFixture.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import io.plexspaces.processgroups.core.CoreFixture.Client;
import io.plexspaces.processgroups.core.CoreFixture.Watching;
import io.plexspaces.processgroups.core.delivery.Event;
import io.plexspaces.processgroups.domain.ActorId;
import io.plexspaces.processgroups.domain.ErrorCode;
import io.plexspaces.processgroups.domain.GroupException;
import io.plexspaces.processgroups.domain.GroupId;
import io.plexspaces.processgroups.domain.LeaveReason;
import io.plexspaces.processgroups.domain.TopicFilter;
import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** An actor is evicted whose joins are on two nodes. */
class EvictTest {
    private static final ActorId ANN = new ActorId("ann");

    private final CoreFixture one = new CoreFixture(Duration.ofMillis(300));
    private final CoreFixture two = one.another("node-2");
    private final GroupId hall = one.create("hall");
    private final GroupId room = one.create("room");

    @AfterEach
    void close() {
        one.close();
        two.close();
    }

    private Groups.EvictResult evict(CoreFixture by, GroupId group) {
        return await(by.groups.evict(group, ANN, null));
    }

    private Groups.EvictResult ban(CoreFixture by, GroupId group) {
        return await(by.groups.evict(group, ANN, Duration.ofMinutes(10)));
    }

    private static void isBanned(Supplier<?> joining) {
        GroupException refused = catchThrowableOfType(GroupException.class, joining::get);
        assertThat(refused.code()).isEqualTo(ErrorCode.BANNED);
        assertThat(refused.field()).isEqualTo("actor_id");
        assertThat(refused.retryAfter()).isBetween(Duration.ofMinutes(9), Duration.ofMinutes(10));
    }

    private static int members(CoreFixture node, GroupId group) {
        return await(node.groups.members(new Groups.MembersQuery(group, false, null, 10)))
                .total();
    }

    private static void isTold(Client client) {
        await().untilAsserted(() -> assertThat(client.peer().seen(Event.Left.class))
                .extracting(Event.Left::reason)
                .containsExactly(LeaveReason.EVICTED));
        assertThat(client.peer().isClosed()).isFalse();
    }

    @Test
    void joinsOnEveryNode_endAtOnce_andSessionsGoOn() {
        Watching watch = two.watch(room);
        Client here = one.connect("ann");
        here.join(room);
        here.join(room);
        here.join(hall);
        Client there = two.connect("ann");
        there.join(room);
        one.join(room, "ann");
        assertThat(evict(two, room).joins()).isEqualTo(4);

        isTold(here);
        isTold(there);
        await().untilAsserted(() -> assertThat(watch.peer().seen(Event.Left.class))
                .extracting(Event.Left::reason)
                .containsExactly(LeaveReason.EVICTED));
        one.replicas.tick();
        two.replicas.tick();
        assertThat(members(one, room)).isZero();
        assertThat(members(two, room)).isZero();
        assertThat(one.publish(room, null, "to nobody").recipients()).isZero();
        two.publish(hall, null, "goes on");
        await().untilAsserted(() -> assertThat(here.peer().texts()).containsExactly("goes on"));
        assertThat(here.join(room).joinCount()).isEqualTo(1);
    }

    @Test
    void subscriptionToThatGroupAlone_endsWithItsReason() {
        Client ann = one.connect("ann");
        await(ann.opened().session().join(ann.connection(), room, TopicFilter.ALL, null, false, null, true));
        evict(two, room);
        await().until(() -> ann.peer().closeCode() == ErrorCode.EVICTED);
        assertThat(ann.peer().seen(Event.Left.class)).hasSize(1);
        assertThat(one.sessions.size()).isZero();
        assertThat(members(one, room)).isZero();
    }

    @Test
    void sessionWithoutConnection_isNotJoinedWhenItComesBackElsewhere() {
        Client before = one.connect("ann");
        before.join(hall);
        before.join(room);
        before.drop();
        evict(two, room);
        Client after = two.connect("ann", before.opened().resumeToken());
        assertThat(after.opened().resumed()).isTrue();
        assertThat(after.opened().groups()).containsExactly(hall);
        assertThat(members(two, room)).isZero();
        assertThat(members(two, hall)).isEqualTo(1);
    }

    @Test
    void whoIsBanned_joinsNowhere_untilThatIsLifted() {
        Client here = one.connect("ann");
        here.join(room);
        here.join(hall);
        one.join(room, "ann");
        assertThat(ban(two, room).joins()).isEqualTo(2);
        isTold(here);
        Client there = two.connect("ann");
        isBanned(() -> here.join(room));
        isBanned(() -> there.join(room));
        isBanned(() -> one.join(room, "ann"));
        assertThat(members(two, room)).isZero();
        two.publish(hall, null, "goes on");
        await().untilAsserted(() -> assertThat(here.peer().texts()).containsExactly("goes on"));
        two.join(room, "bob");

        assertThat(await(one.groups.evict(room, ANN, Duration.ZERO)).joins()).isZero();
        assertThat(there.join(room).joinCount()).isEqualTo(1);
        assertThat(here.join(room).joinCount()).isEqualTo(2);
    }

    @Test
    void whoIsNoMember_isBannedAllTheSame() {
        Client ann = one.connect("ann");
        Groups.EvictResult banned = ban(two, room);
        assertThat(banned.joins()).isZero();
        assertThat(banned.position().offset()).isEqualTo(1);
        isBanned(() -> ann.join(room));
        assertThat(one.sessions.size()).isEqualTo(1);
        ann.join(hall);
    }

    @Test
    void subscriptionOfABannedActor_isRefused() {
        ban(two, room);
        Client ann = one.connect("ann");
        isBanned(() ->
                await(ann.opened().session().join(ann.connection(), room, TopicFilter.ALL, null, false, null, true)));
    }

    @Test
    void sessionOfABannedActor_isResumedWithItsOtherGroups() {
        Client before = one.connect("ann");
        before.join(hall);
        before.join(room);
        before.drop();
        ban(two, room);
        Client after = two.connect("ann", before.opened().resumeToken());
        assertThat(after.opened().resumed()).isTrue();
        assertThat(after.opened().groups()).containsExactly(hall);
        isBanned(() -> after.join(room));
    }

    @Test
    void whoIsNoMember_isNotEvicted() {
        one.join(room, "bob");
        for (GroupId group : List.of(room, one.group("none"))) {
            GroupException refused = catchThrowableOfType(GroupException.class, () -> evict(one, group));
            assertThat(refused.code())
                    .isEqualTo(group.equals(room) ? ErrorCode.NOT_A_MEMBER : ErrorCode.GROUP_NOT_FOUND);
        }
        assertThat(members(one, room)).isEqualTo(1);
    }
}
