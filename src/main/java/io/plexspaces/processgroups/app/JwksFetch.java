package io.plexspaces.processgroups.app;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.plexspaces.processgroups.token.JwksKeys;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.tracing.TracingPolicy;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeoutException;

/**
 * Gets the keys of an issuer over HTTP. Good is an answer with status 200, as it is: it follows no address that an
 * answer names. Every other answer ends its connection at once, and so does one that has too many bytes, or is not
 * whole in time.
 */
final class JwksFetch implements JwksKeys.Fetch, AutoCloseable {
    static final Duration LONGEST = Duration.ofSeconds(10);

    private static final int GOOD = 200;

    private final Vertx vertx;
    private final HttpClient client;
    private final RequestOptions options;
    private final Executor reader;
    private final long longest;

    /**
     * @param reader where a text is handed over, and then read; no event loop
     * @param longest for a whole answer, in steps of a millisecond
     */
    JwksFetch(Vertx vertx, URI url, Executor reader, Duration longest) {
        this.vertx = vertx;
        this.reader = reader;
        this.longest = longest.toMillis();
        this.client = vertx.createHttpClient(new HttpClientOptions()
                .setKeepAlive(false)
                .setConnectTimeout(Math.toIntExact(this.longest))
                .setTracingPolicy(TracingPolicy.IGNORE));
        this.options = new RequestOptions()
                .setMethod(HttpMethod.GET)
                .setAbsoluteURI(url.toString())
                .setFollowRedirects(false)
                .putHeader("Accept", "application/jwk-set+json, application/json");
    }

    @Override
    public CompletionStage<String> get() {
        CompletableFuture<Buffer> whole = new CompletableFuture<>();
        long bound = vertx.setTimer(
                longest, passed -> whole.completeExceptionally(new TimeoutException("no whole answer in time")));
        whole.whenComplete((body, failure) -> vertx.cancelTimer(bound));
        client.request(new RequestOptions(options))
                .onFailure(whole::completeExceptionally)
                .onSuccess(request -> send(request, whole));
        return whole.thenApplyAsync(body -> body.toString(UTF_8), reader);
    }

    /** On the event loop of the connection, as all that follows. */
    private static void send(HttpClientRequest request, CompletableFuture<Buffer> whole) {
        whole.whenComplete((body, failure) -> {
            if (failure != null) {
                request.reset();
            }
        });
        request.send().onFailure(whole::completeExceptionally).onSuccess(response -> read(response, whole));
    }

    private static void read(HttpClientResponse response, CompletableFuture<Buffer> whole) {
        // Also of one that is not read: without it, each would be logged.
        response.exceptionHandler(whole::completeExceptionally);
        if (response.statusCode() != GOOD) {
            whole.completeExceptionally(new IOException("the answer has the status " + response.statusCode()));
            return;
        }
        Buffer body = Buffer.buffer();
        response.endHandler(end -> whole.complete(body));
        response.handler(part -> {
            if (body.length() + part.length() <= JwksKeys.MOST_ANSWER_BYTES) {
                body.appendBuffer(part);
            } else {
                whole.completeExceptionally(
                        new IOException("the answer has more than " + JwksKeys.MOST_ANSWER_BYTES + " bytes"));
            }
        });
    }

    @Override
    public void close() {
        client.close();
    }
}
