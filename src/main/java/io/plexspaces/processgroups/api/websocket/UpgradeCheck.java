package io.plexspaces.processgroups.api.websocket;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.ssl.SslHandler;
import io.plexspaces.processgroups.access.Caller;
import io.plexspaces.processgroups.api.BearerToken;
import io.plexspaces.processgroups.api.Errors;
import io.plexspaces.processgroups.api.http.HttpSettings;
import io.plexspaces.processgroups.api.http.Origins;
import io.plexspaces.processgroups.api.http.RequestGuard;
import io.plexspaces.processgroups.authentication.AuthFailure;
import io.plexspaces.processgroups.authentication.Authenticator;
import io.plexspaces.processgroups.core.delivery.ServerBudget;
import io.plexspaces.processgroups.domain.GroupException;
import io.plexspaces.processgroups.domain.Seldom;
import io.quarkus.websockets.next.HttpUpgradeCheck;
import io.quarkus.websockets.next.UserData;
import io.quarkus.websockets.next.UserData.TypedKey;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Context;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.net.impl.ConnectionBase;
import jakarta.inject.Singleton;
import java.net.SocketAddress;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * What a handshake must fulfil: an origin that may connect, the one version of the protocol, and a subprotocol we speak
 * if any is asked for. Keeps the way to the channel, which an endpoint does not show.
 */
@Singleton
final class UpgradeCheck implements HttpUpgradeCheck {
    static final TypedKey<FrameReader> READER = new TypedKey<>(FrameReader.NAME);

    /** Whose token came with the handshake; absent: none came. */
    static final TypedKey<Caller> CALLER = new TypedKey<>("process-groups-caller");

    /** Why that token was not accepted. Told by the close code: of a refused handshake, a page sees nothing. */
    static final TypedKey<GroupException> REFUSAL = new TypedKey<>("process-groups-refusal");

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
    private final Authenticator authenticator;

    UpgradeCheck(HttpSettings settings, ServerBudget budget, Authenticator authenticator) {
        this.budget = budget;
        this.authenticator = authenticator;
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
        Uni<CheckResult> checked = authenticator.asks() ? identified(context) : CheckResult.permitUpgrade();
        forgetToken(request);
        context.userData().put(READER, readerOf((ConnectionBase) request.connection()));
        return checked;
    }

    /** Whoever it is, or is not, the connection begins: then the close code says why it ends. */
    private Uni<CheckResult> identified(HttpUpgradeContext context) {
        ConnectionBase connection = (ConnectionBase) context.httpRequest().connection();
        SocketAddress from = connection.channel().remoteAddress();
        String token;
        try {
            token = token(context.httpRequest());
        } catch (GroupException refused) {
            authenticator.refused(AuthFailure.SCHEME, from);
            context.userData().put(REFUSAL, refused);
            return CheckResult.permitUpgrade();
        }
        if (token == null) {
            // It may come in the first request.
            return CheckResult.permitUpgrade();
        }
        CompletableFuture<Caller> checked =
                authenticator.authenticate(token, from).toCompletableFuture();
        if (checked.isDone()) {
            checked.whenComplete((caller, failure) -> note(context.userData(), caller, failure));
            return CheckResult.permitUpgrade();
        }
        Context loop = connection.getContext();
        return Uni.createFrom()
                .emitter(permitted -> checked.whenComplete((caller, failure) -> loop.runOnContext(on -> {
                    note(context.userData(), caller, failure);
                    permitted.complete(CheckResult.permitUpgradeSync());
                })));
    }

    private static @Nullable String token(HttpServerRequest request) {
        String header = BearerToken.of(request.getHeader(HttpHeaders.AUTHORIZATION));
        return header != null ? header : Subprotocols.token(request.headers().getAll(SUBPROTOCOLS));
    }

    private static void note(UserData connection, @Nullable Caller caller, @Nullable Throwable failure) {
        if (caller == null) {
            connection.put(REFUSAL, Errors.expected(Objects.requireNonNull(failure)));
        } else {
            connection.put(CALLER, caller);
        }
    }

    /** The connection keeps its handshake; and what chooses among subprotocols looks at the first line alone. */
    private static void forgetToken(HttpServerRequest request) {
        List<String> offered = request.headers().getAll(SUBPROTOCOLS);
        if (!offered.isEmpty()) {
            request.headers().set(SUBPROTOCOLS, Subprotocols.withoutTokens(offered));
        }
        request.headers().remove(HttpHeaders.AUTHORIZATION);
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
