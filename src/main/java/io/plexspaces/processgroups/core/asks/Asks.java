package io.plexspaces.processgroups.core.asks;

import io.plexspaces.processgroups.core.AskObserver;
import io.plexspaces.processgroups.core.Groups;
import io.plexspaces.processgroups.core.Groups.AskRequest;
import io.plexspaces.processgroups.core.Groups.PublishRequest;
import io.plexspaces.processgroups.core.Groups.PublishResult;
import io.plexspaces.processgroups.core.Missing;
import io.plexspaces.processgroups.core.asks.RecentAsks.Asked;
import io.plexspaces.processgroups.core.delivery.Connection;
import io.plexspaces.processgroups.domain.Asker;
import io.plexspaces.processgroups.domain.Entry;
import io.plexspaces.processgroups.domain.ErrorCode;
import io.plexspaces.processgroups.domain.GroupException;
import io.plexspaces.processgroups.domain.GroupId;
import io.plexspaces.processgroups.domain.TenantPlaces;
import io.plexspaces.processgroups.log.GroupLog;
import io.plexspaces.processgroups.log.Letter;
import io.plexspaces.processgroups.log.NodeMail;
import io.plexspaces.processgroups.tasks.Delays;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.subscription.UniEmitter;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The asks of this node's clients that are open, and the replies that come for them, from members here and on other
 * nodes. Nothing is kept of an ask that is over. Thread-safe.
 *
 * <p>One file, as requests and letters meet in its one table.
 */
public final class Asks {
    private static final System.Logger LOG = System.getLogger(Asks.class.getName());

    /** The asker's node decides when it is over: others are not to be quicker. */
    private static final Duration SLACK = Duration.ofSeconds(1);

    private final GroupLog log;
    private final AskLetters letters;
    private final NodeMail.Address address;
    private final Bounds bounds;
    private final Delays delays;
    private final LongSupplier nanos;
    private final AskObserver observer;
    private final RecentAsks recent = new RecentAsks();
    private final Map<Long, Ask> open = new ConcurrentHashMap<>(2);
    private final TenantPlaces places;
    private final Map<Connection, ConnectionAsks> connections = new ConcurrentHashMap<>(2);
    private final AtomicLong ids = new AtomicLong();

    /**
     * How much may be asked at a time.
     *
     * @param open asks of all clients of this node
     * @param perConnection asks of one connection
     * @param recipients members that one ask may be for
     */
    public record Bounds(int open, int perConnection, int recipients) {}

    /**
     * What time is to these asks.
     *
     * @param nanos a clock that only moves on, in nanoseconds
     */
    public record Times(Delays delays, LongSupplier nanos) {}

    /** The groups, as an ask needs them. */
    public interface Way {
        Uni<PublishResult> publish(PublishRequest request);

        /** Does something in a group, which is open meanwhile. */
        <T> Uni<T> in(GroupId group, Function<GroupAsks, Uni<T>> use);
    }

    /** @param address of this run of the node: nobody else has it, or ever had it */
    public Asks(
            GroupLog log, NodeMail mail, NodeMail.Address address, Bounds bounds, Times times, AskObserver observer) {
        this.log = log;
        this.address = address;
        this.bounds = bounds;
        this.places = new TenantPlaces(bounds.open());
        this.delays = times.delays();
        this.nanos = times.nanos();
        this.observer = observer;
        this.letters = new AskLetters(mail, address, nanos, this::read);
    }

    GroupLog log() {
        return log;
    }

    NodeMail.Address address() {
        return address;
    }

    Bounds bounds() {
        return bounds;
    }

    Delays delays() {
        return delays;
    }

    long nanos() {
        return nanos.getAsLong();
    }

    AskObserver observer() {
        return observer;
    }

    RecentAsks recent() {
        return recent;
    }

    AskLetters letters() {
        return letters;
    }

