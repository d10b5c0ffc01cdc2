package io.plexspaces.processgroups.api.http.connect;

import io.grpc.Status;
import io.plexspaces.processgroups.api.http.call.Call;
import io.plexspaces.processgroups.api.http.call.Refusal;
import io.vertx.core.Vertx;
import java.util.function.Consumer;

/** Ends a call whose client waits no longer than it has said. What was begun for it is done all the same. */
final class Deadline {
    private Deadline() {}

    /** From now on, on the event loop of the call. */
    static void of(Call call) {
        of(call, call::fail);
    }

    /** @param end gets why it is ended */
    static void of(Call call, Consumer<Refusal> end) {
        long millis = ConnectHeaders.timeout(call.http().request());
        if (millis < 0) {
            return;
        }
        Refusal late = Refusal.of(
                Status.Code.DEADLINE_EXCEEDED,
                Refusal.status(Status.Code.DEADLINE_EXCEEDED),
                "the time that " + ConnectHeaders.TIMEOUT + " gives has passed");
        Vertx vertx = call.http().vertx();
        long timer = vertx.setTimer(Math.max(1, millis), passed -> end.accept(late));
        call.http().addEndHandler(ended -> vertx.cancelTimer(timer));
    }
}
