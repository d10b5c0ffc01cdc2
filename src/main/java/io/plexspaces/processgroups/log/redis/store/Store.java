package io.plexspaces.processgroups.log.redis.store;

import io.plexspaces.processgroups.domain.ErrorCode;
import io.plexspaces.processgroups.domain.GroupException;
import io.plexspaces.processgroups.domain.OperationId;
import io.plexspaces.processgroups.log.redis.codec.UnreadableException;
import io.plexspaces.processgroups.log.redis.connection.RedisServers;
import io.plexspaces.processgroups.log.redis.connection.Script;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Future;
import io.vertx.redis.client.Response;
import java.util.List;
import java.util.function.Supplier;

/** What every part of the log needs: the servers, the names of keys, the settings, new epochs. */
public record Store(
        RedisServers servers,
        Keys keys,
        RedisSettings settings,
        Supplier<String> epochs,
        List<StoreClock> clocks,
        Unreadables unreadables,
        Format format) {
    private static final String FENCED = "!FENCED";

    public Future<Response> call(Script script, List<String> keys, Object... arguments) {
        return servers.call(script, keys, List.of(arguments));
    }

    /**
     * The error that a client receives when stored data cannot be read; other failures are returned as they are.
     *
     * @param where the group or namespace, in words
     */
    public Throwable told(String where, Throwable failure) {
        if (!(failure instanceof UnreadableException)) {
            return failure;
        }
        unreadables.found(where, Unreadables.reason(failure));
        return unreadable(where);
    }

    /** @param where the group or namespace, in words */
    static GroupException unreadable(String where) {
        return GroupException.of(
                ErrorCode.STORE_UNAVAILABLE, "what the store has of " + where + " cannot be read by this server");
    }

    /** FENCED when the script found the writer's time to be over. */
    public static Response unfenced(Response answer, OperationId operation) {
        if (answer.size() > 0 && answer.get(0).toString().equals(FENCED)) {
            throw fenced(operation, answer.get(1).toString());
        }
        return answer;
    }

    public static GroupException fenced(OperationId operation, String why) {
        String writer = "incarnation " + operation.incarnation() + " of node "
                + operation.node().value();
        return GroupException.of(
                ErrorCode.FENCED,
                why.equals("lapsed")
                        ? writer + " is over: its lease has lapsed"
                        : writer + " is over: " + why + " has taken its place");
    }

    /** Begins the work once for each subscription. */
    public static <T> Uni<T> uni(Supplier<Future<T>> work) {
        return Uni.createFrom().emitter(emitter -> {
            Future<T> done;
            try {
                done = work.get();
            } catch (RuntimeException failure) {
                emitter.fail(failure);
                return;
            }
            done.onComplete(emitter::complete, emitter::fail);
        });
    }

    public static long number(Response response) {
        return Long.parseLong(response.toString());
    }
}
