package io.plexspaces.processgroups.log.redis;

import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.plexspaces.processgroups.domain.ActorId;
import io.plexspaces.processgroups.domain.Bytes;
import io.plexspaces.processgroups.domain.Dispatch;
import io.plexspaces.processgroups.domain.ErrorCode;
import io.plexspaces.processgroups.domain.GroupException;
import io.plexspaces.processgroups.domain.GroupId;
import io.plexspaces.processgroups.domain.GroupSpec;
import io.plexspaces.processgroups.domain.LeaveReason;
import io.plexspaces.processgroups.domain.Message;
import io.plexspaces.processgroups.domain.NodeId;
import io.plexspaces.processgroups.domain.OperationId;
import io.plexspaces.processgroups.domain.Owner;
import io.plexspaces.processgroups.domain.Retention;
import io.plexspaces.processgroups.domain.TopicFilter;
import io.plexspaces.processgroups.log.Appended;
import io.plexspaces.processgroups.log.Command;
import io.plexspaces.processgroups.log.NodeLease;
import io.plexspaces.processgroups.log.Tail;
import io.smallrye.mutiny.Uni;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;

/** One node that writes to a log, in a tenant of its own. */
public final class Writer {
    public final RedisGroupLog log;
    public final String tenant;
    public final NodeId node;
    private final AtomicLong sequence = new AtomicLong();
    private volatile long incarnation = 1;

    public Writer(RedisGroupLog log, String tenant) {
        this.log = log;
        this.tenant = tenant;
        this.node = new NodeId("n-" + UUID.randomUUID());
    }

    public static String newTenant() {
        return "t-" + UUID.randomUUID();
    }

    public static <T> T result(Uni<T> uni) {
        return uni.await().atMost(Duration.ofSeconds(30));
    }

    static ErrorCode failure(Uni<?> uni) {
        GroupException failure = catchThrowableOfType(GroupException.class, () -> result(uni));
        if (failure == null) {
            throw new AssertionError("did not fail");
        }
        return failure.code();
    }

    void as(NodeLease lease) {
        incarnation = lease.incarnation();
    }

    public GroupId group(String name) {
        return GroupId.of(tenant, "", name);
    }

    public OperationId operation() {
        return new OperationId(node, incarnation, sequence.incrementAndGet());
    }

    public Appended create(String name, int messages) {
        Retention retention = new Retention(messages, Duration.ofHours(1));
        GroupSpec spec = new GroupSpec(GroupSpec.Metadata.NONE, retention, null);
        return result(log.append(group(name), null, new Command.Create(spec), operation()));
    }

    Uni<Appended> publishing(String name, String text) {
        Bytes payload = Bytes.wrap(text.getBytes(StandardCharsets.UTF_8));
        Message message = new Message("", null, "", payload, null, 0, null, Map.of(), "", "", "");
        return log.append(group(name), null, new Command.Publish(message, null, Dispatch.ALL, false), operation());
    }

    Appended publish(String name, String text) {
        return result(publishing(name, text));
    }

    Uni<Appended> joining(String name, String actor, Owner owner) {
        Duration ttl = owner instanceof Owner.Lease ? Duration.ofMinutes(10) : null;
        Command join = new Command.Join(List.of(new ActorId(actor)), TopicFilter.ALL, owner, node, ttl);
        return log.append(group(name), null, join, operation());
    }

    Appended join(String name, String actor) {
        return result(joining(name, actor, new Owner.Durable(node)));
    }

    Uni<Appended> leaving(String name, String actor) {
        Command leave = new Command.Leave(new ActorId(actor), null, false, LeaveReason.LEFT);
        return log.append(group(name), null, leave, operation());
    }

    Owner session(String id) {
        return new Owner.Session(id, node, incarnation);
    }

    Uni<Appended> deleting(String name) {
        return log.append(group(name), null, new Command.Delete(), operation());
    }

    Appended delete(String name) {
        return result(deleting(name));
    }

    RecordedGroup open(String name) {
        RecordedGroup told = new RecordedGroup();
        Tail tail = result(log.open(group(name), told));
        if (tail == null) {
            throw new AssertionError("no tail");
        }
        return told;
    }

    public int expire() {
        return result(log.expire(operation())).joins();
    }
}
