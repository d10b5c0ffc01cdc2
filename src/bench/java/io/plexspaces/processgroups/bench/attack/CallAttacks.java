package io.plexspaces.processgroups.bench.attack;

import com.google.protobuf.ByteString;
import io.grpc.Context;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.plexspaces.processgroups.proto.v1.CreateGroupRequest;
import io.plexspaces.processgroups.proto.v1.DeleteGroupRequest;
import io.plexspaces.processgroups.proto.v1.Dispatch;
import io.plexspaces.processgroups.proto.v1.FetchMessagesRequest;
import io.plexspaces.processgroups.proto.v1.GetMembersRequest;
import io.plexspaces.processgroups.proto.v1.JoinGroupRequest;
import io.plexspaces.processgroups.proto.v1.LeaveGroupRequest;
import io.plexspaces.processgroups.proto.v1.ListGroupsRequest;
import io.plexspaces.processgroups.proto.v1.Message;
import io.plexspaces.processgroups.proto.v1.ProcessGroupServiceGrpc.ProcessGroupServiceBlockingStub;
import io.plexspaces.processgroups.proto.v1.PublishToGroupRequest;
import io.plexspaces.processgroups.proto.v1.SubscribeRequest;
import io.plexspaces.processgroups.proto.v1.WatchRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/** Calls that are well formed, and chosen to cost the server or the store much. */
final class CallAttacks {
    private static final int THREADS = 8;
    private static final int MANY_MEMBERS = 10_000;
    private static final int BATCH = 1_000;
    private static final int MANY_HEADERS = 20_000;
    private static final int MOST_HEADERS = 64;
    private static final int PATTERNS = 200;
    private static final int LARGE_BYTES = 500_000;
    private static final int READERS = 20;
    private static final int SMALL_ACTORS = 300;

    private static final String GROUP = "calls";
    private static final AtomicLong NUMBERS = new AtomicLong();

    private CallAttacks() {}

    static List<Attack> all() {
        return List.of(
                attack("colliding-headers", calls -> publishWith(calls, collidingHeaders(MOST_HEADERS))),
                attack("many-headers", calls -> publishWith(calls, collidingHeaders(MANY_HEADERS))),
                attack("wildcard-filters", CallAttacks::wildcards),
                attack("list-patterns", CallAttacks::list),
                attack("large-joins", CallAttacks::largeJoin),
                attack("node-labels", CallAttacks::nodeLabel),
                attack("fetch-one-of-many", CallAttacks::fetch),
                attack("create-and-delete", CallAttacks::createAndDelete),
                attack("fill-and-delete", CallAttacks::fillAndDelete),
                attack("one-of-many-members", CallAttacks::oneOfMany),
                attack("members-of-many", CallAttacks::membersOfMany),
                attack("many-open-groups", CallAttacks::openGroup),
                attack("idempotency-keys", CallAttacks::idempotencyKey),
                attack("joins-and-leaves", CallAttacks::membership),
                attack("watches", CallAttacks::watch),
                attack("large-publishes", CallAttacks::largePublish),
                attack("over-quota", Victim.BOUNDED_TENANT, CallAttacks::overQuota));
    }

    private static Attack attack(String name, Consumer<ProcessGroupServiceBlockingStub> call) {
        return attack(name, Victim.TENANT, call);
    }

    /** A call that is refused is counted by its code. */
    private static Attack attack(String name, String tenant, Consumer<ProcessGroupServiceBlockingStub> call) {
        return new Attack(name, THREADS, (victim, ledger) -> {
            ManagedChannel channel = victim.channel(tenant);
            ProcessGroupServiceBlockingStub calls = Victim.calls(channel);
            if (tenant.equals(Victim.TENANT)) {
                Victim.create(calls, CreateGroupRequest.newBuilder().setGroupName(GROUP));
            }
            while (true) {
                try {
                    call.accept(calls);
                    ledger.count("calls");
                } catch (StatusRuntimeException refused) {
                    ledger.count(refused.getStatus().getCode().name());
                }
            }
        });
    }

