package io.plexspaces.processgroups.log.redis.index;

import static org.assertj.core.api.Assertions.assertThat;

import io.plexspaces.processgroups.domain.ActorId;
import io.plexspaces.processgroups.domain.ErrorCode;
import io.plexspaces.processgroups.domain.GroupException;
import io.plexspaces.processgroups.domain.Owner;
import io.plexspaces.processgroups.domain.TopicFilter;
import io.plexspaces.processgroups.log.Appended;
import io.plexspaces.processgroups.log.Command;
import io.smallrye.mutiny.Uni;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What a node knows of the members of a tenant, and what it lets in. */
class MemberQuotaTest extends StoreByHand {
    @Test
    void tenantWithoutAQuota_isNotLookedAt() {
        assertThat(quota.isFor("free")).isFalse();
        assertThat(quota.isFor("acme")).isTrue();
    }

    @Test
    void joinsWaitForTheFirstCount_andShareWhatItLeaves() {
        CompletableFuture<Appended> first = join();
        CompletableFuture<Appended> second = join();
        assertThat(sent).isEmpty();
        assertThat(counts).hasSize(1);
        counted(7);
        assertThat(letIn()).isEqualTo(3);
        assertThat(letIn()).isEqualTo(2);
        assertThat(first).isCompleted();
        assertThat(second).isCompleted();
        join();
        assertThat(counts).isEmpty();
        assertThat(sent.remove().room()).isEqualTo(1);
    }

    @Test
    void count_isReliedOnForASecond_andLongerWhileThereIsMuchRoom() {
        join();
        counted(0);
        letIn();
        pass(9_999);
        IntStream.range(0, 2).forEach(i -> {
            join();
            assertThat(counts).isEmpty();
            letIn();
        });
        join();
        assertThat(counts)
                .as("more than a quarter of it is used, and the count is old")
                .hasSize(1);
        counted(5);
        letIn();
        pass(999);
        join();
        assertThat(counts).isEmpty();
        letIn();
        pass(1);
        join();
        assertThat(counts).hasSize(1);
    }

    @Test
    void joinsUnderWay_takeRoom_andGiveBackWhatTheyDoNotUse() {
        join();
        counted(0);
        Sent again = sent.remove();
        join("acme", 3, false);
        Sent batch = sent.remove();
        join();
        Sent fenced = sent.remove();
        join();
        Sent lost = sent.remove();
        assertThat(List.of(again.room(), batch.room(), fenced.room(), lost.room()))
                .containsExactly(10L, 9L, 6L, 5L);
        again.receiver().complete(done(false));
        fenced.receiver().fail(GroupException.of(ErrorCode.FENCED, ""));
        lost.receiver().fail(GroupException.of(ErrorCode.STORE_UNAVAILABLE, "it may have been made"));
        lost.receiver().complete(done(true));
        batch.receiver().complete(done(false));
        join();
        assertThat(sent.remove().room())
                .as("without the batch and the lost one")
                .isEqualTo(6);
    }

    @Test
    void joinThatAnOldCountRefuses_isTriedOnceMoreWithANewOne() {
        join();
        counted(10);
        refuse();
        pass(500);
        CompletableFuture<Appended> later = join();
        assertThat(refuse()).isZero();
        assertThat(counts).hasSize(1);
        assertThat(later).isNotDone();
        counted(9);
        assertThat(letIn()).isEqualTo(1);
        assertThat(later).isCompleted();
        assertThat(exceeded).as("the first was refused by a count of its own").hasValue(1);
        pass(500);
        CompletableFuture<Appended> last = join();
        assertThat(refuse()).isZero();
        counted(10);
        assertThat(refuse()).isZero();
        isExceeded(last);
        assertThat(counts).isEmpty();
        assertThat(exceeded).hasValue(2);
    }

    @Test
    void joinThatIsRefused_waitsForTheNextCount_ofWhichThereAreTenASecond() {
        join();
        counted(10);
        refuse();
        pass(30);
        CompletableFuture<Appended> one = join();
        CompletableFuture<Appended> two = join();
        refuse();
        refuse();
        assertThat(counts).isEmpty();
        assertThat(waits).containsExactly(70L, 70L);
        pass(70);
        timers.remove().run();
        timers.remove().run();
        assertThat(counts).hasSize(1);
        counted(10);
        refuse();
        refuse();
        isExceeded(one);
        isExceeded(two);
    }

    @Test
    void countThatTakesLong_isNotMadeOften_andJoinsAreRefusedAtOnce() {
        join();
        pass(300);
        counted(10);
        refuse();
        pass(10);
        CompletableFuture<Appended> next = join();
        refuse();
        isExceeded(next);
        pass(1_000);
        join();
        assertThat(counts).as("a second old, but it took a tenth of three").isEmpty();
        sent.clear();
        pass(1_690);
        join();
        assertThat(counts).hasSize(1);
    }

    @Test
    void joinsThatGoOnWhileItCounts_areCountedBesideWhatItFinds() {
        join();
        counted(0);
        Sent before = sent.remove();
        pass(10_000);
        CompletableFuture<Appended> waiting = join();
        before.receiver().complete(done(true));
        counted(5);
        Sent next = sent.remove();
        assertThat(next.room()).as("the first may be among those five, or not").isEqualTo(4);
        next.receiver().complete(done(false));
        assertThat(waiting).isCompleted();
    }

