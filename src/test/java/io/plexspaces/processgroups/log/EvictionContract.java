package io.plexspaces.processgroups.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.plexspaces.processgroups.domain.ActorId;
import io.plexspaces.processgroups.domain.ErrorCode;
import io.plexspaces.processgroups.domain.GroupException;
import io.plexspaces.processgroups.domain.GroupId;
import io.plexspaces.processgroups.domain.Membership;
import io.plexspaces.processgroups.domain.NodeId;
import io.plexspaces.processgroups.domain.Owner;
import io.plexspaces.processgroups.domain.TopicFilter;
import io.smallrye.mutiny.Uni;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Actors are evicted from all groups of a tenant. */
abstract class EvictionContract extends LogFixture {
    private static final Duration LONG = Duration.ofDays(30);
    private static final Duration SHORT = Duration.ofMillis(400);

    private long before;

    EvictionContract(GroupLogContract contract) {
        super(contract);
    }

    @BeforeEach
    void makeRoom() {
        create(room);
        before = notes(0).stream()
                .mapToLong(Evictions.Note::number)
                .reduce((earlier, later) -> later)
                .orElse(0);
    }

    private void evict(String ofTenant, ActorId actor, @Nullable Duration ban) {
        result(log().evict(ofTenant, actor, ban));
    }

    private void evict(ActorId actor, @Nullable Duration ban) {
        evict(tenant, actor, ban);
    }

    private GroupException refused(Uni<?> change) {
        GroupException refused = catchThrowableOfType(GroupException.class, () -> result(change));
        assertThat(refused).isNotNull();
        return refused;
    }

    private void isBanned(ActorId actor) {
        GroupException refused = refused(append(room, join(actor)));
        assertThat(refused.code()).isEqualTo(ErrorCode.BANNED);
        assertThat(refused.field()).isEqualTo("actor_id");
        assertThat(refused.retryAfter()).isPositive();
    }

    /** All notes after a number, page by page. */
    private List<Evictions.Note> notes(long number) {
        List<Evictions.Note> all = new ArrayList<>();
        long from = number;
        Evictions.Notes page;
        do {
            page = result(log().notesAfter(from));
            assertThat(page.notes()).hasSizeLessThanOrEqualTo(Evictions.PAGE);
            for (Evictions.Note note : page.notes()) {
                assertThat(note.number()).isGreaterThan(from);
                from = note.number();
            }
            all.addAll(page.notes());
        } while (page.more());
        return all;
    }

    private List<Evictions.Note> mine() {
        return notes(before).stream()
                .filter(note -> note.tenant().equals(tenant))
                .toList();
    }

    @Test
    void eviction_isNotedOnce_asItWasLast() {
        evict(ALICE, null);
        evict(BOB, LONG);
        assertThat(mine()).extracting(Evictions.Note::actor).containsExactly(ALICE, BOB);
        assertThat(mine()).extracting(note -> note.until() == null).containsExactly(true, false);
        long number = mine().get(1).number();
        evict(ALICE, SHORT);
        assertThat(mine()).extracting(Evictions.Note::actor).containsExactly(BOB, ALICE);
        assertThat(notes(number))
                .extracting(Evictions.Note::actor)
                .contains(ALICE)
                .doesNotContain(BOB);
        Evictions.Notes page = result(log().notesAfter(number));
        assertThat(page.notes())
                .filteredOn(note -> note.actor().equals(ALICE) && note.tenant().equals(tenant))
                .singleElement()
                .satisfies(note -> assertThat(Duration.between(page.now(), note.until()))
                        .isPositive()
                        .isLessThanOrEqualTo(SHORT));
    }

