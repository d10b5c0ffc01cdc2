package io.plexspaces.processgroups.api.websocket;

import io.plexspaces.processgroups.api.Requests;
import io.plexspaces.processgroups.api.SessionProtocol;
import io.plexspaces.processgroups.api.format.SubscribeUrl;
import io.plexspaces.processgroups.core.session.Session;
import io.plexspaces.processgroups.proto.v1.SubscribeRequest;
import io.quarkus.websockets.next.OnOpen;
import io.quarkus.websockets.next.WebSocket;
import io.quarkus.websockets.next.WebSocketConnection;
import io.smallrye.common.annotation.NonBlocking;

/** Joins the group of the URL and streams its events at once: enough for a client that sends nothing. */
@WebSocket(path = "/ws/{tenant}/{namespace}/{group}", endpointId = GroupEndpoint.ID)
class GroupEndpoint {
    static final String ID = "group";

    private final Peers peers;
    private final SessionProtocol.Service service;

    GroupEndpoint(Peers peers) {
        this.peers = peers;
        this.service = peers.service();
    }

    @OnOpen
    @NonBlocking
    void open(WebSocketConnection connection) {
        peers.open(connection, peer -> subscribe(peer, connection));
    }

    private void subscribe(Peer peer, WebSocketConnection url) {
        String query = url.handshakeRequest().query();
        SubscribeRequest asked = SubscribeUrl.read(
                url.pathParam("tenant"),
                url.pathParam("namespace"),
                url.pathParam("group"),
                query == null ? "" : query);
        Requests.Subscribe wish = peer.protocol().requests().subscribe(asked);
        peer.protocol().hold();
        service.sessions()
                .open(peer.connection(), wish.group().namespace(), wish.actor(), wish.resumeToken())
                .invoke(opened -> receive(peer, opened.session(), wish))
                .subscribe()
                .with(opened -> {}, failure -> Peers.refuse(peer, failure));
    }

    private static void receive(Peer peer, Session session, Requests.Subscribe wish) {
        peer.protocol().opened(session);
        peer.asking(() -> session.join(peer.connection(), wish.wish(true)))
                .subscribe()
                .with(joined -> {}, failure -> Peers.refuse(peer, failure));
        peer.protocol().release();
    }
}
