package io.plexspaces.processgroups.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.plexspaces.processgroups.domain.ActorId;
import io.plexspaces.processgroups.domain.Entry;
import io.plexspaces.processgroups.domain.ErrorCode;
import io.plexspaces.processgroups.domain.GroupException;
import io.plexspaces.processgroups.domain.Membership;
import io.smallrye.mutiny.Uni;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Many at once. */
abstract class LoadContract extends LogFixture {
    LoadContract(GroupLogContract contract) {
        super(contract);
    }

    /** Runs {@code work} on {@code threads} threads that start together; the argument is the number of the thread. */
    private static void together(int threads, ThrowingConsumer work) throws Exception {
        CyclicBarrier start = new CyclicBarrier(threads);
        ExecutorService executor = Executors.newFixedThreadPool(threads);
        try {
            List<Callable<Void>> tasks = new ArrayList<>();
            for (int i = 0; i < threads; i++) {
                int number = i;
                tasks.add(() -> {
                    start.await(20, TimeUnit.SECONDS);
                    work.accept(number);
                    return null;
                });
            }
            for (Future<Void> done : executor.invokeAll(tasks, 120, TimeUnit.SECONDS)) {
                done.get();
            }
        } finally {
            executor.shutdownNow();
        }
    }

    interface ThrowingConsumer {
        void accept(int number) throws Exception;
    }

    /** Whether it worked; false for a failure with {@code expected}, and none other. */
    private static boolean unless(Uni<?> uni, ErrorCode expected) {
        try {
            result(uni);
            return true;
        } catch (GroupException failure) {
            assertThat(failure.code()).isEqualTo(expected);
            return false;
        }
    }

    @Test
    void hundredCreatesOfOneName_exactlyOneWins() throws Exception {
        for (int round = 0; round < 5; round++) {
            AtomicInteger won = new AtomicInteger();
            NamespaceRecorder reader = new NamespaceRecorder();
            Tail tail = result(log().follow(room.namespace(), reader));
            together(100, number -> {
                if (unless(creating(room), ErrorCode.GROUP_EXISTS)) {
                    won.incrementAndGet();
                }
            });
            assertThat(won).hasValue(1);
            reader.awaitTold("snapshot []", "created room");
            tail.close();
            AtomicInteger ended = new AtomicInteger();
            together(20, number -> {
                if (result(deleting(room)).position().offset() > 0) {
                    ended.incrementAndGet();
                }
            });
            assertThat(ended).hasValue(1);
        }
    }

    @Test
    void randomJoinsAndLeavesOfOneActor_addUp() throws Exception {
        create(room);
        Recorder reader = open(room);
        AtomicInteger joins = new AtomicInteger();
        AtomicInteger leaves = new AtomicInteger();
        AtomicInteger refused = new AtomicInteger();
        together(16, number -> {
            Random random = new Random(number);
            for (int i = 0; i < 5_000; i++) {
                if (random.nextInt(100) < 48) {
                    assertThat(done(join(ALICE)).membership().joinCount()).isPositive();
                    joins.incrementAndGet();
                } else if (unless(append(room, leave(ALICE, null)), ErrorCode.NOT_A_MEMBER)) {
                    leaves.incrementAndGet();
                } else {
                    refused.incrementAndGet();
                }
            }
        });
        int expected = joins.get() - leaves.get();
        List<Membership> members = snapshot().members();
        assertThat(members.isEmpty() ? 0 : members.get(0).joinCount()).isEqualTo(expected);
        assertThat(joins.get() + leaves.get() + refused.get()).isEqualTo(80_000);
        reader.upTo(1L + joins.get() + leaves.get());
        int count = 0;
        for (Entry entry : reader.entries) {
            count += entry instanceof Entry.Joined ? 1 : -1;
            Membership told =
                    entry instanceof Entry.Joined joined ? joined.membership() : ((Entry.Left) entry).membership();
            assertThat(told == null ? 0 : told.joinCount()).isEqualTo(count);
        }
    }

    @Test
    void concurrentWriters_areReadInOneOrderWithoutHoles() throws Exception {
        create(room);
        Recorder one = open(room);
        Recorder two = open(room);
        together(8, number -> {
            for (int i = 0; i < 500; i++) {
                done(i % 10 == 0 ? join(new ActorId("a" + number)) : publish(number + ":" + i));
            }
        });
        one.upTo(4_001);
        two.upTo(4_001);
        assertThat(two.entries).isEqualTo(one.entries);
        for (int writer = 0; writer < 8; writer++) {
            String prefix = writer + ":";
            List<Integer> numbers = one.only(Entry.Published.class).stream()
                    .map(LogFixture::text)
                    .filter(text -> text.startsWith(prefix))
                    .map(text -> Integer.valueOf(text.substring(prefix.length())))
                    .toList();
            assertThat(numbers).hasSize(450).isSorted();
        }
        assertThat(one.only(Entry.Published.class))
                .extracting(Entry.Published::ordinal)
                .isSorted();
    }

