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
import io.plexspaces.processgroups.core.replica.OffsetWaiters;
import io.plexspaces.processgroups.domain.ActorId;
import io.plexspaces.processgroups.domain.ErrorCode;
import io.plexspaces.processgroups.domain.GroupException;
import io.plexspaces.processgroups.domain.LeaveReason;
import io.plexspaces.processgroups.domain.Membership;
import io.plexspaces.processgroups.domain.NodeId;
import io.plexspaces.processgroups.domain.OperationId;
import io.plexspaces.processgroups.domain.Owner;
import io.plexspaces.processgroups.domain.Position;
import io.plexspaces.processgroups.domain.TopicFilter;
import io.plexspaces.processgroups.log.Command;
import io.smallrye.mutiny.Uni;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/**
 * Resynchronisation: a log that does not continue with the next entry, in the same epoch after a hole, or in a new one.
 *
 * <p>One file, as all cases share the log that loses what they say.
 */
class JumpTest extends ScriptedRoom {
    JumpTest() {
        super(Duration.ofMillis(300));
    }

    private static Membership.Holding onlyHolding(Membership membership) {
        assertThat(membership.holdings()).hasSize(1);
        return membership.holdings().get(0);
    }

    private CompletableFuture<Groups.PublishResult> publishing(String text) {
        return begin(core.groups.publish(CoreFixture.request(room, null, text, Groups.Spread.ALL, "", null)));
    }

    private static <T> CompletableFuture<T> begin(Uni<T> uni) {
        return uni.subscribeAsCompletionStage();
    }

    private static ErrorCode codeOf(CompletableFuture<?> failed) {
        Throwable cause =
                catchThrowableOfType(ExecutionException.class, failed::get).getCause();
        return ((GroupException) cause).code();
    }

    private void tick(int times) {
        for (int i = 0; i < times; i++) {
            core.replicas.tick();
        }
    }

    // ---- the same epoch

    @Test
    void hole_isReplayedAsFarAsRetained_andTheRestIsAGap() {
        Client alice = member("alice");
        Client bob = member("bob", "sport");
        log.heard = false;
        for (int i = 1; i <= 5; i++) {
            log.publish("m" + i);
        }
        log.trim(2);
        log.jump();
        log.publish("live");

        await().untilAsserted(() -> {
            assertThat(alice.peer().texts()).containsExactly("m3", "m4", "m5", "live");
            assertThat(bob.peer().texts()).containsExactly("m3", "m4", "m5", "live");
        });
        assertThat(alice.peer().seen(Event.Gap.class))
                .containsExactly(new Event.Gap(room, Event.Gap.Reason.TRIMMED, 2, true, 3, 6));
        assertThat(alice.peer().seen(Event.Subscribed.class)).hasSize(1);
    }

    @Test
    void hole_thatCannotBeRead_isAGapOfAllOfIt() {
        Client alice = member("alice");
        log.heard = false;
        log.publish("lost 1");
        log.publish("lost 2");
        log.failure = GroupException.of(ErrorCode.STORE_UNAVAILABLE, "away");
        log.jump();
        log.failure = null;
        log.publish("live");

        await().untilAsserted(() -> assertThat(alice.peer().texts()).containsExactly("live"));
        assertThat(alice.peer().seen(Event.Gap.class))
                .containsExactly(new Event.Gap(room, Event.Gap.Reason.TRIMMED, 2, false, 2, 5));
    }

    @Test
    void hole_membersAreThoseOfTheSnapshot_andWatchesBeginAnew() {
        Client alice = member("alice");
        Client bob = member("bob");
        Watching watching = core.watch(room);
        log.heard = false;
        Owner bobs = bob.opened().session().owner();
        append(new Command.Leave(new ActorId("bob"), bobs, true, LeaveReason.LEFT));
        append(new Command.Join(
                List.of(new ActorId("carol")),
                TopicFilter.ALL,
                new Owner.Durable(CoreFixture.NODE),
                CoreFixture.NODE,
                null));
        log.jump();
        log.publish("live");

        assertThat(memberNames()).containsExactly("alice", "carol");
        await().untilAsserted(() -> {
            assertThat(alice.peer().texts()).containsExactly("live");
            assertThat(bob.peer().seen(Event.Left.class)).hasSize(1);
            assertThat(watching.peer().seen(Event.Members.class)).hasSize(2);
        });
        assertThat(bob.peer().texts()).isEmpty();
        assertThat(bob.opened().session().groups()).isEmpty();
        assertThat(watching.peer().seen(Event.Gap.class)).hasSize(1);
        assertThat(watching.peer().seen(Event.Members.class).get(1).members())
                .extracting(membership -> membership.actor().value())
                .containsExactly("alice", "carol");
        assertThat(watching.peer().seen(Event.Left.class)).isEmpty();
    }

