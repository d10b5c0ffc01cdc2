package io.plexspaces.processgroups.app;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.plexspaces.processgroups.authentication.AuthFailure;
import io.plexspaces.processgroups.authentication.AuthFailures;
import io.plexspaces.processgroups.authentication.Authenticator;
import io.plexspaces.processgroups.authentication.TokenAuthenticator;
import io.plexspaces.processgroups.domain.ErrorCode;
import io.plexspaces.processgroups.domain.GroupException;
import io.plexspaces.processgroups.domain.Seldom;
import io.plexspaces.processgroups.observe.ObservedAccess;
import io.plexspaces.processgroups.tasks.Delays;
import io.plexspaces.processgroups.tasks.PeriodicTasks;
import io.plexspaces.processgroups.token.CachedVerifier;
import io.plexspaces.processgroups.token.CheckingVerifier;
import io.plexspaces.processgroups.token.JwksKeys;
import io.plexspaces.processgroups.token.Keys;
import io.plexspaces.processgroups.token.SharedSecret;
import io.plexspaces.processgroups.token.TokenSettings;
import io.quarkus.runtime.StartupEvent;
import io.quarkus.runtime.configuration.ConfigurationException;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Vertx;
import jakarta.annotation.PreDestroy;
import jakarta.annotation.Priority;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.net.SocketAddress;
import java.net.URI;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.eclipse.microprofile.config.Config;
import org.jspecify.annotations.Nullable;

/** Makes what says who a caller is: nobody is asked, or tokens are checked. */
@Singleton
final class AuthenticationWiring {
    private static final System.Logger LOG = System.getLogger(AuthenticationWiring.class.getName());

    /** Before anything is begun that a start without it should not have begun. */
    private static final int FIRST = 1;

    /** Tokens that wait to be checked. A check takes 2 ms at most. */
    private static final int MOST_WAITING = 2_000;

    private static final Duration LOOK_AT_FILE = Duration.ofSeconds(30);

    /** Of a look at the file, or of a fetch and its reading. */
    private static final Duration LONGEST_LOOK = Duration.ofSeconds(20);

    private final Vertx vertx;
    private final PeriodicTasks tasks;
    private final TimerThread timer;

    /** What to end, in this order. */
    private final List<Runnable> ends = new ArrayList<>();

    private final AuthFailures failures;
    private final Seldom seldom = new Seldom(System::nanoTime);
    private final Authenticator authenticator;
    private Runnable begin = () -> {};

    /** @throws ConfigurationException for a configuration that cannot work, or lets in everybody by accident */
    AuthenticationWiring(
            ProcessGroupsConfig config,
            Config platform,
            Vertx vertx,
            PeriodicTasks tasks,
            TimerThread timer,
            ObservedAccess failures) {
        ConfigCheck.check(config);
        refuse(AuthenticationCheck.openComplaint(config, allHosts(config, platform)));
        refuse(AuthenticationCheck.plaintextComplaint(config, plainHosts(config, platform)));
        this.vertx = vertx;
        this.tasks = tasks;
        this.timer = timer;
        this.failures = failures;
        this.authenticator =
                config.auth() == ProcessGroupsConfig.Auth.NONE ? Authenticator.none() : authenticator(config);
    }

    private static void refuse(@Nullable String complaint) {
        if (complaint != null) {
            throw new ConfigurationException(complaint);
        }
    }

    private static Map<String, String> allHosts(ProcessGroupsConfig config, Config platform) {
        Map<String, String> hosts = hosts(platform);
        if (Listeners.haveManagement(config, platform)) {
            hosts.put("processgroups.management.host", config.management().host());
        }
        return hosts;
    }

    /** To the management listener, tokens travel with the console alone. */
    private static Map<String, String> plainHosts(ProcessGroupsConfig config, Config platform) {
        Map<String, String> hosts = hosts(platform);
        Listeners listeners = Listeners.of(platform);
        if (listeners.haveTls()) {
            hosts.remove("quarkus.grpc.server.host");
            if (!listeners.havePlainHttp()) {
                hosts.remove("quarkus.http.host");
            }
        }
        if (Listeners.haveManagement(config, platform)
                && Listeners.haveConsole(config, platform)
                && !Listeners.haveManagementTls(config)) {
            hosts.put("processgroups.management.host", config.management().host());
        }
        return hosts;
    }

    private static Map<String, String> hosts(Config platform) {
        Map<String, String> hosts = new HashMap<>();
        hosts.put("quarkus.grpc.server.host", platform.getValue("quarkus.grpc.server.host", String.class));
        if (platform.getOptionalValue("quarkus.http.host-enabled", boolean.class)
                .orElse(true)) {
            hosts.put("quarkus.http.host", platform.getValue("quarkus.http.host", String.class));
        }
        return hosts;
    }

    /** Looks for the keys from now on. Also makes this at the start, whoever needs it. */
    void begin(@Observes @Priority(FIRST) StartupEvent started) {
        begin.run();
    }

