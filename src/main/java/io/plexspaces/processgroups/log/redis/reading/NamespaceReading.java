package io.plexspaces.processgroups.log.redis.reading;

import io.plexspaces.processgroups.domain.GroupException;
import io.plexspaces.processgroups.domain.GroupInfo;
import io.plexspaces.processgroups.domain.Namespace;
import io.plexspaces.processgroups.log.NamespaceReader;
import io.plexspaces.processgroups.log.redis.codec.NamespaceChange;
import io.plexspaces.processgroups.log.redis.codec.UnreadableException;
import io.plexspaces.processgroups.log.redis.index.TenantListing;
import java.util.ArrayDeque;
import java.util.List;
import java.util.NavigableMap;
import java.util.Queue;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * One reader of one namespace: gives it the present groups, then each that is created or deleted. When a change was
 * missed, the groups are read again. The first of a feed reads them from the store; later ones get what a live one
 * knows, as the changes that follow reach both. Belongs to the serial queue of its feed.
 */
public final class NamespaceReading extends Reading {
    private static final int MOST_KEPT = 1_000;

    private final NamespaceFeed feed;
    private final NamespaceReader reader;
    private final TenantListing listing;
    private final Consumer<NamespaceReading> release;
    private final Queue<NamespaceChange> kept = new ArrayDeque<>();

    /** By their names, as the index of the store orders them. */
    private final NavigableMap<String, GroupInfo> known = new TreeMap<>();

    private boolean again;
    private long version;

    /** A version that was ahead at the last check; the change's announcement may have been under way. */
    private long suspect;

    public NamespaceReading(
            NamespaceFeed feed, NamespaceReader reader, TenantListing listing, Consumer<NamespaceReading> release) {
        super("the namespace", feed.serial, listing::later);
        this.feed = feed;
        this.reader = reader;
        this.listing = listing;
        this.release = release;
    }

    @Override
    void listening() {
        guarded(() -> {
            if (state == State.READING) {
                again = true;
            } else if (state != State.ENDED) {
                NamespaceReading live = state == State.WAITING ? feed.live() : null;
                if (live == null || live.known.size() > reader.mostGroups()) {
                    load();
                } else {
                    begin(live.version, List.copyOf(live.known.values()));
                }
            }
        });
    }

    boolean isLive() {
        return state == State.LIVE;
    }

    @Override
    void unheard() {
        guarded(() -> {
            if (state == State.LIVE) {
                state = State.READING;
                later();
            } else if (state == State.READING) {
                again = true;
            }
        });
    }

    void seen(long now) {
        guarded(() -> check(now));
    }

    private void check(long now) {
        if (state != State.LIVE || now == version || (now == 0 && known.isEmpty())) {
            suspect = 0;
            nothingIsMissing();
        } else if (suspect != now) {
            suspect = now;
        } else {
            load();
        }
    }

    void announced(NamespaceChange change) {
        if (state == State.LIVE) {
            guarded(() -> apply(change));
        } else if (state == State.READING) {
            if (kept.size() < MOST_KEPT) {
                kept.add(change);
            } else {
                again = true;
            }
        }
    }

    private void load() {
        boolean reconnected = state == State.LIVE;
        state = State.READING;
        again = false;
        listing.whole(feed.namespace(), reader.mostGroups())
                .onComplete(done -> ifOpen(() -> {
                    if (done.succeeded()) {
                        loaded(done.result(), reconnected);
                    } else if (!isOpened() || done.cause() instanceof UnreadableException) {
                        end(listing.told(named(feed.namespace()), done.cause()));
                    } else {
                        later();
                    }
                }));
    }

    private void later() {
        again(() -> {
            if (state == State.READING) {
                load();
            }
        });
    }

    /** @param reconnected delivers nothing when nothing was missed */
    private void loaded(TenantListing.Whole whole, boolean reconnected) {
        if (reconnected && whole.version() == version) {
            state = State.LIVE;
        } else {
            begin(whole.version(), whole.groups());
        }
        while (state == State.LIVE && !kept.isEmpty()) {
            apply(kept.remove());
        }
        if (state == State.LIVE && again) {
            load();
        }
    }

    private void begin(long at, List<GroupInfo> groups) {
        version = at;
        known.clear();
        groups.forEach(group -> known.put(group.id().name(), group));
        call(() -> reader.snapshot(groups));
        complete();
        state = State.LIVE;
    }

    private void apply(NamespaceChange change) {
        if (change.version() <= version) {
            return;
        }
        if (change.before() != version && !(change.before() == 0 && known.isEmpty())) {
            load();
            return;
        }
        version = change.version();
        String name = change.group().name();
        GroupInfo created = change.created();
        GroupInfo present = known.get(name);
        boolean same = present != null && present.epoch().equals(change.epoch());
        if (created != null && !same) {
            known.put(name, created);
            call(() -> reader.created(created));
        } else if (created == null && present != null && same) {
            known.remove(name);
            call(() -> reader.deleted(present));
        }
    }

    @Override
    void release() {
        kept.clear();
        if (feed.remove(this)) {
            release.accept(this);
        }
    }

    @Override
    void tellFailed(GroupException cause) {
        reader.failed(cause);
    }

    static String named(Namespace namespace) {
        return "namespace " + namespace.tenant() + " " + namespace.name();
    }

    public NamespaceFeed feed() {
        return feed;
    }
}
