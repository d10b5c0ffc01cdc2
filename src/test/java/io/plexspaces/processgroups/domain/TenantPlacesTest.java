package io.plexspaces.processgroups.domain;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class TenantPlacesTest {
    private final TenantPlaces places = new TenantPlaces(16);

    private int takeAll(String tenant) {
        int taken = 0;
        while (places.hasRoom(tenant)) {
            places.take(tenant);
            taken++;
        }
        return taken;
    }

    @Test
    void tenant_hasThreeQuartersOfWhatTheOthersLeave() {
        assertThat(takeAll("first")).isEqualTo(12);
        assertThat(takeAll("second")).isEqualTo(3);
        assertThat(takeAll("third")).isEqualTo(1);
        assertThat(takeAll("late")).as("all are taken").isZero();
        assertThat(places.taken()).isEqualTo(16);
    }

    @Test
    void placeThatIsGivenBack_canBeTakenAgain() {
        takeAll("first");
        places.giveBack("first");
        assertThat(places.taken()).isEqualTo(11);
        assertThat(takeAll("first")).isEqualTo(1);
    }

    @Test
    void onePlace_isForWhoeverComes() {
        TenantPlaces one = new TenantPlaces(1);
        assertThat(one.hasRoom("first")).isTrue();
        one.take("first");
        assertThat(one.hasRoom("second")).isFalse();
    }
}
