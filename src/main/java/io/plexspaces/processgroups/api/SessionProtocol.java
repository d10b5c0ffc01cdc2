package io.plexspaces.processgroups.api;

import io.plexspaces.processgroups.access.Caller;
import io.plexspaces.processgroups.authentication.Authenticator;
import io.plexspaces.processgroups.core.Groups;
import io.plexspaces.processgroups.core.Refusals;
import io.plexspaces.processgroups.core.Traces;
import io.plexspaces.processgroups.core.UseCase;
import io.plexspaces.processgroups.core.delivery.Connection;
import io.plexspaces.processgroups.core.delivery.Frame;
import io.plexspaces.processgroups.core.delivery.ServerBudget;
import io.plexspaces.processgroups.core.session.ConnectionWatches;
import io.plexspaces.processgroups.core.session.Session;
import io.plexspaces.processgroups.core.session.Sessions;
import io.plexspaces.processgroups.domain.ErrorCode;
import io.plexspaces.processgroups.domain.GroupException;
import io.plexspaces.processgroups.domain.GroupId;
import io.plexspaces.processgroups.domain.Namespace;
import io.plexspaces.processgroups.proto.v1.Answer;
import io.plexspaces.processgroups.proto.v1.CancelAskRequest;
import io.plexspaces.processgroups.proto.v1.CancelAskResponse;
import io.plexspaces.processgroups.proto.v1.Event;
import io.plexspaces.processgroups.proto.v1.LeaveGroupRequest;
import io.plexspaces.processgroups.proto.v1.RefreshToken;
import io.plexspaces.processgroups.proto.v1.SessionOpen;
import io.plexspaces.processgroups.proto.v1.SessionRequest;
import io.plexspaces.processgroups.proto.v1.SubscribeRequest;
import io.plexspaces.processgroups.proto.v1.TokenRefreshed;
import io.plexspaces.processgroups.proto.v1.UpdateRequest;
import io.plexspaces.processgroups.proto.v1.WatchResult;
import io.smallrye.mutiny.Uni;
import java.util.ArrayDeque;
import java.util.Objects;
import java.util.Queue;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/**
 * The requests of one connection. Each gets exactly one answer, in the order in which they complete; a request that
 * fails leaves the others alone. Requests are handed over one at a time; a change that has begun is completed even when
 * the connection ends meanwhile.
 *
 * <p>One file, as all requests share one count of what is under way and one end.
 */
public final class SessionProtocol {
    private final Groups groups;
    private final Sessions sessions;
    private final Connection connection;
    private final AnswerFormat format;
    private final SessionCaller caller;
    private final Refusals refusals;
    private final Runnable readMore;
    private final InFlight inFlight;
    private final Traces traces;

    private volatile boolean finishing;

    /** Why the server ends the connection; null: it does not. */
    private volatile @Nullable GroupException retiring;

    /** Requests that wait until the session is open; null: none has to. Guarded by this. */
    private @Nullable Queue<Incoming> waiting;

    /** Guarded by this. */
    private boolean held;

    private volatile @Nullable Session session;

    /** Changed on other threads when a token was checked, as {@link #watcher} is read there. */
    private volatile @Nullable Requests requests;

    private volatile @Nullable ConnectionWatches watcher;
    private Traces.@Nullable Caller tracing;

    /** @param bytes it came with */
    private record Incoming(SessionRequest request, int bytes) {}

    /**
     * What a protocol works on.
     *
     * @param requests without a session, with the rights of those who were not asked who they are
     * @param authenticator asks who a caller is
     * @param expiry ends connections with the rights of their callers
     * @param refusals notified of requests that no other part sees
     * @param budget in which requests under way count
     */
    public record Service(
            Groups groups,
            Sessions sessions,
            Requests requests,
            ApiSettings settings,
            Refusals refusals,
            Traces traces,
            ServerBudget budget,
            Authenticator authenticator,
            Expiry expiry) {}

    /**
     * @param readMore called on any thread when another request may be read: once after each request, at once or, while
     *     too many wait for their answer, later
     */
    public SessionProtocol(Service service, Connection connection, AnswerFormat format, Runnable readMore) {
        this.groups = service.groups();
        this.sessions = service.sessions();
        this.caller = new SessionCaller(service, connection);
        ApiSettings settings = service.settings();
        this.inFlight = new InFlight(
                new InFlight.Bounds(settings.maxInFlight(), settings.maxInFlightBytes(), service.budget()),
                connection::isCrowded,
                readMore);
        connection.onRoom(inFlight::room);
        connection.onEnd(cause -> inFlight.close());
        if (connection.isClosed()) {
            inFlight.close();
        }
        this.refusals = service.refusals();
        this.traces = service.traces();
        this.connection = connection;
        this.format = format;
        this.readMore = readMore;
        connection.politely(this::retire);
    }

