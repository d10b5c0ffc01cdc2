package io.plexspaces.processgroups.app;

import io.plexspaces.processgroups.core.Reaper;
import io.plexspaces.processgroups.core.Sessions;
import io.quarkus.runtime.ShutdownDelayInitiatedEvent;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jboss.logging.Logger;

/** What happens when the server starts and when it stops. */
@Singleton
final class Lifecycle {
    private static final Logger LOG = Logger.getLogger(Lifecycle.class);

    /** Beyond the time of a drain: for peers that do not take their last events, and requests that take long. */
    private static final Duration LAST_WORDS = Duration.ofSeconds(6);

    private static final Duration RELEASE = Duration.ofSeconds(5);

    private final Sessions sessions;
    private final LeaseRenewal lease;
    private final ProcessGroupsConfig.Drain drain;
    private volatile boolean serving;

    Lifecycle(Sessions sessions, LeaseRenewal lease, ProcessGroupsConfig config) {
        this.sessions = sessions;
        this.lease = lease;
        this.drain = config.drain();
    }

    /** Between start and stop. */
    boolean isServing() {
        return serving;
    }

    void begin(@Observes StartupEvent started, Reaper reaper, TimerThread timer) {
        reaper.start(timer.executor());
        lease.start(timer);
        serving = true;
    }

    void announce(
            @Observes StartupEvent started,
            ProcessGroupsConfig config,
            @ConfigProperty(name = "quarkus.grpc.server.host") String grpcHost,
            @ConfigProperty(name = "quarkus.grpc.server.port") int grpcPort,
            @ConfigProperty(name = "quarkus.http.host") String httpHost,
            @ConfigProperty(name = "quarkus.http.port") int httpPort) {
        LOG.infof(
                "Node %s: gRPC on %s:%d, WebSocket on %s:%d, store %s, authentication %s",
                sessions.node().value(),
                grpcHost,
                grpcPort,
                httpHost,
                httpPort,
                config.store().name().toLowerCase(Locale.ROOT),
                config.auth().name().toLowerCase(Locale.ROOT));
    }

    /** Comes while the servers still have their sockets, and waits until every client was told to go elsewhere. */
    void beginStop(@Observes ShutdownDelayInitiatedEvent stopping) {
        drain();
    }

    /** Comes after the servers have closed, or alone where a stop has no delay. */
    void end(@Observes ShutdownEvent stopped) {
        drain();
        await(lease.release(sessions.grace()), RELEASE, "the store to take the lease back");
    }

    private void drain() {
        serving = false;
        Duration time = drain.period().plus(drain.notice());
        await(sessions.drain(drain.period(), drain.notice()), time.plus(LAST_WORDS), "connections to end");
    }

    /** On the thread that stops. */
    private static void await(CompletableFuture<Void> done, Duration atMost, String what) {
        try {
            done.get(atMost.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException | TimeoutException failure) {
            LOG.warnf("The stop goes on without waiting any longer for %s", what);
        } catch (InterruptedException hurry) {
            Thread.currentThread().interrupt();
        }
    }
}
