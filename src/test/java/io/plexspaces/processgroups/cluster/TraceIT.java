package io.plexspaces.processgroups.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.grpc.Metadata;
import io.grpc.stub.MetadataUtils;
import io.plexspaces.processgroups.e2e.GrpcClient;
import io.plexspaces.processgroups.e2e.WsClient;
import io.plexspaces.processgroups.proto.v1.Event;
import io.plexspaces.processgroups.proto.v1.PublishToGroupRequest;
import io.plexspaces.processgroups.proto.v1.SubscribeRequest;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * One trace from a publisher through the node it publishes on and the log to the deliveries of all nodes, as a
 * collector gets it.
 */
class TraceIT extends OnNodes {
    private static final String ROOM = "room";
    private static final String TRACEPARENT = "traceparent";
    private static final Duration SENT_BY = Duration.ofSeconds(20);

    private final OtlpReceiver collector = new OtlpReceiver();
    private String trace;
    private String caller;

    @Override
    Map<String, String> environment() {
        return Map.of(
                "QUARKUS_OTEL_SDK_DISABLED", "false",
                "QUARKUS_OTEL_EXPORTER_OTLP_ENDPOINT", collector.endpoint(),
                "QUARKUS_OTEL_BSP_SCHEDULE_DELAY", "100MS");
    }

    @AfterAll
    void endCollector() {
        collector.close();
    }

    @BeforeEach
    void createRoom() {
        trace = hex(16);
        caller = hex(8);
        on("a").create(ROOM);
    }

    private static String hex(int bytes) {
        byte[] random = new byte[bytes];
        ThreadLocalRandom.current().nextBytes(random);
        random[0] |= 1;
        return HexFormat.of().formatHex(random);
    }

    private static String place(String trace, String span) {
        return "00-" + trace + "-" + span + "-01";
    }

    private List<OtlpReceiver.Received> spans(String of, int count) {
        await().atMost(SENT_BY).until(() -> collector.of(of).size() >= count);
        return collector.of(of);
    }

    private static OtlpReceiver.Received only(List<OtlpReceiver.Received> spans, String node, String name) {
        List<OtlpReceiver.Received> found = spans.stream()
                .filter(span -> span.instance().equals(node) && span.name().equals(name))
                .toList();
        assertThat(found).as("%s on %s in %s", name, node, spans).hasSize(1);
        return found.get(0);
    }

    private PublishToGroupRequest.Builder request() {
        return PublishToGroupRequest.newBuilder()
                .setTenantId(tenant)
                .setGroupName(ROOM)
                .setTopic("user.login")
                .setMessage(GrpcClient.text("hello"));
    }

    @Test
    void publishOnOneNode_isDeliveredByOthersInTheCallersTrace_oncePerNode() {
        var onA = on("a").subscribe(ROOM, "ann");
        var bob = on("b").subscribe(ROOM, "bob");
        var eve = on("b").subscribe(ROOM, "eve");
        WsClient tab = closing(WsClient.connect(
                nodes.get("b").webSocket("/ws/" + tenant + "/default/" + ROOM + "?actor=tab"), WsClient.JSON));
        tab.awaitEvents(1);

        Metadata metadata = new Metadata();
        metadata.put(Metadata.Key.of(TRACEPARENT, Metadata.ASCII_STRING_MARSHALLER), place(trace, caller));
        on("a").calls
                .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(metadata))
                .publishToGroup(request().build());
        List.of(onA, bob, eve)
                .forEach(stream -> assertThat(stream.awaitTexts(1)).containsExactly("hello"));
        tab.awaitEvents(2);

