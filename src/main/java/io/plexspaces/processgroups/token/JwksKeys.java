package io.plexspaces.processgroups.token;

import io.plexspaces.processgroups.tasks.Delays;
import io.plexspaces.processgroups.token.TokenRefused.Reason;
import java.security.Key;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The keys an issuer publishes at a URL. They are fetched by {@link #refresh}, and when a token names one that is not
 * among them: then at most every 30 s, whatever tokens come, by one fetch that all who need it share. While a fetch
 * fails, or answers what is no set of keys, those of the last good answer stay in use.
 */
public final class JwksKeys implements Keys {
    /** A fetcher may end an answer that is longer. */
    public static final int MOST_ANSWER_BYTES = JwkSet.MOST_LENGTH;

    static final Duration COOL_DOWN = Duration.ofSeconds(30);
    static final Duration LONGEST_FETCH = Duration.ofSeconds(10);

    /** Tokens that wait for one fetch. */
    static final int MOST_WAITING = 1_000;

    /** Of what a fetcher complains about, which may hold an answer. */
    private static final int MOST_SHOWN = 200;

    private static final System.Logger LOG = System.getLogger(JwksKeys.class.getName());

    private final Fetch fetch;
    private final LongSupplier nanos;
    private final Delays delays;
    private final AtomicLong losses = new AtomicLong();
    private volatile @Nullable KeySet keys;
    private volatile boolean isFailing;

    private final Object lock = new Object();

    // Guarded by the lock.
    private @Nullable Fetching underWay;
    private @Nullable Long askedAt;

    /** Gets the text at the URL. Must not block; its thread then reads the keys, which can take 10 ms. */
    @FunctionalInterface
    public interface Fetch {
        /** Fails for every answer but a good one. Called again while an earlier one that took over 10 s goes on. */
        CompletionStage<String> get();
    }

    /**
     * Fetches nothing yet.
     *
     * @param nanos a monotonic clock
     * @param delays ends fetches that take too long
     */
    public JwksKeys(Fetch fetch, LongSupplier nanos, Delays delays) {
        this.fetch = fetch;
        this.nanos = nanos;
        this.delays = delays;
    }

    /**
     * Fetches the keys, or joins the fetch that is under way; for a timer, and once at the start. Never throws.
     *
     * @return whether there are fresh keys; does not fail
     */
    public CompletionStage<Boolean> refresh() {
        Fetching joined = joinOrBegin(false);
        return joined == null
                ? CompletableFuture.completedFuture(false)
                : joined.done().thenApply(fresh -> fresh);
    }

    @Override
    public boolean allows(Algorithm algorithm) {
        return algorithm != Algorithm.HS256;
    }

    @Override
    public CompletionStage<List<Key>> find(@Nullable String kid, Algorithm algorithm) {
        CompletableFuture<List<Key>> answer = new CompletableFuture<>();
        if (!answer(answer, kid, algorithm, false)) {
            Fetching joined = joinOrBegin(true);
            if (joined == null) {
                answer(answer, kid, algorithm, true);
            } else if (joined.waiting.incrementAndGet() > MOST_WAITING) {
                answer.completeExceptionally(new TokenRefused(Reason.BUSY));
            } else {
                joined.done().thenAccept(fresh -> answer(answer, kid, algorithm, true));
            }
        }
        return answer;
    }

    @Override
    public long losses() {
        return losses.get();
    }

    /** @return whether there was anything to say; with {@code isLast} there is */
    private boolean answer(
            CompletableFuture<List<Key>> answer, @Nullable String kid, Algorithm algorithm, boolean isLast) {
        KeySet present = keys;
        try {
            Key found = present == null ? null : present.find(kid, algorithm).orElse(null);
            if (found != null) {
                answer.complete(List.of(found));
            } else if (isLast) {
                throw new TokenRefused(present == null || isFailing ? Reason.KEYS_UNAVAILABLE : Reason.UNKNOWN_KEY);
            }
            return found != null;
        } catch (TokenRefused refused) {
            answer.completeExceptionally(refused);
            return true;
        }
    }

    /**
     * @param forToken what a client sends is the reason
     * @return null: not so soon again
     */
    private @Nullable Fetching joinOrBegin(boolean forToken) {
        Fetching begun;
        synchronized (lock) {
            Fetching present = underWay;
            if (present != null) {
                return present;
            }
            if (forToken) {
                long now = nanos.getAsLong();
                Long last = askedAt;
                if (last != null && now - last < COOL_DOWN.toNanos()) {
                    return null;
                }
                askedAt = now;
            }
            begun = new Fetching();
            underWay = begun;
        }
        begun.begin();
        return begun;
    }

    private void take(KeySet fetched) {
        KeySet before = keys;
        keys = fetched;
        if (before != null && !fetched.hasAllOf(before)) {
            losses.incrementAndGet();
        }
        if (isFailing) {
            LOG.log(
                    System.Logger.Level.INFO,
                    "Keys for tokens are fetched again: {0}",
                    fetched.keys().size());
        }
        isFailing = false;
    }

    private void failed(String complaint) {
        if (!isFailing) {
            String meanwhile = keys == null ? "tokens are refused until it succeeds" : "the old ones stay in use";
            LOG.log(System.Logger.Level.WARNING, "Keys for tokens were not fetched, {0}: {1}", meanwhile, complaint);
        }
        isFailing = true;
    }

    private static String shown(@Nullable Throwable failure) {
        String text = failure == null ? "no answer" : String.valueOf(CheckingVerifier.unwrapped(failure));
        return text.length() > MOST_SHOWN ? text.substring(0, MOST_SHOWN) + " …" : text;
    }

    /** One fetch, to its first end. */
    private final class Fetching {
        private final CompletableFuture<Boolean> done = new CompletableFuture<>();
        final AtomicInteger waiting = new AtomicInteger();
        private final AtomicBoolean isOver = new AtomicBoolean();

        /** Whether it brought keys. Does not fail. */
        CompletionStage<Boolean> done() {
            return done;
        }

        void begin() {
            try {
                Runnable bound = delays.after(
                        LONGEST_FETCH.toNanos(), () -> end(null, new TimeoutException("no answer in time")));
                done().thenAccept(fresh -> bound.run());
                fetch.get().whenComplete(this::end);
            } catch (RuntimeException failure) {
                end(null, failure);
            }
        }

        /** What comes too late is dropped: a later fetch may have ended before. */
        private void end(@Nullable String answer, @Nullable Throwable failure) {
            if (!isOver.compareAndSet(false, true)) {
                return;
            }
            boolean isFresh = false;
            try {
                if (answer == null) {
                    failed(shown(failure));
                } else {
                    take(JwkSet.keys(answer));
                    isFresh = true;
                }
            } catch (IllegalArgumentException garbage) {
                failed(String.valueOf(garbage.getMessage()));
            } finally {
                synchronized (lock) {
                    underWay = null;
                }
                done.complete(isFresh);
            }
        }
    }
}
