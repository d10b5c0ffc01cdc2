package io.plexspaces.processgroups.app;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.composite.CompositeMeterRegistry;
import io.opentelemetry.api.OpenTelemetry;
import io.plexspaces.processgroups.api.OpenConnections;
import io.plexspaces.processgroups.core.Settings;
import io.plexspaces.processgroups.core.delivery.DeliveryLoops;
import io.plexspaces.processgroups.core.delivery.DeliveryTracer;
import io.plexspaces.processgroups.core.delivery.ServerBudget;
import io.plexspaces.processgroups.core.group.Replicas;
import io.plexspaces.processgroups.core.node.LeaseRenewal;
import io.plexspaces.processgroups.core.session.Sessions;
import io.plexspaces.processgroups.log.SerialQueue;
import io.plexspaces.processgroups.observe.AuditLog;
import io.plexspaces.processgroups.observe.DeliverySpans;
import io.plexspaces.processgroups.observe.GroupMetrics;
import io.plexspaces.processgroups.observe.GroupTracing;
import io.plexspaces.processgroups.observe.MetricsDeliveryObserver;
import io.plexspaces.processgroups.observe.NodeMetrics;
import io.plexspaces.processgroups.observe.ObservedAccess;
import io.plexspaces.processgroups.observe.ObservedRefusals;
import io.plexspaces.processgroups.observe.RequestLog;
import io.plexspaces.processgroups.tasks.PeriodicTasks;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.time.Duration;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/** Makes what observes the service. */
@Singleton
final class ObserveWiring {
    /** How many refusals of one kind have lines of their own, and how long until as many have again. */
    private static final int LINES_A_PERIOD = 10;

    private static final double NANOS_A_SECOND = 1e9;
    private static final Duration PERIOD = Duration.ofSeconds(10);

    private final MeterRegistry registry;
    private final ProcessGroupsConfig config;

    ObserveWiring(MeterRegistry registry, ProcessGroupsConfig config) {
        // A composite of nothing counts nothing.
        this.registry = config.metrics().enabled() ? registry : new CompositeMeterRegistry();
        this.config = config;
    }

    @Produces
    @Singleton
    MetricsDeliveryObserver deliveryObserver() {
        return new MetricsDeliveryObserver(registry);
    }

    @Produces
    @Singleton
    GroupMetrics groupMetrics() {
        return new GroupMetrics(registry, config.metrics().groups());
    }

    @Produces
    @Singleton
    NodeMetrics nodeMetrics() {
        return new NodeMetrics(registry);
    }

    @Produces
    @Singleton
    GroupTracing tracing(
            OpenTelemetry telemetry, @ConfigProperty(name = "quarkus.otel.sdk.disabled") boolean disabled) {
        return disabled ? GroupTracing.off() : GroupTracing.on(telemetry);
    }

    @Produces
    @Singleton
    DeliveryTracer deliveryTracer(OpenTelemetry telemetry, GroupTracing tracing, Settings settings) {
        return tracing.isOn() ? new DeliverySpans(telemetry, settings.node()) : DeliveryTracer.OFF;
    }

    @Produces
    @Singleton
    RequestLog requestLog() {
        return new RequestLog(LINES_A_PERIOD);
    }

    @Produces
    @Singleton
    ObservedRefusals refusals(GroupMetrics metrics, RequestLog log) {
        return new ObservedRefusals(metrics, log);
    }

    @Produces
    @Singleton
    ObservedAccess access() {
        return new ObservedAccess(registry, ConfigCheck.audits(config) ? new AuditLog(System::nanoTime) : null);
    }

    void summarizeRefusals(@Observes StartupEvent started, RequestLog log, PeriodicTasks tasks, TimerThread timer) {
        tasks.every(PERIOD, "counting refusals", timer.delays(), log::summarize);
    }

    void showTasks(@Observes StartupEvent started, NodeMetrics metrics, PeriodicTasks tasks) {
        metrics.gauge("tasks_stalled", "Kinds of background work that do not get done", () -> tasks.stalled()
                .size());
        metrics.gauge(
                "tasks_failing", "Kinds of background work that have only failed for a while", () -> tasks.failing()
                        .size());
        metrics.counter("task_failures", "Passes of background work that failed or hung", tasks::failures);
    }

    void showConnections(@Observes StartupEvent started, NodeMetrics metrics, Sessions sessions, DeliveryLoops loops) {
        metrics.gauge("connections", "Live connections", sessions::connected);
        metrics.gauge("connections_limit", "Live connections that are allowed", config.limits()::sessions);
        metrics.gauge("sessions", "Sessions, connected or in their grace", sessions::size);
        metrics.gauge("backlog_bytes", "Bytes of messages that wait for the busiest event loop", loops::backlog);
        metrics.gauge("backlog_limit_bytes", "Bytes from which on publishes are refused", () -> config.delivery()
                .backlogBytes()
                .asLongValue());
    }

    void showBudget(@Observes StartupEvent started, NodeMetrics metrics, ServerBudget budget) {
        metrics.gauge("queue_bytes", "Bytes held for clients: events that wait, calls under way", budget::held);
        metrics.gauge("queue_limit_bytes", "Bytes that may be held for all clients together", budget::bytes);
    }

    void showNetwork(@Observes StartupEvent started, NodeMetrics metrics, OpenConnections open) {
        metrics.gauge("network_connections", "Connections that the listeners have open", open::open);
        metrics.gauge("network_connections_limit", "Connections they may have open", open::most);
        for (OpenConnections.Limit limit : OpenConnections.Limit.values()) {
            metrics.counter(
                    "network_connections_refused",
                    "Connections that were closed as soon as they were accepted, by limit",
                    () -> open.refusals(limit),
                    "limit",
                    limit.key());
        }
    }

    void showStore(
            @Observes StartupEvent started,
            NodeMetrics metrics,
            Replicas replicas,
            LeaseRenewal lease,
            StoreWiring store) {
        metrics.gauge("open_groups", "Groups this node reads", replicas::size);
        metrics.gauge("asks", "Asks of clients of this node that are open", () -> replicas.asks()
                .open());
        metrics.gauge("publishes_waiting", "Publishes of this node whose entry it has not read yet", replicas::waiting);
        metrics.gauge(
                "log_lag_entries", "Entries this node has yet to read of the group it is most behind", store::lag);
        metrics.gauge(
                "store_up", "1 while the store answers and its announcements arrive", () -> store.isHealthy() ? 1 : 0);
        metrics.counter(
                "unreadable_entries", "What this node found in the store and could not read", store::unreadable);
        metrics.counter("failed_tasks", "Steps of groups that threw an unexpected failure", SerialQueue::failures);
        metrics.gauge(
                "store_longest_unanswered_seconds",
                "How long the call has waited that has waited longest for an answer of the store",
                () -> store.longestUnanswered() / NANOS_A_SECOND);
        metrics.gauge("memory_store_bytes", "Bytes that groups of a store in memory hold", store::memoryBytes);
        metrics.gauge("memory_store_limit_bytes", "Bytes they may hold", () -> StoreWiring.memoryLimit(config));
        metrics.gauge("lease_held", "1 while this node may write", () -> lease.isLost() ? 0 : 1);
        metrics.counter("lease_losses", "How often this node lost its lease", lease::losses);
        metrics.counter(
                "lease_renewal_failures", "Renewals of the lease that the store did not grant", lease::failures);
    }
}
