package io.plexspaces.processgroups.log.memory;

import static org.assertj.core.api.Assertions.assertThat;

import io.plexspaces.processgroups.domain.ActorId;
import io.plexspaces.processgroups.domain.GroupId;
import io.plexspaces.processgroups.domain.Membership;
import io.plexspaces.processgroups.domain.Membership.Holding;
import io.plexspaces.processgroups.domain.NodeId;
import io.plexspaces.processgroups.domain.Owner;
import io.plexspaces.processgroups.domain.TopicFilter;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class HeldGroupsTest {
    private static final int SESSIONS = 6;
    private static final NodeId NODE = new NodeId("n1");
    private static final GroupId GROUP = GroupId.of("acme", "default", "room");

    private final HeldGroups held = new HeldGroups(new Steps(Runnable::run));

    @Test
    void afterAnyChange_eachSessionHasTheGroupInWhichItHoldsJoins() {
        Random random = new Random(7);
        Membership before = null;
        for (int i = 0; i < 10_000; i++) {
            Membership after = changed(before, random);
            held.change(before, after, GROUP);
            for (int session = 0; session < SESSIONS; session++) {
                assertThat(held.of("s" + session))
                        .as("session %s after %s changes", session, i)
                        .isEqualTo(holds(after, "s" + session) ? List.of(GROUP) : List.of());
            }
            before = after;
        }
    }

    private static @Nullable Membership changed(@Nullable Membership before, Random random) {
        Owner.Session owner = new Owner.Session("s" + random.nextInt(SESSIONS), NODE, random.nextInt(2));
        Holding holding = new Holding(owner, NODE, 1, null);
        if (before == null) {
            return Membership.first(new ActorId("a"), TopicFilter.ALL, holding, Instant.EPOCH, 1);
        }
        return switch (random.nextInt(5)) {
            case 0, 1 -> before.join(holding, TopicFilter.ALL, Instant.EPOCH);
            case 2 -> before.leave(owner, random.nextBoolean()).orElse(null);
            case 3 -> before.reach(owner, random.nextBoolean()).orElse(before);
            default -> before.takeOver(owner, NODE, Instant.EPOCH).orElse(before);
        };
    }

    private static boolean holds(@Nullable Membership membership, String session) {
        return Optional.ofNullable(membership).map(Membership::holdings).orElse(List.of()).stream()
                .anyMatch(each -> each.owner() instanceof Owner.Session owner
                        && owner.id().equals(session));
    }

    @Test
    void whatIsForgotten_isInNoGroup() {
        List<Membership> members = IntStream.range(0, 3 * HeldGroups.MEMBERS_AT_ONCE)
                .mapToObj(i -> Membership.first(
                        new ActorId("a" + i),
                        TopicFilter.ALL,
                        new Holding(new Owner.Session("s" + i, NODE, 1), NODE, 1, null),
                        Instant.EPOCH,
                        i))
                .toList();
        members.forEach(member -> held.change(null, member, GROUP));
        held.forget(GROUP, members);
        assertThat(IntStream.range(0, members.size()))
                .allSatisfy(i -> assertThat(held.of("s" + i)).isEmpty());
    }
}