        List<OtlpReceiver.Received> spans = spans(trace, 3);
        OtlpReceiver.Received publish = only(spans, "a", "process_group.publish");
        assertThat(publish.parent()).isEqualTo(caller);
        assertThat(publish.kind()).isEqualTo("SPAN_KIND_PRODUCER");
        assertThat(publish.attributes())
                .containsEntry("tenant", tenant)
                .containsEntry("group", ROOM)
                .containsEntry("topic", "user.login");
        Map.of("a", "1", "b", "3").forEach((node, count) -> {
            OtlpReceiver.Received deliver = only(spans, node, "process_group.deliver");
            assertThat(deliver.parent()).isEqualTo(publish.id());
            assertThat(deliver.links()).containsExactly(publish.id());
            assertThat(deliver.kind()).isEqualTo("SPAN_KIND_CONSUMER");
            assertThat(deliver.attributes()).containsEntry("node", node).containsEntry("connections", count);
        });
        // Nobody is connected to c.
        assertThat(spans).hasSize(3);
        Event received = bob.awaitEvent(Event::hasMessage);
        assertThat(received.getMessage().getHeadersMap()).containsEntry(TRACEPARENT, place(trace, publish.id()));
    }

    @Test
    void handshakeOfAWebSocket_isTheParentOfItsRequests() {
        var bob = on("b").subscribe(ROOM, "bob");
        WsClient socket = closing(WsClient.connect(
                nodes.get("a").webSocket("/ws"), WsClient.JSON, Map.of(TRACEPARENT, place(trace, caller))));
        socket.send("{\"requestId\":1,\"open\":{\"tenantId\":\"" + tenant + "\",\"actorId\":\"ann\"}}");
        socket.send("{\"requestId\":2,\"join\":{\"groupName\":\"" + ROOM + "\",\"topics\":[\"none\"]}}");
        socket.send("{\"requestId\":3,\"publish\":{\"groupName\":\"" + ROOM + "\",\"topic\":\"user.login\","
                + "\"message\":{\"text\":\"hello\"}}}");
        assertThat(bob.awaitTexts(1)).containsExactly("hello");

        List<OtlpReceiver.Received> spans = spans(trace, 3);
        OtlpReceiver.Received publish = only(spans, "a", "process_group.publish");
        assertThat(publish.parent()).isEqualTo(caller);
        assertThat(only(spans, "a", "process_group.join").parent()).isEqualTo(caller);
        assertThat(only(spans, "b", "process_group.deliver").parent()).isEqualTo(publish.id());
    }

    @Test
    void headersOfAMessage_nameItsTrace_whateverTheConnectionSays() {
        var bob = on("b").subscribe(ROOM, "bob");
        String other = hex(16);
        Metadata metadata = new Metadata();
        metadata.put(Metadata.Key.of(TRACEPARENT, Metadata.ASCII_STRING_MARSHALLER), place(other, hex(8)));
        PublishToGroupRequest.Builder request = request();
        request.getMessageBuilder().putHeaders(TRACEPARENT, place(trace, caller));

        on("a").calls
                .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(metadata))
                .publishToGroup(request.build());
        assertThat(bob.awaitTexts(1)).containsExactly("hello");

        List<OtlpReceiver.Received> spans = spans(trace, 2);
        OtlpReceiver.Received publish = only(spans, "a", "process_group.publish");
        assertThat(publish.parent()).isEqualTo(caller);
        assertThat(only(spans, "b", "process_group.deliver").parent()).isEqualTo(publish.id());
        assertThat(collector.of(other)).isEmpty();
    }

    @Test
    void callsAndStreams_arePartOfTheTraceOfTheirMetadata() {
        Metadata metadata = new Metadata();
        metadata.put(Metadata.Key.of(TRACEPARENT, Metadata.ASCII_STRING_MARSHALLER), place(trace, caller));
        GrpcClient plain = on("b");
        var calls = plain.calls.withInterceptors(MetadataUtils.newAttachHeadersInterceptor(metadata));
        calls.createGroup(io.plexspaces.processgroups.proto.v1.CreateGroupRequest.newBuilder()
                .setTenantId(tenant)
                .setGroupName("other")
                .build());
        calls.subscribe(SubscribeRequest.newBuilder()
                        .setTenantId(tenant)
                        .setGroupName("other")
                        .setActorId("ann")
                        .build())
                .next();
        calls.watch(io.plexspaces.processgroups.proto.v1.WatchRequest.newBuilder()
                        .setTenantId(tenant)
                        .setGroupName("other")
                        .build())
                .next();

        List<OtlpReceiver.Received> spans = spans(trace, 3);
        for (String operation : List.of("create", "join", "watch")) {
            OtlpReceiver.Received span = only(spans, "b", "process_group." + operation);
            assertThat(span.parent()).as(operation).isEqualTo(caller);
            assertThat(span.kind()).isEqualTo("SPAN_KIND_SERVER");
        }
    }
}
