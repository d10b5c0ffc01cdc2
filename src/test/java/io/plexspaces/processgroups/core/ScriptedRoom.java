package io.plexspaces.processgroups.core;

import io.plexspaces.processgroups.core.CoreFixture.Client;
import io.plexspaces.processgroups.domain.GroupId;
import io.plexspaces.processgroups.log.NodeLease;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;

/** For tests with one group, whose log does what the test asks it to. */
public abstract class ScriptedRoom {
    protected final GroupId room = GroupId.of("t", "", "room");
    protected final ScriptedLog log = new ScriptedLog(room);
    protected final CoreFixture core;

    protected ScriptedRoom(Duration grace) {
        core = new CoreFixture(grace, log, new NodeLease(CoreFixture.NODE, 7));
    }

    @AfterEach
    void close() {
        core.close();
    }

    protected final Client member(String actor, String... topics) {
        Client client = core.connect(actor, null, room.namespace());
        client.join(room, topics);
        return client;
    }

    protected final List<String> memberNames() {
        return CoreFixture.await(core.groups.members(new Groups.MembersQuery(room, false, null, 100)))
                .members()
                .stream()
                .map(membership -> membership.actor().value())
                .toList();
    }
}