    @Produces
    @Singleton
    Authenticator authenticator() {
        return authenticator;
    }

    private Authenticator authenticator(ProcessGroupsConfig config) {
        ProcessGroupsConfig.Authentication settings = config.authentication();
        Keys keys = keys(settings);
        // Half of the machine is left to those that are let in, whatever tokens others send.
        ExecutorService checking =
                threads("processgroups-tokens", Math.max(1, Runtime.getRuntime().availableProcessors() / 2));
        Clock clock = Clock.systemUTC();
        CheckingVerifier verifier = new CheckingVerifier(keys, tokenSettings(settings), clock, checking, MOST_WAITING);
        return new TokenAuthenticator(
                new CachedVerifier(verifier, clock, keys::losses),
                AuthenticationCheck.roles(config),
                settings.claims().rules(),
                clock,
                this::refused);
    }

    /** Who is not let in learns why; who runs the server, that there are such callers. */
    private void refused(AuthFailure reason, @Nullable SocketAddress from) {
        failures.refused(reason, from);
        seldom.say(unsaid -> LOG.log(
                System.Logger.Level.WARNING,
                "a caller was not let in: {0} ({1} more since the last such line)",
                reason.label(),
                unsaid));
    }

    private static TokenSettings tokenSettings(ProcessGroupsConfig.Authentication settings) {
        ProcessGroupsConfig.Claims claims = settings.claims();
        return new TokenSettings(
                settings.issuer().orElse(null),
                settings.audiences().map(Set::copyOf).orElse(Set.of()),
                new TokenSettings.ClaimNames(claims.tenant(), claims.subject(), claims.roles(), claims.rules()));
    }

    private Keys keys(ProcessGroupsConfig.Authentication settings) {
        if (settings.sharedSecret().isPresent()) {
            return new SharedSecret(settings.sharedSecret().get().getBytes(UTF_8));
        }
        ExecutorService reading = threads("processgroups-keys", 1);
        return settings.pemFile().isPresent()
                ? keysOf(settings.pemFile().get(), reading)
                : keysAt(settings.jwksUrl().orElseThrow(), settings.jwksRefresh(), reading);
    }

    private Keys keysOf(String name, ExecutorService reading) {
        try {
            KeyFile file = new KeyFile(Path.of(name));
            begin = () -> every(LOOK_AT_FILE, timer.delays(), () -> CompletableFuture.supplyAsync(file::look, reading));
            return file.keys();
        } catch (InvalidPathException illegal) {
            throw new ConfigurationException("processgroups.auth.pem-file must be the name of a file, but is " + name);
        } catch (IllegalArgumentException unusable) {
            throw new ConfigurationException("processgroups.auth.pem-file: " + unusable.getMessage(), unusable);
        }
    }

    private Keys keysAt(String url, Duration refresh, ExecutorService reading) {
        URI address = Objects.requireNonNull(AuthenticationCheck.httpUri(url));
        if (!address.getScheme().equalsIgnoreCase("https") && !AuthenticationCheck.isLoopback(address.getHost())) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    "processgroups.auth.jwks-url is not https: who can change what is sent can make valid tokens");
        }
        JwksFetch fetch = new JwksFetch(vertx, address, reading, JwksFetch.LONGEST);
        ends.add(0, fetch::close);
        JwksKeys keys = new JwksKeys(fetch, System::nanoTime, timer.delays());
        begin = () -> every(refresh, firstAtOnce(timer.delays()), keys::refresh);
        return keys;
    }

    /** A pass that fails is repeated soon; the keys themselves tell why it failed. */
    private void every(Duration period, Delays delays, Supplier<CompletionStage<Boolean>> fresh) {
        tasks.every(period, LONGEST_LOOK, "reading keys of tokens", delays, () -> Uni.createFrom()
                .completionStage(fresh)
                .invoke(isFresh -> {
                    if (!isFresh) {
                        throw GroupException.of(ErrorCode.OVERLOADED, "the keys of tokens could not be read");
                    }
                }));
    }

    /** Without the period before the first pass: until then, no token could be checked. */
    private static Delays firstAtOnce(Delays delays) {
        AtomicBoolean isBegun = new AtomicBoolean();
        return (nanos, step) -> delays.after(isBegun.getAndSet(true) ? nanos : 0, step);
    }

    /** None while there is nothing to do. What may wait for them is bounded where it comes from. */
    private ExecutorService threads(String name, int most) {
        ThreadPoolExecutor threads =
                new ThreadPoolExecutor(most, most, 1, TimeUnit.MINUTES, new LinkedBlockingQueue<>(), task -> {
                    Thread thread = new Thread(task, name);
                    thread.setDaemon(true);
                    return thread;
                });
        threads.allowCoreThreadTimeOut(true);
        ends.add(threads::shutdownNow);
        return threads;
    }

    @PreDestroy
    void close() {
        ends.forEach(Runnable::run);
    }
}
