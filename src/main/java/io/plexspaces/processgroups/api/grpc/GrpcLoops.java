package io.plexspaces.processgroups.api.grpc;

import io.grpc.Server;
import io.plexspaces.processgroups.api.UnaryCalls;
import io.plexspaces.processgroups.domain.ErrorCode;
import io.plexspaces.processgroups.domain.GroupException;
import io.quarkus.grpc.runtime.config.GrpcConfiguration;
import io.quarkus.grpc.runtime.config.GrpcServerConfiguration;
import io.quarkus.runtime.LaunchMode;
import io.quarkus.runtime.StartupEvent;
import io.quarkus.runtime.configuration.ConfigurationException;
import io.vertx.core.AbstractVerticle;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.grpc.VertxServer;
import io.vertx.grpc.VertxServerBuilder;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Gives the gRPC server an event loop per processor, two at least. The started server has one, which serves all
 * connections; Vert.x lends further ones to it when servers of the same address are started on them. Those do not
 * listen by themselves. {@code quarkus.grpc.server.instances} is meant for this, but with more than one instance the
 * start fails half way, and the health check stays DOWN. Having its loops, this also has hold of the server itself,
 * which the platform keeps open until nothing is left that could answer a call, and runs on without when its port is
 * taken.
 */
@Singleton
public final class GrpcLoops {
    private static final Logger LOG = Logger.getLogger(GrpcLoops.class);
    private static final Duration START = Duration.ofSeconds(30);
    private static final Duration CLOSE = Duration.ofSeconds(1);

    private final UnaryCalls calls;
    private volatile @Nullable Server server;

    GrpcLoops(UnaryCalls calls) {
        this.calls = calls;
    }

    /**
     * Comes after the start of the server, on the thread that starts.
     *
     * @throws ConfigurationException it does not listen
     */
    void add(@Observes StartupEvent started, Vertx vertx, GrpcConfiguration grpc) {
        GrpcServerConfiguration configuration = grpc.server();
        int more = Math.max(1, Runtime.getRuntime().availableProcessors() - configuration.instances());
        try {
            vertx.deployVerticle(() -> new Loop(configuration), new DeploymentOptions().setInstances(more))
                    .toCompletionStage()
                    .toCompletableFuture()
                    .get(START.toSeconds(), TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException failure) {
            LOG.warn("gRPC has fewer event loops than processors", failure);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
        // Elsewhere, each loop has a port of its own.
        if (LaunchMode.current() == LaunchMode.NORMAL && !isListening()) {
            throw new ConfigurationException("gRPC does not listen on quarkus.grpc.server.port = "
                    + configuration.port() + " at quarkus.grpc.server.host = " + configuration.host());
        }
    }

    /** One that was made here, because there was none, knows no services. */
    private boolean isListening() {
        Server present = server;
        try {
            return present != null
                    && !present.getServices().isEmpty()
                    && !present.getListenSockets().isEmpty();
        } catch (IllegalStateException notStarted) {
            return false;
        }
    }

    /**
     * Answers the calls that are under way, refuses those that come with SHUTTING_DOWN, and closes the server. On the
     * thread that stops.
     *
     * @param answers how long to wait for calls under way
     */
    public void stop(Duration answers) {
        try {
            calls.refuse(GroupException.of(ErrorCode.SHUTTING_DOWN, "this server is stopping"))
                    .get(answers.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException | TimeoutException late) {
            LOG.warn("The stop goes on without waiting any longer for calls to end");
        } catch (InterruptedException hurry) {
            Thread.currentThread().interrupt();
        }
        Server present = server;
        if (present != null) {
            close(present);
        }
    }

    private static void close(Server present) {
        try {
            present.shutdown();
            if (!present.awaitTermination(CLOSE.toMillis(), TimeUnit.MILLISECONDS)) {
                present.shutdownNow();
                present.awaitTermination(CLOSE.toMillis(), TimeUnit.MILLISECONDS);
            }
        } catch (InterruptedException hurry) {
            Thread.currentThread().interrupt();
        }
    }

    private final class Loop extends AbstractVerticle {
        private final GrpcServerConfiguration configuration;

        Loop(GrpcServerConfiguration configuration) {
            this.configuration = configuration;
        }

        @Override
        public void start(Promise<Void> started) {
            int port = LaunchMode.current() == LaunchMode.TEST ? configuration.testPort() : configuration.port();
            VertxServer lent = VertxServerBuilder.forAddress(vertx, configuration.host(), port)
                    .build();
            lent.start(started);
            server = lent.getRawServer();
        }
    }
}
