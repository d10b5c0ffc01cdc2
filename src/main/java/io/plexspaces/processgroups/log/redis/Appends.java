package io.plexspaces.processgroups.log.redis;

import io.plexspaces.processgroups.domain.ActorId;
import io.plexspaces.processgroups.domain.Dispatch;
import io.plexspaces.processgroups.domain.ErrorCode;
import io.plexspaces.processgroups.domain.GroupException;
import io.plexspaces.processgroups.domain.GroupId;
import io.plexspaces.processgroups.domain.Membership;
import io.plexspaces.processgroups.domain.OperationId;
import io.plexspaces.processgroups.domain.Position;
import io.plexspaces.processgroups.log.Appended;
import io.plexspaces.processgroups.log.Command;
import io.plexspaces.processgroups.log.LogLimits;
import io.plexspaces.processgroups.log.redis.codec.Bodies;
import io.plexspaces.processgroups.log.redis.codec.Memberships;
import io.plexspaces.processgroups.log.redis.codec.Texts;
import io.plexspaces.processgroups.log.redis.codec.Times;
import io.plexspaces.processgroups.log.redis.connection.Shards;
import io.vertx.core.Future;
import io.vertx.redis.client.Response;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** Speaks with append.lua: changes as its arguments, its answers as what they did. */
final class Appends {
    private final Store store;
    private final AtomicLong calls;

    /** @param calls numbers of the calls that write: each greater than every one before, also of an earlier process */
    Appends(Store store, AtomicLong calls) {
        this.store = store;
        this.calls = calls;
    }

    /** Makes the changes, all of one writer, in one call. */
    Future<Response> send(GroupId group, List<Lanes.Change> batch) {
        try {
            OperationId writer = batch.get(0).operation;
            Keys.Group keys = store.keys().group(group);
            List<String> all = keys.all(
                    writer.node(), writer.incarnation(), keys.partition().nodes());
            return store.shards()
                    .call(Scripts.APPEND, all, arguments(group, batch))
                    .map(response -> Store.unfenced(response, writer));
        } catch (RuntimeException failure) {
            return Future.failedFuture(failure);
        }
    }

    /** Gives each change its answer or failure. */
    void answer(GroupId group, List<Lanes.Change> batch, Future<Response> call) {
        if (call.succeeded()) {
            answer(group, batch, call.result());
        } else {
            batch.forEach(change -> change.promise.fail(call.cause()));
        }
    }

    private List<Object> arguments(GroupId group, List<Lanes.Change> batch) {
        OperationId writer = batch.get(0).operation;
        LogLimits limits = store.settings().limits();
        List<Object> all = new ArrayList<>(10 + 9 * batch.size());
        all.add(writer.node().value());
        all.add(writer.incarnation());
        all.add(calls.incrementAndGet());
        all.add(Texts.group(group));
        all.add(Shards.PUBLISH);
        all.add(limits.membersPerGroup());
        all.add(limits.topicsPerMember());
        all.add(limits.ownersPerMember());
        all.add(limits.retainedBytes());
        all.add(limits.idempotencyKeys());
        for (Lanes.Change change : batch) {
            add(all, change);
        }
        return all;
    }

    private static void add(List<Object> all, Lanes.Change change) {
        List<Object> own = own(change.command);
        all.add(own.get(0));
        all.add(own.size() - 1);
        all.add(change.epoch == null ? "" : change.epoch);
        all.add(change.operation.sequence());
        all.addAll(own.subList(1, own.size()));
    }

