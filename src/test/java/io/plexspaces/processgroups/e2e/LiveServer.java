package io.plexspaces.processgroups.e2e;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.quarkus.arc.Arc;
import io.quarkus.grpc.runtime.GrpcServer;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.value.registry.ValueRegistry;
import java.net.URI;
import java.net.URLEncoder;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/**
 * The one started application, in this process or in one of its own, with a fresh tenant and fresh connections for each
 * test.
 */
abstract class LiveServer {
    @TestHTTPResource("/ws")
    URI webSocket;

    private final List<GrpcClient> clients = new ArrayList<>();
    private final List<WsClient> sockets = new ArrayList<>();

    /** Used by this test alone. */
    String tenant;

    /** Speaks for {@link #tenant} in the default namespace. */
    GrpcClient client;

    @BeforeEach
    final void connect() {
        tenant = "t-" + UUID.randomUUID();
        if (Integer.getInteger(Packaged.GRPC_PORT) != null) {
            // A process that listens may still wait for its lease.
            Awaitility.await().until(new Management(webSocket)::isReady);
        }
        client = newClient();
    }

    @AfterEach
    final void disconnect() {
        sockets.forEach(WsClient::close);
        clients.forEach(GrpcClient::close);
    }

    /** A further gRPC connection of the same tenant. */
    final GrpcClient newClient() {
        GrpcClient created = GrpcClient.connect(grpcPort(), tenant);
        clients.add(created);
        return created;
    }

    final int grpcPort() {
        Integer ofProcess = Integer.getInteger(Packaged.GRPC_PORT);
        return ofProcess == null
                ? Arc.container()
                        .instance(ValueRegistry.class)
                        .get()
                        .get(GrpcServer.GRPC_SERVER)
                        .getPort()
                : ofProcess;
    }

    /** A WebSocket that subscribes to a group of the default namespace, in JSON; its first event has come. */
    final WsClient browse(String group, String actor, String... topics) {
        String query = "?actor=" + actor
                + (topics.length == 0 ? "" : "&topics=" + URLEncoder.encode(String.join(",", topics), UTF_8));
        WsClient opened = openWs("/" + tenant + "/default/" + group + query, WsClient.JSON);
        opened.awaitEvents(1);
        return opened;
    }

    /** A WebSocket at {@code /ws} + path and query, with one of {@link WsClient}'s subprotocols. */
    final WsClient openWs(String pathAndQuery, String subprotocol) {
        WsClient opened = WsClient.connect(
                URI.create(webSocket.toString().replaceFirst("^http", "ws") + pathAndQuery), subprotocol);
        sockets.add(opened);
        return opened;
    }
}
