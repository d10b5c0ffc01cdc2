package io.plexspaces.processgroups.cluster;

import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import io.grpc.stub.StreamObserver;
import io.plexspaces.processgroups.e2e.GrpcClient;
import io.plexspaces.processgroups.proto.v1.Event;
import io.plexspaces.processgroups.proto.v1.Position;
import io.plexspaces.processgroups.proto.v1.SubscribeRequest;
import io.plexspaces.processgroups.proto.v1.SubscribeResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A subscriber as clients should be: it keeps its resume token and position, goes to the next node when its own
 * announces its stop, and tries again when a connection fails. Everything happens on its own thread.
 */
final class Roamer implements AutoCloseable {
    private static final int RETRY_MILLIS = 100;

    private final Nodes nodes;
    private final String tenant;
    private final String group;
    private final String actor;
    private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor();
    private final List<GrpcClient> clients = new ArrayList<>();
    private final List<String> texts = new ArrayList<>();
    private int node;
    private int attempt;
    private int takeovers;
    private boolean subscribed;
    private String token = "";
    private @Nullable Position position;

    Roamer(Nodes nodes, String tenant, String group, String actor, String first) {
        this.nodes = nodes;
        this.tenant = tenant;
        this.group = group;
        this.actor = actor;
        this.node = Nodes.NAMES.indexOf(first);
        thread.execute(this::connect);
    }

    void awaitSubscribed() {
        await().atMost(Duration.ofSeconds(20)).until(this::isSubscribed);
    }

    private synchronized boolean isSubscribed() {
        return subscribed;
    }

    /** What it received, in order. */
    synchronized List<String> texts() {
        return List.copyOf(texts);
    }

    /** How often another connection went on where one had ended. */
    synchronized int takeovers() {
        return takeovers;
    }

    private synchronized void connect() {
        int mine = ++attempt;
        GrpcClient client = GrpcClient.connect(nodes.get(Nodes.NAMES.get(node)).grpcPort(), tenant);
        clients.add(client);
        SubscribeRequest.Builder request = SubscribeRequest.newBuilder()
                .setTenantId(tenant)
                .setGroupName(group)
                .setActorId(actor)
                .setResumeToken(token);
        if (position != null) {
            request.setAfter(position);
        }
        client.streams.subscribe(request.build(), new Listener(mine));
    }

    private synchronized void goOn(int from) {
        if (from == attempt) {
            node = (node + 1) % Nodes.NAMES.size();
            attempt++;
            thread.schedule(this::connect, RETRY_MILLIS, TimeUnit.MILLISECONDS);
        }
    }

    private synchronized void take(int from, Event event) {
        if (from != attempt) {
            return;
        }
        if (event.hasSubscribed()) {
            takeovers += subscribed ? 1 : 0;
            subscribed = true;
            token = event.getSubscribed().getResumeToken();
            position = at(event.getSubscribed().getEpoch(), event.getOffset());
        } else if (event.hasMessage()) {
            ByteString payload = event.getMessage().getPayload();
            texts.add(payload.toStringUtf8());
            position = at(position == null ? "" : position.getEpoch(), event.getOffset());
        } else if (event.hasGap()) {
            texts.add("gap");
        } else if (event.hasDraining()) {
            goOn(from);
        }
    }

    private static Position at(String epoch, long offset) {
        return Position.newBuilder().setEpoch(epoch).setOffset(offset).build();
    }

    private final class Listener implements StreamObserver<SubscribeResponse> {
        private final int mine;

        Listener(int mine) {
            this.mine = mine;
        }

        @Override
        public void onNext(SubscribeResponse response) {
            response.getEventsList().forEach(event -> take(mine, event));
        }

        @Override
        public void onError(Throwable failure) {
            goOn(mine);
        }

        @Override
        public void onCompleted() {
            goOn(mine);
        }
    }

    @Override
    public synchronized void close() {
        attempt++;
        thread.shutdownNow();
        clients.forEach(GrpcClient::close);
    }
}
