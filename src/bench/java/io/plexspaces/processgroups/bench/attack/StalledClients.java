package io.plexspaces.processgroups.bench.attack;

import com.google.protobuf.ByteString;
import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import io.plexspaces.processgroups.proto.v1.CreateGroupRequest;
import io.plexspaces.processgroups.proto.v1.FetchMessagesRequest;
import io.plexspaces.processgroups.proto.v1.Message;
import io.plexspaces.processgroups.proto.v1.ProcessGroupServiceGrpc.ProcessGroupServiceBlockingStub;
import io.plexspaces.processgroups.proto.v1.PublishAnswer;
import io.plexspaces.processgroups.proto.v1.PublishToGroupRequest;
import io.plexspaces.processgroups.proto.v1.SubscribeRequest;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Clients that have asked for much and read nothing. They are held until the server has none of their connections any
 * more, which the benchmark looks up in its metrics.
 */
final class StalledClients {
    static final String UNARY = "stalled-unary";
    static final List<String> NAMES = List.of("stalled-websockets", "stalled-subscribes", UNARY);

    private static final int CLIENTS = 400;
    private static final int SMALL_BUFFER = 4096;
    private static final int MESSAGES = 60;
    private static final int MESSAGE_BYTES = 200_000;
    private static final int CALLS = 8;
    private static final int PROBE_MILLIS = 1_000;
    private static final String GROUP = "stalled";

    private StalledClients() {}

    static List<Attack> all() {
        return List.of(
                new Attack(NAMES.get(0), 1, StalledClients::webSockets),
                new Attack(NAMES.get(1), 1, StalledClients::subscribes),
                new Attack(UNARY, 1, StalledClients::unary));
    }

    private static void webSockets(Victim victim, Ledger ledger) throws IOException {
        ManagedChannel channel = victim.channel();
        ProcessGroupServiceBlockingStub calls = group(channel);
        List<RawSocket> held = new ArrayList<>();
        for (int i = 0; i < CLIENTS; i++) {
            String path = "/ws/" + Victim.TENANT + "/default/" + GROUP + "?actor=w" + i;
            held.add(new RawWebSocket(victim.http(), SMALL_BUFFER, path));
            ledger.count("clients");
        }
        publish(calls, ledger);
        ledger.rest();
        held.forEach(RawSocket::close);
    }

    private static void subscribes(Victim victim, Ledger ledger) throws IOException {
        ManagedChannel channel = victim.channel();
        ProcessGroupServiceBlockingStub calls = group(channel);
        List<RawSocket> held = new ArrayList<>();
        for (int i = 0; i < CLIENTS; i++) {
            RawHttp2 peer = new RawHttp2(victim.grpc(), SMALL_BUFFER, RawHttp2.LARGEST_WINDOW);
            held.add(peer);
            peer.call(
                    "Subscribe",
                    SubscribeRequest.newBuilder()
                            .setTenantId(Victim.TENANT)
                            .setGroupName(GROUP)
                            .setActorId("c" + i)
                            .build(),
                    true);
            ledger.count("clients");
        }
        publish(calls, ledger);
        ledger.rest();
        held.forEach(RawSocket::close);
    }

    private static void unary(Victim victim, Ledger ledger) throws IOException {
        FetchMessagesRequest fetch = FetchMessagesRequest.newBuilder()
                .setTenantId(Victim.TENANT)
                .setGroupName(Retained.in(victim))
                .build();
        List<RawSocket> held = new ArrayList<>();
        for (int i = 0; i < CLIENTS; i++) {
            RawHttp2 peer = new RawHttp2(victim.grpc(), SMALL_BUFFER, RawHttp2.LARGEST_WINDOW);
            held.add(peer);
            for (int call = 0; call < CALLS; call++) {
                peer.call("FetchMessages", fetch, true);
                ledger.count("calls");
            }
            ledger.count("clients");
        }
        ledger.rest();
        held.forEach(RawSocket::close);
    }

    private static ProcessGroupServiceBlockingStub group(ManagedChannel channel) {
        ProcessGroupServiceBlockingStub calls = Victim.calls(channel);
        Victim.create(calls, CreateGroupRequest.newBuilder().setGroupName(GROUP));
        return calls;
    }

    private static void publish(ProcessGroupServiceBlockingStub calls, Ledger ledger) {
        Message message = Message.newBuilder()
                .setPayload(ByteString.copyFrom(new byte[MESSAGE_BYTES]))
                .build();
        for (int published = 0; published < MESSAGES; ) {
            try {
                calls.publishToGroup(PublishToGroupRequest.newBuilder()
                        .setTenantId(Victim.TENANT)
                        .setGroupName(GROUP)
                        .setMessage(message)
                        .setAnswer(PublishAnswer.NONE)
                        .build());
                ledger.count("published");
                published++;
            } catch (StatusRuntimeException refused) {
                ledger.count("publish " + refused.getStatus().getCode());
                Attacker.pause();
            }
        }
    }

    /**
     * Returns by an IOException.
     *
     * @param probe what is sent now and then: a client that does not read learns of the end when it writes
     */
    static void awaitEndWithoutReading(RawSocket peer, byte[] probe) throws IOException {
        try {
            while (true) {
                TimeUnit.MILLISECONDS.sleep(PROBE_MILLIS);
                peer.write(probe);
            }
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
        }
    }
}
