package io.plexspaces.processgroups.core.group;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.plexspaces.processgroups.core.CoreFixture;
import io.plexspaces.processgroups.core.Groups;
import io.plexspaces.processgroups.domain.GroupId;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ReplicasTest {
    private final CoreFixture node = new CoreFixture(Duration.ZERO);

    @AfterEach
    void stop() {
        node.close();
    }

    private List<String> members(GroupId group) {
        return CoreFixture.await(node.groups.members(new Groups.MembersQuery(group, false, null, 10)))
                .members()
                .stream()
                .map(member -> member.actor().value())
                .toList();
    }

    @Test
    void groupsThatNobodyUses_areClosedWhenManyAreOpen() {
        GroupId used = node.create("used");
        CoreFixture.Client client = node.connect("client");
        client.join(used);

        for (int i = 0; i < 10 * CoreFixture.OPEN_GROUPS; i++) {
            members(node.create("group-" + i));
        }

        assertThat(node.replicas.size()).isLessThanOrEqualTo(CoreFixture.OPEN_GROUPS + 1);
        assertThat(node.replicas.ifOpen(used)).isNotNull();
        node.publish(used, null, "hello");
        await().untilAsserted(() -> assertThat(client.peer().texts()).containsExactly("hello"));
    }

    @Test
    void groupThatWasClosed_isReadAgain() {
        GroupId first = node.create("first");
        node.join(first, "member");
        for (int i = 0; i < 3 * CoreFixture.OPEN_GROUPS; i++) {
            members(node.create("group-" + i));
        }
        assertThat(node.replicas.ifOpen(first)).isNull();

        assertThat(members(first)).containsExactly("member");
    }
}
