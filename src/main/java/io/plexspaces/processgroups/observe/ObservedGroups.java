package io.plexspaces.processgroups.observe;

import io.opentelemetry.api.trace.Span;
import io.plexspaces.processgroups.core.Groups;
import io.plexspaces.processgroups.core.LocalSession;
import io.plexspaces.processgroups.core.Missing;
import io.plexspaces.processgroups.core.UseCase;
import io.plexspaces.processgroups.core.delivery.Connection;
import io.plexspaces.processgroups.domain.ActorId;
import io.plexspaces.processgroups.domain.GroupId;
import io.plexspaces.processgroups.domain.GroupInfo;
import io.plexspaces.processgroups.domain.GroupSpec;
import io.plexspaces.processgroups.domain.Message;
import io.plexspaces.processgroups.log.GroupPage;
import io.plexspaces.processgroups.log.GroupQuery;
import io.plexspaces.processgroups.log.SessionOwners.Claim;
import io.plexspaces.processgroups.log.Slice;
import io.smallrye.mutiny.Uni;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Groups that are counted, timed, traced and logged. Answers and failures are the decorated ones, unchanged. */
public final class ObservedGroups implements Groups {
    private final Groups groups;
    private final GroupMetrics metrics;
    private final GroupTracing tracing;
    private final RequestLog log;
    private final LongSupplier nanos;

    /** @param nanos a clock that only moves on, in nanoseconds, as {@link System#nanoTime} */
    public ObservedGroups(
            Groups groups, GroupMetrics metrics, GroupTracing tracing, RequestLog log, LongSupplier nanos) {
        this.groups = groups;
        this.metrics = metrics;
        this.tracing = tracing;
        this.log = log;
        this.nanos = nanos;
    }

    @Override
    public Uni<GroupInfo> create(GroupId group, GroupSpec spec) {
        return observed(UseCase.CREATE, Subject.of(group), () -> groups.create(group, spec), info -> metrics.created());
    }

    @Override
    public Uni<Boolean> delete(GroupId group) {
        return observed(UseCase.DELETE, Subject.of(group), () -> groups.delete(group), existed -> {
            if (existed) {
                metrics.deleted(1);
            }
        });
    }

    @Override
    public Uni<JoinResult> join(JoinRequest request) {
        ActorId actor = request.actors().size() == 1 ? request.actors().get(0) : null;
        return observed(
                UseCase.JOIN,
                Subject.of(request.group(), actor, null),
                () -> groups.join(counting(request)),
                joined -> metrics.joined(request.group(), request.actors().size()));
    }

    @Override
    public Uni<LeaveResult> leave(LeaveRequest request) {
        return observed(
                UseCase.LEAVE,
                Subject.of(request.group(), request.actor(), null),
                () -> groups.leave(request),
                left -> metrics.left(request.group()));
    }

    @Override
    public Uni<UpdateResult> update(UpdateRequest request) {
        return observed(
                UseCase.UPDATE,
                Subject.of(request.group(), request.actor(), null),
                () -> groups.update(request),
                updated -> {});
    }

    @Override
    public Uni<EvictResult> evict(GroupId group, ActorId actor, @Nullable Duration ban) {
        return observed(
                UseCase.EVICT, Subject.of(group, actor, null), () -> groups.evict(group, actor, ban), evicted -> {});
    }

    @Override
    public Uni<EvictResult> evictEverywhere(String tenant, ActorId actor, @Nullable Duration ban) {
        return observed(
                UseCase.EVICT,
                new Subject(tenant, null, null, actor.value(), null),
                () -> groups.evictEverywhere(tenant, actor, ban),
                evicted -> {});
    }

    @Override
    public Uni<RenewResult> renew(RenewRequest request) {
        return observed(
                UseCase.RENEW,
                Subject.of(request.group(), request.actor(), null),
                () -> groups.renew(request),
                renewed -> {});
    }

    @Override
    public Uni<MemberPage> members(MembersQuery query) {
        return observed(UseCase.GET_MEMBERS, Subject.of(query.group()), () -> groups.members(query), page -> {});
    }

    @Override
    public Uni<GroupPage> list(GroupQuery query) {
        return observed(
                UseCase.LIST,
                new Subject(query.tenant(), query.namespace(), null, null, null),
                () -> groups.list(query),
                page -> {});
    }

