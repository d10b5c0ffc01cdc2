package io.plexspaces.processgroups.e2e;

import static io.plexspaces.processgroups.e2e.GrpcClient.assertFails;
import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Status;
import io.plexspaces.processgroups.proto.v1.ListGroupsResponse;
import io.plexspaces.processgroups.proto.v1.ProcessGroup;
import io.quarkus.test.junit.QuarkusTest;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The same names in other tenants and namespaces are other groups. */
@QuarkusTest
class IsolationTest extends LiveServer {
    @Test
    void tenants_doNotMix() {
        doNotMix(client, client.forTenant("other-" + tenant));
    }

    @Test
    void namespaces_doNotMix() {
        doNotMix(client, client.in("staging"));
    }

    /** Joined by a character that names may hold, these two would be one key. */
    @Test
    void namesThatRunTogether_doNotMix() {
        doNotMix(
                client.forTenant(tenant + ":a").in("b"),
                client.forTenant(tenant).in("a:b"));
    }

    private static void doNotMix(GrpcClient here, GrpcClient there) {
        here.create("events");
        assertFails("GROUP_NOT_FOUND", Status.Code.NOT_FOUND, () -> there.join("events", "ann"));
        there.create("events");
        var ann = here.subscribe("events", "ann");
        var bob = there.subscribe("events", "bob");
        var watch = there.watch("events");
        here.join("events", "stored");

        assertThat(here.members("events")).containsExactly("ann", "stored");
        assertThat(there.members("events")).containsExactly("bob");
        assertFails("NOT_A_MEMBER", Status.Code.NOT_FOUND, () -> there.leave("events", "stored"));
        assertThat(here.publish("events", "", "here").getRecipientIdsList()).containsExactlyInAnyOrder("ann", "stored");
        assertThat(there.publish("events", "", "there").getRecipientIdsList()).containsExactly("bob");
        assertThat(ann.awaitTexts(1)).containsExactly("here");
        assertThat(bob.awaitTexts(1)).containsExactly("there");

        assertThat(here.delete("events")).isTrue();
        assertThat(ann.awaitEnd().getCode()).isEqualTo(Status.Code.NOT_FOUND);
        there.publish("events", "", "still there");
        assertThat(bob.awaitTexts(2)).containsExactly("there", "still there");
        assertThat(there.members("events")).containsExactly("bob");
        assertThat(names(here)).isEmpty();
        assertThat(names(there)).containsExactly("events");
        assertThat(watch.events()).noneMatch(event -> event.hasJoined() || event.hasLeft() || event.hasGroupDeleted());
    }

    private static List<String> names(GrpcClient client) {
        return client.list("events", 0, "").getGroupsList().stream()
                .filter(group -> client.namespace().isEmpty()
                        ? group.getNamespace().equals("default")
                        : group.getNamespace().equals(client.namespace()))
                .map(ProcessGroup::getGroupName)
                .toList();
    }

    @Test
    void webSockets_keepToTheirNamespace() {
        client.create("events");
        client.in("staging").create("events");
        WsClient prod = browse("events", "ann");
        WsClient staging = openWs("/" + tenant + "/staging/events?actor=ann", WsClient.PROTO);
        staging.awaitEvents(1);

        client.publish("events", "", "prod");
        client.in("staging").publish("events", "", "staging");

        assertThat(prod.awaitTexts(1)).containsExactly("prod");
        assertThat(staging.awaitTexts(1)).containsExactly("staging");
    }

    @Test
    void list_showsTheTenantsGroupsAlone_byNamespaceAndName() {
        Stream.of("b", "a").forEach(client::create);
        client.in("a-space").create("z");
        client.in("z-space").create("a");
        client.forTenant("other-" + tenant).create("hidden");

        ListGroupsResponse all = client.list("", 0, "");
        assertThat(all.getGroupsList())
                .extracting(group -> group.getNamespace() + "/" + group.getGroupName())
                .containsExactly("a-space/z", "default/a", "default/b", "z-space/a");
        assertThat(all.getTotalCount()).isEqualTo(4);
        assertThat(client.in("default").list("", 0, "").getGroupsList())
                .extracting(ProcessGroup::getGroupName)
                .containsExactly("a", "b");
        assertThat(client.list("?", 0, "").getTotalCount()).isEqualTo(4);
        assertThat(client.list("z*", 0, "").getTotalCount()).isEqualTo(1);

        List<String> paged = new ArrayList<>();
        String token = "";
        do {
            ListGroupsResponse page = client.list("", 1, token);
            page.getGroupsList().forEach(group -> paged.add(group.getNamespace() + "/" + group.getGroupName()));
            token = page.getNextPageToken();
        } while (!token.isEmpty());
        assertThat(paged).containsExactly("a-space/z", "default/a", "default/b", "z-space/a");
    }
}
