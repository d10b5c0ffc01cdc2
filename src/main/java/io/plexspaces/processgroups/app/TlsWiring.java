package io.plexspaces.processgroups.app;

import io.plexspaces.processgroups.api.grpc.GrpcTls;
import io.plexspaces.processgroups.observe.NodeMetrics;
import io.plexspaces.processgroups.tasks.PeriodicTasks;
import io.plexspaces.processgroups.tls.ListenerTls;
import io.quarkus.runtime.StartupEvent;
import io.quarkus.runtime.configuration.ConfigurationException;
import io.quarkus.tls.TlsConfiguration;
import io.quarkus.tls.TlsConfigurationRegistry;
import io.quarkus.vertx.http.HttpServerOptionsCustomizer;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerOptions;
import jakarta.annotation.PreDestroy;
import jakarta.annotation.Priority;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Consumer;
import org.eclipse.microprofile.config.Config;
import org.jspecify.annotations.Nullable;

/**
 * Makes TLS of the listeners, and looks after its files. The HTTP server gets a configuration of its own name, so that
 * no reading of the platform reaches it that was not checked.
 */
@Singleton
final class TlsWiring implements HttpServerOptionsCustomizer {
    /** Before any server is made. */
    private static final int FIRST = 1;

    private static final Duration LOOK = Duration.ofSeconds(30);
    private static final Duration OFTENEST = Duration.ofSeconds(1);
    private static final Duration LONGEST_LOOK = Duration.ofSeconds(20);

    /** Each costs as much as a handshake, and no client needs it: TLS 1.3 and HTTP/2 know of none. */
    private static final String NO_RENEGOTIATION = "jdk.tls.rejectClientInitiatedRenegotiation";

    private final @Nullable ListenerTls tls;
    private final @Nullable Consumer<HttpServerOptions> management;
    private final Duration period;
    private @Nullable ExecutorService reading;

    /** @throws ConfigurationException naming the key of what cannot be used */
    TlsWiring(ProcessGroupsConfig config, Config platform, TlsConfigurationRegistry registry, Vertx vertx) {
        String name = config.tls().orElse(null);
        boolean clientsHaveCertificates = config.listenerTls().clientAuth() == ProcessGroupsConfig.ClientAuth.REQUIRED;
        if (name == null) {
            if (clientsHaveCertificates) {
                throw new ConfigurationException("processgroups.tls.client-auth = required needs processgroups.tls");
            }
            if (config.management().tls().orElse(false)) {
                throw new ConfigurationException("processgroups.management.tls = true needs processgroups.tls");
            }
            tls = null;
            management = null;
            period = LOOK;
            return;
        }
        TlsConfiguration from = registry.get(name)
                .orElseThrow(() -> new ConfigurationException("processgroups.tls must be the name of a TLS"
                        + " configuration, but there is none with keys quarkus.tls." + name + ".…"));
        if (System.getProperty(NO_RENEGOTIATION) == null) {
            System.setProperty(NO_RENEGOTIATION, "true");
        }
        try {
            tls = new ListenerTls(
                    from, vertx, new ListenerTls.Settings(name, clientsHaveCertificates), Clock.systemUTC());
        } catch (IllegalArgumentException unusable) {
            // Without it as a cause: that would be printed with a stack.
            throw new ConfigurationException(String.valueOf(unusable.getMessage()));
        }
        management = Listeners.haveManagementTls(config) ? tls::serveAnybody : null;
        registry.register(ListenerKeys.CONFIGURATION, tls.http());
        period = period(platform, name);
    }

    private static Duration period(Config platform, String name) {
        Duration given = platform.getOptionalValue("quarkus.tls." + name + ".reload-period", Duration.class)
                .or(() -> platform.getOptionalValue("quarkus.tls.\"" + name + "\".reload-period", Duration.class))
                .orElse(LOOK);
        return given.compareTo(OFTENEST) < 0 ? OFTENEST : given;
    }

    /** Looks at the files from now on. Also makes this before there is a server. */
    void begin(@Observes @Priority(FIRST) StartupEvent started, PeriodicTasks tasks, TimerThread timer) {
        ListenerTls present = tls;
        if (present == null) {
            return;
        }
        ExecutorService thread = Executors.newSingleThreadExecutor(task -> {
            Thread made = new Thread(task, "processgroups-tls");
            made.setDaemon(true);
            return made;
        });
        reading = thread;
        tasks.every(
                period, LONGEST_LOOK, "reading certificates of the listeners", timer.delays(), () -> Uni.createFrom()
                        .completionStage(() -> CompletableFuture.runAsync(() -> present.look(), thread)));
    }

    @Produces
    @Singleton
    GrpcTls grpcTls() {
        return new GrpcTls(tls == null ? null : tls.grpc());
    }

    void show(@Observes StartupEvent started, NodeMetrics metrics) {
        ListenerTls present = tls;
        metrics.gauge(
                "certificate_expires_timestamp_seconds",
                "When the listeners' certificate ends, in seconds of Unix time; no number without TLS",
                () -> present == null ? Double.NaN : present.expires().getEpochSecond());
        metrics.gauge(
                "certificate_refused",
                "1 while the files of the listeners' TLS hold what cannot be used",
                () -> present != null && present.isRefusing() ? 1 : 0);
    }

    /** Has the management listener speak TLS; null: it speaks plain text. */
    @Nullable
    Consumer<HttpServerOptions> management() {
        return management;
    }

    @Override
    public void customizeHttpsServer(HttpServerOptions options) {
        if (tls != null) {
            tls.serve(options);
        }
    }

    @PreDestroy
    void close() {
        if (reading != null) {
            reading.shutdownNow();
        }
    }
}
