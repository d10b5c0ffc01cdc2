package io.plexspaces.processgroups.bench.attack;

import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import io.plexspaces.processgroups.proto.v1.CreateGroupRequest;
import io.plexspaces.processgroups.proto.v1.Event;
import io.plexspaces.processgroups.proto.v1.ProcessGroupServiceGrpc;
import io.plexspaces.processgroups.proto.v1.SessionOpen;
import io.plexspaces.processgroups.proto.v1.SessionRequest;
import io.plexspaces.processgroups.proto.v1.SessionResponse;
import io.plexspaces.processgroups.proto.v1.SubscribeRequest;
import io.plexspaces.processgroups.proto.v1.WatchRequest;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;

/**
 * Sessions that ask for as much as they may, read all that they get, and stay: more and more of them, as long as the
 * server lets them in.
 */
final class GrowingSessions {
    private static final int THREADS = 4;
    private static final int GROUPS = 2_000;
    private static final int JOINS = 1_000;
    private static final int OF_A_CHANNEL = 100;
    private static final int ANSWER_SECONDS = 10;
    private static final int LAST_ID = 1;

    private static final AtomicInteger CREATED = new AtomicInteger();
    private static final AtomicInteger SESSIONS = new AtomicInteger();

    private GrowingSessions() {}

    static List<Attack> all() {
        return List.of(
                attack("many-joins", GrowingSessions::joins), attack("namespace-watches", GrowingSessions::watches));
    }

    /** @param ask sends what the session with this number asks for; the last request has {@link #LAST_ID} */
    private static Attack attack(String name, BiConsumer<Talk, Integer> ask) {
        return new Attack(name, THREADS, (victim, ledger) -> {
            ManagedChannel channel = victim.channel();
            createGroups(channel);
            for (int i = 0; i < OF_A_CHANNEL; i++) {
                int number = SESSIONS.incrementAndGet();
                Talk talk = new Talk(channel, ledger);
                talk.send(SessionRequest.newBuilder()
                        .setOpen(SessionOpen.newBuilder()
                                .setTenantId(Victim.TENANT)
                                .setActorId("grown-" + number)));
                ask.accept(talk, number);
                talk.awaitLast();
            }
        });
    }

    private static void createGroups(ManagedChannel channel) {
        for (int next = CREATED.getAndIncrement(); next < GROUPS; next = CREATED.getAndIncrement()) {
            Victim.create(Victim.calls(channel), CreateGroupRequest.newBuilder().setGroupName(group(next)));
        }
    }

    private static String group(int number) {
        return "grown-" + number % GROUPS;
    }

    private static void joins(Talk talk, int number) {
        for (int i = 0; i < JOINS; i++) {
            talk.send(SessionRequest.newBuilder()
                    .setRequestId(JOINS - i)
                    .setJoin(SubscribeRequest.newBuilder().setGroupName(group(number + i))));
        }
    }

    private static void watches(Talk talk, int number) {
        talk.send(SessionRequest.newBuilder()
                .setRequestId(LAST_ID)
                .setWatch(WatchRequest.newBuilder().setWholeNamespace(true)));
    }

    /** One session, which stays open. */
    private static final class Talk implements StreamObserver<SessionResponse> {
        private final Ledger ledger;
        private final CountDownLatch last = new CountDownLatch(1);
        private final StreamObserver<SessionRequest> requests;

        Talk(ManagedChannel channel, Ledger ledger) {
            this.ledger = ledger;
            requests = ProcessGroupServiceGrpc.newStub(channel).session(this);
            ledger.count("sessions");
        }

        void send(SessionRequest.Builder request) {
            requests.onNext(request.build());
        }

        void awaitLast() {
            try {
                if (!last.await(ANSWER_SECONDS, TimeUnit.SECONDS)) {
                    ledger.count("sessions without their last answer");
                }
            } catch (InterruptedException stop) {
                Thread.currentThread().interrupt();
            }
        }

        @Override
        public void onNext(SessionResponse response) {
            response.getEventsList().forEach(this::event);
        }

        private void event(Event event) {
            if (!event.hasAnswer()) {
                ledger.count("events");
                return;
            }
            ledger.count(
                    event.getAnswer().hasError() ? event.getAnswer().getError().getReason() : "answers");
            if (event.getAnswer().getRequestId() == LAST_ID) {
                last.countDown();
            }
        }

        @Override
        public void onError(Throwable failure) {
            ledger.count("sessions ended " + Status.fromThrowable(failure).getCode());
            last.countDown();
        }

        @Override
        public void onCompleted() {
            last.countDown();
        }
    }
}
