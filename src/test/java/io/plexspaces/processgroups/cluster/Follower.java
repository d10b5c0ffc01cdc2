package io.plexspaces.processgroups.cluster;

import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import io.plexspaces.processgroups.e2e.GrpcClient;
import io.plexspaces.processgroups.proto.v1.Event;
import io.plexspaces.processgroups.proto.v1.Position;
import io.plexspaces.processgroups.proto.v1.SubscribeRequest;
import io.plexspaces.processgroups.proto.v1.SubscribeResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A subscriber that keeps everything it receives. When its stream ends, it reconnects to the same node with its resume
 * token and the last position it has seen.
 */
final class Follower {
    private static final int RETRY_MILLIS = 100;

    final String node;
    final String group;
    final String actor;
    private final GrpcClient client;
    private final String tenant;
    private final ScheduledExecutorService thread;
    private final List<Heard> heard = new ArrayList<>();
    private final List<Status> ends = new ArrayList<>();
    private int attempt;
    private boolean closed;
    private String epoch = "";
    private String token = "";
    private @Nullable Position position;

    /**
     * One event.
     *
     * @param at when it came, by the clock of {@link System#nanoTime()}
     * @param epoch of the log when it came
     */
    record Heard(long at, String epoch, Event event) {
        /** Without what pads it; empty: it is no message. */
        String text() {
            if (!event.hasMessage()) {
                return "";
            }
            String payload = event.getMessage().getPayload().toStringUtf8();
            int space = payload.indexOf(' ');
            return space < 0 ? payload : payload.substring(0, space);
        }
    }

    Follower(
            String node,
            GrpcClient client,
            String tenant,
            String group,
            String actor,
            ScheduledExecutorService thread) {
        this.node = node;
        this.client = client;
        this.tenant = tenant;
        this.group = group;
        this.actor = actor;
        this.thread = thread;
    }

    synchronized void connect() {
        if (closed) {
            return;
        }
        SubscribeRequest.Builder request = SubscribeRequest.newBuilder()
                .setTenantId(tenant)
                .setGroupName(group)
                .setActorId(actor)
                .setResumeToken(token);
        if (position != null) {
            request.setAfter(position);
        }
        client.streams.subscribe(request.build(), new Listener(++attempt));
    }

    /** Does not reconnect any more. */
    synchronized void close() {
        closed = true;
    }

    /** Everything until now, in order. */
    synchronized List<Heard> heard() {
        return List.copyOf(heard);
    }

    /** How its streams ended. */
    synchronized List<Status> ends() {
        return List.copyOf(ends);
    }

    synchronized boolean isSubscribed() {
        return position != null;
    }

    synchronized boolean hasHeard(String text) {
        for (int i = heard.size() - 1; i >= 0; i--) {
            if (heard.get(i).text().equals(text)) {
                return true;
            }
        }
        return false;
    }

    private synchronized void take(int from, Event event) {
        if (from != attempt) {
            return;
        }
        if (event.hasSubscribed()) {
            epoch = event.getSubscribed().getEpoch();
            if (!event.getSubscribed().getResumeToken().isEmpty()) {
                token = event.getSubscribed().getResumeToken();
            }
            position = at(event.getSubscribed().getOffset());
        } else if (event.hasMessage()) {
            position = at(event.getOffset());
        }
        heard.add(new Heard(System.nanoTime(), epoch, event));
    }

    private Position at(long offset) {
        return Position.newBuilder().setEpoch(epoch).setOffset(offset).build();
    }

    private synchronized void ended(int from, Status status) {
        if (from == attempt && !closed) {
            attempt++;
            ends.add(status);
            thread.schedule(this::connect, RETRY_MILLIS, TimeUnit.MILLISECONDS);
        }
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
            ended(mine, Status.fromThrowable(failure));
        }

        @Override
        public void onCompleted() {
            ended(mine, Status.OK);
        }
    }

    @Override
    public String toString() {
        return actor + " of " + group + " on " + node;
    }
}
