package io.plexspaces.processgroups.cli.measure;

import io.plexspaces.processgroups.cli.client.Actors;
import io.plexspaces.processgroups.cli.client.Failure;
import io.plexspaces.processgroups.cli.client.Json;
import io.plexspaces.processgroups.cli.client.Session;
import io.plexspaces.processgroups.cli.client.Target;
import io.plexspaces.processgroups.cli.options.ServerCommand;
import io.plexspaces.processgroups.cli.terminal.Ended;
import io.plexspaces.processgroups.cli.terminal.Interrupt;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "bench",
        description =
                "Put load on a server, and print rates and times. pub: publish, and wait for the answers; sub: receive"
                        + " what others publish; fan: one publishes, many receive; times are from one to the others.",
        footer = {
            "",
            "Examples:",
            "  pg bench pub --size 128 --seconds 10",
            "  pg bench fan --subscribers 100 --rate 500",
            "  pg bench sub --group events --subscribers 10",
            "",
            "One program on one machine is no measure of a server: bench/run in the sources is."
        })
public final class Bench extends ServerCommand {
    private static final int MOST_WAITING = 256;
    private static final int MOST_SUBSCRIBERS = 1_000;
    private static final int LARGEST = 1_000_000;
    private static final int MOST_SECONDS = 3_600;
    private static final int STAMP = 20;
    private static final long SECOND = 1_000_000_000L;
    private static final long TICK = 100_000_000L;

    @Parameters(paramLabel = "KIND", description = "pub, sub or fan.")
    private String kind = "";

    @Option(names = "--group", paramLabel = "NAME", description = "Which; by default one that is made for it.")
    private @Nullable String group;

    @Option(names = "--size", paramLabel = "BYTES", description = "Of a message: 128 by default.")
    private int size = 128;

    @Option(names = "--subscribers", paramLabel = "NUMBER", description = "How many receive: 10 by default.")
    private int subscribers = 10;

    @Option(names = "--rate", paramLabel = "NUMBER", description = "Messages a second; by default as fast as it goes.")
    private int rate;

    @Option(names = "--seconds", paramLabel = "NUMBER", description = "How long: 10 by default.")
    private int seconds = 10;

    private final Latencies answers = new Latencies();
    private final Latencies deliveries = new Latencies();
    private final AtomicLong received = new AtomicLong();
    private final AtomicLong missed = new AtomicLong();
    private final AtomicLong published = new AtomicLong();
    private final AtomicReference<@Nullable Failure> failed = new AtomicReference<>();
    private final List<Session> sessions = new ArrayList<>();

    @Override
    protected String group() {
        return group == null ? "" : group;
    }

    @Override
    protected void run() {
        if (!List.of("pub", "sub", "fan").contains(kind)) {
            throw Failure.usage("bench " + kind + " is not known: there are pub, sub and fan");
        }
        within("--size", size, STAMP, LARGEST);
        within("--subscribers", subscribers, 1, MOST_SUBSCRIBERS);
        within("--seconds", seconds, 1, MOST_SECONDS);
        within("--rate", rate, 0, LARGEST);
        Interrupt interrupt = Interrupt.heeded();
        String name =
                group == null ? "pg-bench-" + Actors.named(target().as("")).actor() : group;
        if (group == null) {
            calls().call("CreateGroup", about(name));
        }
        try {
            measure(name, interrupt);
        } finally {
            sessions.forEach(Session::close);
            if (group == null) {
                calls().call("DeleteGroup", about(name));
            }
        }
    }

    private static void within(String option, int value, int least, int most) {
        if (value < least || value > most) {
            throw Failure.usage(option + " " + value + " is not from " + least + " to " + most);
        }
    }

    private void measure(String name, Interrupt interrupt) {
        for (int i = 0; !kind.equals("pub") && i < subscribers; i++) {
            session(name, true);
        }
        long begin = System.nanoTime();
        Progress progress = new Progress(terminal(), begin, seconds * SECOND);
        if (kind.equals("sub")) {
            while (goesOn(begin, interrupt)) {
                LockSupport.parkNanos(TICK);
                progress.show(received.get());
            }
        } else {
            publish(session(name, false), name, begin, interrupt, progress);
        }
        double took = (System.nanoTime() - begin) / (double) SECOND;
        progress.end();
        print(took);
        Failure failure = failed.get();
        if (failure != null) {
            throw failure;
        } else if (interrupt.code().isDone()) {
            throw new Ended(interrupt.code().join());
        }
    }

