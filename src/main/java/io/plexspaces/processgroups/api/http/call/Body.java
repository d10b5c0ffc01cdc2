package io.plexspaces.processgroups.api.http.call;

import io.plexspaces.processgroups.api.http.Arrival;
import io.plexspaces.processgroups.domain.ErrorCode;
import io.plexspaces.processgroups.domain.GroupException;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.RoutingContext;
import java.util.function.Consumer;

/**
 * Reads the body of a request that is paused. More than is allowed is refused before it is read, or as soon as it has
 * come; what follows is read and dropped, so that the client gets to see why. On the event loop.
 */
final class Body {
    /** So many bytes more are told to the server's budget at once. */
    private static final int LOT = 64 * 1024;

    private final RoutingContext context;
    private final int maxBytes;
    private final Charge charge;
    private final Consumer<GroupException> refuse;
    private Buffer read = Buffer.buffer();
    private long charged;
    private boolean refused;

    private Body(RoutingContext context, int maxBytes, Charge charge, Consumer<GroupException> refuse) {
        this.context = context;
        this.maxBytes = maxBytes;
        this.charge = charge;
        this.refuse = refuse;
    }

    /**
     * @param maxBytes of the largest body
     * @param charge holds what has come
     * @param whole gets the body; not called when it is refused, or the connection ends before
     * @param refuse gets why it is refused: LIMIT_EXCEEDED, OVERLOADED
     */
    static void read(
            RoutingContext context,
            int maxBytes,
            Charge charge,
            Consumer<byte[]> whole,
            Consumer<GroupException> refuse) {
        new Body(context, maxBytes, charge, refuse).read(whole);
    }

    /** Of a request that is refused whatever its body is: what comes of it is read, and nothing is done with it. */
    static void drop(RoutingContext context) {
        HttpServerRequest request = context.request();
        if (!request.isEnded()) {
            request.endHandler(ended -> Arrival.dropped(context));
            request.resume();
        }
    }

    private void read(Consumer<byte[]> whole) {
        HttpServerRequest request = context.request();
        if (request.isEnded()) {
            Arrival.whole(context);
            whole.accept(new byte[0]);
            return;
        }
        request.handler(this::part);
        request.endHandler(ended -> {
            if (refused) {
                Arrival.dropped(context);
            } else {
                Arrival.whole(context);
                byte[] all = read.getBytes();
                read = Buffer.buffer();
                whole.accept(all);
            }
        });
        boolean asks = "100-continue".equalsIgnoreCase(request.getHeader(HttpHeaders.EXPECT));
        if (announced(request) > maxBytes) {
            if (asks) {
                // Nobody knows whether the body follows: what comes next may be another request.
                context.response().putHeader(HttpHeaders.CONNECTION, HttpHeaders.CLOSE);
            }
            refuse(tooLarge());
        } else if (asks) {
            context.response().writeContinue();
        }
        request.resume();
    }

    private static long announced(HttpServerRequest request) {
        String length = request.getHeader(HttpHeaders.CONTENT_LENGTH);
        try {
            return length == null ? 0 : Long.parseLong(length.strip());
        } catch (NumberFormatException unreadable) {
            return 0;
        }
    }

    private void part(Buffer part) {
        if (refused) {
            return;
        }
        if ((long) read.length() + part.length() > maxBytes) {
            refuse(tooLarge());
            return;
        }
        read.appendBuffer(part);
        if (read.length() - charged > LOT) {
            charged = read.length();
            if (!charge.grow(charged)) {
                refuse(GroupException.of(ErrorCode.OVERLOADED, "the server holds too much for its clients"));
            }
        }
    }

    private void refuse(GroupException why) {
        refused = true;
        read = Buffer.buffer();
        refuse.accept(why);
    }

    private GroupException tooLarge() {
        return GroupException.of(
                ErrorCode.LIMIT_EXCEEDED, "the body of this request has at most " + maxBytes + " bytes");
    }
}
