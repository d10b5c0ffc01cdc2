package io.plexspaces.processgroups.app;

import io.micrometer.core.instrument.MeterRegistry;
import io.opentelemetry.api.OpenTelemetry;
import io.plexspaces.processgroups.observe.GroupMetrics;
import io.plexspaces.processgroups.observe.GroupTracing;
import io.plexspaces.processgroups.observe.MetricsDeliveryObserver;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/** Makes what observes the service. */
@Singleton
final class ObserveWiring {
    @Produces
    @Singleton
    MetricsDeliveryObserver deliveryObserver(MeterRegistry registry) {
        return new MetricsDeliveryObserver(registry);
    }

    @Produces
    @Singleton
    GroupMetrics groupMetrics(MeterRegistry registry, ProcessGroupsConfig config) {
        return new GroupMetrics(registry, config.metrics().groups());
    }

    @Produces
    @Singleton
    GroupTracing tracing(
            OpenTelemetry telemetry, @ConfigProperty(name = "quarkus.otel.sdk.disabled") boolean disabled) {
        return disabled ? GroupTracing.off() : GroupTracing.on(telemetry);
    }
}
