package io.plexspaces.processgroups.cluster;

import com.google.protobuf.ByteString;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.plexspaces.processgroups.e2e.GrpcClient;
import io.plexspaces.processgroups.proto.v1.GetMembersRequest;
import io.plexspaces.processgroups.proto.v1.JoinGroupRequest;
import io.plexspaces.processgroups.proto.v1.Message;
import io.plexspaces.processgroups.proto.v1.Position;
import io.plexspaces.processgroups.proto.v1.PublishAnswer;
import io.plexspaces.processgroups.proto.v1.PublishToGroupRequest;
import io.plexspaces.processgroups.proto.v1.PublishToGroupResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Clients that go on publishing numbered texts, each one text after the other over a node of its own, whatever fails.
 */
final class Traffic implements AutoCloseable {
    /** Longer than a node waits for its store: a call that takes longer hangs. */
    private static final int DEADLINE_SECONDS = 10;

    /** Every so many publishes a client also joins an actor and asks for the members. */
    private static final int VISIT = 25;

    private final Nodes nodes;
    private final String tenant;
    private final List<String> groups;
    private final String padding;
    private final List<GrpcClient> clients = new ArrayList<>();
    private final Collection<Sent> sent = new ConcurrentLinkedQueue<>();
    private final Collection<StatusRuntimeException> failures = new ConcurrentLinkedQueue<>();
    private @Nullable ScheduledExecutorService threads;

    /**
     * One publish as its client saw it.
     *
     * @param text each once
     * @param start when it was called, by the clock of {@link System#nanoTime()}; so is {@code end}, when it was
     *     answered
     * @param position null: it failed, and it is not known whether it will be received
     */
    record Sent(
            String group,
            String node,
            String publisher,
            int number,
            String text,
            long start,
            long end,
            @Nullable Position position) {
        boolean isAccepted() {
            return position != null;
        }
    }

    /** @param padding bytes added to each text */
    Traffic(Nodes nodes, String tenant, List<String> groups, int padding) {
        this.nodes = nodes;
        this.tenant = tenant;
        this.groups = groups;
        this.padding = padding == 0 ? "" : " " + "x".repeat(padding);
    }

    /** @param publishers of each node; {@code pause} between two publishes of one of them */
    void begin(int publishers, Duration pause) {
        ScheduledExecutorService begun = Executors.newScheduledThreadPool(publishers * Nodes.NAMES.size());
        threads = begun;
        for (String node : Nodes.NAMES) {
            for (int i = 0; i < publishers; i++) {
                GrpcClient client = GrpcClient.connect(nodes.get(node).grpcPort(), tenant);
                clients.add(client);
                Publisher publisher = new Publisher(node, node + i, client);
                begun.scheduleWithFixedDelay(publisher::step, 0, pause.toNanos(), TimeUnit.NANOSECONDS);
            }
        }
    }

    /** No more of it; what is under way is answered. */
    void end() throws InterruptedException {
        if (threads != null) {
            threads.shutdown();
            threads.awaitTermination(DEADLINE_SECONDS + 5, TimeUnit.SECONDS);
            threads = null;
        }
    }

    List<Sent> sent() {
        return List.copyOf(sent);
    }

    /** Of calls of any kind. */
    List<StatusRuntimeException> failures() {
        return List.copyOf(failures);
    }

    @Override
    public void close() throws InterruptedException {
        end();
        clients.forEach(GrpcClient::close);
    }

    private final class Publisher {
        private final String node;
        private final String name;
        private final GrpcClient client;
        private int number;

        Publisher(String node, String name, GrpcClient client) {
            this.node = node;
            this.name = name;
            this.client = client;
        }

        void step() {
            int mine = number++;
            String group = groups.get(mine % groups.size());
            String text = name + "-" + mine;
            long start = System.nanoTime();
            Position position = publish(group, text);
            sent.add(new Sent(group, node, name, mine, text, start, System.nanoTime(), position));
            if (mine % VISIT == 0) {
                visit(group);
            }
        }

        private @Nullable Position publish(String group, String text) {
            try {
                PublishToGroupResponse answer = client.calls
                        .withDeadlineAfter(DEADLINE_SECONDS, TimeUnit.SECONDS)
                        .publishToGroup(PublishToGroupRequest.newBuilder()
                                .setTenantId(tenant)
                                .setGroupName(group)
                                .setAnswer(PublishAnswer.NONE)
                                .setMessage(Message.newBuilder().setPayload(ByteString.copyFromUtf8(text + padding)))
                                .build());
                return Position.newBuilder()
                        .setEpoch(answer.getEpoch())
                        .setOffset(answer.getOffset())
                        .build();
            } catch (StatusRuntimeException failure) {
                failures.add(failure);
                return null;
            }
        }

        private void visit(String group) {
            try {
                client.calls
                        .withDeadlineAfter(DEADLINE_SECONDS, TimeUnit.SECONDS)
                        .joinGroup(JoinGroupRequest.newBuilder()
                                .setTenantId(tenant)
                                .setGroupName(group)
                                .setActorId("visitor-" + name)
                                .build());
                client.calls
                        .withDeadlineAfter(DEADLINE_SECONDS, TimeUnit.SECONDS)
                        .getMembers(GetMembersRequest.newBuilder()
                                .setTenantId(tenant)
                                .setGroupName(group)
                                .build());
            } catch (StatusRuntimeException failure) {
                failures.add(failure);
            }
        }
    }

    /** Failures other than those that ask a client to try again later. */
    List<String> otherFailures() {
        return failures().stream()
                .filter(failure -> failure.getStatus().getCode() != Status.Code.UNAVAILABLE)
                .map(Throwable::toString)
                .toList();
    }
}
