package io.plexspaces.processgroups.log.redis;

import io.plexspaces.processgroups.domain.ActorId;
import io.plexspaces.processgroups.domain.Entry;
import io.plexspaces.processgroups.domain.ErrorCode;
import io.plexspaces.processgroups.domain.GroupException;
import io.plexspaces.processgroups.domain.GroupId;
import io.plexspaces.processgroups.domain.Membership;
import io.plexspaces.processgroups.domain.Position;
import io.vertx.core.Future;
import io.vertx.redis.client.Response;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Reads many members by parts while they change. What changed meanwhile stands in the log with the whole membership after it; laid over
 * what was read, in order, it gives the members at the log's end.
 */
final class MemberScan {
    private static final int ATTEMPTS = 5;

    private final Store store;
    private final GroupAccess access;
    private final GroupId group;
    private final Map<ActorId, Membership> members = new HashMap<>();
    private int attempts;

    MemberScan(Store store, GroupAccess access, GroupId group) {
        this.store = store;
        this.access = access;
        this.group = group;
    }

    /**
     * @param opened what open.lua said before the scan
     * @return empty: the group is gone
     */
    Future<Optional<GroupAccess.Opened>> run(Response opened) {
        return scan(opened, "0");
    }

    private Future<Optional<GroupAccess.Opened>> scan(Response opened, String cursor) {
        Keys.Group keys = store.keys().group(group);
        return store.call(
                        Scripts.MEMBERS,
                        List.of(keys.group(), keys.members()),
                        opened.get(0).toString(),
                        cursor,
                        GroupAccess.MEMBERS_AT_ONCE)
                .compose(said -> {
                    if (said.size() == 0) {
                        return again();
                    }
                    GroupAccess.eachMember(said.get(1), member -> members.put(member.actor(), member));
                    String next = said.get(0).toString();
                    return next.equals("0")
                            ? catchUp(opened, Store.number(opened.get(1)), Store.number(opened.get(4)))
                            : scan(opened, next);
                });
    }

    /** @param changes so far, up to {@code offset}: their count shows whether the log still has all that came since */
    private Future<Optional<GroupAccess.Opened>> catchUp(Response opened, long offset, long changes) {
        String epoch = opened.get(0).toString();
        Position position = new Position(epoch, offset);
        return access.tail(group, position, "", GroupAccess.lineage(opened)).compose(said -> {
            if (!said.get(0).toString().equals("S")) {
                return again();
            }
            List<Entry> more = access.entries(said.get(3));
            more.forEach(this::lay);
            long known = changes + more.size();
            if (known == Store.number(said.get(4))) {
                return Future.succeededFuture(Optional.of(
                        GroupAccess.opened(group, opened, Store.number(said.get(1)), List.copyOf(members.values()))));
            }
            return more.size() < GroupAccess.ENTRIES_AT_ONCE
                    ? again()
                    : catchUp(opened, more.get(more.size() - 1).offset(), known);
        });
    }

    private void lay(Entry change) {
        if (change instanceof Entry.Joined joined) {
            members.put(joined.membership().actor(), joined.membership());
        } else if (change instanceof Entry.Left left) {
            if (left.membership() == null) {
                members.remove(left.actor());
            } else {
                members.put(left.actor(), left.membership());
            }
        }
    }

    /** Another life, or more changes during the scan than the log keeps. */
    private Future<Optional<GroupAccess.Opened>> again() {
        members.clear();
        if (++attempts >= ATTEMPTS) {
            return Future.failedFuture(GroupException.of(
                    ErrorCode.STORE_UNAVAILABLE, "the members change faster than they can be read; try again later"));
        }
        return access.state(group)
                .compose(said -> said.size() == 0 ? Future.succeededFuture(Optional.empty()) : scan(said, "0"));
    }
}
