package io.plexspaces.processgroups.observe;

import io.plexspaces.processgroups.domain.GroupId;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Which groups this node does most for: by what is counted anyway, so only of groups that have labels of their own in
 * the metrics. {@link #sample} on one thread at a time, {@link #top} on any.
 */
public final class BusyGroups {
    private static final double NANOS_A_SECOND = 1e9;

    private final GroupMetrics metrics;
    private final int most;
    private Map<GroupId, GroupMetrics.Activity> before = Map.of();
    private long sampled;
    private volatile List<Busy> top = List.of();

    /** What was done a second, between the last two samples. */
    public record Busy(GroupId group, GroupMetrics.Activity rate) {}

    /** @param most how many groups are kept, > 0 */
    public BusyGroups(GroupMetrics metrics, int most) {
        this.metrics = metrics;
        this.most = most;
    }

    /** @param nanos by a monotonic clock */
    public void sample(long nanos) {
        Map<GroupId, GroupMetrics.Activity> now = new HashMap<>();
        metrics.each(now::put);
        double seconds = Math.max(1, nanos - sampled) / NANOS_A_SECOND;
        Map<GroupId, GroupMetrics.Activity> earlier = before;
        GroupMetrics.Activity none = new GroupMetrics.Activity(0, 0, 0);
        top = now.entrySet().stream()
                .map(each -> new Busy(
                        each.getKey(),
                        each.getValue()
                                .minus(earlier.getOrDefault(each.getKey(), none))
                                .over(seconds)))
                .filter(busy -> busy.rate().sum() > 0)
                .sorted(Comparator.comparingDouble((Busy busy) -> busy.rate().sum())
                        .reversed())
                .limit(most)
                .toList();
        before = now;
        sampled = nanos;
    }

    /** The busiest first; those that did anything. */
    public List<Busy> top() {
        return top;
    }
}
