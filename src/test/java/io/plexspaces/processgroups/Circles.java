package io.plexspaces.processgroups;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * Nodes of a graph that can all be reached from each other, by Tarjan's algorithm for strongly connected components.
 */
final class Circles {
    private final Map<String, Set<String>> edges;
    private final Map<String, Integer> index = new HashMap<>();
    private final Map<String, Integer> low = new HashMap<>();
    private final Deque<String> open = new ArrayDeque<>();
    private final List<Set<String>> found = new ArrayList<>();

    private Circles(Map<String, Set<String>> edges) {
        this.edges = edges;
    }

    static List<Set<String>> of(Map<String, Set<String>> edges) {
        Circles circles = new Circles(edges);
        edges.keySet().stream()
                .sorted()
                .filter(node -> !circles.index.containsKey(node))
                .forEach(circles::visit);
        return circles.found;
    }

    private void visit(String node) {
        int number = index.size();
        index.put(node, number);
        low.put(node, number);
        open.push(node);
        for (String next : edges.getOrDefault(node, Set.of())) {
            if (!index.containsKey(next)) {
                visit(next);
                low.merge(node, low.get(next), Math::min);
            } else if (open.contains(next)) {
                low.merge(node, index.get(next), Math::min);
            }
        }
        if (low.get(node) == number) {
            Set<String> circle = new TreeSet<>();
            while (circle.add(open.peek()) && !open.pop().equals(node)) {
                // until the circle's first is taken, too
            }
            found.add(circle);
        }
    }
}