    /** As a tenant with a small quota, which it goes far beyond. */
    private static void overQuota(ProcessGroupServiceBlockingStub calls) {
        try {
            calls.publishToGroup(publish()
                    .setTenantId(Victim.BOUNDED_TENANT)
                    .setMessage(Message.newBuilder())
                    .build());
        } catch (StatusRuntimeException refused) {
            if (refused.getStatus().getCode() != Status.Code.NOT_FOUND) {
                throw refused;
            }
            calls.createGroup(CreateGroupRequest.newBuilder()
                    .setTenantId(Victim.BOUNDED_TENANT)
                    .setGroupName(GROUP)
                    .build());
        }
    }

    private static PublishToGroupRequest.Builder publish() {
        return PublishToGroupRequest.newBuilder().setTenantId(Victim.TENANT).setGroupName(GROUP);
    }

    private static JoinGroupRequest.Builder join(String group) {
        return JoinGroupRequest.newBuilder().setTenantId(Victim.TENANT).setGroupName(group);
    }

    private static void publishWith(ProcessGroupServiceBlockingStub calls, Message.Builder message) {
        calls.publishToGroup(publish().setMessage(message).build());
    }

    /** Names of one hash code: "Aa" and "BB" have the same, and so have all words of them. */
    private static Message.Builder collidingHeaders(int count) {
        Message.Builder message = Message.newBuilder();
        for (int i = 0; i < count; i++) {
            StringBuilder name = new StringBuilder();
            for (int bit = 0; bit < 15; bit++) {
                name.append((i >> bit & 1) == 0 ? "Aa" : "BB");
            }
            message.putHeaders(name.toString(), "");
        }
        return message;
    }

    private static void wildcards(ProcessGroupServiceBlockingStub calls) {
        List<String> patterns = new ArrayList<>();
        for (int i = 0; i < PATTERNS; i++) {
            patterns.add("*.".repeat(i % 13) + "a" + i + ".*.>");
        }
        String actor = "wild-" + ThreadLocalRandom.current().nextInt(SMALL_ACTORS);
        calls.joinGroup(join(GROUP).setActorId(actor).addAllTopics(patterns).build());
        publishWith(calls, Message.newBuilder());
        calls.publishToGroup(publish()
                .setTopic("a.".repeat(15) + "a")
                .setMessage(Message.newBuilder())
                .build());
    }

    private static void list(ProcessGroupServiceBlockingStub calls) {
        createOnce(calls, "a".repeat(100) + NUMBERS.incrementAndGet() % BATCH);
        calls.listGroups(ListGroupsRequest.newBuilder()
                .setTenantId(Victim.TENANT)
                .setNamePattern("*a".repeat(20) + "*b")
                .setPageSize(1)
                .build());
    }

    private static void createOnce(ProcessGroupServiceBlockingStub calls, String group) {
        Victim.create(calls, CreateGroupRequest.newBuilder().setGroupName(group));
    }

    private static void largeJoin(ProcessGroupServiceBlockingStub calls) {
        JoinGroupRequest.Builder join = join(GROUP);
        for (int i = 0; i < BATCH; i++) {
            join.addActorIds("large-" + i);
        }
        for (int i = 0; i < 40; i++) {
            join.addTopics("x".repeat(200) + i);
        }
        calls.joinGroup(join.build());
    }

    private static void nodeLabel(ProcessGroupServiceBlockingStub calls) {
        long number = NUMBERS.incrementAndGet();
        calls.joinGroup(join(GROUP)
                .setActorId("labelled-" + number)
                .setNodeId("label-" + number)
                .build());
        publishWith(calls, Message.newBuilder());
    }

    private static void fetch(ProcessGroupServiceBlockingStub calls) {
        calls.fetchMessages(FetchMessagesRequest.newBuilder()
                .setTenantId(Victim.TENANT)
                .setGroupName(GROUP)
                .setPageSize(1)
                .build());
        publishWith(calls, Message.newBuilder().setPayload(ByteString.copyFrom(new byte[10_000])));
    }

    private static void createAndDelete(ProcessGroupServiceBlockingStub calls) {
        String group = "short-" + NUMBERS.incrementAndGet();
        createOnce(calls, group);
        delete(calls, group);
    }