    // ---- reads of members

    private CompletableFuture<List<String>> membersRead() {
        return begin(core.groups
                .members(new Groups.MembersQuery(room, false, null, 100))
                .map(page -> page.members().stream()
                        .map(membership -> membership.actor().value())
                        .toList()));
    }

    @Test
    void membersRead_areNotOlderThanWhatAnotherNodeWasAnswered() throws Exception {
        member("alice");
        log.slow = true;
        append(new Command.Join(
                List.of(new ActorId("carol")),
                TopicFilter.ALL,
                new Owner.Durable(new NodeId("other")),
                new NodeId("other"),
                null));
        CompletableFuture<List<String>> read = membersRead();
        assertThat(read).isNotDone();
        log.tell();
        assertThat(read.get(5, TimeUnit.SECONDS)).containsExactly("alice", "carol");
    }

    @Test
    void membersRead_ofAGroupThatAnotherNodeDeleted_areNone() {
        member("alice");
        log.exists = false;
        CompletableFuture<List<String>> read = membersRead();
        assertThat(read).isNotDone();
        log.opening = false;
        log.end();
        await().until(read::isDone);
        assertThat(codeOf(read)).isEqualTo(ErrorCode.GROUP_NOT_FOUND);
    }

    @Test
    void membersRead_ofALogThatSaysNothing_areRefusedAndNotGuessed() {
        member("alice");
        log.heard = false;
        log.publish("unheard");
        CompletableFuture<List<String>> read = membersRead();
        tick(OffsetWaiters.PATIENCE + 1);
        await().until(read::isDone);
        assertThat(codeOf(read)).isEqualTo(ErrorCode.STORE_UNAVAILABLE);
    }

    // ---- the same log under another epoch

    @Test
    void anotherEpochOfTheSameLog_isToldWithoutAGap() throws Exception {
        Client alice = member("alice");
        Watching watching = core.watch(room);
        log.publish("before");
        log.goOn("second");
        CompletableFuture<Groups.PublishResult> published = publishing("after");
        await().untilAsserted(() -> assertThat(alice.peer().texts()).containsExactly("before", "after"));
        assertThat(published.get().position().epoch()).isEqualTo("second");
        List<Event.Subscribed> told = alice.peer().seen(Event.Subscribed.class);
        assertThat(told).hasSize(2);
        assertThat(told.get(1).position()).isEqualTo(new Position("second", 3));
        assertThat(told.get(1).recovered()).isTrue();
        assertThat(alice.peer().seen(Event.Gap.class)).isEmpty();
        assertThat(watching.peer().seen(Event.Gap.class)).isEmpty();
        assertThat(watching.peer().seen(Event.Members.class)).hasSize(1);
    }

    @Test
    void anotherEpochOfTheSameLog_behindAHole_isRecoveredWhenAllIsRetained() {
        Client alice = member("alice");
        log.heard = false;
        log.publish("missed");
        log.jumpOn("second");
        log.publish("live");
        await().untilAsserted(() -> assertThat(alice.peer().texts()).containsExactly("missed", "live"));
        List<Event.Subscribed> told = alice.peer().seen(Event.Subscribed.class);
        assertThat(told.get(1).position()).isEqualTo(new Position("second", 2));
        assertThat(told.get(1).recovered()).isTrue();
        assertThat(alice.peer().seen(Event.Gap.class)).isEmpty();
    }

    @Test
    void anotherEpochOfTheSameLog_behindAHole_isAGapWhenSomeIsNotRetained() {
        Client alice = member("alice");
        log.heard = false;
        log.publish("trimmed");
        log.publish("missed");
        log.trim(1);
        log.jumpOn("second");
        await().untilAsserted(() -> assertThat(alice.peer().texts()).containsExactly("missed"));
        assertThat(alice.peer().seen(Event.Subscribed.class).get(1).recovered()).isFalse();
        assertThat(alice.peer().seen(Event.Gap.class)).hasSize(1);
    }

