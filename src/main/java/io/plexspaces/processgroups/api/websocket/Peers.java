package io.plexspaces.processgroups.api.websocket;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.EventLoop;
import io.netty.handler.codec.http.HttpResponseEncoder;
import io.netty.handler.codec.http.websocketx.WebSocket08FrameDecoder;
import io.netty.handler.codec.http.websocketx.WebSocketFrameEncoder;
import io.netty.handler.timeout.IdleStateHandler;
import io.netty.util.concurrent.Future;
import io.plexspaces.processgroups.access.Caller;
import io.plexspaces.processgroups.api.Errors;
import io.plexspaces.processgroups.api.SessionProtocol;
import io.plexspaces.processgroups.api.http.RequestGuard;
import io.plexspaces.processgroups.api.websocket.format.FrameFormat;
import io.plexspaces.processgroups.core.Traces;
import io.plexspaces.processgroups.core.delivery.Connection;
import io.plexspaces.processgroups.domain.GroupException;
import io.plexspaces.processgroups.tasks.PeriodicTasks;
import io.quarkus.websockets.next.CloseReason;
import io.quarkus.websockets.next.UserData;
import io.quarkus.websockets.next.WebSocketConnection;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Makes peers of upgraded connections. */
@Singleton
public final class Peers {
    private static final Duration LAST_TURN = Duration.ofSeconds(1);

    private static final System.Logger LOG = System.getLogger(Peers.class.getName());

    private final SessionProtocol.Service service;
    private final PeriodicTasks tasks;
    private final Map<EventLoop, Heartbeat> heartbeats = new ConcurrentHashMap<>();

    Peers(SessionProtocol.Service service, PeriodicTasks tasks) {
        this.service = service;
        this.tasks = tasks;
    }

    /**
     * Ends connections whose peers did not answer the close, before the server can no longer handle their end.
     * On the thread that stops; waits until that is done.
     */
    public void abandonAll() {
        List<Future<?>> ends = new ArrayList<>();
        heartbeats.forEach((loop, heartbeat) -> ends.add(loop.submit(heartbeat::abandonAll)));
        // What the ends of connections begin runs after them.
        heartbeats.keySet().forEach(loop -> ends.add(loop.submit(() -> {})));
        try {
            for (Future<?> end : ends) {
                end.await(LAST_TURN.toMillis());
            }
        } catch (InterruptedException hurry) {
            Thread.currentThread().interrupt();
        }
    }

    SessionProtocol.Service service() {
        return service;
    }

    /**
     * Connects a peer whose handshake is done.
     *
     * @param start what to do with it before its first request; what it throws ends the connection
     */
    void open(WebSocketConnection upgraded, Consumer<Peer> start) {
        FrameReader reader = upgraded.userData().get(UpgradeCheck.READER);
        EventLoop loop = reader.context().channel().eventLoop();
        if (loop.inEventLoop()) {
            openOrEnd(upgraded, reader, start);
        } else {
            loop.execute(() -> openOrEnd(upgraded, reader, start));
        }
    }

    /** Without a peer nothing would read the frames, or end the connection. */
    private void openOrEnd(WebSocketConnection upgraded, FrameReader reader, Consumer<Peer> start) {
        try {
            open(upgraded, reader, start);
        } catch (RuntimeException | Error failure) {
            LOG.log(System.Logger.Level.ERROR, "a WebSocket could not be opened", failure);
            reader.context().close();
        }
    }

    private void open(WebSocketConnection upgraded, FrameReader reader, Consumer<Peer> start) {
        ChannelHandlerContext context = reader.context();
        if (!context.channel().isActive()) {
            return;
        }
        if (!isUpgraded(context.pipeline())) {
            // A peer that does not even take the answer to its handshake.
            context.close();
            return;
        }
        leaveHttp(context.pipeline());
        FrameFormat format = Subprotocols.format(upgraded.subprotocol());
        // Frames are ready as they are: they enter the pipeline behind its encoder.
        ChannelHandlerContext out = context.pipeline().context(WebSocketFrameEncoder.class);
        WebSocketSink sink = new WebSocketSink(out, format, (code, reason) -> close(upgraded, code, reason));
        try {
            start(reader, format, sink, service.traces().caller(upgraded.handshakeRequest()::header), peer -> {
                letIn(peer, upgraded.userData());
                start.accept(peer);
            });
        } catch (RuntimeException | Error failure) {
            sink.close(Errors.expected(failure));
            closeSoon(context.channel());
        }
    }

    /** @throws GroupException its token was not accepted */
    private static void letIn(Peer peer, UserData handshake) {
        GroupException refusal = handshake.get(UpgradeCheck.REFUSAL);
        if (refusal != null) {
            throw refusal;
        }
        Caller caller = handshake.get(UpgradeCheck.CALLER);
        if (caller != null) {
            peer.protocol().by(caller);
        }
    }

    private void start(
            FrameReader reader,
            FrameFormat format,
            WebSocketSink sink,
            Traces.@Nullable Caller caller,
            Consumer<Peer> start) {
        Connection connection = service.sessions().connect(sink);
        Peer peer;
        try {
            peer = watched(reader, format, sink, connection, caller);
        } catch (RuntimeException | Error failure) {
            connection.cut(Errors.expected(failure));
            throw failure;
        }
        try {
            start.accept(peer);
        } catch (RuntimeException | Error failure) {
            connection.cut(Errors.expected(failure));
        }
        try {
            reader.start(peer);
        } catch (RuntimeException | Error failure) {
            peer.fail(failure);
        }
    }

    private Peer watched(
            FrameReader reader,
            FrameFormat format,
            WebSocketSink sink,
            Connection connection,
            Traces.@Nullable Caller caller) {
        Heartbeat heartbeat = heartbeats.computeIfAbsent(
                reader.context().channel().eventLoop(),
                loop -> new Heartbeat(loop, service.settings(), tasks, System::nanoTime));
        int maxBytes = format.maxRequestBytes(service.settings());
        Peer peer = new Peer(
                new Peer.Parts(reader, format, maxBytes, sink, connection, caller), service, heartbeat::remove);
        heartbeat.add(peer);
        return peer;
    }

    /** A subscription that cannot begin ends its connection, and the close code says why: browsers see nothing else. */
    static void refuse(Peer peer, Throwable failure) {
        GroupException cause = Errors.expected(failure);
        peer.connection().cut(cause);
    }

    private static boolean isUpgraded(ChannelPipeline pipeline) {
        return pipeline.get(WebSocket08FrameDecoder.class) != null
                && pipeline.get(WebSocketFrameEncoder.class) != null
                && pipeline.get(HttpResponseEncoder.class) == null;
    }

    /** The HTTP server's own watch over idle connections makes a promise for every write; heartbeats do it here. */
    private static void leaveHttp(ChannelPipeline pipeline) {
        RequestGuard guard = pipeline.get(RequestGuard.class);
        if (guard != null) {
            guard.leave();
        }
        if (pipeline.get(IdleStateHandler.class) != null) {
            pipeline.remove(IdleStateHandler.class);
        }
    }

    private static void close(WebSocketConnection upgraded, int code, String reason) {
        upgraded.close(new CloseReason(code, reason))
                .subscribe()
                .with(
                        done -> LOG.log(System.Logger.Level.TRACE, "closed with {0}", code),
                        failure -> LOG.log(System.Logger.Level.DEBUG, "closing with {0} failed: {1}", code, failure));
    }

    private static void closeSoon(Channel channel) {
        channel.eventLoop().schedule(() -> channel.close(), Heartbeat.CLOSE_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
    }
}