    /** Starts with a session that is open already. To be called before the first request. */
    public void opened(Session already) {
        session = already;
        permitted(already);
    }

    /** What it may do is looked up anew, and what it has and may no longer have, ends. */
    private void permitted(Session of) {
        Requests in = caller.requests().in(of.namespace(), of.actor());
        requests = in;
        if (caller.asks()) {
            of.keepOnly((group, topics) -> in.joins(group, of.actor(), topics), in::reads);
            ConnectionWatches following = watcher;
            if (following != null) {
                following.keepOnly(in::reads, in::readsAll);
            }
            groups.keepAsks(connection, in::asks);
        }
    }

    /** Whose rights count; without this, they are those of the token in {@code open}. Before the first request. */
    public void by(Caller known) {
        caller.is(known);
    }

    /** What requests that open a session are checked by. */
    public Requests requests() {
        return caller.requests();
    }

    /**
     * Requests that name no trace of their own are part of the caller's. To be called before the first request.
     *
     * @param connected who opened the connection; null: a client without a trace
     */
    public void from(Traces.@Nullable Caller connected) {
        tracing = connected;
    }

    /** Whether there is a session, or an answer to come that may make one. */
    public boolean isOpenOrOpening() {
        return session != null || isHeld();
    }

    private synchronized boolean isHeld() {
        return held;
    }

    /** Whether as many requests or bytes as allowed wait for their answers, and no other request should be read. */
    public boolean isBusy() {
        return inFlight.isFull();
    }

    /** How many requests may be asked for ahead; 0: none, until the session calls for more. */
    public int mostAhead() {
        return inFlight.most();
    }

    /**
     * Never throws.
     *
     * @param bytes the request came with
     */
    public void handle(SessionRequest request, int bytes) {
        try {
            boolean mayReadMore = inFlight.begin(bytes);
            if (inFlight.isTooMuch()) {
                connection.cut(GroupException.of(ErrorCode.OVERLOADED, "too many bytes of requests are under way"));
                return;
            }
            Incoming incoming = new Incoming(request, bytes);
            if (!waits(incoming)) {
                start(incoming);
            }
            if (mayReadMore) {
                readMore.run();
            }
        } catch (RuntimeException | Error defect) {
            broken(defect);
        }
    }

    private void start(Incoming request) {
        Traces.Caller from = tracing;
        if (from == null) {
            begin(request);
        } else {
            from.run(() -> begin(request));
        }
    }

    /**
     * A request may have no answer, or no further ones may be read: the connection ends, so that the peer does not
     * wait.
     */
    private void broken(Throwable defect) {
        connection.cut(Errors.expected(defect));
    }

    private void begin(Incoming incoming) {
        SessionRequest request = incoming.request();
        try {
            if (request.hasPublish()) {
                publish(incoming);
            } else {
                execute(request)
                        .subscribe()
                        .with(answer -> complete(incoming, answer), failure -> fail(incoming, failure));
            }
        } catch (RuntimeException | Error failure) {
            refused(request, failure);
            fail(incoming, failure);
        }
    }

    /** From here on, requests wait for {@link #release}: the session they belong to is being opened. */
    public synchronized void hold() {
        waiting = waiting == null ? new ArrayDeque<>() : waiting;
        held = true;
    }

    /** Starts the requests that waited, in their order. */
    public void release() {
        letGo();
        Incoming next = nextWaiting();
        while (next != null) {
            start(next);
            next = nextWaiting();
        }
    }

    private synchronized boolean waits(Incoming request) {
        return waiting != null && waiting.add(request);
    }

    private synchronized void letGo() {
        held = false;
    }

    /** Null: none waits, or one of those that waited holds the others up. */
    private synchronized @Nullable Incoming nextWaiting() {
        if (held) {
            return null;
        }
        Incoming next = waiting == null ? null : waiting.poll();
        if (next == null) {
            waiting = null;
        }
        return next;
    }

    /** Answers a request that could not be read. */
    public void malformed(GroupException failure) {
        try {
            inFlight.beginEnded();
            unreadable(0, failure);
            answered(0, 0);
        } catch (RuntimeException | Error defect) {
            broken(defect);
        }
    }

    /**
     * Answers a request that could not be read, and for which the caller reads on by itself.
     *
     * @param requestId 0: it could not be read either
     */
    public void unreadable(long requestId, GroupException failure) {
        refusals.unreadable(failure);
        connection.send(frame(Answer.newBuilder().setRequestId(requestId).setError(Errors.toProto(failure))));
    }

    /** No further requests come: ends the connection once those in flight are answered. */
    public void finish() {
        finishing = true;
        if (inFlight.isEmpty()) {
            connection.finish(retiring);
        }
    }

