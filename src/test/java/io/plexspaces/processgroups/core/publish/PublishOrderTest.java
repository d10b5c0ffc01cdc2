package io.plexspaces.processgroups.core.publish;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.plexspaces.processgroups.core.CoreFixture;
import io.plexspaces.processgroups.core.Groups;
import io.plexspaces.processgroups.core.ScriptedRoom;
import io.plexspaces.processgroups.core.group.GroupReplica;
import io.plexspaces.processgroups.core.replica.OffsetWaiters;
import io.plexspaces.processgroups.domain.Dispatch;
import io.plexspaces.processgroups.domain.ErrorCode;
import io.plexspaces.processgroups.domain.GroupException;
import io.plexspaces.processgroups.domain.Message;
import io.plexspaces.processgroups.domain.NodeId;
import io.plexspaces.processgroups.domain.OperationId;
import io.plexspaces.processgroups.domain.Position;
import io.plexspaces.processgroups.log.Command;
import io.smallrye.mutiny.Context;
import io.smallrye.mutiny.subscription.Cancellable;
import io.smallrye.mutiny.subscription.UniSubscriber;
import io.smallrye.mutiny.subscription.UniSubscription;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.Test;

/**
 * What a publisher may rely on that does not wait for one answer before the next message: its order, and once each.
 *
 * <p>One file, as all cases share the log that answers late.
 */
class PublishOrderTest extends ScriptedRoom {
    PublishOrderTest() {
        super(Duration.ofMillis(300));
    }

    private CompletableFuture<Groups.PublishResult> publishing(String text) {
        return publishing(CoreFixture.message(text, null, ""));
    }

    private CompletableFuture<Groups.PublishResult> publishing(Message message) {
        return core.groups.publish(request(message)).subscribeAsCompletionStage();
    }

    private Groups.PublishRequest request(Message message) {
        return new Groups.PublishRequest(room, message, null, Groups.Spread.ALL, "", false, Groups.RecipientDetail.IDS);
    }

    /** Texts of the messages that the log was given, in order, with those it refused. */
    private List<String> given() {
        return log.appended.stream()
                .filter(Command.Publish.class::isInstance)
                .map(command -> ((Command.Publish) command).message().payload().array())
                .map(payload -> new String(payload, StandardCharsets.UTF_8))
                .toList();
    }

    @Test
    void messagesThatWaitForTheOpening_comeBeforeOneThatFindsItOpen() {
        log.opening = true;
        CompletableFuture<Groups.PublishResult> first = publishing("1");
        CompletableFuture<Groups.PublishResult> second = publishing("2");
        assertThat(given()).isEmpty();
        log.meanwhile = () -> publishing("3");
        log.answer();

        assertThat(given()).containsExactly("1", "2", "3");
        assertThat(first).isCompleted();
        assertThat(second).isCompleted();
    }

    @Test
    void messageForOne_thatWaitsForItsChoice_comesBeforeOneForAll() {
        member("alice");
        GroupReplica replica = Objects.requireNonNull(core.replicas.ifOpen(room));
        // Another thread is at work in the group's queue.
        replica.publishes().queue(() -> {
            CompletableFuture.runAsync(() -> {
                        publishing("1", Groups.Spread.ONE);
                        publishing("2", Groups.Spread.ALL);
                        publishing("3", Groups.Spread.LOCAL);
                        publishing("4", Groups.Spread.ONE);
                    })
                    .join();
            assertThat(given()).isEmpty();
        });
        publishing("5", Groups.Spread.ALL);
        assertThat(given()).containsExactly("1", "2", "3", "4", "5");
    }

    @Test
    void messageForOne_refusedByAnotherLife_keepsItsPlace() throws Exception {
        member("alice");
        log.lose("second");
        CompletableFuture<Groups.PublishResult> first = publishing("1", Groups.Spread.ONE);
        CompletableFuture<Groups.PublishResult> second = publishing("2", Groups.Spread.ALL);
        List<CompletableFuture<Groups.PublishResult>> third = new ArrayList<>();
        log.meanwhile = () -> third.add(publishing("3", Groups.Spread.ONE));
        log.jump();

        assertInOrder(first, second, third.get(0), publishing("4", Groups.Spread.ALL));
    }

    private CompletableFuture<Groups.PublishResult> publishing(String text, Groups.Spread spread) {
        return core.groups
                .publish(new Groups.PublishRequest(
                        room, CoreFixture.message(text, null, ""), null, spread, "", false, Groups.RecipientDetail.IDS))
                .subscribeAsCompletionStage();
    }