    /** From the start on, so that no ask waits for it, and none of a session is overtaken by what follows. */
    public void listen() {
        letters.listening()
                .subscribe()
                .with(
                        done -> {},
                        failure -> LOG.log(
                                System.Logger.Level.WARNING, "replies of other servers are not received yet", failure));
    }

    /** As {@link Groups#ask}. */
    public Uni<PublishResult> ask(AskRequest request, Way way) {
        return Uni.createFrom().emitter(answer -> begin(request, way, answer));
    }

    private void begin(AskRequest request, Way way, UniEmitter<? super PublishResult> answer) {
        AskListener listener = new AskListener(request, of(request.connection()));
        Ask ask = new Ask(this, ids.incrementAndGet(), request, listener, way);
        admit(ask, listener, request);
        Groups.Asking asking = new Groups.Asking(ask.asker(request.timeout()), Set.of());
        letters.listening()
                .chain(() -> way.publish(
                        asking(request.publish(), asking, request.publish().missing())))
                .subscribe()
                .with(
                        result -> guarded(ask, answer, () -> published(ask, request, listener, way, result, answer)),
                        failure -> {
                            ask.end();
                            answer.fail(failure);
                        });
    }

    /** Whatever happens, the request has an answer, and nothing stays of what has failed. */
    private static void guarded(Ask ask, UniEmitter<?> answer, Runnable step) {
        try {
            step.run();
        } catch (RuntimeException | Error failure) {
            ask.end();
            answer.fail(failure);
        }
    }

    private void admit(Ask ask, AskListener listener, AskRequest request) {
        if (!places.hasRoom(ask.tenant())) {
            throw GroupException.of(ErrorCode.OVERLOADED, "too many asks are open on this server, try again");
        }
        take(ask);
        try {
            add(ask, listener, request);
        } catch (GroupException refused) {
            forget(ask);
            throw refused;
        }
        int message = request.retryOther() ? request.publish().message().weight() : 0;
        if (!listener.keep((long) Ask.BYTES + message)) {
            ask.end();
            throw noRoom();
        }
    }

    private void add(Ask ask, AskListener listener, AskRequest request) {
        Groups.AskedAs right = askedAs(request);
        of(request.connection())
                .add(request.number(), right, listener, () -> ask.leave(listener), () -> ask.withdraw(listener));
    }

    /** Who asks is told who the members are, or is not: here, all of them have to be known. */
    static PublishRequest asking(PublishRequest request, Groups.Asking asking, @Nullable Missing missing) {
        return new PublishRequest(
                request.group(),
                request.message(),
                request.topic(),
                request.spread(),
                request.key(),
                request.excludeSender(),
                Groups.RecipientDetail.IDS,
                asking,
                missing);
    }

    static GroupException noRoom() {
        return GroupException.of(ErrorCode.OVERLOADED, "the server holds too much for its clients");
    }

    private void published(
            Ask ask,
            AskRequest request,
            AskListener listener,
            Way way,
            PublishResult result,
            UniEmitter<? super PublishResult> answer) {
        if (!result.repeated()) {
            ask.published(result, listener, answer);
            return;
        }
        way.in(request.publish().group(), group -> group.at(result.position())
                        .invoke(asked -> group.execute(() ->
                                guarded(ask, answer, () -> repeated(ask, request, way, group, asked, result, answer)))))
                .subscribe()
                .with(known -> {}, failure -> {
                    ask.end();
                    answer.fail(failure);
                });
    }

