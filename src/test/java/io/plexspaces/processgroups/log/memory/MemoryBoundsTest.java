package io.plexspaces.processgroups.log.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.plexspaces.processgroups.domain.ErrorCode;
import io.plexspaces.processgroups.domain.GroupException;
import io.plexspaces.processgroups.domain.NodeId;
import io.plexspaces.processgroups.domain.OperationId;
import java.util.ArrayList;
import java.util.List;
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
}