    @Test
    void ban_closesEveryWayIntoEveryGroup_andEndsNothing() {
        create(group("another"));
        done(join(ALICE));
        evict(ALICE, LONG);
        Owner.Session elsewhere = new Owner.Session("s1", new NodeId("elsewhere"), 3, 1);
        List<Command> ways = List.of(
                join(ALICE, SESSION, "a"),
                lease(ALICE, "lease", Duration.ofMinutes(1)),
                new Command.Join(List.of(BOB, ALICE), TopicFilter.ALL, DURABLE, NODE, null),
                new Command.TakeOver(ALICE, elsewhere, elsewhere.node()));
        for (Command way : ways) {
            assertThat(failure(append(room, way))).as("%s", way).isEqualTo(ErrorCode.BANNED);
            assertThat(failure(append(group("another"), way))).as("%s", way).isEqualTo(ErrorCode.BANNED);
        }
        assertThat(snapshot().members()).extracting(Membership::actor).containsExactly(ALICE);
        assertThat(done(leaveAll(ALICE, null)).ended()).isEqualTo(1);
        isBanned(ALICE);
        create(group("later"));
        assertThat(failure(append(group("later"), join(ALICE)))).isEqualTo(ErrorCode.BANNED);
        done(join(BOB));
    }

    @Test
    void ban_isOfItsTenantAlone() {
        evict("another-" + UUID.randomUUID(), ALICE, LONG);
        done(join(ALICE));
        evict(tenant + ":", ALICE, LONG);
        done(join(ALICE));
    }

    @Test
    void tenantWithAColon_hasBansOfItsOwn() {
        String colon = tenant + ":a:b";
        GroupId hall = GroupId.of(colon, "", "hall");
        create(hall);
        evict(colon, ALICE, LONG);
        assertThat(failure(append(hall, join(ALICE)))).isEqualTo(ErrorCode.BANNED);
        done(join(ALICE));
    }

    @Test
    void evictionWithoutABan_changesNoBan() {
        evict(ALICE, null);
        done(join(ALICE));
        evict(BOB, LONG);
        evict(BOB, null);
        isBanned(BOB);
        assertThat(mine())
                .filteredOn(note -> note.actor().equals(BOB))
                .singleElement()
                .satisfies(note -> assertThat(note.until()).isNotNull());
    }

    @Test
    void lastBan_counts_untilItHasRunOutOrIsLifted() {
        evict(ALICE, LONG);
        evict(ALICE, SHORT);
        isBanned(ALICE);
        advance(SHORT);
        done(join(ALICE));
        evict(BOB, LONG);
        evict(BOB, Duration.ZERO);
        done(join(BOB));
        assertThat(mine()).extracting(Evictions.Note::until).containsOnlyNulls();
    }

    @Test
    void groupBans_andTenantBans_areIndependent() {
        done(new Command.Evict(ALICE, LONG));
        evict(ALICE, LONG);
        evict(ALICE, Duration.ZERO);
        isBanned(ALICE);
        done(new Command.Evict(ALICE, Duration.ZERO));
        done(join(ALICE));
    }

    @Test
    void notesOfATenant_areLimited_andKnownOnesCanBeEvictedAgain() {
        int most = GroupLogContract.LIMITS.bansPerTenant();
        IntStream.range(0, most).forEach(i -> evict(new ActorId("someone-" + i), i % 2 == 0 ? LONG : null));
        for (Duration ban : new Duration[] {null, LONG, Duration.ZERO}) {
            GroupException refused = refused(log().evict(tenant, ALICE, ban));
            assertThat(refused.code()).isEqualTo(ErrorCode.LIMIT_EXCEEDED);
            assertThat(refused.field()).isEqualTo("everywhere");
            assertThat(refused).hasMessageContaining("bans-per-tenant = " + most);
        }
        done(join(ALICE));
        evict(new ActorId("someone-1"), LONG);
        evict("another-" + UUID.randomUUID(), ALICE, LONG);
        assertThat(mine()).hasSize(most);
    }

    @Test
    void manyNotes_areReadByPages() {
        int count = Evictions.PAGE + 20;
        List<Uni<Void>> all = IntStream.range(0, count)
                .mapToObj(i -> log().evict(tenant + "-" + i / 8, new ActorId("someone-" + i % 8), null))
                .toList();
        result(Uni.join().all(all).andFailFast());
        assertThat(notes(before).stream().filter(note -> note.tenant().startsWith(tenant + "-")))
                .hasSize(count);
    }
}
