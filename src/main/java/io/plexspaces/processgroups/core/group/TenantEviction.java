package io.plexspaces.processgroups.core.group;

import io.plexspaces.processgroups.core.OperationIds;
import io.plexspaces.processgroups.domain.ActorId;
import io.plexspaces.processgroups.domain.ErrorCode;
import io.plexspaces.processgroups.domain.Glob;
import io.plexspaces.processgroups.domain.GroupException;
import io.plexspaces.processgroups.domain.GroupId;
import io.plexspaces.processgroups.domain.GroupInfo;
import io.plexspaces.processgroups.domain.LeaveReason;
import io.plexspaces.processgroups.log.Command;
import io.plexspaces.processgroups.log.GroupLog;
import io.plexspaces.processgroups.log.GroupPage;
import io.plexspaces.processgroups.log.GroupQuery;
import io.smallrye.mutiny.CompositeException;
import io.smallrye.mutiny.Uni;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Ends all joins of one actor in every group of a tenant: reads the groups by pages, and changes some of them at a
 * time. When one cannot be changed, those of the same time are, and no further ones. Used once.
 */
final class TenantEviction {
    private static final int PAGE = 1_000;
    private static final int AT_ONCE = 256;

    private final GroupLog log;
    private final OperationIds operations;
    private final String tenant;
    private final Command leave;
    private final AtomicInteger ended = new AtomicInteger();

    /** Changed by one step after the other. */
    private volatile GroupPage page = new GroupPage(List.of(), true, 0);

    private volatile int done;

    TenantEviction(GroupLog log, OperationIds operations, String tenant, ActorId actor) {
        this.log = log;
        this.operations = operations;
        this.tenant = tenant;
        this.leave = new Command.Leave(actor, null, true, LeaveReason.EVICTED);
    }

    /** How many joins ended. */
    Uni<Integer> run() {
        return Uni.createFrom()
                .deferred(this::step)
                .repeat()
                .whilst(more -> more)
                .collect()
                .last()
                .map(over -> ended.get());
    }

    /** True: there is more to do. */
    private Uni<Boolean> step() {
        List<GroupInfo> groups = page.groups();
        if (done < groups.size()) {
            int end = Math.min(groups.size(), done + AT_ONCE);
            List<GroupInfo> next = groups.subList(done, end);
            done = end;
            return leaveAll(next);
        }
        if (!page.more()) {
            return Uni.createFrom().item(false);
        }
        GroupId after = groups.isEmpty() ? null : groups.get(groups.size() - 1).id();
        return log.groups(new GroupQuery(tenant, null, Glob.ANY, after, PAGE)).map(this::turn);
    }

    private boolean turn(GroupPage next) {
        if (next.groups().isEmpty() && next.more()) {
            throw GroupException.of(ErrorCode.STORE_UNAVAILABLE, "many groups are being deleted; try again later");
        }
        page = next;
        done = 0;
        return true;
    }

    private Uni<Boolean> leaveAll(List<GroupInfo> groups) {
        List<Uni<Void>> all = groups.stream().map(group -> leave(group.id())).toList();
        return Uni.join()
                .all(all)
                .andCollectFailures()
                .onFailure(CompositeException.class)
                .transform(several -> ((CompositeException) several).getCauses().get(0))
                .replaceWith(true);
    }

    private Uni<Void> leave(GroupId group) {
        return Uni.createFrom()
                .deferred(() -> log.append(group, null, leave, operations.next()))
                .invoke(left -> ended.addAndGet(left.ended()))
                .replaceWithVoid()
                .onFailure(TenantEviction::isGone)
                .recoverWithNull();
    }

    private static boolean isGone(Throwable failure) {
        return GroupException.is(failure, ErrorCode.NOT_A_MEMBER, ErrorCode.GROUP_NOT_FOUND);
    }
}