    @Test
    void countThatFails_failsTheJoins_untilThereIsOne() {
        CompletableFuture<Appended> first = join();
        counts.remove().fail(GroupException.of(ErrorCode.STORE_UNAVAILABLE, "away"));
        assertThat(code(first)).isEqualTo(ErrorCode.STORE_UNAVAILABLE);
        assertThat(sent).isEmpty();
        join();
        counted(4);
        assertThat(letIn()).isEqualTo(6);
        pass(10_000);
        join();
        counts.remove().fail(GroupException.of(ErrorCode.STORE_UNAVAILABLE, "away again"));
        assertThat(letIn()).isEqualTo(5);
        pass(10_000);
        join();
        assertThat(counts).as("nobody waits for it").hasSize(1);
        assertThat(letIn()).isEqualTo(4);
        counted(1);
        join();
        assertThat(letIn()).isEqualTo(8);
    }

    @Test
    void refusalWhileCountsFail_isAnAnswer() {
        join();
        counted(10);
        refuse();
        pass(2_000);
        CompletableFuture<Appended> next = join();
        counts.remove().fail("away");
        refuse();
        isExceeded(next);
    }

    @Test
    void countThatTakesTooLong_isNotWaitedFor() {
        CompletableFuture<Appended> first = join();
        ends.remove().run();
        assertThat(code(first)).isEqualTo(ErrorCode.STORE_UNAVAILABLE);
        CompletableFuture<Appended> beside = join();
        assertThat(code(beside)).isEqualTo(ErrorCode.STORE_UNAVAILABLE);
        assertThat(counts).hasSize(1);
        counted(8);
        CompletableFuture<Appended> next = join();
        assertThat(letIn()).isEqualTo(2);
        assertThat(next).isCompleted();
        pass(10_000);
        CompletableFuture<Appended> later = join();
        ends.remove().run();
        assertThat(refuse()).as("by the last count").isEqualTo(1);
        isExceeded(later);
        counted(3);
        join();
        assertThat(letIn()).isEqualTo(7);
    }

    @Test
    void refusalWhileAnEarlierCountIsUnderWay_waitsForTheNext() {
        join();
        counted(10);
        refuse();
        pass(2_000);
        join();
        join("acme", 1, true);
        pass(10);
        CompletableFuture<Appended> later = join();
        assertThat(sent).as("that are made again").hasSize(1);
        sent.remove();
        counted(10);
        refuse();
        refuse();
        assertThat(waits).containsExactly(90L);
        pass(90);
        timers.remove().run();
        assertThat(counts).hasSize(1);
        counted(4);
        assertThat(letIn()).isEqualTo(5);
        assertThat(later).isCompleted();
    }

    @Test
    void joinsThatAreMadeAgain_waitForNothing_andCount() {
        CompletableFuture<Appended> again = join("acme", 2, true);
        assertThat(counts).isEmpty();
        Sent unlimited = sent.remove();
        assertThat(unlimited.room()).isGreaterThan(1L << 53);
        join();
        counted(5);
        assertThat(sent.remove().room()).isEqualTo(3);
        unlimited.receiver().complete(done(true));
        assertThat(again).isCompleted();
    }

    @Test
    void whatThrows_failsOneJoin_andStopsNoOther() {
        MemberQuota broken = new MemberQuota(
                new Quotas(),
                tenant -> {
                    throw new IllegalStateException("a defect");
                },
                clock::get,
                (millis, task) -> {},
                PATIENCE);
        Command.Join one =
                new Command.Join(List.of(new ActorId("a")), TopicFilter.ALL, new Owner.Durable(NODE), NODE, null);
        List<Throwable> failures = new ArrayList<>();
        Uni.createFrom()
                .<Appended>emitter(answer -> broken.join("acme", one, (room, receiver) -> {}, answer))
                .subscribe()
                .with(done -> {}, failures::add);
        assertThat(failures).singleElement().isInstanceOf(IllegalStateException.class);

        Uni.createFrom()
                .<Appended>emitter(answer -> quota.join(
                        "acme",
                        one,
                        (room, receiver) -> {
                            throw new IllegalStateException("a defect");
                        },
                        answer))
                .subscribe()
                .with(done -> {}, failures::add);
        CompletableFuture<Appended> beside = join();
        counted(0);
        assertThat(failures).hasSize(2);
        assertThat(letIn()).as("what failed may have been sent").isEqualTo(9);
        assertThat(beside).isCompleted();
    }

    @Test
    void tenantsThatJoinNothingForAWhile_areForgotten() {
        for (int i = 0; i < 50; i++) {
            join("t" + i, 1, false);
            counted(0);
            sent.remove().receiver().complete(done(true));
        }
        join("waiting", 1, false);
        assertThat(quota.knownTenants()).isEqualTo(51);
        pass(10_001);
        join("another", 1, false);
        assertThat(quota.knownTenants()).isEqualTo(2);
    }

    @Test
    void tenantsBeyondTheBound_areCountedForEachJoin() {
        for (int i = 0; i < MemberQuota.MOST; i++) {
            join("t" + i, 1, false);
            counted(0);
        }
        sent.clear();
        for (int i = 0; i < 3; i++) {
            join("late", 1, false);
            counted(4);
            assertThat(sent.remove().room()).isEqualTo(6);
        }
        assertThat(quota.knownTenants()).isEqualTo(MemberQuota.MOST);
    }
}
