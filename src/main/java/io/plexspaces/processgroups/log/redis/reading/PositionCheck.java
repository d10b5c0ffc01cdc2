package io.plexspaces.processgroups.log.redis.reading;

import io.plexspaces.processgroups.log.redis.index.TenantListing;
import io.plexspaces.processgroups.log.redis.store.Scripts;
import io.plexspaces.processgroups.log.redis.store.StepSizes;
import io.plexspaces.processgroups.log.redis.store.Store;
import io.vertx.redis.client.Response;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Compares regularly where each log that is read ends with how far its readings are: after a lost announcement there
 * may be no later one that shows the hole.
 */
public final class PositionCheck {
    private static final System.Logger LOG = System.getLogger(PositionCheck.class.getName());

    private final Store store;
    private final TenantListing listing;
    private final Feeds<?, GroupFeed> groups;
    private final Feeds<?, NamespaceFeed> namespaces;

    public PositionCheck(
            Store store, TenantListing listing, Feeds<?, GroupFeed> groups, Feeds<?, NamespaceFeed> namespaces) {
        this.store = store;
        this.listing = listing;
        this.groups = groups;
        this.namespaces = namespaces;
    }

    public void run() {
        Map<Integer, List<GroupFeed>> byPartition = new HashMap<>();
        groups.forEach(feed -> byPartition
                .computeIfAbsent(store.keys().partition(feed.group()), number -> new ArrayList<>())
                .add(feed));
        byPartition.forEach((partition, together) -> {
            for (int from = 0; from < together.size(); from += StepSizes.POSITIONS) {
                check(partition, together.subList(from, Math.min(together.size(), from + StepSizes.POSITIONS)));
            }
        });
        namespaces.forEach(feed -> listing.version(feed.namespace()).onSuccess(feed::seen));
    }

    private void check(int partition, List<GroupFeed> feeds) {
        long called = System.nanoTime();
        List<String> keys = feeds.stream()
                .map(feed -> store.keys().group(feed.group()).group())
                .toList();
        store.call(Scripts.POSITIONS, keys)
                .onSuccess(said -> {
                    store.clocks().get(partition).told(Store.number(said.get(2 * feeds.size())), called);
                    seen(feeds, said);
                })
                .onFailure(failure -> LOG.log(System.Logger.Level.DEBUG, "positions not checked", failure));
    }

    private static void seen(List<GroupFeed> feeds, Response said) {
        for (int i = 0; i < feeds.size(); i++) {
            String end = said.get(2 * i + 1).toString();
            feeds.get(i).seen(said.get(2 * i).toString(), end.isEmpty() ? 0 : Long.parseLong(end));
        }
    }
}
