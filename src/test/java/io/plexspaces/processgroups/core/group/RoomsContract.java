package io.plexspaces.processgroups.core.group;

import static io.plexspaces.processgroups.core.CoreFixture.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.plexspaces.processgroups.core.CoreFixture;
import io.plexspaces.processgroups.core.CoreFixture.Client;
import io.plexspaces.processgroups.core.Groups;
import io.plexspaces.processgroups.core.Missing;
import io.plexspaces.processgroups.core.Presence;
import io.plexspaces.processgroups.core.delivery.Event;
import io.plexspaces.processgroups.core.session.Session;
import io.plexspaces.processgroups.domain.ActorId;
import io.plexspaces.processgroups.domain.ErrorCode;
import io.plexspaces.processgroups.domain.Glob;
import io.plexspaces.processgroups.domain.GroupException;
import io.plexspaces.processgroups.domain.GroupId;
import io.plexspaces.processgroups.domain.GroupSpec;
import io.plexspaces.processgroups.domain.JoinMetadata;
import io.plexspaces.processgroups.domain.Retention;
import io.plexspaces.processgroups.domain.TopicFilter;
import io.plexspaces.processgroups.log.Command;
import io.plexspaces.processgroups.log.GroupQuery;
import io.smallrye.mutiny.Uni;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Groups that are made by whoever needs them first, and go when they are empty; whichever store keeps them. */
abstract class RoomsContract {
    private static final Duration WAIT = Duration.ofMillis(300);
    private static final int ROOMS = 1_000;

    private final AtomicInteger made = new AtomicInteger();

    abstract CoreFixture core();

    private Missing missing(Duration wait) {
        Retention retention = new Retention(128, Duration.ofMinutes(5));
        GroupSpec spec = new GroupSpec(GroupSpec.Metadata.NONE, retention, null, wait);
        return new Missing(spec, known -> {
            if (known) {
                made.incrementAndGet();
            }
        });
    }

    private static Uni<Groups.JoinResult> joining(Client client, GroupId group, @Nullable Missing missing) {
        Session.Wish wish = new Session.Wish(
                group, TopicFilter.ALL, null, null, false, null, false, JoinMetadata.NONE, Presence.NONE, missing);
        return client.opened().session().join(client.connection(), wish);
    }

    private Uni<Groups.JoinResult> joining(GroupId group, String actor, @Nullable Duration ttl, Missing missing) {
        return core().groups
                .join(new Groups.JoinRequest(
                        group,
                        List.of(new ActorId(actor)),
                        TopicFilter.ALL,
                        null,
                        ttl,
                        null,
                        JoinMetadata.NONE,
                        missing));
    }

    private Uni<Groups.PublishResult> publishing(GroupId group, String text, @Nullable Missing missing) {
        return core().groups
                .publish(new Groups.PublishRequest(
                        group,
                        CoreFixture.message(text, null, ""),
                        null,
                        Groups.Spread.ALL,
                        "",
                        false,
                        Groups.RecipientDetail.NONE,
                        null,
                        missing));
    }

    private static <T> CompletableFuture<T> begin(Uni<T> uni) {
        return uni.subscribe().asCompletionStage().toCompletableFuture();
    }

    private void expire() {
        await(core().log.expire(core().operations.next()));
    }

    private int groups() {
        GroupQuery all = new GroupQuery(core().tenant, null, Glob.ANY, null, 1);
        return await(core().log.groups(all)).total();
    }

    private List<String> members(GroupId group) {
        return await(core().groups.members(new Groups.MembersQuery(group, false, null, 1_000))).members().stream()
                .map(member -> member.actor().value())
                .toList();
    }

    /** Deletes what has been empty for long enough, and waits until only so many groups are there. */
    private void awaitGroups(int left) {
        Awaitility.await().atMost(Duration.ofSeconds(30)).until(() -> {
            expire();
            return groups() == left;
        });
    }

