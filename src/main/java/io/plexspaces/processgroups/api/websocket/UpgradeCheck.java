package io.plexspaces.processgroups.api.websocket;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.ssl.SslHandler;
import io.plexspaces.processgroups.api.http.HttpSettings;
import io.plexspaces.processgroups.api.http.Origins;
import io.plexspaces.processgroups.api.http.RequestGuard;
import io.plexspaces.processgroups.core.delivery.ServerBudget;
import io.plexspaces.processgroups.domain.Seldom;
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
    private static final int UNAVAILABLE = 503;
    private static final int LONGEST_ORIGIN = 200;
    private static final String VERSION = "13";
    private static final String SUBPROTOCOLS = "Sec-WebSocket-Protocol";

    private static final System.Logger LOG = System.getLogger(UpgradeCheck.class.getName());

    private final Origins origins;
    private final Seldom seldom = new Seldom(System::nanoTime);

    private final ServerBudget budget;

    UpgradeCheck(HttpSettings settings, ServerBudget budget) {
        this.budget = budget;
        origins = new Origins(settings.allowedOrigins(), settings.host());
    }

    @Override
    public boolean appliesTo(String endpointId) {
        return endpointId.equals(GroupEndpoint.ID) || endpointId.equals(SessionEndpoint.ID);
    }

    @Override
    public Uni<CheckResult> perform(HttpUpgradeContext context) {
        HttpServerRequest request = context.httpRequest();
        RequestGuard guard = RequestGuard.of(request.connection());
        if (guard != null && guard.isForOneAnswer()) {
            return CheckResult.rejectUpgrade(UNAVAILABLE);
        }
        String origin = request.getHeader(HttpHeaders.ORIGIN);
        if (!origins.accept(origin, request.getHeader(HttpHeaders.HOST))) {
            sayRefused(String.valueOf(origin));
            return CheckResult.rejectUpgrade(FORBIDDEN);
        }
        if (!VERSION.equals(request.getHeader("Sec-WebSocket-Version"))) {
            return CheckResult.rejectUpgrade(UPGRADE_REQUIRED, Map.of("Sec-WebSocket-Version", List.of(VERSION)));
        }
        boolean supported = request.version() == HttpVersion.HTTP_1_1
                && request.connection() instanceof ConnectionBase
                && Subprotocols.isAcceptable(request.headers().getAll(SUBPROTOCOLS));
        if (!supported) {
            return CheckResult.rejectUpgrade(BAD_REQUEST);
        }
        // What chooses among them looks at the first line alone.
        List<String> offered = request.headers().getAll(SUBPROTOCOLS);
        if (offered.size() > 1) {
            request.headers().set(SUBPROTOCOLS, String.join(",", offered));
        }
        context.userData().put(READER, readerOf((ConnectionBase) request.connection()));
        return CheckResult.permitUpgrade();
    }

    /** A browser shows its page nothing of this, and a page its user even less. */
    private void sayRefused(String origin) {
        seldom.say(unsaid -> LOG.log(
                System.Logger.Level.WARNING,
                "pages of {0} may not connect, as it is not among processgroups.websocket.allowed-origins ({1} more"
                        + " refused since the last such line)",
                origin.length() > LONGEST_ORIGIN ? origin.substring(0, LONGEST_ORIGIN) : origin,
                unsaid));
    }

    /** In place before the handshake, so that no frame goes another way. An earlier handshake may have failed. */
    private FrameReader readerOf(ConnectionBase connection) {
        ChannelPipeline pipeline = connection.channel().pipeline();
        FrameReader present = pipeline.get(FrameReader.class);
        if (present != null) {
            return present;
        }
        FrameReader reader = new FrameReader(budget);
        addUnread(pipeline, reader.unread());
        // Behind the encoder that leaves with the handshake, and before all other handlers.
        pipeline.addAfter("httpEncoder", FrameReader.NAME, reader);
        return reader;
    }

    /** Where bytes come in, before what decodes them. */
    private static void addUnread(ChannelPipeline pipeline, UnreadBytes unread) {
        ChannelHandlerContext tls = pipeline.context(SslHandler.class);
        if (tls == null) {
            pipeline.addFirst(UnreadBytes.NAME, unread);
        } else {
            pipeline.addAfter(tls.name(), UnreadBytes.NAME, unread);
        }
    }
}
