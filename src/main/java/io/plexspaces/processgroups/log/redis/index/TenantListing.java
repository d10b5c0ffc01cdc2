package io.plexspaces.processgroups.log.redis.index;

import io.plexspaces.processgroups.domain.Glob;
import io.plexspaces.processgroups.domain.GlobMatcher;
import io.plexspaces.processgroups.domain.GroupId;
import io.plexspaces.processgroups.domain.GroupInfo;
import io.plexspaces.processgroups.domain.Namespace;
import io.plexspaces.processgroups.log.GroupPage;
import io.plexspaces.processgroups.log.GroupQuery;
import io.plexspaces.processgroups.log.redis.store.Keys;
import io.plexspaces.processgroups.log.redis.store.Scripts;
import io.plexspaces.processgroups.log.redis.store.StepSizes;
import io.plexspaces.processgroups.log.redis.store.Store;
import io.vertx.core.Future;
import io.vertx.redis.client.Response;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads a tenant's index. What it lists is looked up in the groups themselves, so that only groups that are there are
 * shown.
 */
public final class TenantListing {
    private final Store store;
    private final TenantIndex index;

    public TenantListing(Store store, TenantIndex index) {
        this.store = store;
        this.index = index;
    }

    /**
     * All groups of a namespace.
     *
     * @param version of the namespace: changes after it are not included for certain
     * @param groups ordered by name
     */
    public record Whole(long version, List<GroupInfo> groups) {}

    /** @param name as the index orders it */
    private record Listed(GroupId group, String epoch, String name) {}

    /** Names of the index, and what goes with them. */
    private record Names(long version, int count, List<Listed> listed) {}

    /** The error that clients receive when a namespace cannot be read. */
    public Throwable told(String namespace, Throwable failure) {
        return store.told(namespace, failure);
    }

    public void later(long millis, Runnable task) {
        store.servers().later(millis, task);
    }

    /**
     * By steps, so that no other caller has to wait for a namespace of many groups.
     *
     * @param most groups; one more at most when there are more
     */
    public Future<Whole> whole(Namespace namespace, int most) {
        Range range = Range.of(namespace, "");
        return names(namespace, range, range, step(most, 0))
                .compose(names -> whole(namespace, range, most, new Whole(names.version(), new ArrayList<>()), names));
    }

    private Future<Whole> whole(Namespace namespace, Range range, int most, Whole before, Names names) {
        List<Listed> listed = names.listed();
        int asked = step(most, before.groups().size());
        return shown(listed).compose(groups -> {
            before.groups().addAll(groups);
            int read = before.groups().size();
            if (listed.size() < asked || read > most) {
                return Future.succeededFuture(new Whole(before.version(), List.copyOf(before.groups())));
            }
            Range rest = new Range("(" + listed.get(listed.size() - 1).name(), range.last());
            return names(namespace, rest, rest, step(most, read))
                    .compose(next -> whole(namespace, range, most, before, next));
        });
    }

    private static int step(int most, int read) {
        return (int) Math.min(StepSizes.NAMES, most - (long) read + 1);
    }

    /** The version of a namespace's index; 0: it had no groups for a while. */
    public Future<Long> version(Namespace namespace) {
        Range range = Range.of(namespace, "");
        return names(namespace, range, range, 0).map(Names::version);
    }

    public Future<GroupPage> page(GroupQuery query) {
        return found(query)
                .recover(failure -> Future.failedFuture(store.told("the groups of tenant " + query.tenant(), failure)));
    }

    private Future<GroupPage> found(GroupQuery query) {
        Glob glob = query.names();
        Namespace namespace = new Namespace(query.tenant(), query.namespace() == null ? "" : query.namespace());
        Range range = query.namespace() == null ? Range.ALL : Range.of(namespace, glob.prefix());
        Page page = new Page(query);
        if (isPrefix(glob) && (query.namespace() != null || glob.prefix().isEmpty())) {
            return names(namespace, range.after(query.after()), range, (int) Math.min(query.limit() + 1L, 1 << 30))
                    .compose(names -> {
                        names.listed().forEach(page::add);
                        return page.done(names.count());
                    });
        }
        return scan(namespace, range, page);
    }

