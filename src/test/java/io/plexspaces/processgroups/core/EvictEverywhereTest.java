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
import io.plexspaces.processgroups.domain.Namespace;
import io.plexspaces.processgroups.domain.TopicFilter;
import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** An actor is evicted from its whole tenant, while it is on two nodes. */
class EvictEverywhereTest {
    private static final ActorId ANN = new ActorId("ann");
    private static final Duration LONG = Duration.ofHours(1);

    private final CoreFixture one = new CoreFixture(Duration.ofSeconds(30));
    private final CoreFixture two = one.another("node-2");
    private final GroupId hall = one.create("hall");
    private final GroupId room = one.create("room");

    @BeforeEach
    void begin() {
        read();
    }

    @AfterEach
    void close() {
        one.close();
        two.close();
    }

    /** As each node does every second. */
    private void read() {
        await(one.evictions.read());
        await(two.evictions.read());
    }

    private int evict(@Nullable Duration ban) {
        return await(two.groups.evictEverywhere(one.tenant, ANN, ban)).joins();
    }

    private int members(GroupId group) {
        return await(one.groups.members(new Groups.MembersQuery(group, false, null, 10)))
                .total();
    }

    private static void isEnded(Client client) {
        await().until(() -> client.peer().closeCode() == ErrorCode.EVICTED);
    }

    private static void isBanned(Supplier<?> step) {
        GroupException refused = catchThrowableOfType(GroupException.class, step::get);
        assertThat(refused).isNotNull();
        assertThat(refused.code()).isEqualTo(ErrorCode.BANNED);
        assertThat(refused.field()).isEqualTo("actor_id");
        assertThat(refused.retryAfter()).isBetween(LONG.minusMinutes(1), LONG);
    }

    @Test
    void joinsOfEveryOwner_endInEveryGroup() {
        Client here = one.connect("ann");
        here.join(room);
        Client there = two.connect("ann");
        there.join(hall);
        one.join(room, "ann");
        one.join(room, "bob");
        List<GroupId> many =
                IntStream.range(0, 1_200).mapToObj(i -> one.create("many-" + i)).toList();
        GroupId last = many.get(many.size() - 1);
        one.join(last, "ann");
        Watching watch = one.watch(room);

        assertThat(evict(null)).isEqualTo(4);
        for (GroupId group : List.of(hall, last)) {
            assertThat(members(group)).isZero();
        }
        assertThat(members(room)).isEqualTo(1);
        await().untilAsserted(() -> assertThat(watch.peer().seen(Event.Left.class))
                .extracting(Event.Left::reason)
                .containsExactly(LeaveReason.EVICTED));
    }

    @Test
    void sessions_endOnEveryNode_alsoThoseWithoutAConnection() {
        Client here = one.connect("ann");
        here.join(room);
        here.join(hall);
        Client idle = two.connect("ann");
        Client away = two.connect("ann");
        away.join(room);
        away.drop();
        Client bob = two.connect("bob");
        Client alone = one.connect("ann");
        await(alone.opened().session().join(alone.connection(), room, TopicFilter.ALL, null, false, null, true));

        evict(null);
        read();
        List.of(here, idle, alone).forEach(EvictEverywhereTest::isEnded);
        assertThat(one.sessions.size()).isZero();
        assertThat(two.sessions.size()).isEqualTo(1);
        assertThat(bob.peer().isClosed()).isFalse();
        for (Client ended : List.of(here, away)) {
            Client after = one.connect("ann", ended.opened().resumeToken());
            assertThat(after.opened().resumed()).isFalse();
            assertThat(after.opened().groups()).isEmpty();
        }
        assertThat(members(room)).isZero();
        one.replicas.tick();
        two.replicas.tick();
        assertThat(members(room)).isZero();
        assertThat(members(hall)).isZero();
    }

    @Test
    void manySessions_endOneAfterTheOther() {
        List<Client> many =
                IntStream.range(0, 1_000).mapToObj(i -> two.connect("ann")).toList();
        many.subList(0, 50).forEach(ann -> ann.join(room));
        evict(null);
        read();
        many.forEach(EvictEverywhereTest::isEnded);
        await().until(() -> members(room) == 0);
        assertThat(two.sessions.size()).isZero();
    }

    /** It has joined again after its groups were looked through, and before its node has read of the eviction. */
    @Test
    void sessionThatJoinsAgainInTheSameMoment_ends() {
        Client ann = one.connect("ann");
        ann.join(room);
        evict(null);
        ann.join(room);
        ann.join(hall);
        assertThat(members(room)).isEqualTo(1);
        Watching watch = two.watch(room);
        read();
        isEnded(ann);
        await().until(() -> members(room) == 0 && members(hall) == 0);
        assertThat(watch.peer().seen(Event.Left.class))
                .extracting(Event.Left::reason)
                .containsExactly(LeaveReason.EVICTED);
    }

    @Test
    void whoIsBanned_opensNoSessionAndMakesNoJoin_inAnyNamespace_untilThatIsLifted() {
        Namespace another = new Namespace(one.tenant, "another");
        Client before = one.connect("ann");
        before.join(room);
        assertThat(evict(LONG)).isEqualTo(1);
        read();
        isEnded(before);
        for (CoreFixture node : List.of(one, two)) {
            isBanned(() -> node.connect("ann"));
            isBanned(() -> node.connect("ann", before.opened().resumeToken()));
            isBanned(() -> node.connect("ann", null, another));
            isBanned(() -> node.join(hall, "ann"));
            node.join(hall, "bob");
            node.connect("bob").join(room);
        }

        evict(Duration.ZERO);
        read();
        one.connect("ann").join(room);
        two.join(hall, "ann");
    }

    /** A node that has not read of it yet, or cannot: nobody has to wait for it. */
    @Test
    void nodeThatKnowsNothingYet_letsNothingThrough() {
        Client ann = one.connect("ann");
        ann.join(room);
        evict(LONG);
        assertThat(members(room)).isZero();
        isBanned(() -> ann.join(room));
        isBanned(() -> one.join(hall, "ann"));
        Client again = one.connect("ann");
        isBanned(() -> again.join(hall));
        read();
        isEnded(ann);
        isEnded(again);
    }

    @Test
    void nodeThatBegins_knowsWhoIsBanned() {
        evict(LONG);
        CoreFixture three = one.another("node-3");
        Client early = three.connect("ann");
        await(three.evictions.read());
        isEnded(early);
        isBanned(() -> three.connect("ann"));
        three.close();
    }

    @Test
    void anotherTenant_noticesNothing() {
        CoreFixture other = new CoreFixture(Duration.ofSeconds(1), one.log, one.operations.lease());
        Client ann = other.connect("ann");
        GroupId theirs = other.create("room");
        ann.join(theirs);
        evict(LONG);
        await(other.evictions.read());
        assertThat(ann.peer().isClosed()).isFalse();
        assertThat(ann.join(theirs).joinCount()).isEqualTo(2);
        other.close();
    }

    @Test
    void whoIsUnknown_isEvictedAllTheSame() {
        assertThat(evict(null)).isZero();
        assertThat(evict(LONG)).isZero();
        assertThat(await(two.groups.evictEverywhere("none-" + one.tenant, ANN, null))
                        .joins())
                .isZero();
    }
}