    private boolean goesOn(long begin, Interrupt interrupt) {
        sessions.stream()
                .filter(session -> session.lost().isDone())
                .findFirst()
                .ifPresent(session ->
                        failed.compareAndSet(null, session.lost().join().why()));
        return System.nanoTime() - begin < seconds * SECOND && !interrupt.code().isDone() && failed.get() == null;
    }

    private Session session(String name, boolean receives) {
        Target one = Actors.named(target().token() == null ? target().as("") : target());
        Session session = Session.connect(one, this::take);
        sessions.add(session);
        session.request("open", Actors.open(one));
        if (receives) {
            session.request("join", Json.object().put("groupName", name));
        }
        return session;
    }

    private void take(List<Json> events) {
        long now = System.nanoTime();
        for (Json event : events) {
            if (event.has("message")) {
                received.incrementAndGet();
                stamp(event.object("message").text("text"), now);
            } else if (event.has("gap")) {
                missed.addAndGet(event.object("gap").number("missed"));
            }
        }
    }

    /** Of another program the clock means nothing here. */
    private void stamp(String text, long now) {
        if (kind.equals("fan") && text.length() >= STAMP && text.startsWith("t")) {
            deliveries.add(now - Long.parseLong(text.substring(1, STAMP).strip()));
        }
    }

    private void publish(Session session, String name, long begin, Interrupt interrupt, Progress progress) {
        Semaphore window = new Semaphore(MOST_WAITING);
        String filling = "x".repeat(size - STAMP);
        for (long number = 0; goesOnToPublish(number, begin, interrupt, progress); number++) {
            window.acquireUninterruptibly();
            long sent = System.nanoTime();
            session.send("publish", request(name, filling, sent), (answer, failure) -> {
                if (failure == null) {
                    answers.add(System.nanoTime() - sent);
                    published.incrementAndGet();
                } else {
                    failed.compareAndSet(
                            null, failure instanceof Failure known ? known : Failure.unreachable("" + failure));
                }
                window.release();
            });
        }
        window.acquireUninterruptibly(MOST_WAITING);
    }

    private static Json request(String name, String filling, long sent) {
        String text = "t" + String.format("%-" + (STAMP - 1) + "d", sent) + filling;
        return Json.object()
                .put("groupName", name)
                .put("message", Json.object().put("text", text))
                .put("answer", "NONE");
    }

    /** Waits until the next message is due. */
    private boolean goesOnToPublish(long number, long begin, Interrupt interrupt, Progress progress) {
        progress.show(kind.equals("pub") ? published.get() : received.get());
        while (rate > 0 && System.nanoTime() - begin < number * SECOND / rate) {
            LockSupport.parkNanos(Math.min(TICK, number * SECOND / rate - (System.nanoTime() - begin)));
            if (!goesOn(begin, interrupt)) {
                return false;
            }
        }
        return goesOn(begin, interrupt);
    }

    private void print(double took) {
        Json result = Json.object().put("kind", kind).put("seconds", Math.round(took));
        if (!kind.equals("sub")) {
            result.put("published", published.get()).put("publishedPerSecond", Math.round(published.get() / took));
            percentiles(result, "answerMillis", answers);
        }
        if (!kind.equals("pub")) {
            result.put("received", received.get()).put("receivedPerSecond", Math.round(received.get() / took));
            result.put("missed", missed.get());
        }
        if (kind.equals("fan")) {
            percentiles(result, "deliveryMillis", deliveries);
        }
        if (isJson()) {
            terminal().line(result.toString());
        } else {
            result.names().forEach(name -> terminal().line(String.format("%-20s %s", name, shown(result, name))));
        }
        terminal().flush();
    }

    private static String shown(Json result, String name) {
        Json several = result.object(name);
        return several.names().isEmpty()
                ? result.text(name)
                : String.join(
                        "  ",
                        several.names().stream()
                                .map(one -> one + " " + several.text(one))
                                .toList());
    }

    private static void percentiles(Json result, String name, Latencies times) {
        Json all = Json.object();
        for (double percent : new double[] {50, 90, 99, 99.9, 100}) {
            String called = percent == 100
                    ? "max"
                    : "p" + (percent == Math.rint(percent) ? Long.toString((long) percent) : "" + percent);
            all.put(called, String.format(java.util.Locale.ROOT, "%.2f", times.percentile(percent)));
        }
        result.put(name, all);
    }
}
