package io.plexspaces.processgroups.bench.attack;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/**
 * What to run.
 *
 * @param tokens honest clients and attackers bring tokens, without which nobody is let in
 * @param heap of the server, as {@code -Xmx} takes it, in mebibytes
 */
record AttackOptions(List<String> stores, List<Attack> attacks, int seconds, int heap, boolean tokens) {
    static final String USAGE = """
            bench/attack [OPTION...]
              --store LIST    where the service keeps its groups, of memory,redis; default: both
              --attack LIST   names of attacks; default: all of them
              --list          prints the names, and does nothing
              --seconds N     how long each goes on; default 20
              --heap N        of the server, in MiB; default 256
              --tokens        all clients bring tokens (ES256), without which nobody is let in
            """;

    private static final List<String> STORES = List.of("memory", "redis");

    /** @throws IllegalArgumentException an argument is not understood */
    static AttackOptions parse(String[] arguments) {
        Deque<String> left = new ArrayDeque<>(List.of(arguments));
        List<String> stores = STORES;
        List<Attack> attacks = Attack.all();
        int seconds = 20;
        int heap = 256;
        boolean tokens = false;
        while (!left.isEmpty()) {
            String option = left.remove();
            if (option.equals("--tokens")) {
                tokens = true;
                continue;
            }
            if (left.isEmpty()) {
                throw new IllegalArgumentException("not understood, or without a value: " + option);
            }
            String value = left.remove();
            switch (option) {
                case "--store" -> stores = stores(value);
                case "--attack" -> attacks = attacks(value);
                case "--seconds" -> seconds = number(option, value);
                case "--heap" -> heap = number(option, value);
                default -> throw new IllegalArgumentException("no such option: " + option);
            }
        }
        return new AttackOptions(stores, attacks, seconds, heap, tokens);
    }

    private static List<String> stores(String list) {
        List<String> names = List.of(list.split(","));
        if (!STORES.containsAll(names)) {
            throw new IllegalArgumentException("--store knows memory and redis, not " + list);
        }
        return names;
    }

    private static List<Attack> attacks(String list) {
        List<String> names = List.of(list.split(","));
        List<Attack> chosen = Attack.all().stream()
                .filter(each -> names.contains(each.name()))
                .toList();
        if (chosen.size() != names.size()) {
            throw new IllegalArgumentException("--attack: not all of these exist, see --list: " + list);
        }
        return chosen;
    }

    private static int number(String option, String value) {
        if (!value.matches("[1-9][0-9]{0,4}")) {
            throw new IllegalArgumentException(option + " needs a number, not " + value);
        }
        return Integer.parseInt(value);
    }
}
