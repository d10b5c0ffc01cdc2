package io.plexspaces.processgroups.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.plexspaces.processgroups.cluster.Counting.Kind;
import io.plexspaces.processgroups.cluster.Counting.Operation;
import io.plexspaces.processgroups.e2e.GrpcClient;
import io.plexspaces.processgroups.proto.v1.JoinGroupRequest;
import io.plexspaces.processgroups.proto.v1.LeaveGroupRequest;
import io.plexspaces.processgroups.proto.v1.PublishToGroupRequest;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/**
 * Clients of several nodes join and leave at once: each actor's joins behave like one counter, also while a node dies.
 */
class MembershipHistoryIT extends OnNodes {
    /** Operations of each client. */
    private static final int OPERATIONS = Integer.getInteger("processgroups.test.history.operations", 5_000);

    /** Of all nodes together. */
    private static final int CLIENTS = Integer.getInteger("processgroups.test.history.clients", 48);

    private static final int ACTORS = 8;
    private static final long SPREAD = 0x9E3779B97F4A7C15L;
    private static final String ROOM = "room";
    private static final int DEADLINE_SECONDS = 10;

    private final AtomicLong started = new AtomicLong();
    private final Map<String, Collection<Operation>> histories = new ConcurrentHashMap<>();

    @Test
    void joinsLeavesAndReads_behaveLikeOneCounterForEachActor() throws Exception {
        on("c").create(ROOM);
        CountDownLatch half = new CountDownLatch(1);
        ExecutorService threads = Executors.newFixedThreadPool(CLIENTS);
        List<Future<?>> clients = new ArrayList<>();
        for (int i = 0; i < CLIENTS; i++) {
            int client = i;
            clients.add(threads.submit(() -> work(client, half)));
        }
        assertThat(half.await(5, TimeUnit.MINUTES)).isTrue();
        nodes.kill("a");
        for (Future<?> client : clients) {
            client.get(5, TimeUnit.MINUTES);
        }
        threads.shutdown();

        assertThat(histories).hasSize(ACTORS);
        Map<String, Operation> violations = new TreeMap<>();
        histories.forEach((actor, history) ->
                Counting.violation(List.copyOf(history)).ifPresent(wrong -> violations.put(actor, wrong)));
        assertThat(violations).isEmpty();
        long answered = histories.values().stream()
                .flatMap(Collection::stream)
                .filter(Operation::isAnswered)
                .count();
        assertThat(answered).isGreaterThan((long) CLIENTS * OPERATIONS * 9 / 10);
    }

    private void work(int number, CountDownLatch half) {
        // Numbers one after the other would have all clients begin with the same actor.
        Random random = new Random(number * SPREAD);
        int node = number % Nodes.NAMES.size();
        GrpcClient client = on(Nodes.NAMES.get(node));
        for (int i = 0; i < OPERATIONS; i++) {
            if (started.incrementAndGet() == (long) CLIENTS * OPERATIONS / 2) {
                half.countDown();
            }
            if (!step(client, random)) {
                // As a client does whose node is gone.
                node = node == 0 ? 1 + number % 2 : node;
                client = on(Nodes.NAMES.get(node));
            }
        }
    }

    /** False: there was no answer. */
    private boolean step(GrpcClient client, Random random) {
        String actor = "actor-" + random.nextInt(ACTORS);
        int dice = random.nextInt(10);
        Kind kind = dice < 4 ? Kind.JOIN : dice < 8 ? Kind.LEAVE : Kind.READ;
        long start = System.nanoTime();
        try {
            if (kind == Kind.READ) {
                Set<String> members = read(client);
                long end = System.nanoTime();
                for (int i = 0; i < ACTORS; i++) {
                    String each = "actor-" + i;
                    record(each, new Operation(kind, start, end, members.contains(each) ? 1 : 0));
                }
            } else {
                int result = kind == Kind.JOIN ? join(client, actor) : leave(client, actor);
                record(actor, new Operation(kind, start, System.nanoTime(), result));
            }
            return true;
        } catch (StatusRuntimeException lost) {
            if (kind != Kind.READ) {
                record(actor, new Operation(kind, start, Counting.NEVER, 0));
            }
            return false;
        }
    }

    private void record(String actor, Operation operation) {
        histories.computeIfAbsent(actor, none -> new ConcurrentLinkedQueue<>()).add(operation);
    }

    private int join(GrpcClient client, String actor) {
        return client.calls
                .withDeadlineAfter(DEADLINE_SECONDS, TimeUnit.SECONDS)
                .joinGroup(JoinGroupRequest.newBuilder()
                        .setTenantId(tenant)
                        .setGroupName(ROOM)
                        .setActorId(actor)
                        .setNodeId("anywhere")
                        .build())
                .getJoinCount();
    }

    private int leave(GrpcClient client, String actor) {
        try {
            return client.calls
                    .withDeadlineAfter(DEADLINE_SECONDS, TimeUnit.SECONDS)
                    .leaveGroup(LeaveGroupRequest.newBuilder()
                            .setTenantId(tenant)
                            .setGroupName(ROOM)
                            .setActorId(actor)
                            .build())
                    .getJoinCount();
        } catch (StatusRuntimeException refused) {
            if (refused.getStatus().getCode() == Status.Code.NOT_FOUND) {
                return -1;
            }
            throw refused;
        }
    }

    /**
     * The members as a publish finds them at its own offset; a node's own list may lag behind what another one has
     * answered.
     */
    private Set<String> read(GrpcClient client) {
        return new HashSet<>(client.calls
                .withDeadlineAfter(DEADLINE_SECONDS, TimeUnit.SECONDS)
                .publishToGroup(PublishToGroupRequest.newBuilder()
                        .setTenantId(tenant)
                        .setGroupName(ROOM)
                        .setMessage(GrpcClient.text("who is there"))
                        .build())
                .getRecipientIdsList());
    }
}