    @Test
    void resume_beforeTheOtherEpochIsTold_getsWhatIsRetained() {
        Client before = member("alice");
        log.publish("seen");
        log.publish("missed 1");
        log.publish("missed 2");
        log.rename("second");
        Client alice = core.connect("alice", before.opened().resumeToken(), room.namespace());
        alice.joinWith(room, new Position("first", 3), null);
        await().untilAsserted(() -> assertThat(alice.peer().texts()).containsExactly("missed 1", "missed 2"));
        log.goOn("second");
        log.publish("live");
        await().untilAsserted(() -> assertThat(alice.peer().texts()).containsExactly("missed 1", "missed 2", "live"));
        assertThat(alice.peer().seen(Event.Gap.class)).isEmpty();
        assertThat(alice.peer().seen(Event.Subscribed.class))
                .allMatch(Event.Subscribed::recovered)
                .extracting(Event.Subscribed::position)
                .containsExactly(new Position("first", 3), new Position("second", 5));
    }

    @Test
    void resume_withAnEarlierEpoch_isToldThatOfWhatFollows() {
        Client before = member("alice");
        log.publish("seen");
        log.publish("missed");
        log.goOn("second");
        log.publish("under the second");
        Client alice = core.connect("alice", before.opened().resumeToken(), room.namespace());
        alice.joinWith(room, new Position("first", 3), null);
        await().untilAsserted(() -> assertThat(alice.peer().texts()).containsExactly("missed", "under the second"));
        assertThat(alice.peer().seen(Event.Subscribed.class)).singleElement().satisfies(subscribed -> {
            assertThat(subscribed.position()).isEqualTo(new Position("second", 3));
            assertThat(subscribed.recovered()).isTrue();
        });
        assertThat(alice.peer().seen(Event.Gap.class)).isEmpty();
    }

    @Test
    void resume_beforeALogThatHasLostPartOfItsEpochIsTold_getsNothingOfAnotherLife() {
        Client before = member("alice");
        log.publish("seen");
        log.publish("lost");
        log.offset = 3;
        log.rename("second");
        log.heard = false;
        log.publish("another's");
        Client alice = core.connect("alice", before.opened().resumeToken(), room.namespace());
        alice.joinWith(room, new Position("first", 3), null);
        await().until(() -> !alice.peer().seen(Event.Gap.class).isEmpty());
        assertThat(alice.peer().texts()).isEmpty();
        assertThat(alice.peer().seen(Event.Gap.class))
                .extracting(Event.Gap::reason)
                .containsExactly(Event.Gap.Reason.EPOCH_CHANGED);
    }

    @Test
    void hole_readWhenTheLogHasAnotherEpoch_isNoGap() {
        Client alice = member("alice");
        log.heard = false;
        log.publish("missed");
        log.jumpBehind("second");
        log.goOn("second");
        log.publish("live");
        await().untilAsserted(() -> assertThat(alice.peer().texts()).containsExactly("missed", "live"));
        assertThat(alice.peer().seen(Event.Gap.class)).isEmpty();
    }

    @Test
    void durableJoin_underAnEpochThatIsNotReadYet_isReadHereOnceAnswered() throws Exception {
        member("alice");
        log.rename("second");
        log.slow = true;
        CompletableFuture<Groups.JoinResult> joining = begin(core.groups.join(
                new Groups.JoinRequest(room, List.of(new ActorId("dora")), TopicFilter.ALL, null, null, null)));
        assertThat(joining).isNotDone();
        log.goOn("second");
        assertThat(joining).isNotDone();
        log.tell();
        assertThat(joining.get(5, TimeUnit.SECONDS).position()).isEqualTo(new Position("second", 3));
        assertThat(CoreFixture.await(core.groups.members(new Groups.MembersQuery(room, true, null, 10)))
                        .members())
                .extracting(membership -> membership.actor().value())
                .containsExactly("alice", "dora");
    }

    @Test
    void durableJoin_underAnEpochThatIsNeverRead_isAnsweredBeforeLong() throws Exception {
        member("alice");
        log.rename("second");
        log.heard = false;
        CompletableFuture<Groups.JoinResult> joining = begin(core.groups.join(
                new Groups.JoinRequest(room, List.of(new ActorId("dora")), TopicFilter.ALL, null, null, null)));
        assertThat(joining).isNotDone();
        tick(OffsetWaiters.PATIENCE + 1);
        assertThat(joining.get(5, TimeUnit.SECONDS).position()).isEqualTo(new Position("second", 3));
    }

