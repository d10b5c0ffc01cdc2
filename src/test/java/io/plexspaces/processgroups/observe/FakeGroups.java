package io.plexspaces.processgroups.observe;

import io.plexspaces.processgroups.core.Groups;
import io.plexspaces.processgroups.core.LocalSession;
import io.plexspaces.processgroups.core.Missing;
import io.plexspaces.processgroups.core.delivery.Connection;
import io.plexspaces.processgroups.domain.ActorId;
import io.plexspaces.processgroups.domain.GroupException;
import io.plexspaces.processgroups.domain.GroupId;
import io.plexspaces.processgroups.domain.GroupInfo;
import io.plexspaces.processgroups.domain.GroupSpec;
import io.plexspaces.processgroups.domain.NodeId;
import io.plexspaces.processgroups.domain.Position;
import io.plexspaces.processgroups.log.GroupPage;
import io.plexspaces.processgroups.log.GroupQuery;
import io.plexspaces.processgroups.log.SessionOwners.Claim;
import io.plexspaces.processgroups.log.Slice;
import io.smallrye.mutiny.Uni;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Answers everything with what a test put into its fields, fails with {@link #failure}, or stays {@link #silent}. */
final class FakeGroups implements Groups {
    static final Position POSITION = new Position("epoch", 7);

    RuntimeException failure;
    boolean throwing;
    boolean silent;
    int recipients = 3;
    boolean repeated;
    PublishRequest published;

    private <T> Uni<T> answer(T item) {
        if (silent) {
            return Uni.createFrom().nothing();
        }
        if (failure == null) {
            return Uni.createFrom().item(item);
        }
        if (throwing) {
            throw failure;
        }
        return Uni.createFrom().failure(failure);
    }

    void refuse(GroupException with) {
        failure = with;
    }

    @Override
    public Uni<GroupInfo> create(GroupId group, GroupSpec spec) {
        return answer(new GroupInfo(group, spec, "epoch", Instant.EPOCH, 0));
    }

    @Override
    public Uni<Boolean> delete(GroupId group) {
        return answer(true);
    }

    @Override
    public Uni<JoinResult> join(JoinRequest request) {
        made(request.missing());
        return answer(new JoinResult(POSITION, 1, ""));
    }

    private static void made(@Nullable Missing missing) {
        if (missing != null) {
            missing.told().accept(true);
        }
    }

    @Override
    public Uni<LeaveResult> leave(LeaveRequest request) {
        return answer(new LeaveResult(POSITION, 0));
    }

    @Override
    public Uni<UpdateResult> update(UpdateRequest request) {
        return answer(new UpdateResult(POSITION));
    }

    @Override
    public Uni<EvictResult> evict(GroupId group, ActorId actor, @Nullable Duration ban) {
        return answer(new EvictResult(POSITION, 2));
    }

    @Override
    public Uni<EvictResult> evictEverywhere(String tenant, ActorId actor, @Nullable Duration ban) {
        return answer(new EvictResult(POSITION, 2));
    }

    @Override
    public Uni<RenewResult> renew(RenewRequest request) {
        return answer(new RenewResult(Instant.EPOCH, 1));
    }

    @Override
    public Uni<MemberPage> members(MembersQuery query) {
        return answer(new MemberPage(List.of(), false, 0, POSITION));
    }

    @Override
    public Uni<GroupPage> list(GroupQuery query) {
        return answer(new GroupPage(List.of(), false, 0));
    }

    @Override
    public Uni<PublishResult> publish(PublishRequest request) {
        published = request;
        made(request.missing());
        return answer(new PublishResult(
                POSITION, recipients, 0, Map.of(new NodeId("n"), recipients), List.of(), false, false, repeated));
    }

    @Override
    public Uni<PublishResult> ask(AskRequest request) {
        return publish(request.publish());
    }

    @Override
    public void keepAsks(Connection asker, Predicate<AskedAs> allowed) {}

    @Override
    public boolean endAsk(Connection asker, long number) {
        return false;
    }

    @Override
    public Uni<ReplyResult> reply(ReplyRequest request) {
        return answer(new ReplyResult(false));
    }

    @Override
    public Uni<Slice> fetch(FetchRequest request) {
        return answer(new Slice(List.of(), 0, true, false, POSITION, false));
    }

    @Override
    public Uni<List<GroupId>> heldBy(String session) {
        return answer(List.of());
    }

    @Override
    public Uni<Claim> claim(String session) {
        return answer(new Claim(1, false));
    }

    @Override
    public Uni<Claim> claimAgain(LocalSession session) {
        return answer(new Claim(1, false));
    }

    @Override
    public Uni<Boolean> end(LocalSession session) {
        return answer(true);
    }

    @Override
    public Uni<Void> takeOver(GroupId group, LocalSession session) {
        return Uni.createFrom().voidItem();
    }
}
