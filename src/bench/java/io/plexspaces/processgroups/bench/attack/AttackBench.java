package io.plexspaces.processgroups.bench.attack;

import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import io.plexspaces.processgroups.bench.system.Access;
import io.plexspaces.processgroups.bench.system.RedisServer;
import io.plexspaces.processgroups.bench.system.Server;
import io.plexspaces.processgroups.bench.system.Tokens;
import io.plexspaces.processgroups.proto.v1.DeleteGroupRequest;
import io.plexspaces.processgroups.proto.v1.ListGroupsRequest;
import io.plexspaces.processgroups.proto.v1.ListGroupsResponse;
import io.plexspaces.processgroups.proto.v1.ProcessGroup;
import io.plexspaces.processgroups.proto.v1.ProcessGroupServiceGrpc.ProcessGroupServiceBlockingStub;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/**
 * Starts the server as it is packaged, lets honest clients use it, and attacks it beside them, one attack after the
 * other. Started by {@code bench/attack}; ends with status 1 when an attack did harm.
 */
public final class AttackBench implements AutoCloseable {
    private static final Path JAR = Path.of("target/quarkus-app/quarkus-run.jar");
    private static final Path RESULTS = Path.of("target/bench");
    private static final Path TOKENS = RESULTS.resolve("tokens");
    private static final long MIB = 1024 * 1024;
    private static final int WARM_UP_SECONDS = 20;
    private static final int REFERENCE_SECONDS = 20;
    /** An attack whose connections the server must close goes on so long at least. */
    private static final int STALLED_SECONDS = 30;

    private static final long STALLED_MILLIS = 15_000;
    private static final int CLEANINGS = 6;
    private static final int BACK_SECONDS = 5;
    private static final int PROBE_MILLIS = 100;
    private static final int MOST_SLOWER = 2;
    private static final int SLOWER_MILLIS = 50;
    /** Resident memory may be so many times the heap: heap, as much beside it, and what a JVM is itself. */
    private static final long RESIDENT_HEAPS = 2;
    /** What may be kept after an attack: pools of buffers, code, classes. */
    private static final long KEPT_BYTES = 32 * MIB;

    private final AttackOptions options;
    private final String store;
    private final Path log;
    private final Server server;
    private final Victim victim;
    private final HonestClients honest;
    private final Watched watched;

    private AttackBench(AttackOptions options, String store) {
        this.options = options;
        this.store = store;
        this.log = RESULTS.resolve("attacked-" + store + ".log");
        RedisServer redis = store.equals("redis") ? RedisServer.start(RESULTS.resolve("attacked-store.log")) : null;
        Path java = Path.of(System.getProperty("java.home"));
        List<String> opts = new ArrayList<>(List.of(
                "-Xmx" + options.heap() + "m",
                "-Dprocessgroups.quotas.tenants." + Victim.BOUNDED_TENANT + ".publishes=" + Victim.BOUNDED_PUBLISHES));
        Tokens tokens = options.tokens() ? Tokens.made(TOKENS) : null;
        if (tokens != null) {
            opts.addAll(tokens.options());
        }
        server = Server.start(java, opts, redis, JAR, log, "", Access.OPEN);
        victim = new Victim(server.webSocket(), server.grpc(), tokens);
        honest = new HonestClients(victim);
        watched = new Watched(server);
    }

    public static void main(String[] arguments) throws IOException, InterruptedException {
        if (List.of(arguments).contains("--help")) {
            System.out.print(AttackOptions.USAGE);
            return;
        }
        if (List.of(arguments).contains("--list")) {
            Attack.all().forEach(attack -> System.out.println(attack.name()));
            return;
        }
        AttackOptions options;
        try {
            options = AttackOptions.parse(arguments);
        } catch (IllegalArgumentException wrong) {
            System.err.println(wrong.getMessage() + "\n\n" + AttackOptions.USAGE);
            System.exit(2);
            return;
        }
        Files.createDirectories(RESULTS);
        int harmful = 0;
        for (String store : options.stores()) {
            try (AttackBench bench = new AttackBench(options, store)) {
                harmful += bench.run();
            }
        }
        System.out.println("\n" + harmful + " attacks did harm.");
        System.exit(harmful == 0 ? 0 : 1);
    }

    /** Returns how many attacks did harm. */
    private int run() throws IOException, InterruptedException {
        TimeUnit.SECONDS.sleep(WARM_UP_SECONDS);
        honest.take();
        TimeUnit.SECONDS.sleep(REFERENCE_SECONDS);
        HonestClients.Look undisturbed = honest.take();
        long used = server.memory().used();
        System.out.printf(
                Locale.ROOT,
                "%n### Store: %s%n%nUndisturbed: %d deliveries, p99 %.1f ms, at most %.0f ms; newcomers p99 %.0f ms;"
                        + " %d MiB in use after a collection.%n%n",
                store,
                undisturbed.deliveries().count(),
                undisturbed.deliveries().p99(),
                undisturbed.deliveries().most(),
                undisturbed.newcomers().p99(),
                used / MIB);
        System.out.println("| attack | p99 ms | at most | newcomers p99 ms | resident MiB | back after s | kept MiB"
                + " | what it did | harm |\n| --- | ---: | ---: | ---: | ---: | ---: | ---: | --- | --- |");
        int harmful = 0;
        for (Attack attack : options.attacks()) {
            harmful += attacked(attack, undisturbed.deliveries().p99(), used) ? 1 : 0;
        }
        return harmful;
    }

