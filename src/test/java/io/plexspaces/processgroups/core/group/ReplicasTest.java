package io.plexspaces.processgroups.core.group;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.plexspaces.processgroups.core.CoreFixture;
import io.plexspaces.processgroups.core.Groups;
import io.plexspaces.processgroups.domain.ErrorCode;
import io.plexspaces.processgroups.domain.GroupException;
import io.plexspaces.processgroups.domain.GroupId;
import io.plexspaces.processgroups.domain.GroupSpec;
import io.plexspaces.processgroups.domain.Retention;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ReplicasTest {
    private static final GroupSpec SPEC =
            new GroupSpec(GroupSpec.Metadata.NONE, new Retention(1, Duration.ofMinutes(1)), null);
    private static final int OF_A_CLIENT = 500;
    private static final int OF_A_TENANT = CoreFixture.MOST_GROUPS * 3 / 4;

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

    /** One client alone may not hold as many. */
    @Test
    void groupsInUse_areBounded_oneThatIsLeftMakesRoom_andAnotherTenantHasItsOwn() {
        List<CoreFixture.Client> clients = new ArrayList<>();
        for (int i = 0; i < OF_A_TENANT; i++) {
            if (i % OF_A_CLIENT == 0) {
                clients.add(node.connect("client-" + i));
            }
            clients.get(clients.size() - 1).join(node.create("used-" + i));
        }
        GroupId another = node.create("another");

        assertThatThrownBy(() -> members(another))
                .isInstanceOfSatisfying(GroupException.class, refused -> assertThat(refused.code())
                        .isEqualTo(ErrorCode.OVERLOADED));
        assertThat(node.replicas.size()).isEqualTo(OF_A_TENANT);
        node.publish(node.group("used-0"), null, "hello");
        await().untilAsserted(() -> assertThat(clients.get(0).peer().texts()).containsExactly("hello"));
        GroupId ofAnother = GroupId.of("another-tenant", "", "group");
        CoreFixture.await(node.groups.create(ofAnother, SPEC));
        assertThat(members(ofAnother)).isEmpty();

        node.groups.delete(node.group("used-1")).await().indefinitely();
        await().ignoreExceptions().untilAsserted(() -> {
            node.replicas.closeIdle(Integer.MAX_VALUE);
            assertThat(members(another)).isEmpty();
        });
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
