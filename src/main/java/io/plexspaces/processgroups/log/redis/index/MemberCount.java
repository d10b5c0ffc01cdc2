package io.plexspaces.processgroups.log.redis.index;

import io.plexspaces.processgroups.domain.GroupId;
import io.plexspaces.processgroups.log.redis.store.Scripts;
import io.plexspaces.processgroups.log.redis.store.StepSizes;
import io.plexspaces.processgroups.log.redis.store.Store;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * Counts a tenant's members where they are: in its groups, by the index and by steps. Nothing is written that could
 * differ from them.
 */
public final class MemberCount {
    /** Calls for one tenant at a time, so that others are not delayed. */
    private static final int AT_ONCE = 4;

    private final Store store;
    private final TenantListing listing;

    public MemberCount(Store store, TenantListing listing) {
        this.store = store;
        this.listing = listing;
    }

    /** How many members a tenant has. Fails when its index, or one of the partitions of its groups, does not answer. */
    Future<Long> of(String tenant) {
        Pass pass = new Pass(tenant);
        return pass.from(null)
                .map(all -> pass.found.sum())
                .recover(failure -> Future.failedFuture(store.told("the groups of tenant " + tenant, failure)));
    }

    /** One count as it goes on: a page of the index after the other. */
    private final class Pass {
        private final String tenant;

        /** The members of groups that are still to be counted, by partition. */
        private final Map<Integer, List<String>> open = new HashMap<>();

        private final LongAdder found = new LongAdder();

        Pass(String tenant) {
            this.tenant = tenant;
        }

        Future<Void> from(@Nullable GroupId last) {
            return listing.after(tenant, last).compose(groups -> {
                boolean more = groups.size() == StepSizes.NAMES;
                groups.forEach(this::add);
                Future<Void> counted = count(parts(more ? StepSizes.COUNTED : 1));
                return more ? counted.compose(done -> from(groups.get(groups.size() - 1))) : counted;
            });
        }

        private void add(GroupId group) {
            open.computeIfAbsent(store.keys().partition(group), number -> new ArrayList<>())
                    .add(store.keys().group(group).members());
        }

        /** Takes what there is of partitions that have so many groups at least. */
        private Queue<List<String>> parts(int least) {
            Queue<List<String>> parts = new ConcurrentLinkedQueue<>();
            open.values().removeIf(all -> {
                if (all.size() < least) {
                    return false;
                }
                for (int from = 0; from < all.size(); from += StepSizes.COUNTED) {
                    parts.add(List.copyOf(all.subList(from, Math.min(all.size(), from + StepSizes.COUNTED))));
                }
                return true;
            });
            return parts;
        }

        private Future<Void> count(Queue<List<String>> parts) {
            List<Future<Void>> under = new ArrayList<>(AT_ONCE);
            for (int i = 0; i < AT_ONCE; i++) {
                under.add(next(parts));
            }
            return Future.all(under).mapEmpty();
        }

        /** One part after the other, until none is left. */
        private Future<Void> next(Queue<List<String>> parts) {
            List<String> part = parts.poll();
            return part == null
                    ? Future.succeededFuture()
                    : store.call(Scripts.COUNT, part).compose(members -> {
                        found.add(Store.number(members));
                        return next(parts);
                    });
        }
    }
}
