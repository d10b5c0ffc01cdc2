package io.plexspaces.processgroups.bench;

import io.plexspaces.processgroups.bench.load.ReadLoop;
import io.plexspaces.processgroups.bench.system.Respondents;
import io.plexspaces.processgroups.bench.system.Server;
import io.plexspaces.processgroups.bench.system.Target;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What it costs to ask all members of a group, one ask after the other: beside a publish to them, and beside one to
 * which they reply by publishes to the asker.
 */
record Asking(Options options, List<ReadLoop> loops, int members) {

    List<Outcome> run(Target target, Server server, String name) {
        List<Outcome> outcomes = new ArrayList<>();
        for (Respondents.Way way : Respondents.Way.values()) {
            String group = name + "-" + way;
            server.createGroups(List.of(group));
            try (Respondents all = new Respondents(server, loops, group, members, way)) {
                outcomes.add(new Outcome(target.name() + " " + way, measure(all, target), List.of()));
            } catch (IllegalStateException failure) {
                outcomes.add(new Outcome(target.name() + " " + way, Map.of(), List.of(String.valueOf(failure))));
            } finally {
                server.deleteGroups(List.of(group));
            }
        }
        return outcomes;
    }

    private Map<String, Double> measure(Respondents all, Target target) {
        rounds(all, options.settled());
        long cpu = target.cpuNanos();
        long storeCpu = target.storeCpuNanos();
        long from = System.nanoTime();
        int rounds = rounds(all, options.measured());
        double seconds = (System.nanoTime() - from) / 1e9;
        Map<String, Double> metrics = new LinkedHashMap<>();
        metrics.put("rounds/s", rounds / seconds);
        metrics.put("server CPU us/round", (target.cpuNanos() - cpu) / 1e3 / rounds);
        if (storeCpu >= 0) {
            metrics.put("store CPU us/round", (target.storeCpuNanos() - storeCpu) / 1e3 / rounds);
        }
        return metrics;
    }

    private static int rounds(Respondents all, Duration time) {
        long deadline = System.nanoTime() + time.toNanos();
        int rounds = 0;
        do {
            all.round();
            rounds++;
        } while (System.nanoTime() - deadline < 0);
        return rounds;
    }
}
