package io.plexspaces.processgroups.api;

import io.plexspaces.processgroups.core.AskObserver;
import io.plexspaces.processgroups.core.ConnectionSettings;
import io.plexspaces.processgroups.core.Groups;
import io.plexspaces.processgroups.core.OperationIds;
import io.plexspaces.processgroups.core.Settings;
import io.plexspaces.processgroups.core.asks.Asks;
import io.plexspaces.processgroups.core.delivery.DeliveryLoops;
import io.plexspaces.processgroups.core.delivery.DeliveryObserver;
import io.plexspaces.processgroups.core.delivery.DeliveryTracer;
import io.plexspaces.processgroups.core.delivery.ServerBudget;
import io.plexspaces.processgroups.core.group.Replicas;
import io.plexspaces.processgroups.core.group.ReplicatedGroups;
import io.plexspaces.processgroups.core.session.Sessions;
import io.plexspaces.processgroups.domain.NodeId;
import io.plexspaces.processgroups.domain.OverflowPolicy;
import io.plexspaces.processgroups.log.LogLimits;
import io.plexspaces.processgroups.log.NodeLease;
import io.plexspaces.processgroups.log.NodeMail;
import io.plexspaces.processgroups.log.memory.MemoryGroupLog;
import io.plexspaces.processgroups.log.memory.MemoryNodeMail;
import io.plexspaces.processgroups.tasks.Delays;
import java.time.Clock;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.UnaryOperator;

/** The use cases over a log in memory, for tests of the endpoints. */
public final class MemoryService implements AutoCloseable {
    public static final NodeId NODE = new NodeId("node-1");

    public final Groups groups;
    public final Sessions sessions;
    public final Asks asks;
    private final ScheduledExecutorService timer = Executors.newScheduledThreadPool(1);

    /** @param mailboxBytes bound of each connection's mailbox */
    public MemoryService(long mailboxBytes) {
        this(mailboxBytes, groups -> groups);
    }

    /** @param around puts something between the endpoints and the use cases */
    MemoryService(long mailboxBytes, UnaryOperator<Groups> around) {
        MemoryGroupLog log = new MemoryGroupLog(
                Clock.systemUTC(),
                new LogLimits(20_000, 200_000, 256, 1000, 1_000, 8 << 20, 1000),
                MemoryService::unique);
        NodeLease lease = log.acquire(NODE).await().indefinitely();
        Settings settings = new Settings(
                NODE,
                Duration.ofMillis(200),
                Duration.ofSeconds(2),
                OverflowPolicy.DISCONNECT,
                10_000,
                1000,
                1000,
                10_000,
                10_000,
                1000,
                10_000,
                10_000,
                new ConnectionSettings(10_000, 10_000, Duration.ZERO, Duration.ZERO));
        DeliveryLoops loops = new DeliveryLoops(
                System::nanoTime, DeliveryObserver.NONE, mailboxBytes, 64 << 20, new ServerBudget(1 << 30));
        OperationIds operations = new OperationIds(lease);
        asks = new Asks(
                log,
                new MemoryNodeMail(),
                new NodeMail.Address(NODE, 1),
                new Asks.Bounds(100, 20, 10_000),
                new Asks.Times(Delays.on(timer), System::nanoTime),
                AskObserver.NONE);
        Replicas replicas = new Replicas(log, operations, settings, DeliveryTracer.OFF, asks);
        groups = around.apply(new ReplicatedGroups(log, replicas, loops, operations, settings, MemoryService::unique));
        sessions = new Sessions(groups, replicas, loops, operations, settings, timer, MemoryService::unique);
    }

    @Override
    public void close() {
        timer.shutdownNow();
    }

    private static String unique() {
        return UUID.randomUUID().toString();
    }
}
