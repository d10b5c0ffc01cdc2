package io.plexspaces.processgroups.log.redis.connection;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Failures that callbacks and periodic tasks throw although they should not: each kind, by its place and class, is
 * logged when it is new, and then at most once a minute with its count. Thread-safe.
 */
public final class Escapes {
    private static final long AGAIN_NANOS = 60_000_000_000L;

    /** Kinds with lines of their own; beyond that all share one. */
    private static final int MOST_KINDS = 100;

    private final System.Logger log;
    private final Map<String, Kind> kinds = new ConcurrentHashMap<>();

    /** @param where names the logger */
    public Escapes(Class<?> where) {
        this.log = System.getLogger(where.getName());
    }

    private static final class Kind {
        private long count;
        private long said;

        /** How many there were since it was last said; 0: it need not be said now. */
        synchronized long add() {
            count++;
            long now = System.nanoTime();
            if (said != 0 && now - said < AGAIN_NANOS) {
                return 0;
            }
            said = now;
            long all = count;
            count = 0;
            return all;
        }
    }

    /** @param place begins the line: what failed */
    public void add(String place, Throwable escaped) {
        long count = kind(place + " " + escaped.getClass().getName()).add();
        if (count > 0) {
            log.log(System.Logger.Level.ERROR, place + " failed" + times(count), escaped);
        }
    }

    /**
     * The same of what the store refuses, which is no defect here: without a stack. The first word of {@code why} is
     * its kind.
     */
    public void refused(String what, String why) {
        int end = why.indexOf(' ');
        long count = kind(what + " " + (end < 0 ? why : why.substring(0, end))).add();
        if (count > 0) {
            log.log(System.Logger.Level.ERROR, what + " refused by the store" + times(count) + ": " + why);
        }
    }

    private Kind kind(String name) {
        return kinds.containsKey(name) || kinds.size() < MOST_KINDS
                ? kinds.computeIfAbsent(name, missing -> new Kind())
                : kinds.computeIfAbsent("", missing -> new Kind());
    }

    private static String times(long count) {
        return count > 1 ? ", " + count + " times" : "";
    }
}
