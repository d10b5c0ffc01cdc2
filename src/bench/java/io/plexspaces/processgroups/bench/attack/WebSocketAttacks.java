package io.plexspaces.processgroups.bench.attack;

import static io.plexspaces.processgroups.bench.attack.RawHttp2.USUAL_BUFFER;
import static io.plexspaces.processgroups.bench.attack.RawHttp2.repeated;
import static io.plexspaces.processgroups.bench.attack.RawWebSocket.CONTINUATION;
import static io.plexspaces.processgroups.bench.attack.RawWebSocket.PING;
import static io.plexspaces.processgroups.bench.attack.RawWebSocket.SESSION;
import static io.plexspaces.processgroups.bench.attack.RawWebSocket.TEXT;
import static io.plexspaces.processgroups.bench.attack.RawWebSocket.ascii;
import static io.plexspaces.processgroups.bench.attack.RawWebSocket.frame;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;

/** Frames and requests of WebSockets that no client of good will sends. */
final class WebSocketAttacks {
    private static final int BURST = 500;
    private static final int HALF_PARTS = 60;
    private static final int HALF_BYTES = 16 * 1024;
    private static final int GARBAGE_BYTES = 16 * 1024;
    private static final int NESTED = 200_000;
    private static final long HUGE = 1L << 40;

    private WebSocketAttacks() {}

    static List<Attack> all() {
        return List.of(
                new Attack("ws-never-opens", 300, WebSocketAttacks::neverOpens),
                new Attack("ws-half-messages", 100, WebSocketAttacks::halfMessage),
                new Attack("ws-empty-frames", 2, (victim, ledger) -> parts(victim, ledger, new byte[0])),
                new Attack("ws-tiny-frames", 2, (victim, ledger) -> parts(victim, ledger, new byte[] {' '})),
                new Attack("ws-ping-flood", 2, WebSocketAttacks::pings),
                new Attack("ws-huge-frame", 4, WebSocketAttacks::hugeFrame),
                new Attack("ws-garbage", 4, WebSocketAttacks::garbage),
                new Attack("ws-nested-json", 4, WebSocketAttacks::nestedJson),
                new Attack("ws-unread-answers", 8, WebSocketAttacks::unreadAnswers),
                new Attack("ws-churn", 4, WebSocketAttacks::churn));
    }

    private static RawWebSocket connected(Victim victim) throws IOException {
        return new RawWebSocket(victim.http(), USUAL_BUFFER, SESSION);
    }

    private static void neverOpens(Victim victim, Ledger ledger) throws IOException {
        try (RawWebSocket peer = connected(victim)) {
            ledger.count("connections");
            peer.awaitEnd();
        }
    }

    private static void halfMessage(Victim victim, Ledger ledger) throws IOException {
        try (RawWebSocket peer = connected(victim)) {
            peer.open(Thread.currentThread().getName());
            byte[] part = ascii(" ".repeat(HALF_BYTES));
            peer.write(frame(TEXT, false, part));
            for (int i = 0; i < HALF_PARTS; i++) {
                peer.write(frame(CONTINUATION, false, part));
                ledger.count("bytes", part.length);
            }
            peer.awaitEnd();
        }
    }

    private static void parts(Victim victim, Ledger ledger, byte[] part) throws IOException {
        try (RawWebSocket peer = connected(victim)) {
            peer.drain();
            peer.open(Thread.currentThread().getName());
            peer.write(frame(TEXT, false, part));
            byte[] burst = repeated(frame(CONTINUATION, false, part), BURST);
            while (true) {
                peer.write(burst);
                ledger.count("frames", BURST);
            }
        }
    }

    private static void pings(Victim victim, Ledger ledger) throws IOException {
        try (RawWebSocket peer = connected(victim)) {
            peer.drain();
            peer.open(Thread.currentThread().getName());
            byte[] burst = repeated(frame(PING, true, new byte[125]), BURST);
            while (true) {
                peer.write(burst);
                ledger.count("frames", BURST);
            }
        }
    }

    private static void hugeFrame(Victim victim, Ledger ledger) throws IOException {
        try (RawWebSocket peer = connected(victim)) {
            peer.drain();
            peer.open(Thread.currentThread().getName());
            peer.write(RawWebSocket.promise(HUGE));
            byte[] part = new byte[GARBAGE_BYTES];
            while (true) {
                peer.write(part);
                ledger.count("bytes", part.length);
            }
        }
    }

    private static void garbage(Victim victim, Ledger ledger) throws IOException {
        byte[] bytes = new byte[GARBAGE_BYTES];
        ThreadLocalRandom.current().nextBytes(bytes);
        try (RawWebSocket peer = connected(victim)) {
            peer.drain();
            peer.open(Thread.currentThread().getName());
            while (true) {
                peer.write(bytes);
                ledger.count("bytes", bytes.length);
            }
        }
    }

    private static void nestedJson(Victim victim, Ledger ledger) throws IOException {
        byte[] nested = frame(TEXT, true, ascii("{\"requestId\":1,\"publish\":" + "[".repeat(NESTED)));
        try (RawWebSocket peer = connected(victim)) {
            peer.drain();
            peer.open(Thread.currentThread().getName());
            while (true) {
                peer.write(nested);
                ledger.count("requests");
            }
        }
    }

    private static void unreadAnswers(Victim victim, Ledger ledger) throws IOException {
        try (RawWebSocket peer = new RawWebSocket(victim.http(), 4096, SESSION)) {
            peer.open(Thread.currentThread().getName());
            while (true) {
                peer.text("{\"requestId\":2,\"join\":{\"groupName\":\"there is no such group\"}}");
                ledger.count("requests");
            }
        }
    }

    private static void churn(Victim victim, Ledger ledger) throws IOException {
        try (RawWebSocket peer = connected(victim)) {
            peer.open("churn");
            ledger.count("connections");
        }
    }
}
