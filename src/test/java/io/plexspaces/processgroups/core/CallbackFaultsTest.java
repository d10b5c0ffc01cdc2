package io.plexspaces.processgroups.core;

import java.time.Duration;
import java.util.List;

/** The callbacks of the core, and of the log in memory. */
class CallbackFaultsTest extends CallbackFaults {
    private static final List<String> POINTS = List.of(
            "core.group.LogFollower#published",
            "core.group.LogFollower#joined",
            "core.group.LogFollower#left",
            "core.members.Members#put",
            "core.members.Members#remove",
            "core.session.Session#seated",
            "core.joins.Seats#take",
            "core.group.LogFollower#deleted",
            "core.group.LogFollower#resume",
            "core.group.LogFollower#disconnect",
            "core.members.Members#wanting",
            "core.members.Members#chooseOne",
            "core.members.Recipients#of",
            "core.publish.PendingPublishes#answer",
            "core.publish.PendingPublish#appended",
            "core.joins.CatchUp#replay",
            "core.joins.CatchUp#first",
            "core.joins.LastMessages#look",
            "core.joins.LastMessages#finish",
            "core.joins.MemberEvents#first",
            "core.joins.MemberCounts#tick",
            "core.joins.MemberCounts#settle",
            "core.members.Members#tell",
            "core.joins.MemberEvents#welcome",
            "core.group.GroupWatches#add",
            "core.group.GroupWatches#tell",
            "core.session.ConnectionWatches$NamespaceWatch#created",
            "core.session.ConnectionWatches#begun",
            "core.session.ConnectionWatches#ended",
            "core.session.ConnectionWatches#endAll",
            "core.session.Session#silence",
            "core.session.Session#ended",
            "core.session.Session#abandon",
            "core.joins.Seats#receive",
            "core.joins.Seats#silence",
            "core.joins.Seats#send",
            "core.joins.Seats#end",
            "core.joins.PendingJoins#answered",
            "core.group.GroupReplica#tick",
            "core.joins.JoinRepairs#again",
            "core.delivery.Roster#take",
            "core.delivery.Roster#begin",
            "core.delivery.Roster#goOn",
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
            "core.delivery.Connection#isBurst",
            "core.delivery.Connection#roomAgain",
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
            "log.memory.MemoryGroup#readBack",
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
