package io.plexspaces.processgroups.e2e;

import static org.awaitility.Awaitility.await;

import com.google.protobuf.InvalidProtocolBufferException;
import io.grpc.stub.StreamObserver;
import io.plexspaces.processgroups.proto.v1.Event;
import io.plexspaces.processgroups.proto.v1.SessionResponse;
import io.plexspaces.processgroups.proto.v1.SubscribeRequest;
import io.plexspaces.processgroups.proto.v1.SubscribeResponse;
import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Subscribers that read as fast as they can. They keep nothing but how far they are: messages carry their number, from
 * 0 on, as id, and when they were sent in the header {@link #SENT}.
 */
final class Crowd implements AutoCloseable {
    /** System.nanoTime() of the publisher. */
    static final String SENT = "sent";

    private static final int STREAMS_PER_CLIENT = 5;
    private static final HttpClient HTTP = HttpClient.newHttpClient();

    private final List<Progress> all = new ArrayList<>();
    private final List<WebSocket> sockets = new ArrayList<>();

    /** How far one of them is. */
    private static final class Progress {
        final AtomicInteger received = new AtomicInteger();
        final AtomicBoolean begun = new AtomicBoolean();
        final AtomicLong slowest = new AtomicLong();
        volatile @Nullable String trouble;

        void take(Event event) {
            if (event.hasSubscribed()) {
                begun.set(true);
            } else if (event.hasMessage()) {
                String expected = String.valueOf(received.get());
                if (!event.getMessage().getId().equals(expected)) {
                    trouble = "expected " + expected + ", got "
                            + event.getMessage().getId();
                }
                long sent = Long.parseLong(event.getMessage().getHeadersOrThrow(SENT));
                slowest.accumulateAndGet(System.nanoTime() - sent, Math::max);
                received.incrementAndGet();
            } else {
                trouble = "unexpected " + event.getKindCase();
            }
        }

        void over(String how) {
            trouble = "ended: " + how;
        }
    }

    /** Half of them on gRPC, the others on WebSocket; all of them have subscribed. */
    static Crowd of(int size, LiveServer server, String group) {
        Crowd crowd = new Crowd();
        GrpcClient client = server.client;
        for (int i = 0; i < size; i++) {
            Progress progress = new Progress();
            crowd.all.add(progress);
            if (i % 2 == 0) {
                crowd.webSocket(server, group, "crowd-" + i, progress);
            } else {
                client = i / 2 % STREAMS_PER_CLIENT == 0 ? server.newClient() : client;
                client.streams.subscribe(
                        SubscribeRequest.newBuilder()
                                .setTenantId(server.tenant)
                                .setGroupName(group)
                                .setActorId("crowd-" + i)
                                .build(),
                        new Stream(progress));
            }
        }
        await().atMost(EventStream.PATIENCE).until(() -> crowd.all.stream().allMatch(one -> one.begun.get()));
        return crowd;
    }

    private void webSocket(LiveServer server, String group, String actor, Progress progress) {
        String path = "/" + server.tenant + "/default/" + group + "?actor=" + actor;
        sockets.add(HTTP.newWebSocketBuilder()
                .subprotocols(WsClient.PROTO)
                .buildAsync(
                        URI.create(server.webSocket.toString().replaceFirst("^http", "ws") + path),
                        new Frames(progress))
                .join());
    }

    /** Waits until each of them has this many messages. */
    void awaitReceived(int count) {
        await().atMost(EventStream.PATIENCE)
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(1))
                .until(() -> all.stream().allMatch(one -> one.received.get() >= count || one.trouble != null));
    }

    /** What any of them complains about; empty: each message came once and in order. */
    List<String> troubles() {
        return all.stream().map(one -> one.trouble).filter(Objects::nonNull).toList();
    }

    /** The longest time from publish to receipt. */
    Duration slowest() {
        return Duration.ofNanos(
                all.stream().mapToLong(one -> one.slowest.get()).max().orElse(0));
    }

    @Override
    public void close() {
        sockets.forEach(WebSocket::abort);
    }

    private record Stream(Progress progress) implements StreamObserver<SubscribeResponse> {
        @Override
        public void onNext(SubscribeResponse response) {
            response.getEventsList().forEach(progress::take);
        }

        @Override
        public void onError(Throwable failure) {
            progress.over(String.valueOf(failure));
        }

        @Override
        public void onCompleted() {
            progress.over("completed");
        }
    }

    private static final class Frames implements WebSocket.Listener {
        private final Progress progress;
        private final ByteArrayOutputStream partial = new ByteArrayOutputStream();

        Frames(Progress progress) {
            this.progress = progress;
        }

        @Override
        public @Nullable CompletionStage<?> onBinary(WebSocket from, ByteBuffer data, boolean last) {
            byte[] part = new byte[data.remaining()];
            data.get(part);
            partial.writeBytes(part);
            if (last) {
                try {
                    SessionResponse.parseFrom(partial.toByteArray())
                            .getEventsList()
                            .forEach(progress::take);
                } catch (InvalidProtocolBufferException malformed) {
                    progress.over(String.valueOf(malformed));
                }
                partial.reset();
            }
            from.request(1);
            return null;
        }

        @Override
        public @Nullable CompletionStage<?> onClose(WebSocket from, int code, String reason) {
            progress.over(code + " " + reason);
            return null;
        }

        @Override
        public void onError(WebSocket from, Throwable failure) {
            progress.over(String.valueOf(failure));
        }
    }
}
