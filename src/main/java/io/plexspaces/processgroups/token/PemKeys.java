package io.plexspaces.processgroups.token;

import io.plexspaces.processgroups.token.TokenRefused.Reason;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.Key;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * Public keys and certificates in a PEM file. Such a file does not name its keys: a token's {@code kid} may be the
 * thumbprint (RFC 7638) of one, and else every key that fits the token's algorithm is tried, so that two keys can be
 * there while the issuer changes them.
 */
public final class PemKeys implements Keys {
    private static final System.Logger LOG = System.getLogger(PemKeys.class.getName());
    private static final int MOST_BYTES = 256 * 1024;

    private final Path file;
    private volatile KeySet keys;
    private volatile long losses;

    // Guarded by this.
    private boolean isBroken;

    /**
     * Blocks while it reads the file.
     *
     * @throws IllegalArgumentException with a sentence that names the file: it cannot be read, or holds none to 8 keys
     *     that can be used
     */
    public PemKeys(Path file) {
        this.file = file;
        this.keys = read(file);
    }

    /**
     * Reads the file again; blocks. A broken file changes nothing, and is told once in the log until it is read again.
     *
     * @return whether the file could be read
     */
    public synchronized boolean reload() {
        KeySet read;
        try {
            read = read(file);
        } catch (IllegalArgumentException broken) {
            if (!isBroken) {
                LOG.log(System.Logger.Level.WARNING, "The old keys stay in use: {0}", broken.getMessage());
            }
            isBroken = true;
            return false;
        }
        KeySet before = keys;
        keys = read;
        if (!read.hasAllOf(before)) {
            lost();
        }
        if (isBroken) {
            LOG.log(System.Logger.Level.INFO, "The keys of {0} are in use again", file);
        }
        isBroken = false;
        return true;
    }

    @Override
    public boolean allows(Algorithm algorithm) {
        return algorithm != Algorithm.HS256;
    }

    @Override
    public CompletionStage<List<Key>> find(@Nullable String kid, Algorithm algorithm) {
        KeySet present = keys;
        try {
            Optional<Key> named = kid == null ? Optional.empty() : present.find(kid, algorithm);
            List<Key> found = named.map(List::of).orElseGet(() -> present.all(algorithm));
            if (found.isEmpty()) {
                throw new TokenRefused(Reason.ALGORITHM);
            }
            return CompletableFuture.completedFuture(found);
        } catch (TokenRefused refused) {
            return CompletableFuture.failedFuture(refused);
        }
    }

    @Override
    public long losses() {
        return losses;
    }

    private synchronized void lost() {
        losses = losses + 1;
    }

    private static KeySet read(Path file) {
        try (InputStream content = Files.newInputStream(file)) {
            byte[] bytes = content.readNBytes(MOST_BYTES + 1);
            if (bytes.length > MOST_BYTES) {
                throw new IllegalArgumentException("it has more than " + MOST_BYTES + " bytes");
            }
            return PemText.keys(new String(bytes, StandardCharsets.ISO_8859_1));
        } catch (IOException unreadable) {
            throw new IllegalArgumentException("the keys in " + file + " cannot be read", unreadable);
        } catch (IllegalArgumentException broken) {
            throw new IllegalArgumentException(
                    "the keys in " + file + " cannot be used: " + broken.getMessage(), broken);
        }
    }
}
