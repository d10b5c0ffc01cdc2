package io.plexspaces.processgroups.log.redis;

import static org.awaitility.Awaitility.await;

import io.plexspaces.processgroups.log.GroupLogContract;
import io.plexspaces.processgroups.log.NodeMail;
import java.time.Duration;

/** The contract on a real store, whose time passes by itself. */
abstract class RedisContract extends GroupLogContract {
    @Override
    protected NodeMail mail() {
        return ((RedisGroupLog) log()).mail();
    }

    @Override
    protected void advance(Duration by) {
        await().pollDelay(by.plusMillis(1)).atMost(by.plusSeconds(30)).until(() -> true);
    }

    @Override
    protected boolean hasClock() {
        return false;
    }
}