    @Override
    public Uni<Slice> fetch(FetchRequest request) {
        return observed(
                UseCase.FETCH,
                Subject.of(request.group(), request.actor(), null),
                () -> groups.fetch(request),
                slice -> {});
    }

    @Override
    public Uni<PublishResult> publish(PublishRequest request) {
        Message message = request.message();
        Subject subject = Subject.of(request.group(), message.sender(), request.topic());
        return Uni.createFrom().deferred(() -> {
            long start = nanos.getAsLong();
            Span span = tracing.start(UseCase.PUBLISH, subject, message);
            return ending(UseCase.PUBLISH, subject, span, () -> groups.publish(carrying(span, request)), result -> {
                if (!result.repeated()) {
                    Duration took = Duration.ofNanos(nanos.getAsLong() - start);
                    metrics.published(request.group(), result.recipients(), took);
                }
            });
        });
    }

    @Override
    public Uni<PublishResult> ask(AskRequest request) {
        PublishRequest publish = request.publish();
        Message message = publish.message();
        Subject subject = Subject.of(publish.group(), message.sender(), publish.topic());
        return Uni.createFrom().deferred(() -> {
            Span span = tracing.start(UseCase.ASK, subject, message);
            AskRequest carrying = new AskRequest(
                    carrying(span, publish),
                    request.timeout(),
                    request.retryOther(),
                    request.connection(),
                    request.number(),
                    request.only());
            return ending(
                    UseCase.ASK, subject, span, () -> groups.ask(carrying), asked -> metrics.asked(publish.group()));
        });
    }

    @Override
    public void keepAsks(Connection asker, Predicate<AskedAs> allowed) {
        groups.keepAsks(asker, allowed);
    }

    @Override
    public boolean endAsk(Connection asker, long number) {
        return groups.endAsk(asker, number);
    }

    @Override
    public Uni<ReplyResult> reply(ReplyRequest request) {
        return observed(
                UseCase.REPLY,
                Subject.of(request.group(), request.actor(), null),
                () -> groups.reply(request),
                replied -> {});
    }

    @Override
    public Uni<List<GroupId>> heldBy(String session) {
        return groups.heldBy(session);
    }

    @Override
    public Uni<Claim> claim(String session) {
        return groups.claim(session);
    }

    @Override
    public Uni<Claim> claimAgain(LocalSession session) {
        return groups.claimAgain(session);
    }

    @Override
    public Uni<Boolean> end(LocalSession session) {
        return groups.end(session);
    }

    @Override
    public Uni<Void> takeOver(GroupId group, LocalSession session) {
        return groups.takeOver(group, session);
    }

    private PublishRequest carrying(@Nullable Span span, PublishRequest request) {
        PublishRequest carrying = span == null || !span.isRecording()
                ? request
                : request.with(GroupTracing.carrying(span, request.message()));
        Missing missing = request.missing();
        return missing == null ? carrying : carrying.with(counting(missing));
    }

    private JoinRequest counting(JoinRequest request) {
        Missing missing = request.missing();
        return missing == null ? request : request.with(counting(missing));
    }

    /** A group that is made for a request counts as one that was asked for. */
    private Missing counting(Missing missing) {
        return new Missing(missing.spec(), known -> {
            if (known) {
                metrics.created();
            }
            missing.told().accept(known);
        });
    }

    private <T> Uni<T> observed(UseCase operation, Subject subject, Supplier<Uni<T>> request, Consumer<T> success) {
        return Uni.createFrom()
                .deferred(() -> ending(operation, subject, tracing.start(operation, subject, null), request, success));
    }

    private <T> Uni<T> ending(
            UseCase operation, Subject subject, @Nullable Span span, Supplier<Uni<T>> request, Consumer<T> success) {
        log.begun(operation, subject, span);
        return outcome(request).onTermination().invoke((item, failure, cancelled) -> {
            GroupTracing.end(span, failure);
            if (failure != null) {
                metrics.failed(operation, Failures.codeOf(failure));
                log.failed(operation, subject, span, failure);
            } else if (!cancelled) {
                success.accept(item);
                log.succeeded(operation, subject, span, item);
            }
        });
    }

    /** What a request throws instead of answering is a failure like any other. */
    private static <T> Uni<T> outcome(Supplier<Uni<T>> request) {
        try {
            return request.get();
        } catch (RuntimeException thrown) {
            return Uni.createFrom().failure(thrown);
        }
    }
}
