package io.plexspaces.processgroups.api.websocket;

import io.plexspaces.processgroups.api.ApiSettings;
import io.plexspaces.processgroups.api.websocket.format.FrameFormat;
import io.quarkus.vertx.http.HttpServerOptionsCustomizer;
import io.vertx.core.http.HttpServerOptions;
import jakarta.inject.Singleton;

/** Frames that no request needs are refused by the transport, before they are read; compressed ones too. */
@Singleton
final class FrameLimits implements HttpServerOptionsCustomizer {
    private final int maxBytes;

    FrameLimits(ApiSettings settings) {
        maxBytes = Math.max(FrameFormat.JSON.maxRequestBytes(settings), FrameFormat.PROTO.maxRequestBytes(settings));
    }

    @Override
    public void customizeHttpServer(HttpServerOptions options) {
        customize(options);
    }

    @Override
    public void customizeHttpsServer(HttpServerOptions options) {
        customize(options);
    }

    private void customize(HttpServerOptions options) {
        options.setMaxWebSocketFrameSize(maxBytes)
                .setMaxWebSocketMessageSize(maxBytes)
                .setPerFrameWebSocketCompressionSupported(false);
    }
}
