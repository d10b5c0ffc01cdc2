package io.plexspaces.processgroups.bench.attack;

import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Collectors;

/** What an attack has done, so that one that did nothing is not taken for one that did no harm. */
final class Ledger {
    /** Kinds of what is counted: names of the code, and codes of the server's errors. */
    private static final int MOST_KINDS = 100;

    private final Map<String, LongAdder> counts = new ConcurrentHashMap<>();
    private final CountDownLatch never = new CountDownLatch(1);

    void count(String what) {
        count(what, 1);
    }

    void count(String what, long times) {
        String kind = counts.containsKey(what) || counts.size() < MOST_KINDS ? what : "others";
        counts.computeIfAbsent(kind, unused -> new LongAdder()).add(times);
    }

    /** Does nothing until the process ends. */
    void rest() {
        try {
            never.await();
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public String toString() {
        return new TreeMap<>(counts)
                .entrySet().stream()
                        .map(entry -> entry.getKey() + " " + entry.getValue())
                        .collect(Collectors.joining(", "));
    }
}
