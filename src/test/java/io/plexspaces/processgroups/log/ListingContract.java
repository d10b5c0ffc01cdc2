package io.plexspaces.processgroups.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.plexspaces.processgroups.domain.Glob;
import io.plexspaces.processgroups.domain.GroupId;
import io.plexspaces.processgroups.domain.GroupInfo;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Which groups there are. */
abstract class ListingContract extends LogFixture {
    ListingContract(GroupLogContract contract) {
        super(contract);
    }

    private GroupPage page(@Nullable String namespace, String glob, @Nullable GroupId after, int limit) {
        return result(log().groups(new GroupQuery(tenant, namespace, new Glob(glob), after, limit)));
    }

    private static List<String> names(GroupPage page) {
        return page.groups().stream()
                .map(group -> group.id().namespace().name() + "/" + group.id().name())
                .toList();
    }

    private void create(String namespace, String... names) {
        for (String name : names) {
            create(GroupId.of(tenant, namespace, name));
        }
    }

    @Test
    void emptyTenant_hasNone() {
        assertThat(page(null, "", null, 10)).isEqualTo(new GroupPage(List.of(), false, 0));
        assertThat(page("none", "*", null, 10)).isEqualTo(new GroupPage(List.of(), false, 0));
    }

    @Test
    void ordered_byNamespaceThenName() {
        create("b", "2", "10", "a");
        create("", "z", "Z");
        create("a", "x");
        assertThat(names(page(null, "", null, 10)))
                .containsExactly("a/x", "b/10", "b/2", "b/a", "default/Z", "default/z");
        assertThat(names(page("", "", null, 10))).containsExactly("default/Z", "default/z");
        assertThat(names(page("b", "", null, 10))).containsExactly("b/10", "b/2", "b/a");
    }

    @Test
    void pages_coverAllOnce() {
        create("b", IntStream.range(0, 7).mapToObj(i -> "g" + i).toArray(String[]::new));
        create("a", IntStream.range(0, 6).mapToObj(i -> "g" + i).toArray(String[]::new));
        List<GroupId> found = new ArrayList<>();
        GroupId after = null;
        GroupPage page;
        do {
            page = page(null, "g*", after, 5);
            assertThat(page.total()).isEqualTo(13);
            page.groups().forEach(group -> found.add(group.id()));
            after = found.get(found.size() - 1);
        } while (page.more());
        assertThat(found).hasSize(13).isSorted().doesNotHaveDuplicates();
        assertThat(page("a", "", GroupId.of(tenant, "a", "g3"), 2).more()).isFalse();
    }

    @Test
    void glob_narrows() {
        create("n", "user.a", "user.b", "user", "users", "a.user");
        assertThat(names(page("n", "user.*", null, 10))).containsExactly("n/user.a", "n/user.b");
        assertThat(names(page("n", "user?", null, 10))).containsExactly("n/users");
        assertThat(names(page("n", "*user", null, 10))).containsExactly("n/a.user", "n/user");
        assertThat(names(page("n", "user", null, 10))).containsExactly("n/user");
        assertThat(page("n", "user*", null, 1)).matches(page -> page.total() == 4 && page.more());
        assertThat(page("n", "[a-z]*", null, 10).total()).isZero();
        assertThat(page("n", " *", null, 10).total()).isZero();
    }

    @Test
    void otherTenants_areNotSeen() {
        create(GroupId.of(tenant + "-2", "n", "other"));
        create(GroupId.of(tenant.substring(0, tenant.length() - 1), "n", "other"));
        create("n", "mine");
        assertThat(names(page(null, "", null, 10))).containsExactly("n/mine");
    }

    @Test
    void infos_areOfNow() {
        create(room);
        done(join(ALICE));
        done(join(BOB));
        GroupInfo info = page("", "room", null, 1).groups().get(0);
        assertThat(info).isEqualTo(snapshot().info());
        assertThat(info.memberCount()).isEqualTo(2);
        result(deleting(room));
        assertThat(page("", "room", null, 1).groups()).isEmpty();
    }
}
