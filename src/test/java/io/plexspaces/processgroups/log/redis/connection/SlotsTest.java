package io.plexspaces.processgroups.log.redis.connection;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class SlotsTest {
    @Test
    void slots_areThoseOfRedis() {
        assertThat(Slots.of("123456789")).isEqualTo(12_739);
        assertThat(Slots.of("foo")).isEqualTo(12_182);
        assertThat(RedisServers.slot("a{foo}b:{bar}")).isEqualTo(12_182);
        assertThat(RedisServers.slot("foo")).isEqualTo(12_182);
        assertThat(RedisServers.slot("foo{}")).isEqualTo(Slots.of("foo{}"));
    }

    @Test
    void evenTags_lieInTheirShareOfTheSlots() {
        List<String> tags = Slots.evenTags(64);
        assertThat(tags).hasSize(64).doesNotHaveDuplicates();
        for (int i = 0; i < 64; i++) {
            assertThat(Slots.of(tags.get(i))).isBetween(256 * i, 256 * i + 255);
        }
        assertThat(Slots.evenTags(64)).isEqualTo(tags);
    }
}
