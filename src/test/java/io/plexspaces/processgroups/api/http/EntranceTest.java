package io.plexspaces.processgroups.api.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.embedded.EmbeddedChannel;
import io.plexspaces.processgroups.api.OpenConnections;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class EntranceTest {
    private final OpenConnections open = new OpenConnections(new OpenConnections.Limits(1, 0), () -> 0);
    private final Entrance entrance = new Entrance(open, Duration.ofSeconds(10));
    private final EmbeddedChannel listener = new EmbeddedChannel(entrance);

    @Test
    void accepted_hasAPlaceUntilItIsClosed_andAGuard() {
        EmbeddedChannel accepted = new EmbeddedChannel();

        listener.writeInbound(accepted);

        assertThat((Object) listener.readInbound()).isSameAs(accepted);
        assertThat(accepted.pipeline().get(RequestGuard.class)).isNotNull();
        assertThat(open.open()).isEqualTo(1);
        accepted.close();
        assertThat(open.open()).isZero();
    }

    @Test
    void acceptedWithoutRoom_isClosedAndGoesNoFurther() {
        for (int i = 0; i <= OpenConnections.SPARE; i++) {
            listener.writeInbound(new EmbeddedChannel());
            assertThat((Object) listener.readInbound()).isNotNull();
        }
        EmbeddedChannel refused = new EmbeddedChannel();

        listener.writeInbound(refused);

        assertThat(refused.isOpen()).isFalse();
        assertThat((Object) listener.readInbound()).isNull();
        assertThat(open.open()).isEqualTo(1 + OpenConnections.SPARE);
    }

    @Test
    void acceptedBefore_isCaughtUpWithOnce() {
        EmbeddedChannel early = new EmbeddedChannel();

        entrance.admitLate(early);
        entrance.admitLate(early);

        assertThat(early.pipeline().get(RequestGuard.class)).isNotNull();
        assertThat(open.open()).isEqualTo(1);
        early.close();
        entrance.admitLate(early);
        assertThat(open.open()).isZero();
    }
}
