package io.plexspaces.processgroups.core.session;

import io.plexspaces.processgroups.core.Settings;
import io.plexspaces.processgroups.core.delivery.Connection;
import io.plexspaces.processgroups.core.delivery.Subscriber;
import io.plexspaces.processgroups.core.group.GroupReplica;
import io.plexspaces.processgroups.core.group.Replicas;
import io.plexspaces.processgroups.domain.ErrorCode;
import io.plexspaces.processgroups.domain.GroupException;
import io.plexspaces.processgroups.domain.GroupId;
import io.plexspaces.processgroups.domain.GroupInfo;
import io.plexspaces.processgroups.domain.Namespace;
import io.plexspaces.processgroups.domain.OverflowPolicy;
import io.plexspaces.processgroups.log.NamespaceReader;
import io.plexspaces.processgroups.log.SerialQueue;
import io.plexspaces.processgroups.log.Tail;
import io.smallrye.mutiny.Uni;
import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The watches of one connection: they end with it. Thread-safe.
 *
 * <p>One file, as the watch of a namespace is made of watches of groups, in the same maps.
 */
public final class ConnectionWatches {
    private static final System.Logger LOG = System.getLogger(ConnectionWatches.class.getName());

    /** About what a watched group takes, for each connection that watches it. */
    private static final int BYTES_OF_A_WATCH = 300;

    private final Connection connection;
    private final Replicas replicas;
    private final Settings settings;

    /** Whom the connection is counted for; null: for its session. Else it is for one watch alone. */
    private final @Nullable Shares shares;

    private final Map<GroupId, Subscriber> groups = new ConcurrentHashMap<>(2);

    /** Those that were asked for one by one. */
    private final Map<GroupId, Subscriber> asked = new ConcurrentHashMap<>(2);

    private final Map<Namespace, NamespaceWatch> namespaces = new ConcurrentHashMap<>(2);

    ConnectionWatches(Connection connection, Replicas replicas, Settings settings, @Nullable Shares shares) {
        this.connection = connection;
        this.replicas = replicas;
        this.settings = settings;
        this.shares = shares;
        connection.onEnd(cause -> endAll());
    }

    /**
     * The members of a group, then every change. GROUP_NOT_FOUND; FAILED_PRECONDITION when it is watched already, alone
     * or with its namespace; LIMIT_EXCEEDED.
     */
    public Uni<Void> watch(GroupId group) {
        return counted(group.namespace(), () -> begin(group));
    }

    private Uni<Void> begin(GroupId group) {
        NamespaceWatch ending = ending(group.namespace());
        if (ending != null) {
            return Uni.createFrom().completionStage(ending::close).chain(() -> begin(group));
        }
        GroupException refused = namespaces.containsKey(group.namespace())
                ? GroupException.of(ErrorCode.FAILED_PRECONDITION, "the namespace is watched already")
                : full();
        if (refused != null) {
            return Uni.createFrom().failure(refused);
        }
        Subscriber subscriber = subscriber(group);
        if (asked.putIfAbsent(group, subscriber) != null) {
            return Uni.createFrom().failure(watchedAlready());
        }
        return attach(subscriber, false).onFailure().invoke(() -> asked.remove(group, subscriber));
    }

    /** The groups of a namespace as if they were just created, each with its members; then every change. */
    public Uni<Void> watch(Namespace namespace) {
        return counted(namespace, () -> begin(namespace));
    }

    private Uni<Void> counted(Namespace namespace, Supplier<Uni<Void>> watch) {
        return shares == null ? watch.get() : shares.counted(connection, namespace.tenant(), watch);
    }

    private Uni<Void> begin(Namespace namespace) {
        NamespaceWatch ending = ending(namespace);
        if (ending != null) {
            return Uni.createFrom().completionStage(ending::close).chain(() -> begin(namespace));
        }
        GroupException refused = full();
        if (refused != null) {
            return Uni.createFrom().failure(refused);
        }
        NamespaceWatch watch = new NamespaceWatch(namespace);
        if (namespaces.putIfAbsent(namespace, watch) != null) {
            return Uni.createFrom().failure(watchedAlready());
        }
        return replicas.follow(namespace, watch)
                .invoke(watch::opened)
                .onFailure()
                .invoke(() -> namespaces.remove(namespace, watch))
                .replaceWithVoid();
    }

    /** A watch that was given up, and leaves its groups by steps; null: there is none. */
    private @Nullable NamespaceWatch ending(Namespace namespace) {
        NamespaceWatch watch = namespaces.get(namespace);
        return watch != null && watch.isClosing() ? watch : null;
    }

    /** FAILED_PRECONDITION when not watched. */
    public Uni<Void> unwatch(GroupId group) {
        if (namespaces.containsKey(group.namespace()) || !groups.containsKey(group)) {
            return Uni.createFrom().failure(notWatched());
        }
        detach(group);
        return Uni.createFrom().voidItem();
    }

