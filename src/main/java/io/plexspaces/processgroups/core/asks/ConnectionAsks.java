package io.plexspaces.processgroups.core.asks;

import io.plexspaces.processgroups.core.Groups;
import io.plexspaces.processgroups.core.delivery.Connection;
import io.plexspaces.processgroups.domain.ErrorCode;
import io.plexspaces.processgroups.domain.GroupException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** The asks of one connection: they end with it. Thread-safe. */
final class ConnectionAsks {
    private final Connection connection;
    private final int most;
    private final Map<Long, Open> open = new ConcurrentHashMap<>(2);
    private final AtomicLong kept = new AtomicLong();

    /**
     * @param leave ends it
     * @param withdraw ends it, and says so
     */
    private record Open(Groups.AskedAs right, AskListener listener, Runnable leave, Runnable withdraw) {}

    ConnectionAsks(Connection connection, int most) {
        this.connection = connection;
        this.most = most;
    }

    /**
     * @param listener of this connection
     * @param leave ends it
     * @param withdraw ends it, and says so
     * @throws GroupException LIMIT_EXCEEDED; FAILED_PRECONDITION when the number is in use, or the connection has ended
     */
    void add(long number, Groups.AskedAs right, AskListener listener, Runnable leave, Runnable withdraw) {
        if (open.size() >= most) {
            throw GroupException.limit("asks-per-connection", most);
        }
        if (open.putIfAbsent(number, new Open(right, listener, leave, withdraw)) != null) {
            throw GroupException.of(ErrorCode.FAILED_PRECONDITION, "an ask with this request_id is open already");
        }
        if (connection.isClosed()) {
            open.remove(number);
            throw GroupException.of(ErrorCode.FAILED_PRECONDITION, "the connection has ended");
        }
    }

    /** False: there is none of that number. */
    boolean end(long number) {
        @Nullable Open ask = open.remove(number);
        if (ask != null) {
            ask.leave().run();
        }
        return ask != null;
    }

    void endAll() {
        List.copyOf(open.values()).forEach(ask -> ask.leave().run());
    }

    void keep(Predicate<Groups.AskedAs> allowed) {
        List.copyOf(open.values()).stream()
                .filter(ask -> !allowed.test(ask.right()))
                .forEach(ask -> ask.withdraw().run());
    }

    int size() {
        return open.size();
    }

    boolean keep(long more) {
        if (!connection.keep(kept.get(), more)) {
            return false;
        }
        kept.addAndGet(more);
        return true;
    }

    /** Another ask may have the number by now. */
    void ended(long number, AskListener listener, long bytes) {
        open.computeIfPresent(number, (same, ask) -> ask.listener() == listener ? null : ask);
        kept.addAndGet(-bytes);
        connection.forget(bytes);
    }
}