    @Test
    void openingThatFails_failsAllWhoWait() {
        log.exists = false;
        assertThat(publishing("1")).isCompletedExceptionally();
        log.exists = true;
        assertThat(publishing("2")).isCompleted();
    }

    @Test
    void messageOfALifeThatIsDeleted_isNotPublishedInTheNext() throws Exception {
        member("alice");
        log.heard = false;
        log.holding = true;
        CompletableFuture<Groups.PublishResult> publishing = publishing("once");
        log.replace("second");
        assertThat(given()).containsExactly("once");
        assertThat(publishing).isNotDone();
        log.answer();

        assertThat(given()).containsExactly("once");
        assertThat(publishing).isCompleted();
        assertThat(publishing.get().position().epoch()).isEqualTo("first");
        assertThat(core.replicas.waiting()).isZero();
    }

    @Test
    void repeat_beforeTheFirstIsRead_waitsForItsAnswer() throws Exception {
        member("alice");
        log.slow = true;
        Message message = CoreFixture.message("m", null, "key");
        CompletableFuture<Groups.PublishResult> first = publishing(message);
        CompletableFuture<Groups.PublishResult> repeat = publishing(message);
        assertThat(first).isNotDone();
        assertThat(repeat).isNotDone();
        log.tell();

        assertThat(first).isCompleted();
        assertThat(repeat).isCompleted();
        assertThat(repeat.get().repeated()).isTrue();
        assertThat(repeat.get().position()).isEqualTo(first.get().position());
        assertThat(repeat.get().recipients()).isEqualTo(1);
        assertThat(repeat.get().ids()).isEqualTo(first.get().ids()).hasSize(1);
    }

    @Test
    void repeat_answeredByALifeThatIsLost_doesNotGetAnAnswerOfTheNext() throws Exception {
        member("alice");
        Message message = CoreFixture.message("m", null, "key");
        Position first = publishing(message).get().position();
        log.holding = true;
        CompletableFuture<Groups.PublishResult> repeat = publishing(message);
        log.lose("second");
        log.holding = false;
        log.jump();
        Position other = new Position("second", first.offset());
        while (log.offset < other.offset()) {
            Command publish = new Command.Publish(
                    CoreFixture.message("other", null, "key " + log.offset), null, Dispatch.ALL, false);
            CoreFixture.await(log.append(room, null, publish, new OperationId(new NodeId("other"), 1, log.offset)));
        }
        log.answer();

        assertThat(repeat).isCompleted();
        assertThat(repeat.get().position()).isEqualTo(first);
        assertThat(repeat.get().repeated()).isTrue();
    }

    @Test
    void publisherThatGivesUp_isForgotten() {
        member("alice");
        log.slow = true;
        Cancellable publishing = core.groups
                .publish(request(CoreFixture.message("m", null, "")))
                .subscribe()
                .with(answer -> {}, failure -> {});
        assertThat(core.replicas.waiting()).isEqualTo(1);
        publishing.cancel();

        assertThat(core.replicas.waiting()).isZero();
        assertThat(given()).containsExactly("m");
    }

    @Test
    void publisherThatGivesUpBeforeItsMessageIsGiven_isForgottenWhenTheLogHasIt() {
        member("alice");
        log.heard = false;
        log.holding = true;
        core.groups
                .publish(request(CoreFixture.message("m", null, "")))
                .subscribe()
                .withSubscriber(new GivesUp());
        assertThat(given()).containsExactly("m");
        log.answer();

        assertThat(core.replicas.waiting()).isZero();
    }

    @Test
    void messageRefusedByAnotherLife_comesBeforeOneThatFindsThatLife() throws Exception {
        member("alice");
        log.lose("second");
        CompletableFuture<Groups.PublishResult> first = publishing("1");
        CompletableFuture<Groups.PublishResult> second = publishing("2");
        List<CompletableFuture<Groups.PublishResult>> third = new ArrayList<>();
        log.meanwhile = () -> third.add(publishing("3"));
        log.jump();

        assertInOrder(first, second, third.get(0), publishing("4"));
    }

    @Test
    void messageWhoseRefusalComesLate_comesBeforeOneThatFindsTheNextLife() throws Exception {
        member("alice");
        log.lose("second");
        log.lateRefusals = true;
        CompletableFuture<Groups.PublishResult> first = publishing("1");
        CompletableFuture<Groups.PublishResult> second = publishing("2");
        log.jump();
        CompletableFuture<Groups.PublishResult> third = publishing("3");
        assertThat(third).isNotDone();
        log.answer();

        assertInOrder(first, second, third, publishing("4"));
    }