    @Test
    void publishRefusedByAnotherEpochOfTheSameLog_isMadeAgain() throws Exception {
        Client alice = member("alice");
        log.epoch = "second";
        CompletableFuture<Groups.PublishResult> published = publishing("again");
        assertThat(published).isNotDone();
        log.goOn("second");
        assertThat(published.get(5, TimeUnit.SECONDS).position()).isEqualTo(new Position("second", 3));
        await().untilAsserted(() -> assertThat(alice.peer().texts()).containsExactly("again"));
    }

    private void append(Command command) {
        CoreFixture.await(log.append(room, null, command, new OperationId(new NodeId("other"), 1, 1)));
    }

    @Test
    void publish_whoseEntryIsJumpedOver_isAnsweredWithItsOffset() throws Exception {
        member("alice");
        log.heard = false;
        CompletableFuture<Groups.PublishResult> accepted = publishing("accepted");
        log.holding = true;
        CompletableFuture<Groups.PublishResult> onItsWay = publishing("answered later");
        log.jump();
        assertThat(accepted).isCompleted();
        assertThat(accepted.get().position().offset()).isEqualTo(3);
        assertThat(onItsWay).isNotDone();
        log.answer();
        assertThat(onItsWay).isCompleted();
        assertThat(onItsWay.get().position().offset()).isEqualTo(4);
    }

    @Test
    void publish_whoseEntryNeverComes_isAnsweredBeforeLong() throws Exception {
        member("alice");
        log.heard = false;
        CompletableFuture<Groups.PublishResult> accepted = publishing("accepted");
        CompletableFuture<Groups.JoinResult> durable = begin(core.groups.join(
                new Groups.JoinRequest(room, List.of(new ActorId("d")), TopicFilter.ALL, null, null, null)));
        assertThat(accepted).isNotDone();
        assertThat(durable).isNotDone();
        tick(OffsetWaiters.PATIENCE + 1);
        assertThat(accepted.get().position().offset()).isEqualTo(3);
        assertThat(durable.get().position().offset()).isEqualTo(4);
    }

    @Test
    void join_whoseEntryIsJumpedOver_receivesFromThere() {
        member("other");
        log.heard = false;
        Client alice = core.connect("alice", null, room.namespace());
        CompletableFuture<Groups.JoinResult> joining = begin(
                alice.opened().session().join(alice.connection(), room, TopicFilter.ALL, null, false, null, false));
        log.publish("while deaf");
        log.jump();
        log.publish("live");
        assertThat(joining).isCompleted();
        await().untilAsserted(() -> assertThat(alice.peer().texts()).containsExactly("while deaf", "live"));
        assertThat(alice.peer().seen(Event.Subscribed.class)).hasSize(1);
    }

    // ---- a new epoch

    @Test
    void newLife_joinsAreMadeAgain_withTheirCountAndFilter() {
        Client alice = member("alice", "sport.*");
        alice.join(room, "news");
        Watching watching = core.watch(room);
        log.lose("second");
        log.jump();
        log.publish("live");

        Membership again = log.members.get(new ActorId("alice"));
        assertThat(onlyHolding(again).joins()).isEqualTo(2);
        assertThat(onlyHolding(again).owner())
                .isEqualTo(alice.opened().session().owner());
        assertThat(again.filter().topics()).containsExactly("news", "sport.*");
        await().untilAsserted(() -> assertThat(alice.peer().texts()).containsExactly("live"));
        List<Event> seen = alice.peer().seen();
        assertThat(seen.get(seen.size() - 3)).isInstanceOfSatisfying(Event.Subscribed.class, subscribed -> {
            assertThat(subscribed.position().epoch()).isEqualTo("second");
            assertThat(subscribed.recovered()).isFalse();
        });
        assertThat(seen.get(seen.size() - 2))
                .isEqualTo(new Event.Gap(room, Event.Gap.Reason.EPOCH_CHANGED, 0, false, 0, 3));
        await().untilAsserted(() ->
                assertThat(watching.peer().seen(Event.Joined.class)).hasSize(1));
        assertThat(watching.peer().seen())
                .extracting(event -> event.getClass().getSimpleName())
                .containsExactly("Members", "Gap", "Members", "Joined");
    }

    @Test
    void newLife_thatHasTheJoins_goesOnWithoutMakingThemAgain() {
        Client alice = member("alice");
        int before = log.appended.size();
        log.epoch = "forked";
        log.jump();
        log.publish("live");
        await().untilAsserted(() -> assertThat(alice.peer().texts()).containsExactly("live"));
        assertThat(alice.peer().seen(Event.Subscribed.class)).hasSize(2);
        assertThat(alice.peer().seen(Event.Gap.class)).hasSize(1);
        assertThat(log.appended).hasSize(before + 1);
    }

