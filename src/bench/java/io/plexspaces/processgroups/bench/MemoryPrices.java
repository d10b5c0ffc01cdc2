package io.plexspaces.processgroups.bench;

import io.plexspaces.processgroups.bench.system.NodesTarget;
import io.plexspaces.processgroups.bench.system.Server;
import io.plexspaces.processgroups.proto.v1.JoinGroupRequest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * What is kept, by the growth of what holds it: the allocator of one Redis, and the heap and direct buffers of a node
 * after a garbage collection. The first node makes everything, the second only reads it.
 */
final class MemoryPrices {
    private static final int AT_ONCE = 1000;
    private static final int BATCH = 10;
    private static final int FLUSH = 500;
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    /** Does something with all keys that match, and sums its answers. */
    private static final String SUM = """
            local cursor, sum = '0', 0
            repeat
              local found = redis.call('SCAN', cursor, 'MATCH', ARGV[1], 'COUNT', '1000')
              cursor = found[1]
              for _, key in ipairs(found[2]) do
                sum = sum + (redis.call(%s) or 0)
              end
            until cursor == '0'
            return sum""";

    private static final String BYTES = SUM.formatted("'MEMORY', 'USAGE', key, 'SAMPLES', '0'");
    private static final String MESSAGES = SUM.formatted("'XLEN', key");
    private static final String DROP = SUM.formatted("'DEL', key");

    private final Options options;
    private final Fleet fleet;
    private final List<Outcome> store = new ArrayList<>();
    private final List<Outcome> node = new ArrayList<>();

    private MemoryPrices(Options options, Fleet fleet) {
        this.options = options;
        this.fleet = fleet;
    }

    /** Of the store, and of a node that reads what others have made. */
    static List<Table> measure(Options options) {
        try (Fleet fleet = Fleet.start(options, 1, 1)) {
            return new MemoryPrices(options, fleet).tables();
        }
    }

    private List<Table> tables() {
        // What is made when the first of its kind comes belongs to none of them.
        groups("first", AT_ONCE);
        Stored before = stored();
        fleet.addNode();
        keep("a node: its lease and connections", before, 1);
        emptyAndOpenGroups();
        memberships();
        sessions();
        messages();
        return List.of(
                new Table("Memory of the store, bytes each", store),
                new Table("Memory of a node that reads, bytes each", node));
    }

    private void emptyAndOpenGroups() {
        int count = options.scaled(20_000, 1000);
        Stored before = stored();
        List<String> groups = groups("empty", count);
        keep("a group", before, count);
        Stored closed = stored();
        long heap = used();
        fleet.server(1).open(groups);
        keep("a group that a node reads, for each such node", closed, count);
        node.add(row("a group it reads", "bytes", (used() - heap) / (double) count));
    }

    private void memberships() {
        int groups = options.scaled(2_000, 200);
        member("a member, 10 in each group, JoinGroup", groups("ten", groups), BATCH, 0);
        int many = options.scaled(100_000, 2_000);
        List<String> large = groups("large", 1);
        member("a member beside many, JoinGroup", large, many, 0);
        long heap = used();
        fleet.server(1).open(large);
        node.add(row("a member of a group it reads", "bytes", (used() - heap) / (double) many));
        member("a member beside many, with a ttl", groups("leased", 1), many, 3600);
    }

    private void member(String label, List<String> groups, int each, int ttlSeconds) {
        Stored before = stored();
        for (String group : groups) {
            for (int from = 0; from < each; from += AT_ONCE) {
                JoinGroupRequest.Builder join = JoinGroupRequest.newBuilder()
                        .setTenantId(Server.TENANT)
                        .setGroupName(group)
                        .addAllActorIds(names("actor", from, Math.min(each, from + AT_ONCE)));
                if (ttlSeconds > 0) {
                    join.getTtlBuilder().setSeconds(ttlSeconds);
                }
                fleet.server(0).join(join.build());
            }
        }
        keep(label, before, groups.size() * each);
    }

    /** Sessions of one group, each on a connection of its own. */
    private void sessions() {
        int count = options.scaled(1_000, 100);
        member("a member beside 1,000, JoinGroup", groups("thousand", 1), count, 0);
        Topology topology = Topology.groups("sessions", 1, 2 * count, 0);
        Stored before = stored();
        try (Run run = new Run(fleet.targets().get(0), topology)) {
            if (!run.subscribe()) {
                store.add(new Outcome("a session", Map.of(), run.failures()));
            }
            keep("a session in a group of 2,000", before, 2 * count);
        }
        Topology alone = Topology.groups("alone", count, 1, 0);
        try (Run run = new Run(fleet.targets().get(0), alone)) {
            Stored grouped = stored();
            if (!run.subscribe()) {
                store.add(new Outcome("a session", Map.of(), run.failures()));
            }
            keep("a session alone in its group, which is read", grouped, count);
        }
    }

    private void messages() {
        int groups = options.scaled(500, 50);
        Topology topology = Topology.groups("messages", groups, 0, 1);
        NodesTarget target = new NodesTarget(List.of(), List.of(fleet.targets().get(0)));
        try (Run run = new Run(target, topology)) {
            run.connectPublishers();
            Stored none = stored();
            publish(run, groups);
            keep("the first message of 128 bytes that a group retains", none, groups);
            Stored before = stored();
            publish(run, 300 * groups);
            List<String> failures = run.failures();
            long kept = fleet.redis().eval(MESSAGES, "*:messages");
            Map<String, Double> metrics = new LinkedHashMap<>();
            metrics.put("bytes", (stored().bytes - before.bytes) / (double) (kept - groups));
            store.add(new Outcome("each further one", metrics, failures));
            store.add(row("messages kept in a group that may keep 128", "count", kept / (double) groups));
        }
    }

    private static void publish(Run run, int messages) {
        for (int i = 1; i <= messages; i++) {
            run.publish(System.nanoTime());
            if (i % FLUSH == 0 || i == messages) {
                run.flush();
                run.tally().await(run.tally()::answers, run.publishes(), PATIENCE);
            }
        }
    }

    private List<String> groups(String name, int count) {
        List<String> names = names(name, 0, count);
        fleet.server(0).createGroups(names);
        return names;
    }

    private static List<String> names(String name, int from, int to) {
        return IntStream.range(from, to)
                .mapToObj(i -> name + "-%06d".formatted(i))
                .toList();
    }

    /** @param changes bytes of the lists of joins and leaves, which end by themselves */
    private record Stored(long bytes, long changes) {}

    /** Without the answers of calls, which are kept for a minute. */
    private Stored stored() {
        fleet.redis().eval(DROP, "*:answer:*");
        return new Stored(fleet.redis().usedMemory(), fleet.redis().eval(BYTES, "*:changes"));
    }

    private void keep(String label, Stored before, int count) {
        Stored after = stored();
        double changes = (after.changes - before.changes) / (double) count;
        Map<String, Double> metrics = new LinkedHashMap<>();
        metrics.put("bytes", (after.bytes - before.bytes) / (double) count - changes);
        if (changes > 0) {
            metrics.put("and for an hour", changes);
        }
        store.add(new Outcome(label, metrics, List.of()));
    }

    private long used() {
        return fleet.server(1).memory().used();
    }

    private static Outcome row(String label, String unit, double value) {
        return new Outcome(label, Map.of(unit, value), List.of());
    }
}
