package io.plexspaces.processgroups.api.websocket;

import io.netty.channel.ChannelPipeline;
import io.plexspaces.processgroups.api.ApiSettings;
import io.quarkus.websockets.next.HttpUpgradeCheck;
import io.quarkus.websockets.next.UserData.TypedKey;
import io.smallrye.mutiny.Uni;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.net.impl.ConnectionBase;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.Map;

/**
 * What a handshake must fulfil: an origin that may connect, the one version of the protocol, and a subprotocol we speak
 * if any is asked for. Keeps the way to the channel, which an endpoint does not show.
 */
@Singleton
final class UpgradeCheck implements HttpUpgradeCheck {
    static final TypedKey<FrameReader> READER = new TypedKey<>(FrameReader.NAME);

    private static final int BAD_REQUEST = 400;
    private static final int FORBIDDEN = 403;
    private static final int UPGRADE_REQUIRED = 426;
    private static final String VERSION = "13";

    private final Origins origins;

    UpgradeCheck(ApiSettings settings) {
        origins = new Origins(settings.allowedOrigins());
    }

    @Override
    public boolean appliesTo(String endpointId) {
        return endpointId.equals(GroupEndpoint.ID) || endpointId.equals(SessionEndpoint.ID);
    }

    @Override
    public Uni<CheckResult> perform(HttpUpgradeContext context) {
        HttpServerRequest request = context.httpRequest();
        if (!origins.accept(request.getHeader(HttpHeaders.ORIGIN), request.getHeader(HttpHeaders.HOST))) {
            return CheckResult.rejectUpgrade(FORBIDDEN);
        }
        if (!VERSION.equals(request.getHeader("Sec-WebSocket-Version"))) {
            return CheckResult.rejectUpgrade(UPGRADE_REQUIRED, Map.of("Sec-WebSocket-Version", List.of(VERSION)));
        }
        boolean supported = request.version() == HttpVersion.HTTP_1_1
                && request.connection() instanceof ConnectionBase
                && Subprotocols.isAcceptable(request.headers().getAll("Sec-WebSocket-Protocol"));
        if (!supported) {
            return CheckResult.rejectUpgrade(BAD_REQUEST);
        }
        context.userData().put(READER, readerOf((ConnectionBase) request.connection()));
        return CheckResult.permitUpgrade();
    }

    /** In place before the handshake, so that no frame goes another way. An earlier handshake may have failed. */
    private static FrameReader readerOf(ConnectionBase connection) {
        ChannelPipeline pipeline = connection.channel().pipeline();
        FrameReader present = pipeline.get(FrameReader.class);
        if (present != null) {
            return present;
        }
        FrameReader reader = new FrameReader();
        // Behind the encoder that leaves with the handshake, and before all other handlers.
        pipeline.addAfter("httpEncoder", FrameReader.NAME, reader);
        return reader;
    }
}
