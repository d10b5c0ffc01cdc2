package io.plexspaces.processgroups.core;

import java.time.Duration;
import java.util.List;

/** The callbacks of the core, and of the log in memory. */
class CallbackFaultsTest extends CallbackFaults {
    private static final List<String> POINTS = List.of(
            "core.Told#published",
            "core.Told#joined",
            "core.Told#left",
            "core.Members#put",
            "core.Members#remove",
            "core.Session#seated",
            "core.Seats#take",
            "core.Told#deleted",
            "core.Told#resume",
            "core.Told#disconnect",
            "core.Members#wanting",
            "core.Members#chooseOne",
            "core.Recipients#of",
            "core.PublishAnswers#answer",
            "core.Publishing#appended",
            "core.CatchUp#replay",
            "core.CatchUp#first",
            "core.Snapshots#first",
            "core.Snapshots#welcome",
            "core.Watches#add",
            "core.Watches#tell",
            "core.Watcher$NamespaceWatch#created",
            "core.Watcher#begun",
            "core.Watcher#ended",
            "core.Watcher#endAll",
            "core.Session#silence",
            "core.Session#ended",
            "core.Session#abandon",
            "core.Seats#receive",
            "core.Seats#silence",
            "core.Seats#send",
            "core.Seats#end",
            "core.ExpectedJoins#answered",
            "core.GroupReplica#tick",
            "core.Recovery#again",
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