    private static void delete(ProcessGroupServiceBlockingStub calls, String group) {
        calls.deleteGroup(DeleteGroupRequest.newBuilder()
                .setTenantId(Victim.TENANT)
                .setGroupName(group)
                .build());
    }

    private static void fill(ProcessGroupServiceBlockingStub calls, String group) {
        for (int batch = 0; batch < MANY_MEMBERS / BATCH; batch++) {
            JoinGroupRequest.Builder join = join(group);
            for (int i = 0; i < BATCH; i++) {
                join.addActorIds("m-" + (batch * BATCH + i));
            }
            calls.joinGroup(join.build());
        }
    }

    private static void fillAndDelete(ProcessGroupServiceBlockingStub calls) {
        String group = "full-" + NUMBERS.incrementAndGet();
        createOnce(calls, group);
        fill(calls, group);
        delete(calls, group);
    }

    private static void filledOnce(ProcessGroupServiceBlockingStub calls) {
        if (NUMBERS.compareAndSet(0, 1)) {
            fill(calls, GROUP);
        }
    }

    private static void oneOfMany(ProcessGroupServiceBlockingStub calls) {
        filledOnce(calls);
        calls.publishToGroup(publish()
                .setDispatch(Dispatch.ONE)
                .setDispatchKey("key-" + ThreadLocalRandom.current().nextInt())
                .setMessage(Message.newBuilder())
                .build());
    }

    private static void membersOfMany(ProcessGroupServiceBlockingStub calls) {
        filledOnce(calls);
        calls.getMembers(GetMembersRequest.newBuilder()
                .setTenantId(Victim.TENANT)
                .setGroupName(GROUP)
                .setPageSize(BATCH)
                .setDetailed(true)
                .build());
        publishWith(calls, Message.newBuilder());
    }

    private static void openGroup(ProcessGroupServiceBlockingStub calls) {
        String group = "open-" + NUMBERS.incrementAndGet();
        createOnce(calls, group);
        calls.getMembers(GetMembersRequest.newBuilder()
                .setTenantId(Victim.TENANT)
                .setGroupName(group)
                .build());
    }

    private static void idempotencyKey(ProcessGroupServiceBlockingStub calls) {
        publishWith(calls, Message.newBuilder().setIdempotencyKey("key-" + NUMBERS.incrementAndGet()));
    }

    private static void membership(ProcessGroupServiceBlockingStub calls) {
        String actor = "actor-" + ThreadLocalRandom.current().nextInt(SMALL_ACTORS);
        calls.joinGroup(join(GROUP).setActorId(actor).build());
        calls.leaveGroup(LeaveGroupRequest.newBuilder()
                .setTenantId(Victim.TENANT)
                .setGroupName(GROUP)
                .setActorId(actor)
                .build());
    }

    /** Each begins, and is given up. */
    private static void watch(ProcessGroupServiceBlockingStub calls) {
        createOnce(calls, "watched-" + NUMBERS.incrementAndGet() % BATCH);
        Context.CancellableContext given = Context.current().withCancellation();
        try (given) {
            given.run(() -> calls.watch(WatchRequest.newBuilder()
                            .setTenantId(Victim.TENANT)
                            .setWholeNamespace(true)
                            .build())
                    .next());
        }
    }

    /** To readers that take what they get, so that nothing but the amount is wrong. */
    private static void largePublish(ProcessGroupServiceBlockingStub calls) {
        if (NUMBERS.incrementAndGet() <= READERS) {
            var events = calls.subscribe(SubscribeRequest.newBuilder()
                    .setTenantId(Victim.TENANT)
                    .setGroupName(GROUP)
                    .setActorId("reader-" + NUMBERS.get())
                    .build());
            Thread reader = new Thread(() -> events.forEachRemaining(unused -> {}), "reader");
            reader.setDaemon(true);
            reader.start();
        }
        publishWith(calls, Message.newBuilder().setPayload(ByteString.copyFrom(new byte[LARGE_BYTES])));
    }
}
