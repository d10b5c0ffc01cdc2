package io.plexspaces.processgroups.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

class SerialQueueTest {
    private final SerialQueue queue = new SerialQueue();

    @Test
    void idle_runsTheTaskBeforeItReturns() {
        List<Integer> ran = new ArrayList<>();
        queue.execute(() -> ran.add(1));
        assertThat(ran).containsExactly(1);
    }

    @Test
    void fromInsideATask_runsAfterIt() {
        List<String> ran = new ArrayList<>();
        queue.execute(() -> {
            queue.execute(() -> {
                queue.execute(() -> ran.add("third"));
                ran.add("second");
            });
            ran.add("first");
        });
        assertThat(ran).containsExactly("first", "second", "third");
    }

    @Test
    void errorOfATask_reachesTheDefaultHandler_andIsCounted_andStopsNobody() {
        Thread.UncaughtExceptionHandler before = Thread.getDefaultUncaughtExceptionHandler();
        List<Throwable> heard = new ArrayList<>();
        List<Integer> ran = new ArrayList<>();
        OutOfMemoryError error = new OutOfMemoryError("expected by the test");
        long failures = SerialQueue.failures();
        Thread.setDefaultUncaughtExceptionHandler((thread, failure) -> {
            heard.add(failure);
            throw new IllegalStateException("expected by the test");
        });
        try {
            queue.execute(() -> {
                queue.execute(() -> ran.add(1));
                throw error;
            });
            queue.execute(() -> ran.add(2));
        } finally {
            Thread.setDefaultUncaughtExceptionHandler(before);
        }
        assertThat(heard).containsExactly(error);
        assertThat(ran).containsExactly(1, 2);
        assertThat(SerialQueue.failures()).isGreaterThan(failures);
    }

    @Test
    void throwingTask_doesNotStopTheOthers() {
        List<Integer> ran = new ArrayList<>();
        queue.execute(() -> {
            queue.execute(() -> {
                throw new IllegalStateException("expected by the test");
            });
            queue.execute(() -> ran.add(1));
            throw new AssertionError("expected by the test");
        });
        queue.execute(() -> ran.add(2));
        assertThat(ran).containsExactly(1, 2);
    }

    @Test
    void busy_leavesTheTaskToTheRunningThread() throws Exception {
        CountDownLatch inside = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        List<Thread> ranOn = new ArrayList<>();
        Thread first = new Thread(() -> queue.execute(() -> {
            inside.countDown();
            awaitQuietly(release);
        }));
        first.start();
        assertThat(inside.await(10, TimeUnit.SECONDS)).isTrue();

        queue.execute(() -> ranOn.add(Thread.currentThread()));
        assertThat(ranOn).isEmpty();

        release.countDown();
        first.join(10_000);
        assertThat(ranOn).containsExactly(first);
    }

    @Test
    void manyThreads_oneAtATimeInEachThreadsOrder() throws Exception {
        int threads = 8;
        int tasks = 50_000;
        int[] plain = new int[1];
        AtomicBoolean running = new AtomicBoolean();
        ConcurrentHashMap<String, Integer> violations = new ConcurrentHashMap<>();
        int[] last = new int[threads];
        CyclicBarrier start = new CyclicBarrier(threads);
        List<Thread> all = new ArrayList<>();
        for (int t = 0; t < threads; t++) {
            int id = t;
            all.add(new Thread(() -> {
                awaitQuietly(start);
                for (int i = 1; i <= tasks; i++) {
                    int number = i;
                    queue.execute(() -> {
                        if (!running.compareAndSet(false, true)) {
                            violations.merge("overlap", 1, Integer::sum);
                        }
                        if (last[id] != number - 1) {
                            violations.merge("order", 1, Integer::sum);
                        }
                        last[id] = number;
                        plain[0]++;
                        running.set(false);
                    });
                }
            }));
        }
        all.forEach(Thread::start);
        for (Thread thread : all) {
            thread.join(60_000);
        }
        assertThat(violations).isEmpty();
        assertThat(plain[0]).isEqualTo(threads * tasks);
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await(10, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void awaitQuietly(CyclicBarrier barrier) {
        try {
            barrier.await(10, TimeUnit.SECONDS);
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }
}
