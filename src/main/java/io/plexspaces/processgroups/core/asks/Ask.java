package io.plexspaces.processgroups.core.asks;

import io.plexspaces.processgroups.core.Groups;
import io.plexspaces.processgroups.core.Groups.PublishResult;
import io.plexspaces.processgroups.core.members.Member;
import io.plexspaces.processgroups.domain.ActorId;
import io.plexspaces.processgroups.domain.Asker;
import io.plexspaces.processgroups.domain.ErrorCode;
import io.plexspaces.processgroups.domain.GroupException;
import io.plexspaces.processgroups.domain.Message;
import io.plexspaces.processgroups.domain.MissingReason;
import io.plexspaces.processgroups.log.Letter;
import io.smallrye.mutiny.subscription.UniEmitter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * One message that asks, while replies to it are waited for: who was asked, who has replied, and who is missing.
 *
 * <pre>{@code
 *   created --read: recipients--> begun --published: answer--> told --nobody is waited for--> ended
 *                                   |                           |---deadline, or asker gone-> ended
 *                                   |                           +---one gone or silent: published again, begun again
 *                                   +--too many, no room------> ended, and the request fails
 * }</pre>
 *
 * <p>What it knows belongs to the reading of its group: so a reply, the leave of a member, and the answer that names
 * the recipients have one order. Before that has begun, nobody can have replied but over another node.
 *
 * <p>One file, as each of its events may be the last one.
 */
final class Ask {
    /** Members that are asked one after the other, at most. */
    static final int TRIES = 4;

    /** One is silent after this part of the time. */
    static final int SILENT_PART = 4;

    /** About what one that is asked takes, here and in the group's index. */
    static final int BYTES_OF_ONE = 250;

    static final int BYTES = 1024;

    private static final Runnable NOTHING = () -> {};

    private final Asks asks;
    private final long id;
    private final Duration timeout;
    private final boolean toOne;

    /** To ask another one; null: nobody else is asked. */
    private Groups.@Nullable PublishRequest again;

    private final Asks.Way way;
    private final String tenant;

    // Guarded by this.
    private @Nullable GroupAsks in;
    private boolean abandoned;
    private @Nullable List<Letter.Reply> early;

    // From here on, part of the group's reading.
    private final List<AskListener> listeners = new ArrayList<>(1);
    private final Map<ActorId, State> asked = new HashMap<>();
    private final Map<ActorId, MissingReason> missing = new LinkedHashMap<>();
    private int waiting;
    private int tries = 1;
    private boolean replied;
    private boolean told;

    /** The time was over before its request was answered. */
    private boolean late;

    /** Another one is being asked. */
    private boolean retrying;

    /** The last try whose message was read. */
    private int read;

    private boolean ended;
    private long deadline;
    private Runnable takeBackDeadline = NOTHING;
    private Runnable takeBackSilence = NOTHING;

    /** Why it cannot go on although it is published; null: it can. */
    private volatile @Nullable GroupException refused;

    private enum State {
        WAITING,
        REPLIED,
        MISSING
    }

    Ask(Asks asks, long id, Groups.AskRequest request, AskListener listener, Asks.Way way) {
        this.asks = asks;
        this.id = id;
        this.timeout = request.timeout();
        this.toOne = request.publish().spread() == Groups.Spread.ONE;
        this.again = toOne && request.retryOther() ? request.publish() : null;
        this.way = way;
        this.tenant = request.publish().group().tenant();
        this.listeners.add(listener);
    }

    long id() {
        return id;
    }

    String tenant() {
        return tenant;
    }

    Asker asker(Duration left) {
        return new Asker(asks.address().node(), asks.address().run(), id, left);
    }

    // ---- any thread

    private synchronized @Nullable GroupAsks in() {
        return in;
    }

    /** A reply from another node. */
    void take(Letter.Reply reply) {
        GroupAsks by;
        synchronized (this) {
            by = in;
            if (by == null && !abandoned && asks.letters().keepEarly(reply)) {
                early = early == null ? new ArrayList<>(1) : early;
                early.add(reply);
                return;
            }
        }
        if (by == null) {
            asks.letters().receipt(reply, abandoned ? Letter.Outcome.OVER : Letter.Outcome.OVERLOADED);
        } else {
            by.execute(() -> asks.letters().receipt(reply, replied(reply.actor(), reply.message())));
        }
    }

    /** The message is in the log: answers its request. */
    void published(PublishResult result, AskListener listener, UniEmitter<? super PublishResult> answer) {
        GroupAsks by = in();
        GroupException why = by == null ? unread() : refused;
        if (by == null || why != null) {
            end();
            answer.fail(why == null ? unread() : why);
            return;
        }
        answer.complete(listener.shown(result));
        by.execute(() -> tell(listener));
    }

