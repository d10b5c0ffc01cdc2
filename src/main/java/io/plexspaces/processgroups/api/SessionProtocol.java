package io.plexspaces.processgroups.api;

import io.plexspaces.processgroups.core.Groups;
import io.plexspaces.processgroups.core.Operation;
import io.plexspaces.processgroups.core.Refusals;
import io.plexspaces.processgroups.core.Session;
import io.plexspaces.processgroups.core.Sessions;
import io.plexspaces.processgroups.core.Watcher;
import io.plexspaces.processgroups.core.delivery.Connection;
import io.plexspaces.processgroups.core.delivery.Frame;
import io.plexspaces.processgroups.domain.ErrorCode;
import io.plexspaces.processgroups.domain.GroupException;
import io.plexspaces.processgroups.domain.GroupId;
import io.plexspaces.processgroups.domain.Namespace;
import io.plexspaces.processgroups.proto.v1.Answer;
import io.plexspaces.processgroups.proto.v1.Event;
import io.plexspaces.processgroups.proto.v1.LeaveGroupRequest;
import io.plexspaces.processgroups.proto.v1.SessionOpen;
import io.plexspaces.processgroups.proto.v1.SessionRequest;
import io.plexspaces.processgroups.proto.v1.SubscribeRequest;
import io.plexspaces.processgroups.proto.v1.WatchRequest;
import io.plexspaces.processgroups.proto.v1.WatchResult;
import io.smallrye.mutiny.Uni;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/**
 * The requests of one connection. Each gets exactly one answer, in the order in which they complete; a request that fails
 * leaves the others alone. Requests are handed over one at a time; a change that has begun is completed even when the
 * connection ends meanwhile.
 */
public final class SessionProtocol {
    private final Groups groups;
    private final Sessions sessions;
    private final Connection connection;
    private final AnswerFormat format;
    private final Requests open;
    private final int maxInFlight;
    private final Refusals refusals;
    private final Runnable readMore;
    private final AtomicInteger inFlight = new AtomicInteger();

    /** Requests for which {@link #readMore} is still to be called. */
    private final AtomicInteger owed = new AtomicInteger();

    private volatile boolean finishing;

    private @Nullable Session session;
    private @Nullable Requests requests;
    private @Nullable Watcher watcher;

    /** Answers in the format of the connection. */
    public interface AnswerFormat {
        /** A frame made with {@link Frame#control}. */
        Frame frame(Event answer);
    }

    /**
     * What a protocol works on.
     *
     * @param requests without a session
     * @param refusals told of requests that no other part sees
     */
    public record Service(
            Groups groups, Sessions sessions, Requests requests, ApiSettings settings, Refusals refusals) {}

    /**
     * @param readMore called on any thread when another request may be read: once after each request, at once or, while
     *     too many wait for their answer, later
     */
    public SessionProtocol(Service service, Connection connection, AnswerFormat format, Runnable readMore) {
        this.groups = service.groups();
        this.sessions = service.sessions();
        this.open = service.requests();
        this.maxInFlight = service.settings().maxInFlight();
        this.refusals = service.refusals();
        this.connection = connection;
        this.format = format;
        this.readMore = readMore;
    }

    /** Starts with a session that is open already. To be called before the first request. */
    public void opened(Session already) {
        session = already;
        requests = open.in(already.namespace(), already.actor());
    }

    /** Whether as many requests as allowed wait for their answer, and no other should be read. */
    public boolean isBusy() {
        return inFlight.get() >= maxInFlight;
    }

    /** Never throws. */
    public void handle(SessionRequest request) {
        boolean mayReadMore = inFlight.incrementAndGet() < maxInFlight;
        if (!mayReadMore) {
            owed.incrementAndGet();
        }
        try {
            execute(request)
                    .subscribe()
                    .with(
                            answer -> complete(request.getRequestId(), answer),
                            failure -> fail(request.getRequestId(), failure));
        } catch (RuntimeException failure) {
            refused(request, failure);
            fail(request.getRequestId(), failure);
        }
        if (mayReadMore) {
            readMore.run();
        }
    }

    /** For a request that came while too many waited, and that was read ahead. */
    private void payOne() {
        if (owed.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
            readMore.run();
        }
    }

    /** Answers a request that could not be read. */
    public void malformed(GroupException failure) {
        inFlight.incrementAndGet();
        owed.incrementAndGet();
        send(Answer.newBuilder().setError(Errors.toProto(failure)));
        answered();
    }

    /** No further requests come: ends the connection once those in flight are answered. */
    public void finish() {
        finishing = true;
        if (inFlight.get() == 0) {
            connection.finish(null);
        }
    }

