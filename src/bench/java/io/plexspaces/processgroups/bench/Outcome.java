package io.plexspaces.processgroups.bench;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What one run, or the median of several, came to.
 *
 * @param label the target, and what was varied
 * @param metrics numbers by name, with the unit in it; in the order they are shown
 * @param failures why it is worth nothing; empty: it is valid
 */
record Outcome(String label, Map<String, Double> metrics, List<String> failures) {
    /** Medians of each metric; failed when any run was. */
    static Outcome median(List<Outcome> runs) {
        Map<String, Double> medians = new LinkedHashMap<>();
        List<String> failures = new ArrayList<>();
        runs.forEach(run -> failures.addAll(run.failures()));
        for (String name : runs.get(0).metrics().keySet()) {
            double[] values = runs.stream()
                    .filter(run -> run.metrics().containsKey(name))
                    .mapToDouble(run -> run.metrics().get(name))
                    .sorted()
                    .toArray();
            int middle = values.length / 2;
            medians.put(name, values.length % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2);
        }
        return new Outcome(runs.get(0).label(), medians, failures);
    }
}
