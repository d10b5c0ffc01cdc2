package io.plexspaces.processgroups.api.grpc;

import io.quarkus.grpc.runtime.config.GrpcConfiguration;
import io.quarkus.grpc.runtime.config.GrpcServerConfiguration;
import io.quarkus.runtime.LaunchMode;
import io.quarkus.runtime.StartupEvent;
import io.vertx.core.AbstractVerticle;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.grpc.VertxServerBuilder;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import org.jboss.logging.Logger;

/**
 * Gives the gRPC server an event loop per processor. The started server has one, which serves all connections; Vert.x
 * lends further ones to it when servers of the same address are started on them. They begin no listening of their own.
 * {@code quarkus.grpc.server.instances} is meant for this, but with more than one instance the start fails half way, and
 * the health check stays DOWN.
 */
@Singleton
final class GrpcLoops {
    private static final Logger LOG = Logger.getLogger(GrpcLoops.class);

    /** Comes after the start of the server. */
    void add(@Observes StartupEvent started, Vertx vertx, GrpcConfiguration grpc) {
        int more = Runtime.getRuntime().availableProcessors() - grpc.server().instances();
        if (more > 0) {
            vertx.deployVerticle(() -> new Loop(grpc.server()), new DeploymentOptions().setInstances(more))
                    .onFailure(failure -> LOG.warn("gRPC has fewer event loops than processors", failure));
        }
    }

    private static final class Loop extends AbstractVerticle {
        private final GrpcServerConfiguration configuration;

        Loop(GrpcServerConfiguration configuration) {
            this.configuration = configuration;
        }

        @Override
        public void start(Promise<Void> started) {
            int port = LaunchMode.current() == LaunchMode.TEST ? configuration.testPort() : configuration.port();
            VertxServerBuilder.forAddress(vertx, configuration.host(), port)
                    .build()
                    .start(started);
        }
    }
}
