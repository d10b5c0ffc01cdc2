package io.plexspaces.processgroups.token;

import static org.assertj.core.api.Assertions.assertThat;

import java.security.Key;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class JwksThreadsTest {
    private static final Issuer OLD = Issuer.rsa("old");

    @Test
    void manyThreads_shareOneFetch() throws Exception {
        AtomicInteger begun = new AtomicInteger();
        CompletableFuture<String> answer = new CompletableFuture<>();
        JwksKeys shared = new JwksKeys(
                () -> {
                    begun.incrementAndGet();
                    return answer;
                },
                () -> 0,
                (nanos, step) -> () -> {});
        int threads = 8;
        CountDownLatch start = new CountDownLatch(threads);
        ExecutorService executor = Executors.newFixedThreadPool(threads);
        try {
            List<Future<CompletionStage<List<Key>>>> found = new ArrayList<>();
            for (int i = 0; i < threads; i++) {
                found.add(executor.submit(() -> {
                    start.countDown();
                    start.await();
                    return shared.find("old", Algorithm.RS256);
                }));
            }
            List<CompletionStage<List<Key>>> waiting = new ArrayList<>();
            for (Future<CompletionStage<List<Key>>> one : found) {
                waiting.add(one.get());
            }
            answer.complete(Issuer.jwks(OLD));
            assertThat(begun).hasValue(1);
            assertThat(waiting).allMatch(one -> Issuer.reason(one) == null);
        } finally {
            executor.shutdown();
        }
    }
}
