package io.plexspaces.processgroups.log.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.plexspaces.processgroups.domain.ActorId;
import io.plexspaces.processgroups.domain.ErrorCode;
import io.plexspaces.processgroups.domain.GroupException;
import io.plexspaces.processgroups.log.Evictions;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

/** Bounds of the notes, and when they are forgotten; the contract has the rest. */
class TenantEvictionsTest {
    private static final ActorId ALICE = new ActorId("alice");
    private static final Duration LONG = Duration.ofDays(1);

    private final Room room = new Room(1);
    private Instant now = Instant.parse("2026-01-01T00:00:00Z");

    private static void fill(TenantEvictions evictions, String tenant, int count, Instant now) {
        for (int i = 0; i < count; i++) {
            evictions.evict(tenant, new ActorId("a" + i), null, now);
        }
    }

    private void refuses(TenantEvictions evictions, String tenant) {
        assertThatThrownBy(() -> evictions.evict(tenant, ALICE, LONG, now))
                .isInstanceOfSatisfying(GroupException.class, refused -> {
                    assertThat(refused.code()).isEqualTo(ErrorCode.LIMIT_EXCEEDED);
                    assertThat(refused.field()).isEqualTo("everywhere");
                });
    }

    @Test
    void notesOfAllTenants_areLimitedTogether() {
        int half = Evictions.MOST / 2;
        TenantEvictions evictions = new TenantEvictions(half, room);
        fill(evictions, "one", half, now);
        fill(evictions, "two", half, now);
        refuses(evictions, "three");
        evictions.evict("one", new ActorId("a0"), LONG, now);
    }

    @Test
    void notes_areForgottenInTime_andMakeRoom() {
        TenantEvictions evictions = new TenantEvictions(2, room);
        evictions.evict("one", new ActorId("short"), Duration.ofSeconds(1), now);
        evictions.evict("one", new ActorId("long"), LONG, now);
        refuses(evictions, "one");
        now = now.plus(Evictions.NOTED);
        evictions.evict("one", ALICE, null, now);
        assertThat(evictions.after(0, now).notes())
                .extracting(Evictions.Note::actor)
                .containsExactly(new ActorId("long"), ALICE);
        now = now.plus(LONG);
        assertThat(room.held()).isBetween(2L * 400, 2L * 420);
        evictions.sweep(now);
        assertThat(evictions.after(0, now).notes()).isEmpty();
        assertThat(room.held()).isZero();
        fill(evictions, "one", 2, now);
        assertThat(evictions.after(3, now).notes()).hasSize(2);
    }
}
