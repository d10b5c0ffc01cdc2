package io.plexspaces.processgroups.core.group;

import static org.assertj.core.api.Assertions.assertThat;

import io.plexspaces.processgroups.core.CoreFixture;
import io.plexspaces.processgroups.log.memory.MemoryGroupLog;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;

/** In memory. */
class RoomsTest extends RoomsContract {
    private final CoreFixture core = new CoreFixture(Duration.ofSeconds(5));

    @Override
    CoreFixture core() {
        return core;
    }

    @AfterEach
    void close() {
        core.close();
    }

    @Override
    void checkNothingIsLeft() {
        assertThat(((MemoryGroupLog) core.log).heldBytes()).isZero();
    }
}
