package io.plexspaces.processgroups.api.http.stream;

import io.netty.channel.Channel;
import io.netty.channel.ChannelException;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.EventLoop;
import io.netty.channel.epoll.EpollChannelOption;
import io.plexspaces.processgroups.api.ApiSettings;
import io.plexspaces.processgroups.api.Errors;
import io.plexspaces.processgroups.api.SessionProtocol;
import io.plexspaces.processgroups.api.Streams;
import io.plexspaces.processgroups.api.http.RequestGuard;
import io.plexspaces.processgroups.api.http.call.Call;
import io.plexspaces.processgroups.api.http.call.Calls;
import io.plexspaces.processgroups.api.http.call.Refusal;
import io.plexspaces.processgroups.core.UseCase;
import io.plexspaces.processgroups.core.delivery.Connection;
import io.plexspaces.processgroups.domain.ErrorCode;
import io.plexspaces.processgroups.domain.GroupException;
import io.plexspaces.processgroups.tasks.PeriodicTasks;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.net.impl.ConnectionBase;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/** Makes streams of events of requests. */
@Singleton
public final class EventStreams {
    /** Of the platform. Bytes enter the pipeline behind it. */
    private static final String ENCODER = "httpEncoder";

    /** So often something is sent, as those between client and server end connections on which nothing moves. */
    private static final Duration BEAT = Duration.ofSeconds(15);

    /** How long the end of a stream may wait for its client. */
    private static final Duration LAST_DATA = Duration.ofSeconds(5);

    private static final System.Logger LOG = System.getLogger(EventStreams.class.getName());

    private final SessionProtocol.Service service;
    private final Streams streams;
    private final PeriodicTasks tasks;
    private final StreamPeer.Times times;
    private final Duration silence;
    private final Map<EventLoop, Beats> beats = new ConcurrentHashMap<>();

    EventStreams(Calls calls, PeriodicTasks tasks) {
        this.service = calls.service();
        this.streams = new Streams(service);
        this.tasks = tasks;
        ApiSettings settings = service.settings();
        this.silence = settings.pingInterval().plus(settings.pongTimeout());
        this.times = new StreamPeer.Times(BEAT.toNanos(), silence.toNanos(), LAST_DATA.toNanos());
    }

    /**
     * Answers a call with events, on its event loop.
     *
     * @param name as in metrics
     * @param opening reads and checks the request
     * @return the peer, which can be refused
     */
    public Stream begin(Call call, StreamFormat format, UseCase name, Function<Streams, Streams.Opening> opening) {
        Streams.Opening checked;
        try {
            checked = opening.apply(streams);
        } catch (RuntimeException | Error failure) {
            service.refusals().refused(name, failure);
            throw failure;
        }
        HttpConnection http = call.http().request().connection();
        RequestGuard guard = RequestGuard.of(http);
        if (guard != null && guard.isForOneAnswer()) {
            throw GroupException.of(ErrorCode.OVERLOADED, "this server has as many connections as it can have");
        }
        Channel channel = ((ConnectionBase) http).channel();
        ChannelHandlerContext encoder = channel.pipeline().context(ENCODER);
        if (encoder == null || !channel.isActive()) {
            throw GroupException.of(ErrorCode.PEER_TIMEOUT, "the client has gone");
        }
        StreamSink sink = new StreamSink(answer(call), format, encoder);
        Connection connection = service.sessions().connect(sink);
        StreamPeer peer;
        try {
            peer = watched(channel, sink, connection);
            service.expiry().begin(connection, call.caller());
        } catch (RuntimeException | Error failure) {
            connection.cut(Errors.expected(failure));
            throw failure;
        }
        checked.begin(connection, () -> call.onLoop(sink::open));
        return peer::refuse;
    }

    private static StreamSink.Beginning answer(Call call) {
        return new StreamSink.Beginning() {
            @Override
            public Iterable<Map.Entry<String, String>> stream() {
                call.streams();
                return call.http().response().headers();
            }

            @Override
            public void refuse(Refusal why) {
                call.fail(why);
            }
        };
    }

    private StreamPeer watched(Channel channel, StreamSink sink, Connection connection) {
        Beats looking =
                beats.computeIfAbsent(channel.eventLoop(), loop -> new Beats(loop, tasks, times, System::nanoTime));
        StreamPeer peer = new StreamPeer(channel, sink, connection, looking::remove);
        channel.pipeline().addAfter(ENCODER, StreamPeer.NAME, peer);
        looking.add(peer);
        connection.onEnd(cause -> peer.over());
        bound(channel);
        return peer;
    }

    /** What was sent and is not acknowledged in time ends the connection, where the system can do that. */
    private void bound(Channel channel) {
        try {
            channel.config().setOption(EpollChannelOption.TCP_USER_TIMEOUT, Math.toIntExact(silence.toMillis()));
        } catch (ChannelException | ArithmeticException gone) {
            LOG.log(System.Logger.Level.TRACE, "a connection has gone already", gone);
        }
    }
}
