package io.plexspaces.processgroups.bench;

import io.grpc.ManagedChannel;
import io.grpc.stub.StreamObserver;
import io.plexspaces.processgroups.bench.system.GrpcTarget;
import io.plexspaces.processgroups.bench.system.Server;
import io.plexspaces.processgroups.proto.v1.GetMembersRequest;
import io.plexspaces.processgroups.proto.v1.GetMembersResponse;
import io.plexspaces.processgroups.proto.v1.JoinGroupRequest;
import io.plexspaces.processgroups.proto.v1.JoinGroupResponse;
import io.plexspaces.processgroups.proto.v1.LeaveGroupRequest;
import io.plexspaces.processgroups.proto.v1.LeaveGroupResponse;
import io.plexspaces.processgroups.proto.v1.ProcessGroupServiceGrpc;
import io.plexspaces.processgroups.proto.v1.ProcessGroupServiceGrpc.ProcessGroupServiceStub;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/**
 * Joins, leaves and looks at the members of groups, of which the first may have others already. Calls over gRPC, some
 * of them at once.
 */
final class MembershipCalls {
    static final int AT_ONCE = 64;

    private static final int BATCH = 1000;
    private static final int PAGE = 100;
    private static final int PATIENCE_SECONDS = 60;

    private final Options options;
    private final GrpcTarget target;
    private final Server server;
    private final List<String> groups;
    private final int atOnce;
    private final Queue<String> failures = new ConcurrentLinkedQueue<>();

    /** @param groups are made for the calls, which take them by turns, and deleted afterwards */
    MembershipCalls(Options options, GrpcTarget target, List<String> groups, int atOnce) {
        this.options = options;
        this.target = target;
        this.server = target.server();
        this.groups = groups;
        this.atOnce = atOnce;
    }

    /** Joins and leaves alone; what went wrong with them. */
    List<String> changes() {
        ManagedChannel channel = server.channel();
        ProcessGroupServiceStub calls = ProcessGroupServiceGrpc.newStub(channel);
        server.createGroups(groups);
        try {
            rate(chain -> pair(calls, chain));
            return List.copyOf(failures);
        } finally {
            server.deleteGroups(groups);
            channel.shutdownNow();
        }
    }

    /** @param members how many are in the first group before */
    Outcome run(int members) {
        ManagedChannel channel = server.channel();
        ProcessGroupServiceStub calls = ProcessGroupServiceGrpc.newStub(channel);
        server.createGroups(groups);
        try {
            fill(channel, members);
            Map<String, Double> metrics = new LinkedHashMap<>();
            long serverCpu = target.cpuNanos();
            long storeCpu = target.storeCpuNanos();
            double pairs = rate(chain -> pair(calls, chain));
            double seconds = options.settled().plus(options.measured()).toNanos() / 1e9;
            metrics.put("changes/s", 2 * pairs);
            metrics.put("server cores", (target.cpuNanos() - serverCpu) / 1e9 / seconds);
            if (storeCpu >= 0) {
                metrics.put("store cores", (target.storeCpuNanos() - storeCpu) / 1e9 / seconds);
            }
            metrics.put("get_members/s", rate(chain -> page(calls, chain, members)));
            return new Outcome(target.name() + ", " + members + " members", metrics, List.copyOf(failures));
        } finally {
            server.deleteGroups(groups);
            channel.shutdownNow();
        }
    }

    private void fill(ManagedChannel channel, int members) {
        for (int first = 0; first < members; first += BATCH) {
            List<String> actors = new ArrayList<>();
            for (int i = first; i < Math.min(first + BATCH, members); i++) {
                actors.add("member-" + i);
            }
            ProcessGroupServiceGrpc.newBlockingStub(channel)
                    .joinGroup(JoinGroupRequest.newBuilder()
                            .setTenantId(Server.TENANT)
                            .setGroupName(groups.get(0))
                            .addAllActorIds(actors)
                            .build());
        }
    }

    /** Does something over and over, several times at once; how often a second. */
    private double rate(Consumer<Chain> step) {
        long from = System.nanoTime() + options.settled().toNanos();
        Work work = new Work(from, from + options.measured().toNanos(), atOnce);
        for (int i = 0; i < atOnce; i++) {
            new Chain(work, groups.get(i % groups.size()), "guest-" + i, step).again();
        }
        try {
            if (!work.done.await(PATIENCE_SECONDS + options.seconds(), TimeUnit.SECONDS)) {
                failures.add("calls without an answer");
            }
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
        }
        return work.count.get() / (double) options.seconds();
    }

    private void pair(ProcessGroupServiceStub calls, Chain chain) {
        JoinGroupRequest join = JoinGroupRequest.newBuilder()
                .setTenantId(Server.TENANT)
                .setGroupName(chain.group)
                .setActorId(chain.actor)
                .build();
        LeaveGroupRequest leave = LeaveGroupRequest.newBuilder()
                .setTenantId(Server.TENANT)
                .setGroupName(chain.group)
                .setActorId(chain.actor)
                .build();
        calls.joinGroup(join, new Answer<JoinGroupResponse>(chain, failures, joined -> {
            if (joined.getJoinCount() != 1) {
                failures.add("joins after a join: " + joined.getJoinCount());
            }
            calls.leaveGroup(leave, new Answer<LeaveGroupResponse>(chain, failures, left -> chain.done()));
        }));
    }

    private void page(ProcessGroupServiceStub calls, Chain chain, int members) {
        GetMembersRequest request = GetMembersRequest.newBuilder()
                .setTenantId(Server.TENANT)
                .setGroupName(groups.get(0))
                .setPageSize(PAGE)
                .build();
        calls.getMembers(request, new Answer<GetMembersResponse>(chain, failures, page -> {
            if (page.getTotalCount() != members || page.getMemberIdsCount() != Math.min(members, PAGE)) {
                failures.add("members: " + page.getTotalCount() + ", in a page: " + page.getMemberIdsCount());
            }
            chain.done();
        }));
    }

    private static final class Work {
        private final long from;
        private final long until;
        private final AtomicLong count = new AtomicLong();
        private final CountDownLatch done;

        Work(long from, long until, int atOnce) {
            this.from = from;
            this.until = until;
            this.done = new CountDownLatch(atOnce);
        }
    }

    /** One of those that work at once. */
    private static final class Chain {
        private final Work work;
        private final String group;
        private final String actor;
        private final Consumer<Chain> step;

        Chain(Work work, String group, String actor, Consumer<Chain> step) {
            this.work = work;
            this.group = group;
            this.actor = actor;
            this.step = step;
        }

        void again() {
            step.accept(this);
        }

        void done() {
            long now = System.nanoTime();
            if (now - work.until >= 0) {
                work.done.countDown();
                return;
            }
            if (now - work.from >= 0) {
                work.count.incrementAndGet();
            }
            again();
        }

        void broken() {
            work.done.countDown();
        }
    }

    private record Answer<T>(Chain chain, Queue<String> failures, Consumer<T> then) implements StreamObserver<T> {
        @Override
        public void onNext(T value) {
            then.accept(value);
        }

        @Override
        public void onError(Throwable failure) {
            failures.add(failure.toString());
            chain.broken();
        }

        @Override
        public void onCompleted() {
            // the one answer has come
        }
    }
}
