package io.plexspaces.processgroups.quota;

/**
 * What one tenant or one session may use of a node, and a tenant of the store. 0 each: no quota.
 *
 * @param requests a second
 * @param publishes a second
 * @param publishedBytes a second, as encoded
 * @param sessions live connections; of a session, this and what follows mean nothing
 * @param groups in the store
 * @param members of all of them together
 */
public record QuotaSettings(int requests, int publishes, int publishedBytes, int sessions, int groups, int members) {
    public static final QuotaSettings NONE = new QuotaSettings(0, 0, 0, 0);

    /** With no quota in the store. */
    public QuotaSettings(int requests, int publishes, int publishedBytes, int sessions) {
        this(requests, publishes, publishedBytes, sessions, 0, 0);
    }

    /** @throws IllegalArgumentException for one below 0 */
    public QuotaSettings {
        if (requests < 0 || publishes < 0 || publishedBytes < 0 || sessions < 0 || groups < 0 || members < 0) {
            throw new IllegalArgumentException("quotas must not be below 0");
        }
    }

    boolean hasRates() {
        return requests > 0 || publishes > 0 || publishedBytes > 0;
    }

    /** So many times as much, as far as there are numbers for it. */
    QuotaSettings times(int factor) {
        return new QuotaSettings(times(requests, factor), times(publishes, factor), times(publishedBytes, factor), 0);
    }

    private static int times(int value, int factor) {
        return (int) Math.min(Integer.MAX_VALUE, (long) value * factor);
    }
}