    private static GroupException unread() {
        return GroupException.of(
                ErrorCode.STORE_UNAVAILABLE, "the message was published, but this server does not know to whom");
    }

    /** It was never published, or its asker is gone. */
    void end() {
        GroupAsks by;
        synchronized (this) {
            by = in;
            abandoned |= by == null;
        }
        if (by == null) {
            over();
        } else {
            by.execute(this::over);
        }
    }

    /** One of its askers wants nothing more. */
    void leave(AskListener listener) {
        listener.silence();
        quit(listener);
    }

    /** One of its askers may not ask any more: that is the last it is told. */
    void withdraw(AskListener listener) {
        listener.withdrawn();
        quit(listener);
    }

    private void quit(AskListener listener) {
        GroupAsks by = in();
        if (by == null) {
            end();
            return;
        }
        by.execute(() -> {
            listeners.remove(listener);
            listener.release();
            if (listeners.isEmpty()) {
                over();
            }
        });
    }

    // ---- part of the group's reading

    /** False: it was given up before, or the group is closed. */
    private boolean enter(GroupAsks by) {
        List<Letter.Reply> came;
        synchronized (this) {
            if (in != null || abandoned) {
                // Another reading of the group by that name has another log: nobody there was asked.
                return in == by && !abandoned && !ended;
            }
            if (!by.open(this)) {
                return false;
            }
            in = by;
            came = early == null ? List.of() : early;
            early = null;
        }
        deadline = asks.nanos() + timeout.toNanos();
        for (Letter.Reply reply : came) {
            asks.letters().forgetEarly(reply);
            by.execute(() -> asks.letters().receipt(reply, replied(reply.actor(), reply.message())));
        }
        return true;
    }

    /** The message was read, here or again for another one: these are its recipients. */
    void read(GroupAsks by, List<Member> recipients) {
        begin(by, () -> {
            take(recipients.size());
            for (Member member : recipients) {
                add(by, member.membership().actor(), member.isAbsent() ? MissingReason.UNREACHABLE : null);
            }
        });
    }

    /**
     * It was asked before, and nobody waits for its replies now.
     *
     * @param found those asked then, with why they are missing by now; null: they are not
     */
    void resume(GroupAsks by, Map<ActorId, @Nullable MissingReason> found) {
        begin(by, () -> {
            take(found.size());
            again = null;
            found.forEach((actor, reason) -> add(by, actor, reason));
        });
    }

    private void begin(GroupAsks by, Runnable recipients) {
        if (!enter(by)) {
            return;
        }
        try {
            recipients.run();
            schedule(by);
        } catch (GroupException why) {
            refused = why;
        } catch (RuntimeException | Error defect) {
            // The group's reading goes on: this ask alone has failed.
            refused = GroupException.of(ErrorCode.INTERNAL, "internal error");
            asks.failed(defect);
        }
    }

    private void take(int more) {
        int most = asks.bounds().recipients();
        if (asked.size() + more > most) {
            throw GroupException.limit("recipient-ids", most);
        }
        if (!listeners.isEmpty() && !listeners.get(0).keep((long) more * BYTES_OF_ONE)) {
            throw Asks.noRoom();
        }
        read = tries;
    }

    private void add(GroupAsks by, ActorId actor, @Nullable MissingReason reason) {
        if (asked.containsKey(actor)) {
            return;
        }
        if (reason == null) {
            asked.put(actor, State.WAITING);
            waiting++;
            by.await(actor, this);
        } else {
            miss(actor, reason);
        }
    }

    private void schedule(GroupAsks by) {
        try {
            if (takeBackDeadline == NOTHING) {
                takeBackDeadline = asks.delays().after(timeout.toNanos(), () -> by.execute(() -> complete(true)));
            }
            takeBackSilence.run();
            takeBackSilence = again == null || tries >= TRIES
                    ? NOTHING
                    : asks.delays().after(timeout.toNanos() / SILENT_PART, () -> by.execute(this::tryAnother));
        } catch (RejectedExecutionException stopping) {
            throw GroupException.of(ErrorCode.SHUTTING_DOWN, "the server stops");
        }
    }

    private void tell(AskListener listener) {
        listener.start();
        told = true;
        if (late) {
            complete(true);
        } else {
            settle();
        }
    }

    /** Another asks the same: it gets the replies that come from now on. */
    void join(AskListener listener, PublishResult result, UniEmitter<? super PublishResult> answer) {
        long bytes = (long) asked.size() * BYTES_OF_ONE;
        if (ended || !listener.keep(bytes)) {
            listener.release();
            answer.fail(ended ? GroupException.of(ErrorCode.ASKED_BEFORE, "the ask is over") : Asks.noRoom());
            return;
        }
        listeners.add(listener);
        asked.forEach((actor, state) -> {
            if (state == State.REPLIED) {
                listener.before(actor);
            }
        });
        missing.forEach(listener::missing);
        answer.complete(listener.shown(result));
        listener.start();
        settle();
    }