    private boolean attacked(Attack attack, double usual, long used) throws IOException, InterruptedException {
        boolean stalled = StalledClients.NAMES.contains(attack.name());
        double leasesLost = watched.leaseLosses();
        watched.begin();
        honest.take();
        String done = process(attack, stalled ? Math.max(STALLED_SECONDS, options.seconds()) : options.seconds());
        HonestClients.Look during = honest.take();
        long peak = watched.peakResident();
        int unready = watched.unready();
        long given = watched.bytesGivenUpMillis();
        long closed = watched.connectionsClosedMillis();
        String stalls = stalled ? ", " + watched.closed() : "";
        if (during.refused().count() > 0) {
            stalls += ", " + during.refused().count() + " honest calls OVERLOADED in "
                    + during.refused().millis() + " ms";
        }
        double back = back();
        clean();
        long kept = kept(used);

        List<String> harm = new ArrayList<>();
        double limit = MOST_SLOWER * (usual + SLOWER_MILLIS);
        if (during.deliveries().p99() > limit || during.deliveries().count() == 0) {
            harm.add("p99 over " + Math.round(limit) + " ms");
        }
        if (during.refused().millis() > STALLED_MILLIS) {
            harm.add("OVERLOADED for more than " + STALLED_MILLIS + " ms");
        }
        during.failures().forEach((what, times) -> harm.add(times + " times " + what));
        if (peak > RESIDENT_HEAPS * options.heap() * MIB) {
            harm.add("resident over " + RESIDENT_HEAPS * options.heap() + " MiB");
        }
        if (unready > 0) {
            harm.add("not ready " + unready + " times");
        }
        if (back > BACK_SECONDS) {
            harm.add("not back after " + BACK_SECONDS + " s");
        }
        if (kept > KEPT_BYTES) {
            harm.add("kept over " + KEPT_BYTES / MIB + " MiB");
        }
        if (stalled && (given < 0 || given > STALLED_MILLIS)) {
            harm.add("held after " + STALLED_MILLIS + " ms");
        }
        // Calls that were refused leave connections that nothing waits for.
        if (stalled && !attack.name().equals(StalledClients.UNARY) && (closed < 0 || closed > STALLED_MILLIS)) {
            harm.add("not all closed after " + STALLED_MILLIS + " ms");
        }
        if (watched.leaseLosses() > leasesLost) {
            harm.add("lost its lease");
        }
        if (Files.readString(log).contains("OutOfMemory")) {
            harm.add("out of memory");
        }
        System.out.printf(
                Locale.ROOT,
                "| %s | %.1f | %.0f | %.0f | %d | %.1f | %d | %s%s | %s |%n",
                attack.name(),
                during.deliveries().p99(),
                during.deliveries().most(),
                during.newcomers().p99(),
                peak / MIB,
                back,
                kept / MIB,
                done.isEmpty() ? "nothing" : done,
                stalls,
                harm.isEmpty() ? "none" : String.join("; ", harm));
        return !harm.isEmpty();
    }

    /** Runs it in a process that gets what processor time the others leave; returns what it says that it did. */
    private String process(Attack attack, int seconds) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(
                "nice",
                "-n",
                "19",
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx512m",
                "-cp",
                System.getProperty("java.class.path"),
                Attacker.class.getName(),
                attack.name(),
                Integer.toString(victim.http().getPort()),
                Integer.toString(victim.grpc().getPort()),
                Integer.toString(seconds)));
        if (options.tokens()) {
            command.add(TOKENS.toString());
        }
        Process process = new ProcessBuilder(command)
                .redirectError(RESULTS.resolve("attacker.log").toFile())
                .start();
        try {
            String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            process.waitFor();
            return said.strip();
        } finally {
            process.destroyForcibly();
        }
    }

    /** Seconds until nothing is left of the attack, or a little more than it may take. */
    private double back() throws InterruptedException {
        long begin = System.nanoTime();
        double passed = 0;
        while (passed <= BACK_SECONDS && !watched.isBack()) {
            TimeUnit.MILLISECONDS.sleep(PROBE_MILLIS);
            passed = (System.nanoTime() - begin) / (double) TimeUnit.SECONDS.toNanos(1);
        }
        return passed;
    }

    /** Bytes that are in use beyond those from before, or that are some seconds later: groups are deleted by steps. */
    private long kept(long before) throws InterruptedException {
        long kept = server.memory().used() - before;
        for (int left = BACK_SECONDS; left > 0 && kept > KEPT_BYTES; left--) {
            TimeUnit.SECONDS.sleep(1);
            kept = server.memory().used() - before;
        }
        return kept;
    }

    /** Deletes what the attackers have made, as their operator could: behind all that they have left to be done. */
    private void clean() throws InterruptedException {
        for (int left = CLEANINGS; left > 1; left--) {
            try {
                cleanNow();
                return;
            } catch (StatusRuntimeException notYet) {
                TimeUnit.SECONDS.sleep(1);
            }
        }
        cleanNow();
    }

    private void cleanNow() {
        ManagedChannel channel = victim.channel();
        try {
            ProcessGroupServiceBlockingStub calls = Victim.calls(channel);
            ListGroupsRequest list =
                    ListGroupsRequest.newBuilder().setTenantId(Victim.TENANT).build();
            ListGroupsResponse page = calls.listGroups(list);
            while (page.getGroupsCount() > 0) {
                for (ProcessGroup group : page.getGroupsList()) {
                    calls.deleteGroup(DeleteGroupRequest.newBuilder()
                            .setTenantId(Victim.TENANT)
                            .setGroupName(group.getGroupName())
                            .build());
                }
                page = calls.listGroups(list);
            }
        } finally {
            channel.shutdownNow();
        }
    }

    @Override
    public void close() {
        watched.close();
        honest.close();
        server.close();
    }
}
