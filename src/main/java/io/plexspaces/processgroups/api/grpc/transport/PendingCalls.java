package io.plexspaces.processgroups.api.grpc.transport;

import io.plexspaces.processgroups.core.delivery.ServerBudget;
import io.plexspaces.processgroups.domain.ErrorCode;
import io.plexspaces.processgroups.domain.GroupException;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The unary calls of one peer: begun while it has taken most of its answers, in the order in which they came. One that
 * would wait for other peers alone is refused. On the event loop of the peer alone.
 */
final class PendingCalls {
    /** An answer that may be larger is taken for so large until it is there. */
    private static final int GUESS = 256 * 1024;

    /** About what a call that waits costs, beside its request. */
    private static final int CALL_BYTES = 1024;

    private static final System.Logger LOG = System.getLogger(PendingCalls.class.getName());

    private final Bounds bounds;

    /** In the order in which they came. */
    private final Map<PeerCall, Waiting> waiting = new LinkedHashMap<>();

    private final Map<PeerCall, Charge> begun = new HashMap<>();

    /** Of calls that were begun, in the order in which they came. */
    private final Map<PeerCall, Answer> unsent = new LinkedHashMap<>();

    /** Of those that wait: bytes of their requests, and what a call costs. */
    private long waitingBytes;

    /** Of those begun: requests, and answers that were not taken or are a guess. */
    private long held;

    /** The same, with the most that the answers can be: in the server's budget. */
    private long charged;

    private int untaken;
    private long untakenBytes;
    private long taken;
    private boolean beginning;
    private boolean sending;
    private boolean closed;

    private record Answer(PeerCall call, int bytes, Runnable send) {}

    private record Waiting(PeerCall call, int requestBytes, int answerBytes, UnaryCall unary) {
        long cost() {
            return requestBytes + (long) CALL_BYTES;
        }

        Charge charge() {
            return new Charge(requestBytes + Math.min(answerBytes, GUESS), requestBytes + (long) answerBytes, false);
        }
    }

    /**
     * @param own of the peer's bound
     * @param most of the server's budget
     * @param answered the answer is there
     */
    private record Charge(long own, long most, boolean answered) {}

    PendingCalls(Bounds bounds) {
        this.bounds = bounds;
    }

    /** How many answers the peer has taken or given up. */
    long taken() {
        return taken;
    }

    /** Answers that the peer has not taken. */
    int untaken() {
        return untaken;
    }

    /** Bytes of these. */
    long untakenBytes() {
        return untakenBytes;
    }

    void admit(PeerCall call, int requestBytes, int answerBytes, UnaryCall unary) {
        if (call.hasEnded() || closed) {
            return;
        }
        Waiting next = new Waiting(call, requestBytes, answerBytes, unary);
        if (waiting.isEmpty() && mayBegin(next)) {
            begin(next);
        } else if (begun.isEmpty()) {
            refuse(next, "the server holds too much for its clients");
        } else if (waitingBytes + next.cost() > bounds.partialBytes()) {
            refuse(next, "too many requests of this connection wait for earlier answers to be taken");
        } else {
            waiting.put(call, next);
            waits(next, 1);
        }
    }

    /**
     * The answer is there: how much the peer has to take is known. It is sent now, or when the peer has taken earlier
     * ones: until then it is not encoded, and shares its texts with others.
     */
    void answers(PeerCall call, int bytes, Runnable send) {
        Charge before = begun.get(call);
        if (before == null || before.answered()) {
            send.run();
        } else if (untaken > 0 && untakenBytes + bytes > bounds.heldBytes()) {
            unsent.put(call, new Answer(call, bytes, send));
        } else {
            send(new Answer(call, bytes, send), before);
        }
    }

    private void send(Answer answer, Charge before) {
        untaken++;
        untakenBytes += answer.bytes();
        charge(before, -1);
        Charge now = new Charge(answer.bytes(), answer.bytes(), true);
        begun.put(answer.call(), now);
        charge(now, 1);
        answer.send().run();
        beginMore();
    }

    private void sendMore() {
        if (sending) {
            // The answer that was just sent is taken already: the next one is looked for below.
            return;
        }
        sending = true;
        try {
            Answer next = nextUnsent();
            while (next != null) {
                unsent.remove(next.call());
                send(next, Objects.requireNonNull(begun.get(next.call())));
                next = nextUnsent();
            }
        } finally {
            sending = false;
        }
    }

    private @Nullable Answer nextUnsent() {
        Answer next = unsent.isEmpty() ? null : unsent.values().iterator().next();
        return next == null || (untaken > 0 && untakenBytes + next.bytes() > bounds.heldBytes()) ? null : next;
    }

    /** The peer has taken the answer, or given up. */
    void ended(PeerCall call) {
        Waiting given = waiting.remove(call);
        if (given != null) {
            waits(given, -1);
        }
        unsent.remove(call);
        Charge last = begun.remove(call);
        if (last != null) {
            if (last.answered()) {
                untaken--;
                untakenBytes -= last.own();
                taken++;
            }
            charge(last, -1);
        }
        sendMore();
        beginMore();
    }

    /** The connection has ended, and so do its calls: none of those that wait is begun. */
    void close() {
        closed = true;
        waiting.clear();
        unsent.clear();
        bounds.budget().add(-waitingBytes);
        waitingBytes = 0;
    }

    private void beginMore() {
        if (beginning) {
            // The call that was just begun has its answer already: the next one is looked for below.
            return;
        }
        beginning = true;
        try {
            Waiting next = first();
            while (next != null && (next.call().hasEnded() || begun.isEmpty() || mayBegin(next))) {
                waiting.remove(next.call());
                waits(next, -1);
                beginOrRefuse(next);
                next = first();
            }
        } finally {
            beginning = false;
        }
    }

    private @Nullable Waiting first() {
        return waiting.isEmpty() ? null : waiting.values().iterator().next();
    }

    private void waits(Waiting call, int times) {
        waitingBytes += times * call.cost();
        bounds.budget().add(times * call.cost());
    }

    private void beginOrRefuse(Waiting next) {
        if (next.call().hasEnded()) {
            return;
        }
        if (mayBegin(next)) {
            begin(next);
        } else {
            refuse(next, "the server holds too much for its clients");
        }
    }

    private boolean mayBegin(Waiting next) {
        Charge charge = next.charge();
        return (begun.isEmpty() || held + charge.own() <= bounds.heldBytes())
                && (charged + charge.most() <= bounds.budget().share(charged) || needsLittle(charge));
    }

    /** One request alone may take what is free, however large requests may be; several that are small, too. */
    private boolean needsLittle(Charge charge) {
        return (begun.isEmpty() || charged + charge.most() <= ServerBudget.LITTLE_BYTES)
                && bounds.budget().admits(charge.most());
    }

    private void begin(Waiting next) {
        Charge charge = next.charge();
        begun.put(next.call(), charge);
        charge(charge, 1);
        try {
            next.unary().run();
        } catch (RuntimeException | Error defect) {
            fail(next.unary(), defect);
        }
    }

    /** Nobody is left waiting for a call that could not be begun. */
    static void fail(UnaryCall call, Throwable defect) {
        LOG.log(System.Logger.Level.ERROR, "a call could not be begun", defect);
        call.refuse(GroupException.of(ErrorCode.INTERNAL, "the call could not be begun"));
    }

    private static void refuse(Waiting next, String why) {
        next.unary().refuse(GroupException.of(ErrorCode.OVERLOADED, why));
    }

    private void charge(Charge charge, int times) {
        held += times * charge.own();
        charged += times * charge.most();
        bounds.budget().add(times * charge.most());
    }
}