    /**
     * The message was published before, under the same idempotency key. In the group's reading. While its ask is open
     * here, this one has the replies from now on, too. When nobody waits for them, this one does. Else they go to where
     * they cannot be had.
     */
    private void repeated(
            Ask ask,
            AskRequest request,
            Way way,
            GroupAsks group,
            Optional<Asked> asked,
            PublishResult result,
            UniEmitter<? super PublishResult> answer) {
        Asked before = asked.orElse(null);
        if (before == null || !isThis(before.asker()) || before.isOver(nanos())) {
            ask.end();
            answer.fail(before(before == null ? "by a message that waits for no replies" : "on another server"));
            return;
        }
        Ask first = open.get(before.asker().ask());
        AskListener again = new AskListener(request, of(request.connection()));
        ask.end();
        Ask present = first == null ? new Ask(this, before.asker().ask(), request, again, way) : first;
        add(present, again, request);
        if (first != null) {
            first.join(again, result, answer);
            return;
        }
        // In place of the one that has just ended.
        take(present);
        guarded(present, answer, () -> {
            if (result.truncated()) {
                present.end();
                answer.fail(before("for more members than this server knows"));
            } else {
                present.resume(
                        group, group.present(result.ids(), result.position().offset()));
                present.published(result, again, answer);
            }
        });
    }

    private static GroupException before(String how) {
        return GroupException.of(ErrorCode.ASKED_BEFORE, "the idempotency key was used before, " + how);
    }

    /** As {@link Groups#endAsk}. */
    public boolean end(Connection connection, long number) {
        ConnectionAsks asks = connections.get(connection);
        return asks != null && asks.end(number);
    }

    /** As {@link Groups#keepAsks}. */
    public void keep(Connection connection, Predicate<Groups.AskedAs> allowed) {
        ConnectionAsks asks = connections.get(connection);
        if (asks != null) {
            asks.keep(allowed);
        }
    }

    private static Groups.AskedAs askedAs(AskRequest request) {
        PublishRequest publish = request.publish();
        boolean named = publish.recipients() == Groups.RecipientDetail.IDS;
        return new Groups.AskedAs(publish.group(), publish.message().sender(), publish.topic(), named);
    }

    private ConnectionAsks of(Connection connection) {
        ConnectionAsks known = connections.get(connection);
        if (known != null) {
            return known;
        }
        ConnectionAsks made = new ConnectionAsks(connection, bounds.perConnection());
        ConnectionAsks first = connections.putIfAbsent(connection, made);
        if (first != null) {
            return first;
        }
        connection.onEnd(cause -> ended(connection, made));
        if (connection.isClosed()) {
            // It may have ended before it could be heard of.
            ended(connection, made);
        }
        return made;
    }

    private void ended(Connection connection, ConnectionAsks asks) {
        connections.remove(connection, asks);
        asks.endAll();
    }

    private void take(Ask ask) {
        places.take(ask.tenant());
        open.put(ask.id(), ask);
    }

    void forget(Ask ask) {
        if (open.remove(ask.id(), ask)) {
            places.giveBack(ask.tenant());
        }
    }

    boolean isThis(Asker asker) {
        return asker.run() == address.run() && asker.node().equals(address.node());
    }

    /** Null: it is of another node, or over. */
    @Nullable
    Ask ofThis(Asker asker) {
        return isThis(asker) ? open.get(asker.ask()) : null;
    }

    /** When nobody waits for replies to a message any more, about. */
    long end(GroupId group, Entry.Published entry, Asker asker) {
        Duration left = asker.timeout().minus(log.age(group, entry.at())).plus(SLACK);
        return nanos() + left.toNanos();
    }

    void failed(Throwable defect) {
        LOG.log(System.Logger.Level.ERROR, "an ask could not begin", defect);
    }

    /** A reply from another node. */
    private void read(Letter.Reply reply) {
        Ask ask = open.get(reply.ask());
        if (ask == null) {
            letters.receipt(reply, Letter.Outcome.OVER);
        } else {
            ask.take(reply);
        }
    }

    /** To be called about every second. */
    public void tick() {
        recent.tick(nanos());
        letters.tick();
    }

    /** Asks of this node's clients that are open. */
    public int open() {
        return places.taken();
    }

    /** All that is kept: asks, connections with asks, replies under way, messages of others that ask. */
    public int held() {
        return open.size()
                + connections.values().stream().mapToInt(ConnectionAsks::size).sum()
                + letters.size();
    }

    /** Messages that ask, and whose askers may still wait. */
    public int remembered() {
        return recent.size();
    }
}
