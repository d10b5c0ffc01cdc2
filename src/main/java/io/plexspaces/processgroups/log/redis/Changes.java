package io.plexspaces.processgroups.log.redis;

import io.plexspaces.processgroups.domain.ErrorCode;
import io.plexspaces.processgroups.domain.GroupException;
import io.plexspaces.processgroups.domain.GroupId;
import io.plexspaces.processgroups.domain.JoinMetadata;
import io.plexspaces.processgroups.domain.OperationId;
import io.plexspaces.processgroups.log.Appended;
import io.plexspaces.processgroups.log.Command;
import io.plexspaces.processgroups.log.redis.append.FirstAnswers;
import io.plexspaces.processgroups.log.redis.append.Lanes;
import io.plexspaces.processgroups.log.redis.append.PendingChange;
import io.plexspaces.processgroups.log.redis.codec.Formats;
import io.plexspaces.processgroups.log.redis.index.GroupLifecycle;
import io.plexspaces.processgroups.log.redis.index.MemberQuota;
import io.plexspaces.processgroups.log.redis.store.Store;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Future;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Which way each change takes to the store. */
record Changes(Store store, Lanes lanes, GroupLifecycle groups, MemberQuota quota, FirstAnswers firstAnswers) {

    Uni<Appended> append(GroupId group, @Nullable String epoch, Command command, OperationId operation) {
        if (command instanceof Command.Answer answer) {
            return keep(group, epoch, answer, operation);
        }
        if (saysSomething(command) && store.format().written() < Formats.METADATA) {
            return Uni.createFrom().failure(beforeMetadata());
        }
        if (command instanceof Command.Join join && quota.isFor(group.tenant())) {
            return Uni.createFrom()
                    .emitter(answer -> quota.join(
                            group.tenant(),
                            join,
                            (newcomers, receiver) -> lanes.add(PendingChange.join(
                                    group,
                                    operation,
                                    epoch,
                                    join,
                                    newcomers,
                                    store.format().written(),
                                    receiver)),
                            answer));
        }
        return Uni.createFrom().emitter(answer -> {
            Supplier<Future<Appended>> alone = null;
            if (command instanceof Command.Create create) {
                alone = () -> groups.create(group, epoch, create.spec(), operation);
            } else if (command instanceof Command.Delete) {
                alone = () -> groups.delete(group, epoch, operation);
            }
            lanes.add(new PendingChange(
                    group, operation, epoch, command, store.format().written(), alone, answer));
        });
    }

    private static boolean saysSomething(Command command) {
        JoinMetadata metadata = command instanceof Command.Join join
                ? join.metadata()
                : command instanceof Command.Update update ? update.metadata() : JoinMetadata.NONE;
        return !metadata.isEmpty();
    }

    /** A server that knows no metadata would lose it without notice when it changes the membership. */
    private static GroupException beforeMetadata() {
        return GroupException.of(
                ErrorCode.STORE_UNAVAILABLE,
                "metadata: a server of an earlier version still has a lease in the store; try again when it is gone");
    }

    private Uni<Appended> keep(GroupId group, @Nullable String epoch, Command.Answer answer, OperationId operation) {
        return Uni.createFrom().deferred(() -> {
            List<byte[]> arguments = firstAnswers.arguments(group, epoch, answer, operation.sequence());
            return Uni.createFrom()
                    .<Appended>emitter(emitter ->
                            lanes.add(new PendingChange(group, operation, epoch, answer, arguments, null, emitter)))
                    .onItem()
                    .invoke(done -> firstAnswers.kept(group, epoch, arguments, done));
        });
    }
}
