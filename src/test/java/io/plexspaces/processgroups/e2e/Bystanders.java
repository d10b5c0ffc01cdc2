package io.plexspaces.processgroups.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.plexspaces.processgroups.proto.v1.GroupMembership;
import io.plexspaces.processgroups.proto.v1.SubscribeRequest;
import io.plexspaces.processgroups.proto.v1.SubscribeResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.awaitility.core.ConditionFactory;

/**
 * Two subscribers of a group, one on gRPC and one on WebSocket, beside a client that misbehaves. The group stays as it
 * was when they came, and they get every probe and nothing else.
 */
final class Bystanders {
    private final LiveServer server;
    private final GrpcClient client;
    private final String group;
    private final EventStream<SubscribeRequest, SubscribeResponse> grpc;
    private final WsClient webSocket;
    private final List<GroupMembership> members;
    private final List<String> probes = new ArrayList<>();
    private long offset;

    Bystanders(LiveServer server, String group) {
        this.server = server;
        this.client = server.newClient();
        this.group = group;
        this.grpc = client.subscribe(group, "bystander-grpc");
        this.webSocket = server.browse(group, "bystander-ws");
        this.members = client.memberships(group);
        probe();
    }

    /** To be called after each misdeed. */
    void assertUndisturbed(String after) {
        assertThat(client.memberships(group)).as("members after %s", after).isEqualTo(members);
        long before = offset;
        probe();
        assertThat(offset).as("offset after %s", after).isEqualTo(before + 1);
        quickly().until(() -> grpc.count() > probes.size() || grpc.end() != null);
        quickly().until(() -> webSocket.json().size() > probes.size() || webSocket.closed() != null);
        assertThat(grpc.end()).as("gRPC bystander after %s", after).isNull();
        assertThat(webSocket.closed()).as("WebSocket bystander after %s", after).isNull();
        assertThat(grpc.count()).as("events on gRPC after %s", after).isEqualTo(probes.size() + 1);
        assertThat(webSocket.json()).as("events on WebSocket after %s", after).hasSize(probes.size() + 1);
        assertThat(grpc.texts()).as("gRPC after %s", after).isEqualTo(probes);
        assertThat(webSocket.texts()).as("WebSocket after %s", after).isEqualTo(probes);
        assertThat(new Management(server.webSocket).isReady())
                .as("ready after %s", after)
                .isTrue();
    }

    private void probe() {
        String text = "probe " + probes.size();
        offset = client.publish(group, "", text).getOffset();
        probes.add(text);
    }

    private static ConditionFactory quickly() {
        return await().atMost(EventStream.PATIENCE).pollDelay(Duration.ZERO).pollInterval(Duration.ofMillis(1));
    }
}
