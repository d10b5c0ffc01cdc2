package io.plexspaces.processgroups.bench.attack;

import com.google.protobuf.InvalidProtocolBufferException;
import io.grpc.ManagedChannel;
import io.plexspaces.processgroups.bench.load.Link;
import io.plexspaces.processgroups.bench.load.ReadLoop;
import io.plexspaces.processgroups.bench.load.WebSocketWire;
import io.plexspaces.processgroups.proto.v1.CreateGroupRequest;
import io.plexspaces.processgroups.proto.v1.Event;
import io.plexspaces.processgroups.proto.v1.SessionOpen;
import io.plexspaces.processgroups.proto.v1.SessionRequest;
import io.plexspaces.processgroups.proto.v1.SessionResponse;
import io.plexspaces.processgroups.proto.v1.SubscribeRequest;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * No attack, but what comes after a network was away: two thousand sessions, each a member of a group, lose their
 * connections at once and all come back at once, each with a token of its own. Again and again.
 */
final class ReconnectStorm {
    private static final int SESSIONS = 2_000;
    private static final int GROUPS = 20;
    private static final int OPEN_ID = 1;
    private static final int JOIN_ID = 2;
    private static final int ALL_BACK_SECONDS = 20;
    private static final int CALM_MILLIS = 2_000;

    private final Victim victim;
    private final List<ReadLoop> loops = List.of(new ReadLoop("storm-0"), new ReadLoop("storm-1"));
    private final List<Peer> peers = new ArrayList<>();
    private volatile CountDownLatch missing = new CountDownLatch(0);

    private ReconnectStorm(Victim victim) {
        this.victim = victim;
        for (int i = 0; i < SESSIONS; i++) {
            String actor = "storm-" + i;
            peers.add(new Peer(actor, "storm-" + i % GROUPS, victim.authorization(Victim.TENANT, actor)));
        }
    }

    static Attack attack() {
        return new Attack("reconnect-storm", 1, (victim, ledger) -> new ReconnectStorm(victim).run(ledger));
    }

    private void run(Ledger ledger) {
        ManagedChannel channel = victim.channel();
        for (int i = 0; i < GROUPS; i++) {
            Victim.create(Victim.calls(channel), CreateGroupRequest.newBuilder().setGroupName("storm-" + i));
        }
        channel.shutdownNow();
        connectAll(ledger);
        while (true) {
            rest();
            peers.forEach(Peer::lose);
            long begin = System.nanoTime();
            ledger.count("sessions back", connectAll(ledger));
            ledger.count("ms until they were", TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begin));
            ledger.count("storms");
        }
    }

    /** Returns how many have their place. */
    private long connectAll(Ledger ledger) {
        missing = new CountDownLatch(SESSIONS);
        peers.forEach(peer -> peer.connect(ledger));
        try {
            if (!missing.await(ALL_BACK_SECONDS, TimeUnit.SECONDS)) {
                ledger.count("not back after " + ALL_BACK_SECONDS + " s", missing.getCount());
            }
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
        }
        return SESSIONS - missing.getCount();
    }

    private static void rest() {
        try {
            TimeUnit.MILLISECONDS.sleep(CALM_MILLIS);
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
        }
    }

    private final class Peer {
        private final String actor;
        private final String group;
        private final String authorization;
        private volatile String resumeToken = "";
        private volatile @Nullable Link link;

        Peer(String actor, String group, String authorization) {
            this.actor = actor;
            this.group = group;
            this.authorization = authorization;
        }

        void lose() {
            Link lost = link;
            if (lost != null) {
                lost.close();
            }
        }

        void connect(Ledger ledger) {
            Link made = loops.get(actor.hashCode() & 1)
                    .connect(victim.http(), new WebSocketWire(new Answers(ledger), false));
            link = made;
            made.write(WebSocketWire.handshake("/ws", "processgroups.v1.proto", authorization));
        }

        /** Of one connection. */
        private final class Answers implements WebSocketWire.Receiver {
            private final Ledger ledger;
            private boolean back;

            Answers(Ledger ledger) {
                this.ledger = ledger;
            }

            @Override
            public void opened(Link opened) {
                send(
                        opened,
                        SessionRequest.newBuilder()
                                .setRequestId(OPEN_ID)
                                .setOpen(SessionOpen.newBuilder()
                                        .setTenantId(Victim.TENANT)
                                        .setActorId(actor)
                                        .setResumeToken(resumeToken))
                                .build());
                send(
                        opened,
                        SessionRequest.newBuilder()
                                .setRequestId(JOIN_ID)
                                .setJoin(SubscribeRequest.newBuilder().setGroupName(group))
                                .build());
            }

            private void send(Link to, SessionRequest request) {
                to.write(ByteBuffer.wrap(WebSocketWire.frame(false, true, request.toByteArray())));
            }

            @Override
            public void message(ByteBuffer in, int from, int to) {
                try {
                    ByteBuffer content = in.duplicate().position(from).limit(to);
                    SessionResponse.parseFrom(content).getEventsList().forEach(this::event);
                } catch (InvalidProtocolBufferException malformed) {
                    ledger.count("malformed");
                }
            }

            private void event(Event event) {
                if (!event.hasAnswer()) {
                    return;
                }
                if (event.getAnswer().hasError()) {
                    ledger.count(event.getAnswer().getError().getReason());
                } else if (event.getAnswer().getRequestId() == OPEN_ID) {
                    if (!resumeToken.isEmpty() && !event.getAnswer().getOpened().getResumed()) {
                        ledger.count("not resumed");
                    }
                    resumeToken = event.getAnswer().getOpened().getResumeToken();
                } else if (!back) {
                    back = true;
                    missing.countDown();
                }
            }

            @Override
            public void batchDone() {}

            @Override
            public void failed(String what) {
                if (!back) {
                    ledger.count(what);
                }
            }
        }
    }
}
