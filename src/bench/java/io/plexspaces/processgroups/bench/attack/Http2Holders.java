package io.plexspaces.processgroups.bench.attack;

import static io.plexspaces.processgroups.bench.attack.RawHttp2.DATA;
import static io.plexspaces.processgroups.bench.attack.RawHttp2.END_HEADERS;
import static io.plexspaces.processgroups.bench.attack.RawHttp2.HEADERS;
import static io.plexspaces.processgroups.bench.attack.RawHttp2.PREFACE;
import static io.plexspaces.processgroups.bench.attack.RawHttp2.USUAL_BUFFER;
import static io.plexspaces.processgroups.bench.attack.RawHttp2.USUAL_WINDOW;
import static io.plexspaces.processgroups.bench.attack.RawHttp2.frame;
import static io.plexspaces.processgroups.bench.attack.RawHttp2.headers;
import static io.plexspaces.processgroups.bench.attack.RawHttp2.joined;

import io.plexspaces.processgroups.proto.v1.FetchMessagesRequest;
import io.plexspaces.processgroups.proto.v1.Position;
import io.plexspaces.processgroups.proto.v1.SubscribeRequest;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;

/** Clients of the gRPC port that make the server keep something for them, and never come to an end. */
final class Http2Holders {
    private static final int HALF_REQUESTS = 100;
    private static final int HALF_BYTES = 8 * 1024;
    private static final int HALF_FRAMES = 64;
    private static final int CALLS = 1_000;
    private static final int STREAMS = 900;
    /** One mebibyte follows, which never comes as a whole. */
    private static final byte[] PROMISE = {0, 0, 0x10, 0, 0};

    private Http2Holders() {}

    static List<Attack> all() {
        return List.of(
                new Attack("grpc-silent", 300, Http2Holders::silent),
                new Attack("grpc-half-preface", 300, Http2Holders::halfPreface),
                new Attack("grpc-without-calls", 300, Http2Holders::withoutCalls),
                new Attack("grpc-half-requests", 8, Http2Holders::halfRequests),
                new Attack("unread-unary", 4, Http2Holders::unreadUnary),
                new Attack("closed-window-streams", 4, Http2Holders::closedWindow),
                new Attack("unread-replays", 80, Http2Holders::unreadReplay));
    }

    private static void silent(Victim victim, Ledger ledger) throws IOException {
        try (RawSocket peer = new RawSocket(victim.grpc(), USUAL_BUFFER)) {
            ledger.count("connections");
            peer.awaitEnd();
        }
    }

    private static void halfPreface(Victim victim, Ledger ledger) throws IOException {
        try (RawSocket peer = new RawSocket(victim.grpc(), USUAL_BUFFER)) {
            peer.write(Arrays.copyOf(PREFACE, PREFACE.length / 2));
            ledger.count("connections");
            peer.awaitEnd();
        }
    }

    private static void withoutCalls(Victim victim, Ledger ledger) throws IOException {
        try (RawHttp2 peer = new RawHttp2(victim.grpc(), USUAL_BUFFER, USUAL_WINDOW)) {
            ledger.count("connections");
            peer.serve();
        }
    }

    private static void halfRequests(Victim victim, Ledger ledger) throws IOException {
        try (RawHttp2 peer = new RawHttp2(victim.grpc(), USUAL_BUFFER, USUAL_WINDOW)) {
            peer.serving();
            int[] streams = new int[HALF_REQUESTS];
            for (int i = 0; i < streams.length; i++) {
                streams[i] = peer.nextStream();
                peer.write(joined(
                        frame(HEADERS, END_HEADERS, streams[i], headers("PublishToGroup")),
                        frame(DATA, 0, streams[i], PROMISE)));
            }
            byte[] part = new byte[HALF_BYTES];
            for (int i = 0; i < HALF_FRAMES; i++) {
                for (int stream : streams) {
                    peer.write(frame(DATA, 0, stream, part));
                    ledger.count("bytes", part.length);
                }
            }
            peer.serve();
        }
    }

    /** Answers of two mebibytes, for which the client gives no window. */
    private static void unreadUnary(Victim victim, Ledger ledger) throws IOException {
        String group = Retained.in(victim);
        FetchMessagesRequest fetch = FetchMessagesRequest.newBuilder()
                .setTenantId(Victim.TENANT)
                .setGroupName(group)
                .build();
        try (RawHttp2 peer = new RawHttp2(victim.grpc(), USUAL_BUFFER, 0)) {
            peer.serving();
            for (int i = 0; i < CALLS; i++) {
                peer.call("FetchMessages", fetch, true);
                ledger.count("calls");
            }
            peer.serve();
        }
    }

    /** Streams of events, for which the client gives no window. */
    private static void closedWindow(Victim victim, Ledger ledger) throws IOException {
        String group = Retained.in(victim);
        try (RawHttp2 peer = new RawHttp2(victim.grpc(), USUAL_BUFFER, 0)) {
            peer.serving();
            for (int i = 0; i < STREAMS; i++) {
                peer.call("Subscribe", subscription(group, "closed-" + i, Retained.beginning(victim)), true);
                ledger.count("streams");
            }
            peer.serve();
        }
    }

    private static void unreadReplay(Victim victim, Ledger ledger) throws IOException {
        String group = Retained.in(victim);
        try (RawHttp2 peer = new RawHttp2(victim.grpc(), 4096, RawHttp2.LARGEST_WINDOW)) {
            String actor = Thread.currentThread().getName();
            peer.call("Subscribe", subscription(group, actor, Retained.beginning(victim)), true);
            ledger.count("replays");
            StalledClients.awaitEndWithoutReading(peer, frame(RawHttp2.PING, 0, 0, new byte[8]));
        }
    }

    private static SubscribeRequest subscription(String group, String actor, Position after) {
        return SubscribeRequest.newBuilder()
                .setTenantId(Victim.TENANT)
                .setGroupName(group)
                .setActorId(actor)
                .setAfter(after)
                .build();
    }
}
