package io.plexspaces.processgroups.e2e;

import static org.awaitility.Awaitility.await;

import io.grpc.Status;
import io.plexspaces.processgroups.proto.v1.Event;
import io.plexspaces.processgroups.proto.v1.Gap;
import io.plexspaces.processgroups.proto.v1.Position;
import io.plexspaces.processgroups.proto.v1.SessionOpen;
import io.plexspaces.processgroups.proto.v1.SessionOpened;
import io.plexspaces.processgroups.proto.v1.SessionRequest;
import io.plexspaces.processgroups.proto.v1.SubscribeRequest;
import io.plexspaces.processgroups.proto.v1.Subscribed;
import java.util.List;
import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One connection on which an actor receives a group, over any transport.
 *
 * @param way over which transport
 * @param received all events until now
 * @param ended the reason the server gave for its end; null: it is live
 * @param drop ends without a close
 */
record Line(Way way, Supplier<List<Event>> received, Supplier<@Nullable String> ended, Runnable drop) {
    /** The ways to receive a group. */
    enum Way {
        SUBSCRIBE,
        SESSION,
        WEBSOCKET
    }

    /**
     * Opens a line; its first event of the group, or its end, has come.
     *
     * @param token of an earlier line; empty: none
     * @param after null: only what comes
     */
    static Line open(LiveServer server, Way way, String group, String actor, String token, @Nullable Position after) {
        return switch (way) {
            case SUBSCRIBE -> subscribe(server, group, actor, token, after);
            case SESSION -> session(server, group, actor, token, after);
            case WEBSOCKET -> webSocket(server, group, actor, token, after);
        };
    }

    private static Line subscribe(
            LiveServer server, String group, String actor, String token, @Nullable Position after) {
        var stream =
                server.client.subscribe(joining(group, after).setActorId(actor).setResumeToken(token));
        return new Line(Way.SUBSCRIBE, stream::events, () -> reason(stream), stream::cancel);
    }

    private static Line session(LiveServer server, String group, String actor, String token, @Nullable Position after) {
        GrpcSession session =
                server.client.session(SessionOpen.newBuilder().setActorId(actor).setResumeToken(token));
        session.ask(SessionRequest.newBuilder().setJoin(joining(group, after)));
        Line line = new Line(Way.SESSION, session::events, () -> reason(session.stream()), session::close);
        line.awaitSubscribed();
        return line;
    }

    private static Line webSocket(
            LiveServer server, String group, String actor, String token, @Nullable Position after) {
        String position = after == null ? "" : "&epoch=" + after.getEpoch() + "&offset=" + after.getOffset();
        String query = "?actor=" + actor + (token.isEmpty() ? "" : "&resume=" + token) + position;
        WsClient socket = server.openWs("/" + server.tenant + "/default/" + group + query, WsClient.PROTO);
        socket.awaitEvents(1);
        return new Line(Way.WEBSOCKET, socket::proto, () -> reason(socket.closed()), socket::close);
    }

    private static SubscribeRequest.Builder joining(String group, @Nullable Position after) {
        SubscribeRequest.Builder request = SubscribeRequest.newBuilder().setGroupName(group);
        return after == null ? request : request.setAfter(after);
    }

    /** Status and reason; the status alone when the client itself went away. */
    private static @Nullable String reason(EventStream<?, ?> stream) {
        Status status = stream.end();
        Throwable failure = stream.failure();
        if (status == null) {
            return null;
        }
        return failure == null || status.getCode() == Status.Code.CANCELLED
                ? status.getCode().name()
                : status.getCode() + " " + GrpcClient.reasonOf(failure);
    }

    private static @Nullable String reason(WsClient.@Nullable Closed closed) {
        return closed == null ? null : closed.code() + " " + closed.reason();
    }

    /** Reconnects over another transport, with what this line knows. */
    Line resume(LiveServer server, Way next, String group, String actor) {
        return open(server, next, group, actor, token(), position());
    }

    /** Reconnects over the same transport. */
    Line resume(LiveServer server, String group, String actor) {
        return resume(server, way, group, actor);
    }

    List<Event> events() {
        return received.get();
    }

    /** Its first event of the group; waits for it. */
    Subscribed awaitSubscribed() {
        await().atMost(EventStream.PATIENCE).until(() -> events().stream().anyMatch(Event::hasSubscribed));
        return events().stream()
                .filter(Event::hasSubscribed)
                .findFirst()
                .orElseThrow()
                .getSubscribed();
    }

    /** The answer to the opening of a session. */
    SessionOpened opened() {
        return events().get(0).getAnswer().getOpened();
    }

    String token() {
        return way == Way.SESSION
                ? opened().getResumeToken()
                : awaitSubscribed().getResumeToken();
    }

    /** The last position it has seen. */
    Position position() {
        Subscribed subscribed = awaitSubscribed();
        List<Event> events = events();
        long offset = events.stream()
                .filter(Event::hasMessage)
                .mapToLong(Event::getOffset)
                .max()
                .orElse(subscribed.getOffset());
        return Position.newBuilder()
                .setEpoch(subscribed.getEpoch())
                .setOffset(offset)
                .build();
    }

    /** Payloads of its messages until now. */
    List<String> texts() {
        return events().stream()
                .filter(Event::hasMessage)
                .map(event -> event.getMessage().getPayload().toStringUtf8())
                .toList();
    }

    /** Waits for the message with this payload; all until then. */
    List<String> awaitText(String last) {
        await().atMost(EventStream.PATIENCE).until(() -> texts().contains(last) || ended.get() != null);
        return texts();
    }

    /** Its gaps until now. */
    List<Gap> gaps() {
        return events().stream().filter(Event::hasGap).map(Event::getGap).toList();
    }

    /** How the server ended it; waits for that. */
    String awaitEnd() {
        return await().atMost(EventStream.PATIENCE).until(ended::get, Objects::nonNull);
    }
}
