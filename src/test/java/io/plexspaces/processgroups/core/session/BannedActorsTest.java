package io.plexspaces.processgroups.core.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.plexspaces.processgroups.core.session.BannedActors.Who;
import io.plexspaces.processgroups.domain.ActorId;
import io.plexspaces.processgroups.domain.ErrorCode;
import io.plexspaces.processgroups.domain.GroupException;
import io.plexspaces.processgroups.log.Evictions.Note;
import io.plexspaces.processgroups.log.Evictions.Notes;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class BannedActorsTest {
    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
    private static final ActorId ANN = new ActorId("ann");
    private static final Who WHO = new Who("acme", ANN);

    private final AtomicLong nanos = new AtomicLong(77);
    private final BannedActors banned = new BannedActors(nanos::get);

    private static Note note(long number, String actor, @Nullable Duration left) {
        return new Note(number, "acme", new ActorId(actor), left == null ? null : NOW.plus(left));
    }

    private static Notes notes(Note... notes) {
        return new Notes(List.of(notes), 0, false, NOW);
    }

    private @Nullable GroupException refusal() {
        return banned.refusal("acme", ANN);
    }

    @Test
    void ban_lastsAsLongAsTheStoreSays_byTheTimeThatPasses() {
        banned.take(notes(note(1, "ann", Duration.ofSeconds(10))));
        nanos.addAndGet(Duration.ofSeconds(4).toNanos());
        GroupException refusal = refusal();
        assertThat(refusal).isNotNull();
        assertThat(refusal.code()).isEqualTo(ErrorCode.BANNED);
        assertThat(refusal.field()).isEqualTo("actor_id");
        assertThat(refusal.retryAfter()).isEqualTo(Duration.ofSeconds(6));
        assertThat(banned.refusal("acme", new ActorId("bob"))).isNull();
        assertThat(banned.refusal("another", ANN)).isNull();
        nanos.addAndGet(Duration.ofSeconds(6).toNanos());
        assertThat(refusal()).isNull();
    }

    @Test
    void clockOfTheStore_isFollowed() {
        banned.take(notes(note(1, "ann", Duration.ofSeconds(10))));
        banned.take(new Notes(List.of(), 0, false, NOW.plusSeconds(9)));
        assertThat(refusal().retryAfter()).isEqualTo(Duration.ofSeconds(1));
        banned.take(new Notes(List.of(), 0, false, NOW.plusSeconds(10)));
        assertThat(refusal()).isNull();
    }

    @Test
    void whatHasRunOut_isForgotten() {
        banned.take(notes(note(1, "ann", Duration.ofSeconds(10)), note(2, "bob", Duration.ofDays(1))));
        assertThat(banned.size()).isEqualTo(2);
        banned.take(new Notes(List.of(), 0, false, NOW.plus(Duration.ofMinutes(2))));
        assertThat(banned.size()).isEqualTo(1);
    }

    @Test
    void sessions_endForWhatIsNew_whateverItSays() {
        assertThat(banned.take(notes())).isEmpty();
        assertThat(banned.take(notes(note(1, "ann", null)))).containsExactly(WHO);
        assertThat(refusal()).isNull();
        assertThat(banned.take(notes(note(2, "ann", Duration.ofDays(1))))).containsExactly(WHO);
        assertThat(banned.take(notes(note(3, "ann", null)))).containsExactly(WHO);
        assertThat(refusal()).isNull();
        assertThat(banned.last()).isEqualTo(3);
    }

    @Test
    void whatWasNotedBeforeThisNodeBegan_endsOnlySessionsOfThoseThatAreBanned() {
        assertThat(banned.take(notes(note(5, "ann", Duration.ofDays(1)), note(6, "bob", null))))
                .containsExactly(WHO);
    }

    @Test
    void notesThatComeLate_changeNothing() {
        Notes late = notes(note(1, "ann", Duration.ofDays(1)));
        banned.take(notes(note(2, "ann", null)));
        assertThat(banned.take(late)).isEmpty();
        assertThat(refusal()).isNull();
        assertThat(banned.last()).isEqualTo(2);
    }
}
