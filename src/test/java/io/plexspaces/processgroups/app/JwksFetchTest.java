package io.plexspaces.processgroups.app;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.plexspaces.processgroups.token.JwksKeys;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JwksFetchTest {
    private static final Vertx VERTX = Vertx.vertx();
    private static final Duration SOON = Duration.ofMillis(300);
    private static final Duration LATE = Duration.ofMinutes(10);

    private final ExecutorService serving = Executors.newCachedThreadPool();
    private final CountDownLatch over = new CountDownLatch(1);
    private final AtomicInteger asked = new AtomicInteger();

    /** Completed when the client has ended a connection before its answer was whole. */
    private final CompletableFuture<Void> cut = new CompletableFuture<>();

    private HttpServer server;
    private volatile Answer answer = exchange -> send(exchange, 200, "keys");

    private interface Answer {
        void send(HttpExchange exchange) throws IOException;
    }

    @BeforeEach
    void listen() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(serving);
        server.createContext("/", exchange -> {
            asked.incrementAndGet();
            try (exchange) {
                answer.send(exchange);
            } catch (IOException ended) {
                cut.complete(null);
            }
        });
        server.start();
    }

    @AfterEach
    void stop() {
        over.countDown();
        server.stop(0);
        serving.shutdownNow();
    }

    @AfterAll
    static void close() {
        VERTX.close();
    }

    private static void send(HttpExchange exchange, int status, String text) throws IOException {
        exchange.sendResponseHeaders(status, text.isEmpty() ? -1 : text.length());
        if (!text.isEmpty()) {
            exchange.getResponseBody().write(text.getBytes(UTF_8));
        }
    }

    private JwksFetch fetch(Executor reader, Duration longest) {
        return new JwksFetch(
                VERTX, URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/keys"), reader, longest);
    }

    private String text(Duration longest) {
        try (JwksFetch fetch = fetch(Runnable::run, longest)) {
            return fetch.get()
                    .toCompletableFuture()
                    .orTimeout(30, TimeUnit.SECONDS)
                    .join();
        }
    }

    private Throwable failure(Duration longest) {
        try (JwksFetch fetch = fetch(Runnable::run, longest)) {
            return fetch.get()
                    .handle((text, why) -> {
                        assertThat(text).isNull();
                        return why.getCause();
                    })
                    .toCompletableFuture()
                    .orTimeout(30, TimeUnit.SECONDS)
                    .join();
        }
    }

    @Test
    void answer_isItsText() {
        answer = exchange -> {
            assertThat(exchange.getRequestMethod()).isEqualTo("GET");
            assertThat(exchange.getRequestURI()).hasToString("/keys");
            send(exchange, 200, "{\"keys\":[]}");
        };

        assertThat(text(LATE)).isEqualTo("{\"keys\":[]}");
        assertThat(text(LATE)).isEqualTo("{\"keys\":[]}");
        assertThat(asked).hasValue(2);
    }

    /** Not on the event loop, where it would then be read. */
    @Test
    void answer_isHandedOverWhereItIsRead() throws InterruptedException {
        BlockingQueue<Runnable> tasks = new LinkedBlockingQueue<>();
        try (JwksFetch fetch = fetch(tasks::add, LATE)) {
            CompletableFuture<String> got = fetch.get().toCompletableFuture();
            Runnable task = tasks.poll(30, TimeUnit.SECONDS);
            assertThat(got).isNotDone();
            task.run();
            assertThat(got).isCompletedWithValue("keys");
        }
    }

    @Test
    void readerThatHasStopped_isAFailure() {
        JwksFetch fetch = fetch(
                task -> {
                    throw new RejectedExecutionException();
                },
                LATE);

        assertThat(fetch.get()).failsWithin(Duration.ofSeconds(30));
        fetch.close();
    }

    @ParameterizedTest
    @ValueSource(ints = {201, 204, 301, 302, 304, 307, 401, 404, 429, 500, 503})
    void otherStatus_isAFailure_andNoOtherAddressIsAsked(int status) {
        answer = exchange -> {
            exchange.getResponseHeaders().add("Location", "/elsewhere");
            send(exchange, status, status == 204 || status == 304 ? "" : "keys");
        };

        assertThat(failure(LATE)).isInstanceOf(IOException.class).hasMessage("the answer has the status " + status);
        assertThat(asked).hasValue(1);
    }

    @Test
    void endlessAnswer_isCut_whenItIsTooLarge() {
        answer = exchange -> {
            exchange.sendResponseHeaders(200, 0);
            OutputStream body = exchange.getResponseBody();
            byte[] some = new byte[8 * 1024];
            while (over.getCount() > 0) {
                body.write(some);
            }
        };

        assertThat(failure(LATE)).isInstanceOf(IOException.class).hasMessageContaining("more than 262144 bytes");
        assertThat(cut).succeedsWithin(Duration.ofSeconds(30));
    }

    @Test
    void largestAnswer_isTaken_andOneByteMoreIsNot() {
        answer = exchange -> send(exchange, 200, "x".repeat(JwksKeys.MOST_ANSWER_BYTES));
        assertThat(text(LATE)).hasSize(JwksKeys.MOST_ANSWER_BYTES);
        answer = exchange -> send(exchange, 200, "x".repeat(JwksKeys.MOST_ANSWER_BYTES + 1));
        assertThat(failure(LATE)).hasMessageContaining("more than 262144 bytes");
    }

    /** Each byte comes in time, but not all of them. */
    @Test
    void drippingAnswer_isCut_whenItsTimeIsOver() {
        answer = exchange -> {
            exchange.sendResponseHeaders(200, 0);
            OutputStream body = exchange.getResponseBody();
            while (!isOver(Duration.ofMillis(20))) {
                body.write(' ');
                body.flush();
            }
        };

        assertThat(failure(SOON)).isInstanceOf(TimeoutException.class).hasMessage("no whole answer in time");
        assertThat(cut).succeedsWithin(Duration.ofSeconds(30));
    }

    @Test
    void noAnswer_isAFailure_whenItsTimeIsOver() {
        answer = exchange -> isOver(Duration.ofMinutes(1));

        assertThat(failure(SOON)).isInstanceOf(TimeoutException.class);
    }

    private boolean isOver(Duration within) {
        try {
            return over.await(within.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException stopping) {
            return true;
        }
    }

    @Test
    void answerThatBreaksOff_isAFailure() {
        answer = exchange -> {
            exchange.sendResponseHeaders(200, 100);
            exchange.getResponseBody().write(' ');
            exchange.getResponseBody().flush();
        };

        assertThat(failure(LATE)).isNotNull();
    }

    @Test
    void serverThatIsGone_isAFailure_andBackIsAnAnswer() throws IOException {
        int port = server.getAddress().getPort();
        try (JwksFetch fetch = fetch(Runnable::run, LATE)) {
            server.stop(0);
            assertThat(fetch.get()).failsWithin(Duration.ofSeconds(30));
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
            server.createContext("/", exchange -> send(exchange, 200, "back"));
            server.start();

            assertThat(fetch.get()).succeedsWithin(Duration.ofSeconds(30)).isEqualTo("back");
        }
    }
}
