package io.plexspaces.processgroups.api;

import io.plexspaces.processgroups.core.Groups;
import io.plexspaces.processgroups.core.Traces;
import io.plexspaces.processgroups.core.UseCase;
import io.plexspaces.processgroups.core.delivery.Connection;
import io.plexspaces.processgroups.core.delivery.Frame;
import io.plexspaces.processgroups.core.session.ConnectionWatches;
import io.plexspaces.processgroups.core.session.Session;
import io.plexspaces.processgroups.core.session.Sessions;
import io.plexspaces.processgroups.domain.GroupException;
import io.plexspaces.processgroups.domain.GroupId;
import io.plexspaces.processgroups.proto.v1.AskRequest;
import io.plexspaces.processgroups.proto.v1.SubscribeRequest;
import io.plexspaces.processgroups.proto.v1.WatchRequest;
import io.smallrye.mutiny.Uni;
import java.util.function.Function;

/**
 * What has one request and streams events, as each protocol serves it: from a request that is checked to a connection
 * that receives. To be called by the thread that the request came on. Thread-safe.
 */
public final class Streams {
    private final SessionProtocol.Service service;

    public Streams(SessionProtocol.Service service) {
        this.service = service;
    }

    /**
     * A request that was checked.
     *
     * @param name as in metrics
     * @param beginning makes a connection of its own receive; the connection ends with its failure
     */
    public record Opening(UseCase name, Function<Connection, Uni<?>> beginning) {
        /** Never throws: the connection goes on when it succeeds, and ends with its failure otherwise. */
        public void begin(Connection connection) {
            begin(connection, () -> {});
        }

        /**
         * The same.
         *
         * @param onBegun run when it has succeeded, on any thread
         */
        public void begin(Connection connection, Runnable onBegun) {
            try {
                beginning
                        .apply(connection)
                        .subscribe()
                        .with(begun -> onBegun.run(), failure -> connection.finish(Errors.expected(failure)));
            } catch (RuntimeException | Error failure) {
                connection.finish(Errors.expected(failure));
            }
        }
    }

    /** @throws GroupException it was refused before anything was looked up */
    public Opening subscribe(Requests by, SubscribeRequest request) {
        Requests.Subscribe wish = by.subscribe(request);
        Traces.Caller caller = service.traces().current();
        return new Opening(UseCase.JOIN, connection -> service.sessions()
                .open(connection, wish.group().namespace(), wish.actor(), wish.resumeToken())
                .invoke(opened -> keepPermitted(opened, by))
                .chain(opened -> caller == null
                        ? join(connection, opened.session(), wish)
                        : caller.asking(() -> join(connection, opened.session(), wish))));
    }

    /** What it had joined with another token ends, if this one does not allow it. */
    private void keepPermitted(Sessions.Opened opened, Requests by) {
        if (opened.resumed() && service.authenticator().asks()) {
            Session session = opened.session();
            session.keepOnly((group, topics) -> by.joins(group, session.actor(), topics), by::reads);
        }
    }

    private static Uni<Groups.JoinResult> join(Connection by, Session session, Requests.Subscribe wish) {
        return session.join(by, wish.wish(true));
    }

    /** @throws GroupException it was refused before anything was looked up */
    public Opening watch(Requests by, WatchRequest request) {
        Requests.Watch wish = by.watch(request);
        return new Opening(UseCase.WATCH, connection -> {
            ConnectionWatches watcher = service.sessions().watcher(connection, true);
            Uni<Void> watching = service.traces()
                    .traced(
                            UseCase.WATCH,
                            wish.namespace(),
                            wish.group(),
                            () -> wish.group() == null ? watcher.watch(wish.namespace()) : watcher.watch(wish.group()));
            return watching.onFailure().invoke(failure -> service.refusals().refused(UseCase.WATCH, failure));
        });
    }

    /** @throws GroupException it was refused before anything was looked up */
    public Opening ask(Requests by, AskRequest request) {
        Requests.Ask wish = by.ask(request);
        GroupId group = wish.publish().group();
        Traces.Caller caller = service.traces().current();
        return new Opening(UseCase.ASK, connection -> {
            Uni<Groups.PublishResult> asking = service.sessions()
                    .counted(connection, group.tenant(), () -> service.groups().ask(wish.on(connection, 0, true)));
            return (caller == null ? asking : caller.asking(() -> asking))
                    .invoke(result -> connection.send(Frame.of(Answers.asked(group, result))));
        });
    }
}
