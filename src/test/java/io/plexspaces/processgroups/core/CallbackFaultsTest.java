package io.plexspaces.processgroups.core;

import java.time.Duration;
import java.util.List;

/** The callbacks of the core, and of the log in memory. */
class CallbackFaultsTest extends CallbackFaults {
    private static final List<String> POINTS = List.of(
            "core.LogFollower#published",
            "core.LogFollower#joined",
            "core.LogFollower#left",
            "core.Members#put",
            "core.Members#remove",
            "core.Session#seated",
            "core.Seats#take",
            "core.LogFollower#deleted",
            "core.LogFollower#resume",
            "core.LogFollower#disconnect",
            "core.Members#wanting",
            "core.Members#chooseOne",
            "core.Recipients#of",
            "core.PendingPublishes#answer",
            "core.PendingPublish#appended",
            "core.CatchUp#replay",
            "core.CatchUp#first",
            "core.MemberEvents#first",
            "core.MemberEvents#welcome",
            "core.GroupWatches#add",
            "core.GroupWatches#tell",
            "core.ConnectionWatches$NamespaceWatch#created",
            "core.ConnectionWatches#begun",
            "core.ConnectionWatches#ended",
            "core.ConnectionWatches#endAll",
            "core.Session#silence",
            "core.Session#ended",
            "core.Session#abandon",
            "core.Seats#receive",
            "core.Seats#silence",
            "core.Seats#send",
            "core.Seats#end",
            "core.PendingJoins#answered",
            "core.GroupReplica#tick",
            "core.JoinRepairs#again",
            "core.delivery.Roster#take",
            "core.delivery.Roster#handOut",
            "core.delivery.Roster#isExcepted",
            "core.delivery.Run#add",
            "core.delivery.Run#join",
            "core.delivery.Run#clear",
            "core.delivery.Frame#encoded",
            "core.delivery.Mailbox#offer",
            "core.delivery.Mailbox#poll",
            "core.delivery.Mailbox#weighs",
            "core.delivery.Mailbox#clear",
            "core.delivery.Source#next",
            "core.delivery.Connection#writeBatch",
            "core.delivery.Connection#writeOwn",
            "core.delivery.Connection#collect",
            "core.delivery.Connection#overflow",
            "core.delivery.DeliveryLoop#observeDelivered",
            "core.delivery.DeliveryLoop#isExpired",
            "core.FakePeer#write",
            "core.FakePeer#ready",
            "core.FakePeer#flush",
            "core.FakePeer#close",
            "log.memory.MemoryGroup#append",
            "log.memory.MemoryGroup#open",
            "log.memory.MemoryGroup#read",
            "log.memory.MemoryGroup#endLeases",
            "log.memory.Directory#list",
            "log.memory.Directory#follow");

    CallbackFaultsTest() {
        super(POINTS, 40);
    }

    @Override
    List<CoreFixture> begin() {
        return List.of(new CoreFixture(Duration.ofMillis(100)));
    }
}
