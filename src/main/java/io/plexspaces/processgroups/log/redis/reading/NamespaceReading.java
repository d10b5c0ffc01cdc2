package io.plexspaces.processgroups.log.redis.reading;

import io.plexspaces.processgroups.domain.ErrorCode;
import io.plexspaces.processgroups.domain.GroupException;
import io.plexspaces.processgroups.domain.GroupInfo;
import io.plexspaces.processgroups.domain.Namespace;
import io.plexspaces.processgroups.log.NamespaceReader;
import io.plexspaces.processgroups.log.Tail;
import io.plexspaces.processgroups.log.redis.codec.NamespaceChange;
import io.plexspaces.processgroups.log.redis.codec.UnreadableException;
import io.plexspaces.processgroups.log.redis.index.TenantListing;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One reader of one namespace: tells it which groups there are, then each that comes or goes. When a change was missed,
 * the groups are read anew. Belongs to the serial queue of its feed.
 */
public final class NamespaceReading implements Feed.Reading, Tail {
    private static final System.Logger LOG = System.getLogger(NamespaceReading.class.getName());
    private static final int MOST_KEPT = 1_000;

    /** Before what failed is tried again; doubled each time, up to the longest. */
    private static final long PAUSE_MILLIS = 100;

    private static final long LONGEST_PAUSE_MILLIS = 1_600;

    private final NamespaceFeed feed;
    private final NamespaceReader reader;
    private final TenantListing listing;
    private final Consumer<NamespaceReading> release;
    private final Promise<Tail> opened = Promise.promise();
    private final Queue<NamespaceChange> kept = new ArrayDeque<>();
    private final Map<String, GroupInfo> known = new HashMap<>();
    private State state = State.WAITING;
    private boolean again;
    private long pause = PAUSE_MILLIS;
    private long version;

    /** A version that was ahead at the last check; the change may have been on its way. */
    private long suspect;

    private volatile boolean closed;

    private enum State {
        WAITING,
        READING,
        LIVE,
        ENDED
    }

    public NamespaceReading(
            NamespaceFeed feed, NamespaceReader reader, TenantListing listing, Consumer<NamespaceReading> release) {
        this.feed = feed;
        this.reader = reader;
        this.listing = listing;
        this.release = release;
    }

    /** Completes when the reader has its first snapshot. */
    public Future<Tail> opened() {
        return opened.future();
    }

    /** Gives up if the channel is not heard by now. */
    public void giveUpWaiting() {
        inOrder(() -> {
            if (state == State.WAITING) {
                end(GroupException.of(ErrorCode.STORE_UNAVAILABLE, "the store does not answer; try again later"));
            }
        });
    }

    @Override
    public void close() {
        closed = true;
        inOrder(() -> end(null));
    }

    // ---- in the serial queue

    @Override
    public void listening() {
        guarded(() -> {
            if (state == State.READING) {
                again = true;
            } else if (state != State.ENDED) {
                load();
            }
        });
    }

    /** Something was announced that nobody could read. */
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
            pause = PAUSE_MILLIS;
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
                .onComplete(done -> inOrder(() -> {
                    if (state == State.ENDED) {
                        return;
                    }
                    if (done.succeeded()) {
                        loaded(done.result(), reconnected);
                    } else if (!opened.future().isComplete() || done.cause() instanceof UnreadableException) {
                        end(listing.told(named(feed.namespace()), done.cause()));
                    } else {
                        later();
                    }
                }));
    }

    /** Reads again after a pause, which grows until a check finds that nothing is missing. */
    private void later() {
        listing.later(
                pause,
                () -> inOrder(() -> {
                    if (state == State.READING) {
                        load();
                    }
                }));
        pause = Math.min(LONGEST_PAUSE_MILLIS, 2 * pause);
    }

    private void inOrder(Runnable step) {
        feed.serial.execute(() -> guarded(step));
    }

    /** A step that fails in the middle leaves nobody in the belief that this goes on; an error is also its thread's. */
    private void guarded(Runnable step) {
        try {
            step.run();
        } catch (RuntimeException failure) {
            LOG.log(System.Logger.Level.ERROR, "a reading has failed, and ends", failure);
            end(failure);
        } catch (Error failure) {
            end(failure);
            throw failure;
        }
    }

    /** @param reconnected tells nothing when nothing was missed */
    private void loaded(TenantListing.Whole whole, boolean reconnected) {
        if (!reconnected || whole.version() != version) {
            version = whole.version();
            known.clear();
            whole.groups().forEach(group -> known.put(group.id().name(), group));
            List<GroupInfo> groups = whole.groups();
            call(told -> told.snapshot(groups));
        }
        opened.tryComplete(this);
        state = State.LIVE;
        while (state == State.LIVE && !kept.isEmpty()) {
            apply(kept.remove());
        }
        if (state == State.LIVE && again) {
            load();
        }
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
            call(told -> told.created(created));
        } else if (created == null && present != null && same) {
            known.remove(name);
            call(told -> told.deleted(present));
        }
    }

    /** A reader that fails has not taken what it was told. */
    private void call(Consumer<NamespaceReader> call) {
        if (!closed) {
            call.accept(reader);
        }
    }

    /** @param cause null: the reader wants it so */
    private void end(@Nullable Throwable cause) {
        if (state == State.ENDED) {
            return;
        }
        state = State.ENDED;
        kept.clear();
        try {
            if (feed.remove(this)) {
                release.accept(this);
            }
        } finally {
            tellEnd(cause);
        }
    }

    private void tellEnd(@Nullable Throwable cause) {
        if (cause != null && !opened.tryFail(cause)) {
            GroupException told = cause instanceof GroupException known
                    ? known
                    : GroupException.of(ErrorCode.INTERNAL, "the namespace could not be read any further");
            call(open -> open.failed(told));
        }
    }

    static String named(Namespace namespace) {
        return "namespace " + namespace.tenant() + " " + namespace.name();
    }

    public NamespaceFeed feed() {
        return feed;
    }
}
