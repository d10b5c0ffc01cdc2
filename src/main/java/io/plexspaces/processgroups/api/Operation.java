package io.plexspaces.processgroups.api;

import com.google.protobuf.Message;
import io.plexspaces.processgroups.core.UseCase;
import io.smallrye.mutiny.Uni;
import java.util.function.BiFunction;
import java.util.function.ToLongFunction;

/**
 * One unary operation of the service, whatever carries it.
 *
 * @param name as in metrics
 * @param method as in the proto
 * @param prototype of its requests
 * @param answerBytes that the answer to a request may have at most, in protobuf
 */
public record Operation<Q extends Message, A extends Message>(
        UseCase name,
        String method,
        Q prototype,
        BiFunction<Requests, Q, Uni<A>> execution,
        ToLongFunction<Q> answerBytes) {
    /**
     * Begins it, on the thread of the caller.
     *
     * @param by with the rights of the caller
     * @throws io.plexspaces.processgroups.domain.GroupException it was refused before anything was looked up
     */
    public Uni<A> execute(Requests by, Q request) {
        return execution.apply(by, request);
    }

    /** Bytes that the answer may have at most, in protobuf. */
    public int mostBytes(Q request) {
        return (int) Math.min(answerBytes.applyAsLong(request), Operations.LARGEST_ANSWER);
    }
}