    /** What becomes of the reply of an actor. */
    Letter.Outcome replied(ActorId actor, Message message) {
        if (ended) {
            return Letter.Outcome.OVER;
        }
        State before = asked.get(actor);
        if (before == null) {
            return Letter.Outcome.NOT_ASKED;
        }
        if (before == State.REPLIED) {
            return Letter.Outcome.DUPLICATE;
        }
        asked.put(actor, State.REPLIED);
        missing.remove(actor);
        if (before == State.WAITING) {
            noMore(actor);
        }
        replied = true;
        listeners.forEach(listener -> listener.replied(actor, message));
        asks.observer().replied();
        settle();
        return Letter.Outcome.TAKEN;
    }

    /** The member is gone, or has lost its connection. */
    void lost(ActorId actor, MissingReason reason) {
        if (asked.get(actor) == State.WAITING) {
            noMore(actor);
            miss(actor, reason);
            settle();
        }
    }

    private void noMore(ActorId actor) {
        waiting--;
        GroupAsks by = in();
        if (by != null) {
            by.noMore(actor, this);
        }
    }

    private void miss(ActorId actor, MissingReason reason) {
        asked.put(actor, State.MISSING);
        missing.put(actor, reason);
        listeners.forEach(listener -> listener.missing(actor, reason));
    }

    /** Ends it, or asks another one, when nobody is waited for. */
    private void settle() {
        if (!told || ended) {
            return;
        }
        if (toOne && replied) {
            complete(false);
        } else if (waiting == 0 && !retrying) {
            tryAnother();
            if (!retrying) {
                complete(false);
            }
        }
    }

    private void tryAnother() {
        Groups.PublishRequest another = again;
        Duration left = Duration.ofNanos(deadline - asks.nanos());
        if (another == null || ended || retrying || !told || tries >= TRIES || asked.isEmpty() || left.toMillis() < 1) {
            return;
        }
        tries++;
        retrying = true;
        Groups.Asking asking = new Groups.Asking(asker(left), asked.keySet());
        way.publish(Asks.asking(another, asking, null))
                .subscribe()
                .with(result -> execute(() -> triedAnother(result)), failure -> execute(this::nobodyElse));
    }

    private void execute(Runnable step) {
        GroupAsks by = in();
        if (by != null) {
            by.execute(step);
        }
    }

    private void triedAnother(PublishResult result) {
        if (ended) {
            return;
        }
        if (read < tries || refused != null) {
            // It was not read here, or there is no room for it: whoever was asked is not known.
            nobodyElse();
        } else {
            retrying = false;
            listeners.forEach(listener -> listener.asked(result));
            settle();
        }
    }

    /** The group is gone: nobody of another one by its name is asked. */
    void askNobodyElse() {
        again = null;
    }

    private void nobodyElse() {
        retrying = false;
        again = null;
        settle();
    }

    private void complete(boolean timedOut) {
        if (ended || !told) {
            late |= timedOut;
            return;
        }
        if (timedOut) {
            asked.forEach((actor, state) -> {
                if (state == State.WAITING) {
                    missing.put(actor, MissingReason.NO_REPLY);
                }
            });
        }
        boolean answered = toOne ? replied : missing.isEmpty();
        Map<ActorId, MissingReason> known = toOne && answered ? Map.of() : missing;
        listeners.forEach(
                listener -> listener.completed(answered, known, asks.bounds().recipients(), timedOut));
        Map<MissingReason, Integer> counts = new EnumMap<>(MissingReason.class);
        known.values().forEach(reason -> counts.merge(reason, 1, Integer::sum));
        counts.forEach(asks.observer()::missing);
        over();
    }

    private void over() {
        if (ended) {
            return;
        }
        ended = true;
        again = null;
        takeBackDeadline.run();
        takeBackSilence.run();
        GroupAsks by;
        List<Letter.Reply> came;
        synchronized (this) {
            by = in;
            came = early == null ? List.of() : early;
            early = null;
        }
        asks.forget(this);
        listeners.forEach(AskListener::release);
        listeners.clear();
        if (by != null) {
            asked.forEach((actor, state) -> {
                if (state == State.WAITING) {
                    by.noMore(actor, this);
                }
            });
            by.close(this);
        }
        for (Letter.Reply reply : came) {
            asks.letters().forgetEarly(reply);
            asks.letters().receipt(reply, Letter.Outcome.OVER);
        }
    }
}
