package io.plexspaces.processgroups.e2e;

import static io.plexspaces.processgroups.e2e.GrpcClient.assertFails;
import static io.plexspaces.processgroups.e2e.GrpcClient.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.Duration;
import io.grpc.Status;
import io.plexspaces.processgroups.proto.v1.CreateGroupRequest;
import io.plexspaces.processgroups.proto.v1.Dispatch;
import io.plexspaces.processgroups.proto.v1.Event;
import io.plexspaces.processgroups.proto.v1.FetchMessagesRequest;
import io.plexspaces.processgroups.proto.v1.FetchMessagesResponse;
import io.plexspaces.processgroups.proto.v1.Gap;
import io.plexspaces.processgroups.proto.v1.OverflowPolicy;
import io.plexspaces.processgroups.proto.v1.Position;
import io.plexspaces.processgroups.proto.v1.ProcessGroup;
import io.plexspaces.processgroups.proto.v1.PublishToGroupRequest;
import io.plexspaces.processgroups.proto.v1.PublishToGroupResponse;
import io.plexspaces.processgroups.proto.v1.SubscribeRequest;
import io.quarkus.test.junit.QuarkusTest;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a group keeps, and how it reports what it no longer has. */
@QuarkusTest
class HistoryTest extends LiveServer {
    @BeforeEach
    void create() {
        client.create("ops");
    }

    @Test
    void fetch_pagesUntilCaughtUp() {
        List<String> expected = IntStream.range(0, 25).mapToObj(String::valueOf).toList();
        expected.forEach(text -> client.publish("ops", "", text));
        List<String> fetched = new ArrayList<>();
        FetchMessagesResponse page = fetch(fetchOf("ops").setPageSize(10));
        int pages = 1;
        texts(page, fetched);
        while (!page.getCaughtUp()) {
            assertThat(page.getEventsCount()).isEqualTo(10);
            page = fetch(fetchOf("ops").setPageSize(10).setAfter(page.getNext()));
            texts(page, fetched);
            pages++;
        }
        assertThat(fetched).isEqualTo(expected);
        assertThat(pages).isEqualTo(3);
        assertThat(page.hasGap()).isFalse();

        client.publish("ops", "", "later");
        FetchMessagesResponse rest = fetch(fetchOf("ops").setAfter(page.getNext()));
        assertThat(rest.getEventsList()).extracting(HistoryTest::textOf).containsExactly("later");
        assertThat(rest.getCaughtUp()).isTrue();
    }

    @Test
    void fetchForAnActor_appliesItsFilter() {
        client.join("ops", "ann", "a.*");
        client.join("ops", "bob");
        client.publish("ops", "a.x", "1");
        client.publish("ops", "b", "2");
        client.publish("ops", "", "3");
        client.publish(toOps().setDispatch(Dispatch.ONE), "4");

        List<String> ann = new ArrayList<>();
        texts(fetch(fetchOf("ops").setActorId("ann")), ann);
        List<String> bob = new ArrayList<>();
        texts(fetch(fetchOf("ops").setActorId("bob")), bob);
        assertThat(ann).contains("1", "3").doesNotContain("2");
        assertThat(bob).contains("1", "2", "3");
        assertThat(ann.contains("4")).isNotEqualTo(bob.contains("4"));
        assertFails(
                "NOT_A_MEMBER",
                Status.Code.NOT_FOUND,
                () -> fetch(fetchOf("ops").setActorId("stranger")));
    }

    @Test
    void retentionOfAGroup_boundsItsHistory_andTheGapTellsHowMuchIsGone() {
        CreateGroupRequest.Builder small =
                CreateGroupRequest.newBuilder().setGroupName("small").setOverflowPolicy(OverflowPolicy.CONFLATE);
        small.getRetentionBuilder()
                .setMessages(5)
                .setMaxAge(Duration.newBuilder().setSeconds(60));
        ProcessGroup created = client.create(small);
        assertThat(created.getRetention()).isEqualTo(small.getRetention());
        assertThat(created.getOverflowPolicy()).isEqualTo(OverflowPolicy.CONFLATE);
        PublishToGroupResponse first = client.publish("small", "", "0");
        for (int i = 1; i < 20; i++) {
            client.publish("small", "", String.valueOf(i));
        }

        FetchMessagesResponse all = fetch(fetchOf("small").setAfter(position(first)));
        assertThat(all.getEventsList()).extracting(HistoryTest::textOf).containsExactly("15", "16", "17", "18", "19");
        assertThat(all.getGap().getReason()).isEqualTo(Gap.Reason.TRIMMED);
        assertThat(all.getGap().getMissed()).isEqualTo(14);
        assertThat(all.getGap().getExact()).isTrue();

        var late = client.subscribe(SubscribeRequest.newBuilder()
                .setGroupName("small")
                .setActorId("late")
                .setAfter(position(first)));
        assertThat(late.awaitTexts(5)).containsExactly("15", "16", "17", "18", "19");
        assertThat(late.events().get(0).getSubscribed().getRecovered()).isFalse();
        assertThat(late.awaitEvent(Event::hasGap).getGap().getMissed()).isEqualTo(14);

        FetchMessagesResponse other =
                fetch(fetchOf("small").setAfter(position(first).toBuilder().setEpoch("another")));
        assertThat(other.getGap().getReason()).isEqualTo(Gap.Reason.EPOCH_CHANGED);
        assertThat(other.getEventsCount()).isEqualTo(5);
    }

    @Test
    void groupThatKeepsNothing_stillDelivers() {
        CreateGroupRequest.Builder none = CreateGroupRequest.newBuilder().setGroupName("none");
        none.getRetentionBuilder().setMessages(0);
        client.create(none);
        var live = client.subscribe("none", "ann");
        client.publish("none", "", "now or never");
        assertThat(live.awaitTexts(1)).containsExactly("now or never");
        assertThat(fetch(fetchOf("none")).getEventsList()).isEmpty();
    }

    @Test
    void messageTtl_endsItsStorage() {
        PublishToGroupRequest.Builder request = toOps();
        PublishToGroupResponse brief = client.publish(
                request.setMessage(text("brief").setTtl(Duration.newBuilder().setNanos(300_000_000))));
        client.publish("ops", "", "lasting");
        await().atMost(EventStream.PATIENCE).until(() -> fetch(fetchOf("ops")).getEventsList().stream()
                .map(HistoryTest::textOf)
                .toList()
                .equals(List.of("lasting")));
        var late = client.subscribe(SubscribeRequest.newBuilder()
                .setGroupName("ops")
                .setActorId("late")
                .setAfter(position(brief).toBuilder().setOffset(brief.getOffset() - 1)));
        client.publish("ops", "", "end");
        assertThat(late.awaitTexts(2)).containsExactly("lasting", "end");
    }

    private static FetchMessagesRequest.Builder fetchOf(String group) {
        return FetchMessagesRequest.newBuilder().setGroupName(group);
    }

    private FetchMessagesResponse fetch(FetchMessagesRequest.Builder request) {
        return client.calls.fetchMessages(request.setTenantId(tenant).build());
    }

    private static void texts(FetchMessagesResponse page, List<String> into) {
        page.getEventsList().forEach(event -> into.add(textOf(event)));
    }

    private static String textOf(Event event) {
        return event.getMessage().getPayload().toStringUtf8();
    }

    private static Position position(PublishToGroupResponse published) {
        return Position.newBuilder()
                .setEpoch(published.getEpoch())
                .setOffset(published.getOffset())
                .build();
    }

    private static PublishToGroupRequest.Builder toOps() {
        return PublishToGroupRequest.newBuilder().setGroupName("ops");
    }
}
