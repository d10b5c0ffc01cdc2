package io.plexspaces.processgroups.bench.system;

import io.plexspaces.processgroups.bench.load.Link;
import io.plexspaces.processgroups.bench.load.RespWire;
import io.plexspaces.processgroups.bench.load.Texts;
import io.plexspaces.processgroups.bench.load.WebSocketWire;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/** Calls of one script, as many at once as told: each answer makes the next call. */
public final class ScriptCalls implements AutoCloseable {
    private final Links links;
    private final LongAdder answers = new LongAdder();
    private final Queue<String> failures = new ConcurrentLinkedQueue<>();
    private volatile boolean over;

    /** @param script of each connection, by its number */
    ScriptCalls(Links links, int connections, int atOnce, IntFunction<CalledScript> script) {
        this.links = links;
        List<Caller> callers = new ArrayList<>();
        for (int i = 0; i < connections; i++) {
            Caller caller = new Caller(script.apply(i), atOnce / connections);
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

    /** One connection. Its first answers are to what prepares the script. */
    private final class Caller implements WebSocketWire.Receiver {
        private final CalledScript script;
        private final int atOnce;
        private final ByteBuffer out;
        private volatile @Nullable Link link;
        private int preparing;
        private int answered;

        Caller(CalledScript script, int atOnce) {
            this.script = script;
            this.atOnce = atOnce;
            this.out = ByteBuffer.allocateDirect(atOnce * script.size());
        }

        void begin() {
            List<byte[]> commands = script.preparation();
            preparing = commands.size();
            commands.forEach(command -> write(ByteBuffer.wrap(command)));
        }

        private void write(ByteBuffer bytes) {
            Link connected = link;
            if (connected != null) {
                connected.write(bytes);
            }
        }

        @Override
        public void message(ByteBuffer in, int from, int to) {
            if (preparing > 0) {
                preparing--;
                if (preparing == 0) {
                    call(atOnce);
                }
            } else if (script.isDone(in, from, to)) {
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
                script.call(out);
            }
            write(out.flip());
        }

        @Override
        public void failed(String what) {
            if (!over) {
                over = true;
                failures.add("a caller of scripts: " + what);
            }
        }
    }
}