    /** Requests are refused from here on: ends the connection once those in flight are answered. */
    private void retire(GroupException cause) {
        retiring = cause;
        finish();
    }

    /** The way of every message: without a builder for the answer. */
    private void publish(Incoming incoming) {
        refuseRetired();
        groups.publish(opened().publish(incoming.request().getPublish()))
                .subscribe()
                .with(result -> published(incoming, result), failure -> fail(incoming, failure));
    }

    private void published(Incoming incoming, Groups.PublishResult result) {
        try {
            long requestId = incoming.request().getRequestId();
            Frame answer = requestId == 0 ? null : format.published(requestId, result);
            done(incoming, answer);
        } catch (RuntimeException | Error defect) {
            broken(defect);
        }
    }

    private void refuseRetired() {
        GroupException over = retiring;
        if (over != null) {
            throw over;
        }
    }

    /** What the requests of the session are checked by. */
    private Requests opened() {
        Requests in = requests;
        if (in == null) {
            throw GroupException.of(ErrorCode.FAILED_PRECONDITION, "the first request of a session must be open");
        }
        return in;
    }

    private Uni<Answer.Builder> execute(SessionRequest request) {
        if (request.getRequestCase() == SessionRequest.RequestCase.REQUEST_NOT_SET) {
            throw GroupException.invalid("request", "must be set, to one that this server knows");
        }
        refuseRetired();
        if (request.hasOpen()) {
            return open(request.getOpen());
        }
        Requests in = opened();
        Session current = Objects.requireNonNull(session);
        return switch (request.getRequestCase()) {
            case JOIN -> join(current, in, request.getJoin());
            case LEAVE -> leave(current, in, request.getLeave());
            case UPDATE -> update(current, in, request.getUpdate());
            case WATCH ->
                watching(in.watch(request.getWatch()))
                        .onFailure()
                        .invoke(failure -> refused(request, failure))
                        .map(done -> Answer.newBuilder().setWatching(WatchResult.getDefaultInstance()));
            case UNWATCH ->
                watch(in.watch(request.getUnwatch()), ConnectionWatches::unwatch, ConnectionWatches::unwatch)
                        .map(done -> Answer.newBuilder().setUnwatched(WatchResult.getDefaultInstance()));
            case RENEW ->
                groups.renew(in.renew(request.getRenew()))
                        .map(result -> Answer.newBuilder().setRenewed(Answers.renewed(result)));
            case REFRESH -> refresh(current, request.getRefresh());
            case ASK -> ask(in, request);
            case REPLY ->
                groups.reply(in.reply(request.getReply()))
                        .map(result -> Answer.newBuilder().setReplied(Answers.replied(result)));
            case CANCEL_ASK -> cancel(in, request.getCancelAsk());
            case OPEN, PUBLISH, REQUEST_NOT_SET -> throw new IllegalStateException("handled before");
        };
    }

    private Uni<Answer.Builder> open(SessionOpen request) {
        if (session != null) {
            throw GroupException.of(ErrorCode.FAILED_PRECONDITION, "the session is open already");
        }
        if (!caller.isAsked()) {
            return open(request, caller.requests());
        }
        hold();
        return caller.says(request.getToken())
                .onFailure()
                .invoke(refused -> {
                    refusals.refused(UseCase.JOIN, refused);
                    retire(Errors.expected(refused));
                })
                .chain(requests -> open(request, requests));
    }

    private Uni<Answer.Builder> open(SessionOpen request, Requests by) {
        Requests.Open wish = by.open(request);
        Uni<Sessions.Opened> opening = sessions.open(connection, wish.namespace(), wish.actor(), wish.resumeToken());
        hold();
        return opening.map(opened -> {
            opened(opened.session());
            return Answer.newBuilder().setOpened(Answers.opened(opened, sessions.node(), sessions.grace()));
        });
    }

    private Uni<Answer.Builder> refresh(Session current, RefreshToken request) {
        if (!caller.asks()) {
            throw GroupException.of(ErrorCode.FAILED_PRECONDITION, "this server asks for no tokens");
        }
        opened().ofSession();
        return caller.refresh(request.getToken(), current.namespace(), current.actor())
                .onFailure(
                        refused -> GroupException.is(refused, ErrorCode.UNAUTHENTICATED, ErrorCode.PERMISSION_DENIED))
                .invoke(refused -> retire(Errors.expected(refused)))
                .map(until -> {
                    permitted(current);
                    TokenRefreshed.Builder refreshed = TokenRefreshed.newBuilder();
                    until.map(Values::instant).ifPresent(refreshed::setExpiresAt);
                    return Answer.newBuilder().setRefreshed(refreshed);
                });
    }

