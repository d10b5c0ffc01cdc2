package io.plexspaces.processgroups.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.plexspaces.processgroups.access.Caller;
import io.plexspaces.processgroups.core.Groups;
import io.plexspaces.processgroups.domain.ActorId;
import io.plexspaces.processgroups.domain.GroupException;
import io.plexspaces.processgroups.domain.GroupId;
import io.plexspaces.processgroups.domain.Membership;
import io.plexspaces.processgroups.domain.NodeId;
import io.plexspaces.processgroups.domain.Owner;
import io.plexspaces.processgroups.domain.Position;
import io.plexspaces.processgroups.domain.TopicFilter;
import io.plexspaces.processgroups.proto.v1.GetLocalMembersRequest;
import io.plexspaces.processgroups.proto.v1.GetLocalMembersResponse;
import io.plexspaces.processgroups.proto.v1.GetMembersRequest;
import io.plexspaces.processgroups.proto.v1.GetMembersResponse;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class AnswersTest {
    private static final int MANY = 10_000;

    private final Requests requests = new Requests(TestSettings.defaults(), Caller.anybody());
    private final List<Membership> all =
            IntStream.range(0, MANY).mapToObj(AnswersTest::member).toList();

    /** With the longest id there is. */
    private static Membership member(int number) {
        NodeId node = new NodeId("n");
        ActorId actor = new ActorId("a" + "x".repeat(249) + (10_000 + number));
        Membership.Holding held = new Membership.Holding(new Owner.Durable(node), node, 1, null);
        return Membership.first(actor, TopicFilter.ALL, held, Instant.EPOCH, 2);
    }

    private Groups.MemberPage page(Groups.MembersQuery query) {
        List<Membership> after = all.stream()
                .filter(member -> query.after() == null || member.actor().compareTo(query.after()) > 0)
                .toList();
        boolean more = after.size() > query.limit();
        return new Groups.MemberPage(more ? after.subList(0, query.limit()) : after, more, MANY, new Position("e", 1));
    }

    @Test
    void membersThatAreTooLargeForOneAnswer_goOnWithTheToken() {
        for (boolean detailed : List.of(false, true)) {
            List<String> seen = new ArrayList<>();
            int answers = 0;
            String token = "";
            do {
                Groups.MembersQuery query = requests.members(GetMembersRequest.newBuilder()
                        .setTenantId("acme")
                        .setGroupName("news")
                        .setPageToken(token)
                        .build());
                GetMembersResponse answer = Answers.members(query, page(query), detailed);
                assertThat(answer.getSerializedSize()).isLessThan(Answers.ANSWER_BYTES + 1024);
                assertThat(answer.getTotalCount()).isEqualTo(MANY);
                assertThat(answer.getMembershipsCount()).isEqualTo(detailed ? answer.getMemberIdsCount() : 0);
                seen.addAll(answer.getMemberIdsList());
                token = answer.getNextPageToken();
                answers++;
            } while (!token.isEmpty());
            assertThat(answers).isGreaterThan(1);
            assertThat(seen).hasSize(MANY).doesNotHaveDuplicates();
        }
    }

    @Test
    void localMembersThatAreTooLargeForOneAnswer_goOnWithTheToken() {
        List<String> seen = new ArrayList<>();
        String token = "";
        do {
            Groups.MembersQuery query = requests.localMembers(GetLocalMembersRequest.newBuilder()
                    .setTenantId("acme")
                    .setGroupName("news")
                    .setPageToken(token)
                    .build());
            GetLocalMembersResponse answer = Answers.localMembers(query, page(query));
            assertThat(answer.getSerializedSize()).isLessThan(Answers.ANSWER_BYTES + 1024);
            seen.addAll(answer.getMemberIdsList());
            token = answer.getNextPageToken();
        } while (!token.isEmpty());
        assertThat(seen).hasSize(MANY).doesNotHaveDuplicates();
    }

    @Test
    void whatIsNotThere_isNamedWithTenantAndNamespace() {
        GroupId group = GroupId.of("acme", "prod", "news");
        assertThat(List.of(
                        GroupException.groupNotFound(group),
                        GroupException.notAMember(group, new ActorId("bob")),
                        GroupException.leaseNotFound(group)))
                .allSatisfy(
                        failure -> assertThat(failure).hasMessageContaining("news in namespace prod of tenant acme"));
    }
}
