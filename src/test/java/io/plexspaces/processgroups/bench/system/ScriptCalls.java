package io.plexspaces.processgroups.bench.system;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.plexspaces.processgroups.bench.load.Link;
import io.plexspaces.processgroups.bench.load.RespWire;
import io.plexspaces.processgroups.bench.load.Texts;
import io.plexspaces.processgroups.bench.load.WebSocketWire;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/** Calls of one small script, as many at once as told: each answer makes the next call. */
public final class ScriptCalls implements AutoCloseable {
    private static final byte[] TEXT = "return redis.call('HINCRBY', KEYS[1], ARGV[1], 1)".getBytes(US_ASCII);
    private static final byte[] DIGEST = sha1(TEXT);

    private final Links links;
    private final LongAdder answers = new LongAdder();
    private final Queue<String> failures = new ConcurrentLinkedQueue<>();
    private volatile boolean over;

    ScriptCalls(Links links, int connections, int atOnce) {
        this.links = links;
        List<Caller> callers = new ArrayList<>();
        for (int i = 0; i < connections; i++) {
            Caller caller = new Caller(atOnce / connections);
            caller.link = links.connect(new RespWire(caller));
            callers.add(caller);
        }
        callers.forEach(Caller::begin);
    }

    /** Calls answered until now. */
    public long answers() {
        return answers.sum();
    }

    public List<String> failures() {
        return List.copyOf(failures);
    }

    @Override
    public void close() {
        over = true;
        links.close();
    }

    private static byte[] sha1(byte[] text) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-1").digest(text);
            return HexFormat.of().formatHex(digest).getBytes(US_ASCII);
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    private static byte[] text(String word) {
        return word.getBytes(US_ASCII);
    }

    /** One connection. Its first answer is that the script is known. */
    private final class Caller implements WebSocketWire.Receiver {
        private final int atOnce;
        private final byte[] call =
                RedisTarget.command(text("EVALSHA"), DIGEST, text("1"), text("calls"), text("count"));
        private final ByteBuffer out;
        private volatile @Nullable Link link;
        private boolean known;
        private int answered;

        Caller(int atOnce) {
            this.atOnce = atOnce;
            this.out = ByteBuffer.allocateDirect(atOnce * call.length);
        }

        void begin() {
            write(ByteBuffer.wrap(RedisTarget.command(text("SCRIPT"), text("LOAD"), TEXT)));
        }

        private void write(ByteBuffer bytes) {
            Link connected = link;
            if (connected != null) {
                connected.write(bytes);
            }
        }

        @Override
        public void message(ByteBuffer in, int from, int to) {
            if (!known && in.get(from) == '$') {
                known = true;
                call(atOnce);
            } else if (in.get(from) == ':') {
                answered++;
            } else {
                failed("it got " + Texts.shown(in, from, to));
            }
        }

        @Override
        public void batchDone() {
            if (answered > 0) {
                answers.add(answered);
                call(answered);
                answered = 0;
            }
        }

        private void call(int count) {
            if (over) {
                return;
            }
            out.clear();
            for (int i = 0; i < count; i++) {
                out.put(call);
            }
            write(out.flip());
        }

        @Override
        public void failed(String what) {
            if (!over) {
                failures.add("a caller of scripts: " + what);
            }
        }
    }
}
