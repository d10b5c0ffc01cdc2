package io.plexspaces.processgroups.core.members;

import static org.assertj.core.api.Assertions.assertThat;

import io.plexspaces.processgroups.domain.ActorId;
import io.plexspaces.processgroups.domain.Dispatch;
import io.plexspaces.processgroups.domain.Membership;
import io.plexspaces.processgroups.domain.NodeId;
import io.plexspaces.processgroups.domain.Owner;
import io.plexspaces.processgroups.domain.TopicFilter;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.AlphaChars;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import net.jqwik.api.constraints.StringLength;

class OneMemberTest {
    private static final NodeId SELF = new NodeId("self");
    private static final NodeId OTHER = new NodeId("other");

    /** Whoever came and went in between: nodes that have read different histories choose alike. */
    @Property(tries = 200)
    void byKey_theChoiceFollowsWhoIsThere_notHowTheyCame(
            @ForAll @Size(max = 60) List<@IntRange(max = 15) Integer> changes,
            @ForAll @AlphaChars @StringLength(min = 1, max = 4) String key) {
        Interest lived = new Interest(TopicFilter.ALL);
        List<Member> present = new ArrayList<>();
        for (int change : changes) {
            Member known = present.stream()
                    .filter(one -> one.membership().actor().equals(actor(change)))
                    .findAny()
                    .orElse(null);
            if (known == null) {
                Member added = member(change, lived);
                lived.add(added);
                present.add(added);
            } else {
                lived.remove(known);
                present.remove(known);
            }
        }
        Interest fresh = new Interest(TopicFilter.ALL);
        present.stream()
                .map(one -> new Member(one.membership(), fresh, SELF))
                .sorted((a, b) ->
                        b.membership().actor().compareTo(a.membership().actor()))
                .forEach(fresh::add);
        Member except = present.isEmpty() ? null : present.get(0);
        Dispatch.AnyOf chosen = new OneMember().choose(List.of(lived), key, List.of());
        assertThat(chosen).isEqualTo(new OneMember().choose(List.of(fresh), key, List.of()));
        assertThat(chosen.candidates().isEmpty()).isEqualTo(present.isEmpty());
        assertThat(new OneMember()
                        .choose(List.of(lived), key, except == null ? List.of() : List.of(except))
                        .candidates())
                .extracting(Dispatch.To::actor)
                .doesNotContain(except == null ? actor(99) : except.membership().actor());
    }

    /** Every second one of two ids with one hash code. */
    private static ActorId actor(int i) {
        return new ActorId((i % 2 == 0 ? "Aa" : "BB") + i / 2);
    }

    private static Member member(int i, Interest interest) {
        Owner owner = i % 3 == 0 ? new Owner.Durable(OTHER) : new Owner.Session("s" + i, OTHER, 1);
        Membership membership = Membership.first(
                actor(i), TopicFilter.ALL, new Membership.Holding(owner, OTHER, 1, null), Instant.EPOCH, i + 1);
        return new Member(membership, interest, SELF);
    }
}
