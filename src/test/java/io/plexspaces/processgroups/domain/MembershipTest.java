package io.plexspaces.processgroups.domain;

import static org.assertj.core.api.Assertions.assertThat;

import io.plexspaces.processgroups.domain.Membership.Holding;
import io.plexspaces.processgroups.domain.Membership.Lease;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.jspecify.annotations.Nullable;

class MembershipTest {
    private static final ActorId ACTOR = new ActorId("a");
    private static final NodeId NODE = new NodeId("n");
    private static final Instant START = Instant.parse("2030-01-01T00:00:00Z");
    private static final Owner DURABLE = new Owner.Durable(NODE);
    private static final Owner OTHER_DURABLE = new Owner.Durable(new NodeId("m"));
    private static final Owner SHORT = new Owner.Lease("short");
    private static final Owner LONG = new Owner.Lease("long");
    private static final Owner SESSION = new Owner.Session("s", NODE, 1);
    private static final Owner OTHER_SESSION = new Owner.Session("s", NODE, 2);

    private enum Kind {
        JOIN,
        LEAVE,
        LEAVE_ALL,
        LEAVE_NEXT
    }

    private record Step(Kind kind, Owner owner) {}

    @Provide
    Arbitrary<List<Step>> steps() {
        Arbitrary<Owner> owners = Arbitraries.of(DURABLE, OTHER_DURABLE, SHORT, LONG, SESSION, OTHER_SESSION);
        Arbitrary<Kind> kinds = Arbitraries.of(Kind.JOIN, Kind.JOIN, Kind.LEAVE, Kind.LEAVE_ALL, Kind.LEAVE_NEXT);
        return Combinators.combine(kinds, owners).as(Step::new).list().ofMaxSize(40);
    }

    private static Holding one(Owner owner, Instant now) {
        Duration ttl = owner.equals(SHORT) ? Duration.ofMinutes(1) : Duration.ofHours(1);
        return new Holding(owner, NODE, 1, owner instanceof Owner.Lease ? Lease.starting(now, ttl) : null);
    }

    @Property
    void joinsAndLeaves_countLikeACounterPerOwner(@ForAll("steps") List<Step> steps) {
        Map<Owner, Integer> model = new LinkedHashMap<>();
        Membership membership = null;
        long offset = 1;
        for (Step step : steps) {
            offset++;
            membership = membership == null ? begin(step, offset, model) : next(membership, step, model);
            assertSame(membership, model);
        }
    }

    private static @Nullable Membership begin(Step step, long offset, Map<Owner, Integer> model) {
        if (step.kind() != Kind.JOIN) {
            return null;
        }
        model.put(step.owner(), 1);
        return Membership.first(ACTOR, TopicFilter.ALL, one(step.owner(), START), START, offset);
    }

    private static @Nullable Membership next(Membership before, Step step, Map<Owner, Integer> model) {
        if (step.kind() == Kind.JOIN) {
            model.merge(step.owner(), 1, Integer::sum);
            Membership after = before.join(one(step.owner(), START), TopicFilter.ALL, START);
            assertThat(after.joinedOffset()).isEqualTo(before.joinedOffset());
            return after;
        }
        Owner owner = step.kind() == Kind.LEAVE_NEXT ? before.nextToLeave() : step.owner();
        boolean all = step.kind() == Kind.LEAVE_ALL;
        model.computeIfPresent(owner, (key, count) -> all || count == 1 ? null : count - 1);
        return before.leave(owner, all).orElse(null);
    }

    private static void assertSame(@Nullable Membership membership, Map<Owner, Integer> model) {
        assertThat(membership == null).isEqualTo(model.isEmpty());
        if (membership != null) {
            assertThat(membership.holdings()).extracting(Holding::owner).containsExactlyElementsOf(model.keySet());
            assertThat(membership.holdings()).extracting(Holding::joins).containsExactlyElementsOf(model.values());
            assertThat(membership.joinCount())
                    .isEqualTo(
                            model.values().stream().mapToInt(Integer::intValue).sum());
            model.keySet().forEach(owner -> assertThat(membership.heldBy(owner)).isTrue());
        }
    }

    @Property
    void nextToLeave_isDurableThenSoonestLeaseThenSession(@ForAll("steps") List<Step> steps) {
        List<Owner> joined = new ArrayList<>();
        Membership membership = null;
        for (Step step : steps) {
            if (!joined.contains(step.owner())) {
                joined.add(step.owner());
            }
            membership = membership == null
                    ? Membership.first(ACTOR, TopicFilter.ALL, one(step.owner(), START), START, 2)
                    : membership.join(one(step.owner(), START), TopicFilter.ALL, START);
        }
        List<Owner> expected = new ArrayList<>();
        joined.stream().filter(Owner.Durable.class::isInstance).forEach(expected::add);
        List.of(SHORT, LONG).stream().filter(joined::contains).forEach(expected::add);
        joined.stream().filter(Owner.Session.class::isInstance).forEach(expected::add);
        List<Owner> left = new ArrayList<>();
        while (membership != null) {
            left.add(membership.nextToLeave());
            membership = membership.leave(membership.nextToLeave(), true).orElse(null);
        }
        assertThat(left).isEqualTo(expected);
    }

    @Example
    void leaveOfAnotherOwner_changesNothing() {
        Membership membership = Membership.first(ACTOR, TopicFilter.ALL, one(DURABLE, START), START, 2);
        assertThat(membership.leave(SESSION, true)).contains(membership);
    }

    @Example
    void join_mergesTopicsAndMovesTheHeartbeat() {
        Instant later = START.plusSeconds(5);
        Membership merged = Membership.first(ACTOR, TopicFilter.of(List.of("a")), one(DURABLE, START), START, 2)
                .join(one(SESSION, later), TopicFilter.of(List.of("b")), later);
        assertThat(merged.filter().topics()).containsExactly("a", "b");
        assertThat(merged.joinedAt()).isEqualTo(START);
        assertThat(merged.lastHeartbeat()).isEqualTo(later);
        assertThat(merged.leave(SESSION, false).orElseThrow().filter()).isEqualTo(merged.filter());
    }

    @Example
    void renew_restartsTheLeasesThatAreMeant() {
        Instant later = START.plusSeconds(30);
        Membership membership = Membership.first(ACTOR, TopicFilter.ALL, one(SHORT, START), START, 2)
                .join(one(LONG, START), TopicFilter.ALL, START)
                .join(one(SESSION, START), TopicFilter.ALL, START);
        Membership renewed = membership.renew(SHORT::equals, null, later).orElseThrow();
        assertThat(renewed.holdings().get(0).lease()).isEqualTo(Lease.starting(later, Duration.ofMinutes(1)));
        assertThat(renewed.holdings().subList(1, 3))
                .isEqualTo(membership.holdings().subList(1, 3));
        assertThat(membership.renew(SESSION::equals, null, later)).isEqualTo(Optional.empty());
    }

    @Example
    void isOn_anyHoldingsNode() {
        Membership membership = Membership.first(ACTOR, TopicFilter.ALL, one(DURABLE, START), START, 2)
                .join(new Holding(OTHER_DURABLE, new NodeId("m"), 1, null), TopicFilter.ALL, START);
        assertThat(membership.isOn(NODE)).isTrue();
        assertThat(membership.isOn(new NodeId("m"))).isTrue();
        assertThat(membership.isOn(new NodeId("x"))).isFalse();
        assertThat(membership.node()).isEqualTo(NODE);
    }
}
