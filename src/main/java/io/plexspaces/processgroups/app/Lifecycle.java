package io.plexspaces.processgroups.app;

import io.plexspaces.processgroups.core.Reaper;
import io.plexspaces.processgroups.core.Replicas;
import io.plexspaces.processgroups.core.Sessions;
import io.plexspaces.processgroups.log.NodeLease;
import io.plexspaces.processgroups.observe.MetricsDeliveryObserver;
import io.quarkus.runtime.ShutdownDelayInitiatedEvent;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.util.Locale;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jboss.logging.Logger;

/** What happens when the server starts and when it stops. */
@Singleton
final class Lifecycle {
    private static final Logger LOG = Logger.getLogger(Lifecycle.class);

    private final Sessions sessions;
    private volatile boolean serving;

    Lifecycle(Sessions sessions) {
        this.sessions = sessions;
    }

    /** Between start and stop. */
    boolean isServing() {
        return serving;
    }

    void begin(@Observes StartupEvent started, Reaper reaper, LeaseRenewal renewal, TimerThread timer) {
        reaper.start(timer.executor());
        renewal.start(timer);
        serving = true;
    }

    void showGauges(@Observes StartupEvent started, MetricsDeliveryObserver observer, Replicas replicas) {
        observer.gauge("connections", "Live connections", sessions::connected);
        observer.gauge("sessions", "Sessions, connected or in their grace", sessions::size);
        observer.gauge("open_groups", "Groups this node reads", replicas::size);
    }

    void announce(
            @Observes StartupEvent started,
            ProcessGroupsConfig config,
            NodeLease lease,
            @ConfigProperty(name = "quarkus.grpc.server.host") String grpcHost,
            @ConfigProperty(name = "quarkus.grpc.server.port") int grpcPort,
            @ConfigProperty(name = "quarkus.http.host") String httpHost,
            @ConfigProperty(name = "quarkus.http.port") int httpPort) {
        LOG.infof(
                "Node %s: gRPC on %s:%d, WebSocket on %s:%d, store %s, authentication %s",
                lease.node().value(),
                grpcHost,
                grpcPort,
                httpHost,
                httpPort,
                config.store().name().toLowerCase(Locale.ROOT),
                config.auth().name().toLowerCase(Locale.ROOT));
    }

    /** Comes while the servers still have their sockets: every client is told why, and the delay lets that reach it. */
    void beginStop(@Observes ShutdownDelayInitiatedEvent stopping) {
        stop();
    }

    /** Comes after the servers have closed, or alone where a stop has no delay. */
    void end(@Observes ShutdownEvent stopped) {
        stop();
    }

    private void stop() {
        serving = false;
        sessions.shutdown();
    }
}