    /** Kind and arguments, as the head of append.lua lists them. */
    private static List<Object> own(Command command) {
        if (command instanceof Command.Publish publish) {
            Dispatch.To to = publish.dispatch() instanceof Dispatch.To one ? one : null;
            return List.of(
                    "P",
                    publish.message().weight(),
                    to == null ? "" : to.actor().value(),
                    to == null ? "" : to.joinedOffset(),
                    publish.message().idempotencyKey(),
                    Bodies.encode(publish));
        }
        if (command instanceof Command.Join join) {
            List<Object> all = new ArrayList<>(5 + join.actors().size());
            all.add("J");
            all.add(Texts.filter(join.filter()));
            all.add(Texts.owner(join.owner()));
            all.add(join.node().value());
            all.add(join.ttl() == null ? "" : Times.micros(join.ttl()));
            join.actors().forEach(actor -> all.add(actor.value()));
            return all;
        }
        if (command instanceof Command.TakeOver takeOver) {
            return List.of(
                    "T",
                    takeOver.actor().value(),
                    Texts.owner(takeOver.owner()),
                    takeOver.node().value());
        }
        if (command instanceof Command.Leave leave) {
            String owner = leave.owner() == null ? "" : Texts.owner(leave.owner());
            return List.of(
                    "L",
                    leave.actor().value(),
                    owner,
                    leave.all() ? "1" : "0",
                    leave.reason().name());
        }
        if (command instanceof Command.Renew renew) {
            String owner = renew.leaseId() == null ? "" : Texts.lease(renew.leaseId());
            return List.of("R", renew.actor().value(), owner, renew.ttl() == null ? "" : Times.micros(renew.ttl()));
        }
        throw new IllegalArgumentException("not a change inside a group: " + command);
    }

    private void answer(GroupId group, List<Lanes.Change> batch, Response said) {
        String epoch = said.get(0).toString();
        Instant at = Times.instant(Store.number(said.get(1)));
        for (int i = 0; i < batch.size(); i++) {
            Lanes.Change change = batch.get(i);
            try {
                if (epoch.isEmpty()) {
                    throw GroupException.groupNotFound(group);
                }
                change.promise.complete(appended(
                        group, change.command, epoch, at, said.get(2 + i).toString()));
            } catch (RuntimeException failure) {
                change.promise.fail(failure);
            }
        }
    }

    private Appended appended(GroupId group, Command command, String epoch, Instant at, String said) {
        String[] words = said.substring(1).split(" ", 2);
        switch (said.charAt(0)) {
            case '+':
                Position position = new Position(epoch, Long.parseLong(words[0]));
                return new Appended(position, at, words.length == 1 ? null : membership(command, words[1]), false);
            case '=':
                Position first = new Position(epoch, Long.parseLong(words[0]));
                return new Appended(first, Times.instant(Long.parseLong(words[1])), null, true);
            default:
                throw failure(group, words[0], words[1]);
        }
    }

    private static @Nullable Membership membership(Command command, String text) {
        ActorId actor;
        if (command instanceof Command.Join join) {
            actor = join.actors().get(join.actors().size() - 1);
        } else if (command instanceof Command.TakeOver takeOver) {
            actor = takeOver.actor();
        } else if (command instanceof Command.Leave leave) {
            actor = leave.actor();
        } else {
            actor = ((Command.Renew) command).actor();
        }
        return Memberships.parseIfAny(actor, text);
    }

    private GroupException failure(GroupId group, String code, String about) {
        switch (ErrorCode.valueOf(code)) {
            case NOT_A_MEMBER:
                return GroupException.notAMember(group, new ActorId(about));
            case LEASE_NOT_FOUND:
                return GroupException.leaseNotFound(group);
            case EPOCH_CHANGED:
                return epochChanged(group, about);
            case LIMIT_EXCEEDED:
                return GroupException.limit(about, limit(about));
            default:
                throw new IllegalStateException("append.lua answered " + code);
        }
    }

    static GroupException epochChanged(GroupId group, String epoch) {
        return GroupException.of(ErrorCode.EPOCH_CHANGED, group.name() + " is in epoch " + epoch);
    }

    private long limit(String name) {
        LogLimits limits = store.settings().limits();
        switch (name) {
            case "members-per-group":
                return limits.membersPerGroup();
            case "topics-per-member":
                return limits.topicsPerMember();
            default:
                return limits.ownersPerMember();
        }
    }
}
