package io.plexspaces.processgroups.cli.messages;

import io.plexspaces.processgroups.cli.client.Actors;
import io.plexspaces.processgroups.cli.client.Failure;
import io.plexspaces.processgroups.cli.client.Json;
import io.plexspaces.processgroups.cli.client.Lost;
import io.plexspaces.processgroups.cli.client.Refused;
import io.plexspaces.processgroups.cli.client.Session;
import io.plexspaces.processgroups.cli.client.Target;
import io.plexspaces.processgroups.cli.terminal.Ended;
import io.plexspaces.processgroups.cli.terminal.Interrupt;
import io.plexspaces.processgroups.cli.terminal.OutputGone;
import io.plexspaces.processgroups.cli.terminal.Terminal;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Follows a group over all the connections that this takes: when one is lost, the next takes its session over, from the
 * last position on. Nothing is printed twice; what is missing comes as a gap.
 */
final class Following {
    private static final Duration FAREWELL = Duration.ofSeconds(1);

    private final Supplier<Target> targets;
    private final Terminal terminal;
    private final Predicate<Json> event;
    private final String kind;
    private final Json request;
    private final CompletableFuture<Boolean> done = new CompletableFuture<>();
    private final Backoff backoff;
    private Target target;
    private String resumeToken = "";
    private boolean isBack;

    /** The last position, written by the thread that reads. */
    private volatile Json position = Json.object();

    /**
     * @param targets the server, and the token as it is now
     * @param kind join or watch
     * @param request of the first connection
     * @param event gets each event; false: that was the last one
     */
    Following(
            Supplier<Target> targets,
            Terminal terminal,
            Backoff backoff,
            String kind,
            Json request,
            Predicate<Json> event) {
        this.targets = targets;
        this.target = Actors.named(targets.get());
        this.terminal = terminal;
        this.backoff = backoff;
        this.kind = kind;
        this.request = request;
        this.event = event;
    }

    /** As whom. */
    String actor() {
        return target.actor();
    }

    /**
     * Until it is done.
     *
     * @throws Failure the server refuses it, or could not be reached from the beginning
     * @throws Ended it was interrupted
     */
    void follow(Interrupt interrupt) {
        while (!done.isDone()) {
            Lost lost = connection(interrupt);
            if (done.isDone()) {
                finish();
            } else if (!lost.comesBack() && !hasNewToken(lost.why())) {
                throw lost.why();
            }
            pause(lost, interrupt);
        }
        finish();
    }

    private void finish() {
        try {
            done.join();
        } catch (CompletionException failed) {
            throw failed.getCause() instanceof RuntimeException known ? known : failed;
        }
    }

    private void pause(Lost lost, Interrupt interrupt) {
        if (done.isDone()) {
            return;
        }
        Duration pause = backoff.next();
        terminal.note(lost.why().sentence() + ": trying again in " + pause.toMillis() + " ms");
        try {
            throw new Ended(interrupt.code().get(pause.toMillis(), TimeUnit.MILLISECONDS));
        } catch (TimeoutException now) {
            isBack = true;
            target = present();
        } catch (InterruptedException | ExecutionException stop) {
            throw new IllegalStateException(stop);
        }
    }

    /** One connection, until it has ended. */
    private Lost connection(Interrupt interrupt) {
        try (Session session = Session.connect(target, this::take)) {
            Lost early = begun(session);
            return early == null ? ended(session, interrupt) : early;
        } catch (Refused refused) {
            if (isBack && (isTransient(refused) || hasNewToken(refused))) {
                return new Lost(refused, true);
            }
            throw refused;
        } catch (Failure unreachable) {
            if (isBack) {
                return new Lost(unreachable, true);
            }
            throw unreachable;
        }
    }

    /** Null: from now on it is followed. A connection may be lost before that, once more. */
    private @Nullable Lost begun(Session session) {
        try {
            resumeToken = session.request("open", Actors.open(target).with("resumeToken", resumeToken))
                    .text("resumeToken");
            session.request(kind, resumed());
        } catch (Failure failed) {
            CompletableFuture<Lost> lost = session.lost();
            if (isBack && lost.isDone() && !lost.isCompletedExceptionally()) {
                return lost.join();
            }
            throw failed;
        }
        if (isBack) {
            terminal.note("connected again");
        }
        backoff.reset();
        return null;
    }

    /** The server, and the token as it is now. */
    private Target present() {
        return targets.get().as(target.actor());
    }

    /** The token has ended, and there is another one by now. */
    private boolean hasNewToken(Failure why) {
        return why instanceof Refused refused
                && refused.reason().equals("UNAUTHENTICATED")
                && !Objects.equals(present().token(), target.token());
    }

    private static boolean isTransient(Refused refused) {
        return List.of("STORE_UNAVAILABLE", "FENCED", "EPOCH_CHANGED", "SHUTTING_DOWN", "OVERLOADED", "QUOTA_EXCEEDED")
                .contains(refused.reason());
    }

    private Json resumed() {
        Json last = position;
        if (!last.has("epoch")) {
            return request;
        }
        Json again = Json.object();
        for (String name : request.names()) {
            if (!name.startsWith("replay")) {
                again.copy(name, request);
            }
        }
        return again.put("after", last);
    }

    private Lost ended(Session session, Interrupt interrupt) {
        try {
            CompletableFuture.anyOf(done, session.lost(), interrupt.code())
                    .exceptionally(failed -> true)
                    .join();
            if (interrupt.code().isDone()) {
                leave(session);
                throw new Ended(interrupt.code().join());
            } else if (done.isDone()) {
                leave(session);
                return new Lost(Failure.unreachable("done"), false);
            }
            return session.lost().join();
        } catch (CompletionException failed) {
            throw failed.getCause() instanceof RuntimeException known ? known : failed;
        }
    }

    /** So that nobody sees this member for the grace of its connection. */
    private void leave(Session session) {
        if (kind.equals("join")) {
            CompletableFuture<Boolean> left = new CompletableFuture<>();
            Json all = Json.object().copy("groupName", request).put("all", true);
            session.send("leave", all, (answer, failure) -> left.complete(true));
            left.completeOnTimeout(false, FAREWELL.toMillis(), TimeUnit.MILLISECONDS)
                    .join();
        }
    }

    private void take(List<Json> events) {
        try {
            for (Json one : events) {
                if (done.isDone()) {
                    return;
                }
                remember(one);
                if (!event.test(one)) {
                    terminal.flush();
                    done.complete(true);
                }
            }
            terminal.flush();
        } catch (OutputGone gone) {
            done.completeExceptionally(gone);
        }
    }

    private void remember(Json one) {
        if (one.has("subscribed")) {
            Json subscribed = one.object("subscribed");
            position = Json.object().copy("epoch", subscribed).put("offset", subscribed.number("offset"));
        } else if (one.has("message")) {
            position = Json.object().copy("epoch", position).put("offset", one.number("offset"));
        }
    }
}
