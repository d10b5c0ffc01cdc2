package io.plexspaces.processgroups.observe;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.plexspaces.processgroups.core.AskObserver;
import io.plexspaces.processgroups.core.UseCase;
import io.plexspaces.processgroups.domain.ErrorCode;
import io.plexspaces.processgroups.domain.GroupId;
import io.plexspaces.processgroups.domain.MissingReason;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The meters of the use cases. Every name starts with {@code plexspaces_process_groups_}. Thread-safe.
 *
 * <p>The first groups that are used get labels of their own and keep them until the process ends; all others share
 * {@link #OTHER}, as group and as tenant. So the number of series is bounded, and sums over labels are complete.
 */
public final class GroupMetrics implements AskObserver {
    static final String PREFIX = "plexspaces_process_groups_";
    /** No name: names begin with a letter or digit. */
    static final String OTHER = "_other";

    private static final Duration[] LATENCIES = {
        Duration.ofNanos(100_000),
        Duration.ofMillis(1),
        Duration.ofMillis(5),
        Duration.ofMillis(25),
        Duration.ofMillis(100),
        Duration.ofSeconds(1)
    };
    private static final double[] FANOUTS = {1, 10, 100, 1_000, 10_000, 100_000};

    /** The counters of one group, or of all that have no labels of their own. */
    record GroupMeters(Counter joins, Counter leaves, Counter published, Counter asked) {}

    /** How often what was done. */
    public record Activity(double published, double joins, double leaves) {
        Activity plus(Activity other) {
            return new Activity(published + other.published, joins + other.joins, leaves + other.leaves);
        }

        Activity minus(Activity earlier) {
            return new Activity(published - earlier.published, joins - earlier.joins, leaves - earlier.leaves);
        }

        Activity over(double seconds) {
            return new Activity(published / seconds, joins / seconds, leaves / seconds);
        }

        double sum() {
            return published + joins + leaves;
        }
    }

    private record Failure(UseCase operation, ErrorCode code) {}

    private final MeterRegistry registry;
    private final int labelledGroups;
    private final AtomicInteger claimed = new AtomicInteger();
    private final Map<GroupId, GroupMeters> groups = new ConcurrentHashMap<>();
    private final GroupMeters others;
    private final Map<Failure, Counter> errors = new ConcurrentHashMap<>();
    private final Counter created;
    private final Counter deleted;
    private final Counter unreadable;
    private final Counter replied;
    private final Map<MissingReason, Counter> missing = new EnumMap<>(MissingReason.class);
    private final Timer publishDuration;
    private final DistributionSummary fanout;

    /** @param labelledGroups how many groups get labels of their own; 0: none */
    public GroupMetrics(MeterRegistry registry, int labelledGroups) {
        this.registry = registry;
        this.labelledGroups = labelledGroups;
        others = meters(OTHER, OTHER);
        created = counter("created", "Groups created").register(registry);
        deleted = counter("deleted", "Groups deleted").register(registry);
        unreadable = counter("unreadable_requests", "Requests of sessions that could not be read")
                .register(registry);
        replied = counter("ask_replies", "Replies that askers were sent").register(registry);
        for (MissingReason reason : MissingReason.values()) {
            missing.put(
                    reason,
                    counter("ask_missing", "Members that were asked and had not replied when the ask ended, by reason")
                            .tag("reason", reason.name())
                            .register(registry));
        }
        publishDuration = Timer.builder(PREFIX + "publish_duration")
                .description("Time from the request to the answer of accepted publishes")
                .serviceLevelObjectives(LATENCIES)
                .register(registry);
        for (UseCase operation : UseCase.values()) {
            // So that every name is there from the start; other reasons appear with their first failure.
            errors.computeIfAbsent(new Failure(operation, ErrorCode.INTERNAL), this::errorCounter);
        }
        fanout = DistributionSummary.builder(PREFIX + "fanout_size")
                .description("Recipients of a message")
                .serviceLevelObjectives(FANOUTS)
                .register(registry);
    }

    void created() {
        created.increment();
    }

    /** Any number of them. */
    public void deleted(int groups) {
        deleted.increment(groups);
    }

    void unreadable() {
        unreadable.increment();
    }

    void joined(GroupId group, int actors) {
        of(group).joins().increment(actors);
    }

    void left(GroupId group) {
        of(group).leaves().increment();
    }

    void published(GroupId group, int recipients, Duration duration) {
        of(group).published().increment();
        fanout.record(recipients);
        publishDuration.record(duration);
    }

    void asked(GroupId group) {
        of(group).asked().increment();
    }

    @Override
    public void replied() {
        replied.increment();
    }

    @Override
    public void missing(MissingReason reason, int members) {
        Counter counter = missing.get(reason);
        if (counter != null) {
            counter.increment(members);
        }
    }

    void failed(UseCase operation, ErrorCode code) {
        errors.computeIfAbsent(new Failure(operation, code), this::errorCounter).increment();
    }

    private Counter errorCounter(Failure failure) {
        return counter(failure.operation().label() + "_errors", "Requests that failed, by reason")
                .tag("error", failure.code().name())
                .register(registry);
    }

    /** What was counted so far for all groups together. */
    public Activity all() {
        return groups.values().stream().map(GroupMetrics::activity).reduce(activity(others), Activity::plus);
    }

    /** The same for each group that has labels of its own. */
    public void each(BiConsumer<GroupId, Activity> seen) {
        groups.forEach((group, meters) -> seen.accept(group, activity(meters)));
    }

    private static Activity activity(GroupMeters of) {
        return new Activity(
                of.published().count(), of.joins().count(), of.leaves().count());
    }

    private GroupMeters of(GroupId group) {
        GroupMeters known = groups.get(group);
        if (known != null) {
            return known;
        }
        if (claimed.get() >= labelledGroups) {
            return others;
        }
        GroupMeters claimedNow = groups.computeIfAbsent(group, this::claim);
        return claimedNow == null ? others : claimedNow;
    }

    /** Null when others took the last labels meanwhile. */
    private @Nullable GroupMeters claim(GroupId group) {
        return claimed.incrementAndGet() > labelledGroups ? null : meters(group.name(), group.tenant());
    }

    private GroupMeters meters(String group, String tenant) {
        return new GroupMeters(
                labelled("joins", "Joins of actors", group, tenant),
                labelled("leaves", "Leaves asked for", group, tenant),
                labelled("publish", "Messages published", group, tenant),
                labelled("ask", "Messages published that ask for replies", group, tenant));
    }

    private Counter labelled(String name, String description, String group, String tenant) {
        return counter(name, description)
                .tag("group", group)
                .tag("tenant", tenant)
                .register(registry);
    }

    private static Counter.Builder counter(String name, String description) {
        return Counter.builder(PREFIX + name).description(description);
    }
}
