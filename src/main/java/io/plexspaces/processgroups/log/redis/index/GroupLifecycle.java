package io.plexspaces.processgroups.log.redis.index;

import io.plexspaces.processgroups.domain.ErrorCode;
import io.plexspaces.processgroups.domain.GroupException;
import io.plexspaces.processgroups.domain.GroupId;
import io.plexspaces.processgroups.domain.GroupInfo;
import io.plexspaces.processgroups.domain.GroupSpec;
import io.plexspaces.processgroups.domain.OperationId;
import io.plexspaces.processgroups.domain.Position;
import io.plexspaces.processgroups.log.Appended;
import io.plexspaces.processgroups.log.LogLimits;
import io.plexspaces.processgroups.log.redis.append.AppendScript;
import io.plexspaces.processgroups.log.redis.codec.Specs;
import io.plexspaces.processgroups.log.redis.codec.Texts;
import io.plexspaces.processgroups.log.redis.codec.Times;
import io.plexspaces.processgroups.log.redis.connection.RedisServers;
import io.plexspaces.processgroups.log.redis.store.Keys;
import io.plexspaces.processgroups.log.redis.store.Scripts;
import io.plexspaces.processgroups.log.redis.store.StepSizes;
import io.plexspaces.processgroups.log.redis.store.Store;
import io.vertx.core.Future;
import io.vertx.redis.client.Response;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Makes and deletes groups, and keeps the index in step. */
public final class GroupLifecycle {
    private static final System.Logger LOG = System.getLogger(GroupLifecycle.class.getName());

    private final Store store;
    private final TenantIndex index;
    private final AtomicLong calls;

    public GroupLifecycle(Store store, TenantIndex index, AtomicLong calls) {
        this.store = store;
        this.index = index;
        this.calls = calls;
    }

    /**
     * GROUP_EXISTS; EPOCH_CHANGED when an epoch is asked for, since there is none; LIMIT_EXCEEDED; QUOTA_EXCEEDED;
     * FENCED.
     */
    public Future<Appended> create(GroupId group, @Nullable String life, GroupSpec spec, OperationId operation) {
        if (life != null) {
            return index.infos(List.of(group)).map(found -> {
                throw found.isEmpty()
                        ? GroupException.of(ErrorCode.EPOCH_CHANGED, "there is no group " + group.name())
                        : exists(group);
            });
        }
        int quota = limits().quotas().groups(group.tenant());
        return quota > 0 && quota <= limits().groupsPerTenant()
                ? make(group, spec, operation, quota, () -> limits().quotas().groupsExceeded(group.tenant()))
                : make(group, spec, operation);
    }

    /** Whatever the tenant's quota. */
    private Future<Appended> make(GroupId group, GroupSpec spec, OperationId operation) {
        int most = limits().groupsPerTenant();
        return make(group, spec, operation, most, () -> GroupException.limit("groups-per-tenant", most));
    }

    private Future<Appended> make(
            GroupId group, GroupSpec spec, OperationId operation, int most, Supplier<GroupException> tooMany) {
        String epoch = store.epochs().get();
        return index.reserve(group, epoch, most).compose(reserved -> {
            if (!reserved) {
                return index.infos(List.of(group)).map(found -> {
                    throw found.isEmpty() ? tooMany.get() : exists(group);
                });
            }
            return make(group, epoch, spec, operation)
                    .recover(failure -> {
                        index.release(group, epoch);
                        return Future.failedFuture(failure);
                    })
                    .compose(at -> index.list(new GroupInfo(group, spec, epoch, at, 0))
                            .map(listed -> new Appended(new Position(epoch, 1), at, null, false)));
        });
    }

    private Future<Instant> make(GroupId group, String epoch, GroupSpec spec, OperationId operation) {
        Keys.Group keys = store.keys().group(group);
        Duration wait = spec.deleteWhenEmpty();
        return store.call(
                        Scripts.CREATE,
                        List.of(
                                keys.group(),
                                keys.partition().node(operation.node()),
                                keys.answer(operation.node(), operation.incarnation()),
                                keys.partition().outbox(),
                                keys.partition().birth(),
                                keys.partition().lineage(),
                                keys.partition().empty()),
                        operation.node().value(),
                        operation.incarnation(),
                        calls.incrementAndGet(),
                        Texts.group(group),
                        epoch,
                        Specs.encode(spec, store.format().written()),
                        spec.retention().messages(),
                        Times.millis(spec.retention().age()),
                        wait == null ? "" : Times.millis(wait))
                .map(answer -> {
                    Store.unfenced(answer, operation);
                    if (answer.get(0).toString().equals("-")) {
                        throw exists(group);
                    }
                    return Times.instant(Store.number(answer.get(1)));
                });
    }

