package io.plexspaces.processgroups.token;

import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Keeps what was verified until it expires, and checks a token that several callers bring at once only once. Keeps no
 * token, only digests, and no refusals. When a key is taken away, all tokens verified before are checked anew.
 */
public final class CachedVerifier implements TokenVerifier {
    private static final int MOST_TOKENS = 10_000;

    /** Together, of the tokens whose claims are kept; on average some 3 KB for each. */
    private static final long MOST_LENGTH = 32 << 20;

    private final TokenVerifier checking;
    private final InstantSource clock;
    private final LongSupplier losses;
    private final int mostTokens;
    private final long mostLength;

    // Guarded by this; no callback runs under it.
    private final Map<String, Kept> kept = new LinkedHashMap<>(16, 0.75f, true);
    private final Map<String, List<CompletableFuture<VerifiedToken>>> underWay = new HashMap<>();
    private long length;

    /**
     * @param loss the number of losses before it was checked
     * @param length of the token
     */
    private record Kept(VerifiedToken token, long loss, int length) {}

    /** @param losses as of {@link Keys#losses} */
    public CachedVerifier(TokenVerifier checking, InstantSource clock, LongSupplier losses) {
        this(checking, clock, losses, MOST_TOKENS, MOST_LENGTH);
    }

    CachedVerifier(TokenVerifier checking, InstantSource clock, LongSupplier losses, int mostTokens, long mostLength) {
        this.checking = checking;
        this.clock = clock;
        this.losses = losses;
        this.mostTokens = mostTokens;
        this.mostLength = mostLength;
    }

    @Override
    public CompletionStage<VerifiedToken> verify(String token) {
        if (CompactToken.isTooLarge(token)) {
            return checking.verify(token);
        }
        String digest = CompactToken.digest(token);
        CompletableFuture<VerifiedToken> answer = new CompletableFuture<>();
        long loss = losses.getAsLong();
        boolean isFirst;
        synchronized (this) {
            VerifiedToken known = known(digest, loss);
            if (known != null) {
                return CompletableFuture.completedFuture(known);
            }
            List<CompletableFuture<VerifiedToken>> waiting =
                    underWay.computeIfAbsent(digest, first -> new ArrayList<>(1));
            isFirst = waiting.isEmpty();
            waiting.add(answer);
        }
        if (isFirst) {
            check(token, digest, loss);
        }
        return answer;
    }

    /** Tokens whose claims are kept, expired ones among them. */
    public synchronized int size() {
        return kept.size();
    }

    private @Nullable VerifiedToken known(String digest, long loss) {
        Kept found = kept.get(digest);
        if (found == null) {
            return null;
        }
        if (found.loss() == loss && clock.instant().isBefore(found.token().expiry())) {
            return found.token();
        }
        kept.remove(digest);
        length -= found.length();
        return null;
    }

    private void check(String token, String digest, long loss) {
        int itsLength = token.length();
        CompletionStage<VerifiedToken> checked;
        try {
            checked = checking.verify(token);
        } catch (RuntimeException failure) {
            checked = CompletableFuture.failedFuture(failure);
        }
        checked.whenComplete((verified, failure) -> {
            Kept fresh = verified == null ? null : new Kept(verified, loss, itsLength);
            for (CompletableFuture<VerifiedToken> waiting : ended(digest, fresh)) {
                if (failure == null) {
                    waiting.complete(verified);
                } else {
                    waiting.completeExceptionally(CheckingVerifier.unwrapped(failure));
                }
            }
        });
    }

    /** Who waits for it. Later callers find what is kept, or begin anew. */
    private synchronized List<CompletableFuture<VerifiedToken>> ended(String digest, @Nullable Kept fresh) {
        if (fresh != null && clock.instant().isBefore(fresh.token().expiry())) {
            Kept before = kept.put(digest, fresh);
            length += fresh.length() - (before == null ? 0 : before.length());
            makeRoom();
        }
        List<CompletableFuture<VerifiedToken>> waiting = underWay.remove(digest);
        return waiting == null ? List.of() : waiting;
    }

    private void makeRoom() {
        Iterator<Kept> leastRecent = kept.values().iterator();
        while (kept.size() > mostTokens || length > mostLength) {
            length -= leastRecent.next().length();
            leastRecent.remove();
        }
    }
}
