package io.plexspaces.processgroups.app;

import io.plexspaces.processgroups.access.Caller;
import io.plexspaces.processgroups.api.AcceptQueue;
import io.plexspaces.processgroups.api.ApiSettings;
import io.plexspaces.processgroups.api.Expiry;
import io.plexspaces.processgroups.api.OpenConnections;
import io.plexspaces.processgroups.api.Requests;
import io.plexspaces.processgroups.api.SessionProtocol;
import io.plexspaces.processgroups.api.grpc.IdleTraffic;
import io.plexspaces.processgroups.api.http.HttpSettings;
import io.plexspaces.processgroups.api.http.ManagementSettings;
import io.plexspaces.processgroups.authentication.Authenticator;
import io.plexspaces.processgroups.core.ConnectionSettings;
import io.plexspaces.processgroups.core.Groups;
import io.plexspaces.processgroups.core.OperationIds;
import io.plexspaces.processgroups.core.Settings;
import io.plexspaces.processgroups.core.asks.Asks;
import io.plexspaces.processgroups.core.delivery.DeliveryLoops;
import io.plexspaces.processgroups.core.delivery.DeliveryTracer;
import io.plexspaces.processgroups.core.delivery.ServerBudget;
import io.plexspaces.processgroups.core.group.Housekeeping;
import io.plexspaces.processgroups.core.group.Replicas;
import io.plexspaces.processgroups.core.group.ReplicatedGroups;
import io.plexspaces.processgroups.core.node.LeaseRenewal;
import io.plexspaces.processgroups.core.session.EvictionFollower;
import io.plexspaces.processgroups.core.session.Sessions;
import io.plexspaces.processgroups.domain.NodeId;
import io.plexspaces.processgroups.domain.Retention;
import io.plexspaces.processgroups.log.GroupLog;
import io.plexspaces.processgroups.log.NodeLeases;
import io.plexspaces.processgroups.log.NodeMail;
import io.plexspaces.processgroups.observe.GroupMetrics;
import io.plexspaces.processgroups.observe.GroupTracing;
import io.plexspaces.processgroups.observe.MetricsDeliveryObserver;
import io.plexspaces.processgroups.observe.ObservedAccess;
import io.plexspaces.processgroups.observe.ObservedGroups;
import io.plexspaces.processgroups.observe.ObservedRefusals;
import io.plexspaces.processgroups.observe.RequestLog;
import io.plexspaces.processgroups.quota.Quotas;
import io.plexspaces.processgroups.tasks.PeriodicTasks;
import io.quarkus.runtime.configuration.MemorySize;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.Set;
import org.eclipse.microprofile.config.Config;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/** Makes the parts of the service out of the configuration. */
@Singleton
final class Wiring {
    /** Clients may have this part of the heap, and the groups of a store in memory as much. */
    static final int HEAP_PART = 4;

    /** About what an open group takes, without members. */
    private static final int BYTES_OF_A_GROUP = 5 * 1024;

    private final ProcessGroupsConfig config;
    private final RandomTexts secrets = new RandomTexts();

    /** @throws io.quarkus.runtime.configuration.ConfigurationException for a configuration that cannot work */
    Wiring(ProcessGroupsConfig config) {
        ConfigCheck.check(config);
        this.config = config;
    }

    @Produces
    @Singleton
    Settings settings(
            @ConfigProperty(name = "quarkus.grpc.server.port") int port, ConnectionSettings.TenantQuota sessions) {
        ProcessGroupsConfig.Limits limits = config.limits();
        return new Settings(
                config.node().id().map(NodeId::new).orElseGet(() -> NodeNames.ofHost(port)),
                config.session().grace(),
                StoreWiring.longestCall(config).plusSeconds(1),
                config.session().overflowPolicy(),
                limits.sessions(),
                limits.groupsPerSession(),
                limits.watchesPerConnection(),
                limits.watchedGroups(),
                limits.recipientIds(),
                limits.nodeLabelsPerGroup(),
                Math.min(config.replica().openGroups(), Math.max(1, mostGroups() / 2)),
                mostGroups(),
                new ConnectionSettings(
                        limits.connectionsPerActor(),
                        limits.connectionsPerTenant(),
                        config.session().maxConnectionAge(),
                        config.drain().notice(),
                        sessions));
    }

    private int mostGroups() {
        int configured = config.replica().mostGroups();
        long fitting = Runtime.getRuntime().maxMemory() / HEAP_PART / BYTES_OF_A_GROUP;
        return configured > 0 ? configured : (int) Math.min(Integer.MAX_VALUE, fitting);
    }

    @Produces
    @Singleton
    OperationIds operations() {
        return new OperationIds();
    }

    @Produces
    @Singleton
    Replicas replicas(GroupLog log, OperationIds operations, Settings settings, DeliveryTracer tracer, Asks asks) {
        return new Replicas(log, operations, settings, tracer, asks);
    }

    @Produces
    @Singleton
    Asks asks(GroupLog log, NodeMail mail, Settings settings, GroupMetrics metrics, TimerThread timer) {
        ProcessGroupsConfig.Limits limits = config.limits();
        return new Asks(
                log,
                mail,
                new NodeMail.Address(settings.node(), new SecureRandom().nextLong() & Long.MAX_VALUE),
                new Asks.Bounds(limits.asks(), limits.asksPerConnection(), limits.recipientIds()),
                new Asks.Times(timer.delays(), System::nanoTime),
                metrics);
    }

