package io.plexspaces.processgroups.core.joins;

import io.plexspaces.processgroups.core.CoreFixture;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;

/** In memory. */
class LastMessagesTest extends LastMessagesContract {
    private final CoreFixture core = new CoreFixture(Duration.ofSeconds(5));

    @Override
    CoreFixture core() {
        return core;
    }

    @AfterEach
    void close() {
        core.close();
    }
}
