package io.plexspaces.processgroups.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.Duration;
import io.grpc.stub.StreamObserver;
import io.plexspaces.processgroups.e2e.EventStream;
import io.plexspaces.processgroups.e2e.GrpcClient;
import io.plexspaces.processgroups.proto.v1.AskCompleted;
import io.plexspaces.processgroups.proto.v1.AskRequest;
import io.plexspaces.processgroups.proto.v1.AskResponse;
import io.plexspaces.processgroups.proto.v1.Event;
import io.plexspaces.processgroups.proto.v1.MemberMissing;
import io.plexspaces.processgroups.proto.v1.PublishToGroupRequest;
import io.plexspaces.processgroups.proto.v1.ReplyRequest;
import io.plexspaces.processgroups.proto.v1.SessionOpen;
import io.plexspaces.processgroups.proto.v1.SessionRequest;
import io.plexspaces.processgroups.proto.v1.SessionResponse;
import io.plexspaces.processgroups.proto.v1.SubscribeRequest;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * An ask to members on three nodes, one of which is killed in the middle: it is complete, or says exactly who is
 * missing, within its time; nobody counts twice, and nothing stays. {@code -Dprocessgroups.test.rounds=200} for many.
 */
class AskKillIT extends OnNodes {
    private static final int ROUNDS = Integer.getInteger("processgroups.test.rounds", 4);
    private static final int MEMBERS_OF_A_NODE = 100;
    private static final int TIMEOUT_SECONDS = 10;
    private static final String ROOM = "room";
    private static final String METRICS = "plexspaces_process_groups_";

    private final Random random = new Random(35);
    private final ScheduledExecutorService timer = Executors.newScheduledThreadPool(2);

    @AfterEach
    void endTimer() {
        timer.shutdownNow();
    }

    @Test
    void nodeThatIsKilledInTheMiddle_leavesNoDoubtWhoHasReplied() throws Exception {
        on("a").create(ROOM);
        join("a", "a");
        join("b", "b");
        for (int round = 0; round < ROUNDS; round++) {
            Set<String> onC = join("c", "c" + round);
            round(onC);
            nodes.complete();
        }
    }

    private void round(Set<String> doomed) {
        long begun = System.nanoTime();
        EventStream<AskRequest, AskResponse> stream = on("a").ask(AskRequest.newBuilder()
                .setPublish(
                        PublishToGroupRequest.newBuilder().setGroupName(ROOM).setMessage(GrpcClient.text("?")))
                .setTimeout(Duration.newBuilder().setSeconds(TIMEOUT_SECONDS)));
        pass(random.nextInt(60));
        nodes.kill("c");
        assertThat(stream.awaitEnd().isOk()).isTrue();
        assertThat(System.nanoTime() - begun).isLessThan(TimeUnit.SECONDS.toNanos(TIMEOUT_SECONDS + 2));

        List<Event> events = stream.events();
        Set<String> asked =
                new HashSet<>(events.get(0).getAsked().getPublished().getRecipientIdsList());
        assertThat(asked).hasSize(3 * MEMBERS_OF_A_NODE);
        List<String> replied = events.stream()
                .filter(Event::hasReply)
                .map(event -> event.getReply().getActorId())
                .toList();
        assertThat(replied).doesNotHaveDuplicates();
        AskCompleted end = events.get(events.size() - 1).getAskCompleted();
        List<String> missing =
                end.getMissingList().stream().map(MemberMissing::getActorId).toList();
        assertThat(missing).doesNotHaveDuplicates();
        assertThat(doomed).containsAll(missing);
        Set<String> all = new HashSet<>(replied);
        all.addAll(missing);
        assertThat(all).isEqualTo(asked);
        assertThat(replied.size() + missing.size()).isEqualTo(asked.size());
        assertThat(end.getComplete()).isEqualTo(missing.isEmpty());
        await().untilAsserted(() ->
                assertThat(nodes.get("a").metric(METRICS + "asks")).isZero());
    }

    private void pass(int millis) {
        CountDownLatch over = new CountDownLatch(1);
        timer.schedule(over::countDown, millis, TimeUnit.MILLISECONDS);
        try {
            over.await();
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(stop);
        }
    }

    /** So many members at a node, which reply a little later, and each of them twice. */
    private Set<String> join(String node, String prefix) throws InterruptedException {
        GrpcClient client = on(node);
        List<Member> members = new ArrayList<>();
        Set<String> names = new HashSet<>();
        for (int i = 0; i < MEMBERS_OF_A_NODE; i++) {
            Member member = new Member();
            member.open(client, prefix + "-" + i);
            members.add(member);
            names.add(prefix + "-" + i);
        }
        for (Member member : members) {
            assertThat(member.joined.await(20, TimeUnit.SECONDS)).isTrue();
        }
        return names;
    }

    private final class Member implements StreamObserver<SessionResponse> {
        private final CountDownLatch joined = new CountDownLatch(1);
        private StreamObserver<SessionRequest> out;
        private String epoch = "";

        void open(GrpcClient client, String actor) {
            out = client.streams.session(this);
            out.onNext(SessionRequest.newBuilder()
                    .setRequestId(1)
                    .setOpen(SessionOpen.newBuilder().setTenantId(tenant).setActorId(actor))
                    .build());
            out.onNext(SessionRequest.newBuilder()
                    .setRequestId(2)
                    .setJoin(SubscribeRequest.newBuilder().setGroupName(ROOM))
                    .build());
        }

        @Override
        public void onNext(SessionResponse response) {
            response.getEventsList().forEach(this::take);
        }

        private void take(Event event) {
            if (event.hasSubscribed()) {
                epoch = event.getSubscribed().getEpoch();
                joined.countDown();
            } else if (event.getReplyWanted()) {
                ReplyRequest reply = ReplyRequest.newBuilder()
                        .setGroupName(ROOM)
                        .setEpoch(epoch)
                        .setOffset(event.getOffset())
                        .setMessage(GrpcClient.text("!"))
                        .build();
                timer.schedule(() -> reply(reply), random.nextInt(50), TimeUnit.MILLISECONDS);
            }
        }

        private void reply(ReplyRequest reply) {
            for (long i = 3; i < 5; i++) {
                try {
                    out.onNext(SessionRequest.newBuilder()
                            .setRequestId(i)
                            .setReply(reply)
                            .build());
                } catch (IllegalStateException ended) {
                    return;
                }
            }
        }

        @Override
        public void onError(Throwable failure) {}

        @Override
        public void onCompleted() {}
    }
}
