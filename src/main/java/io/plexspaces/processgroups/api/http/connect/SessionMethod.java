package io.plexspaces.processgroups.api.http.connect;

import io.grpc.Status;
import io.plexspaces.processgroups.api.http.call.Call;
import io.plexspaces.processgroups.api.http.call.Refusal;
import io.plexspaces.processgroups.api.http.stream.StreamFormat;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.ext.web.RoutingContext;

/** The method that streams both ways, for which HTTP/1.1 has no form. */
final class SessionMethod implements ConnectMethod {
    private static final int OK = 200;
    private static final Refusal WHY = Refusal.of(
            Status.Code.UNIMPLEMENTED,
            Refusal.status(Status.Code.UNIMPLEMENTED),
            "a session needs a stream both ways: open a WebSocket at /ws, or call gRPC");

    @Override
    public void handle(RoutingContext context) {
        Codec codec = Codec.stream(ConnectHeaders.mediaType(context.request()));
        if (codec == null) {
            Call.refuse(context, WHY);
            return;
        }
        StreamFormat format = codec == Codec.JSON ? StreamFormat.CONNECT_JSON : StreamFormat.CONNECT_PROTO;
        context.response()
                .setStatusCode(OK)
                .putHeader(HttpHeaders.CONTENT_TYPE, format.mediaType())
                .end(Buffer.buffer(format.end(WHY)));
    }
}