    @Test
    void openedUnderLoad_rebuildsTheMembersExactly() throws Exception {
        create(room);
        AtomicInteger running = new AtomicInteger(4);
        Queue<Recorder> readers = new ConcurrentLinkedQueue<>();
        together(6, number -> {
            if (number >= 4) {
                do {
                    Recorder passing = new Recorder();
                    result(log().open(room, passing)).close();
                    passing.assertOrdered();
                    if (readers.size() < 200) {
                        readers.add(open(room));
                    }
                } while (running.get() > 0);
                return;
            }
            Random random = new Random(number);
            for (int i = 0; i < 1_500; i++) {
                ActorId actor = new ActorId("a" + random.nextInt(20));
                if (random.nextBoolean()) {
                    done(join(actor));
                } else {
                    unless(append(room, leave(actor, null)), ErrorCode.NOT_A_MEMBER);
                }
            }
            running.decrementAndGet();
        });
        Snapshot end = snapshot();
        Map<ActorId, Membership> expected = new ConcurrentHashMap<>();
        end.members().forEach(member -> expected.put(member.actor(), member));
        assertThat(readers).isNotEmpty();
        for (Recorder reader : readers) {
            assertThat(reader.upTo(end.position().offset()).members()).isEqualTo(expected);
        }
    }

    @Test
    void deleteAndRecreateRace_showsNothingOfTheOldLife() throws Exception {
        NamespaceRecorder follower = new NamespaceRecorder();
        result(log().follow(room.namespace(), follower));
        create(room);
        AtomicBoolean stop = new AtomicBoolean();
        Set<String> epochs = ConcurrentHashMap.newKeySet();
        Queue<Recorder> readers = new ConcurrentLinkedQueue<>();
        together(6, number -> {
            if (number == 0) {
                for (int i = 0; i < 500; i++) {
                    result(deleting(room));
                    assertThat(failureOrNull(append(room, publish("dead")))).isIn(null, ErrorCode.GROUP_NOT_FOUND);
                    if (unless(creating(room), ErrorCode.GROUP_EXISTS)) {
                        assertThat(epochs.add(presentEpoch())).isTrue();
                    }
                }
                stop.set(true);
                return;
            }
            while (!stop.get()) {
                raceWith(number, readers);
            }
        });
        readers.forEach(Recorder::assertOrdered);
        result(deleting(room));
        assertThat(readers).allMatch(Recorder::isDeleted);
        String last = create(room).position().epoch();
        assertThat(snapshot().members()).isEmpty();
        assertThat(read(null).messages()).isEmpty();
        await().until(() -> follower.groups().equals(Map.of("room", last)));
    }

    private String presentEpoch() {
        return snapshot().info().epoch();
    }

    private static ErrorCode failureOrNull(Uni<?> uni) {
        try {
            result(uni);
            return null;
        } catch (GroupException failure) {
            return failure.code();
        }
    }

    /** Writes into the epoch it found and no other, and sees what was written into that epoch and no other. */
    private void raceWith(int number, Queue<Recorder> readers) {
        Recorder reader = new Recorder();
        Tail tail;
        try {
            tail = result(log().open(room, reader));
        } catch (GroupException failure) {
            assertThat(failure.code()).isEqualTo(ErrorCode.GROUP_NOT_FOUND);
            return;
        }
        String epoch = reader.first().info().epoch();
        assertThat(failureOrNull(log().append(room, epoch, publish(epoch), operation())))
                .isIn(null, ErrorCode.GROUP_NOT_FOUND, ErrorCode.EPOCH_CHANGED);
        Command join = join(new ActorId("a" + number), DURABLE, epoch);
        assertThat(failureOrNull(log().append(room, epoch, join, operation())))
                .isIn(null, ErrorCode.GROUP_NOT_FOUND, ErrorCode.EPOCH_CHANGED);
        assertThat(reader.first().members()).allMatch(member -> member.filter()
                .topics()
                .equals(List.of(reader.first().info().epoch())));
        try {
            Slice slice = read(null);
            assertThat(slice.messages())
                    .allMatch(message -> text(message).equals(slice.end().epoch())
                            || text(message).equals("dead"));
        } catch (GroupException failure) {
            assertThat(failure.code()).isEqualTo(ErrorCode.GROUP_NOT_FOUND);
        }
        if (readers.size() < 500) {
            readers.add(reader);
        } else {
            tail.close();
        }
    }
}
