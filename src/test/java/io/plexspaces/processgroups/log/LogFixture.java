package io.plexspaces.processgroups.log;

import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.plexspaces.processgroups.domain.ActorId;
import io.plexspaces.processgroups.domain.Bytes;
import io.plexspaces.processgroups.domain.Dispatch;
import io.plexspaces.processgroups.domain.Entry;
import io.plexspaces.processgroups.domain.ErrorCode;
import io.plexspaces.processgroups.domain.GroupException;
import io.plexspaces.processgroups.domain.GroupId;
import io.plexspaces.processgroups.domain.GroupSpec;
import io.plexspaces.processgroups.domain.LeaveReason;
import io.plexspaces.processgroups.domain.Message;
import io.plexspaces.processgroups.domain.NodeId;
import io.plexspaces.processgroups.domain.OperationId;
import io.plexspaces.processgroups.domain.Owner;
import io.plexspaces.processgroups.domain.Position;
import io.plexspaces.processgroups.domain.Retention;
import io.plexspaces.processgroups.domain.TopicFilter;
import io.smallrye.mutiny.Uni;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** What the parts of the contract say shortly. Every test has a tenant of its own. */
abstract class LogFixture {
    static final NodeId NODE = new NodeId("node-a");
    static final Owner DURABLE = new Owner.Durable(NODE);
    static final Owner SESSION = new Owner.Session("s1", NODE, 1);
    static final ActorId ALICE = new ActorId("alice");
    static final ActorId BOB = new ActorId("bob");
    static final Retention KEEP_ALL = new Retention(100_000, Duration.ofHours(1));

    final String tenant = "t-" + UUID.randomUUID();
    final GroupId room = group("room");
    private final GroupLogContract contract;
    private final NodeId writer = new NodeId("writer-" + UUID.randomUUID());
    private final AtomicLong sequence = new AtomicLong();

    LogFixture(GroupLogContract contract) {
        this.contract = contract;
    }

    GroupLog log() {
        return contract.log();
    }

    NodeLeases leases() {
        return contract.leases();
    }

    void advance(Duration by) {
        contract.advance(by);
    }

    GroupId group(String name) {
        return GroupId.of(tenant, "", name);
    }

    OperationId operation() {
        return new OperationId(writer, 1, sequence.incrementAndGet());
    }

    static <T> T result(Uni<T> uni) {
        return uni.await().atMost(Duration.ofSeconds(30));
    }

    static ErrorCode failure(Uni<?> uni) {
        GroupException failure = catchThrowableOfType(GroupException.class, () -> result(uni));
        if (failure == null) {
            throw new AssertionError("did not fail");
        }
        return failure.code();
    }

    Uni<Appended> append(GroupId group, Command command) {
        return log().append(group, null, command, operation());
    }

    Uni<Appended> creating(GroupId group) {
        return append(group, new Command.Create(spec(KEEP_ALL)));
    }

    Appended create(GroupId group) {
        return result(creating(group));
    }

    Appended create(GroupId group, Retention retention) {
        return result(append(group, new Command.Create(spec(retention))));
    }

    static GroupSpec spec(Retention retention) {
        return new GroupSpec(GroupSpec.Metadata.NONE, retention, null);
    }

    Uni<Appended> deleting(GroupId group) {
        return append(group, new Command.Delete());
    }

    static Command join(ActorId actor) {
        return join(actor, DURABLE);
    }

    static Command join(ActorId actor, Owner owner, String... topics) {
        return new Command.Join(List.of(actor), TopicFilter.of(List.of(topics)), owner, NODE, null);
    }

    static Command lease(ActorId actor, String id, Duration ttl) {
        return new Command.Join(List.of(actor), TopicFilter.ALL, new Owner.Lease(id), NODE, ttl);
    }

    static Command leave(ActorId actor, @Nullable Owner owner) {
        return new Command.Leave(actor, owner, false, LeaveReason.LEFT);
    }

    static Command leaveAll(ActorId actor, @Nullable Owner owner) {
        return new Command.Leave(actor, owner, true, LeaveReason.DISCONNECTED);
    }

    static Command publish(String text) {
        return publish(message(text, "", null));
    }

    static Command publish(Message message) {
        return new Command.Publish(message, null, Dispatch.ALL, false);
    }

    static Message message(String text, String idempotencyKey, @Nullable Duration ttl) {
        Bytes payload = Bytes.wrap(text.getBytes(StandardCharsets.UTF_8));
        return new Message("", null, "", payload, null, 0, ttl, Map.of(), idempotencyKey, "", "");
    }

    static String text(Entry.Published published) {
        return new String(published.message().payload().array(), StandardCharsets.UTF_8);
    }

    Appended done(Command command) {
        return result(append(room, command));
    }

    Slice read(@Nullable Position after) {
        return result(log().read(room, after, 1_000_000));
    }

    List<String> texts(Slice slice) {
        return slice.messages().stream().map(LogFixture::text).toList();
    }

    Recorder open(GroupId group) {
        Recorder recorder = new Recorder();
        result(log().open(group, recorder));
        return recorder;
    }

    Snapshot snapshot() {
        Recorder recorder = new Recorder();
        result(log().open(room, recorder)).close();
        return recorder.first();
    }
}
