package io.plexspaces.processgroups.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.plexspaces.processgroups.core.Groups.PublishResult;
import io.plexspaces.processgroups.domain.ActorId;
import io.plexspaces.processgroups.domain.NodeId;
import io.plexspaces.processgroups.domain.Position;
import io.plexspaces.processgroups.proto.v1.Answer;
import io.plexspaces.processgroups.proto.v1.Event;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.LongRange;

/** The bytes written by hand are those of the generated classes. */
class PublishedElementTest {
    @Property(tries = 500)
    void encoding_isWhatTheGeneratedClassesMake(
            @ForAll @LongRange(min = 1) long requestId, @ForAll("results") PublishResult result) {
        Event generated = Event.newBuilder()
                .setAnswer(Answer.newBuilder().setRequestId(requestId).setPublished(Answers.published(result)))
                .build();

        EventElement element = EventElement.published(requestId, result);

        assertThat(element.encode(0)).isEqualTo(EventElement.of(generated).encode(0));
    }

    @Provide
    Arbitrary<PublishResult> results() {
        Arbitrary<Position> positions = Combinators.combine(
                        Arbitraries.of("", "e1", "01J-epoch"),
                        Arbitraries.longs().between(0, Long.MAX_VALUE))
                .as(Position::new);
        Arbitrary<Integer> counts = Arbitraries.integers().between(0, Integer.MAX_VALUE);
        Arbitrary<Map<NodeId, Integer>> perNode =
                Arbitraries.maps(Arbitraries.of("a", "node-b").map(NodeId::new), counts);
        Arbitrary<List<ActorId>> ids =
                Arbitraries.of("alice", "b:ob~1", "x").map(ActorId::new).list().ofMaxSize(3);
        Arbitrary<Boolean> flags = Arbitraries.of(true, false);
        return Combinators.combine(positions, counts, counts, perNode, ids, flags, flags, flags)
                .as(PublishResult::new);
    }
}
