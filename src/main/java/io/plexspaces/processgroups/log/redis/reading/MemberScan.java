package io.plexspaces.processgroups.log.redis.reading;

import io.plexspaces.processgroups.domain.ActorId;
import io.plexspaces.processgroups.domain.Entry;
import io.plexspaces.processgroups.domain.ErrorCode;
import io.plexspaces.processgroups.domain.GroupException;
import io.plexspaces.processgroups.domain.GroupId;
import io.plexspaces.processgroups.domain.Membership;
import io.plexspaces.processgroups.log.redis.store.Keys;
import io.plexspaces.processgroups.log.redis.store.Scripts;
import io.plexspaces.processgroups.log.redis.store.StepSizes;
import io.plexspaces.processgroups.log.redis.store.Store;
import io.vertx.core.AsyncResult;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.Promise;
import io.vertx.redis.client.Response;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Reads many members by steps while they change. Each step brings some of them, and what changed since the step before
 * with the whole membership after it; laid over each other in order, they give the members at the last step's offset.
 * The log has to keep no more changes than come between two steps.
 */
final class MemberScan {
    private static final System.Logger LOG = System.getLogger(MemberScan.class.getName());
    private static final int ATTEMPTS = 10;

    /**
     * Of the first step, as nobody knows yet how large they are. The next asks for twice as many at most, and for fewer
     * where the one before brought too much.
     */
    private static final int FIRST = 1;

    /** Members after which it says how far it is. */
    private static final int SAID = 100_000;

    private final Store store;
    private final GroupAccess access;
    private final GroupId group;
    private final Map<ActorId, Membership> members = new HashMap<>();
    private final Promise<Optional<GroupAccess.Opened>> done = Promise.promise();
    private final long begun = System.nanoTime();
    private int attempts;
    private int atOnce;
    private int said;

    MemberScan(Store store, GroupAccess access, GroupId group) {
        this.store = store;
        this.access = access;
        this.group = group;
    }

    /** Up to where the steps have come. */
    private record Step(String cursor, long offset, long changes) {}

    /**
     * @param opened what open.lua said before the scan
     * @return empty: the group is gone
     */
    Future<Optional<GroupAccess.Opened>> run(Response opened) {
        begin(opened);
        return done.future();
    }

    private void begin(Response opened) {
        GroupException tooLarge = Heap.refused("group " + group.name(), Store.number(opened.get(5)));
        if (tooLarge != null) {
            done.fail(tooLarge);
            return;
        }
        members.clear();
        said = 0;
        atOnce = FIRST;
        next(opened, new Step("0", Store.number(opened.get(1)), Store.number(opened.get(4))));
    }

    private void next(Response opened, Step before) {
        Keys.Group keys = store.keys().group(group);
        store.call(
                        Scripts.MEMBERS,
                        List.of(keys.group(), keys.members(), keys.changes()),
                        opened.get(0).toString(),
                        before.cursor(),
                        atOnce,
                        before.offset(),
                        StepSizes.MEMBER_CHANGES)
                .onComplete(guarded(answer -> read(opened, before, answer)));
    }

    /** A failure in the middle goes to the caller that waits for the members; an {@code Error} is also thrown on. */
    private Handler<AsyncResult<Response>> guarded(Consumer<Response> step) {
        return answer -> {
            if (answer.failed()) {
                done.fail(answer.cause());
                return;
            }
            try {
                step.accept(answer.result());
            } catch (RuntimeException unreadable) {
                done.tryFail(unreadable);
            } catch (Error failure) {
                done.tryFail(failure);
                throw failure;
            }
        };
    }

    private void read(Response opened, Step before, Response answer) {
        if (answer.size() == 0 || !lay(before, answer)) {
            again();
            return;
        }
        Step step = new Step(answer.get(0).toString(), Store.number(answer.get(2)), Store.number(answer.get(3)));
        say("members read so far");
        if (!step.cursor().equals("0")) {
            next(opened, step);
            return;
        }
        if (members.size() >= SAID) {
            LOG.log(
                    System.Logger.Level.INFO,
                    "{0} members of group {1} read in {2} ms",
                    members.size(),
                    group.name(),
                    (System.nanoTime() - begun) / 1_000_000);
        }
        String last = answer.get(4).toString();
        done.complete(
                Optional.of(GroupAccess.opened(group, opened, step.offset(), last, List.copyOf(members.values()))));
    }

    /** False: more has changed since the step before than the log has kept. */
    private boolean lay(Step before, Response answer) {
        List<Entry> changes = access.entries(answer.get(5));
        if (Store.number(answer.get(3)) - before.changes() != changes.size()) {
            return false;
        }
        if (changes.stream().anyMatch(Entry.Unreadable.class::isInstance)) {
            // Only the members themselves show who is a member after it.
            return false;
        }
        changes.forEach(this::lay);
        long bytes = 0;
        Response pairs = answer.get(1);
        for (int i = 1; i < pairs.size(); i += 2) {
            bytes += pairs.get(i).toBuffer().length();
        }
        GroupAccess.eachMember(pairs, member -> members.put(member.actor(), member));
        if (pairs.size() > 0) {
            long each = Math.max(1, bytes / (pairs.size() / 2));
            atOnce = (int)
                    Math.max(1, Math.min(Math.min(StepSizes.MEMBERS, 2L * atOnce), StepSizes.MEMBER_BYTES / each));
        }
        return true;
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

    private void say(String what) {
        if (members.size() >= said + SAID) {
            said = members.size();
            LOG.log(System.Logger.Level.DEBUG, "{0} of group {1}: {2}", what, group.name(), said);
        }
    }

    /** Another epoch, or more changes between two steps than the log keeps. */
    private void again() {
        if (++attempts >= ATTEMPTS) {
            done.fail(GroupException.of(
                    ErrorCode.STORE_UNAVAILABLE, "the members change faster than they can be read; try again later"));
            return;
        }
        access.state(group).onComplete(guarded(opened -> {
            if (opened.size() == 0) {
                done.complete(Optional.empty());
            } else {
                begin(opened);
            }
        }));
    }
}