    @Produces
    @Singleton
    ServerBudget budget() {
        long byDefault = Math.max(Runtime.getRuntime().maxMemory() / HEAP_PART, 2 * ConfigCheck.leastHeldBytes(config));
        return new ServerBudget(
                config.delivery().heldBytes().map(MemorySize::asLongValue).orElse(byDefault));
    }

    @Produces
    @Singleton
    DeliveryLoops deliveryLoops(MetricsDeliveryObserver observer, ServerBudget budget) {
        return new DeliveryLoops(
                System::nanoTime,
                observer,
                config.session().queueBytes().asLongValue(),
                config.delivery().backlogBytes().asLongValue(),
                budget);
    }

    @Produces
    @Singleton
    Groups groups(
            GroupLog log,
            Replicas replicas,
            DeliveryLoops loops,
            OperationIds operations,
            Settings settings,
            GroupMetrics metrics,
            GroupTracing tracing,
            RequestLog requestLog) {
        Groups groups = new ReplicatedGroups(log, replicas, loops, operations, settings, secrets);
        return new ObservedGroups(groups, metrics, tracing, requestLog, System::nanoTime);
    }

    @Produces
    @Singleton
    Sessions sessions(
            Groups groups,
            Replicas replicas,
            DeliveryLoops loops,
            OperationIds operations,
            Settings settings,
            TimerThread timer) {
        return new Sessions(groups, replicas, loops, operations, settings, timer.executor(), secrets);
    }

    @Produces
    @Singleton
    EvictionFollower evictions(GroupLog log, Sessions sessions) {
        return new EvictionFollower(log, sessions);
    }

    @Produces
    @Singleton
    PeriodicTasks tasks() {
        return new PeriodicTasks(System::nanoTime);
    }

    @Produces
    @Singleton
    LeaseRenewal leaseRenewal(
            NodeLeases leases,
            OperationIds operations,
            Sessions sessions,
            TimerThread timer,
            PeriodicTasks tasks,
            Exit exit) {
        LeaseRenewal.Times times = new LeaseRenewal.Times(
                config.node().renewInterval(), config.node().startTimeout(), StoreWiring.longestCall(config));
        LeaseRenewal.Schedule schedule = new LeaseRenewal.Schedule(System::nanoTime, timer.delays(), tasks);
        return new LeaseRenewal(leases, operations, sessions, times, schedule, () -> exit.now(Exit.REPLACED));
    }

    @Produces
    @Singleton
    Housekeeping reaper(GroupLog log, Replicas replicas, OperationIds operations, GroupMetrics metrics) {
        Housekeeping.Times times = new Housekeeping.Times(
                config.reaper().interval(),
                StoreWiring.longestExpiry(config),
                config.replica().idle());
        return new Housekeeping(log, replicas, operations, times, metrics::deleted);
    }

    @Produces
    @Singleton
    ApiSettings apiSettings() {
        ProcessGroupsConfig.Limits limits = config.limits();
        return new ApiSettings(
                bytes(limits.messageBytes()),
                limits.messageHeaders(),
                bytes(limits.messageHeaderBytes()),
                bytes(limits.metadataBytes()),
                limits.topicsPerMember(),
                limits.batchActors(),
                limits.retainedMessages(),
                limits.retentionAge(),
                new Retention(config.retention().messages(), config.retention().age()),
                limits.requestsInFlight(),
                config.session().queueBytes().asLongValue(),
                bytes(limits.headerBytes()),
                limits.streamsPerConnection(),
                config.websocket().pingInterval(),
                config.websocket().pongTimeout(),
                config.websocket().openTimeout());
    }

    @Produces
    @Singleton
    IdleTraffic idleTraffic(PeriodicTasks tasks) {
        return new IdleTraffic(config.session().idleInterval(), tasks);
    }

    @Produces
    @Singleton
    HttpSettings httpSettings(@ConfigProperty(name = "quarkus.http.host") String host, Config platform, TlsWiring tls) {
        ProcessGroupsConfig.Management management = config.management();
        return new HttpSettings(
                host,
                config.http().requestTimeout(),
                config.websocket().allowedOrigins().map(Set::copyOf).orElse(Set.of()),
                Listeners.haveManagement(config, platform)
                        ? new ManagementSettings(management.host(), management.port(), tls.management())
                        : null);
    }

    @Produces
    @Singleton
    OpenConnections openConnections(DeliveryLoops loops) {
        int all = Math.min(config.limits().connections(), OpenFiles.forConnections());
        return new OpenConnections(
                new OpenConnections.Limits(all, config.limits().connectionsPerAddress()),
                "processgroups.limits",
                new AcceptQueue.Pace(loops::handedOut, System::nanoTime),
                System::nanoTime);
    }

    private static int bytes(MemorySize size) {
        return Math.toIntExact(size.asLongValue());
    }

    @Produces
    @Singleton
    SessionProtocol.Service service(
            Groups groups,
            Sessions sessions,
            ApiSettings settings,
            ObservedRefusals refusals,
            GroupTracing tracing,
            ServerBudget budget,
            Authenticator authenticator,
            ObservedAccess access,
            Quotas quotas,
            TimerThread timer) {
        // Where everybody is asked, whoever was not may do nothing.
        Caller unasked = authenticator.asks() ? Caller.nobody() : Caller.anybody();
        return new SessionProtocol.Service(
                groups,
                sessions,
                new Requests(settings, unasked, access, quotas.meter()),
                settings,
                refusals,
                tracing,
                budget,
                authenticator,
                new Expiry(Clock.systemUTC(), timer.delays()));
    }
}