    /** EPOCH_CHANGED; FENCED. */
    public Future<Appended> delete(GroupId group, @Nullable String life, OperationId operation) {
        return deleting(group, life == null ? "" : life, "", operation).compose(answer -> deleted(group, answer));
    }

    /** Deletes a group if it has been empty for as long as it was made for; false: nothing was deleted. FENCED. */
    public Future<Boolean> deleteIfVacant(GroupId group, OperationId operation) {
        return deleting(group, "", "1", operation)
                .compose(answer -> answer.get(0).toString().equals("~")
                        ? Future.succeededFuture(false)
                        : deleted(group, answer)
                                .map(done -> !done.position().epoch().isEmpty()));
    }

    /** @param vacant "1": only then; "" in any case */
    private Future<Response> deleting(GroupId group, String life, String vacant, OperationId operation) {
        Keys.Group keys = store.keys().group(group);
        return store.call(
                        Scripts.DELETE,
                        List.of(
                                keys.group(),
                                keys.partition().due(),
                                keys.partition().held(),
                                keys.partition().node(operation.node()),
                                keys.answer(operation.node(), operation.incarnation()),
                                keys.partition().outbox(),
                                keys.partition().empty()),
                        operation.node().value(),
                        operation.incarnation(),
                        calls.incrementAndGet(),
                        Texts.group(group),
                        RedisServers.PUBLISH,
                        life,
                        operation.sequence(),
                        vacant)
                .map(answer -> Store.unfenced(answer, operation));
    }

    private Future<Appended> deleted(GroupId group, Response answer) {
        String epoch = answer.get(0).toString();
        if (epoch.equals("-")) {
            throw AppendScript.epochChanged(group, answer.get(1).toString());
        }
        Instant at = Times.instant(Store.number(answer.get(1)));
        Appended done = new Appended(new Position(epoch, Store.number(answer.get(2))), at, null, false);
        if (answer.size() > 3 && answer.get(3).toString().equals("1")) {
            clear(group, epoch);
        }
        return epoch.isEmpty()
                ? Future.succeededFuture(done)
                : index.unlist(group, epoch).map(unlisted -> done);
    }

    /**
     * Removes what the members of an ended epoch held from the partition's index, by steps. A sweep continues what a
     * crash leaves undone.
     */
    public void clear(GroupId group, String epoch) {
        clear(group, epoch, "0");
    }

    private void clear(GroupId group, String epoch, String cursor) {
        Keys.Group keys = store.keys().group(group);
        store.call(
                        Scripts.CLEAR,
                        List.of(
                                keys.gone(epoch),
                                keys.members(),
                                keys.partition().held(),
                                keys.partition().outbox()),
                        cursor,
                        StepSizes.CLEARED_MEMBERS,
                        Texts.group(group),
                        "*" + Texts.group(group) + " " + epoch)
                .onSuccess(next -> {
                    if (!next.toString().equals("0")) {
                        clear(group, epoch, next.toString());
                    }
                })
                .onFailure(
                        failure -> LOG.log(System.Logger.Level.DEBUG, "a deleted group is left to the sweep", failure));
    }

    /**
     * Begins a new epoch for a group whose log the store has lost, unless another node did so before. The incarnation
     * it writes under does not matter, as any node may do this. A quota does not count for a group that there was.
     */
    public Future<Void> revive(GroupInfo lost, OperationId operation) {
        return make(lost.id(), lost.spec(), operation)
                .<Void>mapEmpty()
                .recover(failure -> GroupException.is(failure, ErrorCode.GROUP_EXISTS)
                        ? Future.succeededFuture()
                        : Future.failedFuture(failure));
    }

    /** Gives a group a new epoch, unless it left this one before. */
    public Future<Void> fork(GroupId group, String epoch) {
        Keys.Group keys = store.keys().group(group);
        return store.call(
                        Scripts.FORK,
                        List.of(
                                keys.group(),
                                keys.channel(),
                                keys.partition().outbox(),
                                keys.partition().lineage()),
                        epoch,
                        store.epochs().get(),
                        Texts.group(group),
                        RedisServers.PUBLISH)
                .mapEmpty();
    }

    private LogLimits limits() {
        return store.settings().limits();
    }

    private static GroupException exists(GroupId group) {
        return GroupException.of(ErrorCode.GROUP_EXISTS, "group " + group.name() + " exists");
    }
}
