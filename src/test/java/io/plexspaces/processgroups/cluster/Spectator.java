package io.plexspaces.processgroups.cluster;

import io.grpc.stub.StreamObserver;
import io.plexspaces.processgroups.e2e.GrpcClient;
import io.plexspaces.processgroups.proto.v1.Event;
import io.plexspaces.processgroups.proto.v1.GroupMembership;
import io.plexspaces.processgroups.proto.v1.WatchRequest;
import io.plexspaces.processgroups.proto.v1.WatchResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** A watch that keeps the members as it receives them, and begins again when its stream ends. */
final class Spectator {
    private static final int RETRY_MILLIS = 100;

    final String node;
    final String group;
    private final GrpcClient client;
    private final String tenant;
    private final ScheduledExecutorService thread;
    private final Set<String> members = new TreeSet<>();
    private final List<String> wrong = new ArrayList<>();
    private int gaps;
    private boolean whole = true;
    private boolean closed;

    Spectator(String node, GrpcClient client, String tenant, String group, ScheduledExecutorService thread) {
        this.node = node;
        this.client = client;
        this.tenant = tenant;
        this.group = group;
        this.thread = thread;
    }

    synchronized void connect() {
        if (!closed) {
            whole = true;
            WatchRequest request = WatchRequest.newBuilder()
                    .setTenantId(tenant)
                    .setGroupName(group)
                    .build();
            client.streams.watch(request, new Listener());
        }
    }

    synchronized void close() {
        closed = true;
    }

    synchronized Set<String> members() {
        return Set.copyOf(members);
    }

    /** Changes that do not fit what it received before. */
    synchronized List<String> wrong() {
        return List.copyOf(wrong);
    }

    /** Received. */
    synchronized int gaps() {
        return gaps;
    }

    private synchronized void take(Event event) {
        if (event.hasGap()) {
            gaps++;
        } else if (event.hasSnapshot()) {
            if (whole) {
                members.clear();
            }
            whole = event.getSnapshot().getLast();
            event.getSnapshot().getMembersList().stream()
                    .map(GroupMembership::getActorId)
                    .forEach(members::add);
        } else if (event.hasJoined() && !members.add(event.getJoined().getActorId())) {
            wrong.add("joined again: " + event.getJoined().getActorId());
        } else if (event.hasLeft() && !members.remove(event.getLeft().getActorId())) {
            wrong.add("left, but was no member: " + event.getLeft().getActorId());
        }
    }

    private final class Listener implements StreamObserver<WatchResponse> {
        @Override
        public void onNext(WatchResponse response) {
            response.getEventsList().forEach(Spectator.this::take);
        }

        @Override
        public void onError(Throwable failure) {
            onCompleted();
        }

        @Override
        public void onCompleted() {
            thread.schedule(Spectator.this::connect, RETRY_MILLIS, TimeUnit.MILLISECONDS);
        }
    }
}