    /** FAILED_PRECONDITION when not watched. */
    public Uni<Void> unwatch(Namespace namespace) {
        NamespaceWatch watch = namespaces.get(namespace);
        return watch == null || watch.isClosing()
                ? Uni.createFrom().failure(notWatched())
                : Uni.createFrom().completionStage(watch::close);
    }

    /** Ends watches but for those that are still allowed. */
    public void keepOnly(Predicate<GroupId> group, Predicate<Namespace> all) {
        for (Namespace namespace : List.copyOf(namespaces.keySet())) {
            NamespaceWatch watch = all.test(namespace) ? null : namespaces.get(namespace);
            if (watch != null) {
                watch.closeNow();
            }
        }
        List.copyOf(asked.keySet()).stream().filter(group.negate()).forEach(this::detach);
    }

    private @Nullable GroupException full() {
        int limit = settings.watchesPerConnection();
        return asked.size() + namespaces.size() >= limit ? GroupException.limit("watches-per-connection", limit) : null;
    }

    private Subscriber subscriber(GroupId group) {
        return new Subscriber(connection, group, null, OverflowPolicy.DISCONNECT);
    }

    private Uni<Void> attach(Subscriber subscriber, boolean created) {
        GroupId group = subscriber.group();
        long kept = (long) groups.size() * BYTES_OF_A_WATCH;
        if (!connection.keep(kept, BYTES_OF_A_WATCH)) {
            return Uni.createFrom()
                    .failure(GroupException.of(ErrorCode.OVERLOADED, "the server holds too much for its clients"));
        }
        if (groups.putIfAbsent(group, subscriber) != null) {
            connection.forget(BYTES_OF_A_WATCH);
            return Uni.createFrom().failure(watchedAlready());
        }
        return replicas.with(
                        group, replica -> replica.watch(subscriber, created, gone -> ended(group, subscriber, gone))
                                .invoke(() -> begun(replica, subscriber)))
                .onFailure()
                .invoke(() -> forget(group, subscriber));
    }

    private void forget(GroupId group, Subscriber subscriber) {
        if (groups.remove(group, subscriber)) {
            connection.forget(BYTES_OF_A_WATCH);
        }
    }

    /** It may have been given up before it began, also by the end of a watch that did not know of it yet. */
    private void begun(GroupReplica replica, Subscriber subscriber) {
        if (connection.isClosed() || !isWanted(subscriber)) {
            detach(subscriber.group());
        }
        if (groups.get(subscriber.group()) != subscriber) {
            replica.unwatch(subscriber);
        }
    }

    private boolean isWanted(Subscriber subscriber) {
        NamespaceWatch watch = namespaces.get(subscriber.group().namespace());
        return asked.get(subscriber.group()) == subscriber || (watch != null && !watch.isClosing());
    }

    private void detach(GroupId group) {
        asked.remove(group);
        Subscriber subscriber = groups.get(group);
        GroupReplica replica = subscriber == null ? null : replicas.ifOpen(group);
        if (subscriber != null) {
            forget(group, subscriber);
        }
        if (subscriber != null && replica != null) {
            replica.unwatch(subscriber);
        }
    }

    private void ended(GroupId group, Subscriber subscriber, GroupException cause) {
        asked.remove(group, subscriber);
        forget(group, subscriber);
        NamespaceWatch watch = namespaces.get(group.namespace());
        if (watch != null) {
            watch.ended(group);
        } else if (shares != null) {
            connection.finish(cause);
        }
    }

    private void endAll() {
        List.copyOf(namespaces.values()).forEach(NamespaceWatch::close);
        List.copyOf(asked.keySet()).forEach(this::detach);
    }

    private static GroupException watchedAlready() {
        return GroupException.of(ErrorCode.FAILED_PRECONDITION, "watched already");
    }

    private static GroupException notWatched() {
        return GroupException.of(ErrorCode.FAILED_PRECONDITION, "not watched");
    }

    /** Watches each group of a namespace as it comes. */
    private final class NamespaceWatch implements NamespaceReader {
        /** Groups that are opened at once, and those that are begun or left before others have their turn. */
        private static final int AT_ONCE = 32;

        private final Namespace namespace;

        /** Groups that were created again while their epoch before is still watched. */
        private final Set<GroupId> nextLives = ConcurrentHashMap.newKeySet();

        /** Of a snapshot, and not begun yet: in the queue alone. */
        private final Queue<GroupInfo> found = new ArrayDeque<>();

        private final SerialQueue beginning = new SerialQueue();
        private int begun;
        private int left = AT_ONCE;
        private boolean resting;

        private final AtomicBoolean closing = new AtomicBoolean();
        private final CompletableFuture<Void> closed = new CompletableFuture<>();
        private volatile @Nullable Tail tail;

        NamespaceWatch(Namespace namespace) {
            this.namespace = namespace;
        }

        void opened(Tail opened) {
            tail = opened;
            if (isClosing() || connection.isClosed()) {
                close();
            }
        }

        @Override
        public int mostGroups() {
            return settings.watchedGroups();
        }

