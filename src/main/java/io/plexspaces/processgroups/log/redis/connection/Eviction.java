package io.plexspaces.processgroups.log.redis.connection;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What the store does when its memory is full: only one policy leaves the keys of groups alone. Thread-safe. */
final class Eviction {
    private static final System.Logger LOG = System.getLogger(Eviction.class.getName());
    private static final Pattern POLICY = Pattern.compile("maxmemory_policy:([a-z-]+)");
    private static final String NONE = "noeviction";

    private volatile @Nullable String policy;

    /** @param memory what {@code INFO memory} says */
    void seen(String shown, String memory) {
        Matcher found = POLICY.matcher(memory);
        if (!found.find()) {
            return;
        }
        String now = found.group(1).equals(NONE) ? null : found.group(1);
        String before = policy;
        policy = now;
        if (now != null && !now.equals(before)) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    "{0} may take away keys of groups when its memory is full: set maxmemory-policy {1} there,"
                            + " it is {2}",
                    shown,
                    NONE,
                    now);
        }
    }

    /** Empty: none that matters, or not known. */
    Optional<String> policy() {
        return Optional.ofNullable(policy);
    }
}
