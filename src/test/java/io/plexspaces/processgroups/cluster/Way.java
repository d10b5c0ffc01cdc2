package io.plexspaces.processgroups.cluster;

import io.plexspaces.processgroups.cluster.RightsTable.Row;
import io.plexspaces.processgroups.e2e.WsClient;
import java.util.List;

/** How requests go to a server, and where their token travels. */
enum Way {
    GRPC_CALL("", Place.HEADER),
    HTTP_CALL("", Place.HEADER),
    GRPC_SESSION("", Place.HEADER),
    JSON_BY_HEADER(WsClient.JSON, Place.HEADER),
    JSON_BY_SUBPROTOCOL(WsClient.JSON, Place.SUBPROTOCOL),
    JSON_BY_OPEN(WsClient.JSON, Place.OPEN),
    PROTO_BY_HEADER(WsClient.PROTO, Place.HEADER),
    PROTO_BY_SUBPROTOCOL(WsClient.PROTO, Place.SUBPROTOCOL),
    PROTO_BY_OPEN(WsClient.PROTO, Place.OPEN),
    JSON_URL_BY_HEADER(WsClient.JSON, Place.HEADER),
    JSON_URL_BY_SUBPROTOCOL(WsClient.JSON, Place.SUBPROTOCOL),
    PROTO_URL_BY_HEADER(WsClient.PROTO, Place.HEADER),
    PROTO_URL_BY_SUBPROTOCOL(WsClient.PROTO, Place.SUBPROTOCOL),

    /** Requests on a connection that subscribed by its URL. */
    SESSION_ON_URL(WsClient.JSON, Place.HEADER);

    /** Where a token travels. */
    enum Place {
        /** Of HTTP; on gRPC the metadata. */
        HEADER,
        SUBPROTOCOL,
        /** The first request of a session. */
        OPEN
    }

    /** Of a WebSocket. */
    final String subprotocol;

    final Place place;

    Way(String subprotocol, Place place) {
        this.subprotocol = subprotocol;
        this.place = place;
    }

    /** Or over HTTP, with the same status. */
    boolean isOnGrpc() {
        return subprotocol.isEmpty();
    }

    boolean isByUrl() {
        return name().contains("_URL_");
    }

    /** What can be asked for on this way. */
    List<Row> rows() {
        if (this == GRPC_CALL) {
            return Row.calls();
        }
        if (this == HTTP_CALL) {
            return Row.unary();
        }
        if (isByUrl()) {
            return Row.subscriptions();
        }
        return Row.requests().stream()
                .filter(row -> this != SESSION_ON_URL || row != Row.OPEN)
                .toList();
    }
}
