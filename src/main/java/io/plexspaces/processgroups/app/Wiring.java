package io.plexspaces.processgroups.app;

import io.micrometer.core.instrument.MeterRegistry;
import io.opentelemetry.api.OpenTelemetry;
import io.plexspaces.processgroups.core.Settings;
import io.plexspaces.processgroups.core.delivery.DeliveryLoops;
import io.plexspaces.processgroups.domain.NodeId;
import io.plexspaces.processgroups.log.LogLimits;
import io.plexspaces.processgroups.observe.GroupMetrics;
import io.plexspaces.processgroups.observe.GroupTracing;
import io.plexspaces.processgroups.observe.MetricsDeliveryObserver;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.InstantSource;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/** Makes the parts of the service out of the configuration. */
@Singleton
final class Wiring {
    private final ProcessGroupsConfig config;

    /** @throws io.quarkus.runtime.configuration.ConfigurationException for a configuration that cannot work */
    Wiring(ProcessGroupsConfig config) {
        ConfigCheck.check(config);
        this.config = config;
    }

    @Produces
    @Singleton
    InstantSource clock() {
        return Clock.systemUTC();
    }

    @Produces
    @Singleton
    NodeId node(@ConfigProperty(name = "quarkus.grpc.server.port") int port) {
        return config.node().id().map(NodeId::new).orElseGet(() -> NodeNames.ofHost(port));
    }

    @Produces
    @Singleton
    LogLimits logLimits() {
        ProcessGroupsConfig.Limits limits = config.limits();
        return new LogLimits(
                limits.groupsPerTenant(),
                limits.membersPerGroup(),
                limits.topicsPerMember(),
                limits.ownersPerMember(),
                limits.retainedBytes().asLongValue(),
                limits.idempotencyKeys());
    }

    @Produces
    @Singleton
    Settings settings(NodeId node) {
        ProcessGroupsConfig.Limits limits = config.limits();
        return new Settings(
                node,
                config.session().grace(),
                config.session().overflowPolicy(),
                limits.sessions(),
                limits.groupsPerSession(),
                limits.watchesPerConnection(),
                limits.watchedGroups(),
                limits.recipientIds());
    }

    @Produces
    @Singleton
    MetricsDeliveryObserver deliveryObserver(MeterRegistry registry) {
        return new MetricsDeliveryObserver(registry);
    }

    @Produces
    @Singleton
    GroupMetrics groupMetrics(MeterRegistry registry) {
        return new GroupMetrics(registry, config.metrics().groups());
    }

    @Produces
    @Singleton
    GroupTracing tracing(
            OpenTelemetry telemetry, @ConfigProperty(name = "quarkus.otel.sdk.disabled") boolean disabled) {
        return disabled ? GroupTracing.off() : GroupTracing.on(telemetry);
    }

    @Produces
    @Singleton
    DeliveryLoops deliveryLoops(InstantSource clock, MetricsDeliveryObserver observer) {
        return new DeliveryLoops(
                clock,
                observer,
                config.session().queueBytes().asLongValue(),
                config.delivery().backlogBytes().asLongValue());
    }
}