    private Uni<Answer.Builder> join(Session session, Requests in, SubscribeRequest request) {
        if (!request.getResumeToken().isEmpty()) {
            throw GroupException.invalid("resume_token", "belongs into open");
        }
        Requests.Subscribe wish = in.subscribe(request);
        return session.join(connection, wish.wish(false))
                .invoke(joined -> {
                    if (in != requests) {
                        // Its rights have changed meanwhile.
                        permitted(session);
                    }
                })
                .map(result -> Answer.newBuilder().setJoined(Answers.joined(result)));
    }

    private static Uni<Answer.Builder> leave(Session session, Requests in, LeaveGroupRequest request) {
        if (!request.getLeaseId().isEmpty()) {
            throw GroupException.invalid("lease_id", "must be empty: a session leaves only what it joined");
        }
        Groups.LeaveRequest wish = in.leave(request);
        return session.leave(wish.group(), wish.all())
                .map(result -> Answer.newBuilder().setLeft(Answers.left(result)));
    }

    private Uni<Answer.Builder> update(Session session, Requests in, UpdateRequest request) {
        if (!request.getLeaseId().isEmpty()) {
            throw GroupException.invalid("lease_id", "must be empty: a session updates only what it joined");
        }
        Groups.UpdateRequest wish = in.update(request);
        return session.update(wish.group(), wish.metadata())
                .map(result -> Answer.newBuilder().setUpdated(Answers.updated(result)));
    }

    private Uni<Answer.Builder> ask(Requests in, SessionRequest request) {
        if (request.getRequestId() == 0) {
            throw GroupException.invalid("request_id", "must not be 0: the replies name it");
        }
        return groups.ask(in.ask(request.getAsk()).on(connection, request.getRequestId(), false))
                .map(result -> Answer.newBuilder().setAsked(Answers.published(result)));
    }

    private Uni<Answer.Builder> cancel(Requests in, CancelAskRequest request) {
        in.ofSession();
        boolean open = groups.endAsk(connection, request.getAsk());
        return Uni.createFrom()
                .item(Answer.newBuilder()
                        .setAskCancelled(CancelAskResponse.newBuilder().setCancelled(open)));
    }

    private Uni<Void> watching(Requests.Watch wish) {
        return traces.traced(
                UseCase.WATCH,
                wish.namespace(),
                wish.group(),
                () -> watch(wish, ConnectionWatches::watch, ConnectionWatches::watch));
    }

    private Uni<Void> watch(
            Requests.Watch wish,
            BiFunction<ConnectionWatches, GroupId, Uni<Void>> one,
            BiFunction<ConnectionWatches, Namespace, Uni<Void>> all) {
        ConnectionWatches following = watcher;
        if (following == null) {
            following = sessions.watcher(connection, false);
            watcher = following;
        }
        return wish.group() == null ? all.apply(following, wish.namespace()) : one.apply(following, wish.group());
    }

    private void refused(SessionRequest request, Throwable cause) {
        UseCase operation =
                switch (request.getRequestCase()) {
                    case JOIN, OPEN -> UseCase.JOIN;
                    case LEAVE -> UseCase.LEAVE;
                    case UPDATE -> UseCase.UPDATE;
                    case PUBLISH -> UseCase.PUBLISH;
                    case WATCH, UNWATCH -> UseCase.WATCH;
                    case RENEW -> UseCase.RENEW;
                    case ASK -> UseCase.ASK;
                    case REPLY -> UseCase.REPLY;
                    case REFRESH, CANCEL_ASK, REQUEST_NOT_SET -> null;
                };
        if (operation != null) {
            refusals.refused(operation, cause);
        }
    }

    private void complete(Incoming incoming, Answer.Builder answer) {
        try {
            long requestId = incoming.request().getRequestId();
            done(incoming, requestId == 0 ? null : frame(answer.setRequestId(requestId)));
        } catch (RuntimeException | Error defect) {
            broken(defect);
        }
    }

    private void fail(Incoming incoming, Throwable failure) {
        try {
            long requestId = incoming.request().getRequestId();
            done(
                    incoming,
                    frame(Answer.newBuilder()
                            .setRequestId(requestId)
                            .setError(Errors.toProto(Errors.expected(failure)))));
        } catch (RuntimeException | Error defect) {
            broken(defect);
        }
    }

    /** @param answer null: the client wants none */
    private void done(Incoming incoming, @Nullable Frame answer) {
        if (answer != null) {
            connection.send(answer);
        }
        if (incoming.request().hasOpen()) {
            release();
        }
        answered(incoming.bytes(), answer == null ? 0 : answer.answerBytes());
    }

    private void answered(int bytes, int answerBytes) {
        if (inFlight.end(bytes, answerBytes) && finishing) {
            connection.finish(retiring);
        }
    }

    private Frame frame(Answer.Builder answer) {
        return format.frame(Event.newBuilder().setAnswer(answer).build());
    }
}
