package io.plexspaces.processgroups.app;

import io.plexspaces.processgroups.api.grpc.GrpcLoops;
import io.plexspaces.processgroups.api.http.call.Calls;
import io.plexspaces.processgroups.api.websocket.Peers;
import io.plexspaces.processgroups.core.node.LeaseRenewal;
import io.plexspaces.processgroups.core.session.Sessions;
import io.plexspaces.processgroups.domain.GroupException;
import io.quarkus.runtime.Application;
import io.quarkus.runtime.LaunchMode;
import io.quarkus.runtime.ShutdownDelayInitiatedEvent;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.eclipse.microprofile.config.Config;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jboss.logging.Logger;

/** What happens when the server starts and when it stops. */
@Singleton
final class Lifecycle {
    private static final Logger LOG = Logger.getLogger(Lifecycle.class);

    /** Beyond the time of a drain: for peers that do not take their last events, and requests that take long. */
    private static final Duration LAST_WORDS = Duration.ofSeconds(6);

    /** For calls that are under way, and for connections to close. */
    private static final Duration LAST_CALLS = Duration.ofSeconds(6);

    private static final Duration LOOK_AGAIN = Duration.ofMillis(10);

    private static final Duration RELEASE = Duration.ofSeconds(5);

    private final Sessions sessions;
    private final LeaseRenewal lease;
    private final ProcessGroupsConfig config;
    private volatile boolean serving;
    private volatile boolean stopping;

    Lifecycle(Sessions sessions, LeaseRenewal lease, ProcessGroupsConfig config) {
        this.sessions = sessions;
        this.lease = lease;
        this.config = config;
    }

    /** Between start and stop. */
    boolean isServing() {
        return serving && !stopping;
    }

    /**
     * The lease is taken last, when every listener has its socket: taking it ends the server that has it, and a start
     * that fails must not do that. Requests that come before are refused.
     */
    void begin(@Observes StartupEvent started, Background background, TimerThread timer, Exit exit) {
        if (LaunchMode.current() == LaunchMode.NORMAL) {
            afterListening(timer, () -> serve(background).whenComplete((begun, failure) -> {
                if (failure != null && !stopping) {
                    LOG.error(notStarted(failure), isDefect(failure) ? failure : null);
                    exit.now(Exit.NOT_STARTED);
                }
            }));
        } else {
            // A program that starts the server in its own process calls at once, and has chosen the ports itself.
            try {
                serve(background).join();
            } catch (CompletionException failure) {
                throw new IllegalStateException(notStarted(failure), failure);
            }
        }
    }

    /** The platform opens its sockets after all observers of the start have run, and has no event for it. */
    private static void afterListening(TimerThread timer, Runnable step) {
        if (Application.currentApplication().isStarted()) {
            step.run();
        } else {
            timer.after(LOOK_AGAIN, () -> afterListening(timer, step));
        }
    }

    private CompletableFuture<Void> serve(Background background) {
        // A failure that is thrown at once also reaches the caller that waits.
        return CompletableFuture.completedFuture(lease)
                .thenCompose(LeaseRenewal::begin)
                .thenRun(() -> {
                    background.begin();
                    serving = true;
                    LOG.infof("Node %s serves", sessions.node().value());
                });
    }

    private static Throwable cause(Throwable failure) {
        return failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
    }

    private static boolean isDefect(Throwable failure) {
        return !(cause(failure) instanceof GroupException);
    }

    private String notStarted(Throwable failure) {
        Throwable cause = cause(failure);
        return !isDefect(failure)
                ? "Node " + sessions.node().value() + " does not start, as the store gives it no lease"
                        + " (processgroups.node.start-timeout = "
                        + config.node().startTimeout() + "): "
                        + cause.getMessage()
                : "Node " + sessions.node().value() + " does not start, because of a defect: " + cause;
    }

    void announce(
            @Observes StartupEvent started,
            @ConfigProperty(name = "quarkus.grpc.server.host") String grpcHost,
            @ConfigProperty(name = "quarkus.grpc.server.port") int grpcPort,
            @ConfigProperty(name = "quarkus.http.host") String httpHost,
            Config platform) {
        Listeners listeners = Listeners.of(platform);
        LOG.infof(
                "Node %s: gRPC on %s:%d, WebSocket on %s:%d, %s%s, store %s, authentication %s",
                sessions.node().value(),
                grpcHost,
                grpcPort,
                httpHost,
                platform.getValue(listeners.httpPortKey(), int.class),
                listeners.text(),
                Listeners.managementText(config, platform),
                config.store().name().toLowerCase(Locale.ROOT),
                config.auth().name().toLowerCase(Locale.ROOT));
    }

    /** Comes while the servers still have their sockets, and waits until every client was sent away. */
    void beginStop(@Observes ShutdownDelayInitiatedEvent stopping, Calls http) {
        inAnyCase("send clients elsewhere", this::drain);
        inAnyCase("end HTTP calls", () -> http.stop(LAST_CALLS));
    }

    /**
     * Comes after HTTP has closed, or alone where a stop has no delay. Writes are possible until the last call has its
     * answer.
     */
    void end(@Observes ShutdownEvent stopped, GrpcLoops grpc, Peers webSockets) {
        try {
            inAnyCase("send clients elsewhere", this::drain);
            inAnyCase("end WebSocket connections", webSockets::abandonAll);
            inAnyCase("end gRPC calls", () -> grpc.stop(LAST_CALLS));
        } finally {
            inAnyCase(
                    "give the lease back",
                    () -> await(lease.release(sessions.grace()), RELEASE, "the store to take the lease back"));
        }
    }

    /** A step of the stop that fails, for instance on a loop that has stopped before, does not prevent the others. */
    private static void inAnyCase(String what, Runnable step) {
        try {
            step.run();
        } catch (RuntimeException failure) {
            LOG.warnf(failure, "The stop goes on, though it could not %s", what);
        }
    }

    private void drain() {
        stopping = true;
        ProcessGroupsConfig.Drain drain = config.drain();
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
