package io.plexspaces.processgroups.log.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.plexspaces.processgroups.domain.ActorId;
import io.plexspaces.processgroups.domain.ErrorCode;
import io.plexspaces.processgroups.domain.GroupException;
import io.plexspaces.processgroups.domain.NodeId;
import io.plexspaces.processgroups.domain.OperationId;
import io.plexspaces.processgroups.domain.Position;
import io.plexspaces.processgroups.log.Appended;
import io.plexspaces.processgroups.log.FirstAnswer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class MemoryBoundsTest {
    @Test
    void fence_remembersTheNewestNodes() {
        Fence fence = new Fence();
        for (int i = 0; i <= Fence.NODES; i++) {
            fence.check(operation(i, 5));
        }
        assertThatThrownBy(() -> fence.check(operation(1, 4)))
                .isInstanceOfSatisfying(GroupException.class, failure -> assertThat(failure.code())
                        .isEqualTo(ErrorCode.FENCED));
        fence.check(operation(0, 4));
    }

    @Test
    void fence_givesNodesEverGreaterIncarnations() {
        Fence fence = new Fence();
        NodeId node = new NodeId("n");
        assertThat(fence.next(node, 100)).isEqualTo(100);
        assertThat(fence.next(node, 100)).isEqualTo(101);
        assertThat(fence.next(node, 50)).isEqualTo(102);
        assertThat(fence.next(node, 1_000)).isEqualTo(1_000);
    }

    private static OperationId operation(int node, long incarnation) {
        return new OperationId(new NodeId("n" + node), incarnation, 1);
    }

    @Test
    void recentOffsets_countLikeAList() {
        RecentOffsets recent = new RecentOffsets();
        List<Long> model = new ArrayList<>();
        Random random = new Random(7);
        long offset = 0;
        for (int i = 0; i < 3_000; i++) {
            offset += 1 + random.nextInt(3);
            recent.add(offset);
            model.add(offset);
            long asked = random.nextLong(offset + 2);
            List<Long> kept = model.subList(Math.max(0, model.size() - RecentOffsets.MOST), model.size());
            assertThat(recent.countAfter(asked))
                    .isEqualTo((int) kept.stream().filter(o -> o > asked).count());
            if (recent.covers(asked)) {
                assertThat(recent.countAfter(asked))
                        .isEqualTo((int) model.stream().filter(o -> o > asked).count());
            } else {
                assertThat(kept).doesNotContain(asked + 1);
            }
        }
    }

    @Test
    void answers_keepTheirCountsAlone_whenTheirIdsAreTooMany() {
        Room room = new Room(Long.MAX_VALUE);
        IdempotencyKeys keys = new IdempotencyKeys(1_000, room);
        Instant start = Instant.parse("2026-01-01T00:00:00Z");
        int each = 100_000;
        for (int i = 0; i < 24; i++) {
            String key = "key" + i;
            keys.add(key, new Appended(new Position("e", i), start.plusSeconds(i), null, false));
            // Two after the other have the same recipients.
            List<ActorId> ids = Collections.nCopies(each, new ActorId("a" + i / 2));
            keys.keep(key, i, new FirstAnswer(each, 0, Map.of(), ids));
        }
        assertThat(kept(keys, 0)).isEqualTo(each);
        assertThat(kept(keys, 19)).isEqualTo(each);
        assertThat(kept(keys, 20)).isZero();
        assertThat(keys.answer("key23", 23)).isEqualTo(new FirstAnswer(each, 0, Map.of(), List.of()));
        keys.forgetExpired(start.plus(IdempotencyKeys.LIFE).plusSeconds(4));
        assertThat(keys.answer("key3", 3)).isNull();
        assertThat(kept(keys, 4)).isEqualTo(each);
        keys.add("next", new Appended(new Position("e", 100), start.plusSeconds(200), null, false));
        keys.keep("next", 100, new FirstAnswer(each, 0, Map.of(), Collections.nCopies(each, new ActorId("z"))));
        assertThat(keys.answer("next", 100).ids()).hasSize(each);
        keys.clear();
        assertThat(room.held()).isZero();
    }

    private static int kept(IdempotencyKeys keys, int number) {
        return keys.answer("key" + number, number).ids().size();
    }
}