    @Test
    void newLife_storeThatFailsAgain_isTriedAgain() {
        Client alice = member("alice");
        log.lose("second");
        log.failure = GroupException.of(ErrorCode.STORE_UNAVAILABLE, "away");
        log.jump();
        assertThat(log.members).isEmpty();
        tick(1);
        log.failure = null;
        tick(1);
        assertThat(log.members).hasSize(1);
        assertThat(onlyHolding(log.members.get(new ActorId("alice"))).joins()).isEqualTo(1);
        log.publish("live");
        await().untilAsserted(() -> assertThat(alice.peer().texts()).containsExactly("live"));
    }

    @Test
    void newLife_lostAgainWhileJoinsAreMade_stillComesBack() {
        Client alice = member("alice");
        log.lose("second");
        log.holding = true;
        log.jump();
        log.heard = false;
        log.lose("third");
        log.jump();
        log.holding = false;
        log.answer();
        tick(2);
        log.publish("live");
        assertThat(onlyHolding(log.members.get(new ActorId("alice"))).joins()).isEqualTo(1);
        await().untilAsserted(() -> assertThat(alice.peer().texts()).containsExactly("live"));
    }

    @Test
    void newLife_thatHasNoRoom_endsTheSessionsJoin() {
        Client alice = member("alice");
        log.lose("second");
        log.failure = GroupException.limit("members-per-group", 1);
        log.jump();
        await().untilAsserted(() -> assertThat(alice.peer().seen(Event.Left.class))
                .extracting(Event.Left::reason)
                .containsExactly(LeaveReason.EVICTED));
        log.failure = null;
        tick(2);
        assertThat(log.members).isEmpty();
        assertThat(alice.opened().session().groups()).isEmpty();
    }

    @Test
    void newLife_manySessions_allComeBack_notAllAtOnce() {
        List<Client> clients = new ArrayList<>();
        for (int i = 0; i < 2_000; i++) {
            clients.add(member("a" + i));
        }
        log.lose("second");
        log.holding = true;
        log.jump();
        while (log.held() > 0) {
            log.answer();
        }
        assertThat(log.members).hasSize(2_000);
        assertThat(log.mostHeld).isBetween(2, 256);
        log.holding = false;
        log.publish("live");
        await().untilAsserted(() -> assertThat(clients)
                .allSatisfy(client -> assertThat(client.peer().texts()).containsExactly("live")));
    }

    @Test
    void newLife_sessionInItsGrace_keepsItsJoin_andAnEndedOneDoesNot() {
        Client alice = member("alice");
        alice.drop();
        log.lose("second");
        log.failure = GroupException.of(ErrorCode.STORE_UNAVAILABLE, "away");
        log.jump();
        Client back = core.connect("alice", alice.opened().resumeToken(), room.namespace());
        log.failure = null;
        back.join(room);
        assertThat(onlyHolding(log.members.get(new ActorId("alice"))).joins()).isEqualTo(1);
        log.publish("live");
        await().untilAsserted(() -> assertThat(back.peer().texts()).containsExactly("live"));

        log.lose("third");
        log.failure = GroupException.of(ErrorCode.STORE_UNAVAILABLE, "away");
        log.jump();
        back.drop();
        await().until(() -> back.opened().session().isOver());
        log.failure = null;
        tick(2);
        assertThat(log.members).isEmpty();
        assertThat(back.opened().session().groups()).isEmpty();
    }

    @Test
    void newLife_withJoinsOfSessionsThatHaveEnded_losesThem() {
        member("alice");
        Owner gone = new Owner.Session("gone", CoreFixture.NODE, 7);
        log.heard = false;
        append(new Command.Join(List.of(new ActorId("ghost")), TopicFilter.ALL, gone, CoreFixture.NODE, null));
        log.epoch = "restored";
        log.jump();
        assertThat(log.members).containsOnlyKeys(new ActorId("alice"));
        assertThat(memberNames()).containsExactly("alice");
    }

