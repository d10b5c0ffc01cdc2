package io.plexspaces.processgroups.bench.attack;

import static io.plexspaces.processgroups.bench.attack.RawHttp2.USUAL_BUFFER;
import static io.plexspaces.processgroups.bench.attack.RawWebSocket.ascii;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;

/** What comes to the HTTP port before there is a WebSocket. */
final class HttpAttacks {
    private static final int PIPELINED = 200;
    private static final int BODY_PART = 16 * 1024;
    private static final byte[] HALF = ascii("GET /ws HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Long: ");
    private static final byte[] WHOLE = ascii("GET /q/health/live HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n");
    private static final byte[] METRICS = ascii("GET /q/metrics HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n");
    private static final byte[] BODY =
            ascii("POST /ws HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 1000000000\r\n\r\n");

    private HttpAttacks() {}

    static List<Attack> all() {
        return List.of(
                new Attack("http-drip", 300, HttpAttacks::drip),
                new Attack("http-half-requests", 300, (victim, ledger) -> hold(victim, ledger, HALF)),
                new Attack("http-idle", 300, (victim, ledger) -> hold(victim, ledger, WHOLE)),
                new Attack("http-unread-answers", 4, HttpAttacks::unread),
                new Attack("http-long-headers", 4, HttpAttacks::longHeaders),
                new Attack("http-large-body", 4, HttpAttacks::largeBody),
                new Attack("http-garbage", 4, HttpAttacks::garbage),
                new Attack("http-churn", 4, HttpAttacks::churn));
    }

    private static void drip(Victim victim, Ledger ledger) throws IOException {
        try (RawSocket peer = new RawSocket(victim.http(), USUAL_BUFFER)) {
            peer.drain();
            ledger.count("connections");
            for (byte next : HALF) {
                peer.write(new byte[] {next});
                sleepASecond();
            }
        }
    }

    private static void sleepASecond() {
        try {
            TimeUnit.SECONDS.sleep(1);
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
        }
    }

    private static void hold(Victim victim, Ledger ledger, byte[] request) throws IOException {
        try (RawSocket peer = new RawSocket(victim.http(), USUAL_BUFFER)) {
            peer.write(request);
            ledger.count("connections");
            peer.awaitEnd();
        }
    }

    private static void unread(Victim victim, Ledger ledger) throws IOException {
        try (RawSocket peer = new RawSocket(victim.http(), 4096)) {
            for (int i = 0; i < PIPELINED; i++) {
                peer.write(METRICS);
                ledger.count("requests");
            }
            StalledClients.awaitEndWithoutReading(peer, METRICS);
        }
    }

    private static void longHeaders(Victim victim, Ledger ledger) throws IOException {
        try (RawSocket peer = new RawSocket(victim.http(), USUAL_BUFFER)) {
            peer.drain();
            peer.write(HALF);
            byte[] more = ascii("x".repeat(BODY_PART));
            while (true) {
                peer.write(more);
                ledger.count("bytes", more.length);
            }
        }
    }

    private static void largeBody(Victim victim, Ledger ledger) throws IOException {
        try (RawSocket peer = new RawSocket(victim.http(), USUAL_BUFFER)) {
            peer.drain();
            peer.write(BODY);
            byte[] part = new byte[BODY_PART];
            while (true) {
                peer.write(part);
                ledger.count("bytes", part.length);
            }
        }
    }

    private static void garbage(Victim victim, Ledger ledger) throws IOException {
        byte[] bytes = new byte[BODY_PART];
        ThreadLocalRandom.current().nextBytes(bytes);
        try (RawSocket peer = new RawSocket(victim.http(), USUAL_BUFFER)) {
            peer.drain();
            while (true) {
                peer.write(bytes);
                ledger.count("bytes", bytes.length);
            }
        }
    }

    private static void churn(Victim victim, Ledger ledger) throws IOException {
        try (RawSocket peer = new RawSocket(victim.http(), USUAL_BUFFER)) {
            peer.write(WHOLE);
            ledger.count("connections");
        }
    }
}