    private Uni<Answer.Builder> execute(SessionRequest request) {
        if (request.getRequestCase() == SessionRequest.RequestCase.REQUEST_NOT_SET) {
            throw GroupException.invalid("request", "must be set, to one that this server knows");
        }
        if (request.hasOpen()) {
            return Uni.createFrom().item(open(request.getOpen()));
        }
        Session current = session;
        Requests in = requests;
        if (current == null || in == null) {
            throw GroupException.of(ErrorCode.FAILED_PRECONDITION, "the first request of a session must be open");
        }
        return switch (request.getRequestCase()) {
            case JOIN -> join(current, in, request.getJoin());
            case LEAVE -> leave(current, in, request.getLeave());
            case PUBLISH ->
                groups.publish(in.publish(request.getPublish()))
                        .map(result -> Answer.newBuilder().setPublished(Answers.published(result)));
            case WATCH ->
                watch(in, request.getWatch(), Watcher::watch, Watcher::watch)
                        .onFailure()
                        .invoke(failure -> refused(request, failure))
                        .map(done -> Answer.newBuilder().setWatching(WatchResult.getDefaultInstance()));
            case UNWATCH ->
                watch(in, request.getUnwatch(), Watcher::unwatch, Watcher::unwatch)
                        .map(done -> Answer.newBuilder().setUnwatched(WatchResult.getDefaultInstance()));
            case RENEW ->
                groups.renew(in.renew(request.getRenew()))
                        .map(result -> Answer.newBuilder().setRenewed(Answers.renewed(result)));
            case OPEN, REQUEST_NOT_SET -> throw new IllegalStateException("handled before");
        };
    }

    private Answer.Builder open(SessionOpen request) {
        if (session != null) {
            throw GroupException.of(ErrorCode.FAILED_PRECONDITION, "the session is open already");
        }
        Sessions.Opened opened = sessions.open(
                connection,
                new Namespace(request.getTenantId(), request.getNamespace()),
                Values.actor("actor_id", request.getActorId()),
                open.resumeToken(request.getResumeToken()));
        opened(opened.session());
        return Answer.newBuilder().setOpened(Answers.opened(opened, sessions.node(), sessions.grace()));
    }

    private static Uni<Answer.Builder> join(Session session, Requests in, SubscribeRequest request) {
        if (!request.getResumeToken().isEmpty()) {
            throw GroupException.invalid("resume_token", "belongs into open");
        }
        Requests.Subscribe wish = in.subscribe(request);
        return session.join(wish.group(), wish.filter(), wish.after(), wish.snapshot(), wish.policy(), false)
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

    private Uni<Void> watch(
            Requests in,
            WatchRequest request,
            BiFunction<Watcher, GroupId, Uni<Void>> one,
            BiFunction<Watcher, Namespace, Uni<Void>> all) {
        Requests.Watch wish = in.watch(request);
        Watcher following = watcher;
        if (following == null) {
            following = sessions.watcher(connection, false);
            watcher = following;
        }
        return wish.group() == null ? all.apply(following, wish.namespace()) : one.apply(following, wish.group());
    }

    private void refused(SessionRequest request, Throwable cause) {
        Operation operation =
                switch (request.getRequestCase()) {
                    case JOIN, OPEN -> Operation.JOIN;
                    case LEAVE -> Operation.LEAVE;
                    case PUBLISH -> Operation.PUBLISH;
                    case WATCH, UNWATCH -> Operation.WATCH;
                    case RENEW -> Operation.RENEW;
                    case REQUEST_NOT_SET -> null;
                };
        if (operation != null) {
            refusals.refused(operation, cause);
        }
    }

    private void complete(long requestId, Answer.Builder answer) {
        if (requestId != 0) {
            send(answer.setRequestId(requestId));
        }
        answered();
    }

    private void fail(long requestId, Throwable failure) {
        send(Answer.newBuilder().setRequestId(requestId).setError(Errors.toProto(Errors.expected(failure))));
        answered();
    }

    private void answered() {
        int waiting = inFlight.decrementAndGet();
        if (waiting < maxInFlight) {
            payOne();
        }
        // Above the limit each answer pays for one request, so that as many as were read ahead may be owed at the end.
        while (waiting == 0 && owed.get() > 0) {
            payOne();
        }
        if (waiting == 0 && finishing) {
            connection.finish(null);
        }
    }

    private void send(Answer.Builder answer) {
        connection.send(format.frame(Event.newBuilder().setAnswer(answer).build()));
    }
}
