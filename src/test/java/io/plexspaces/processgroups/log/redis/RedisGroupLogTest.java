package io.plexspaces.processgroups.log.redis;

import io.plexspaces.processgroups.log.GroupLog;
import io.plexspaces.processgroups.log.NodeLeases;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/** The contract on whichever Redis there is: one that is named, one that is installed, or the embedded one. */
class RedisGroupLogTest extends RedisContract {
    private static RedisStore store;
    private static RedisGroupLog log;

    @BeforeAll
    static void open() {
        store = RedisStore.any();
        log = store.log(LIMITS);
    }

    @AfterAll
    static void close() throws Exception {
        if (store != null) {
            store.close();
        }
    }

    @Override
    protected GroupLog log() {
        return log;
    }

    @Override
    protected NodeLeases leases() {
        return log;
    }
}