    @Test
    void messageRefusedByOneLifeAfterTheOther_keepsItsPlace() throws Exception {
        member("alice");
        log.lose("second");
        CompletableFuture<Groups.PublishResult> first = publishing("1");
        CompletableFuture<Groups.PublishResult> second = publishing("2");
        log.heard = false;
        log.meanwhile = () -> log.lose("third");
        log.lateRefusals = true;
        log.jump();
        CompletableFuture<Groups.PublishResult> third = publishing("3");
        log.jump();
        CompletableFuture<Groups.PublishResult> fourth = publishing("4");
        log.answer();

        assertInOrder(first, second, third, fourth);
    }

    @Test
    void messageBehindOneThatIsAccepted_isNotHeldUpForLong() throws Exception {
        member("alice");
        log.heard = false;
        log.holding = true;
        CompletableFuture<Groups.PublishResult> accepted = publishing("1");
        log.lose("second");
        log.holding = false;
        log.jump();
        CompletableFuture<Groups.PublishResult> next = publishing("2");
        assertThat(next).isNotDone();
        log.answer();

        assertThat(accepted).isCompleted();
        assertThat(accepted.get().position().epoch()).isEqualTo("first");
        assertThat(next).isCompleted();
        assertThat(next.get().position().epoch()).isEqualTo("second");
    }

    @Test
    void publisherThatGivesUp_holdsUpNobody() {
        member("alice");
        log.lose("second");
        log.lateRefusals = true;
        Cancellable first = core.groups
                .publish(request(CoreFixture.message("1", null, "")))
                .subscribe()
                .with(answer -> {}, failure -> {});
        log.jump();
        CompletableFuture<Groups.PublishResult> second = publishing("2");
        assertThat(second).isNotDone();
        first.cancel();
        assertThat(second).isCompleted();
        log.answer();

        assertThat(given()).containsExactly("1", "2");
    }

    @Test
    void messagesThatWaitForALifeThatDoesNotCome_areUnavailableBeforeLong() {
        member("alice");
        log.exists = false;
        CompletableFuture<Groups.PublishResult> first = publishing("1");
        CompletableFuture<Groups.PublishResult> second = publishing("2");
        for (int i = 0; i <= OffsetWaiters.PATIENCE; i++) {
            assertThat(first).isNotDone();
            core.replicas.tick();
        }
        assertThat(codeOf(first)).isEqualTo(ErrorCode.STORE_UNAVAILABLE);
        assertThat(codeOf(second)).isEqualTo(ErrorCode.STORE_UNAVAILABLE);
        log.exists = true;
        assertThat(publishing("3")).isCompleted();
    }

    @Test
    void messagesThatWaitWhenTheGroupIsDeleted_areNotFound() {
        member("alice");
        log.exists = false;
        CompletableFuture<Groups.PublishResult> first = publishing("1");
        assertThat(first).isNotDone();
        log.end();

        assertThat(codeOf(first)).isEqualTo(ErrorCode.GROUP_NOT_FOUND);
    }

    private static ErrorCode codeOf(CompletableFuture<?> failed) {
        assertThat(failed).isDone();
        Throwable cause =
                catchThrowableOfType(ExecutionException.class, failed::get).getCause();
        return ((GroupException) cause).code();
    }

    /** They are in the epoch that is read last, one after the other. */
    @SafeVarargs
    private void assertInOrder(CompletableFuture<Groups.PublishResult>... published) throws Exception {
        List<Long> offsets = new ArrayList<>();
        for (CompletableFuture<Groups.PublishResult> one : published) {
            assertThat(one).isCompleted();
            assertThat(one.get().position().epoch()).isEqualTo(log.epoch);
            offsets.add(one.get().position().offset());
        }
        assertThat(offsets).isSorted().doesNotHaveDuplicates();
    }

    /** Wants no answer any more as soon as it has asked. */
    private static final class GivesUp implements UniSubscriber<Groups.PublishResult> {
        @Override
        public Context context() {
            return Context.empty();
        }

        @Override
        public void onSubscribe(UniSubscription subscription) {
            subscription.cancel();
        }

        @Override
        public void onItem(Groups.PublishResult item) {}

        @Override
        public void onFailure(Throwable failure) {}
    }
}
