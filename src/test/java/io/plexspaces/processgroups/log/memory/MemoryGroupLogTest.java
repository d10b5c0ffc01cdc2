package io.plexspaces.processgroups.log.memory;

import io.plexspaces.processgroups.log.GroupLog;
import io.plexspaces.processgroups.log.GroupLogContract;
import io.plexspaces.processgroups.log.NodeLeases;
import io.plexspaces.processgroups.log.NodeMail;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;

class MemoryGroupLogTest extends GroupLogContract {
    private final AtomicReference<Instant> now = new AtomicReference<>(Instant.parse("2030-01-01T00:00:00.0005Z"));
    private final MemoryGroupLog log =
            new MemoryGroupLog(now::get, LIMITS, () -> UUID.randomUUID().toString());

    private final NodeMail mail = new MemoryNodeMail();

    @Override
    protected GroupLog log() {
        return log;
    }

    @Override
    protected NodeLeases leases() {
        return log;
    }

    @Override
    protected NodeMail mail() {
        return mail;
    }

    @Override
    protected void advance(Duration by) {
        now.updateAndGet(before -> before.plus(by));
    }
}
