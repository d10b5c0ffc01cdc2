package io.plexspaces.processgroups.cluster;

import io.grpc.stub.StreamObserver;
import io.plexspaces.processgroups.e2e.GrpcClient;
import io.plexspaces.processgroups.e2e.GrpcSession;
import io.plexspaces.processgroups.proto.v1.CreateGroupRequest;
import io.plexspaces.processgroups.proto.v1.CreateGroupResponse;
import io.plexspaces.processgroups.proto.v1.PublishAnswer;
import io.plexspaces.processgroups.proto.v1.PublishToGroupRequest;
import io.plexspaces.processgroups.proto.v1.SessionRequest;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** Many groups, and messages at a rate. */
final class Flood implements AutoCloseable {
    private static final int AT_ONCE = 200;
    private static final int TURNS_A_SECOND = 100;

    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
    private final AtomicInteger published = new AtomicInteger();
    private final GrpcSession publisher;

    private Flood(GrpcSession publisher) {
        this.publisher = publisher;
    }

    /** Groups {@code group-00000} and so on, in the tenant many. */
    static void create(GrpcClient client, int groups) throws InterruptedException {
        Semaphore underWay = new Semaphore(AT_ONCE);
        for (int i = 0; i < groups; i++) {
            underWay.acquire();
            client.streams.createGroup(
                    CreateGroupRequest.newBuilder()
                            .setTenantId("many")
                            .setGroupName("group-%05d".formatted(i))
                            .build(),
                    new StreamObserver<CreateGroupResponse>() {
                        @Override
                        public void onNext(CreateGroupResponse created) {}

                        @Override
                        public void onError(Throwable failure) {
                            underWay.release();
                        }

                        @Override
                        public void onCompleted() {
                            underWay.release();
                        }
                    });
        }
        underWay.acquire(AT_ONCE);
    }

    /** From now on, until it is closed. */
    static Flood publish(GrpcClient client, String group, int aSecond) {
        Flood flood = new Flood(client.session("publisher"));
        SessionRequest request = SessionRequest.newBuilder()
                .setPublish(PublishToGroupRequest.newBuilder()
                        .setGroupName(group)
                        .setAnswer(PublishAnswer.NONE)
                        .setMessage(GrpcClient.text("{\"temperature\":21.5,\"unit\":\"C\",\"sensor\":\"s-17\"}")))
                .build();
        flood.timer.scheduleAtFixedRate(
                () -> {
                    for (int i = 0; i < aSecond / TURNS_A_SECOND; i++) {
                        flood.publisher.sendRaw(request);
                        flood.published.incrementAndGet();
                    }
                },
                0,
                1_000 / TURNS_A_SECOND,
                TimeUnit.MILLISECONDS);
        return flood;
    }

    int published() {
        return published.get();
    }

    @Override
    public void close() {
        timer.shutdownNow();
        publisher.complete();
    }
}