        /**
         * Opens them a few at a time: thousands at once would delay everything else on this node, its lease too.
         */
        @Override
        public void snapshot(List<GroupInfo> groups) {
            beginning.execute(() -> {
                // A later snapshot lists all groups there are: what waits from the one before is no longer needed.
                found.clear();
                found.addAll(groups);
                beginNext();
            });
        }

        private void beginNext() {
            while (begun < AT_ONCE && !found.isEmpty() && !resting) {
                if (left == 0) {
                    resting = true;
                    connection.soon(() -> beginning.execute(this::goOn));
                    return;
                }
                left--;
                begun++;
                begin(
                        found.remove(),
                        () -> beginning.execute(() -> {
                            begun--;
                            beginNext();
                        }));
            }
        }

        private void goOn() {
            resting = false;
            left = AT_ONCE;
            beginNext();
        }

        @Override
        public void created(GroupInfo group) {
            begin(group, () -> {});
        }

        /** @param then called once, when it is begun, or cannot be */
        private void begin(GroupInfo group, Runnable then) {
            boolean attaching = false;
            try {
                attaching = follow(group, then);
            } catch (RuntimeException | Error failure) {
                LOG.log(System.Logger.Level.ERROR, "a group of a namespace could not be watched", failure);
                notAttached(group.id(), failure);
            }
            if (!attaching) {
                then.run();
            }
        }

        /** False: {@code then} will not be called. */
        private boolean follow(GroupInfo group, Runnable then) {
            GroupReplica replica = replicas.ifOpen(group.id());
            boolean known = groups.containsKey(group.id())
                    && replica != null
                    && replica.epoch().equals(group.epoch());
            if (isClosing() || known) {
                return false;
            }
            if (groups.containsKey(group.id())) {
                // The group was created again, or its log continues under a new epoch: the end of the watched log shows
                // which.
                nextLives.add(group.id());
                if (!groups.containsKey(group.id())) {
                    ended(group.id());
                }
                return false;
            }
            if (groups.size() >= settings.watchedGroups()) {
                connection.cut(GroupException.limit("watched-groups", settings.watchedGroups()));
                return false;
            }
            if (replica != null && !replica.epoch().equals(group.epoch())) {
                nextLives.add(group.id());
            }
            attachTo(group.id(), then);
            return true;
        }

        private void attachTo(GroupId group, Runnable then) {
            attach(subscriber(group), true)
                    .onTermination()
                    .invoke(then)
                    .subscribe()
                    .with(done -> {}, failure -> notAttached(group, failure));
        }

        /**
         * An epoch of a group has ended; the group may have been created again, and this may have been notified of that
         * already.
         */
        void ended(GroupId group) {
            if (nextLives.remove(group) && !isClosing()) {
                attachTo(group, () -> {});
            }
        }

        @Override
        public void deleted(GroupInfo group) {
            // The group's own log notifies its watches, after all its earlier events.
        }

        @Override
        public void failed(GroupException cause) {
            connection.cut(cause);
        }

        /** A group that is gone again needs no watch; any other failure would leave the client's picture incomplete. */
        private void notAttached(GroupId group, Throwable failure) {
            GroupException cause = failure instanceof GroupException expected
                    ? expected
                    : GroupException.of(ErrorCode.INTERNAL, "the namespace could not be watched");
            if (cause.code() == ErrorCode.GROUP_NOT_FOUND) {
                ended(group);
            } else {
                connection.cut(cause);
            }
        }

        boolean isClosing() {
            return closing.get();
        }

        /** Completes when no group is watched any more: they are left by steps. */
        CompletableFuture<Void> close() {
            return close(AT_ONCE);
        }

        /** Whoever may not watch any more sees nothing from now on. */
        void closeNow() {
            close(Integer.MAX_VALUE);
            List.copyOf(groups.keySet()).stream()
                    .filter(group -> group.namespace().equals(namespace) && !asked.containsKey(group))
                    .forEach(this::leave);
        }

        private CompletableFuture<Void> close(int atOnce) {
            Tail opened = tail;
            if (opened != null) {
                opened.close();
            }
            if (closing.compareAndSet(false, true)) {
                beginning.execute(found::clear);
                leave(List.copyOf(groups.keySet()).iterator(), atOnce);
            }
            return closed;
        }

        private void leave(Iterator<GroupId> rest, int atOnce) {
            for (int some = atOnce; some > 0 && rest.hasNext(); ) {
                GroupId group = rest.next();
                if (group.namespace().equals(namespace)) {
                    some--;
                    leave(group);
                }
            }
            if (rest.hasNext()) {
                connection.soon(() -> leave(rest, atOnce));
            } else {
                namespaces.remove(namespace, this);
                closed.complete(null);
            }
        }

        /** Whatever becomes of one, the others are left. */
        private void leave(GroupId group) {
            try {
                detach(group);
            } catch (RuntimeException | Error failure) {
                LOG.log(System.Logger.Level.ERROR, "a group of a namespace could not be left", failure);
            }
        }
    }
}
