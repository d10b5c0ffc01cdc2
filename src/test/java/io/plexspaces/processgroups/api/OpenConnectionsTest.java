package io.plexspaces.processgroups.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.plexspaces.processgroups.api.OpenConnections.Limit;
import io.plexspaces.processgroups.api.OpenConnections.Place;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class OpenConnectionsTest {
    private static OpenConnections open(int all, int perAddress) {
        return new OpenConnections(new OpenConnections.Limits(all, perAddress), () -> 0);
    }

    private static SocketAddress from(String address) {
        try {
            return new InetSocketAddress(InetAddress.getByName(address), 1234);
        } catch (UnknownHostException impossible) {
            throw new AssertionError(impossible);
        }
    }

    private static Place some(@Nullable Place place) {
        return Objects.requireNonNull(place);
    }

    @Test
    void all_areBounded_andAPlaceThatIsLeftIsFree() {
        OpenConnections open = open(2, 0);
        Place first = some(open.enter(from("10.0.0.1")));
        some(open.enter(null));

        assertThat(open.enter(from("10.0.0.2"))).isNull();
        assertThat(open.refusals(Limit.CONNECTIONS)).isEqualTo(1);
        assertThat(open.open()).isEqualTo(2);

        first.leave();
        first.leave();

        assertThat(open.open()).isEqualTo(1);
        assertThat(open.enter(from("10.0.0.2"))).isNotNull();
    }

    @Test
    void address_isBounded_andNothingIsKeptOfOneThatHasGone() {
        OpenConnections open = open(100, 2);
        List<Place> places = new ArrayList<>();
        places.add(some(open.enter(from("10.0.0.1"))));
        places.add(some(open.enter(from("10.0.0.1"))));
        places.add(some(open.enter(from("10.0.0.2"))));

        assertThat(open.enter(from("10.0.0.1"))).isNull();
        assertThat(open.refusals(Limit.CONNECTIONS_PER_ADDRESS)).isEqualTo(1);
        assertThat(open.open()).isEqualTo(3);

        places.forEach(Place::leave);

        assertThat(open.addresses()).isZero();
        assertThat(open.open()).isZero();
    }

    @Test
    void addressesOfOneNetworkOfIPv6_countAsOne() {
        OpenConnections open = open(100, 1);
        some(open.enter(from("2001:db8:0:1::1")));

        assertThat(open.enter(from("2001:db8:0:1:ffff::2"))).isNull();
        assertThat(open.enter(from("2001:db8:0:2::1"))).isNotNull();
    }

    @Test
    void spare_isBeyondAll_andEndsToo() {
        OpenConnections open = open(1, 0);
        assertThat(some(open.enterOrSpare(null)).isSpare()).isFalse();
        for (int i = 0; i < OpenConnections.SPARE; i++) {
            assertThat(some(open.enterOrSpare(null)).isSpare()).isTrue();
        }

        assertThat(open.enterOrSpare(null)).isNull();
        assertThat(open.enter(null)).isNull();
        assertThat(open.refusals(Limit.CONNECTIONS)).isEqualTo(2);
    }
}