    @Test
    void leave_acceptedByALifeThatIsLost_isNotUndone() {
        Client alice = member("alice");
        log.heard = false;
        CompletableFuture<Groups.LeaveResult> leaving =
                begin(alice.opened().session().leave(room, false));
        log.lose("second");
        log.jump();
        assertThat(leaving).isCompleted();
        tick(2);
        assertThat(log.members).isEmpty();
        assertThat(alice.opened().session().groups()).isEmpty();
        await().untilAsserted(
                        () -> assertThat(alice.peer().seen(Event.Left.class)).hasSize(1));
    }

    @Test
    void join_acceptedByALifeThatIsLost_isMadeAgain() {
        member("other");
        log.heard = false;
        Client alice = core.connect("alice", null, room.namespace());
        CompletableFuture<Groups.JoinResult> joining = begin(
                alice.opened().session().join(alice.connection(), room, TopicFilter.ALL, null, false, null, false));
        log.lose("second");
        log.jump();
        log.publish("live");
        assertThat(joining).isCompleted();
        assertThat(log.members).containsKey(new ActorId("alice"));
        await().untilAsserted(() -> assertThat(alice.peer().texts()).containsExactly("live"));
        assertThat(alice.peer().seen(Event.Gap.class)).hasSize(1);
    }

    @Test
    void groupThatTheStoreHasLost_isWaitedFor() throws Exception {
        Client alice = member("alice");
        log.exists = false;
        CompletableFuture<Groups.PublishResult> publishing = publishing("in the new life");
        CompletableFuture<Groups.LeaveResult> leaving =
                begin(alice.opened().session().leave(room, false));
        assertThat(publishing).isNotDone();
        assertThat(leaving).isNotDone();
        log.lose("second");
        log.jump();
        assertThat(publishing.get().position().epoch()).isEqualTo("second");
        assertThat(leaving).isCompleted();
        assertThat(log.members).isEmpty();
        assertThat(core.replicas.size()).isEqualTo(1);
    }

    @Test
    void groupThatStaysLost_isUnavailableBeforeLong() {
        member("alice");
        log.exists = false;
        CompletableFuture<Groups.PublishResult> publishing = publishing("x");
        assertThat(publishing).isNotDone();
        tick(OffsetWaiters.PATIENCE + 1);
        assertThat(codeOf(publishing)).isEqualTo(ErrorCode.STORE_UNAVAILABLE);
    }

    @Test
    void anotherLife_thatIsNotReadYet_keepsTheReplica() throws Exception {
        member("alice");
        log.heard = false;
        log.lose("second");
        CompletableFuture<Groups.PublishResult> publishing = publishing("x");
        assertThat(publishing).isNotDone();
        log.jump();
        assertThat(publishing.get().position().epoch()).isEqualTo("second");
        assertThat(core.replicas.size()).isEqualTo(1);
        assertThat(memberNames()).containsExactly("alice");
    }

    @Test
    void sessionThatEndsWhileTheStoreIsAway_leavesWhenItIsBack() {
        Client alice = member("alice");
        log.failure = GroupException.of(ErrorCode.STORE_UNAVAILABLE, "away");
        alice.drop();
        await().until(() -> alice.opened().session().isOver());
        tick(1);
        assertThat(log.members).hasSize(1);
        log.failure = null;
        await().untilAsserted(() -> {
            tick(1);
            assertThat(log.members).isEmpty();
        });
        assertThat(alice.opened().session().groups()).isEmpty();
    }

    @Test
    void groupDeletedInAHole_isToldAsDeleted() throws Exception {
        Client alice = member("alice");
        Watching watching = core.watch(room);
        log.heard = false;
        CompletableFuture<Groups.PublishResult> accepted = publishing("accepted");
        log.heard = true;
        assertThat(CoreFixture.await(core.groups.delete(room))).isTrue();
        assertThat(accepted.get().position().offset()).isEqualTo(3);
        await().untilAsserted(() -> {
            assertThat(alice.peer().seen(Event.GroupDeleted.class)).hasSize(1);
            assertThat(watching.peer().closeCode()).isEqualTo(ErrorCode.GROUP_DELETED);
        });
    }

    @Test
    void newLife_afterTheNodesTime_endsItsSessions() {
        Client alice = member("alice");
        log.lose("second");
        log.failure = GroupException.of(ErrorCode.FENCED, "a newer one");
        log.jump();
        await().untilAsserted(() -> assertThat(alice.peer().seen(Event.Left.class))
                .extracting(Event.Left::reason)
                .containsExactly(LeaveReason.NODE_DOWN));
        assertThat(alice.opened().session().groups()).isEmpty();
    }
}
