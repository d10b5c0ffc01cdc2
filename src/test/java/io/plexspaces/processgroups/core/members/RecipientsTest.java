package io.plexspaces.processgroups.core.members;

import static org.assertj.core.api.Assertions.assertThat;

import io.plexspaces.processgroups.core.Groups;
import io.plexspaces.processgroups.domain.ActorId;
import io.plexspaces.processgroups.domain.Bytes;
import io.plexspaces.processgroups.domain.Dispatch;
import io.plexspaces.processgroups.domain.Entry;
import io.plexspaces.processgroups.domain.Membership;
import io.plexspaces.processgroups.domain.Message;
import io.plexspaces.processgroups.domain.NodeId;
import io.plexspaces.processgroups.domain.OperationId;
import io.plexspaces.processgroups.domain.Owner;
import io.plexspaces.processgroups.domain.Position;
import io.plexspaces.processgroups.domain.TopicFilter;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RecipientsTest {
    private static final NodeId SELF = new NodeId("self");
    private static final Position END = new Position("e", 1);

    private final Members members = new Members(SELF);

    private void put(String actor, String node, TopicFilter filter) {
        NodeId label = new NodeId(node);
        members.put(Membership.first(
                new ActorId(actor),
                filter,
                new Membership.Holding(new Owner.Durable(label), label, 1, null),
                Instant.EPOCH,
                1));
    }

    private Recipients all() {
        Message message = new Message("", null, "", Bytes.EMPTY, null, 0, null, Map.of(), "", "", "");
        return Recipients.of(
                new Entry.Published(
                        2, Instant.EPOCH, new OperationId(SELF, 1, 1), 1, message, null, Dispatch.ALL, false),
                members);
    }

    private static long bytes(Groups.PublishResult result) {
        long ids = result.ids().stream()
                .mapToLong(id -> AnswerBounds.ID_BYTES + id.value().length())
                .sum();
        return ids
                + result.perNode().keySet().stream()
                        .mapToLong(node -> 12 + node.value().length())
                        .sum();
    }

    @Test
    void moreNodesThanAnAnswerHasRoomFor_areLeftOut_andItSaysSo() {
        for (int i = 0; i < 5; i++) {
            put("a" + i, "node-" + i, TopicFilter.ALL);
        }
        Groups.PublishResult whole = all().result(END, Groups.RecipientDetail.COUNTS, new AnswerBounds(10, 5));
        assertThat(whole.perNode()).hasSize(5);
        assertThat(whole.nodesTruncated()).isFalse();
        put("b", "node-5", TopicFilter.of(List.of("a")));
        for (Groups.PublishResult part : List.of(
                all().result(END, Groups.RecipientDetail.COUNTS, new AnswerBounds(10, 5)),
                all().resultAt(END, new AnswerBounds(10, 5)))) {
            assertThat(part.recipients()).isEqualTo(6);
            assertThat(part.perNode()).hasSize(5);
            assertThat(part.nodesTruncated()).isTrue();
        }
    }

    @Test
    void anAnswer_hasTwoMebibytesAtMost() {
        for (int i = 0; i < 9_000; i++) {
            put(i + "a".repeat(251), (i % 1_000) + "n".repeat(252), TopicFilter.ALL);
        }
        AnswerBounds bounds = new AnswerBounds(1_000_000, 1_000);
        for (Groups.PublishResult answer :
                List.of(all().result(END, Groups.RecipientDetail.IDS, bounds), all().resultAt(END, bounds))) {
            assertThat(answer.recipients()).isEqualTo(9_000);
            assertThat(answer.perNode()).hasSize(1_000);
            assertThat(answer.ids()).hasSizeBetween(7_000, 8_000).doesNotHaveDuplicates();
            assertThat(answer.truncated()).isTrue();
            assertThat(answer.nodesTruncated()).isFalse();
            assertThat(bytes(answer)).isLessThanOrEqualTo(AnswerBounds.BYTES);
        }
    }
}
