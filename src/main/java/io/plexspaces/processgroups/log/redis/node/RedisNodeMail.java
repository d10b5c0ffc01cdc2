package io.plexspaces.processgroups.log.redis.node;

import io.plexspaces.processgroups.domain.ErrorCode;
import io.plexspaces.processgroups.domain.GroupException;
import io.plexspaces.processgroups.log.Letter;
import io.plexspaces.processgroups.log.NodeMail;
import io.plexspaces.processgroups.log.SerialQueue;
import io.plexspaces.processgroups.log.redis.codec.Letters;
import io.plexspaces.processgroups.log.redis.codec.UnreadableException;
import io.plexspaces.processgroups.log.redis.connection.ChannelListener;
import io.plexspaces.processgroups.log.redis.connection.RedisServers;
import io.plexspaces.processgroups.log.redis.store.Scripts;
import io.plexspaces.processgroups.log.redis.store.Store;
import io.plexspaces.processgroups.log.redis.store.Unreadables;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.subscription.UniEmitter;
import io.vertx.core.AsyncResult;
import io.vertx.core.buffer.Buffer;
import io.vertx.redis.client.Response;
import java.io.ByteArrayOutputStream;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/**
 * Letters between nodes over the store's Pub/Sub: each address has a channel, and what is to go there while a call is
 * under way goes with the next one. Thread-safe.
 */
public final class RedisNodeMail implements NodeMail {
    /** Of letters that go together. */
    private static final int CALL_BYTES = 256 * 1024;

    private final Store store;
    private final Map<Address, Box> boxes = new ConcurrentHashMap<>(2);

    // In turns alone.
    private final SerialQueue turns = new SerialQueue();
    private final Map<Address, Outbox> outboxes = new HashMap<>();

    public RedisNodeMail(Store store) {
        this.store = store;
    }

    private record Posted(byte[] bytes, UniEmitter<? super Boolean> sent) {}

    /** What waits for one node. */
    private static final class Outbox {
        final Deque<Posted> waiting = new ArrayDeque<>();
        long bytes;
        boolean calling;
    }

    /** What one address here receives. */
    private static final class Box implements ChannelListener {
        private final SerialQueue turns = new SerialQueue();
        private final Consumer<Letter> reader;
        private final Unreadables unreadables;

        /** Those who wait until letters come, or for as long as they have patience. */
        private final Set<UniEmitter<? super Void>> waiting = ConcurrentHashMap.newKeySet();

        private volatile boolean listening;

        Box(Consumer<Letter> reader, Unreadables unreadables) {
            this.reader = reader;
            this.unreadables = unreadables;
        }

        /** Whether it waits now. */
        boolean awaits(UniEmitter<? super Void> emitter) {
            waiting.add(emitter);
            if (listening) {
                waiting.remove(emitter);
                emitter.complete(null);
            }
            return !listening;
        }

        void giveUp(UniEmitter<? super Void> emitter) {
            if (waiting.remove(emitter)) {
                emitter.fail(away("this server cannot receive from others"));
            }
        }

        @Override
        public void message(Buffer payload) {
            List<Letter> letters;
            try {
                letters = Letters.decode(payload.getBytes());
            } catch (UnreadableException damaged) {
                unreadables.found("letters of another server", Unreadables.reason(damaged));
                return;
            }
            letters.forEach(letter -> turns.execute(() -> reader.accept(letter)));
        }

        @Override
        public void listening() {
            listening = true;
            for (UniEmitter<? super Void> emitter : waiting) {
                if (waiting.remove(emitter)) {
                    emitter.complete(null);
                }
            }
        }
    }

    @Override
    public Uni<Void> receive(Address own, Consumer<Letter> reader) {
        return Uni.createFrom().emitter(emitter -> {
            Box box = boxes.computeIfAbsent(own, missing -> {
                Box made = new Box(reader, store.unreadables());
                store.servers().subscribe(channel(own), made);
                return made;
            });
            if (box.awaits(emitter)) {
                store.servers().later(store.settings().patience().toMillis(), () -> box.giveUp(emitter));
            }
        });
    }

    @Override
    public Uni<Boolean> send(Address to, Letter letter) {
        return Uni.createFrom().emitter(emitter -> {
            Posted posted = new Posted(Letters.encode(letter), emitter);
            turns.execute(() -> post(to, posted));
        });
    }

    private void post(Address to, Posted posted) {
        Outbox box = outboxes.computeIfAbsent(to, missing -> new Outbox());
        if (box.bytes > 0 && box.bytes + posted.bytes().length > MOST_WAITING) {
            posted.sent().fail(GroupException.of(ErrorCode.OVERLOADED, "too much waits for another server"));
            return;
        }
        box.bytes += posted.bytes().length;
        box.waiting.add(posted);
        if (!box.calling) {
            call(to, box);
        }
    }

    private void call(Address to, Outbox box) {
        List<Posted> together = new ArrayList<>();
        ByteArrayOutputStream letters = new ByteArrayOutputStream();
        Posted next = box.waiting.peek();
        while (next != null && (together.isEmpty() || letters.size() + next.bytes().length <= CALL_BYTES)) {
            letters.writeBytes(next.bytes());
            together.add(box.waiting.remove());
            next = box.waiting.peek();
        }
        box.calling = true;
        store.call(Scripts.LETTERS, List.of(channel(to)), RedisServers.PUBLISH, letters.toByteArray())
                .onComplete(done -> turns.execute(() -> called(to, box, together, done)));
    }

    private void called(Address to, Outbox box, List<Posted> together, AsyncResult<Response> done) {
        together.forEach(posted -> box.bytes -= posted.bytes().length);
        box.calling = false;
        if (box.waiting.isEmpty()) {
            outboxes.remove(to);
        } else {
            call(to, box);
        }
        for (Posted posted : together) {
            if (done.succeeded()) {
                posted.sent().complete(Store.number(done.result()) > 0);
            } else {
                posted.sent().fail(done.cause());
            }
        }
    }

    private String channel(Address address) {
        return store.keys().letters(address.node(), address.run());
    }

    private static GroupException away(String why) {
        return GroupException.of(ErrorCode.STORE_UNAVAILABLE, why + "; try again later");
    }
}