    @Test
    void manyJoinAtOnce_oneMakesTheGroup_andAllAreMembers() {
        GroupId group = core().group("room");
        List<CompletableFuture<Groups.JoinResult>> all = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            Missing missing = missing(Duration.ofMinutes(1));
            all.add(begin(
                    i % 2 == 0
                            ? joining(core().connect("s" + i), group, missing)
                            : joining(group, "d" + i, null, missing)));
        }
        all.forEach(CompletableFuture::join);
        assertThat(made).hasValue(1);
        assertThat(members(group)).hasSize(100);
        assertThat(await(core().groups.members(new Groups.MembersQuery(group, false, null, 1)))
                        .position()
                        .offset())
                .isEqualTo(101);
    }

    @Test
    void publishes_makeTheGroup_andKeepTheirOrder() {
        GroupId group = core().group("room");
        Missing missing = missing(Duration.ofMinutes(1));
        List<CompletableFuture<Groups.PublishResult>> all = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            all.add(begin(publishing(group, "m" + i, i % 5 == 1 ? null : missing)));
        }
        List<Long> offsets = all.stream()
                .map(CompletableFuture::join)
                .map(result -> result.position().offset())
                .toList();
        assertThat(offsets).isSorted().doesNotHaveDuplicates();
        assertThat(made).hasValue(1);
        Client late = core().connect("late");
        Groups.JoinResult joined = await(joining(late, group, null));
        assertThat(joined.position().offset()).isEqualTo(52);
    }

    /** This node reads the group, and does not know yet that it is gone. */
    @Test
    void groupDeletedUnderneath_isMadeAgain() {
        for (int i = 0; i < 10; i++) {
            GroupId group = core().group("room-" + i);
            Client a = core().connect("a");
            await(joining(a, group, missing(WAIT)));
            await(core().log
                    .append(group, null, new Command.Delete(), core().operations.next()));
            if (i % 2 == 0) {
                assertThat(await(publishing(group, "m", missing(WAIT)))
                                .position()
                                .offset())
                        .isEqualTo(2);
            }
            assertThat(await(joining(core().connect("b"), group, missing(WAIT))).joinCount())
                    .isEqualTo(1);
            assertThat(members(group)).containsExactly("b");
        }
        assertThat(made).hasValue(20);
    }

    @Test
    void withoutIt_aMissingGroupIsNotFound_andNothingIsMade() {
        GroupId group = core().group("room");
        for (Uni<?> one : List.of(joining(core().connect("a"), group, null), publishing(group, "m", null))) {
            assertThat(failure(one)).isEqualTo(ErrorCode.GROUP_NOT_FOUND);
        }
        assertThat(groups()).isZero();
    }

    private static ErrorCode failure(Uni<?> uni) {
        return catchThrowableOfType(GroupException.class, () -> await(uni)).code();
    }

    @Test
    void sessionJoinsLeavesAndPublishes_withoutWaiting_inOrder() {
        GroupId group = core().group("room");
        Client a = core().connect("a");
        CompletableFuture<Groups.JoinResult> joined = begin(joining(a, group, missing(WAIT)));
        CompletableFuture<Groups.PublishResult> published = begin(publishing(group, "m", missing(WAIT)));
        CompletableFuture<Groups.LeaveResult> left = begin(a.opened().session().leave(group, false));
        assertThat(joined.join().joinCount()).isEqualTo(1);
        published.join();
        assertThat(left.join().joinCount()).isZero();
        assertThat(made).hasValue(1);
        awaitGroups(0);
        Awaitility.await().until(() -> core().replicas.ifOpen(group) == null);
        assertThat(await(joining(core().connect("b"), group, missing(WAIT)))
                        .position()
                        .offset())
                .isEqualTo(2);
    }

    @Test
    void memberInItsGrace_keepsTheGroup_andItsLeaveEndsIt() {
        GroupId group = core().group("room");
        Client a = core().connect("a");
        await(joining(a, group, missing(WAIT)));
        CoreFixture.Watching watch = core().watch(group);
        a.drop();
        Awaitility.await().pollDelay(WAIT.plusMillis(50)).until(() -> true);
        expire();
        assertThat(members(group)).containsExactly("a");
        Client again = core().connect("a", a.opened().resumeToken());
        await(joining(again, group, missing(WAIT)));
        again.drop();
        core().doWhatIsDueAfter(Duration.ofSeconds(3));
        awaitGroups(0);
        Awaitility.await().untilAsserted(() -> assertThat(watch.peer().seen(Event.GroupDeleted.class))
                .hasSize(1));
        assertThat(watch.peer().seen(Event.Left.class)).hasSize(1);
    }

    @Test
    void leases_thatEnd_endTheGroup_andOthersMakeItAgain() {
        GroupId group = core().group("room");
        await(joining(group, "a", Duration.ofMillis(200), missing(WAIT)));
        assertThat(members(group)).containsExactly("a");
        awaitGroups(0);
        assertThat(failure(core().groups.fetch(new Groups.FetchRequest(group, null, null, false, 1))))
                .isEqualTo(ErrorCode.GROUP_NOT_FOUND);
        await(joining(group, "b", Duration.ofMinutes(1), missing(WAIT)));
        assertThat(members(group)).containsExactly("b");
        assertThat(made).hasValue(2);
    }

    /** 1,000 rooms come and go while others come back to them: whoever was told that it joined is a member. */
    @Test
    void manyRooms_comeAndGo_andComeAgain_andNoJoinIsLost() {
        List<GroupId> rooms = IntStream.range(0, ROOMS)
                .mapToObj(i -> core().group("room-" + i))
                .toList();
        List<CompletableFuture<?>> all = new ArrayList<>();
        rooms.forEach(room -> all.add(begin(joining(room, "first", null, missing(WAIT)))));
        all.forEach(CompletableFuture::join);
        all.clear();
        assertThat(made).hasValue(ROOMS);
        rooms.forEach(room -> all.add(
                begin(core().groups.leave(new Groups.LeaveRequest(room, new ActorId("first"), false, null, null)))));
        all.forEach(CompletableFuture::join);
        all.clear();
        Awaitility.await().pollDelay(WAIT).until(() -> true);
        CompletableFuture<Void> expiring = CompletableFuture.runAsync(this::expire);
        rooms.forEach(room -> all.add(begin(joining(room, "second", null, missing(WAIT)))));
        all.forEach(CompletableFuture::join);
        all.clear();
        expiring.join();
        expire();
        assertThat(groups()).isEqualTo(ROOMS);
        rooms.forEach(room -> all.add(
                begin(core().groups.leave(new Groups.LeaveRequest(room, new ActorId("second"), false, null, null)))));
        all.forEach(CompletableFuture::join);
        awaitGroups(0);
        checkNothingIsLeft();
    }

    void checkNothingIsLeft() {}
}