    /** One range of the index holds exactly what the pattern matches. */
    private static boolean isPrefix(Glob glob) {
        String value = glob.value();
        return value.isEmpty() || value.equals(glob.prefix() + "*");
    }

    /** Reads every name, as the number of matches is not known otherwise. */
    private Future<GroupPage> scan(Namespace namespace, Range rest, Page page) {
        return names(namespace, rest, rest, StepSizes.NAMES).compose(names -> {
            List<Listed> listed = names.listed();
            for (Listed one : listed) {
                if (page.names.matches(one.group().name())) {
                    page.total++;
                    page.add(one);
                }
            }
            return listed.size() < StepSizes.NAMES
                    ? page.done(page.total)
                    : scan(
                            namespace,
                            new Range("(" + listed.get(listed.size() - 1).name(), rest.last()),
                            page);
        });
    }

    /**
     * The next groups of a tenant, whether they are there or not, in order; empty: there are no more.
     *
     * @param last of those before; null: from the first
     */
    Future<List<GroupId>> after(String tenant, @Nullable GroupId last) {
        Range rest = Range.ALL.after(last);
        return names(new Namespace(tenant, ""), rest, rest, StepSizes.NAMES)
                .map(names -> names.listed().stream().map(Listed::group).toList());
    }

    private Future<Names> names(Namespace namespace, Range range, Range counted, int limit) {
        Keys.Index keys = store.keys().index(namespace.tenant());
        return store.call(
                        Scripts.NAMES,
                        List.of(keys.groups(), keys.epochs(), keys.version(namespace)),
                        range.first(),
                        range.last(),
                        limit,
                        counted.first(),
                        counted.last())
                .map(said -> names(namespace.tenant(), said));
    }

    private static Names names(String tenant, Response said) {
        List<Listed> listed = new ArrayList<>(said.size() / 2);
        for (int i = 2; i < said.size(); i += 2) {
            String name = said.get(i).toString();
            String[] words = name.split(" ", 2);
            listed.add(new Listed(
                    GroupId.of(tenant, words[0], words[1]), said.get(i + 1).toString(), name));
        }
        return new Names(Store.number(said.get(0)), Integer.parseInt(said.get(1).toString()), listed);
    }

    /** In the same order, without those that are not there. */
    private Future<List<GroupInfo>> shown(List<Listed> listed) {
        return index.infos(listed.stream().map(Listed::group).toList()).map(found -> {
            List<GroupInfo> shown = new ArrayList<>(listed.size());
            for (Listed one : listed) {
                GroupInfo info = found.get(one.group());
                if (info == null) {
                    index.heal(one.group(), one.epoch());
                } else {
                    shown.add(info);
                }
            }
            return List.copyOf(shown);
        });
    }

    /** An answer as it grows. */
    private final class Page {
        private final GroupQuery query;
        private final GlobMatcher names;
        private final List<Listed> found = new ArrayList<>();
        private boolean more;
        private int total;

        Page(GroupQuery query) {
            this.query = query;
            this.names = query.names().matcher();
        }

        void add(Listed one) {
            if (query.after() != null && one.group().compareTo(query.after()) <= 0) {
                return;
            }
            if (found.size() < query.limit()) {
                found.add(one);
            } else {
                more = true;
            }
        }

        Future<GroupPage> done(int count) {
            return shown(found).map(groups -> new GroupPage(groups, more, count - (found.size() - groups.size())));
        }
    }

    /** Both ends as ZRANGEBYLEX takes them. */
    private record Range(String first, String last) {
        static final Range ALL = new Range("-", "+");

        /** Every name of the namespace that begins so. {@code DEL} is greater than every character of a name. */
        static Range of(Namespace namespace, String prefix) {
            String begin = namespace.name() + " " + prefix;
            return new Range("[" + begin, "(" + begin + '\u007f');
        }

        Range after(@Nullable GroupId group) {
            if (group == null) {
                return this;
            }
            String name = TenantIndex.name(group);
            boolean inside = first.equals("-") || name.compareTo(first.substring(1)) >= 0;
            return inside ? new Range("(" + name, last) : this;
        }
    }
}
