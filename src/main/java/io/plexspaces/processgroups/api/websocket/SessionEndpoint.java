package io.plexspaces.processgroups.api.websocket;

import io.plexspaces.processgroups.api.format.SubscribeUrl;
import io.quarkus.websockets.next.OnOpen;
import io.quarkus.websockets.next.WebSocket;
import io.quarkus.websockets.next.WebSocketConnection;
import io.smallrye.common.annotation.NonBlocking;

/** The session protocol: one actor, many groups. The first request must be {@code open}. */
@WebSocket(path = "/ws", endpointId = SessionEndpoint.ID)
class SessionEndpoint {
    static final String ID = "session";

    private final Peers peers;

    SessionEndpoint(Peers peers) {
        this.peers = peers;
    }

    @OnOpen
    @NonBlocking
    void open(WebSocketConnection connection) {
        peers.open(
                connection,
                peer -> SubscribeUrl.checkNoToken(connection.handshakeRequest().query()));
    }
}
