package io.plexspaces.processgroups.log.redis.append;

import io.plexspaces.processgroups.domain.GroupId;
import io.plexspaces.processgroups.domain.OperationId;
import io.plexspaces.processgroups.log.Appended;
import io.plexspaces.processgroups.log.Command;
import io.plexspaces.processgroups.log.redis.codec.Formats;
import io.plexspaces.processgroups.log.redis.codec.Specs;
import io.plexspaces.processgroups.log.redis.connection.Escapes;
import io.plexspaces.processgroups.log.redis.store.StepSizes;
import io.smallrye.mutiny.subscription.UniEmitter;
import io.vertx.core.Future;
import java.util.List;
import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A change that is not answered yet: one for append.lua, or one that takes calls of its own. Gets one answer or
 * failure.
 */
public final class PendingChange {
    private static final Escapes ESCAPES = new Escapes(PendingChange.class);
    private static final int WEIGHT = 256;
    private static final int ARGUMENT_WEIGHT = 32;

    final GroupId group;
    final OperationId operation;

    /** The epoch it is meant for; null: any. */
    final @Nullable String epoch;

    final Command command;

    /** About its bytes in memory, and on the network. */
    public final int weight;

    /** What it costs the store, counted in messages. */
    final int cost;

    /** As append.lua takes them, made where the change comes from, so that the calls wait for nothing. Empty: alone. */
    final List<byte[]> arguments;

    final long since = System.nanoTime();

    private final @Nullable Supplier<Future<Appended>> alone;
    private final UniEmitter<? super Appended> answer;

    /**
     * @param format of what it writes
     * @param alone does it; null: append.lua does
     */
    public PendingChange(
            GroupId group,
            OperationId operation,
            @Nullable String epoch,
            Command command,
            int format,
            @Nullable Supplier<Future<Appended>> alone,
            UniEmitter<? super Appended> answer) {
        this(
                group,
                operation,
                epoch,
                command,
                alone == null ? Arguments.of(command, operation.sequence(), format) : List.of(),
                alone,
                answer);
    }

    /**
     * A join by a tenant with a quota.
     *
     * @param newcomers how many of its actors may become members, else QUOTA_EXCEEDED
     * @param format of what it writes
     */
    public static PendingChange join(
            GroupId group,
            OperationId operation,
            @Nullable String epoch,
            Command.Join join,
            long newcomers,
            int format,
            UniEmitter<? super Appended> answer) {
        List<byte[]> arguments = Arguments.join(join, operation.sequence(), newcomers, format);
        return new PendingChange(group, operation, epoch, join, arguments, null, answer);
    }

    /** @param arguments as append.lua takes them; empty: {@code alone} does it */
    public PendingChange(
            GroupId group,
            OperationId operation,
            @Nullable String epoch,
            Command command,
            List<byte[]> arguments,
            @Nullable Supplier<Future<Appended>> alone,
            UniEmitter<? super Appended> answer) {
        this.group = group;
        this.operation = operation;
        this.epoch = epoch;
        this.command = command;
        this.arguments = arguments;
        this.weight = weight(command, arguments);
        this.cost = cost(command);
        this.alone = alone;
        this.answer = answer;
    }

    boolean isAlone() {
        return alone != null;
    }

    /** Whether the writer of that operation makes it. */
    boolean isOf(OperationId other) {
        return operation.incarnation() == other.incarnation()
                && operation.node().equals(other.node());
    }

    boolean goesWith(PendingChange first) {
        return alone == null && Objects.equals(epoch, first.epoch) && isOf(first.operation);
    }

    /** Does what is done alone. Never fails at once. */
    Future<Appended> begin() {
        try {
            return Objects.requireNonNull(alone).get();
        } catch (Throwable failure) {
            return Future.failedFuture(failure);
        }
    }

    /**
     * A failure that the waiting caller throws is logged: the other changes of the call get their answers all the same.
     */
    void complete(Appended done) {
        try {
            answer.complete(done);
        } catch (Throwable escaped) {
            ESCAPES.add("what takes the answer to a change", escaped);
        }
    }

    /** As {@link #complete}. Nothing happens when it has its answer. */
    public void fail(Throwable failure) {
        try {
            answer.fail(failure);
        } catch (Throwable escaped) {
            ESCAPES.add("what takes the failure of a change", escaped);
        }
    }

    private static int cost(Command command) {
        if (command instanceof Command.Publish publish) {
            return publish.onceKey().isEmpty() ? 1 : StepSizes.KEYED;
        }
        if (command instanceof Command.Join join) {
            return StepSizes.MEMBERSHIP + join.actors().size() - 1;
        }
        if (command instanceof Command.Update) {
            return StepSizes.UPDATE;
        }
        return command instanceof Command.Reach reach ? reach.holders().size() : StepSizes.MEMBERSHIP;
    }

    private static int weight(Command command, List<byte[]> arguments) {
        if (command instanceof Command.Publish publish) {
            return WEIGHT + publish.message().weight();
        }
        int bytes = WEIGHT;
        for (byte[] argument : arguments) {
            bytes += ARGUMENT_WEIGHT + argument.length;
        }
        return command instanceof Command.Create create
                ? bytes + Specs.encode(create.spec(), Formats.FIRST).length
                : bytes;
    }
}
