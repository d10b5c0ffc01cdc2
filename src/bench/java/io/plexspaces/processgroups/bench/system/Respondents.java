package io.plexspaces.processgroups.bench.system;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.util.Durations;
import io.plexspaces.processgroups.bench.load.Link;
import io.plexspaces.processgroups.bench.load.Payload;
import io.plexspaces.processgroups.bench.load.ReadLoop;
import io.plexspaces.processgroups.bench.load.WebSocketWire;
import io.plexspaces.processgroups.proto.v1.AskRequest;
import io.plexspaces.processgroups.proto.v1.Event;
import io.plexspaces.processgroups.proto.v1.Message;
import io.plexspaces.processgroups.proto.v1.PublishAnswer;
import io.plexspaces.processgroups.proto.v1.PublishToGroupRequest;
import io.plexspaces.processgroups.proto.v1.ReplyRequest;
import io.plexspaces.processgroups.proto.v1.SessionOpen;
import io.plexspaces.processgroups.proto.v1.SessionRequest;
import io.plexspaces.processgroups.proto.v1.SubscribeRequest;
import io.plexspaces.processgroups.proto.v1.SubscribeResponse;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Members of one group that reply to each message at once, and one actor that asks them, each with a session over
 * WebSocket: round after round. Without {@code Ask}, replies are messages with a topic that only the asker wants.
 */
public final class Respondents implements AutoCloseable {
    private static final int PATIENCE_SECONDS = 20;
    private static final int TIMEOUT_SECONDS = 60;
    private static final String QUESTION = "question";
    private static final String REPLY = "reply";
    private static final SessionFormat FORMAT = SessionFormat.PROTO;

    private final String group;
    private final Way way;
    private final int members;
    private final Links links;
    private final Server server;

    /** Sessions that have joined. */
    private final Semaphore joined = new Semaphore(0);

    /** What a round is made of has come, once for each. */
    private final Semaphore came = new Semaphore(0);

    private final AtomicReference<@Nullable String> failure = new AtomicReference<>();
    private final Session asker;
    private long rounds;

    /** How members are asked. */
    public enum Way {
        /** They are not: a round is over when all have the message. */
        PUBLISH,
        /** A round is over when the asker has a message of each. */
        PUBLISHED_REPLIES,
        /** A round is over with {@code ask_completed}. */
        ASK
    }

    /** Connects all; the group must be there. */
    public Respondents(Server server, List<ReadLoop> loops, String group, int members, Way way) {
        this.server = server;
        this.links = new Links(server.webSocket(), loops, server.access().tls());
        this.group = group;
        this.members = members;
        this.way = way;
        this.asker = connect("asker", new Asker(), REPLY);
        for (int i = 0; i < members; i++) {
            connect("member-" + i, new Member(), QUESTION);
        }
    }

    private Session connect(String actor, Session session, String topic) {
        session.first = List.of(
                request(SessionRequest.newBuilder()
                        .setOpen(SessionOpen.newBuilder()
                                .setTenantId(Server.TENANT)
                                .setNamespace(Server.NAMESPACE)
                                .setActorId(actor))),
                request(SessionRequest.newBuilder()
                        .setJoin(SubscribeRequest.newBuilder()
                                .setGroupName(group)
                                .addTopics(topic))));
        links.connect(new WebSocketWire(session, false))
                .write(WebSocketWire.handshake(
                        "/ws", FORMAT.subprotocol(), server.access().authorization()));
        await(joined, 1, "a session did not join");
        return session;
    }

    /** One message, and all that comes of it. */
    public void round() {
        rounds++;
        PublishToGroupRequest.Builder publish = publish(QUESTION);
        asker.send(
                way == Way.ASK
                        ? SessionRequest.newBuilder()
                                .setRequestId(rounds)
                                .setAsk(AskRequest.newBuilder()
                                        .setPublish(publish.clearAnswer())
                                        .setTimeout(Durations.fromSeconds(TIMEOUT_SECONDS)))
                        : SessionRequest.newBuilder().setPublish(publish));
        await(came, way == Way.ASK ? 1 : members, "a round did not end");
    }

    private PublishToGroupRequest.Builder publish(String topic) {
        return PublishToGroupRequest.newBuilder()
                .setGroupName(group)
                .setTopic(topic)
                .setAnswer(PublishAnswer.NONE)
                .setMessage(payload());
    }

    private static Message.Builder payload() {
        return Message.newBuilder().setPayload(ByteString.copyFrom(Payload.blank()));
    }

    private static ByteBuffer request(SessionRequest.Builder request) {
        return ByteBuffer.wrap(WebSocketWire.frame(false, true, request.build().toByteArray()));
    }

    /** @throws IllegalStateException something failed, or took too long */
    private void await(Semaphore count, int many, String otherwise) {
        try {
            if (!count.tryAcquire(many, PATIENCE_SECONDS, TimeUnit.SECONDS) || failure.get() != null) {
                throw new IllegalStateException(otherwise + ": " + failure.get());
            }
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(stop);
        }
    }

    @Override
    public void close() {
        links.close();
    }

    private abstract class Session implements WebSocketWire.Receiver {
        private List<ByteBuffer> first = List.of();
        private volatile @Nullable Link link;
        String epoch = "";

        @Override
        public void opened(Link opened) {
            link = opened;
            first.forEach(opened::write);
        }

        final void send(SessionRequest.Builder request) {
            Link present = link;
            if (present != null) {
                present.write(request(request));
            }
        }

        @Override
        public final void message(ByteBuffer in, int from, int to) {
            byte[] batch = new byte[to - from];
            in.get(from, batch);
            try {
                SubscribeResponse.parseFrom(batch).getEventsList().forEach(this::read);
            } catch (InvalidProtocolBufferException malformed) {
                failed(malformed.toString());
            }
        }

        private void read(Event event) {
            if (event.hasSubscribed()) {
                epoch = event.getSubscribed().getEpoch();
                joined.release();
            } else if (event.hasAnswer() && event.getAnswer().hasError()) {
                failed(event.toString());
            } else {
                heard(event);
            }
        }

        abstract void heard(Event event);

        @Override
        public final void batchDone() {
            // each event counts by itself
        }

        @Override
        public final void failed(String what) {
            failure.compareAndSet(null, what);
        }
    }

    private final class Member extends Session {
        @Override
        void heard(Event event) {
            if (!event.hasMessage()) {
                return;
            }
            switch (way) {
                case PUBLISH -> came.release();
                case PUBLISHED_REPLIES -> send(SessionRequest.newBuilder().setPublish(publish(REPLY)));
                case ASK ->
                    send(SessionRequest.newBuilder()
                            .setReply(ReplyRequest.newBuilder()
                                    .setGroupName(group)
                                    .setEpoch(epoch)
                                    .setOffset(event.getOffset())
                                    .setMessage(payload())));
            }
        }
    }

    private final class Asker extends Session {
        private int replies;

        @Override
        void heard(Event event) {
            if (event.hasMessage()) {
                came.release();
            } else if (event.hasReply()) {
                replies++;
            } else if (event.hasAskCompleted()) {
                if (!event.getAskCompleted().getComplete() || replies != members) {
                    failed(replies + " replies: " + event);
                }
                replies = 0;
                came.release();
            }
        }
    }
}
