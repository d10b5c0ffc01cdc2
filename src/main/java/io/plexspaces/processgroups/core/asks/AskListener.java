package io.plexspaces.processgroups.core.asks;

import io.plexspaces.processgroups.core.Groups;
import io.plexspaces.processgroups.core.delivery.Connection;
import io.plexspaces.processgroups.core.delivery.Event;
import io.plexspaces.processgroups.core.delivery.Event.AskCompleted.Missed;
import io.plexspaces.processgroups.core.delivery.Frame;
import io.plexspaces.processgroups.domain.ActorId;
import io.plexspaces.processgroups.domain.GroupId;
import io.plexspaces.processgroups.domain.Message;
import io.plexspaces.processgroups.domain.MissingReason;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Who is told what comes of an ask: a connection. Belongs to the reading of the group. */
final class AskListener {
    /** Of a list of those who have not replied. */
    private static final int MOST_BYTES = 3 * 512 * 1024;

    private static final int ID_BYTES = 16;

    private final GroupId group;
    private final ConnectionAsks asks;
    private final Connection connection;
    private final long number;
    private final boolean only;

    /** Whether it may know who the members are. */
    private final boolean named;

    /** What came before its request was answered; null: it is. */
    private @Nullable List<Event> held = new ArrayList<>(1);

    /** Those whose replies came before it did; null: there are none. */
    private @Nullable Map<ActorId, MissingReason> unseen;

    /** Bytes that count for it. */
    private long kept;

    private boolean released;
    private boolean silent;

    /** It has had its last event, or will have it with those that are held. */
    private boolean over;

    AskListener(Groups.AskRequest request, ConnectionAsks asks) {
        this.group = request.publish().group();
        this.asks = asks;
        this.connection = request.connection();
        this.number = request.number();
        this.only = request.only();
        this.named = request.publish().recipients() == Groups.RecipientDetail.IDS;
    }

    long number() {
        return number;
    }

    boolean isNamed() {
        return named;
    }

    /** What it may see of the answer to a publish. */
    Groups.PublishResult shown(Groups.PublishResult result) {
        return named
                ? result
                : new Groups.PublishResult(
                        result.position(),
                        result.recipients(),
                        result.failures(),
                        result.perNode(),
                        List.of(),
                        false,
                        result.nodesTruncated(),
                        result.repeated());
    }

    /** Counts bytes that are kept for it; false: there is no room for them. */
    synchronized boolean keep(long more) {
        if (released || !asks.keep(more)) {
            return false;
        }
        kept += more;
        return true;
    }

    /** Nothing is kept for it any more. */
    synchronized void release() {
        if (!released) {
            released = true;
            asks.ended(number, this, kept);
        }
    }

    void asked(Groups.PublishResult result) {
        Groups.PublishResult shown = shown(result);
        send(new Event.Asked(
                group,
                number,
                shown.position(),
                shown.recipients(),
                shown.failures(),
                shown.perNode(),
                shown.ids(),
                shown.truncated(),
                shown.nodesTruncated(),
                shown.repeated()));
    }

    void missing(ActorId actor, MissingReason reason) {
        send(new Event.MemberMissing(group, number, named ? actor : null, reason));
    }

    /** The actor has replied before this came. */
    void before(ActorId actor) {
        unseen = unseen == null ? new LinkedHashMap<>() : unseen;
        unseen.put(actor, MissingReason.REPLIED_BEFORE);
        missing(actor, MissingReason.REPLIED_BEFORE);
    }

    private synchronized void send(Event event) {
        if (silent || over) {
            return;
        }
        if (held == null) {
            connection.send(Frame.of(event));
        } else {
            held.add(event);
        }
    }

    void replied(ActorId actor, Message message) {
        send(new Event.Replied(group, number, actor, message));
    }

    /** Its request is answered: events may follow. */
    synchronized void start() {
        List<Event> before = held;
        held = null;
        if (before != null && !silent) {
            before.forEach(event -> connection.send(Frame.of(event)));
        }
    }

    /** Any thread: nothing is sent to it after this. */
    synchronized void silence() {
        silent = true;
    }

    /** Any thread. The last event: its rights are no longer those it asked with. Names nobody. */
    synchronized void withdrawn() {
        send(new Event.AskCompleted(group, number, false, List.of(), 0, false, false));
        over = true;
    }

    /** The last event. From now on, another ask of the connection may have its number. */
    void completed(boolean complete, Map<ActorId, MissingReason> missing, int most, boolean timedOut) {
        release();
        Map<ActorId, MissingReason> all = missing;
        if (unseen != null) {
            all = new LinkedHashMap<>(unseen);
            all.putAll(missing);
        }
        List<Missed> told = new ArrayList<>(0);
        long bytes = 0;
        for (Map.Entry<ActorId, MissingReason> one :
                named ? all.entrySet() : Set.<Map.Entry<ActorId, MissingReason>>of()) {
            bytes += ID_BYTES + one.getKey().value().length();
            if (told.size() == most || bytes > MOST_BYTES) {
                break;
            }
            told.add(new Missed(one.getKey(), one.getValue()));
        }
        send(new Event.AskCompleted(
                group,
                number,
                complete && unseen == null,
                told,
                all.size(),
                named && told.size() < all.size(),
                timedOut));
        if (only) {
            connection.finish(null);
        }
    }
}
